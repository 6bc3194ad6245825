/** Panels drawn by Observable Plot: a spec's curves, marks and rule become its marks, one to one. */

import { axisX, axisY, dot, gridY, line, plot, ruleX, text } from "@observablehq/plot";
import { number } from "./controls.mjs";

const WIDE_ENOUGH_FOR_A_TICK = 70;
const AXIS = { labelArrow: "none", fontSize: 12, tickSize: 0, tickPadding: 8 };

export function drawPanel(panel, width, height) {
  const y = { label: null, ...(panel.y_scale === "log" ? logarithmic : linear)(panel.curves) };
  const svg = plot({
    width,
    height,
    marginLeft: 52,
    marginTop: 24,
    marginRight: 16,
    marginBottom: 36,
    ariaLabel: `${panel.label}: ${panel.y_label} over ${panel.x_label}`,
    x: { label: panel.x_label },
    y,
    marks: [
      gridY({ ticks: y.ticks, strokeOpacity: 0.12 }),
      axisX({ ticks: Math.floor(width / WIDE_ENOUGH_FOR_A_TICK), tickFormat: number, ...AXIS }),
      axisY({ ticks: y.ticks, tickFormat: number, ...AXIS }),
      panel.rule === null ? null : ruleX([panel.rule], { strokeOpacity: 0.5, strokeDasharray: "3,3" }),
      // thick lines are those looked at: they lie on top
      ...[...panel.curves].sort((a, b) => a.width - b.width).map(drawCurve),
      dot(panel.marks, { x: "x", y: "y", r: 4, fill: "currentColor" }),
      ...panel.marks.map((mark) => drawMark(mark, panel.curves)),
    ],
  });
  svg.querySelector("style").remove(); // book.css says the same, and no redraw makes the browser style the whole page anew
  svg.setAttribute("role", "img");
  return svg;
}

function drawCurve(curve) {
  return line(curve.points, { stroke: ink(curve.color), strokeWidth: curve.width, strokeDasharray: curve.dash || null });
}

function drawMark(mark, curves) {
  const xs = curves.flatMap((curve) => curve.points.map(([x]) => x));
  const place = (mark.x - Math.min(...xs)) / (Math.max(...xs) - Math.min(...xs));
  const textAnchor = place > 0.8 ? "end" : place < 0.2 ? "start" : "middle";
  return text([mark], {
    x: "x",
    y: "y",
    text: "text",
    dy: -12,
    textAnchor,
    fontSize: 12,
    fontWeight: 600,
    fill: "currentColor",
    stroke: "var(--explorer-paper)",
    strokeWidth: 5,
  });
}

/** From zero, unless the curves stay far above it. */
function linear(curves) {
  const ys = curves.flatMap((curve) => curve.points.map(([, y]) => y));
  return { type: "linear", ticks: 5, nice: 5, zero: Math.min(...ys) < Math.max(...ys) / 4 };
}

/** With whole powers of ten as ticks, six at most: Plot's own choice crowds a small panel. */
function logarithmic(curves) {
  const logs = curves.flatMap((curve) => curve.points.filter(([, y]) => y > 0).map(([, y]) => Math.log10(y)));
  const [low, high] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
  const every = Math.ceil((high - low) / 6);
  return { type: "log", nice: true, ticks: Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => Number(`1e${high - i * every}`)) };
}

/** The book's colours, each adjusted by the style sheet to stand out from the page, be it light or dark. */
export function ink(color) {
  return `var(--ink-${color.slice(1)}, ${color})`;
}
