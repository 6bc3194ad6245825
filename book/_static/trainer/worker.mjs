/** A worker that trains networks, one for each seed it is asked for, and only as far as it is asked to. */

import { answering } from "../asking.mjs";
import { batches, minimalStandard } from "./draws.mjs";
import { PIXELS, part, unpack } from "./images.mjs";
import { Network } from "./network.mjs";
import { compiled, plain } from "./products.mjs";
import kernel from "./multiply.wasm";

const SHAPE = { inputs: PIXELS, hidden: 32, classes: 10, batch: 50 };
const TRAINING = 2000; // images of the first file; the others in it are those to tune on

const tools = fetchKernel().then(compiled).catch(() => plain()); // a browser of before 2023 may know no lanes
const images = {};
const networks = new Map();
const runs = new Map();

answering({
  /** Images, as their file has them. */
  supply(name, bytes) {
    const all = unpack(bytes);
    if (name === "seen") images.train = part(all, 0, TRAINING);
    images[name] = name === "seen" ? part(all, TRAINING) : all;
  },
  /** A run: its start and the order of its images come from the seed, its two tables from Python. Gives the first test. */
  async begin(seed, rates, momenta, judges) {
    if (!networks.has(seed)) networks.set(seed, new Network(await tools, SHAPE));
    const [draw, network, judge] = [minimalStandard(seed), networks.get(seed), images[judges]];
    network.start(draw);
    runs.set(seed, { network, rates, momenta, judge, step: 0, batches: batches(TRAINING, SHAPE.batch, draw) });
    return network.test(judge.images, judge.labels);
  },
  /** So many steps further; gives the test after them. */
  advance(seed, count) {
    const run = runs.get(seed);
    const { network, rates, momenta, judge } = run;
    for (const end = Math.min(run.step + count, rates.length); run.step < end; run.step++) {
      const batch = run.batches.next().value;
      const { images: x, labels: y } = images.train;
      network.step(batch.map((i) => x[i]), batch.map((i) => y[i]), rates[run.step], momenta[run.step]);
    }
    return network.test(judge.images, judge.labels);
  },
  /** What each hidden unit of a network looks for: 32 rows of 196 weights. */
  filters(seed) {
    const [{ weights }] = networks.get(seed).layers;
    return Array.from({ length: SHAPE.hidden }, (_, unit) =>
      Float32Array.from({ length: PIXELS }, (_, pixel) => weights.values[pixel * weights.row + unit]),
    );
  },
});

async function fetchKernel() {
  const response = await fetch(new URL(kernel, import.meta.url));
  if (!response.ok) throw new Error(`${kernel}: ${response.status}`);
  return response.arrayBuffer();
}
