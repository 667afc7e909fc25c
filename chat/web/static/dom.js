// Builds elements. Text is always text: nothing here reads markup.

export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child != null && child !== ""));
  return made;
}

export function button(face, attributes, onclick) {
  return element("button", { type: "button", ...attributes, onclick }, face);
}

const calm = matchMedia("(prefers-reduced-motion: reduce)");

export const behavior = () => (calm.matches ? "auto" : "smooth");
