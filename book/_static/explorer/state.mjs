/**
 * An explorer's settings in a link: `?one_cycle=max_lr:0.2,variant:linear#explorer-one_cycle`. A value is escaped twice: once
 * so that a comma in it separates nothing, once as all of an address, which the page's other scripts escape anew.
 */

const LONGEST = 2000; // characters; a link of ours has some hundred

/** What the address asks for, as strings that nobody has checked yet: Python cleans them, as it does all values. */
export function readLink(name, address = location) {
  if (address.search.length > LONGEST) return {};
  const own = new URLSearchParams(address.search).get(name) ?? "";
  const pairs = own.split(",").map((pair) => pair.split(":").map(decoded));
  return Object.fromEntries(pairs.filter((pair) => pair.length === 2));
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return ""; // no text of ours
  }
}

/** A link to a page that restores these values there, naming only those that are not the default. */
export function writeLink(name, controls, values, page) {
  const changed = controls.filter((control) => values[control.name] !== control.default);
  const link = new URL(page);
  const pairs = changed.map((control) => `${control.name}:${encodeURIComponent(encodeURIComponent(values[control.name]))}`);
  link.search = changed.length ? `?${name}=${pairs.join(",")}` : "";
  link.hash = `explorer-${name}`;
  return link.href;
}

/** The page's address without this explorer's settings. */
export function clearLink(name) {
  const link = new URL(location);
  link.searchParams.delete(name);
  return link.href;
}
