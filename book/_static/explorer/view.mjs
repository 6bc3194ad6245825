/** What an explorer looks like, and what happens when the reader touches it. */

import { makeControl } from "./controls.mjs";
import { element } from "./dom.mjs";
import { drawPanel, ink } from "./plots.mjs";
import { readLink, writeLink } from "./state.mjs";

const COPY = "Copy link";
const QUIET = 500; // milliseconds without a change before a screen reader is told the new result

/** Replace the mount's still figure by the explorer of its name. */
export function show(mount, explorers) {
  const name = mount.dataset.explorer;
  const { title, question, controls } = JSON.parse(explorers.describe(name));
  const page = layout(title, question);
  const defaults = Object.fromEntries(controls.map((control) => [control.name, control.default]));
  let values = readLink(name);
  let spec;

  const compute = () => {
    spec = JSON.parse(explorers.render(name, JSON.stringify(values)));
    values = spec.values;
    for (const [key, widget] of widgets) widget.write(values[key]);
    draw(page, spec);
  };
  const redraw = oncePerFrame(compute);
  const change = (key, value) => {
    values = { ...values, [key]: value };
    redraw();
  };
  const widgets = new Map(controls.map((control) => [control.name, makeControl(control, change)]));
  page.fields.append(...[...widgets.values()].map((widget) => widget.element));

  page.reset.addEventListener("click", () => {
    values = defaults;
    redraw();
  });
  page.copy.addEventListener("click", () => copy(page.copy, writeLink(name, controls, values)));
  page.panels.addEventListener("pointermove", (event) => read(event));
  page.panels.addEventListener("pointerdown", (event) => read(event));
  const read = (event) => {
    const index = page.plots.findIndex((plot) => plot.contains(event.target));
    const pointer = spec.panels[index]?.pointer;
    if (pointer) change(pointer.control, pointer.scale * pointedAt(event, page.plots[index].firstChild));
  };

  mount.replaceChildren(page.root);
  compute();
  new ResizeObserver(oncePerFrame(() => draw(page, spec))).observe(page.panels);
  mount.dataset.live = "";
}

function layout(title, question) {
  const panels = element("div", { class: "explorer-panels" });
  const legend = element("ul", { class: "explorer-legend", "aria-label": "Curves" });
  const summary = element("p", { class: "explorer-summary" });
  const spoken = element("p", { class: "explorer-spoken", role: "status" });
  const fields = element("div", { class: "explorer-fields" });
  const reset = element("button", { type: "button" }, "Reset");
  const copy = element("button", { type: "button" }, COPY);
  const table = element("div", { class: "explorer-table" });
  const root = element("div", { class: "explorer", role: "group", "aria-label": title }, [
    element("p", { class: "explorer-title" }, title),
    element("p", { class: "explorer-question" }, question),
    panels,
    legend,
    summary,
    spoken,
    element("fieldset", {}, [element("legend", {}, "Settings"), fields]),
    element("div", { class: "explorer-buttons" }, [reset, copy]),
    table,
  ]);
  return { root, panels, plots: [], legend, summary, spoken, fields, reset, copy, table };
}

/** Draw what has changed since it was last drawn: a redraw has to fit into a frame. */
function draw(page, spec) {
  while (page.plots.length < spec.panels.length) addPlot(page, spec.panels[page.plots.length]);
  const { clientWidth: width, clientHeight: height } = page.plots[0];
  spec.panels.forEach((panel, index) => renew(page.plots[index], [panel, width, height], () => drawPanel(panel, width, height)));
  const curves = legendOf(spec.panels);
  renew(page.legend, curves, () => curves.map((curve) => element("li", {}, [swatch(curve), curve.label])));
  renew(page.table, spec.table, () => (spec.table ? drawTable(spec.table) : []));
  page.summary.textContent = spec.summary;
  speak(page, spec.summary);
}

const drawn = new WeakMap();

function renew(place, content, make) {
  const key = JSON.stringify(content);
  if (drawn.get(place) === key) return;
  drawn.set(place, key);
  place.replaceChildren(...[make()].flat());
}

function addPlot(page, panel) {
  const plot = element("div", { class: "explorer-plot" });
  page.plots.push(plot);
  page.panels.append(element("figure", {}, [element("figcaption", {}, panel.label), plot]));
}

/** Colour, dash and width of each curve beside its name: nobody has to tell lines apart by colour alone. */
function legendOf(panels) {
  const curves = panels.flatMap((panel) => panel.curves).map(({ points, ...style }) => [style.label, style]);
  return [...new Map(curves).values()];
}

function swatch(curve) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS(svg.namespaceURI, "line");
  const attributes = { x1: 0, x2: 36, y1: 6, y2: 6, "stroke-width": curve.width, "stroke-dasharray": curve.dash };
  for (const [name, value] of Object.entries(attributes)) line.setAttribute(name, value);
  line.style.stroke = ink(curve.color);
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

function drawTable(table) {
  const row = (cells) => element("tr", {}, cells.map((cell, i) => (i ? element("td", {}, cell) : element("th", { scope: "row" }, cell))));
  const head = element("tr", {}, table.head.map((cell) => element("th", { scope: "col" }, cell)));
  return element("table", {}, [
    element("caption", {}, table.caption),
    element("thead", {}, head),
    element("tbody", {}, table.rows.map(row)),
  ]);
}

function speak(page, summary) {
  clearTimeout(page.speaking);
  page.speaking = setTimeout(() => (page.spoken.textContent = summary), QUIET);
}

/** The x under the pointer, in the plot's units. */
function pointedAt(event, svg) {
  const box = svg.getBoundingClientRect();
  const x = svg.scale("x");
  const pixel = ((event.clientX - box.left) * svg.viewBox.baseVal.width) / box.width;
  return x.invert(Math.min(Math.max(pixel, x.range[0]), x.range[1]));
}

async function copy(button, link) {
  history.replaceState(null, "", link);
  const done = await navigator.clipboard.writeText(link).then(() => "Copied", () => "See the address bar");
  button.textContent = done;
  setTimeout(() => (button.textContent = COPY), 2000);
}

function oncePerFrame(action) {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      action();
    });
  };
}
