/**
 * A network of one hidden layer, trained by SGD with momentum as Keras does it. It sees a batch at once: images are the
 * rows of a matrix, and nearly all the time goes into products of matrices. The last input of each layer is always 1,
 * so that the last row of its weights is the bias.
 */

/** Numbers read as a matrix: `row` and `column` lead from one to the next of each. */
export function matrix(rows, columns, values, row = columns, column = 1) {
  return { rows, columns, values, row, column };
}

function transposed({ rows, columns, values, row, column }) {
  return matrix(columns, rows, values, column, row);
}

/** v ← μ v − η g, then θ ← θ + v */
function descend(theta, v, g, rate, momentum) {
  for (let i = 0; i < theta.length; i++) {
    v[i] = momentum * v[i] - rate * g[i];
    theta[i] += v[i];
  }
}

export class Network {
  /** `floats(n)` makes an array of n zeros, `multiply(out, a, b)` the products. */
  constructor({ floats, multiply }, { inputs, hidden, classes, batch }) {
    const zeros = (rows, columns) => matrix(rows, columns, floats(rows * columns));
    const layer = (inputs, outputs) => ({
      weights: zeros(inputs + 1, outputs),
      gradient: zeros(inputs + 1, outputs),
      velocity: zeros(inputs + 1, outputs),
    });
    Object.assign(this, { multiply, hidden, classes, batch });
    this.layers = [layer(inputs, hidden), layer(hidden, classes)];
    this.x = zeros(batch, inputs + 1); // images
    this.h = zeros(batch, hidden + 1); // what the hidden units make of them
    this.p = zeros(batch, classes); // probabilities
    this.d = zeros(batch, hidden); // what the loss wants of the hidden units
    for (const { values, rows, row } of [this.x, this.h]) for (let i = 1; i <= rows; i++) values[i * row - 1] = 1;
  }

  /** Fresh weights, uniform as Glorot has them, and velocities at rest. `draw()` is uniform in (0, 1). */
  start(draw) {
    for (const { weights, velocity } of this.layers) {
      const inputs = weights.rows - 1;
      const width = Math.sqrt(6 / (inputs + weights.columns));
      weights.values.fill(0);
      velocity.values.fill(0);
      for (let i = 0; i < inputs * weights.columns; i++) weights.values[i] = width * (2 * draw() - 1);
    }
  }

  /** One update. */
  step(images, labels, rate, momentum) {
    this.look(images, labels);
    this.backpropagate(labels);
    for (const { weights, velocity, gradient } of this.layers) descend(weights.values, velocity.values, gradient.values, rate, momentum);
  }

  /** A batch's mean loss, the cross-entropy; leaves each class's probability in p. */
  look(images, labels) {
    const { x, h, p, hidden, layers: [first, second] } = this;
    images.forEach((image, i) => x.values.set(image, i * x.row));
    this.multiply({ ...h, columns: hidden }, x, first.weights);
    for (let i = 0; i < h.values.length; i++) if (h.values[i] < 0) h.values[i] = 0;
    this.multiply(p, h, second.weights);
    return labels.reduce((sum, label, i) => sum + softmax(this.of(i), label), 0) / labels.length;
  }

  /** The scores of an image, and after `look` its probabilities. */
  of(i) {
    return this.p.values.subarray(i * this.classes, (i + 1) * this.classes);
  }

  /** The gradient of that loss, from the last layer to the first. */
  backpropagate(labels) {
    const { x, h, p, d, batch, classes, layers: [first, second] } = this;
    labels.forEach((label, i) => (p.values[i * classes + label] -= 1));
    for (let i = 0; i < p.values.length; i++) p.values[i] /= batch;
    this.multiply(second.gradient, transposed(h), p);
    this.multiply(d, p, transposed({ ...second.weights, rows: d.columns }));
    for (let i = 0; i < d.rows; i++) {
      for (let j = 0; j < d.columns; j++) if (!(h.values[i * h.row + j] > 0)) d.values[i * d.row + j] = 0; // a silent unit passes nothing on
    }
    this.multiply(first.gradient, transposed(x), d);
  }

  /** Mean loss, and the share of images it names right, over as many as fill whole batches. */
  test(images, labels) {
    let [loss, right] = [0, 0];
    for (let from = 0; from < labels.length; from += this.batch) {
      const some = labels.slice(from, from + this.batch);
      loss += (this.look(images.slice(from, from + this.batch), some) * this.batch) / labels.length;
      some.forEach((label, i) => (right += this.of(i)[label] === Math.max(...this.of(i))));
    }
    return { loss, accuracy: right / labels.length };
  }
}

/** Scores become probabilities, in their place; gives −log of the label's. */
function softmax(scores, label) {
  const most = Math.max(...scores);
  const below = most - scores[label];
  let sum = 0;
  for (let k = 0; k < scores.length; k++) sum += scores[k] = Math.exp(scores[k] - most);
  for (let k = 0; k < scores.length; k++) scores[k] /= sum;
  return Math.log(sum) + below;
}
