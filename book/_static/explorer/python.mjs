/** The page's side of its Python: questions to the worker, and promises of their answers. */

const unanswered = new Map();
let asked = 0;
let worker;

/** An explorer, with these files of the package in place and its record. */
export async function load(name, files, record) {
  await ask("load", name, files, record);
  return {
    describe: async () => JSON.parse(await ask("describe", name)),
    render: async (values) => JSON.parse(await ask("render", name, JSON.stringify(values))),
  };
}

function ask(...question) {
  worker ??= start();
  return new Promise((resolve, reject) => {
    unanswered.set(++asked, { resolve, reject });
    worker.postMessage([asked, ...question]);
  });
}

function start() {
  const started = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  started.addEventListener("message", ({ data: [ticket, answer, error] }) => {
    const { resolve, reject } = unanswered.get(ticket);
    unanswered.delete(ticket);
    if (error) reject(new Error(error));
    else resolve(answer);
  });
  started.addEventListener("error", (event) => unanswered.forEach(({ reject }) => reject(new Error(event.message))));
  return started;
}
