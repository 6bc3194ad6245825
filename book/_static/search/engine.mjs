/**
 * Search over sections: one word that matches is enough, rare words and headings count for more, and what the book does
 * not have is named instead of emptying the list.
 */

import MiniSearch from "minisearch";
import { stemmer } from "stemmer";

// Few: "know", "long" and "how" carry meaning in a question, and how rare a word is decides by itself
const STOP = new Set(
  ("a an and are as at be been but by can could did do does for from had has have i if in into is it its me my of on one or should so than that the their " +
    "them then there they this to was we were what when where which who why will with would you your").split(" "),
);
const TOKEN = /[\p{L}\p{N}]+(?:[-_.][\p{L}\p{N}]+)*/gu;
const JOINT = /[-_.]|(?<=\p{Ll})(?=\p{Lu})/u;
const BOOST = { heading: 1.5, path: 0.7, asked: 2 };
const BACKGROUND = /^book\/(?:references|glossary)\.html#/; // short, so that one word weighs much there
const BETWEEN_SENTENCES = /(?<=[.!?][)”’"]?) (?=[^\p{Ll}])/u;
const LONGEST_EXCERPT = 260;

const remembered = new Map(); // a book uses few words, and each often

/** A word and its forms in the index: one_cycle, "one-cycle" and OneCycle meet, by their parts and by the whole without joints. */
function forms(token) {
  if (!remembered.has(token)) {
    const parts = token.split(JOINT).filter(Boolean);
    if (parts.length > 1) parts.push(parts.join(""));
    const wanted = parts.map((part) => part.toLowerCase()).filter((part) => !STOP.has(part));
    remembered.set(token, wanted.map((part) => (/\d/.test(part) ? part : stemmer(part))));
  }
  return remembered.get(token);
}

const tokens = (text) => [...text.normalize("NFKC").replaceAll(/[’']s\b/g, "").matchAll(TOKEN)].map(([token]) => token);
const words = (text) => tokens(text).flatMap(forms);

/** The anchor of most sections; `book/_ext/html_site/search.py` has the same. */
const slug = (heading) => heading.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-").replaceAll(/^-|-$/g, "");

/** Sections as `{id, path, heading, text, asked}`, from the build's list of them for each page. */
export function sectionsOf(pages) {
  return Object.entries(pages).flatMap(([page, rows]) =>
    rows.map(([anchor, path, heading, text, asked]) => ({ id: `${page}#${anchor || slug(heading)}`, path, heading, text, asked })),
  );
}

export class Search {
  constructor(pages) {
    const sections = sectionsOf(pages);
    this.sections = sections;
    this.known = new Set();
    const learn = (text) => words(text).map((word) => this.known.add(word) && word);
    this.index = new MiniSearch({ fields: ["heading", "path", "text", "asked"], tokenize: learn, processTerm: (term) => term });
    this.index.addAll(sections.map((section, id) => ({ ...section, id, path: section.path.join(" ") })));
  }

  /** The best sections with an excerpt each, and the question's words that the book does not have. */
  ask(question, count = 10) {
    const asked = tokens(question);
    const missing = [...new Set(asked.filter((token) => forms(token).some((form) => !this.known.has(form))))];
    const last = asked.length && forms(asked.at(-1)).at(-1);
    const found = this.index.search(question, {
      combineWith: "OR",
      tokenize: words,
      boost: BOOST,
      boostDocument: (id) => (BACKGROUND.test(this.sections[id].id) ? 0.6 : 1),
      // Only words that the book does not have: else "rate" would also find "race". The last may still be being typed.
      fuzzy: (term) => term.length > 4 && !this.known.has(term) && 0.2,
      prefix: (term) => term.length > 2 && term === last && !this.known.has(term),
      bm25: { k: 1.2, b: 0.75, d: 0.5 },
    });
    const results = found.slice(0, count).map(({ id, terms }) => {
      const { id: address, path, heading, text } = this.sections[id];
      return { address, path, heading, excerpt: excerpt(text, new Set(terms)) };
    });
    return { results, missing };
  }
}

/** The two sentences in a row that have most of the words, as pieces `[text, whether it matches]`. */
function excerpt(text, wanted) {
  const sentences = text.split(BETWEEN_SENTENCES);
  const hits = sentences.map((sentence) => new Set(words(sentence).filter((word) => wanted.has(word))));
  const worth = (at) => new Set([...hits[at], ...(hits[at + 1] ?? [])]).size + hits[at].size / 10;
  const best = sentences.reduce((top, _, at) => (worth(at) > worth(top) ? at : top), 0);
  return marked(shortened(sentences.slice(best, best + 2).join(" "), wanted), wanted);
}

/** Cut at words' ends, so that the first match is in sight. */
function shortened(text, wanted) {
  if (text.length <= LONGEST_EXCERPT) return text;
  const first = [...text.matchAll(TOKEN)].find(([token]) => forms(token).some((form) => wanted.has(form)))?.index ?? 0;
  const from = first > LONGEST_EXCERPT / 2 ? text.lastIndexOf(" ", first - LONGEST_EXCERPT / 4) + 1 : 0;
  const cut = text.slice(from, from + LONGEST_EXCERPT);
  const end = from + LONGEST_EXCERPT < text.length;
  return `${from ? "… " : ""}${end ? `${cut.replace(/\s\S*$/, "")} …` : cut}`;
}

function marked(text, wanted) {
  const pieces = [];
  let end = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (!forms(token).some((form) => wanted.has(form))) continue;
    pieces.push([text.slice(end, index), false], [token, true]);
    end = index + token.length;
  }
  return [...pieces, [text.slice(end), false]].filter(([piece]) => piece);
}
