/* What happened, seen and heard: one line for a screen reader, and messages that wait to be closed. */

import { byId, button, h } from "./dom.js";

const PASSING_MS = 7_000;

/** Says it to a screen reader, politely. */
export function say(text) {
  const said = byId("said");
  // The same words twice are said twice only if they were away in between.
  said.textContent = "";
  requestAnimationFrame(() => {
    said.textContent = text;
  });
}

/**
 * Shows a message.
 *
 * One that needs an answer (`grave`) stays until it is closed and is said at once; another goes by
 * itself, unless it is pointed at or holds the focus. `about` names what it is about: a newer
 * message about the same thing takes its place.
 */
export function notice(text, { actions = [], grave = false, about = "", silent = false } = {}) {
  const region = byId("notices");
  if (about) dismiss(about);
  const element = h(
    "div",
    { class: grave ? "notice grave" : "notice", role: grave ? "alert" : null, "data-about": about || null },
    h("p", {}, text),
    h(
      "div",
      { class: "notice-actions" },
      actions.map(([label, act]) => button(label, { class: "link", onclick: () => { close(); act(); } })),
      grave ? button("Close", { class: "link", onclick: () => close() }) : null,
    ),
  );
  function close() {
    if (element.contains(document.activeElement)) byId("main").focus({ preventScroll: true });
    element.remove();
  }
  // Of the passing ones only the newest is of use.
  if (!grave) region.querySelector(".notice:not(.grave)")?.remove();
  region.append(element);
  if (!grave) {
    if (!silent) say(text);
    let timer = setTimeout(go, PASSING_MS);
    function go() {
      if (element.matches(":hover, :focus-within")) timer = setTimeout(go, PASSING_MS);
      else element.remove();
    }
    element.addEventListener("focusin", () => clearTimeout(timer));
    element.addEventListener("focusout", () => { timer = setTimeout(go, PASSING_MS); });
  }
  return close;
}

/** Takes away what is said about something that is settled by now. */
export function dismiss(about) {
  byId("notices").querySelector(`[data-about="${CSS.escape(about)}"]`)?.remove();
}

/** A problem in words, with what to do next. */
export function wordsOf(error) {
  return error.hint ? `${error.message} (${error.hint.replace(/[.]$/u, "")})` : error.message;
}

/** A problem as a message that stays. */
export function problemNotice(error, { before = "", actions = [], about = "" } = {}) {
  const words = `${before}${wordsOf(error)}`;
  return notice(/[.!?]$/u.test(words) ? words : `${words}.`, { actions, grave: true, about });
}

/** A page that could not be loaded, in its place. */
export function pageTrouble(error, again) {
  const trouble = byId("trouble");
  trouble.hidden = false;
  trouble.replaceChildren(
    h("p", { role: "alert" }, wordsOf(error)),
    button("Try again", { class: "quiet", onclick: () => { trouble.hidden = true; again(); } }),
  );
}
