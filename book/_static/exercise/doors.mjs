/**
 * What a reader's code can reach. MicroPython's module `js` is the worker's globalThis: through it, code could ask the site's server,
 * read what the browser has stored for it, or answer in the check's place. It is handed an object without anything.
 */

const MOST_BYTES = 64 * 2 ** 20; // of memory; beyond, Python says MemoryError

// What the interpreter itself goes on using; all other globals go, so that one that a browser adds is closed too.
const KEPT = new Set(
  `Object Function Array Number Boolean String Symbol Map Set WeakMap WeakSet WeakRef FinalizationRegistry Promise Proxy Reflect BigInt Date
  RegExp JSON Math Error EvalError RangeError ReferenceError SyntaxError TypeError URIError AggregateError ArrayBuffer DataView
  Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float32Array Float64Array BigInt64Array
  BigUint64Array TextDecoder Module crypto globalThis undefined NaN Infinity isFinite isNaN parseFloat parseInt performance`.split(/\s+/),
);
const INTERPRETERS = /^proxy_(js|c)_/; // MicroPython's tables

export function limitMemory() {
  const { grow } = WebAssembly.Memory.prototype;
  WebAssembly.Memory.prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65536 > MOST_BYTES) throw new RangeError("enough");
    return grow.call(this, pages);
  };
}

export function closeDoors() {
  globalThis.proxy_js_ref[0] = Object.freeze(Object.create(null));
  // Function("…") would run any text, with the real globals, where no policy forbids it
  for (const make of [function () {}, async function () {}, function* () {}, async function* () {}])
    delete Object.getPrototypeOf(make).constructor;
  for (let place = globalThis; place && place !== Object.prototype; place = Object.getPrototypeOf(place))
    for (const name of Object.getOwnPropertyNames(place)) if (!KEPT.has(name) && !INTERPRETERS.test(name) && name !== "constructor") close(place, name);
}

function close(place, name) {
  try {
    if (delete place[name] && !(name in place)) return;
    Object.defineProperty(place, name, { value: undefined });
  } catch {
    // cannot be changed, as `undefined` cannot: the tests name what may be left
  }
}
