// Lights up a mark and its source together, and opens articles beside the conversation.

import { behavior, element } from "./dom.js";
import { say } from "./texts.js";

function light(mark) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!mark) return null;
  const source = document.getElementById(mark.getAttribute("aria-controls"));
  mark.classList.add("lit");
  source?.classList.add("lit");
  return source;
}

function lightUnder(target) {
  const mark = target.closest?.(".mark");
  const source = target.closest?.(".source[id]");
  if (mark) light(mark);
  else if (source) light(document.querySelector(`.mark[aria-controls="${source.id}"]`));
}

async function articleAt(address) {
  try {
    const answer = await fetch(address);
    // A document made so runs no script and fetches nothing.
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const article = document.adoptNode(page.querySelector("article"));
    for (const link of article.querySelectorAll("a")) {
      link.href = new URL(link.getAttribute("href"), address);
    }
    return article;
  } catch {
    return element("p", {}, say("unreachable"));
  }
}

async function openArticle(address, dialog) {
  const article = await articleAt(address);
  dialog.querySelector(".title").textContent = article.querySelector("h1")?.textContent ?? "";
  dialog.querySelector(".sheet").replaceChildren(article);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  dialog.querySelector("mark")?.scrollIntoView({ block: "center" });
}

export function prepareReader(frame) {
  const dialog = frame.querySelector("#reader");
  frame.addEventListener("mouseover", (event) => lightUnder(event.target));
  frame.addEventListener("focusin", (event) => lightUnder(event.target));
  frame.addEventListener("click", (event) => {
    const mark = event.target.closest(".mark");
    const link = event.target.closest("a.open");
    const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (mark) {
      const source = light(mark);
      source?.scrollIntoView({ block: "nearest", behavior: behavior() });
      source?.focus({ preventScroll: true });
    } else if (link && plain) {
      event.preventDefault();
      openArticle(link.href, dialog);
    } else if (event.target === dialog || event.target.closest("#reader .close")) {
      dialog.close();
    }
  });
}
