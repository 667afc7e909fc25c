// The browser's storage, which may be blocked, full, or changed by another page of ours.
// `kind` is "localStorage" or "sessionStorage".

export function read(kind, key) {
  try {
    return window[kind].getItem(key);
  } catch {
    return null;
  }
}

// Writes a text, or removes what is there for null; true if that was possible.
export function write(kind, key, text) {
  try {
    if (text === null) window[kind].removeItem(key);
    else window[kind].setItem(key, text);
    return true;
  } catch {
    return false;
  }
}
