/* The server's JSON. Whatever goes wrong becomes a Problem that can be shown to a person. */

const PATIENCE_MS = 15_000;

/** What went wrong, in words; `status` is 0 where the server could not be reached. */
export class Problem extends Error {
  constructor(problem, { hint = "", status = 0, candidate = null } = {}) {
    super(problem);
    this.name = "Problem";
    this.hint = hint;
    this.status = status;
    this.candidate = candidate;
  }

  get isUnreachable() {
    return this.status === 0;
  }
}

let known = null;

/** Who reviews here; asked once, and again after a failure. */
export function session() {
  known ??= get("/api/session").catch((error) => {
    known = null;
    throw error;
  });
  return known;
}

export function get(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== "" && value !== null) query.set(name, value);
  return ask(query.size ? `${path}?${query}` : path, { method: "GET" });
}

/** A change: carries what proves that it comes from this page. */
export async function change(method, path, body) {
  const once = async () =>
    ask(path, {
      method,
      headers: { "Content-Type": "application/json", "X-Shortlist-CSRF": (await session()).csrf },
      body: JSON.stringify(body),
    });
  try {
    return await once();
  } catch (error) {
    // A server that was started anew knows another token; what was asked was not done.
    if (error.status !== 403) throw error;
    known = null;
    return once();
  }
}

export const paths = {
  candidate: (arxivId) => `/api/candidates/${segments(arxivId)}`,
  decision: (arxivId) => `/api/candidates/${segments(arxivId)}/decision`,
  undo: (arxivId) => `/api/candidates/${segments(arxivId)}/undo`,
  entry: (arxivId) => `/api/candidates/${segments(arxivId)}/entry`,
  preview: (arxivId) => `/api/candidates/${segments(arxivId)}/preview`,
};

function segments(arxivId) {
  // Identifiers before 2007 have a slash of their own: "cs/0112017".
  return arxivId.split("/").map(encodeURIComponent).join("/");
}

async function ask(path, options) {
  let response;
  let body;
  try {
    response = await fetch(path, {
      ...options,
      headers: { Accept: "application/json", ...options.headers },
      credentials: "same-origin",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    body = await response.text();
  } catch (error) {
    const waited = error.name === "TimeoutError";
    throw new Problem(waited ? `Shortlist did not answer within ${PATIENCE_MS / 1000} seconds` : "Shortlist does not answer", {
      hint: "is “shortlist review” still running?",
    });
  }
  let answer = null;
  try {
    answer = JSON.parse(body);
  } catch {
    // Below: an answer that is no JSON is not this program's.
  }
  if (response.ok && answer !== null) return answer;
  throw new Problem(answer?.problem || `Shortlist answered ${response.status} ${response.statusText}`.trim(), {
    hint: answer?.hint ?? "",
    status: response.status,
    candidate: answer?.candidate ?? null,
  });
}
