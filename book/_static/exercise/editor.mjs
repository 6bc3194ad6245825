/** A text area, which screen readers, phones and Undo know, over a coloured copy of its text, which they do not see. */

import { element } from "../explorer/dom.mjs";

const TOKENS =
  /(#.*)|("""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|\b(False|None|True|and|as|assert|break|class|continue|def|del|elif|else|except|finally|for|from|if|import|in|is|lambda|not|or|pass|raise|return|try|while|with|yield)\b|\b(\d[\d_.]*(?:e[+-]?\d+)?)\b/g;
const CLASSES = ["c1", "s2", "k", "mf"]; // Pygments' names, whose colours the page has
const LONGEST = 20_000; // characters that are coloured; more would make typing slow
const INDENT = "    ";

let count = 0;

export function editor(label, code) {
  const area = element("textarea", {
    id: `exercise-${++count}`,
    "aria-label": label,
    spellcheck: "false",
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    wrap: "off",
  });
  const copy = element("code", { "aria-hidden": "true" });
  const box = element("div", { class: "exercise-editor highlight" }, [copy, area]);
  area.value = code;
  area.addEventListener("input", draw);
  area.addEventListener("keydown", (event) => indent(area, event));
  draw();
  return { box, area, replace };

  function draw() {
    area.rows = area.value.split("\n").length;
    copy.replaceChildren(...coloured(area.value), "\n");
  }

  /** Put other code there, as if it had been typed. */
  function replace(code) {
    area.focus();
    area.select();
    type(code);
  }
}

function coloured(text) {
  if (text.length > LONGEST) return [text];
  const parts = [];
  let at = 0;
  for (const token of text.matchAll(TOKENS)) {
    const kind = CLASSES[token.slice(1).findIndex(Boolean)];
    parts.push(text.slice(at, token.index), element("span", { class: kind }, token[0]));
    at = token.index + token[0].length;
  }
  return [...parts, text.slice(at)];
}

/** Return keeps the indentation, and Backspace takes a whole one; Tab leaves the field, as everywhere on a page. */
function indent(area, event) {
  const { value, selectionStart: start, selectionEnd: end } = area;
  const line = value.slice(value.lastIndexOf("\n", start - 1) + 1, start);
  const modified = event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
  if (event.key === "Enter" && !modified) {
    event.preventDefault();
    type("\n" + /^ */.exec(line)[0] + (/:\s*(#.*)?$/.test(line) ? INDENT : ""));
  } else if (event.key === "Backspace" && !modified && start === end && /^( {4})+$/.test(line)) {
    event.preventDefault();
    area.setSelectionRange(start - INDENT.length, start);
    type("");
  }
}

/** Deprecated, and the one way that Undo remembers. */
function type(text) {
  document.execCommand(text ? "insertText" : "delete", false, text);
}
