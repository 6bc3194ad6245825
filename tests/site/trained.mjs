/** For test_trainer.py: runs of the page's network in Node. Gives its start, its batches, and its weights on the way. */

import { readFileSync } from "node:fs";
import { batches, minimalStandard } from "../../book/_static/trainer/draws.mjs";
import { PIXELS, gunzip, part, unpack } from "../../book/_static/trainer/images.mjs";
import { Network } from "../../book/_static/trainer/network.mjs";
import { compiled, plain } from "../../book/_static/trainer/products.mjs";

const here = (name) => readFileSync(new URL(`../../${name}`, import.meta.url));
const { seed, looks, rates, momenta } = JSON.parse(readFileSync(0));
const bytes = await gunzip(new Blob([here("src/learning_rates/data/fashion_14_seen.bin")]).stream());
const all = unpack(bytes);
const judge = part(all, 2000);
const weightsOf = (network) => network.layers.map(({ weights }) => [...weights.values]);

function trained(tools, Floats) {
  const network = new Network(tools, { inputs: PIXELS, hidden: 32, classes: 10, batch: 50 });
  const images = all.images.map((image) => Floats.from(image));
  const draw = minimalStandard(seed);
  network.start(draw);
  for (const { weights } of network.layers) weights.values.set(Float32Array.from(weights.values)); // one start for both kinds of numbers
  const found = { start: weightsOf(network), order: [], weights: {} };
  const next = batches(2000, 50, draw);
  for (let step = 0; step < Math.max(...looks); step++) {
    const batch = next.next().value;
    found.order.push(batch);
    network.step(batch.map((i) => images[i]), batch.map((i) => all.labels[i]), Math.fround(rates[step]), Math.fround(momenta[step]));
    if (looks.includes(step + 1)) found.weights[step + 1] = weightsOf(network);
  }
  return { ...found, test: network.test(judge.images, judge.labels) };
}

const kernel = here("book/_static/trainer/multiply.wasm");
const [doubles, singles, lanes] = [
  trained(plain(Float64Array), Float64Array),
  trained(plain(), Float32Array),
  trained(await compiled(kernel), Float32Array),
];
console.log(JSON.stringify({ doubles, singles, lanes }));
