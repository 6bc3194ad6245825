/** What the pointer is over: a line at its place, and the value of each named curve there, beside its name in the legend. */

import { number } from "./controls.mjs";
import { element } from "./dom.mjs";

const WHOLE = /^(step|seed)/; // what such an axis counts has no fractions
const LARGE = 100; // from here on a number on an axis is told to the unit
const FAR = 24; // pixels: a path is read where it is no farther from the pointer

export class Reader {
  constructor(plot) {
    this.plot = plot;
    this.place = element("span", { class: "explorer-reading-at" });
    this.line = element("div", { class: "explorer-reading", "aria-hidden": "true", hidden: "" }, this.place);
    plot.after(this.line);
  }

  /** The values by the names of the curves. */
  read({ clientX, clientY }, panel, svg) {
    const box = svg.getBoundingClientRect();
    const [x, y] = ["x", "y"].map((axis) => svg.scale(axis));
    const [left, right] = [Math.min(...x.range), Math.max(...x.range)];
    const pixel = Math.min(Math.max(clientX - box.left, left), right);
    let at = x.invert(pixel);
    if (WHOLE.test(panel.x_label)) at = Math.round(at);
    this.line.hidden = false;
    this.line.style.translate = `${x.apply(at)}px 0`;
    this.place.textContent = Math.abs(at) >= LARGE ? String(Math.round(at)) : number(at);
    const named = panel.curves.filter((curve) => curve.label && curve.points.length > 1);
    const here = [pixel, clientY - box.top];
    const found = named.map(({ label, points }) => [label, climbs(points) ? along(points, at, x, y) : nearest(points, here, x, y)]);
    return new Map(found.filter(([, value]) => value));
  }

  hide() {
    this.line.hidden = true;
  }
}

function climbs(points) {
  return points.every(([x], index) => !index || x >= points[index - 1][0]) && points[0][0] < points.at(-1)[0];
}

/** Between two points as the panel draws it: straight on its own scales. */
function along(points, at, x, y) {
  const next = points.findIndex(([place]) => place >= at);
  if (next < 0 || (next === 0 && points[0][0] > at)) return "";
  if (points[next][0] === at) return number(points[next][1]);
  const [[a, low], [b, high]] = [points[next - 1], points[next]];
  const share = (x.apply(at) - x.apply(a)) / (x.apply(b) - x.apply(a));
  return number(y.invert(y.apply(low) + share * (y.apply(high) - y.apply(low))));
}

function nearest(points, [left, top], x, y) {
  const far = ([a, b]) => Math.hypot(x.apply(a) - left, y.apply(b) - top);
  const best = points.reduce((best, point) => (far(point) < far(best) ? point : best));
  return far(best) <= FAR ? `(${number(best[0])}, ${number(best[1])})` : "";
}
