/* How far the day is: "7 of 12", a tick for each, and the quiet end. */

import { button, byId, count, fill, h, s } from "./dom.js";
import { identifierIn, tellStory } from "./story.js";

const MOST_TICKS = 60;

/** The heading that says how far the day is, and a picture of it. */
export function showProgress(queue, filterWords) {
  const { done, of } = queue.progress;
  byId("progress-label").textContent = of ? `${done.toLocaleString("en")} of ${of.toLocaleString("en")}` : "Today’s queue";
  byId("progress-label").setAttribute("aria-label", of ? `${done} of ${of} decided today` : "Today’s queue");
  ticks(byId("ticks"), done, of);
  byId("sending").hidden = !queue.isBusy;
  const filtered = byId("filtered");
  filtered.hidden = !filterWords;
  if (filterWords) filtered.firstChild?.data !== filterWords && filtered.replaceChildren(filterWords);
}

function ticks(element, done, of) {
  const isCounted = of > 0 && of <= MOST_TICKS;
  const gap = isCounted && of > 1 ? Math.min(0.6, 25 / of) : 0;
  const step = isCounted ? (100 + gap) / of : 100;
  const marks = [];
  if (isCounted) {
    for (let n = 0; n < of; n += 1) {
      marks.push(s("rect", { class: n < done ? "part" : "all", x: (n * step).toFixed(3), width: (step - gap).toFixed(3), height: 4, rx: 0.4 }));
    }
  } else if (of) {
    marks.push(s("rect", { class: "all", width: 100, height: 4 }), s("rect", { class: "part", width: ((100 * done) / of).toFixed(3), height: 4 }));
  }
  element.setAttribute("viewBox", "0 0 100 4");
  element.setAttribute("preserveAspectRatio", "none");
  fill(element, marks);
}

/** Nothing waits any more, or nothing is found. */
export function showEnd(element, queue, { publish, filter }) {
  const { approve, reject, defer } = queue.tally;
  const decided = approve + reject + defer;
  const parts = [
    approve && `${approve} approved`,
    reject && `${reject} rejected`,
    defer && `${defer} left for later`,
  ].filter(Boolean);
  const isDone = !queue.isFiltered && (decided > 0 || queue.progress.done > 0);
  const heading = queue.isFiltered ? (queue.items.length ? "That was all of these" : "Nothing is found") : isDone ? "That was today’s queue" : "Nothing waits";
  const asked = queue.items.length ? "" : identifierIn(queue.filter.text);
  const told = asked ? h("div", { class: "story", role: "status" }) : null;
  if (told) tellStory(told, asked, { withTitle: true });
  fill(
    element,
    h("h2", { id: "end-heading", tabindex: "-1" }, heading),
    h(
      "p",
      { class: "lede" },
      parts.length
        ? `${parts.join(", ")}.`
        : queue.isFiltered
          ? "No paper is as the filters ask."
          : isDone
            ? `${count(queue.progress.done, "paper")} decided today.`
            : "What arXiv announced, and whether all of it came, stands in the ledger.",
    ),
    told,
    h(
      "p",
      { class: "buttons" },
      queue.approved ? button(`Publish ${queue.approved}…`, { class: "strong", onclick: publish }) : null,
      queue.isFiltered
        ? button("Show the whole queue", { class: "quiet", onclick: () => filter({ state: "pending", topic: "", day: "", text: "" }) })
        : button("Look at those for later", { class: "quiet", onclick: () => filter({ state: "deferred", topic: "", day: "", text: "" }) }),
      isDone ? h("a", { href: "/history" }, "History") : h("a", { href: "/ledger" }, "Ledger"),
    ),
  );
}
