// Takes an event stream apart as it comes, in pieces cut anywhere.
// (https://html.spec.whatwg.org/multipage/server-sent-events.html, without ids and retries.)

export class Events {
  #rest = "";
  #broken = false; // whether the last piece ended with a carriage return: perhaps half a line break
  #event = "";
  #data = [];

  // The events that are whole by now: [{event, data}].
  push(piece) {
    if (!piece) return [];
    const text = this.#broken && piece.startsWith("\n") ? piece.slice(1) : piece;
    this.#broken = piece.endsWith("\r");
    const lines = (this.#rest + text).split(/\r\n|\n|\r/);
    this.#rest = lines.pop();
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

// The events of a stream of bytes. What comes after the last whole one is none.
export async function* eventsIn(stream) {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  const events = new Events();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    yield* events.push(value);
  }
}
