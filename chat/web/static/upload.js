// Files whose articles are added: dropped or chosen, sent and read one after another, with a report each.

import { announce } from "./announce.js";
import { button, element } from "./dom.js";
import { Events } from "./events.js";
import { Failure, get, root } from "./server.js";
import { said, say } from "./texts.js";
import { authorization, withToken } from "./token.js";

const OVER = ["done", "failed", "stopped"];
const SIGNS = { done: "✓", failed: "✕", stopped: "–" };

// A file on its way: `waiting`, `sending`, `reading`, perhaps `stopping`, then one of OVER.
class Upload {
  state = "waiting";
  share = 0;
  articles = 0;
  problems = [];
  report = null;
  error = null; // in both languages; null if the server couldn't be reached
  #key = newKey(); // by which the server can be told to stop
  #request = new XMLHttpRequest();
  #events = new Events();
  #read = 0;

  constructor(file, changed) {
    this.file = file;
    this.changed = changed;
  }

  get isOver() {
    return OVER.includes(this.state);
  }

  // Resolves when it is over. (XMLHttpRequest tells how much was sent, which fetch doesn't.)
  run() {
    const request = this.#request;
    this.#enter("sending");
    const query = new URLSearchParams({ name: this.file.name, upload: this.#key });
    request.open("POST", `${root()}api/articles?${query}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    for (const [name, value] of Object.entries(authorization())) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ loaded, total }) => {
      this.share = total && loaded / total;
      this.changed(this);
    });
    request.upload.addEventListener("load", () => this.#enter("reading"));
    request.addEventListener("progress", () => this.#take());
    const over = new Promise((resolve) => request.addEventListener("loadend", resolve));
    request.send(this.file);
    return over.then(() => this.#finish());
  }

  fail(texts) {
    this.error = texts ?? null;
    this.#enter("failed");
  }

  // What the server has read stays, and it tells what that is when it has stopped.
  async stop() {
    const wasRead = this.state === "reading";
    if (wasRead) this.#enter("stopping");
    if (wasRead && (await hasStopped(this.#key))) return;
    this.#enter("stopped");
    this.#request.abort();
  }

  #enter(state) {
    if (this.isOver) return;
    this.state = state;
    this.share = 0;
    this.changed(this);
  }

  #take() {
    if (this.#request.status !== 200) return;
    const text = this.#request.responseText;
    for (const { event, data } of this.#events.push(text.slice(this.#read))) {
      this.#hear(event, JSON.parse(data));
    }
    this.#read = text.length;
    this.changed(this);
  }

  #hear(event, record) {
    if (event === "progress") Object.assign(this, record);
    else if (event === "problem") this.problems.push(record);
    else if (event === "error") this.error = record.error;
    else if (event === "done") this.report = record;
  }

  #finish() {
    if (this.state === "stopped") return;
    const request = this.#request;
    if (request.status === 200) this.#take();
    else this.error = refusal(request.responseText);
    this.#enter(outcome(this.report));
  }
}

function outcome(report) {
  if (!report || (report.files.failed && !report.files.read)) return "failed";
  return report.stopped ? "stopped" : "done";
}

async function hasStopped(key) {
  try {
    return (await get(`api/uploads/${key}`, { method: "DELETE", headers: authorization() })).stopped;
  } catch (error) {
    if (error instanceof Failure) return false;
    throw error;
  }
}

// What keeps files from being added; null if nothing does. To be asked before much is sent: to stop what
// isn't there does nothing, but needs the same leave.
async function hindrance() {
  try {
    await withToken((headers) => get(`api/uploads/${newKey()}`, { method: "DELETE", headers }));
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}

// Not randomUUID, which only secure addresses have.
const newKey = () =>
  [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");

function refusal(text) {
  try {
    return JSON.parse(text).error ?? null;
  } catch {
    return null;
  }
}

export class Uploads {
  #all = [];
  #rows = new Map();
  #running = false;
  #added;
  #input = element("input", { type: "file", multiple: true, hidden: true });
  #list = element("ul", { class: "uploads" });

  // `added` is called when articles were added; files may be dropped anywhere in the `section`.
  constructor(section, added) {
    this.#added = added;
    this.element = element("div", { class: "adding" });
    this.#input.addEventListener("change", () => {
      this.add(this.#input.files);
      this.#input.value = "";
    });
    section.addEventListener("dragover", (event) => {
      if (!this.element.isConnected || !event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      section.classList.add("over");
    });
    for (const name of ["dragleave", "drop"]) {
      section.addEventListener(name, (event) => {
        if (name === "drop" || !section.contains(event.relatedTarget)) section.classList.remove("over");
      });
    }
    section.addEventListener("drop", (event) => {
      if (!this.element.isConnected || !event.dataTransfer.files.length) return;
      event.preventDefault();
      this.add(event.dataTransfer.files);
    });
  }

  draw() {
    const choose = button(say("articles.add"), { class: "choose" }, () => this.#input.click());
    const clear = button(say("articles.cleared"), { class: "clear" }, () => this.#clear());
    clear.hidden = !this.#all.some((upload) => upload.isOver);
    this.element.replaceChildren(
      element("p", {}, choose, element("span", {}, say("articles.add.note")), clear),
      this.#input,
      this.#list,
    );
    for (const upload of this.#all) this.#drawRow(upload);
  }

  add(files) {
    for (const file of files) {
      const upload = new Upload(file, (changed) => this.#drawRow(changed));
      this.#all.push(upload);
      const row = element("li");
      this.#rows.set(upload, row);
      this.#list.append(row);
      this.#drawRow(upload);
    }
    this.#work();
  }

  #clear() {
    for (const upload of this.#all.filter((one) => one.isOver)) {
      this.#rows.get(upload).remove();
      this.#rows.delete(upload);
    }
    this.#all = this.#all.filter((one) => !one.isOver);
    this.draw();
    this.element.querySelector(".choose").focus();
  }

  async #work() {
    if (this.#running) return;
    this.#running = true;
    const hindered = await hindrance();
    for (;;) {
      const upload = this.#all.find((one) => one.state === "waiting");
      if (!upload) break;
      await (hindered ? upload.fail(hindered.texts) : upload.run());
      announce(`${upload.file.name} ${stated(upload)}`);
      this.draw();
      if (upload.articles || upload.report) await this.#added();
    }
    this.#running = false;
  }

  #drawRow(upload) {
    const row = this.#rows.get(upload);
    if (!row) return;
    const stopping = row.contains(document.activeElement);
    row.dataset.state = upload.state;
    const under = ["sending", "reading"].includes(upload.state);
    const [ends, one] =
      upload.state === "reading"
        ? ["articles.end", "articles.end.one"]
        : ["articles.stop", "articles.stop.one"];
    const label = say(one, { file: upload.file.name });
    const stop = button(say(ends), { class: "stop", "aria-label": label }, () => upload.stop());
    row.replaceChildren(
      element("span", { class: "sign", "aria-hidden": "true" }, SIGNS[upload.state] ?? ""),
      element("span", { class: "file" }, upload.file.name),
      element("span", { class: "state" }, stated(upload)),
      ...(under ? [progress(upload)] : []),
      ...(upload.isOver || upload.state === "stopping" ? [] : [stop]),
      ...problems(upload),
    );
    if (stopping) (row.querySelector("button") ?? this.element.querySelector(".choose"))?.focus();
  }
}

const progress = ({ share, file }) => element("progress", { max: 1, value: share, "aria-label": file.name });

function problems({ problems: all, report }) {
  const told = (report && [...report.failed, ...report.partly_read]) || all;
  if (!told.length) return [];
  return [element("ul", { class: "problems" }, told.map((one) => element("li", {}, said(one.message))))];
}

function stated(upload) {
  const percent = Math.round(upload.share * 100);
  if (upload.state === "waiting") return say("articles.waiting");
  if (upload.state === "sending") return say("articles.sending", { percent });
  if (upload.state === "reading") return say("articles.read", { percent, count: upload.articles });
  if (upload.state === "stopping") return say("articles.stopping");
  if (upload.state === "stopped") return kept(upload.report);
  if (upload.state === "done") return reported(upload.report);
  if (upload.report) return say("articles.unread");
  return upload.error ? say("articles.unread.why", { why: said(upload.error) }) : say("articles.failed");
}

// What stays of a file that wasn't read to its end.
function kept(report) {
  const { new: fresh, reprints, changed, known } = report?.articles ?? {};
  const count = report ? fresh + reprints + changed + known : 0;
  return count ? say("articles.stopped.kept", { count }) : say("articles.stopped");
}

function reported({ articles, files }) {
  const parts = [
    [articles.new, "articles.report.new"],
    [articles.reprints, "articles.report.reprints"],
    [articles.changed, "articles.report.changed"],
    [articles.known, "articles.report.known"],
  ];
  const told = parts.filter(([count]) => count).map(([count, key]) => say(key, { count }));
  if (told.length) return told.join(" · ");
  if (files.unchanged) return say("articles.report.unchanged");
  return say("articles.report.nothing");
}
