// Takes an event stream apart as it comes, in pieces cut anywhere.
// (https://html.spec.whatwg.org/multipage/server-sent-events.html, without ids and retries.)

export class Events {
  #rest = "";
  #began = false;
  #event = "";
  #data = [];

  // The events that are whole by now: [{event, data}].
  push(piece) {
    let text = this.#rest + piece;
    if (!this.#began && text) {
      this.#began = true;
      if (text.startsWith("\uFEFF")) text = text.slice(1);
    }
    // A carriage return at the end may be the first half of a line break.
    const held = text.endsWith("\r") ? "\r" : "";
    const lines = text.slice(0, text.length - held.length).split(/\r\n|\n|\r/);
    this.#rest = lines.pop() + held;
    return lines.map((line) => this.#take(line)).filter(Boolean);
  }

  #take(line) {
    if (line === "") return this.#end();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") this.#event = value;
    else if (field === "data") this.#data.push(value);
    return null;
  }

  #end() {
    const event = { event: this.#event || "message", data: this.#data.join("\n") };
    const empty = this.#data.length === 0;
    this.#event = "";
    this.#data = [];
    return empty ? null : event;
  }
}
