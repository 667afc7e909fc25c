// The small buttons under a turn.

import { copyAt } from "./copy.js";
import { button, element } from "./dom.js";
import { icon } from "./icons.js";
import { answerText } from "./markdown.js";
import { say } from "./texts.js";

// `actions` are {again(), edit(), takeBack()}.
export function toolbar(turn, actions) {
  const copy = tool("copy", "copy", () => copyAt(copy, () => answerText(turn.answer)));
  const tools = [
    turn.answer?.sentences?.length ? copy : null,
    tool("again", "retry", actions.again, "asks"),
    tool("rewrite", "edit", actions.edit, "asks"),
    tool("takeback", "take.back", actions.takeBack, "asks"), // hidden by the style but for the last turn
  ];
  return element("div", { class: "tools", role: "group", "aria-label": say("tools") }, tools);
}

function tool(name, key, act, kind = "") {
  const label = say(key);
  return button(icon(name), { class: `tool ${name} ${kind}`, "aria-label": label, title: label }, act);
}
