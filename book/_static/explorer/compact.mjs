/**
 * An explorer's compact form: the same explorer with fewer panels and controls, and a way to all of it. It plays once it
 * is seen, and again when asked.
 */

import { element } from "./dom.mjs";

const SEEN = 0.3; // of it

/** The explorer's Python, telling of no more than the compact form shows. */
export function abridged({ describe, render }) {
  const described = describe();
  return {
    async describe() {
      const { compact, controls, ...more } = await described;
      return { ...more, ...compact, controls: controls.filter(({ name }) => compact.controls.includes(name)), presets: [] };
    },
    async render(...asked) {
      const [{ compact }, { code, ...spec }] = await Promise.all([described, render(...asked)]);
      return { ...spec, panels: spec.panels.slice(0, compact.panels) };
    },
  };
}

/** Fold its sliders, and lead to the page `whole`, where the schedule goes along. */
export function fold(explorer, whole) {
  const { page, filters } = explorer;
  const again = element("button", { type: "button" }, "Train again");
  const link = element("a", { href: whole }, "Go on: momentum, fresh networks, Python");
  again.addEventListener("click", () => {
    explorer.trained = null; // or else what has been trained would be drawn
    explorer.set({});
  });
  for (const reached of ["pointerdown", "focus"]) link.addEventListener(reached, () => (link.href = explorer.linkOn(new URL(whole, location))));
  page.root.classList.add("explorer-compact");
  page.settings.classList.add("explorer-sliders");
  page.settings.firstChild.textContent = "The knots as sliders";
  page.reset.before(again);
  page.copy.replaceWith(link);
  for (const part of [page.path, page.presets, page.caption.parentElement, page.python, filters?.parentElement]) part?.remove();
}

export function whenSeen(mount, act) {
  const watching = new IntersectionObserver(
    ([{ isIntersecting }]) => {
      if (!isIntersecting) return;
      watching.disconnect();
      act();
    },
    { threshold: SEEN },
  );
  watching.observe(mount);
}
