/** An explorer's settings in a link: `?one_cycle=max_lr:0.2,variant:linear#explorer-one_cycle`. */

const LONGEST = 2000; // characters; a link of ours has some hundred
const CHANGED = /^[\w.+-]+$/;

/** What the address asks for, as strings that nobody has checked yet: Python cleans them, as it does all values. */
export function readLink(name, address = location) {
  if (address.search.length > LONGEST) return {};
  const pairs = (new URLSearchParams(address.search).get(name) ?? "").split(",").map((pair) => pair.split(":"));
  return Object.fromEntries(pairs.filter((pair) => pair.length === 2 && pair.every((part) => CHANGED.test(part))));
}

/** A link to this page that restores these values, naming only those that are not the default. */
export function writeLink(name, controls, values) {
  const changed = controls.filter((control) => values[control.name] !== control.default);
  const link = new URL(location);
  link.search = changed.length ? `?${name}=${changed.map((control) => `${control.name}:${values[control.name]}`).join(",")}` : "";
  link.hash = `explorer-${name}`;
  return link.href;
}

/** The page's address without this explorer's settings. */
export function clearLink(name) {
  const link = new URL(location);
  link.searchParams.delete(name);
  return link.href;
}
