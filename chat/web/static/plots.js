// What the library holds, as three small plots: each bar tells its value to who points at it or goes
// there with the arrow keys, and all of them stand in a table for who can't see them.

import { element } from "./dom.js";
import { say, tag } from "./texts.js";

const SVG = "http://www.w3.org/2000/svg";
const MONTHS = 36; // more than these are shown as years
const SOURCES = 12;
const [WIDTH, HEIGHT] = [300, 90];
const WIDEST = 30; // of a bar

const count = (number) => number.toLocaleString(tag());

function drawn(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function plots(statistics, open) {
  return element(
    "details",
    { class: "statistics", open },
    element("summary", {}, say("articles.statistics")),
    element(
      "div",
      { class: "plots" },
      plot(say("articles.plot.time"), overTime(statistics.months)),
      plot(say("articles.plot.sources"), statistics.sources.slice(0, SOURCES)),
      plot(say("articles.plot.lengths"), lengths(statistics.lengths)),
    ),
  );
}

// Months without articles are there, too; many months are put together as years.
function overTime(months) {
  const articles = new Map(months.map((one) => [one.name, one.articles]));
  const all = [];
  const [first, last] = [months[0]?.name, months.at(-1)?.name];
  for (let month = first; month <= last && all.length <= MONTHS; month = after(month)) {
    all.push({ name: month, articles: articles.get(month) ?? 0 });
  }
  if (all.length <= MONTHS) return all;
  const years = new Map();
  for (const { name, articles: some } of months) {
    const year = name.slice(0, 4);
    years.set(year, (years.get(year) ?? 0) + some);
  }
  return [...years].map(([name, some]) => ({ name, articles: some }));
}

function after(month) {
  const [year, number] = month.split("-").map(Number);
  const next = number === 12 ? [year + 1, 1] : [year, number + 1];
  return `${String(next[0]).padStart(4, "0")}-${String(next[1]).padStart(2, "0")}`;
}

function lengths(counted) {
  return counted.map((one, at) => {
    const next = counted[at + 1]?.name;
    return { name: next ? `${one.name}–${next}` : `${one.name}+`, articles: one.articles };
  });
}

function plot(title, bars) {
  if (!bars.length) return null;
  const most = Math.max(1, ...bars.map((bar) => bar.articles));
  const told = element("span", { class: "told-value", role: "status" });
  const step = WIDTH / bars.length;
  const width = Math.min(step * 0.8, WIDEST);
  const picture = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" });
  const columns = bars.map((bar, at) => {
    const height = bar.articles && Math.max(1.5, (bar.articles / most) * (HEIGHT - 4));
    const x = at * step + (bars.length > 1 ? (step - width) / 2 : 0); // one stands over its name
    const place = { x, width, y: HEIGHT - height, height };
    const column = drawn("g", {});
    const field = drawn("rect", { class: "field", x: at * step, width: step, y: 0, height: HEIGHT });
    column.append(field, drawn("rect", { class: "bar", ...place }));
    column.addEventListener("mouseenter", () => light(at));
    picture.append(column);
    return column;
  });
  let lit = -1;
  const light = (at) => {
    columns[lit]?.classList.remove("lit");
    lit = at;
    columns[lit]?.classList.add("lit");
    told.textContent = bars[at] ? `${bars[at].name} · ${say("count", { count: count(bars[at].articles) })}` : "";
  };
  const frame = element("div", { class: "bars", tabindex: 0, role: "img", "aria-label": title }, picture);
  frame.addEventListener("mouseleave", () => light(-1));
  frame.addEventListener("focus", () => light(lit < 0 ? 0 : lit));
  frame.addEventListener("blur", () => light(-1));
  frame.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    light(Math.min(Math.max(lit + way, 0), bars.length - 1));
  });
  const ends = element("p", { class: "ends", "aria-hidden": "true" }, endsOf(bars));
  return element("figure", {}, element("figcaption", {}, title, " ", told), frame, ends, table(title, bars));
}

const endsOf = (bars) =>
  [bars[0], ...(bars.length > 1 ? [bars.at(-1)] : [])].map((bar) => element("span", {}, bar.name));

function table(title, bars) {
  const rows = bars.map((bar) =>
    element("tr", {}, element("th", { scope: "row" }, bar.name), element("td", {}, count(bar.articles))),
  );
  return element("table", { class: "unseen" }, element("caption", {}, title), element("tbody", {}, rows));
}
