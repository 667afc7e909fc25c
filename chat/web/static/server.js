// The server that this page is from.

import { createClient } from "./client.js";

export { Failure } from "./client.js";

// The way from this page to the server's root: the page may stand one level below it.
export const root = () => document.getElementById("wenjin").dataset.root;

// Told to the window when the server doesn't answer.
export const UNREACHABLE = "wenjin:unreachable";

export const { get, getText, post, ask } = createClient(root, () => dispatchEvent(new Event(UNREACHABLE)));
