/* Single keys: off while somebody types, while a dialog is open, and for who wants none. */

const SETTING = "shortlist:keys";

let areOn = read();

export function keysAreOn() {
  return areOn;
}

export function turnKeys(on) {
  areOn = on;
  try {
    localStorage.setItem(SETTING, on ? "on" : "off");
  } catch {
    // Not stored: it holds until the page is closed.
  }
}

function read() {
  try {
    return localStorage.getItem(SETTING) !== "off";
  } catch {
    return true;
  }
}

const TYPED_IN = "input:not([type=radio], [type=checkbox], [type=button], [type=submit]), textarea, select, [contenteditable]";
const MOVED_WITH_ARROWS = "input[type=radio], pre, [role=tab]";

/**
 * Calls `actions[key]` for a key; `Escape` also while somebody types.
 *
 * A held key decides once: the repeats that the system makes of it do nothing.
 */
export function onKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { target, key } = event;
    if (document.querySelector("dialog[open]")) return;
    if (key !== "Escape") {
      if (target.closest?.(TYPED_IN)) return;
      if (!areOn && key !== "?") return;
      if (key.startsWith("Arrow") && target.closest?.(MOVED_WITH_ARROWS)) return;
      if (event.repeat && !["j", "k", "ArrowLeft", "ArrowRight"].includes(key)) return;
    }
    const action = actions[key] ?? (/^[1-9]$/u.test(key) ? actions.digit : null);
    if (!action) return;
    if (action(key) !== false) event.preventDefault();
  });
}
