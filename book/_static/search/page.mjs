/**
 * The search page: reads `?q=`, asks while one types, lists sections. How many there are, and which words the book does
 * not have, is a status that is read aloud once the typing rests. Arrow keys go from the field through the list.
 */

const REST = 150; // ms without a key, until a question counts as typed
const [field, status, list] = ["#search-field", "#search-status", "#search-results"].map((name) => document.querySelector(name));
const root = document.documentElement.dataset.content_root;
const title = document.title;
const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
let ticket = 0;
let typing;

worker.addEventListener("message", ({ data }) => data.ticket === ticket && show(data));
worker.addEventListener("error", () => show({ error: "worker" }));

function ask(question) {
  ticket += 1;
  document.title = question ? `${question} · ${title}` : title;
  list.removeAttribute("data-question");
  if (question) worker.postMessage({ ticket, question });
  else show({ results: [], missing: [] });
}

function show({ results = [], missing = [], error }) {
  list.replaceChildren(...results.map(entry));
  list.dataset.question = field.value.trim();
  status.textContent = error ? "The index could not be loaded. Type again once the network is back." : summary(results, missing);
}

function summary(results, missing) {
  if (!field.value.trim()) return "";
  const lacking = missing.length ? ` The book does not have: ${missing.join(", ")}.` : "";
  if (!results.length) return `Nothing found.${lacking}`;
  return `${results.length === 1 ? "One section" : `The best ${results.length} sections`}.${lacking}`;
}

function entry({ address, path, heading, excerpt }) {
  const link = made("a", heading);
  link.href = root + address;
  const place = made("p", path.join(" › "));
  place.className = "search-place";
  const text = document.createElement("p");
  text.append(...excerpt.map(([piece, matches]) => (matches ? made("mark", piece) : piece)));
  const item = document.createElement("li");
  item.append(link, ...(path.length ? [place] : []), text);
  return item;
}

function made(name, text) {
  return Object.assign(document.createElement(name), { textContent: text });
}

/** The address says what is asked, so that going back from a section, or a shared link, shows the same list. */
function settle() {
  const question = field.value.trim();
  history.replaceState(null, "", question ? `?${new URLSearchParams({ q: question })}` : location.pathname);
  ask(question);
}

field.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(settle, REST);
});

field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  settle();
});

document.querySelector(".search-page").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const stops = [field, ...list.querySelectorAll("a")];
  const at = stops.indexOf(document.activeElement);
  if (!step || at < 0 || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  stops[Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
});

field.value = new URLSearchParams(location.search).get("q") ?? "";
ask(field.value.trim());
if (!field.value) field.focus();
