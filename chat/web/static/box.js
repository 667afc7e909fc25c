// What boxes for text have in common.

// Whether a key pressed in a box means to send. Enter that confirms a candidate of an input method
// doesn't (229: so do older browsers say).
export function sends(event) {
  return event.key === "Enter" && !event.shiftKey && !isComposing(event);
}

export const isComposing = (event) => event.isComposing || event.keyCode === 229;

// Make it as high as what is in it.
export function grow(box) {
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}
