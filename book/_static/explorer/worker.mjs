/**
 * One MicroPython for all explorers of a page, running the package's own files as they are. It lives in a worker, so that
 * however long it computes, the page scrolls and its sliders follow the finger.
 */

import { answering } from "../asking.mjs";
import { fetchText } from "../fetch-all.mjs";
import { boot, write } from "../micropython.mjs";

const PACKAGE = "learning_rates";

const loaded = new Map(); // promises; what has failed is asked for anew
const python = () => once("the interpreter", boot);

python().catch(() => {}); // on its way while the page says what it wants

answering({
  async load(name, files, record) {
    const sources = files.map(source); // on their way while the interpreter boots
    const recorded = record && source(record);
    for (const [index, file] of files.entries()) write(await python(), `/${PACKAGE}/${file}`, await sources[index]);
    if (record) (await explorers()).supply(name, await recorded);
  },
  describe: async (name) => (await explorers()).describe(name),
  render: async (name, values, runs) => (await explorers()).render(name, values, runs),
});

/** The Python module `learning_rates.explorers`. */
async function explorers() {
  return (await python()).pyimport(`${PACKAGE}.explorers`);
}

function source(file) {
  return once(file, () => fetchText(new URL(`${PACKAGE}/${file}`, import.meta.url)));
}

function once(name, make) {
  if (!loaded.has(name)) {
    const made = make();
    made.catch(() => loaded.delete(name));
    loaded.set(name, made);
  }
  return loaded.get(name);
}
