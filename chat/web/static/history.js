// The conversations, as the browser keeps them for all tabs: a list of {id, created, updated, title,
// turns} under one key. `title` is empty until the reader gives one.
//
// Entries that aren't understood (of another version, damaged) stay as they are and aren't shown; a
// list that can't be read at all is put aside.

import { read, write } from "./storage.js";

const KEY = "wenjin.conversations";
const ASIDE = "wenjin.conversations.aside";
const ROOM = 2_000_000; // characters of two bytes; browsers give 5 MB or more
const ENDED = ["done", "stopped", "failed"];

export class History {
  #entries = [];
  #written = null; // the text that #entries are

  isKept = true; // as long as the browser lets us

  // `changed` is called when another tab has changed something.
  constructor(changed) {
    addEventListener("storage", (event) => (event.key === KEY || event.key === null) && changed());
  }

  // Newest first.
  all() {
    this.#read();
    return this.#entries.filter(isConversation).toSorted((one, other) => other.updated - one.updated);
  }

  get(id) {
    return this.all().find((one) => one.id === id);
  }

  // Keeps the turns of a conversation; gives it as it is kept. If another tab went on with it in the
  // meantime, both stay, this one under an id of its own.
  keep(conversation, turns) {
    const stored = this.get(conversation.id);
    const isTheirs = stored && stored.updated !== conversation.updated;
    const kept = {
      ...conversation,
      title: stored?.title ?? conversation.title,
      id: isTheirs ? newId() : conversation.id,
      updated: Math.max(Date.now(), conversation.updated + 1),
      turns: turns.map(settled),
    };
    this.put(kept);
    return kept;
  }

  // Puts a conversation where that of the same id is, as it stands.
  put(conversation) {
    this.#read();
    this.#write([...this.#entries.filter((one) => one?.id !== conversation.id), conversation]);
  }

  rename(id, title) {
    const found = this.get(id);
    if (found) this.put({ ...found, title });
  }

  // Gives what was removed.
  remove(id) {
    const found = this.get(id);
    this.#write(this.#entries.filter((one) => one?.id !== id));
    return found;
  }

  #read() {
    if (!this.isKept) return;
    const text = read("localStorage", KEY);
    if (text === this.#written) return;
    this.#written = text;
    this.#entries = listIn(text);
  }

  // The oldest go when there is no room for all.
  #write(entries) {
    this.#entries = entries;
    let left = entries;
    while (this.isKept) {
      const text = JSON.stringify(left);
      if (text.length <= ROOM && write("localStorage", KEY, text)) {
        this.#entries = left;
        this.#written = text;
        return;
      }
      const oldest = left.filter(isConversation).sort((one, other) => one.updated - other.updated);
      if (oldest.length > 1) left = left.filter((one) => one !== oldest[0]);
      else this.isKept = false;
    }
  }
}

export const begun = () => ({ id: newId(), created: Date.now(), updated: 0, title: "", turns: [] });

export const titleOf = ({ title, turns }) => title || (turns[0]?.question ?? "");

// The conversations in which every one of `words` occurs, each with the text to show it by: the first
// in which one occurs.
export function find(conversations, words) {
  const wanted = words.map(folded);
  return conversations.flatMap((conversation) => {
    const texts = textsOf(conversation);
    const all = folded(texts.join("\n"));
    if (!wanted.every((word) => all.includes(word))) return [];
    const shown = texts.find((text) => wanted.some((word) => folded(text).includes(word)));
    return [{ conversation, shown: shown === titleOf(conversation) ? null : shown }];
  });
}

function textsOf(conversation) {
  const turns = conversation.turns.map((turn) => [
    turn.question,
    (turn.answer?.sentences ?? []).map((sentence) => sentence.text),
  ]);
  return [titleOf(conversation), ...turns.flat(2)];
}

const folded = (text) => text.toLowerCase();

// Not crypto.randomUUID: that one wants TLS.
const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");

// A turn as it is kept: nothing in it is under way.
export function settled(turn) {
  return ENDED.includes(turn.state) ? turn : { ...turn, state: "stopped" };
}

function listIn(text) {
  if (text === null) return [];
  const list = parsed(text);
  if (Array.isArray(list)) return list;
  write("localStorage", ASIDE, text);
  return [];
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isConversation(entry) {
  return (
    typeof entry?.id === "string" &&
    typeof entry.title === "string" &&
    Number.isFinite(entry.created) &&
    Number.isFinite(entry.updated) &&
    Array.isArray(entry.turns) &&
    entry.turns.length > 0 &&
    entry.turns.every(isTurn)
  );
}

function isTurn(turn) {
  return (
    typeof turn?.question === "string" &&
    Array.isArray(turn.without) &&
    ENDED.includes(turn.state) &&
    (turn.answer ? isAnswer(turn.answer) : turn.state !== "done")
  );
}

const isAnswer = ({ sentences, citations, hits, query }) =>
  [sentences, citations, hits, query?.filters].every(Array.isArray);
