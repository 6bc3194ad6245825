// Marks in the page's contents where the reader is, section and subsection. The theme leaves that to Bootstrap's scroll spy,
// which loses its mark where one section lies within another.

const LINE = 110; // pixels: where a link's target lands, under the bar. What has passed it is being read
const nav = document.getElementById("pst-page-toc-nav");
const panel = nav?.closest(".bd-sidebar-secondary");
const targetOf = (link) => document.getElementById(decodeURIComponent(link.hash.slice(1)));
const entries = nav ? [...nav.querySelectorAll("a[href^='#']")].map((link) => ({ link, target: targetOf(link) })) : [];
const known = entries.filter(({ target }) => target);

let marked; // the link of what is read
let waiting = false;

document.body.removeAttribute("data-bs-spy"); // ahead of Bootstrap, which looks for it once the page is loaded

function mark() {
  waiting = false;
  const read = current()?.link;
  if (read === marked) return;
  marked?.removeAttribute("aria-current");
  marked = read;
  for (const { link } of known) link.classList.remove("active");
  if (!marked) return;
  marked.setAttribute("aria-current", "true");
  for (let entry = marked.closest("li"); entry; entry = entry.parentElement.closest("li")) entry.firstElementChild.classList.add("active");
  keepInSight();
}

/** The last that has passed the line; at the end of the page the last of all, which may be too short to reach it. */
function current() {
  const atEnd = scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
  return atEnd ? known.at(-1) : known.findLast(({ target }) => target.getBoundingClientRect().top <= LINE);
}

function keepInSight() {
  const [box, frame] = [marked, panel].map((element) => element.getBoundingClientRect());
  if (box.bottom > frame.bottom) panel.scrollTop += box.bottom - frame.bottom + box.height;
  else if (box.top < frame.top) panel.scrollTop -= frame.top - box.top + box.height;
}

function soon() {
  if (!waiting) requestAnimationFrame(mark);
  waiting = true;
}

if (known.length) {
  addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  new ResizeObserver(soon).observe(document.querySelector("article")); // explorers grow as they come alive
  mark();
}
