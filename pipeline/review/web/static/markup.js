/* The rendered entry, taken over element by element: what is not known here stays text. */

import { away, h } from "./dom.js";

const KEPT = new Set(["P", "UL", "OL", "LI", "EM", "STRONG", "CODE", "BR", "DETAILS", "SUMMARY", "B", "I", "DEL", "S"]);

/**
 * Nodes for a piece of HTML that our own server made of Markdown.
 *
 * It is parsed in a document of its own, in which nothing runs and nothing is fetched; known
 * elements are made anew without attributes, links only where they lead to the web.
 */
export function entryNodes(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html");
  return [...parsed.body.childNodes].map(taken).filter(Boolean);
}

function taken(node) {
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(node.data);
  if (node.nodeType !== Node.ELEMENT_NODE) return null;
  const children = [...node.childNodes].map(taken).filter(Boolean);
  if (node.tagName === "A" && /^https?:\/\//.test(node.getAttribute("href") ?? "")) {
    return away(node.getAttribute("href"), ...children);
  }
  if (KEPT.has(node.tagName)) {
    // Folded on GitHub; here the digest is what one wants to read.
    return h(node.tagName.toLowerCase(), node.tagName === "DETAILS" ? { open: true } : {}, ...children);
  }
  const kept = document.createDocumentFragment();
  kept.append(...children);
  return kept;
}
