/* The words that mattered, marked in a text. */

import { h } from "./dom.js";

/** The text as nodes, the words that spoke for and against in it marked, the longer ones first. */
export function marked(text, wordsFor, wordsAgainst) {
  const kinds = new Map();
  for (const word of wordsAgainst) kinds.set(key(word), "against");
  for (const word of wordsFor) kinds.set(key(word), "for");
  kinds.delete("");
  if (!kinds.size) return [text];
  const found = [...kinds.keys()].sort((a, b) => b.length - a.length).map(pattern).join("|");
  const search = new RegExp(`(?<![\\p{L}\\p{N}])(?:${found})(?![\\p{L}\\p{N}])`, "giu");
  const nodes = [];
  let end = 0;
  for (const match of text.matchAll(search)) {
    if (match.index > end) nodes.push(text.slice(end, match.index));
    nodes.push(h("mark", { class: kinds.get(key(match[0])) ?? "for" }, match[0]));
    end = match.index + match[0].length;
  }
  nodes.push(text.slice(end));
  return nodes;
}

function key(word) {
  return word.toLowerCase().split(/[\s-]+/u).filter(Boolean).join(" ");
}

/** A blank of a word stands for a hyphen too: "pre trained" is found in "pre-trained". */
function pattern(word) {
  return word.split(" ").map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/gu, "\\$&")).join("[\\s-]+");
}
