/** Where the texts of a panel's marks go: beside their points, off the curves, off each other. */

const SVG = "http://www.w3.org/2000/svg";
const CELL = 4; // pixels: so fine is the map of what is drawn
const [LETTER, LINE] = [7, 14]; // pixels that a letter and a line take
const AWAY = [10, 22, 36, 54, 74]; // pixels from a point to its text
const LED = 22; // from here on a line leads there
const SIDES = [[0, -1], [1, -1], [-1, -1], [1, 0], [-1, 0], [1, 1], [-1, 1], [0, 1]];
const [OVER_CURVE, OVER_TEXT] = [8, 24];

/** Adds the texts to the picture. `taken` are boxes that are spoken for: [left, top, width, height]. */
export function addLabels(svg, { marks, curves, handles }, { width, height }, taken) {
  const told = marks.filter((mark) => mark.text);
  if (!told.length) return;
  const [x, y] = ["x", "y"].map((axis) => svg.scale(axis));
  const map = new Taken(width, height);
  for (const { points } of curves) map.line(points.map((point) => [x.apply(point[0]), y.apply(point[1])]), OVER_CURVE);
  for (const mark of [...marks, ...handles]) map.box([x.apply(mark.x) - 6, y.apply(mark.y) - 6, 12, 12], OVER_CURVE);
  for (const box of taken) map.box(box, OVER_TEXT);
  for (const mark of told) {
    const point = [x.apply(mark.x), y.apply(mark.y)];
    const { box, side, away, cost } = best(map, point, mark.text.length * LETTER, width, height);
    map.box(box, OVER_TEXT);
    if (away >= LED) svg.append(leader(point, box));
    svg.append(written(mark.text, box, side, cost > 0));
  }
}

function best(map, [left, top], wide, width, height) {
  let found = { cost: Infinity };
  AWAY.forEach((away, rank) => {
    for (const [index, side] of SIDES.entries()) {
      const beside = left + side[0] * away - (wide * (1 - side[0])) / 2;
      const within = side[0] ? beside : Math.min(Math.max(beside, 2), width - 2 - wide); // above and below it may be pushed in
      const box = [within, top + side[1] * away - (LINE * (1 - side[1])) / 2, wide, LINE];
      const outside = box[0] < 2 || box[1] < 0 || box[0] + wide > width - 2 || box[1] + LINE > height - 20;
      const cost = map.cost(box);
      const total = cost + 6 * rank + index / SIDES.length + (outside ? 1000 : 0);
      if (total < (found.total ?? Infinity)) found = { box, side, away, cost, total };
    }
  });
  return found;
}

class Taken {
  constructor(width, height) {
    this.across = Math.ceil(width / CELL) + 1;
    this.down = Math.ceil(height / CELL) + 1;
    this.cells = new Uint8Array(this.across * this.down);
  }

  put(x, y, cost) {
    const [column, row] = [Math.round(x / CELL), Math.round(y / CELL)];
    if (column < 0 || row < 0 || column >= this.across || row >= this.down) return;
    const cell = row * this.across + column;
    this.cells[cell] = Math.max(this.cells[cell], cost);
  }

  line(points, cost) {
    for (let i = 1; i < points.length; i++) {
      const [[a, b], [c, d]] = [points[i - 1], points[i]];
      const steps = Math.min(Math.ceil(Math.hypot(c - a, d - b) / CELL), 4 * this.across) || 1;
      for (let k = 0; k <= steps; k++) this.put(a + ((c - a) * k) / steps, b + ((d - b) * k) / steps, cost);
    }
  }

  box([left, top, width, height], cost) {
    for (let y = top; y <= top + height; y += CELL) for (let x = left; x <= left + width; x += CELL) this.put(x, y, cost);
  }

  cost([left, top, width, height]) {
    let cost = 0;
    for (let row = Math.floor(top / CELL); row <= (top + height) / CELL; row++) {
      for (let column = Math.floor(left / CELL); column <= (left + width) / CELL; column++) {
        if (row >= 0 && column >= 0 && row < this.down && column < this.across) cost += this.cells[row * this.across + column];
      }
    }
    return cost;
  }
}

function written(content, [left, top, width, height], [side], halo) {
  const anchor = { "-1": ["end", left + width], 0: ["middle", left + width / 2], 1: ["start", left] }[side];
  const made = drawn("text", { x: anchor[1], y: top + height - 3, "text-anchor": anchor[0], "font-size": 12, "font-weight": 600, fill: "currentColor" });
  if (halo) for (const [name, value] of Object.entries({ stroke: "var(--explorer-paper)", "stroke-width": 3, "paint-order": "stroke" })) made.setAttribute(name, value);
  made.textContent = content;
  return made;
}

function leader([x, y], [left, top, width, height]) {
  const [a, b] = [Math.min(Math.max(x, left), left + width), Math.min(Math.max(y, top), top + height)];
  return drawn("line", { x1: x, y1: y, x2: a, y2: b, stroke: "currentColor", "stroke-opacity": 0.6 });
}

function drawn(tag, attributes) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}
