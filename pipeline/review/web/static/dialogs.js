/* Questions that take one answer: native dialogs, which keep the focus and give it back. */

import { byId, fill, h } from "./dom.js";

const KNOWN_REASONS = "shortlist:reasons";
const MOST_REASONS = 8;

/** Opens a dialog; resolves with the answer, "" for none, once it is closed. */
function asked(dialog) {
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

export async function confirmed({ heading, text, yes }) {
  byId("confirm-heading").textContent = heading;
  byId("confirm-text").textContent = text;
  byId("confirm-yes").textContent = yes;
  return (await asked(byId("confirm"))) === "yes";
}

/** The reason for a rejection, or `null` if it is not to be rejected after all. */
export async function askReason(title) {
  const input = byId("why-text");
  byId("why-about").textContent = title;
  fill(byId("why-known"), reasons().map((reason) => h("option", { value: reason })));
  const answer = asked(byId("why"));
  input.focus();
  if ((await answer) !== "reject") return null;
  const reason = input.value.trim();
  input.value = "";
  if (reason) remember(reason);
  return reason;
}

/** What was typed comes back with the paper. */
export function keepReason(reason) {
  byId("why-text").value = reason;
}

export function showHelp() {
  asked(byId("help"));
  byId("help-heading").focus();
}

function reasons() {
  try {
    const known = JSON.parse(localStorage.getItem(KNOWN_REASONS));
    return Array.isArray(known) ? known.filter((reason) => typeof reason === "string") : [];
  } catch {
    return [];
  }
}

function remember(reason) {
  try {
    const known = [reason, ...reasons().filter((each) => each !== reason)].slice(0, MOST_REASONS);
    localStorage.setItem(KNOWN_REASONS, JSON.stringify(known));
  } catch {
    // It is typed again, then.
  }
}
