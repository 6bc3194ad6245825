/** Questions to a worker, and promises of their answers; every worker of the book is spoken to so. */

/** The page's side: ask(question, ...words). */
export function asker(worker) {
  const unanswered = new Map();
  let asked = 0;
  worker.addEventListener("message", ({ data: [ticket, answer, error] }) => {
    const { resolve, reject } = unanswered.get(ticket);
    unanswered.delete(ticket);
    if (error) reject(new Error(error));
    else resolve(answer);
  });
  worker.addEventListener("error", ({ message }) => unanswered.forEach(({ reject }) => reject(new Error(message))));
  return (...question) =>
    new Promise((resolve, reject) => {
      unanswered.set(++asked, { resolve, reject });
      worker.postMessage([asked, ...question]);
    });
}

/** The worker's side: a function for each question. */
export function answering(answers) {
  addEventListener("message", async ({ data: [ticket, question, ...words] }) => {
    try {
      postMessage([ticket, await answers[question](...words)]);
    } catch (error) {
      postMessage([ticket, null, String(error)]);
    }
  });
}
