// Notices that the server doesn't answer any more, says so in a bar, and finds out when it is back.

import { announce } from "./announce.js";
import { button, element } from "./dom.js";
import { UNREACHABLE, get } from "./server.js";
import { say } from "./texts.js";

const FIRST_WAIT = 500; // milliseconds; then twice as long each time
const LONGEST_WAIT = 8000;

export class Connection {
  #bar;
  #listener;
  #state = "well"; // "lost", or "back" until something is asked

  // `listener` is {back(), failedTurn(), again(turn)}.
  constructor(bar, listener) {
    this.#bar = bar;
    this.#listener = listener;
    addEventListener(UNREACHABLE, () => this.#lose());
    addEventListener("offline", () => this.#lose());
  }

  // Something was asked or opened: that the server is back needs no saying any more.
  settle() {
    if (this.#state === "back") this.#become("well");
  }

  draw() {
    const bar = this.#bar;
    bar.hidden = this.#state === "well";
    if (this.#state === "well") bar.replaceChildren();
    else if (this.#state === "lost") bar.replaceChildren(element("span", {}, say("lost")));
    else bar.replaceChildren(element("span", {}, say("back.again")), this.#again());
  }

  #again() {
    return button(say("ask.again"), { class: "again" }, () => {
      const turn = this.#listener.failedTurn();
      this.#become("well");
      if (turn) this.#listener.again(turn);
    });
  }

  #become(state) {
    this.#state = state;
    this.draw();
    if (state !== "well") announce(this.#bar.querySelector("span").textContent);
  }

  async #lose() {
    if (this.#state === "lost") return;
    this.#become("lost");
    await answering();
    await this.#listener.back();
    this.#become(this.#listener.failedTurn() ? "back" : "well");
  }
}

// Resolves as soon as the server says that it is well.
async function answering() {
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    try {
      return await get("healthz", { cache: "no-store" });
    } catch {
      // not yet
    }
  }
}
