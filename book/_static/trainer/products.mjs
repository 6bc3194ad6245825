/** What a network is made with: arrays, and their products in plain JavaScript or in WebAssembly. */

export function plain(Floats = Float32Array) {
  return { floats: (count) => new Floats(count), multiply };
}

/** out ← a · b, row by row; half of the pixels are black and half of the hidden units silent, and cost nothing. */
function multiply(out, a, b) {
  const sums = new Float64Array(out.columns);
  for (let i = 0; i < out.rows; i++) {
    sums.fill(0);
    for (let k = 0; k < a.columns; k++) {
      const factor = a.values[i * a.row + k * a.column];
      if (factor !== 0) for (let j = 0; j < sums.length; j++) sums[j] += factor * b.values[k * b.row + j * b.column];
    }
    out.values.set(sums, i * out.row);
  }
}

const PAGES = 64; // of 64 KiB: room for eight networks and more

/** With the kernel of multiply.wasm; the arrays lie in a memory of its own. */
export async function compiled(bytes) {
  const memory = new WebAssembly.Memory({ initial: PAGES });
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory } });
  const slow = plain();
  let end = 0;
  return {
    floats(count) {
      const array = new Float32Array(memory.buffer, end, count);
      end += 16 * Math.ceil(array.byteLength / 16);
      return array;
    },
    multiply(out, a, b) {
      if (b.column !== 1) return slow.multiply(out, a, b); // the kernel wants b's columns side by side
      const at = ({ values }) => values.byteOffset;
      instance.exports.multiply(out.rows, out.columns, a.columns, at(out), 4 * out.row, at(a), 4 * a.row, 4 * a.column, at(b), 4 * b.row);
    },
  };
}
