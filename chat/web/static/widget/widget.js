// Puts a chat on any page, with the Wenjin that this script comes from.
//
//   <script src="https://host/widget.js" data-title="…" data-lang="zh"></script>
//
// What can be set is in wenjin/widget/options.js. A classic script, which leaves nothing behind on the
// page; the rest are modules from the same host. As a module itself it has no element that it could ask
// for its address, but finds its way from its own.
{
  const script = document.currentScript;
  const module = "./wenjin/widget/start.js";
  import(script ? new URL(module, script.src) : module).then(({ start }) => start(script));
}
