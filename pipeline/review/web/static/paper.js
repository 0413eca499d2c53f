/* The paper as its authors and arXiv tell it: the left column. */

import { away, button, day, fill, h, moment, paperUrl, pastOf } from "./dom.js";
import { marked } from "./words.js";

const ANNOUNCED_AS = { new: "new", cross: "cross-list", replace: "replacement" };

/** Shows a card, or only what the list knows of it while the card is on its way. */
export function showPaper(element, { item, card, undo }) {
  fill(
    element,
    card && banner(card, undo),
    h(
      "p",
      { class: "origin" },
      away(paperUrl(item.arxiv_id), `arXiv ${item.arxiv_id}`),
      card?.categories.map((category) => h("span", { class: "category" }, category)),
      h("span", {}, card ? `${ANNOUNCED_AS[card.announce_type] ?? card.announce_type}, ` : "", day(item.announced)),
      item.audit
        ? h("span", { class: "audit", title: "Drawn at random from below the cut, to learn what is missed" }, "random check")
        : null,
    ),
    h("h2", { id: "title", tabindex: "-1" }, item.title),
    card ? details(card) : h("p", { class: "soft" }, "Reading the paper…"),
  );
}

function details(card) {
  const { accepted, words_for: wordsFor, words_against: wordsAgainst } = card.evidence;
  return [
    h("p", { class: "authors" }, people(card)),
    card.comment
      ? h("p", { class: "comment" }, h("span", { class: "label" }, "Comment"), " ", withAccepted(card.comment, accepted))
      : null,
    h("h3", { class: "unseen" }, "Abstract"),
    card.abstract
      ? h("p", { class: "abstract" }, marked(card.abstract, wordsFor, wordsAgainst))
      : h("p", { class: "abstract soft" }, "No abstract was delivered: judged by the title alone."),
    card.abstract && (wordsFor.length || wordsAgainst.length)
      ? h(
          "p",
          { class: "legend" },
          h("mark", { class: "for" }, "speaks for it"),
          h("mark", { class: "against" }, "speaks against it"),
        )
      : null,
  ];
}

function people(card) {
  const listed = new Set(card.evidence.listed_authors.map((name) => name.replace(/ \(\d+\)$/u, "")));
  return card.authors.flatMap((name, index) => [
    index ? ", " : "",
    listed.has(name) ? h("span", { class: "listed", title: "stands in the list already" }, name, h("span", { class: "unseen" }, " (in the list)")) : name,
  ]);
}

function withAccepted(comment, accepted) {
  const at = accepted ? comment.indexOf(accepted) : -1;
  if (at < 0) return comment;
  return [comment.slice(0, at), h("strong", {}, accepted), comment.slice(at + accepted.length)];
}

const STANDS = {
  deferred: "left for later",
  approved: "approved, waits to be published",
  rejected: "rejected",
  published: "published",
  expired: "expired: nobody decided in time",
};

/** Where a candidate stands that is not simply waiting, and who put it there. */
function banner(card, undo) {
  if (!STANDS[card.state]) return null;
  const last = card.history.at(-1);
  const undoLabel = { approved: "Undo", rejected: "Undo", deferred: "Undo", published: "Take out of the list…" }[card.state];
  return h(
    "div",
    { class: "banner" },
    h(
      "p",
      {},
      h("strong", {}, STANDS[card.state]),
      card.reviewer ? ` by ${card.reviewer}` : "",
      card.decided_at ? [", ", moment(card.decided_at)] : "",
      last?.reason && pastOf(last.verdict) === STANDS[card.state] ? `: “${last.reason}”` : "",
    ),
    undoLabel ? button(undoLabel, { class: "quiet", onclick: undo }, "undo") : null,
  );
}
