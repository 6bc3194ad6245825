/**
 * Brings the page's explorers to life when they come near.
 *
 * A mount point, `<div data-explorer="one_cycle" data-files="…" data-record="…">`, holds a still figure. Until its explorer runs, and wherever it
 * cannot run, that figure stays. What an explorer computes is the book's own Python; this folder only shows it.
 */

const CANNOT_RUN = "This explorer could not start in your browser; the figure shows its default setting.";
const NOT_LOADED = "This explorer could not be loaded. Is there no network? It is asked for again once there is.";
const NEAR = "600px 0px"; // below the fold, so that going live moves nothing that is being read

const nearby = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach(start), { rootMargin: NEAR });

for (const mount of document.querySelectorAll("[data-explorer]")) nearby.observe(mount);

async function start({ target: mount }) {
  nearby.unobserve(mount);
  mount.querySelector(".explorer-note")?.remove();
  try {
    const [{ show }, python] = await Promise.all([import("./explorer/view.mjs"), loadPython(mount.dataset)]);
    await show(mount, python);
  } catch {
    mount.append(note(navigator.onLine && !missing(mount).length ? CANNOT_RUN : NOT_LOADED));
    addEventListener("online", () => again(mount), { once: true });
  }
}

/** Its still figure may not have come either. */
function again(mount) {
  for (const figure of missing(mount)) figure.setAttribute("src", figure.getAttribute("src"));
  start({ target: mount });
}

function missing(mount) {
  return [...mount.querySelectorAll("img")].filter((figure) => figure.complete && !figure.naturalWidth);
}

async function loadPython({ explorer, files, record }) {
  const { load } = await import("./explorer/python.mjs");
  return load(explorer, files.split(" "), record);
}

function note(text) {
  const paragraph = document.createElement("p");
  paragraph.className = "explorer-note";
  paragraph.textContent = text;
  return paragraph;
}
