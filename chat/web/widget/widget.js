// Puts a button on any page; it opens the chat of the Wenjin that this script came from.
//
//   <script src="https://host/widget.js" data-lang="zh" data-title="…" data-position="left"></script>
//
// data-lang: zh or en (otherwise the page's language, then the browser's); data-title: the panel's
// name; data-position: left or right. Everything lives in a shadow root and is styled by a sheet
// built in script, so the page's style doesn't reach in and its security policy needn't be relaxed.

(() => {
  const script = document.currentScript;
  const base = new URL(".", script.src);
  const wish = script.dataset.lang || document.documentElement.lang || navigator.language;
  const language = wish.toLowerCase().startsWith("zh") ? "zh" : "en";
  const words = __TEXTS__[language];
  const side = script.dataset.position === "left" ? "left" : "right";

  const style = `
    :host { all: initial; }
    button { font: 500 15px/1.2 system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; cursor: pointer; }
    button:focus-visible { outline: 2px solid #9a3324; outline-offset: 2px; }
    .launch { position: fixed; ${side}: 20px; bottom: 20px; z-index: 2147483646; border: 0;
      border-radius: 24px; padding: 14px 20px; background: #9a3324; color: #fff;
      box-shadow: 0 2px 10px rgb(0 0 0 / 25%); }
    .panel { position: fixed; ${side}: 20px; bottom: 20px; z-index: 2147483647;
      display: flex; flex-direction: column; overflow: hidden;
      width: min(440px, calc(100vw - 40px)); height: min(720px, calc(100dvh - 40px));
      border: 1px solid #c9c3b6; border-radius: 10px; background: #faf9f6; color: #22211f;
      box-shadow: 0 8px 40px rgb(0 0 0 / 30%); }
    .panel[hidden] { display: none; }
    .bar { display: flex; align-items: center; justify-content: space-between; padding: 8px 8px 8px 16px;
      font: 600 15px system-ui, "PingFang SC", "Microsoft YaHei", sans-serif; }
    .close { border: 0; padding: 8px 12px; background: transparent; color: inherit; }
    iframe { flex: 1; width: 100%; border: 0; background: #faf9f6; }
    @media (max-width: 480px) {
      .panel { inset: 0; width: 100vw; height: 100dvh; border: 0; border-radius: 0; }
    }
    @media (prefers-color-scheme: dark) {
      .panel { background: #191817; color: #e4dfd5; border-color: #37342f; }
      iframe { background: #191817; }
    }`;

  function element(tag, attributes, text = "") {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.textContent = text;
    return made;
  }

  const title = script.dataset.title || words.title;
  const host = document.createElement("wenjin-widget");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  root.adoptedStyleSheets = [sheet];

  const launch = element("button", { type: "button", class: "launch", "aria-haspopup": "dialog" });
  launch.textContent = words.open;
  const panel = element("div", { class: "panel", role: "dialog", "aria-label": title, lang: language });
  panel.hidden = true;
  const bar = element("div", { class: "bar" });
  const close = element("button", { type: "button", class: "close" }, words.close);
  bar.append(element("span", {}, title), close);
  panel.append(bar);
  root.append(launch, panel);

  // The frame is loaded when first opened, and kept: closing doesn't lose the conversation.
  function open() {
    if (!panel.querySelector("iframe")) {
      const address = new URL(`embed/?lang=${language}`, base);
      panel.append(element("iframe", { title, src: address }));
    }
    panel.hidden = false;
    launch.hidden = true;
    launch.setAttribute("aria-expanded", "true");
    close.focus();
  }

  function shut() {
    panel.hidden = true;
    launch.hidden = false;
    launch.setAttribute("aria-expanded", "false");
    launch.focus();
  }

  launch.setAttribute("aria-expanded", "false");
  launch.addEventListener("click", open);
  close.addEventListener("click", shut);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") shut();
  });
  // Keys pressed inside the frame stay there; its page says when Esc was one of them.
  addEventListener("message", (event) => {
    const frame = panel.querySelector("iframe");
    if (event.data === "wenjin:close" && event.source === frame?.contentWindow) shut();
  });

  document.body ? document.body.append(host) : addEventListener("DOMContentLoaded", () => document.body.append(host));
})();
