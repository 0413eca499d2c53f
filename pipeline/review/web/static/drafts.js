/* Text that a person typed into an entry and that is not saved yet: kept through reloads and a server that is gone. */

const PREFIX = "shortlist:draft:";
const memory = new Map();

/** What was typed for this candidate, field by field; `null` if nothing. */
export function draftOf(arxivId) {
  if (!memory.has(arxivId)) memory.set(arxivId, read(arxivId));
  return memory.get(arxivId);
}

export function keepDraft(arxivId, fields) {
  const draft = Object.keys(fields).length ? fields : null;
  memory.set(arxivId, draft);
  try {
    if (draft) localStorage.setItem(PREFIX + arxivId, JSON.stringify(draft));
    else localStorage.removeItem(PREFIX + arxivId);
  } catch {
    // A browser that stores nothing: the text lives as long as the page.
  }
}

export function dropDraft(arxivId) {
  keepDraft(arxivId, {});
}

function read(arxivId) {
  try {
    const draft = JSON.parse(localStorage.getItem(PREFIX + arxivId));
    return draft && typeof draft === "object" && !Array.isArray(draft) ? draft : null;
  } catch {
    return null;
  }
}
