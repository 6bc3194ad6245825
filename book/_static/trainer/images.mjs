/** Images of 14 × 14 in sixteen greys, a byte each, then their labels; kept gzipped, whatever the host compresses. */

export const PIXELS = 14 * 14;
const LIGHTEST = 15;

/** The bytes of a file. Half a file, or a wrong one, does not pass: gzip carries a checksum, and the browser looks at it. */
export async function fetchImages(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return gunzip(response.body);
}

export async function gunzip(stream) {
  return new Uint8Array(await new Response(stream.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

export function unpack(bytes) {
  const count = bytes.length / (PIXELS + 1);
  const pixels = Float32Array.from(bytes.subarray(0, count * PIXELS), (grey) => grey / LIGHTEST);
  return {
    images: Array.from({ length: count }, (_, i) => pixels.subarray(i * PIXELS, (i + 1) * PIXELS)),
    labels: Array.from(bytes.subarray(count * PIXELS)),
  };
}

/** Those from one place to another. */
export function part({ images, labels }, from, to) {
  return { images: images.slice(from, to), labels: labels.slice(from, to) };
}
