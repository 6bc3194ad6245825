/** An explorer on the page: what it holds, and what happens when the reader touches it. */

import { abridged, fold, whenSeen } from "./compact.mjs";
import { makeControl } from "./controls.mjs";
import { Handles } from "./handles.mjs";
import { addFilters, addPlot, drawLegend, drawPresets, drawTable, layout, legendOf } from "./layout.mjs";
import { drawPanel } from "./plots.mjs";
import { clearLink, readLink, writeLink } from "./state.mjs";

const QUIET = 500; // milliseconds without a change before a screen reader is told the new result
const HEARD = 5000; // milliseconds
const COPIED = 2000; // milliseconds
const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const NO_IMAGES = "The networks could not be trained: their images did not arrive whole. They are asked for again once you change a setting or the network is back.";

let trainers; // of all explorers of the page

/** Replace the mount's still figure by the explorer of its name. */
export async function show(mount, whole) {
  const { explorer: name, compact } = mount.dataset;
  const python = compact ? abridged(whole) : whole;
  const [described, spec] = await Promise.all([python.describe(), python.render(readLink(name))]);
  const explorer = new Explorer(name, described, spec, python.render);
  if (compact) fold(explorer, compact);
  mount.replaceChildren(explorer.page.root);
  explorer.fit();
  mount.dataset.live = "";
  if (compact) whenSeen(mount, () => explorer.begin());
  else if (spec.training) explorer.begin();
}

class Explorer {
  constructor(name, { title, question, controls, presets }, spec, render) {
    Object.assign(this, { name, controls, spec, render, drawn: new Map(), page: layout(title, question) });
    this.values = spec.values; // what the reader wants; the spec's own are those that are drawn
    this.defaults = Object.fromEntries(controls.map((control) => [control.name, control.default]));
    this.plots = this.spec.panels.map((panel) => addPlot(this.page.panels, panel));
    this.widgets = new Map(controls.map((control) => [control.name, makeControl(control, (value) => this.set({ [control.name]: value }))]));
    this.page.fields.append(...[...this.widgets.values()].map((widget) => widget.element));
    this.page.presets.append(...drawPresets(presets, (values) => this.set(values)));
    this.page.presets.hidden = !presets.length;
    if (spec.training) this.filters = addFilters(this.page.summary);
    this.handles = this.plots.map((plot, index) => new Handles(plot, this.spec.panels[index].handles, (name, value) => this.widgets.get(name).pick(value)));
    this.listen();
  }

  listen() {
    const { reset, copy, copyCode, view, panels, summary } = this.page;
    reset.addEventListener("click", () => this.reset());
    copy.addEventListener("click", () => this.share());
    copyCode.addEventListener("click", () => this.put(() => this.spec.code, copyCode, "Select it, please"));
    panels.addEventListener("pointerdown", (pointer) => (this.touched = pointer));
    panels.addEventListener("pointermove", (pointer) => scrolls(this.touched, pointer) || this.read(pointer));
    panels.addEventListener("click", (pointer) => this.read(pointer));
    new ResizeObserver(oncePerFrame(() => this.fit())).observe(view);
    new ResizeObserver(([{ target }]) => (target.style.minHeight = `${target.offsetHeight}px`)).observe(summary);
  }

  set(values) {
    this.values = { ...this.values, ...values };
    for (const name of Object.keys(values)) this.widgets.get(name).write(this.values[name]);
    clearTimeout(this.speaking);
    if (this.filters) trainers?.stop();
    this.computed ??= this.compute().then((said) => this.say(said, QUIET));
  }

  /** One question at a time; what the reader changes meanwhile makes one more. Gives what there is to say at the end. */
  async compute() {
    this.page.root.setAttribute("aria-busy", true);
    try {
      await this.train();
      while (this.spec.values !== this.values) await this.ask(this.values);
      return this.spec.summary;
    } catch {
      this.values = this.spec.values;
      this.draw();
      return "That could not be computed; the settings are as they were.";
    } finally {
      this.computed = null;
      this.page.root.setAttribute("aria-busy", false);
    }
  }

  async ask(values) {
    this.take(await this.render(values), values);
    await this.train();
  }

  take(spec, values) {
    if (this.values === values) this.values = spec.values;
    this.spec = spec;
    this.draw();
  }

  /** Train what the figure asks for, if it does; whatever is training gives way to what the reader changes. */
  async train() {
    const { training } = this.spec;
    if (!training || this.values !== this.spec.values) return;
    try {
      const [{ Trainers }, { drawFilters }] = await Promise.all([import("../trainer/trainers.mjs"), import("../trainer/filters.mjs")]);
      trainers ??= new Trainers();
      let last;
      for await (const { filters, ...runs } of trainers.train(training)) {
        if (this.values !== this.spec.values) return;
        last = runs;
        if (STILL.matches) continue;
        const { values } = this.spec;
        this.take(await this.render(values, runs), values);
        if (filters) drawFilters(this.filters, filters);
      }
      if (STILL.matches && this.values === this.spec.values) this.take(await this.render(this.spec.values, last), this.spec.values);
    } catch {
      trainers?.end();
      trainers = null; // with what did not arrive: another time all of it is asked for
      this.spec.summary = NO_IMAGES;
      this.draw();
      addEventListener("online", () => this.begin(), { once: true });
    }
  }

  begin() {
    this.computed ??= this.compute();
  }

  /** Tell a screen reader, and leave nothing for it to come upon a second time. */
  say(words, wait) {
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => {
      this.page.spoken.textContent = words;
      this.speaking = setTimeout(() => (this.page.spoken.textContent = ""), HEARD);
    }, wait);
  }

  /** The size is kept, because to ask for it amid a redraw makes the browser lay out the page once more. */
  fit() {
    this.size = this.plots.map((plot) => [plot.clientWidth, plot.clientHeight]);
    this.page.summary.style.minHeight = ""; // it grows to the longest text, lest a line more push the slider from the finger
    this.page.root.style.setProperty("--view-height", `${this.page.view.offsetHeight}px`); // what is pinned leaves room for it
    this.draw();
  }

  draw() {
    const { spec, page } = this;
    for (const [name, widget] of this.widgets) widget.write(this.values[name]);
    spec.panels.forEach((panel, index) => this.drawPlot(panel, index));
    this.renew(page.legend, drawLegend, legendOf(spec.panels));
    this.renew(page.table, drawTable, spec.table);
    page.summary.textContent = spec.summary;
    page.python.hidden = !spec.code;
    page.code.textContent = spec.code ?? "";
  }

  drawPlot(panel, index) {
    const plot = this.plots[index];
    this.renew(plot, drawPanel, panel, ...this.size[index]);
    this.handles[index].place(panel.handles, plot.firstChild);
  }

  /** Draw in its place only what has changed: a redraw has to fit into a frame. */
  renew(place, make, ...content) {
    const key = JSON.stringify(content);
    if (this.drawn.get(place) === key) return;
    this.drawn.set(place, key);
    place.replaceChildren(...[make(...content)].flat());
  }

  /** Move the control that follows the pointer to the x under it. */
  read(event) {
    const index = this.plots.findIndex((plot) => plot.contains(event.target));
    const pointer = this.spec.panels[index]?.pointer;
    if (pointer) this.widgets.get(pointer.control).pick(pointer.scale * pointedAt(event, this.plots[index].firstChild));
  }

  reset() {
    history.replaceState(null, "", clearLink(this.name));
    this.set(this.defaults);
  }

  /** A link to the explorer on that page, at its settings. */
  linkOn(page) {
    return writeLink(this.name, this.controls, this.spec.values, page);
  }

  share() {
    const link = () => {
      history.replaceState(null, "", this.linkOn(location));
      return location.href;
    };
    return this.put(link, this.page.copy, "See the address bar");
  }

  /** Put a text on the clipboard once it is that of the settings, and say so on the button; or else what to do instead. */
  async put(text, button, instead) {
    await this.computed;
    button.dataset.label ??= button.textContent;
    button.textContent = await navigator.clipboard.writeText(text()).then(() => "Copied", () => instead);
    this.say(button.textContent, 0);
    clearTimeout(button.dataset.timer);
    button.dataset.timer = setTimeout(() => (button.textContent = button.dataset.label), COPIED);
  }
}

/** A finger that moves up or down scrolls the page, even over a plot that follows the pointer. */
function scrolls(from, to) {
  return to.pointerType === "touch" && Math.abs(to.clientX - from.clientX) <= Math.abs(to.clientY - from.clientY);
}

function pointedAt(event, svg) {
  const box = svg.getBoundingClientRect();
  const x = svg.scale("x");
  const pixel = ((event.clientX - box.left) * svg.viewBox.baseVal.width) / box.width;
  return x.invert(Math.min(Math.max(pixel, x.range[0]), x.range[1]));
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
