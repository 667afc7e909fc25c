// A button that opens a menu. Arrows, Home and End move in it; Esc, Tab and a click elsewhere close it.

import { button, element } from "./dom.js";
import { say } from "./texts.js";

// `items` are {key, act}; a `key` is that of a text.
export function menu(id, key, items) {
  const entries = items.map((item) =>
    button(say(item.key), { role: "menuitem", tabindex: -1, "data-say": item.key }, () => {
      close();
      item.act();
    }),
  );
  const naming = { role: "menu", "aria-labelledby": `${id}-opener` };
  const list = element("div", { class: "menu", id: `${id}-menu`, hidden: true, ...naming }, entries);
  const opener = button(
    say(key),
    {
      id: `${id}-opener`,
      "data-say": key,
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-controls": list.id,
    },
    () => (list.hidden ? open(0) : close()),
  );
  const whole = element("div", { class: "with-menu", id }, opener, list);

  function open(index) {
    list.hidden = false;
    opener.ariaExpanded = "true";
    entries.at(index).focus();
  }

  function close() {
    if (list.hidden) return;
    const within = list.contains(document.activeElement);
    list.hidden = true;
    opener.ariaExpanded = "false";
    if (within) opener.focus();
  }

  opener.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    open(event.key === "ArrowDown" ? 0 : -1);
  });
  list.addEventListener("keydown", (event) => {
    const index = target(event.key, entries.indexOf(document.activeElement), entries.length);
    if (event.key === "Escape") event.stopPropagation(); // it closes nothing else
    if (event.key === "Escape" || event.key === "Tab") close();
    if (index === null) return;
    event.preventDefault();
    entries[index].focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (!whole.contains(event.target)) close();
  });
  return whole;
}

// Where a key leads from the entry at `index` of so many; null if nowhere.
function target(key, index, count) {
  if (key === "ArrowDown") return (index + 1) % count;
  if (key === "ArrowUp") return (index - 1 + count) % count;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  return null;
}
