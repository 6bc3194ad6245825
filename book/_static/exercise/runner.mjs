/** The page's side: runs code in a worker, ends that when it takes too long, and has a fresh interpreter in reserve. */

import wasm from "@micropython/micropython-webassembly-pyscript/micropython.wasm";

import { fetchAll, fetchText } from "../fetch-all.mjs";

export const SECONDS = 5;
const ROOT = new URL(".", import.meta.url);
const STAND_INS = ["importlib", "numbers", "numpy", "reprlib", "scipy"]; // what MicroPython has not

export class Runner {
  /** With the files that the page's exercises need. */
  static async load({ chapter, files, imports, lacked }) {
    const named = [
      ...files.split(" ").map((file) => [`/learning_rates/${file}`, `learning_rates/${file}`]),
      ...[...STAND_INS, "run"].map((name) => [`/${name}.py`, `exercise/${name}.py`]),
    ];
    const [interpreter, ...texts] = await Promise.all([
      fetchAll(new URL(wasm, ROOT)).then((response) => response.arrayBuffer()).then((bytes) => WebAssembly.compile(bytes)),
      ...named.map(async ([path, file]) => [path, await fetchText(new URL(file, ROOT))]),
    ]);
    const runner = new Runner({ wasm: interpreter, files: texts, chapter, imports, lacked: lacked.split(" ") });
    await runner.spare;
    return runner;
  }

  constructor(setting) {
    this.setting = setting;
    this.renew();
  }

  /**
   * Run code in an interpreter that has run nothing before, as after "Restart and run all".
   *
   * @param {string} check The exercise's own check, or "" to run without any.
   * @returns {Promise<{fault?: string, line?: number, late?: boolean, flood?: boolean}>}
   */
  async run(code, check, print) {
    const worker = await (this.spare ?? this.renew());
    return new Promise((resolve) => {
      const end = (outcome) => {
        clearTimeout(clock);
        worker.terminate();
        this.renew();
        resolve(outcome);
      };
      const clock = setTimeout(() => end({ late: true }), SECONDS * 1000);
      worker.onmessage = ({ data }) => ("print" in data ? print(data.print) : end(data));
      worker.onerror = ({ message }) => end({ fault: message || "The interpreter stopped.", line: 0 });
      worker.postMessage({ code, check });
    });
  }

  renew() {
    this.spare = start(this.setting);
    this.spare.catch(() => (this.spare = undefined)); // the next run asks for it again
    return this.spare;
  }
}

/** A worker whose script is text of the page takes the page's policy with it, even from hosts that send none. */
function start(setting) {
  const script = new Blob([`import ${JSON.stringify(new URL("exercise-worker.js", ROOT).href)};`], { type: "text/javascript" });
  const address = URL.createObjectURL(script);
  const worker = new Worker(address, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { ready, wrong } }) => (ready ? resolve(worker) : reject(new Error(wrong)));
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(setting);
  })
    .catch((error) => {
      worker.terminate();
      throw error;
    })
    .finally(() => URL.revokeObjectURL(address));
}
