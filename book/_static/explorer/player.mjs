/**
 * Plays an explorer: the control that is made for it goes from one end to the other, as a hand on it would, or step by step.
 * Where motion is not wanted, it goes to the end at once. Nothing is said on the way; where it ends, the explorer speaks.
 */

const A_STEP = 90; // milliseconds
const [SHORTEST, LONGEST] = [2500, 6000]; // milliseconds for the whole way
const LONG_FRAME = 100; // milliseconds: a page that was hidden goes on where it was
const STILL = matchMedia("(prefers-reduced-motion: reduce)");

export class Player {
  /** `widget` is the control's; `busy()` says whether what it showed last is still being computed. */
  constructor({ play, back, on }, control, widget, busy) {
    const steps = control.step ? span(control) / control.step : Infinity;
    const duration = Math.min(Math.max(steps * A_STEP, SHORTEST), LONGEST);
    Object.assign(this, { button: play, control, widget, busy, duration, part: 0, moving: false, frame: null });
    play.addEventListener("click", () => (this.frame === null ? this.start() : this.pause()));
    back.addEventListener("click", () => this.stepBy(-1));
    on.addEventListener("click", () => this.stepBy(1));
  }

  start() {
    if (STILL.matches) return this.move(() => this.goTo(1));
    this.button.textContent = "Pause";
    this.button.dataset.playing = "";
    let before = performance.now();
    const tick = (now) => {
      this.part = Math.min(this.part + Math.min(now - before, LONG_FRAME) / this.duration, 1);
      before = now;
      const arrives = this.part === 1;
      if (!this.busy()) {
        this.move(() => this.goTo(this.part));
        if (arrives) return this.stop();
      }
      this.frame = requestAnimationFrame(tick);
    };
    this.move(() => this.goTo(this.part));
    this.frame = requestAnimationFrame(tick);
  }

  /** From where it stands now it goes on. */
  pause() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.button.textContent = "Play";
    delete this.button.dataset.playing;
  }

  /** The next time it begins anew. */
  stop() {
    this.pause();
    this.part = 0;
  }

  stepBy(count) {
    this.stop();
    this.widget.step(this.control.plays === "down" ? -count : count);
  }

  goTo(part) {
    this.widget.goTo(this.control.plays === "down" ? 1 - part : part);
  }

  /** What it moves itself does not stop it, as a hand on a control does. */
  move(action) {
    this.moving = true;
    action();
    this.moving = false;
  }
}

function span({ scale, min, max }) {
  return scale === "log" ? Math.log10(max / min) : max - min;
}
