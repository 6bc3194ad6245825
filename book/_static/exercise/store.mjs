/** What the reader has typed, by exercise, in this browser alone. */

const KEY = (name) => `exercise: ${name}`;
const LONGEST = 20_000; // characters

export function kept(name) {
  try {
    return localStorage.getItem(KEY(name));
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** `null` forgets it. */
export function keep(name, code) {
  try {
    if (code === null) localStorage.removeItem(KEY(name));
    else if (code.length <= LONGEST) localStorage.setItem(KEY(name), code);
  } catch {
    // it is only lost when the page is left
  }
}
