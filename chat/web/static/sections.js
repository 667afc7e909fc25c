// The sections of the page: which one is shown stands in the address (#/ask, #/articles, #/about).

import { say } from "./texts.js";

const SECTIONS = ["ask", "articles", "about"];

export const shownSection = () => SECTIONS.find((name) => location.hash === `#/${name}`) ?? "ask";

// `opened(name, section)` is called when a section is shown.
export function prepareSections(frame, opened) {
  const places = new Map(); // how far each was scrolled
  let shown = "ask";

  function show() {
    const name = shownSection();
    const moved = name !== shown;
    if (moved) places.set(shown, scrollY);
    shown = name;
    frame.dataset.section = name;
    for (const one of SECTIONS) frame.querySelector(`#${one}`).hidden = one !== name;
    for (const link of frame.querySelectorAll("#sections a")) {
      if (link.hash === `#/${name}`) link.ariaCurrent = "page";
      else link.removeAttribute("aria-current");
    }
    nameDocument(name);
    opened(name, frame.querySelector(`#${name}`));
    if (moved) scrollTo({ top: places.get(name) ?? 0, behavior: "instant" });
  }

  // Gradio's page has a base, to which a link to a hash alone would lead, without what is asked for.
  frame.querySelector("#sections").addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    location.hash = link.hash;
  });
  addEventListener("hashchange", show);
  show();
}

export function nameDocument(name = shownSection()) {
  document.title = name === "ask" ? say("title") : `${say(`section.${name}`)} · ${say("title")}`;
}
