/** MicroPython in a worker, with files in place: what explorers and exercises have in common. */

import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript/micropython.mjs";
import wasm from "@micropython/micropython-webassembly-pyscript/micropython.wasm";

const HEAP_BYTES = 8 * 2 ** 20; // a figure is some 15 kB of JSON, made several times a second; a record of runs takes a megabyte
const PACKAGE = "/learning_rates";

/** An interpreter that finds modules in its root folder, the package among them. */
export async function boot(options = {}) {
  const python = await loadMicroPython({ url: new URL(wasm, import.meta.url).href, heapsize: HEAP_BYTES, ...options });
  python.FS.mkdir(PACKAGE);
  python.FS.writeFile(`${PACKAGE}/__init__.py`, ""); // the package's own would ask for Keras
  return python;
}

export function write({ FS }, path, text) {
  FS.mkdirTree(path.slice(0, path.lastIndexOf("/")) || "/"); // which may be there
  FS.writeFile(path, text);
}
