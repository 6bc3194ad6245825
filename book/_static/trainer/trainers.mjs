/** The page's side: a few workers, all seeds side by side. */

import { asker } from "../asking.mjs";
import { fetchImages } from "./images.mjs";
import fresh from "../../../src/learning_rates/data/fashion_14_fresh.bin";
import seen from "../../../src/learning_rates/data/fashion_14_seen.bin";

const FILES = { seen, fresh };
const EVERY = 20; // steps to a point of the curves; to test 500 images takes as long as some five steps
const MOST = 4; // workers
const PAUSE = 60; // milliseconds from one drawing to the next: the curves grow by eye, and the processor trains

export class Trainers {
  constructor() {
    const count = Math.min(MOST, navigator.hardwareConcurrency || 2);
    this.workers = Array.from({ length: count }, () => new Worker(new URL("./trainer.js", import.meta.url), { type: "module" }));
    this.asks = this.workers.map(asker);
    this.supplied = new Map();
    this.own = 0;
    this.wake = () => {};
  }

  /** End what is training, at once. */
  stop() {
    this.own++;
    this.wake();
  }

  /** For good. */
  end() {
    this.stop();
    for (const worker of this.workers) worker.terminate();
  }

  /**
   * What the runs have come to, each time there is something new: {losses, accuracies, filters, whole}, a list of tests for each
   * seed; `whole` says that nothing more will come. A later call ends an earlier one; so does whoever stops listening.
   */
  async *train({ rates, momenta, seeds, images }) {
    this.stop();
    const own = this.own;
    const stopped = new Promise((resolve) => (this.wake = resolve));
    await Promise.all(["seen", images].map((name) => this.supply(name)));
    const tables = [rates, momenta].map((values) => Float32Array.from(values));
    const found = { losses: seeds.map(() => []), accuracies: seeds.map(() => []), filters: null };
    let [tell, news, told] = [() => {}, 0, 0];
    const add = (i, { loss, accuracy }) => {
      found.losses[i].push(loss);
      found.accuracies[i].push(accuracy);
      news++;
      tell();
    };
    const work = async (ask, at) => {
      const mine = seeds.map((_, i) => i).filter((i) => i % this.asks.length === at);
      for (const i of mine) {
        if (own !== this.own) return; // what is asked for now would disturb the run that took this one's place
        add(i, await ask("begin", seeds[i], ...tables, images));
      }
      for (let step = 0; step < rates.length; step += EVERY) {
        for (const i of mine) {
          if (own !== this.own) return;
          add(i, await ask("advance", seeds[i], EVERY));
          if (i === 0) found.filters = await ask("filters", seeds[0]);
        }
      }
    };
    const working = own === this.own ? Promise.all(this.asks.map(work)) : Promise.resolve();
    working.catch(() => {}); // those who still listen are told below
    const all = seeds.length * (1 + Math.ceil(rates.length / EVERY));
    try {
      while (told < all) {
        if (told === news) await Promise.race([new Promise((resolve) => (tell = resolve)), working, stopped]);
        if (own !== this.own) return;
        told = news;
        yield { ...found, whole: told === all };
        if (told < all) await Promise.race([rest(PAUSE), working, stopped]);
      }
      await Promise.allSettled(Object.keys(FILES).map((name) => this.supply(name))); // from here on no network is needed
    } finally {
      if (own === this.own) this.own++; // the workers are asked no further
    }
  }

  /** A file of images to every worker, once. One that came by halves is refused, and asked for again the next time. */
  supply(name) {
    if (!this.supplied.has(name)) {
      const supplying = fetchImages(new URL(FILES[name], import.meta.url)).then((bytes) => Promise.all(this.asks.map((ask) => ask("supply", name, bytes))));
      supplying.catch(() => this.supplied.delete(name));
      this.supplied.set(name, supplying);
    }
    return this.supplied.get(name);
  }
}

function rest(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
