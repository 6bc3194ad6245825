/** An explorer on the page: what it holds, and what happens when the reader touches it. */

import { abridged, fold, whenSeen } from "./compact.mjs";
import { makeControl } from "./controls.mjs";
import { Handles } from "./handles.mjs";
import { addFilters, addPlot, drawCode, drawLegend, drawPresets, drawTable, layout, legendOf } from "./layout.mjs";
import { Player } from "./player.mjs";
import { captionOf, drawPanel } from "./plots.mjs";
import { Reader } from "./reader.mjs";
import { clearLink, readLink, writeLink } from "./state.mjs";

const QUIET = 500; // milliseconds without a change before a screen reader is told the new result
const HEARD = 5000; // milliseconds
const COPIED = 2000; // milliseconds
const NARROW = matchMedia("(max-width: 576px)"); // what is pinned there leaves the screen to the rest: the main settings follow it
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
    this.arrange();
    this.page.presets.append(...drawPresets(presets, (values) => this.set(values)));
    this.page.presets.hidden = !presets.length;
    if (spec.training) this.filters = addFilters(this.page.summary);
    this.readers = this.plots.map((plot) => new Reader(plot));
    this.handles = this.plots.map((plot, index) => new Handles(plot, this.spec.panels[index].handles, (name, value) => this.widgets.get(name).pick(value)));
    this.listen();
  }

  /** What plays and the main settings stand under the figure; the others are folded, unless a link has moved one of them. */
  arrange() {
    const { bar, below, path, fields, settings, play, back, on } = this.page;
    const played = this.controls.filter((control) => control.plays);
    const main = this.controls.filter((control) => control.main);
    const more = this.controls.filter((control) => !control.plays && !control.main);
    const elements = (controls) => controls.map((control) => this.widgets.get(control.name).element);
    path.append(...elements(played));
    const place = () => (NARROW.matches ? below : bar).append(...elements(main));
    place();
    NARROW.addEventListener("change", place);
    fields.append(...elements(more));
    settings.hidden = !more.length;
    settings.open = more.some((control) => this.values[control.name] !== control.default);
    const [control] = played; // none in a compact form
    if (control) this.player = new Player({ play, back, on }, control, this.widgets.get(control.name), () => this.computed);
  }

  listen() {
    const { reset, copy, save, view, panels, summary } = this.page;
    reset.addEventListener("click", () => this.reset());
    copy.addEventListener("click", () => this.share());
    save.addEventListener("click", () => this.save());
    panels.addEventListener("pointerdown", (pointer) => Object.assign(this, { touched: pointer, pressed: this.plotAt(pointer) >= 0 }));
    panels.addEventListener("pointermove", (pointer) => this.move(pointer));
    panels.addEventListener("pointerleave", () => this.readAt(null));
    panels.addEventListener("click", (pointer) => this.point(pointer));
    new ResizeObserver(oncePerFrame(() => this.fit())).observe(view);
    new ResizeObserver(([{ target }]) => (target.style.minHeight = `${target.offsetHeight}px`)).observe(summary);
  }

  set(values) {
    if (!this.player?.moving) this.player?.stop();
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
    let spec = await this.render(values);
    if (spec.training && this.trained?.asked === JSON.stringify(spec.training)) spec = await this.render(values, this.trained.runs);
    this.take(spec, values);
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
      for await (const { filters, whole, ...runs } of trainers.train(training)) {
        if (whole) this.trained = { asked: JSON.stringify(training), runs };
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
    this.renew(page.legend, drawLegend, legendOf(spec.panels));
    spec.panels.forEach((panel, index) => this.drawPlot(panel, index));
    this.renew(page.table, drawTable, spec.table);
    page.caption.textContent = spec.table.caption;
    page.summary.textContent = spec.summary;
    page.python.hidden = !spec.code;
    if (!spec.code) return;
    const copy = (button, library) => this.put(() => this.spec.code.find(([name]) => name === library)[1], button, "Select it, please");
    this.renew(page.code, (code) => drawCode(code, copy), spec.code);
    page.python.firstChild.textContent = `This schedule in ${listed(spec.code.map(([library]) => library))}`;
  }

  drawPlot(panel, index) {
    const plot = this.plots[index];
    const caption = plot.closest("figure").firstChild;
    if (caption.textContent !== captionOf(panel)) caption.textContent = captionOf(panel);
    plot.toggleAttribute("data-pointed", Boolean(panel.pointer));
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

  /** Over a plot the pointer reads; pressed, it moves what the panel lets it move. */
  move(event) {
    const moves = event.pointerType === "touch" ? !scrolls(this.touched, event) : event.buttons & 1;
    if (moves && this.pressed) this.point(event);
    else this.readAt(event);
  }

  plotAt({ target }) {
    return this.plots.findIndex((plot) => plot.contains(target));
  }

  /** Move the control that the panel names to the x under the pointer. */
  point(event) {
    const index = this.plotAt(event);
    const pointer = this.spec.panels[index]?.pointer;
    if (pointer) this.widgets.get(pointer.control).pick(pointer.scale * pointedAt(event, this.plots[index].firstChild));
    this.readAt(event);
  }

  /** Nothing is changed by that, and nothing moves: the legend keeps room for the numbers. */
  readAt(event) {
    const index = event ? this.plotAt(event) : -1;
    this.readers.forEach((reader, other) => other !== index && reader.hide());
    const values = index < 0 ? new Map() : this.readers[index].read(event, this.spec.panels[index], this.plots[index].firstChild);
    for (const item of this.page.legend.children) item.lastChild.textContent = values.get(item.dataset.curve) ?? "";
  }

  /** The figure as it stands, with its title, words and settings, as a file. */
  async save() {
    await this.computed;
    const settings = [...this.widgets.values()].map((widget) => widget.said());
    try {
      const { save } = await import("./picture.mjs");
      await save(this.name, this.page, settings);
      this.tell(this.page.save, "Saved");
    } catch {
      this.tell(this.page.save, "Could not be saved");
    }
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
    this.tell(button, await navigator.clipboard.writeText(text()).then(() => "Copied", () => instead));
  }

  /** For a moment the button says what became of it. */
  tell(button, words) {
    button.dataset.label ??= button.textContent;
    button.textContent = words;
    this.say(words, 0);
    clearTimeout(button.dataset.timer);
    button.dataset.timer = setTimeout(() => (button.textContent = button.dataset.label), COPIED);
  }
}

/** A finger that moves up or down scrolls the page, even over a plot that follows the pointer. */
function scrolls(from, to) {
  return to.pointerType === "touch" && Math.abs(to.clientX - from.clientX) <= Math.abs(to.clientY - from.clientY);
}

function listed(names) {
  return names.length > 1 ? `${names.slice(0, -1).join(", ")} and ${names.at(-1)}` : names[0];
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
