/** The page's side of its Python: questions to the worker, and promises of their answers. */

import { asker } from "../asking.mjs";

let ask;

/** An explorer, with these files of the package in place and its record. */
export async function load(name, files, record) {
  ask ??= asker(new Worker(new URL("./worker.js", import.meta.url), { type: "module" }));
  await ask("load", name, files, record);
  return {
    describe: async () => JSON.parse(await ask("describe", name)),
    /** Its figure at these values; with `runs`, what has been trained for it is in it. */
    render: async (values, runs) => JSON.parse(await ask("render", name, JSON.stringify(values), runs ? JSON.stringify(runs) : "")),
  };
}
