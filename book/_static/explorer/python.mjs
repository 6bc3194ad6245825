/** One MicroPython for all explorers of a page, running the package's own files as they are. */

import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";
import wasm from "@micropython/micropython-webassembly-pyscript/micropython.wasm";

const PACKAGE = "learning_rates";
const HEAP_BYTES = 8 * 2 ** 20; // a figure is some 15 kB of JSON, made several times a second; a record of runs takes a megabyte

let interpreter;
const loaded = new Map();

/** The Python module `learning_rates.explorers`, with these files of the package in place, and this explorer's record. */
export async function load(name, files, record) {
  const sources = files.map(source); // on their way while the interpreter boots
  const recorded = record && source(record);
  const python = await (interpreter ??= boot());
  for (const [index, file] of files.entries()) python.FS.writeFile(`/${PACKAGE}/${file}`, await sources[index]);
  const explorers = python.pyimport(`${PACKAGE}.explorers`);
  if (record) explorers.supply(name, await recorded);
  return explorers;
}

async function boot() {
  const python = await loadMicroPython({ url: new URL(wasm, import.meta.url).href, heapsize: HEAP_BYTES });
  python.FS.mkdir(`/${PACKAGE}`);
  python.FS.mkdir(`/${PACKAGE}/explorers`);
  python.FS.writeFile(`/${PACKAGE}/__init__.py`, ""); // the package's own would ask for Keras
  return python;
}

function source(file) {
  if (!loaded.has(file)) loaded.set(file, fetchText(new URL(`${PACKAGE}/${file}`, import.meta.url)));
  return loaded.get(file);
}

async function fetchText(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response.text();
}
