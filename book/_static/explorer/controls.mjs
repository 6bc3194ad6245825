/**
 * Native controls with labels, made from an explorer's description. Each has `element`, `write(value)` to show a value, and
 * `said()`, what it shows; a slider has more, to move it as the reader would: `pick(value)`, `step(count)`, `goTo(part)` of its way.
 */

import { element } from "./dom.mjs";

let count = 0;

/** `onInput(value)` is told what the reader chose. */
export function makeControl(control, onInput) {
  return { range, choice }[control.kind](control, onInput, `explorer-control-${++count}`);
}

function range(control, onInput, id) {
  const { toSlider, fromSlider } = control.scale === "log" ? LOGARITHMIC : LINEAR;
  const shown = element("span", { class: "explorer-value", "aria-hidden": "true" }); // heard as the slider's own value
  const slider = element("input", {
    id,
    type: "range",
    min: toSlider(control.min),
    max: toSlider(control.max),
    step: control.step ?? "any",
  });
  const chosen = () => onInput(fromSlider(slider.valueAsNumber));
  slider.addEventListener("input", chosen);
  let before; // the finger touched it
  slider.addEventListener("pointerdown", () => (before = slider.value));
  slider.addEventListener("pointercancel", () => {
    slider.value = before; // it only scrolled the page
    chosen();
  });
  const pick = (value) => {
    slider.value = toSlider(value); // which rounds it to the slider's step
    chosen();
  };
  const write = (value) => {
    const text = FORMATS[control.format](value);
    if (shown.textContent !== text) {
      shown.textContent = text;
      slider.setAttribute("aria-valuetext", text);
    }
    // while the reader drags, the slider stands where the finger is
    if (fromSlider(slider.valueAsNumber) !== value) slider.value = toSlider(value);
  };
  const step = (count) => {
    slider.stepUp(count);
    chosen();
  };
  const goTo = (part) => pick(fromSlider(Number(slider.min) + part * (slider.max - slider.min)));
  const said = () => `${control.label} ${shown.textContent}`;
  return { element: field([element("label", { for: id }, control.label), shown, slider]), write, said, pick, step, goTo };
}

function choice(control, onInput, id) {
  const options = control.options.map(([value, label]) => element("option", { value }, label));
  const select = element("select", { id }, options);
  select.addEventListener("change", () => onInput(select.value));
  const said = () => `${control.label} ${select.selectedOptions[0].textContent}`;
  return { element: field([element("label", { for: id }, control.label), select]), write: (value) => (select.value = value), said };
}

function field(children) {
  return element("div", { class: "explorer-field" }, children);
}

const LINEAR = { toSlider: (value) => value, fromSlider: (position) => position };

// A slider over powers of ten moves in the exponent; three digits keep the numbers that it makes fit to be read and quoted
const LOGARITHMIC = { toSlider: Math.log10, fromSlider: (position) => Number((10 ** position).toPrecision(3)) };

/** Three digits, as the package prints them. */
export function number(value) {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
  return String(Number(value.toPrecision(3)));
}

const FORMATS = { number, integer: (value) => String(Math.round(value)), percent: (value) => `${number(100 * value)} %` };
