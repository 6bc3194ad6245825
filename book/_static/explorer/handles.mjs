/**
 * Knobs on a plot, for the pointer: each moves the controls that it names. Those who use the keyboard or a screen
 * reader have the controls themselves, so the knobs are hidden from both.
 */

import { element } from "./dom.mjs";

export class Handles {
  /** `pick(name, value)` moves the control of that name. */
  constructor(plot, handles, pick) {
    Object.assign(this, { plot, pick, knobs: handles.map(makeKnob) });
    this.knobs.forEach((knob, index) => this.listen(knob, handles[index].controls));
    plot.after(...this.knobs);
  }

  listen(knob, controls) {
    knob.addEventListener("pointerdown", (event) => {
      knob.setPointerCapture(event.pointerId);
      this.grip = fromCentre(knob, event); // where a knob is taken it is held: it does not jump under the finger
    });
    knob.addEventListener("pointermove", (event) => knob.hasPointerCapture(event.pointerId) && this.drag(event, controls));
  }

  drag({ clientX, clientY }, controls) {
    const box = this.plot.getBoundingClientRect();
    [clientX - box.left, clientY - box.top].forEach((pixel, axis) => {
      if (controls[axis]) this.pick(controls[axis], valueAt(this.scales[axis], pixel - this.grip[axis]));
    });
  }

  place(handles, svg) {
    if (!handles.length) return;
    this.scales = ["x", "y"].map((axis) => svg.scale(axis));
    const [x, y] = this.scales;
    handles.forEach((handle, index) => (this.knobs[index].style.translate = `${x.apply(handle.x)}px ${y.apply(handle.y)}px`));
  }
}

/** With its name on it, which its sliders bear too: a knot that passes another keeps it. */
function makeKnob({ name }) {
  return element("span", { class: "explorer-handle", "aria-hidden": "true", "data-name": name ?? "" });
}

function fromCentre(knob, { clientX, clientY }) {
  const box = knob.getBoundingClientRect();
  return [clientX - box.left - box.width / 2, clientY - box.top - box.height / 2];
}

function valueAt({ invert, range }, pixel) {
  const [low, high] = [Math.min(...range), Math.max(...range)];
  return invert(Math.min(Math.max(pixel, low), high));
}
