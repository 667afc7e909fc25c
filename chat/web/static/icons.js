// Small pictures for buttons, drawn with one pen.

const SVG = "http://www.w3.org/2000/svg";
const PATHS = {
  again: "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
  copy: "M6 6h7v7H6zM10 6V3H3v7h3",
  done: "M3 8.5l3.5 3.5L13 5",
  rewrite: "M3 13l1-3.5L11 2.5l2.5 2.5L6.5 12z",
  takeback: "M6 3L3 6l3 3M3 6h6a4 4 0 0 1 0 7H6",
};

export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("class", "icon");
  picture.ariaHidden = "true";
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  picture.append(path);
  return picture;
}
