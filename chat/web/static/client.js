// How a server is asked, by its own page and by widgets on the pages of others.

import { eventsIn } from "./events.js";

export const FORMER = 20; // questions that the server is told of with the one after them

// What the server says went wrong, in both languages; without any if it doesn't answer. `wait`: the
// seconds after which it may be asked again, if it says so.
export class Failure extends Error {
  constructor(status, texts, wait = 0) {
    super(texts?.en ?? "no answer");
    this.status = status;
    this.texts = texts;
    this.wait = wait;
  }
}

// `base` gives the way to the server's root; `lost` is called when it doesn't answer.
export function createClient(base, lost = () => {}) {
  function silence() {
    lost();
    return new Failure(0);
  }

  async function reached(promise) {
    try {
      return await promise;
    } catch (error) {
      throw error.name === "AbortError" ? error : silence();
    }
  }

  async function fetched(path, options) {
    const response = await reached(fetch(`${base()}${path}`, options));
    if (response.ok) return response;
    const said = await response.json().catch(() => null);
    throw new Failure(response.status, said?.error, Number(response.headers.get("Retry-After")) || 0);
  }

  const get = async (path, options) => (await fetched(path, options)).json();

  const getText = async (path, options) => (await fetched(path, options)).text();

  function post(path, body, { headers, ...options } = {}) {
    const json = { "Content-Type": "application/json", ...headers };
    return fetched(path, { method: "POST", headers: json, body: JSON.stringify(body), ...options });
  }

  // Asks; `on` is told of each event by its name. Resolves when the last has come.
  async function ask({ history, ...asked }, { signal, on }) {
    const body = { ...asked, history: history.slice(-FORMER) };
    const response = await post("api/ask", body, { headers: { Accept: "text/event-stream" }, signal });
    const events = eventsIn(response.body);
    let ended = false;
    for (;;) {
      const { value, done } = await reached(events.next());
      if (done) break;
      const record = JSON.parse(value.data);
      if (value.event === "error") throw new Failure(record.status, record.error);
      on(value.event, record);
      ended ||= value.event === "done";
    }
    if (!ended) throw silence();
  }

  return { get, getText, post, ask };
}
