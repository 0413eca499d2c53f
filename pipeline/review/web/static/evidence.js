/* What the scores are and what they rest on: relevance, topic with its alternatives, evidence. */

import { away, byId, fill, h, moment, paperUrl, pastOf, percent, share } from "./dom.js";
import { tellStory } from "./story.js";

const NUMBERED = 9;
const ALWAYS = 3;
const LEAST = 0.005;

/** The topics that have a number, likeliest first: what keys 1 to 9 choose. */
export function numberedTopics(card) {
  const likely = card.topics.map((each) => each.topic);
  const all = [...new Set([...card.choices, ...likely, card.topic])];
  const probability = new Map(card.topics.map((each) => [each.topic, each.probability]));
  return all
    .map((topic) => ({ topic, probability: probability.get(topic) ?? null, isChoice: card.choices.includes(topic) }))
    .sort((a, b) => (b.probability ?? -1) - (a.probability ?? -1))
    // Beyond the first, those of next to no probability only take up room.
    .filter((each, rank) => rank < ALWAYS || each.isChoice || each.topic === card.topic || each.probability >= LEAST)
    .slice(0, NUMBERED);
}

/** Relevance, and the topics to choose from. */
export function showVerdict(element, { card, topic, choose }) {
  const numbered = numberedTopics(card);
  const others = card.all_topics.filter((each) => !numbered.some((known) => known.topic === each));
  const isOther = !numbered.some((each) => each.topic === topic);
  fill(
    element,
    h(
      "div",
      { class: "relevance" },
      h("p", {}, h("span", { class: "big" }, percent(card.relevance)), " ", h("span", { class: "soft" }, "relevance")),
      share(card.relevance),
      h("p", { class: "soft small" }, card.audit ? "a random check of what is left out" : "how likely this list takes it in"),
    ),
    h(
      "fieldset",
      { class: "topics" },
      h("legend", {}, card.choices.length > 1 ? "Topic: not sure" : "Topic"),
      numbered.map((each, index) =>
        h(
          "label",
          { class: "topic" },
          h("input", {
            type: "radio", name: "topic", value: each.topic, checked: each.topic === topic,
            "aria-keyshortcuts": String(index + 1), onchange: () => choose(each.topic),
          }),
          h("kbd", { "aria-hidden": "true" }, String(index + 1)),
          h("span", { class: "name" }, each.topic),
          each.probability === null
            ? h("span", { class: "value soft" }, "chosen")
            : [share(each.probability), h("span", { class: "value" }, percent(each.probability))],
        ),
      ),
      others.length
        ? h(
            "p",
            { class: "other" },
            h("label", { for: "other-topic", class: "unseen" }, "Another topic"),
            h(
              "select",
              { id: "other-topic", onchange: (event) => event.target.value && choose(event.target.value) },
              h("option", { value: "", selected: !isOther }, "another topic…"),
              others.map((each) => h("option", { value: each, selected: each === topic }, each)),
            ),
          )
        : null,
    ),
  );
}

/** Ticks the chosen topic without making anything anew, so that the focus stays. */
export function tickTopic(element, topic) {
  for (const radio of element.querySelectorAll("input[name=topic]")) radio.checked = radio.value === topic;
  const other = byId("other-topic");
  if (other) other.value = [...other.options].some((option) => option.value === topic) ? topic : "";
}

/** Nearest entries, words, reasons, and what was decided before. */
export function showEvidence(element, { card }) {
  const { nearest, words_for: wordsFor, words_against: wordsAgainst, listed_authors: listed } = card.evidence;
  fill(
    element,
    h("h3", { id: "evidence-heading" }, "Why it is here"),
    nearest.length
      ? [
          h("h4", {}, "Nearest in the list"),
          h(
            "ol",
            { class: "nearest", role: "list" },
            nearest.map((entry) =>
              h(
                "li",
                {},
                h("span", { class: "value", title: "similarity, 0 to 1" }, entry.similarity.toFixed(2)),
                entry.arxiv_id ? away(paperUrl(entry.arxiv_id), entry.title) : h("span", {}, entry.title),
              ),
            ),
          ),
        ]
      : null,
    wordsFor.length ? words("Words for it", "for", wordsFor) : null,
    wordsAgainst.length ? words("Words against it", "against", wordsAgainst) : null,
    listed.length ? [h("h4", {}, "Authors in the list"), h("p", { class: "plain" }, listed.join(", "))] : null,
    otherReasons(card),
    card.history.length ? [h("h4", {}, "Decided before"), past(card.history)] : null,
    story(card.arxiv_id),
    h("p", { class: "soft small" }, card.model ? `scored by model ${card.model}` : "added by hand: no model scored it"),
  );
}

/** Looked up only when somebody opens it. */
function story(arxivId) {
  const told = h("div", { class: "story" });
  return h(
    "details",
    { ontoggle: (event) => event.target.open && !told.childElementCount && tellStory(told, arxivId) },
    h("summary", {}, "Its whole story"),
    told,
  );
}

function words(title, kind, list) {
  return [
    h("h4", {}, title),
    h("p", { class: "words" }, list.flatMap((word, index) => [index ? " " : "", h("mark", { class: kind }, word)])),
  ];
}

/** Reasons that are not said already by the parts above. */
function otherReasons(card) {
  const said = /^(like “|words for it|words against it|authors in the list)/u;
  const rest = card.why.filter((reason) => !said.test(reason));
  return rest.length ? [h("h4", {}, "Also"), h("ul", { class: "plain" }, rest.map((reason) => h("li", {}, reason)))] : null;
}

function past(history) {
  return h(
    "ol",
    { class: "past", role: "list" },
    [...history].reverse().map((decision) =>
      h(
        "li",
        {},
        pastOf(decision.verdict),
        decision.reviewer ? ` by ${decision.reviewer}` : "",
        ", ",
        moment(decision.decided_at),
        decision.reason ? `: “${decision.reason}”` : "",
      ),
    ),
  );
}
