/* One verdict for all that a filter finds; and all of it taken back. */

import { change, get, paths } from "./api.js";

const MOST = 500;
const STATE_AFTER = { approve: "approved", reject: "rejected", defer: "deferred" };

/** Decides all that the filter finds, if these are `number`; resolves with their identifiers. */
export async function decideAll(filter, verdict, number) {
  const found = await get("/api/queue", { ...filter, limit: MOST });
  await change("POST", "/api/bulk", { verdict, filter, count: number });
  return found.items.map((item) => item.arxiv_id);
}

/** Takes back what was decided about each, where nobody has decided anew; resolves with how many it were. */
export async function takeBackAll(arxivIds, verdict) {
  let number = 0;
  for (const arxivId of arxivIds) {
    const card = await get(paths.candidate(arxivId));
    if (card.state !== STATE_AFTER[verdict]) continue;
    await change("POST", paths.undo(arxivId), { revision: card.revision });
    number += 1;
  }
  return number;
}
