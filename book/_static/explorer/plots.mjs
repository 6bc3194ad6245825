/** Panels drawn by Observable Plot: a spec's curves, marks and rule become its marks, one to one. */

import { axisX, axisY, dot, gridY, line, plot, ruleX, text } from "@observablehq/plot";
import { number } from "./controls.mjs";
import { addLabels } from "./labels.mjs";

const MARGINS = { marginLeft: 52, marginTop: 24, marginRight: 16, marginBottom: 36 };
const WIDE_ENOUGH_FOR_A_TICK = 70;
const HIGH_ENOUGH_FOR_A_TICK = 28;
const NEARLY = 1 + 1e-9; // a power of ten, computed, may miss itself by a digit
const NAME = { fontSize: 12, fill: "currentColor", fillOpacity: 0.75 };
const AXIS = { labelArrow: "none", fontSize: 12, tickSize: 0, tickPadding: 8 };

export function drawPanel(panel, width, height) {
  const x = axis(panel, "x", Math.floor(width / WIDE_ENOUGH_FOR_A_TICK));
  const y = axis(panel, "y", Math.max(2, Math.floor((height - MARGINS.marginTop - MARGINS.marginBottom) / HIGH_ENOUGH_FOR_A_TICK)));
  const named = captionOf(panel) === panel.label;
  const svg = plot({
    width,
    height,
    ...MARGINS,
    ariaLabel: `${panel.label}: ${panel.y_label} over ${panel.x_label}`,
    x: { ...x, label: panel.x_label },
    y: { ...y, label: null },
    marks: [
      gridY({ ticks: y.ticks, strokeOpacity: 0.12 }),
      axisX({ ticks: x.ticks, tickFormat: number, ...AXIS }),
      axisY({ ticks: y.ticks, tickFormat: number, ...AXIS }),
      panel.rule === null ? null : ruleX([panel.rule], { strokeOpacity: 0.5, strokeDasharray: "3,3" }),
      // thick lines are those looked at: they lie on top
      ...[...panel.curves].sort((a, b) => a.width - b.width).flatMap((curve) => drawCurve(curve, clipped(panel))),
      dot(panel.marks, { x: "x", y: "y", r: 4, fill: "currentColor", clip: clipped(panel) }),
      named ? text([panel.y_label], { frameAnchor: "top-left", dx: -MARGINS.marginLeft, dy: -MARGINS.marginTop, lineAnchor: "top", ...NAME }) : null,
    ],
  });
  const ticks = [[0, MARGINS.marginTop, MARGINS.marginLeft - 6, height], [0, height - MARGINS.marginBottom + 4, width, MARGINS.marginBottom]];
  const name = [0, 0, NAME.fontSize * 0.6 * panel.y_label.length, 14];
  addLabels(svg, panel, { width, height }, named ? [...ticks, name] : ticks);
  svg.querySelector("style").remove(); // book.css says the same, and no redraw makes the browser style the whole page anew
  svg.setAttribute("role", "img");
  for (const part of svg.querySelectorAll("[aria-label]")) part.removeAttribute("aria-label"); // an image has no parts to name
  return svg;
}

/** What is drawn, with the symbol of its axis where that has the same name; elsewhere the axis is named in the picture. */
export function captionOf({ label, y_label }) {
  return y_label.toLowerCase().startsWith(label.toLowerCase()) ? label + y_label.slice(label.length) : label;
}

/** Only where an axis is held still can anything lie beyond it. */
function clipped(panel) {
  return Boolean(panel.x_range || panel.y_range);
}

function drawCurve({ points, color, width, dash, dots }, clip) {
  const drawn = [line(points, { stroke: ink(color), strokeWidth: width, strokeDasharray: dash || null, clip })];
  if (dots) drawn.push(dot(points, { r: width / 2 + 1, fill: ink(color), clip }));
  return drawn;
}

/** An axis from the range it is held to, or from what is drawn. */
function axis(panel, name, ticks) {
  const held = panel[`${name}_range`];
  const values = held ?? panel.curves.flatMap((curve) => curve.points.map((point) => point[name === "x" ? 0 : 1]));
  const rounded = name === "y" && !held; // it may reach a little beyond what is drawn
  const whole = panel[`${name}_scale`] === "log" ? logarithmic(values, ticks, rounded) : linear(values, ticks);
  if (rounded) return whole;
  const [low, high] = held ?? extent(values);
  const inside = Array.isArray(whole.ticks) ? whole.ticks.filter((tick) => low <= tick && tick <= high) : whole.ticks;
  return { ...whole, domain: [low, high], nice: false, ticks: inside };
}

/** From zero, unless the values stay far above it. */
function linear(values, ticks) {
  const [low, high] = extent(values);
  return { type: "linear", ticks, nice: ticks, domain: [0 < low && low < high / 4 ? 0 : low, high] };
}

function logarithmic(values, most, rounded) {
  const [low, high] = extent(values.filter((value) => value > 0));
  const ends = [Math.floor, Math.ceil].map((round, end) => 10 ** round(Math.log10([low, high][end])));
  return { type: "log", nice: rounded, domain: [low, high], ticks: powers(...(rounded ? ends : [low, high]), most) };
}

/** Ticks of a logarithmic axis: powers of ten, at most so many and at least two; where it has no two, 2 and 5 times them too. */
function powers(low, high, most) {
  const between = (factors) => {
    const exponents = Array.from({ length: Math.ceil(Math.log10(high / low)) + 2 }, (_, i) => Math.floor(Math.log10(low)) + i);
    const all = exponents.flatMap((exponent) => factors.map((factor) => Number(`${factor}e${exponent}`)));
    return all.filter((tick) => low / NEARLY <= tick && tick <= high * NEARLY);
  };
  const found = [[1], [1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8, 9]].map(between).find((ticks) => ticks.length > 1) ?? [low, high];
  const every = Math.min(Math.ceil(found.length / most), found.length - 1);
  return found.filter((_, i) => (found.length - 1 - i) % every === 0);
}

function extent(values) {
  return [Math.min(...values), Math.max(...values)];
}

/** The book's colours, each adjusted by the style sheet to stand out from the page, be it light or dark. */
export function ink(color) {
  return `var(--ink-${color.slice(1)}, ${color})`;
}
