// The button on the page, and the panel that it opens, in a shadow root. On a narrow screen the panel
// covers the page, and nothing else can be reached meanwhile.

import { isComposing } from "../box.js";
import { button, element } from "../dom.js";
import { palette } from "./colour.js";
import { STYLE } from "./style.js";

const NARROW = matchMedia("(max-width: 30em), (max-height: 30em)"); // as in style.js
const FOCUSABLE = "a, button:enabled, textarea, [tabindex='0']";

// A sheet made in script: the page's policy needn't allow any style.
function sheet(text) {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
}

// Fires "open", and "escape": who prevents that keeps the panel open.
export class Panel extends EventTarget {
  #root;
  #launch;
  #close;
  #dialog;

  constructor({ title, side, colour }, { tag, say }) {
    super();
    const name = title || say("title");
    const label = say("placeholder");
    this.box = element("textarea", { rows: 1, maxlength: 8000, "aria-label": label, placeholder: label });
    this.send = element("button", { type: "submit", class: "send" }, say("send"));
    this.form = element("form", { class: "composer" }, this.box, this.send);
    this.log = element("div", { class: "log", role: "region", tabindex: 0, "aria-label": name });
    const live = { role: "status", "aria-live": "polite", "aria-atomic": "false" };
    this.told = element("p", { class: "told", ...live });
    this.#close = button("×", { class: "close", "aria-label": say("close") }, () => this.close());
    this.#launch = button(title || say("launch"), { class: "launch", "aria-haspopup": "dialog" }, () => {
      this.open();
      (NARROW.matches ? this.#close : this.box).focus(); // a keyboard on the screen would cover it
    });
    this.#dialog = element(
      "dialog",
      { class: "panel", "aria-label": name, tabindex: -1 },
      element("header", {}, element("h2", {}, name), this.#close),
      this.log,
      this.form,
      this.told,
    );
    const place = element("div", { class: `wenjin ${side}`, lang: tag }, this.#launch, this.#dialog);
    this.#stand(place, side);
    this.#root.adoptedStyleSheets = [sheet(STYLE), sheet(palette(colour, place))];
    this.#listen(place);
  }

  open() {
    this.#launch.hidden = true;
    if (NARROW.matches) this.#dialog.showModal();
    else this.#dialog.open = true; // show() would take the focus
    this.dispatchEvent(new Event("open"));
  }

  // Open it unless it would cover the page.
  openBeside() {
    if (!NARROW.matches) this.open();
  }

  close() {
    this.#dialog.close();
    this.#closed();
  }

  // Give `one` the focus if nothing in the panel has it any more.
  keepFocus(one) {
    const active = this.#root.activeElement;
    if (!active || active === this.#dialog) one.focus({ preventScroll: true });
  }

  // Beside the page's body, which may be moved or replaced; above all of it, where browsers can do that.
  #stand(place, side) {
    const host = element("wenjin-widget", { popover: "manual", "data-side": side });
    this.#root = host.attachShadow({ mode: "open" });
    this.#root.append(place);
    const before = document.querySelectorAll(`wenjin-widget[data-side=${side}]`).length;
    place.style.setProperty("--before", before); // others at the same edge
    document.documentElement.append(host);
    host.showPopover?.();
  }

  #listen(place) {
    for (const type of ["keydown", "keypress", "keyup"]) {
      place.addEventListener(type, (event) => event.stopPropagation()); // no shortcuts of the page's
    }
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
    this.#dialog.addEventListener("close", () => this.#closed()); // by a phone's way back, too
    NARROW.addEventListener("change", () => this.#turn());
    visualViewport?.addEventListener("resize", () => this.#fit());
    visualViewport?.addEventListener("scroll", () => this.#fit());
  }

  #key(event) {
    if (event.key === "Tab") return this.#circle(event);
    if (event.key !== "Escape" || isComposing(event)) return;
    event.preventDefault();
    if (this.dispatchEvent(new Event("escape", { cancelable: true }))) this.close();
  }

  #circle(event) {
    const all = [...this.#dialog.querySelectorAll(FOCUSABLE)].filter((one) => one.getClientRects().length);
    const ends = [all[0], all.at(-1)];
    const [from, to] = event.shiftKey ? ends : ends.reverse();
    const active = this.#root.activeElement;
    if (active !== from && !(event.shiftKey && active === this.#dialog)) return;
    event.preventDefault();
    to.focus();
  }

  #closed() {
    if (this.#dialog.open || !this.#launch.hidden) return;
    this.#launch.hidden = false;
    this.#launch.focus();
  }

  // The screen has become narrow, or wide.
  #turn() {
    if (!this.#dialog.open) return;
    const active = this.#root.activeElement;
    this.#dialog.close();
    this.open();
    active?.focus();
  }

  // Stay above a keyboard on the screen; but one who has zoomed in moves about in the panel.
  #fit() {
    const { scale, height, offsetTop } = visualViewport;
    if (scale > 1.01) return;
    this.#dialog.style.setProperty("--height", `${height}px`);
    this.#dialog.style.setProperty("--top", `${offsetTop}px`);
  }
}
