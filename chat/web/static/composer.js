// The box for questions. Enter sends, Shift and Enter begin a line, and Enter that confirms a candidate
// of an input method does neither (229: so do older browsers say).

export function prepareComposer(frame, send) {
  const form = frame.querySelector("#composer");
  const box = form.querySelector("textarea");

  function grow() {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight}px`;
  }

  box.addEventListener("input", grow);
  box.addEventListener("keydown", (event) => {
    const composing = event.isComposing || event.keyCode === 229;
    if (event.key !== "Enter" || event.shiftKey || composing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = box.value.trim();
    if (!question) return;
    box.value = "";
    grow();
    send(question);
  });
  return box;
}
