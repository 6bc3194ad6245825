/**
 * One MicroPython for all explorers of a page, running the package's own files as they are. It lives in a worker, so that
 * however long it computes, the page scrolls and its sliders follow the finger.
 */

import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";
import wasm from "@micropython/micropython-webassembly-pyscript/micropython.wasm";
import { answering } from "../asking.mjs";

const PACKAGE = "learning_rates";
const HEAP_BYTES = 8 * 2 ** 20; // a figure is some 15 kB of JSON, made several times a second; a record of runs takes a megabyte

const python = boot();
const loaded = new Map();

answering({
  async load(name, files, record) {
    const sources = files.map(source); // on their way while the interpreter boots
    const recorded = record && source(record);
    const { FS } = await python;
    for (const [index, file] of files.entries()) {
      const path = `/${PACKAGE}/${file}`;
      FS.mkdirTree(path.slice(0, path.lastIndexOf("/"))); // which may be there
      FS.writeFile(path, await sources[index]);
    }
    if (record) (await explorers()).supply(name, await recorded);
  },
  describe: async (name) => (await explorers()).describe(name),
  render: async (name, values, runs) => (await explorers()).render(name, values, runs),
});

async function boot() {
  const python = await loadMicroPython({ url: new URL(wasm, import.meta.url).href, heapsize: HEAP_BYTES });
  python.FS.mkdir(`/${PACKAGE}`);
  python.FS.writeFile(`/${PACKAGE}/__init__.py`, ""); // the package's own would ask for Keras
  return python;
}

/** The Python module `learning_rates.explorers`. */
async function explorers() {
  return (await python).pyimport(`${PACKAGE}.explorers`);
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
