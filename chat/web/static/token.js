// The token that changes of the library need where the server has one: asked for in a dialog, and kept
// for as long as the tab is open.

import { button, element } from "./dom.js";
import { Failure } from "./server.js";
import { read, write } from "./storage.js";
import { said, say } from "./texts.js";

const KEY = "wenjin.token";

let token = read("sessionStorage", KEY);

// The headers of a request that changes something.
export const authorization = () => (token ? { Authorization: `Bearer ${token}` } : {});

// Does `act(headers)`, asking for the token for as long as the server wants one, or another. Fails as
// `act` does if none is given.
export async function withToken(act) {
  for (;;) {
    try {
      return await act(authorization());
    } catch (error) {
      if (!(error instanceof Failure) || error.status !== 401) throw error;
      const given = await asked(token ? said(error.texts) : "");
      if (!given) throw error;
      keep(given);
    }
  }
}

function keep(given) {
  token = given;
  write("sessionStorage", KEY, given);
}

// What was typed into the dialog; nothing if it was closed. `wrong` says what was the matter before.
function asked(wrong) {
  let given = "";
  const field = element("input", { type: "password", id: "token", required: true, autocomplete: "off" });
  const form = element(
    "form",
    { method: "dialog" },
    element("p", {}, say("token.note")),
    element("label", { for: "token" }, say("token.label")),
    field,
    wrong ? element("p", { class: "wrong", role: "alert" }, wrong) : null,
    element(
      "div",
      { class: "ends" },
      element("button", { type: "submit", class: "give" }, say("token.give")),
      button(say("cancel"), { class: "cancel" }, () => dialog.close()),
    ),
  );
  form.addEventListener("submit", () => {
    given = field.value.trim();
  });
  const dialog = element("dialog", { class: "token", "aria-label": say("token.label") }, form);
  document.getElementById("wenjin").append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(given);
    });
  });
}
