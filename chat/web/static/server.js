// The server, and how it is asked.

import { Events } from "./events.js";

// The way from this page to the server's root: the page may stand one level below it.
export const root = () => document.getElementById("wenjin").dataset.root;

// Told to the window when the server doesn't answer.
export const UNREACHABLE = "wenjin:unreachable";

// What the server says went wrong, in both languages; without any if it doesn't answer.
export class Failure extends Error {
  constructor(status, texts) {
    super(texts?.en ?? "no answer");
    this.status = status;
    this.texts = texts;
  }
}

function unreachable() {
  dispatchEvent(new Event(UNREACHABLE));
  return new Failure(0);
}

async function fetched(path, options) {
  let response;
  try {
    response = await fetch(`${root()}${path}`, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw unreachable();
  }
  if (response.ok) return response;
  const said = await response.json().catch(() => null);
  throw new Failure(response.status, said?.error);
}

export async function get(path, options) {
  return (await fetched(path, options)).json();
}

export async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  return fetched(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export async function getText(path, options) {
  return (await fetched(path, options)).text();
}

// Asks; `on` is told of each event by its name. Resolves when the last has come.
export async function ask(body, { signal, on }) {
  const response = await fetched("api/ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
    body: JSON.stringify(body),
    signal,
  });
  const events = new Events();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let ended = false;
  for (;;) {
    const { value, done } = await read(reader);
    for (const { event, data } of events.push(done ? "\n\n" : value)) {
      const record = JSON.parse(data);
      if (event === "error") throw new Failure(record.status, record.error);
      on(event, record);
      ended ||= event === "done";
    }
    if (done) break;
  }
  if (!ended) throw unreachable();
}

async function read(reader) {
  try {
    return await reader.read();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw unreachable();
  }
}
