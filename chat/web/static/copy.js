// Texts that leave the page: to the clipboard, or as a file.

import { announce } from "./announce.js";
import { copyText } from "./clipboard.js";
import { element } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./texts.js";

const SHOWN = 2000; // milliseconds

// Copy, and tell so; `make` makes the text.
export async function copyAndTell(make) {
  const copied = await copyText(await make());
  announce(copied ? say("copied") : say("copy.failed"));
  return copied;
}

// The same at a button with an icon, which shows it for a moment.
export async function copyAt(button, make) {
  if (!(await copyAndTell(make))) return;
  const face = [...button.childNodes];
  if (button.dataset.copied) return;
  button.dataset.copied = "yes";
  button.replaceChildren(icon("done"));
  setTimeout(() => {
    delete button.dataset.copied;
    button.replaceChildren(...face);
  }, SHOWN);
}

export function download(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), SHOWN);
}
