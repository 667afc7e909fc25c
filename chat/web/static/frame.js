// The page's frame: markup of our own, put where Gradio's shell leaves room. Gradio's component for
// that would need a policy with 'unsafe-eval'.

import { element } from "./dom.js";

// The frame in its place. How the page stands to the server is said by the script that began it.
export async function placeFrame() {
  const { root, language } = document.querySelector("script[data-root]").dataset;
  const [markup, shell] = await Promise.all([fetchMarkup(), whenThere("shell")]);
  const parsed = new DOMParser().parseFromString(markup, "text/html");
  const attributes = { id: "wenjin", "data-root": root, "data-language": language };
  const frame = element("div", attributes, ...parsed.body.childNodes);
  shell.append(frame);
  return frame;
}

async function fetchMarkup() {
  return (await fetch(new URL("frame.html", import.meta.url))).text();
}

function whenThere(id) {
  return new Promise((resolve) => {
    const look = () => document.getElementById(id);
    if (look()) return resolve(look());
    const observer = new MutationObserver(() => {
      if (!look()) return;
      observer.disconnect();
      resolve(look());
    });
    observer.observe(document.documentElement, { childList: true, subtree: true });
  });
}
