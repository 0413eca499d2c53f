/* A paper's whole story: why it is where it is, or why it is not here. */

import { get } from "./api.js";
import { away, day, fill, h, hint, moment, paperUrl } from "./dom.js";
import { wordsOf } from "./notices.js";

const IDENTIFIER = /(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})(?:v\d+)?$/u;

/** The arXiv identifier that a search asks for, however it is written; "" for none. */
export function identifierIn(text) {
  return IDENTIFIER.exec(text.trim())?.[1] ?? "";
}

/** Puts the story of a paper into `element`, once it is told. */
export async function tellStory(element, arxivId, { withTitle = false } = {}) {
  fill(element, h("p", { class: "soft" }, "Looking it up…"));
  let story;
  try {
    story = await get(`/api/papers/${arxivId.split("/").map(encodeURIComponent).join("/")}`);
  } catch (error) {
    fill(element, h("p", { class: "problem" }, wordsOf(error)));
    return;
  }
  fill(
    element,
    withTitle ? h("p", { class: "about" }, away(paperUrl(story.arxiv_id), story.title || `arXiv ${story.arxiv_id}`)) : null,
    h("p", { class: "answer" }, hint(story.answer)),
    story.events.length
      ? h(
          "ol",
          { class: "events", role: "list" },
          story.events.map((event) => h("li", {}, event.at ? moment(event.at) : day(event.day), h("span", {}, event.text))),
        )
      : null,
  );
}
