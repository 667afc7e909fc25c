// Light or dark: as the system has it, or as the reader chose. Stands in the head of the page, and of an
// article's own, so that the choice holds before anything is drawn.

import { read, write } from "./storage.js";

const KEY = "wenjin.theme";
const THEMES = ["system", "light", "dark"];
const FACES = {
  system: { face: "◐", key: "theme.system" },
  light: { face: "☀", key: "theme.light" },
  dark: { face: "☾", key: "theme.dark" },
};
const nightly = matchMedia("(prefers-color-scheme: dark)");

const chosen = () => (THEMES.includes(read("localStorage", KEY)) ? read("localStorage", KEY) : "system");

let theme = chosen();
let changed = () => {};
apply();
nightly.addEventListener("change", apply);
addEventListener("storage", (event) => {
  if (event.key !== KEY && event.key !== null) return;
  theme = chosen(); // in another tab
  apply();
  changed();
});

// What the button shows, and the key of the text that says it.
export const themeFace = () => FACES[theme];

export function nextTheme() {
  theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
  write("localStorage", KEY, theme === "system" ? null : theme);
  apply();
}

// Calls `told` after a change in another tab.
export function watchTheme(told) {
  changed = told;
  // Gradio has a class of its own for dark, and sets it by the system alone.
  new MutationObserver(apply).observe(document.body, { attributeFilter: ["class"] });
}

function apply() {
  const { documentElement: html, body } = document;
  if (theme === "system") delete html.dataset.theme;
  else html.dataset.theme = theme;
  const dark = theme === "dark" || (theme === "system" && nightly.matches);
  if (body && body.classList.contains("dark") !== dark) body.classList.toggle("dark", dark);
}
