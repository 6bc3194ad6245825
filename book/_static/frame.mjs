// The stock theme's frame for those who use no mouse: the focus stays where it was, panels have names, toggles tell
// what they did.

const PANELS = [
  { side: "primary", name: "Chapters", beside: matchMedia("(min-width: 992px)") },
  { side: "secondary", name: "Contents", beside: matchMedia("(min-width: 1200px)") }, // then it has no toggle
];

let pressed; // the button last pressed by key outside a dialog

// The theme takes the focus from its buttons to be rid of their tooltips, and copying takes it too: the next Tab would
// begin at the top of the page. Those who use a pointer keep no tooltip.
function rememberPressed({ detail, target }) {
  if (target.closest("dialog")) return;
  pressed = detail === 0 ? target.closest("button") : undefined;
  setTimeout(giveBack);
}

function giveBack() {
  if (document.activeElement === document.body) pressed?.focus();
}

function tellState({ side, name, beside }) {
  const toggle = document.querySelector(`.${side}-toggle`);
  const panel = document.getElementById(`pst-${side}-sidebar`);
  const dialog = document.getElementById(`pst-${side}-sidebar-modal`);
  if (!toggle || !dialog) return;
  const tell = () => {
    const folded = !beside.matches || panel.classList.contains("pst-sidebar-hidden");
    toggle.setAttribute("aria-expanded", dialog.open || !folded);
  };
  const changes = new MutationObserver(tell);
  changes.observe(panel, { attributeFilter: ["class"] });
  changes.observe(dialog, { attributeFilter: ["open"] });
  beside.addEventListener("change", tell);
  dialog.setAttribute("aria-label", name);
  tell();
}

document.addEventListener("click", rememberPressed, true); // ahead of the theme, which lets no click pass
document.addEventListener("close", () => setTimeout(giveBack), true);
document.getElementById("pst-search-dialog").setAttribute("aria-label", "Search");
PANELS.forEach(tellState);
