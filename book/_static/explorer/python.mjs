/** One MicroPython for all explorers of a page, running the package's own files as they are. */

import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";
import wasm from "@micropython/micropython-webassembly-pyscript/micropython.wasm";

const PACKAGE = "learning_rates";
const HEAP_BYTES = 4 * 2 ** 20; // a figure is some 15 kB of JSON, made several times a second

let interpreter;
const loaded = new Map();

/** The Python module `learning_rates.explorers`, with these files of the package in place. */
export async function load(files) {
  const python = await (interpreter ??= boot());
  await Promise.all(files.map((file) => place(python, file)));
  return python.pyimport(`${PACKAGE}.explorers`);
}

async function boot() {
  const python = await loadMicroPython({ url: new URL(wasm, import.meta.url).href, heapsize: HEAP_BYTES });
  python.FS.mkdir(`/${PACKAGE}`);
  python.FS.mkdir(`/${PACKAGE}/explorers`);
  python.FS.writeFile(`/${PACKAGE}/__init__.py`, ""); // the package's own would ask for Keras
  return python;
}

async function place(python, file) {
  if (!loaded.has(file)) loaded.set(file, source(file));
  python.FS.writeFile(`/${PACKAGE}/${file}`, await loaded.get(file));
}

async function source(file) {
  const response = await fetch(new URL(`${PACKAGE}/${file}`, import.meta.url));
  if (!response.ok) throw new Error(`${file}: ${response.status}`);
  return response.text();
}
