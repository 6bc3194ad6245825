/** What chance decides in a run, from its seed alone: Park and Miller's generator, as the book's Python has it. */

const MODULUS = 2 ** 31 - 1;

/** Numbers in (0, 1). */
export function minimalStandard(seed) {
  let state = seed;
  return () => (state = (state * 16807) % MODULUS) / MODULUS;
}

/** Batch after batch, every image once before any comes again. */
export function* batches(images, size, draw) {
  for (;;) {
    const order = shuffled(images, draw);
    for (let from = 0; from < images; from += size) yield order.slice(from, from + size);
  }
}

function shuffled(count, draw) {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor((i + 1) * draw());
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}
