/* The list of the queue beside the paper: filters, every candidate, and one verdict for all that is found. */

import { byId, count, dayWords, fill, h, icon, percent } from "./dom.js";

const TYPING_MS = 250;
const SIGN = { approve: "yes", reject: "no", defer: "later", elsewhere: "yes" };
const SAID = { approve: "approved", reject: "rejected", defer: "for later", elsewhere: "decided by somebody else" };
const STATE_SIGN = { approved: "yes", rejected: "no", deferred: "later", published: "yes" };
const STATES = {
  pending: "waiting", deferred: "for later", approved: "approved", rejected: "rejected", published: "published",
  expired: "expired", "": "in all states",
};

export class ListPanel {
  #queue;
  #ask;
  #timer = null;
  #opener = null;

  /** `ask.filter(filter)`, `ask.show(arxivId)`, `ask.bulk(verdict, count)`, `ask.more()` do what is asked for. */
  constructor(queue, ask) {
    this.#queue = queue;
    this.#ask = ask;
    const form = byId("filters");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#now();
      const first = byId("items").querySelector("button");
      if (first) first.focus();
    });
    byId("f-text").addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#now(), TYPING_MS);
    });
    for (const id of ["f-state", "f-topic", "f-day"]) byId(id).addEventListener("change", () => this.#now());
    form.addEventListener("reset", () => setTimeout(() => this.#now()));
    byId("close-list").addEventListener("click", () => this.close());
    byId("more").addEventListener("click", () => this.#ask.more());
    byId("list").addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      this.close();
    });
    for (const each of byId("bulk").querySelectorAll("button")) {
      each.addEventListener("click", () => this.#ask.bulk(each.dataset.verdict, this.#queue.total));
    }
  }

  get isOpen() {
    return !byId("list").hidden;
  }

  open(focus = "close-list") {
    if (!this.isOpen) this.#opener = document.activeElement;
    byId("list").hidden = false;
    document.body.classList.add("with-list");
    byId("open-list").setAttribute("aria-expanded", "true");
    const element = focus === "current" ? byId("items").querySelector("[aria-current]") ?? byId("close-list") : byId(focus);
    element.focus();
    if (focus === "f-text") byId("f-text").select();
  }

  close() {
    if (!this.isOpen) return;
    const hadFocus = byId("list").contains(document.activeElement);
    byId("list").hidden = true;
    document.body.classList.remove("with-list");
    byId("open-list").setAttribute("aria-expanded", "false");
    if (hadFocus) (this.#opener?.isConnected && this.#opener !== document.body ? this.#opener : byId("main")).focus({ preventScroll: true });
  }

  /** The filter as words: "topic Privacy, with “survey”"; "" for none. */
  words() {
    const { state, topic, day, text } = this.#queue.filter;
    return [
      state === "pending" ? "" : STATES[state],
      topic && `topic ${topic}`,
      day && `of ${dayWords(day)}`,
      text && `with “${text}”`,
    ].filter(Boolean).join(", ");
  }

  show() {
    const queue = this.#queue;
    this.#options("f-topic", "every topic", queue.topics.map(({ topic, count: number }) => [topic, `${topic} (${number})`]), queue.filter.topic);
    this.#options("f-day", "every day", queue.days.map(({ day, count: number }) => [day, `${dayWords(day)} (${number})`]), queue.filter.day);
    byId("f-state").value = queue.filter.state;
    if (document.activeElement !== byId("f-text")) byId("f-text").value = queue.filter.text;
    byId("clear-filters").hidden = !queue.isFiltered;
    byId("found").textContent = `${count(queue.total, "paper")} ${STATES[queue.filter.state]}`;
    this.#items();
    byId("more").hidden = !queue.hasMore;
    const canDecide = ["pending", "deferred", "expired"].includes(queue.filter.state) && queue.total > 1;
    byId("bulk").hidden = !canDecide;
    if (canDecide) byId("bulk-label").textContent = `All ${queue.total.toLocaleString("en")} found at once:`;
  }

  #items() {
    const list = byId("items");
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : "";
    fill(list, this.#queue.items.map((item) => h("li", {}, this.#row(item))));
    if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  }

  #row(item) {
    const sign = SIGN[item.outcome] ?? STATE_SIGN[item.state];
    const said = SAID[item.outcome] ?? (item.state === "pending" ? "" : STATES[item.state]);
    return h(
      "button",
      {
        type: "button",
        class: sign ? "row done" : "row",
        "data-id": item.arxiv_id,
        "aria-current": item.arxiv_id === this.#queue.current ? "true" : null,
        onclick: () => this.#ask.show(item.arxiv_id),
      },
      h("span", { class: "row-sign" }, sign ? icon(sign) : h("span", { class: "value" }, percent(item.relevance))),
      h(
        "span",
        { class: "row-text" },
        h("span", { class: "row-title" }, item.title),
        h("span", { class: "row-topic" }, item.topic, said ? `, ${said}` : ""),
      ),
    );
  }

  #options(id, any, options, chosen) {
    const select = byId(id);
    if (document.activeElement === select) return;
    // A filter that finds nothing any more stays to be seen.
    if (chosen && !options.some(([value]) => value === chosen)) options.push([chosen, `${chosen} (0)`]);
    fill(select, h("option", { value: "" }, any), options.map(([value, label]) => h("option", { value }, label)));
    select.value = chosen;
  }

  #now() {
    clearTimeout(this.#timer);
    const filter = {
      state: byId("f-state").value, topic: byId("f-topic").value, day: byId("f-day").value, text: byId("f-text").value.trim(),
    };
    this.#ask.filter(filter);
  }
}
