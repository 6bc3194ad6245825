/** The parts of an explorer that are no plots and no controls: frame, legend, table. */

import { element } from "./dom.mjs";
import { captionOf, ink } from "./plots.mjs";

const SVG = "http://www.w3.org/2000/svg";

export function layout(title, question) {
  const panels = element("div", { class: "explorer-panels" });
  const legend = element("ul", { class: "explorer-legend", "aria-label": "Curves" });
  const play = element("button", { type: "button", class: "explorer-play" }, "Play");
  const back = element("button", { type: "button", "aria-label": "A step back" }, "‹");
  const on = element("button", { type: "button", "aria-label": "A step on" }, "›");
  const path = element("div", { class: "explorer-path" }, element("div", { class: "explorer-buttons" }, [play, back, on]));
  const bar = element("div", { class: "explorer-bar" }, path);
  const view = element("div", { class: "explorer-view" }, [panels, legend, bar]);
  const below = element("div", { class: "explorer-bar", role: "group", "aria-label": "Main settings" });
  const summary = element("p", { class: "explorer-summary" });
  const spoken = element("p", { class: "explorer-spoken", role: "status" });
  const fields = element("div", { class: "explorer-fields" });
  const presets = element("div", { class: "explorer-buttons explorer-presets", role: "group", "aria-label": "Settings to start from" });
  const reset = element("button", { type: "button" }, "Reset");
  const copy = element("button", { type: "button" }, "Copy link");
  const save = element("button", { type: "button" }, "Save picture");
  const settings = element("details", { class: "explorer-settings" }, [element("summary", {}, "More settings"), fields]);
  const table = element("div", { class: "explorer-table", role: "group", "aria-label": "Table", tabindex: 0 }); // scrolls on a phone
  const caption = element("summary");
  const numbers = element("details", { class: "explorer-numbers" }, [caption, table]);
  const code = element("div");
  const python = element("details", { class: "explorer-python" }, [element("summary"), code]);
  const root = element("div", { class: "explorer", role: "group", "aria-label": title }, [
    element("p", { class: "explorer-title" }, title),
    element("p", { class: "explorer-question" }, question),
    // what is pinned stays so in here: it would cover most of the table on a phone
    element("div", {}, [
      view,
      below,
      summary,
      spoken,
      presets,
      element("div", { class: "explorer-buttons" }, [reset, copy, save]),
      settings,
    ]),
    numbers,
    python,
  ]);
  return { root, view, panels, legend, bar, below, path, play, back, on, summary, spoken, presets, fields, settings, reset, copy, save, caption, table, python, code };
}

/** The reader's ways in: a button for each, which is told its values when pressed. */
export function drawPresets(presets, onPick) {
  return presets.map(([label, values]) => {
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", () => onPick(values));
    return button;
  });
}

/** A place under the words for what a trained network looks for, and its canvas. */
export function addFilters(summary) {
  const canvas = element("canvas", { role: "img", "aria-label": "The weights of the first network's 32 hidden units, each as a picture" });
  const caption = element("figcaption", {}, "What the first network's hidden units look for");
  summary.after(element("figure", { class: "explorer-filters" }, [caption, canvas]));
  return canvas;
}

export function addPlot(panels, panel) {
  const plot = element("div", { class: "explorer-plot" });
  const frame = element("div", { class: "explorer-frame" }, plot);
  panels.append(element("figure", {}, [element("figcaption", {}, captionOf(panel)), frame]));
  return plot;
}

/** The lines for each library, and a button to each that copies them. */
export function drawCode(code, onCopy) {
  return code.map(([library, lines]) => {
    const button = element("button", { type: "button" }, `Copy for ${library}`);
    button.addEventListener("click", () => onCopy(button, library));
    return element("div", {}, [element("pre", { tabindex: 0 }, element("code", {}, lines)), element("div", { class: "explorer-buttons" }, button)]);
  });
}

/** Each curve's look by its label, once for all panels; what has no label explains itself. */
export function legendOf(panels) {
  const named = panels.flatMap((panel) => panel.curves).filter((curve) => curve.label);
  const curves = named.map(({ points, ...style }) => [style.label, style]);
  return [...new Map(curves).values()];
}

/** Colour, dash and width beside each name: nobody has to tell lines apart by colour alone. */
export function drawLegend(curves) {
  return curves.map((curve) => element("li", { "data-curve": curve.label }, [swatch(curve), curve.label, element("span", { class: "explorer-reading-value", "aria-hidden": "true" })]));
}

function swatch(curve) {
  const [svg, line] = ["svg", "line"].map((tag) => document.createElementNS(SVG, tag));
  const attributes = { x1: 0, x2: 36, y1: 6, y2: 6, "stroke-width": curve.width, "stroke-dasharray": curve.dash };
  for (const [name, value] of Object.entries(attributes)) line.setAttribute(name, value);
  line.style.stroke = ink(curve.color);
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

export function drawTable(table) {
  if (!table) return [];
  const head = table.head.map((cell) => element("th", { scope: "col" }, cell));
  const rows = table.rows.map(([first, ...others]) => [element("th", { scope: "row" }, first), ...others.map((cell) => element("td", {}, cell))]);
  return element("table", {}, [
    element("caption", { class: "explorer-spoken" }, table.caption), // which the fold shows
    element("thead", {}, element("tr", {}, head)),
    element("tbody", {}, rows.map((cells) => element("tr", {}, cells))),
  ]);
}
