/** Fetches the sections, builds the index and answers questions, so that the page stays free to be typed into. */

import { Search } from "./engine.mjs";

let search = start(); // ahead of the first question

addEventListener("message", async ({ data: { ticket, question } }) => {
  search ??= start();
  try {
    postMessage({ ticket, ...(await search).ask(question) });
  } catch (error) {
    search = undefined; // the next question tries again: the network may be back
    postMessage({ ticket, error: String(error) });
  }
});

async function start() {
  const response = await fetch(new URL("sections.json", import.meta.url));
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
  return new Search(await response.json());
}
