// What the chat page does by itself: lights up sources, opens articles, keeps the focus where the
// reader is, and Enter for the input method. Everything hangs on the document, for Gradio draws its parts when it likes.

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const behavior = () => (calm.matches ? "auto" : "smooth");

// a citation mark and its source light up together

function light(mark) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!mark) return null;
  const source = document.getElementById(mark.getAttribute("aria-controls"));
  mark.classList.add("lit");
  source?.classList.add("lit");
  return source;
}

function markOf(source) {
  return document.querySelector(`.mark[aria-controls="${source.id}"]`);
}

function lightUnder(target) {
  const mark = target.closest?.(".mark");
  const source = target.closest?.(".source[id]");
  if (mark) light(mark);
  else if (source) light(markOf(source));
}

document.addEventListener("mouseover", (event) => lightUnder(event.target));
document.addEventListener("focusin", (event) => lightUnder(event.target));

// articles open beside the conversation

async function articleAt(address, dialog) {
  try {
    const answer = await fetch(address);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const article = document.adoptNode(page.querySelector("article"));
    for (const link of article.querySelectorAll("a")) {
      link.href = new URL(link.getAttribute("href"), address);
    }
    return article;
  } catch {
    const sorry = document.createElement("p");
    sorry.textContent = dialog.dataset.unreachable;
    return sorry;
  }
}

async function openArticle(address) {
  const dialog = document.getElementById("reader");
  const article = await articleAt(address, dialog);
  dialog.querySelector(".title").textContent = article.querySelector("h1")?.textContent ?? "";
  dialog.querySelector(".sheet").replaceChildren(article);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  dialog.querySelector("mark")?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const dialog = document.getElementById("reader");
  const mark = event.target.closest(".mark");
  const link = event.target.closest("a.open");
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (mark) {
    const source = light(mark);
    source?.scrollIntoView({ block: "nearest", behavior: behavior() });
    source?.focus({ preventScroll: true });
  } else if (link && plain) {
    event.preventDefault();
    openArticle(link.href);
  } else if (event.target === dialog || event.target.closest("#reader .close")) {
    dialog.close();
  }
});

// a button that goes away when it is clicked leaves the focus to what it was about

document.addEventListener("click", (event) => {
  event.target.closest(".drop")?.closest(".turn").querySelector(".question").focus();
  if (event.target.closest("#new")) document.querySelector("#question textarea").focus();
});

// Enter that confirms a candidate of an input method doesn't send (229: so do older browsers say)

function keepForInputMethod(event) {
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) {
    event.stopImmediatePropagation();
  }
}

document.addEventListener("keydown", keepForInputMethod, true);
document.addEventListener("keypress", keepForInputMethod, true);

// the page's language (kept in the address once it was switched), and the newest question at the top

let language = null;
let turns = 0;

function followLanguage() {
  const now = document.querySelector("#top header")?.lang;
  if (!now || now === language) return;
  if (language) {
    const address = new URL(location);
    address.searchParams.set("lang", now.slice(0, 2));
    history.replaceState(history.state, "", address);
  }
  language = document.documentElement.lang = now;
}

function followTurns() {
  const all = document.querySelectorAll(".turn");
  if (all.length > turns) all[all.length - 1].scrollIntoView({ behavior: behavior() });
  turns = all.length;
}

new MutationObserver(() => {
  followLanguage();
  followTurns();
}).observe(document.body, { childList: true, attributes: true, attributeFilter: ["lang"], subtree: true });

// in a widget's frame, Esc closes the widget (unless it closes an article)

document.addEventListener("keydown", (event) => {
  const reading = document.getElementById("reader")?.open;
  if (event.key === "Escape" && parent !== window && !reading && !event.isComposing) {
    parent.postMessage("wenjin:close", "*");
  }
});
