/* Changes on their way to the server: one after the other, in the order they were made. */

import { Problem } from "./api.js";

const QUIET_MS = 700;

export class Sender {
  #chain = Promise.resolve();
  #unsent = new Map();
  #outage = {};
  #quiet = null;

  /** `sent` is called after each change, `quiet` once nothing has been sent for a moment. */
  constructor({ sent, quiet }) {
    this.sent = sent;
    this.quiet = quiet;
  }

  get isBusy() {
    return this.#unsent.size > 0;
  }

  /** How many changes of a candidate are not answered yet. */
  unsent(arxivId) {
    return this.#unsent.get(arxivId) ?? 0;
  }

  /** Everything that was asked for until now has been answered. */
  settled() {
    return this.#chain;
  }

  /** Does `work` after all before it, or calls `failed`; when the server is gone, those behind fail with the first. */
  send(arxivId, work, failed) {
    this.#unsent.set(arxivId, this.unsent(arxivId) + 1);
    clearTimeout(this.#quiet);
    const outage = this.#outage;
    this.#chain = this.#chain.then(async () => {
      try {
        if (outage !== this.#outage) throw outage.error;
        await work();
      } catch (error) {
        const problem =
          error instanceof Problem ? error : new Problem(`this page made a mistake (${error.message})`, { status: -1 });
        if (problem.isUnreachable && outage === this.#outage) {
          outage.error = problem;
          this.#outage = {};
        }
        failed(problem);
      }
      const rest = this.unsent(arxivId) - 1;
      if (rest) this.#unsent.set(arxivId, rest);
      else this.#unsent.delete(arxivId);
      this.sent();
      if (!this.isBusy) this.#quiet = setTimeout(this.quiet, QUIET_MS);
    });
  }
}
