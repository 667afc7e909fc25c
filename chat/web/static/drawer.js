// Where the conversations and the sections stand: beside and above the talk where there is room, else
// in a drawer.

const wide = matchMedia("(min-width: 84rem)"); // as in conversations.css
const roomy = matchMedia("(min-width: 48rem)");

export function prepareDrawer(frame) {
  const find = (selector) => frame.querySelector(selector);
  const drawer = find("#drawer");
  const menu = find("#menu");
  const sections = find("#sections");
  const conversations = find("#conversations");

  function arrange() {
    if (wide.matches) drawer.close();
    if (roomy.matches) find("#top .brand").after(sections);
    else find("#drawer .bar").after(sections);
    (wide.matches ? find("#side") : drawer).append(conversations);
    if (wide.matches) conversations.prepend(find("#new"));
    else find("#language").before(find("#new"));
  }

  function open(isOpen) {
    if (isOpen) drawer.showModal();
    else drawer.close();
    menu.ariaExpanded = String(isOpen);
  }

  menu.addEventListener("click", () => open(true));
  drawer.addEventListener("close", () => open(false));
  drawer.addEventListener("click", (event) => {
    if (event.target === drawer || event.target.closest(".to, a, .close")) open(false);
  });
  for (const size of [wide, roomy]) size.addEventListener("change", arrange);
  // What is being looked for is found even where the list is out of sight.
  addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
    if (find("#find").parentElement.hidden || find("#reader").open) return;
    event.preventDefault();
    if (!wide.matches && !drawer.open) open(true);
    find("#find").focus();
  });
  arrange();
}
