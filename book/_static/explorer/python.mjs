/** The page's side of its Python: questions to the worker, and promises of their answers. */

import { asker } from "../asking.mjs";

let ask;

/** The page's worker. Where its script has not come, or it fell over, the next explorer makes another. */
function startWorker() {
  const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  worker.addEventListener("error", () => (ask = null));
  return asker(worker);
}

/** An explorer, with these files of the package in place and its record. */
export async function load(name, files, record) {
  ask ??= startWorker();
  const own = ask;
  await own("load", name, files, record);
  return {
    describe: async () => JSON.parse(await own("describe", name)),
    /** Its figure at these values; with `runs`, what has been trained for it is in it. */
    render: async (values, runs) => JSON.parse(await own("render", name, JSON.stringify(values), runs ? JSON.stringify(runs) : "")),
  };
}
