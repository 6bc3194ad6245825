/**
 * A MicroPython for one run of a reader's code. It is told {wasm, files, chapter, imports, lacked} and answers {ready}; then {code, check},
 * and answers {print} for what is printed, and at the end {fault, line}, {flood} or {done}.
 */

import { boot, write } from "../micropython.mjs";
import { closeDoors, limitMemory } from "./doors.mjs";

const MOST_LINES = 100;
const MOST_BYTES = 20_000;
const NEWLINE = 10;

const say = postMessage.bind(globalThis);
const decoder = new TextDecoder();
const decode = decoder.decode.bind(decoder);
const printing = { line: [], lines: 0, bytes: 0 };

addEventListener("message", async ({ data }) => {
  try {
    if (data.files) await prepare(data);
    else run(data);
  } catch (error) {
    say({ wrong: String(error), fault: String(error), line: 0 });
  }
});

let python;

async function prepare({ wasm, files, chapter, imports, lacked }) {
  limitMemory();
  console.error = () => {}; // MicroPython tells it what the reader is told
  // compiled once, by the page: a fresh interpreter asks the network for nothing
  globalThis.fetch = async () => null;
  WebAssembly.instantiateStreaming = async (_, imports) => ({ instance: await WebAssembly.instantiate(wasm, imports) });
  python = await boot({ stdout, linebuffer: false });
  for (const [path, text] of files) write(python, path, text);
  python.globals.set("GIVEN", JSON.stringify([chapter, imports, lacked]));
  python.runPython('import sys\nsys.path.insert(0, "/")\nimport json, run\nrun.prepare(*json.loads(GIVEN))');
  closeDoors();
  say({ ready: true });
}

function run({ code, check }) {
  python.globals.set("ASKED", JSON.stringify([code, check]));
  python.runPython("OUTCOME = run.run(*json.loads(ASKED))");
  const outcome = python.globals.get("OUTCOME");
  if (printing.line.length) print();
  if (typeof outcome !== "string") return say({ done: true });
  const [fault, line] = JSON.parse(outcome);
  say({ fault: String(fault), line: Number(line) });
}

/** Byte by byte, since a line may never end. */
function stdout([byte]) {
  if ((printing.bytes += 1) > MOST_BYTES || printing.lines > MOST_LINES) {
    if (!printing.flood) say({ flood: (printing.flood = true) }); // the page ends this worker
  } else if (byte === NEWLINE) print();
  else printing.line.push(byte);
}

function print() {
  printing.lines += 1;
  say({ print: decode(new Uint8Array(printing.line)) });
  printing.line = [];
}
