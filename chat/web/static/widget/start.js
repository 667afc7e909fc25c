// Begins a widget for a script of the page's, once the page stands.

import { createClient } from "../client.js";
import { filled, tagOf } from "../language.js";
import { optionsOf } from "./options.js";
import { Panel } from "./panel.js";
import { Talk } from "./talk.js";

const BASE = new URL("../../", import.meta.url);
const taken = new WeakSet(); // scripts that have their widget

// `script` is null where it is a module: those don't know their elements.
export async function start(script) {
  for (const one of script ? [script] : modules()) {
    taken.add(one);
    begin(optionsOf(one));
  }
}

function modules() {
  const address = new URL("widget.js", BASE).href;
  return [...document.querySelectorAll("script[type=module][src]")].filter(
    (one) => one.src.split(/[?#]/)[0] === address && !taken.has(one),
  );
}

async function begin(options) {
  const { default: texts } = await import(`./texts/${options.language}.js`);
  await standing();
  const voice = voiceOf(options.language, texts);
  const panel = new Panel(options, voice);
  new Talk(panel, { base: BASE.href, client: createClient(() => BASE.href), voice, options });
  if (options.isOpen) panel.openBeside();
}

// How a widget speaks: on one page they may do so in different languages.
const voiceOf = (language, texts) => ({
  language,
  tag: tagOf(language),
  say: (key, values = {}) => filled(texts[key], values),
  said: (both) => both[language] ?? both.en,
});

function standing() {
  if (document.readyState !== "loading") return null;
  return new Promise((resolve) => addEventListener("DOMContentLoaded", resolve, { once: true }));
}
