/**
 * Exercises on the page: an editor in the place of each stub, and the chapter's own `check` behind a button.
 *
 * A cell, `<div data-exercise="the best h" data-chapter="…" …>`, shows the stub until its editor stands, and wherever that cannot
 * run. Code is never taken from a link: only what the reader types here runs, in a worker that is thrown away afterwards.
 */

import { element } from "./explorer/dom.mjs";
import { editor } from "./exercise/editor.mjs";
import { Runner, SECONDS } from "./exercise/runner.mjs";
import { keep, kept } from "./exercise/store.mjs";

const PATIENCE = 300; // milliseconds without an answer before the page says that it is at work
const CAN_RUN = "Worker" in window && "WebAssembly" in window;
const NO_INTERPRETER = "Your browser has no WebAssembly, which Python on a page needs. In Colab the exercise works: ";
const NOT_LOADED = "Python could not be loaded. Is there no network? It is tried again as soon as there is, or when you press a button.";
const LATE = `Stopped after ${SECONDS} seconds. Does a loop never end?`;
const FLOOD = "Stopped: it printed more than a page can show. Does a loop never end?";

let runner; // one for the page, since all its exercises are one chapter's

for (const cell of document.querySelectorAll("[data-exercise]")) show(cell);

function show(cell) {
  const { exercise: name, colab } = cell.dataset;
  if (!CAN_RUN) return cell.append(note(NO_INTERPRETER, colab));
  const stub = cell.querySelector("pre").textContent.trimEnd();
  const { box, area, replace } = editor(`Your code for the exercise “${name}”`, kept(name) ?? stub);
  const [run, check, reset] = ["Run", "Check", "Reset"].map((label) => element("button", { type: "button" }, label));
  const said = element("pre", { class: "exercise-said", role: "status", "aria-label": `What your code says: ${name}` });
  const hint = element("span", { class: "exercise-hint", id: `exercise-hint-${area.id}` }, "Ctrl + Enter checks; Tab leaves the field.");
  area.setAttribute("aria-describedby", hint.id);
  check.className = "exercise-check";
  const root = element("div", { class: "exercise", role: "group", "aria-label": `Exercise: ${name}` }, [
    box,
    element("div", { class: "exercise-buttons" }, [run, check, reset, hint]),
    said,
  ]);
  cell.querySelector(".cell_input").replaceWith(root);
  changed();

  area.addEventListener("input", changed);
  root.addEventListener("focusin", () => wake(cell).catch(() => {}), { once: true }); // who only reads loads no interpreter
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    answer(lastLine(stub));
  });
  run.addEventListener("click", () => answer(""));
  check.addEventListener("click", () => answer(lastLine(stub)));
  reset.addEventListener("click", () => {
    replace(stub); // Undo brings it back
    say("", "");
    area.focus();
  });

  function changed() {
    keep(name, area.value === stub ? null : area.value);
    reset.disabled = area.value === stub;
  }

  async function answer(check) {
    if (root.ariaBusy === "true") return;
    root.ariaBusy = "true";
    const slow = setTimeout(() => say("Running …", "busy"), PATIENCE);
    try {
      const lines = [];
      const outcome = await (await wake(cell)).run(area.value, check, (line) => lines.push(line));
      say(...told(lines, outcome, check));
    } catch {
      say(NOT_LOADED, "fault");
      addEventListener("online", () => wake(cell).catch(() => {}), { once: true });
    } finally {
      clearTimeout(slow);
      root.ariaBusy = "false";
    }
  }

  function say(text, state) {
    said.textContent = text;
    said.dataset.state = state;
    said.scrollTop = said.scrollHeight; // the verdict is the last line
    if (said.scrollHeight > said.clientHeight) said.tabIndex = 0;
    else said.removeAttribute("tabindex");
  }
}

/** What to show, and in which state: `correct`, `fault` or `plain`. */
function told(lines, { fault, line, late, flood }, check) {
  const correct = check && !fault && !late && !flood && lines.some((text) => text.endsWith(": correct.")) && !lines.some((text) => text.includes(": not yet."));
  if (fault) lines.push(line ? `Line ${line}: ${fault}` : fault);
  if (late) lines.push(LATE);
  if (flood) lines.push(FLOOD);
  if (!lines.length) lines.push("It ran, and printed nothing. Check says whether it is right.");
  return [lines.join("\n"), correct ? "correct" : fault || late || flood ? "fault" : "plain"];
}

/** The page's interpreter, ready to run; where a file was missing, it is asked for again. */
async function wake({ dataset }) {
  runner ??= Runner.load(dataset).catch((error) => {
    runner = undefined;
    throw error;
  });
  return runner;
}

function lastLine(code) {
  return code.split("\n").pop();
}

function note(text, colab) {
  return element("p", { class: "exercise-note" }, [text, element("a", { href: colab }, "open the chapter in Colab"), "."]);
}
