/* The queue as this page knows it.

   A decision is shown at once and sent after it, one change after the other in the order they were
   made. What fails comes back to its place; what somebody else decided first stays theirs. Knows no
   element of the page: whoever shows it is told by `onchange` and `ontold`. */

import { change, get, paths } from "./api.js";
import { dropDraft } from "./drafts.js";
import { Sender } from "./sender.js";

const [PAGE, MOST_AT_ONCE, AHEAD] = [50, 200, 2];

/** States in which a candidate may be decided. */
export const OPEN = new Set(["pending", "deferred", "expired"]);
const STATE_AFTER = { approve: "approved", reject: "rejected", defer: "deferred" };

export class Queue {
  filter = { state: "pending", topic: "", day: "", text: "" };
  items = [];
  total = 0;
  progress = { done: 0, of: 0 };
  topics = [];
  days = [];
  approved = 0;
  /** The candidate in focus, "" at the end of the queue. */
  current = "";
  /** The topic chosen for a candidate and not sent yet. */
  chosen = new Map();
  /** How many of what was decided on this page were given which verdict. */
  tally = { approve: 0, reject: 0, defer: 0 };

  #known = new Map();
  #cards = new Map();
  #asked = new Map();
  #mine = [];
  #sender = new Sender({ sent: () => this.onchange("sent"), quiet: () => this.refresh() });
  #edition = 0;
  #loading = 0;

  constructor({ onchange, ontold }) {
    this.onchange = onchange;
    this.ontold = ontold;
  }

  // -- what is there -------------------------------------------------------

  get isBusy() {
    return this.#sender.isBusy;
  }

  item(arxivId = this.current) {
    return this.#known.get(arxivId) ?? null;
  }

  card(arxivId = this.current) {
    return this.#cards.get(arxivId) ?? null;
  }

  /** Whether a decision about it is still to be made. */
  waits(item) {
    return !item.outcome && OPEN.has(item.state);
  }

  get isFiltered() {
    const { state, topic, day, text } = this.filter;
    return state !== "pending" || Boolean(topic || day || text);
  }

  topicOf(arxivId = this.current) {
    return this.chosen.get(arxivId) ?? this.card(arxivId)?.topic ?? this.item(arxivId)?.topic ?? "";
  }

  // -- reading -------------------------------------------------------------

  /** Reads the queue anew. A slower answer to an older question is dropped. */
  async load(filter = this.filter, wanted = "") {
    const turn = ++this.#loading;
    this.filter = { ...filter };
    let answer;
    let edition;
    do {
      edition = this.#edition;
      await this.settled();
      answer = await get("/api/queue", { ...this.filter, limit: PAGE });
      if (turn !== this.#loading) return;
      // What was decided while it was on its way is not in it yet.
    } while (edition !== this.#edition);
    this.#take(answer);
    this.items = answer.items.map((item) => this.#kept(item));
    const isThere = this.items.some((item) => item.arxiv_id === wanted);
    this.current = isThere ? wanted : this.items[0]?.arxiv_id ?? "";
    if (wanted && !isThere) await this.#find(wanted);
    this.onchange("load");
    this.#fetchAround();
    this.#countApproved();
  }

  async #find(arxivId) {
    // A paper named in the address is shown, whatever the filter says.
    try {
      this.#insert(this.#kept(itemOf(this.#keep(await get(paths.candidate(arxivId)), 0))));
    } catch {
      return;
    }
    this.current = arxivId;
  }

  /** More of the queue, where there is more. */
  async more() {
    await this.settled();
    const turn = this.#loading;
    const offset = this.items.filter((item) => !item.outcome).length;
    const answer = await get("/api/queue", { ...this.filter, offset, limit: PAGE });
    if (turn !== this.#loading) return; // Another filter was chosen meanwhile.
    const known = new Set(this.items.map((item) => item.arxiv_id));
    this.#take(answer);
    this.items.push(...answer.items.filter((item) => !known.has(item.arxiv_id)).map((item) => this.#kept(item)));
    this.onchange("list");
  }

  get hasMore() {
    return this.items.filter((item) => !item.outcome).length < this.total;
  }

  /** What others did since, without moving anything under the reader's eyes. */
  async refresh() {
    if (this.isBusy) return;
    const edition = this.#edition;
    const turn = this.#loading;
    const limit = Math.min(Math.max(this.items.length, PAGE), MOST_AT_ONCE);
    let answer;
    try {
      answer = await get("/api/queue", { ...this.filter, limit });
    } catch {
      return; // Nobody asked for it; what a person asks for will say what is wrong.
    }
    if (edition !== this.#edition || turn !== this.#loading) return;
    this.#take(answer);
    const fresh = new Map(answer.items.map((item) => [item.arxiv_id, item]));
    const isAll = answer.items.length >= answer.total;
    for (const item of this.items) {
      const now = fresh.get(item.arxiv_id);
      fresh.delete(item.arxiv_id);
      if (now) {
        const card = this.#cards.get(item.arxiv_id);
        if (item.outcome !== "elsewhere" || now.revision !== item.revision) delete item.outcome;
        Object.assign(item, now);
        if (card && card.revision !== now.revision) this.#cards.delete(item.arxiv_id);
      } else if (isAll && !item.outcome) {
        item.outcome = "elsewhere";
        this.#cards.delete(item.arxiv_id);
      }
    }
    for (const item of fresh.values()) this.#insert(this.#kept(item));
    if (!this.current) this.current = this.items.find((item) => this.waits(item))?.arxiv_id ?? "";
    this.onchange("refresh");
    this.#fetchAround();
    this.#countApproved();
  }

  /** The whole card of a candidate, from the server if it is not at hand. */
  async fetch(arxivId, { anew = false } = {}) {
    if (!anew && this.#cards.has(arxivId)) return this.#cards.get(arxivId);
    if (!this.#asked.has(arxivId)) {
      const asked = get(paths.candidate(arxivId)).finally(() => this.#asked.delete(arxivId));
      this.#asked.set(arxivId, asked);
    }
    return this.#keep(await this.#asked.get(arxivId), 0);
  }

  #fetchAround() {
    const from = this.items.findIndex((item) => item.arxiv_id === this.current);
    const next = this.items.filter((item, index) => index > from && this.waits(item)).slice(0, AHEAD);
    for (const arxivId of [this.current, ...next.map((item) => item.arxiv_id)].filter(Boolean)) {
      this.fetch(arxivId).then(
        () => arxivId === this.current && this.onchange("card"),
        (error) => arxivId === this.current && this.ontold("unread", { arxivId, error }),
      );
    }
    if (this.hasMore && from > this.items.length - 10) this.more().catch(() => {});
  }

  async #countApproved() {
    try {
      const answer = await get("/api/queue", { state: "approved", limit: 1 });
      if (!this.isBusy) this.approved = answer.total;
    } catch {
      return;
    }
    this.onchange("counts");
  }

  // -- moving --------------------------------------------------------------

  /** Puts a candidate in focus, also one that the filter does not find. */
  async show(arxivId) {
    if (this.items.some((item) => item.arxiv_id === arxivId)) this.current = arxivId;
    else await this.#find(arxivId);
    this.onchange("move");
    this.#fetchAround();
  }

  /** Moves by one; stays at either end. */
  step(by) {
    const from = this.items.findIndex((item) => item.arxiv_id === this.current);
    const to = from < 0 ? (by < 0 ? this.items.length - 1 : 0) : from + by;
    if (!this.items[to]) return false;
    this.show(this.items[to].arxiv_id);
    return true;
  }

  // -- deciding ------------------------------------------------------------

  /**
   * One decision about the candidate in focus: the next one is in focus when this returns.
   *
   * `edit` is what was typed and not saved: it is saved first, so that what was seen is what is approved.
   */
  decide(verdict, { reason = "", edit = null } = {}) {
    const item = this.item();
    if (!item) return null;
    const arxivId = item.arxiv_id;
    const topic = verdict === "approve" ? this.chosen.get(arxivId) ?? "" : "";
    const before = item.state;
    item.outcome = verdict;
    this.#count(verdict, 1);
    this.#mine.push(arxivId);
    this.current = this.#nextAfter(item)?.arxiv_id ?? "";
    this.#send(
      arxivId,
      async () => {
        let revision = await this.#revision(arxivId);
        if (edit) {
          revision = this.#keep(await change("PUT", paths.entry(arxivId), { ...edit, revision })).revision;
          dropDraft(arxivId);
        }
        this.#keep(await change("POST", paths.decision(arxivId), { verdict, topic, reason, revision }));
        this.chosen.delete(arxivId);
      },
      (error) => {
        this.#count(verdict, -1);
        this.#mine = this.#mine.filter((each) => each !== arxivId);
        delete item.outcome;
        item.state = before;
        this.#comeBack(item, error, { verdict, again: { reason, edit } });
      },
    );
    this.onchange("decided");
    this.#fetchAround();
    return item;
  }

  /** What an undo would take back: the paper in focus if it is decided, else the last one decided on this page. */
  undoable() {
    const inFocus = this.item();
    const decided = inFocus && (inFocus.outcome && inFocus.outcome !== "elsewhere" ? true : !OPEN.has(inFocus.state));
    const later = inFocus?.state === "deferred" && !this.#mine.length;
    const arxivId = decided || later ? inFocus.arxiv_id : this.#mine.at(-1);
    return arxivId ? this.item(arxivId) : null;
  }

  takeBack(arxivId) {
    const item = this.item(arxivId);
    if (!item) return null;
    if (!this.items.includes(item)) this.#insert(item);
    const { outcome, state } = item;
    const mine = this.#mine;
    const verdict = outcome in STATE_AFTER ? outcome : Object.keys(STATE_AFTER).find((key) => STATE_AFTER[key] === state);
    delete item.outcome;
    if (STATE_AFTER[verdict]) item.state = "pending";
    this.#mine = mine.filter((each) => each !== arxivId);
    this.#count(verdict, -1);
    this.current = arxivId;
    this.#send(
      arxivId,
      async () => {
        this.#keep(await change("POST", paths.undo(arxivId), { revision: await this.#revision(arxivId) }));
      },
      (error) => {
        Object.assign(item, { state, ...(outcome ? { outcome } : {}) });
        if (outcome) this.#mine = mine;
        this.#count(verdict, 1);
        if (error.candidate) this.#keep(error.candidate);
        this.ontold("not-undone", { item, error });
      },
    );
    this.onchange("undone");
    this.#fetchAround();
    return item;
  }

  /** Keeps what was typed; resolves with the card as it is then. */
  save(arxivId, edit) {
    return new Promise((resolve, reject) => {
      this.#send(
        arxivId,
        async () => {
          const revision = await this.#revision(arxivId);
          const card = this.#keep(await change("PUT", paths.entry(arxivId), { ...edit, revision }));
          if (edit.topic) this.chosen.delete(arxivId);
          resolve(card);
        },
        (error) => {
          if (error.candidate) this.#keep(error.candidate);
          reject(error);
        },
      );
      this.onchange("saving");
    });
  }

  /** Everything that was decided here has been sent. */
  settled() {
    return this.#sender.settled();
  }

  // -- within --------------------------------------------------------------

  #nextAfter(item) {
    const from = this.items.indexOf(item);
    const isNext = (each, index) => index > from && this.waits(each);
    return this.items.find(isNext) ?? this.items.find((each) => this.waits(each));
  }

  #count(verdict, by) {
    this.#edition += 1;
    if (!(verdict in this.tally)) return;
    if (this.filter.state) this.total = Math.max(this.total - by, 0);
    this.tally[verdict] = Math.max(this.tally[verdict] + by, 0);
    this.progress.done = Math.max(this.progress.done + by, 0);
    this.progress.of = Math.max(this.progress.of, this.progress.done);
    if (verdict === "approve") this.approved = Math.max(this.approved + by, 0);
  }

  #comeBack(item, error, told) {
    const card = error.candidate;
    if (card) {
      this.#keep(card);
      this.chosen.delete(item.arxiv_id);
      if (!OPEN.has(card.state)) item.outcome = "elsewhere";
    }
    if (!this.current && this.waits(item)) this.current = item.arxiv_id;
    this.ontold(item.outcome === "elsewhere" ? "first" : "back", { item, error, card, ...told });
    this.onchange("back");
    this.#fetchAround();
  }

  #send(arxivId, work, failed) {
    this.#edition += 1;
    this.#sender.send(arxivId, work, failed);
  }

  async #revision(arxivId) {
    return this.#cards.get(arxivId)?.revision ?? this.item(arxivId)?.revision ?? (await this.fetch(arxivId)).revision;
  }

  #take(answer) {
    this.total = answer.total;
    this.progress = { ...answer.progress };
    this.topics = answer.topics;
    this.days = answer.days;
  }

  #kept(item) {
    const card = this.#cards.get(item.arxiv_id);
    if (card && card.revision !== item.revision) this.#cards.delete(item.arxiv_id);
    const kept = { ...item };
    this.#known.set(kept.arxiv_id, kept);
    return kept;
  }

  /** Keeps a card; `own` is how many unsent changes it is the answer to: none for one that was only read. */
  #keep(card, own = 1) {
    const known = this.#cards.get(card.arxiv_id);
    if (known && known.revision > card.revision) return known;
    this.#cards.set(card.arxiv_id, card);
    const item = this.item(card.arxiv_id);
    if (!item) return card;
    item.revision = card.revision;
    // What was decided since and is not sent yet is newer than any answer.
    if (this.#sender.unsent(card.arxiv_id) <= own) Object.assign(item, { topic: card.topic, state: card.state });
    return card;
  }

  #insert(item) {
    const at = this.items.findIndex((each) => each.relevance < item.relevance);
    this.items.splice(at < 0 ? this.items.length : at, 0, item);
  }
}

function itemOf(card) {
  const { arxiv_id, title, topic, relevance, state, audit, announced, revision } = card;
  return { arxiv_id, title, topic, relevance, state, audit, announced, revision };
}
