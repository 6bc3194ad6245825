/**
 * Saves an explorer's figure as a picture: what is on the page, where it is on the page, with its title above and its words,
 * settings and address below. It is drawn by the browser itself, from an SVG whose colours are those of this moment.
 */

const SVG = "http://www.w3.org/2000/svg";
const DENSITY = 2; // pixels for each of the page's
const [EDGE, GAP] = [24, 14];
const [TITLE, TEXT, SMALL] = [22, 14, 12]; // pixels high
const LINE = 1.45;

export async function save(name, page, settings) {
  const picture = compose(page, settings);
  const blob = await paint(picture);
  const link = document.createElement("a");
  Object.assign(link, { href: URL.createObjectURL(blob), download: `${name}.png` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function compose({ root, view, panels, legend, summary }, settings) {
  const box = view.getBoundingClientRect();
  const look = getComputedStyle(root);
  const picture = made("svg", { xmlns: SVG, "font-family": look.fontFamily, fill: look.color, color: look.color });
  const width = box.width + 2 * EDGE;
  let top = EDGE;
  const write = (words, size, weight, opacity = 1) => {
    for (const line of wrapped(words, `${weight} ${size}px ${look.fontFamily}`, box.width)) {
      picture.append(written(line, EDGE, top + size, size, weight, opacity));
      top += size * LINE;
    }
    top += GAP;
  };
  write(root.querySelector(".explorer-title").textContent, TITLE, 600);
  const offset = [EDGE - box.left, top - panels.getBoundingClientRect().top];
  for (const part of view.querySelectorAll("figcaption, svg, li, .explorer-handle")) picture.append(...copied(part, offset));
  top += legend.getBoundingClientRect().bottom - panels.getBoundingClientRect().top + GAP;
  write(summary.textContent, TEXT, 400);
  write(settings.join(" · "), SMALL, 400, 0.8);
  write(`${document.title} · ${address()}`, SMALL, 400, 0.8);
  const height = Math.ceil(top - GAP + EDGE);
  picture.prepend(made("rect", { width, height, fill: getComputedStyle(view).backgroundColor }));
  for (const [key, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) picture.setAttribute(key, value);
  return picture;
}

function address() {
  return document.querySelector("link[rel=canonical]")?.href ?? location.origin + location.pathname;
}

/** A part of the page at its place. */
function copied(part, [right, down]) {
  const { left, top, width, height } = part.getBoundingClientRect();
  if (!width) return [];
  if (part.matches("svg")) {
    const copy = part.cloneNode(true);
    const originals = [part, ...part.querySelectorAll("*")];
    [copy, ...copy.querySelectorAll("*")].forEach((each, index) => {
      const { fill, stroke } = getComputedStyle(originals[index]);
      each.removeAttribute("style");
      each.setAttribute("fill", fill);
      each.setAttribute("stroke", stroke);
    });
    for (const [key, value] of Object.entries({ x: left + right, y: top + down, width, height, overflow: "visible" })) copy.setAttribute(key, value);
    return [copy];
  }
  if (part.matches(".explorer-handle")) {
    return [made("circle", { cx: left + right + width / 2, cy: top + down + height / 2, r: 8, fill: getComputedStyle(part, "::after").backgroundColor })];
  }
  const { fontSize, fontWeight } = getComputedStyle(part);
  const size = parseFloat(fontSize);
  const words = part.matches("li") ? part.dataset.curve : part.textContent;
  const indent = part.matches("li") ? part.querySelector("svg").getBoundingClientRect().right - left + 8 : 0;
  const lines = wrapped(words, `${fontWeight} ${size}px ${getComputedStyle(part).fontFamily}`, width - indent + 2);
  return lines.map((line, index) => written(line, left + right + indent, top + down + size * (1.15 + index * LINE), size, fontWeight, 1));
}

function wrapped(words, font, width) {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = font;
  const lines = [""];
  for (const word of words.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (!lines.at(-1) || pen.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function written(words, x, y, size, weight, opacity) {
  const text = made("text", { x, y, "font-size": size, "font-weight": weight, "fill-opacity": opacity });
  text.textContent = words;
  return text;
}

async function paint(picture) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(new XMLSerializer().serializeToString(picture))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: DENSITY * image.width, height: DENSITY * image.height });
  const pen = canvas.getContext("2d");
  pen.scale(DENSITY, DENSITY);
  pen.drawImage(image, 0, 0);
  return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
}

function made(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
