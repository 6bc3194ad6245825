/** What the hidden units of a network look for, drawn in a grid: light where they want light, dark where they want none. */

const SIDE = 14;
const ACROSS = 16;
const GAP = 1;

export function drawFilters(canvas, filters) {
  const cell = SIDE + GAP;
  const [width, height] = [ACROSS * cell - GAP, Math.ceil(filters.length / ACROSS) * cell - GAP];
  if (canvas.width !== width) Object.assign(canvas, { width, height });
  const picture = new ImageData(width, height);
  const most = filters.reduce((high, filter) => filter.reduce((high, weight) => Math.max(high, Math.abs(weight) || 0), high), 1e-9);
  filters.forEach((filter, unit) => {
    const [left, top] = [(unit % ACROSS) * cell, Math.floor(unit / ACROSS) * cell];
    filter.forEach((weight, pixel) => {
      const grey = 128 + (127 * weight) / most || 0;
      const at = 4 * ((top + Math.floor(pixel / SIDE)) * width + left + (pixel % SIDE));
      picture.data.set([grey, grey, grey, 255], at);
    });
  });
  canvas.getContext("2d").putImageData(picture, 0, 0);
}
