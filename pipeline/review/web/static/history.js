/* What was decided, by whom, when and on which model's word; what was last can be taken back. */

import { change, get, paths, session } from "./api.js";
import { confirmed } from "./dialogs.js";
import { button, byId, fill, h, moment, pastOf, percent } from "./dom.js";
import { notice, pageTrouble, problemNotice } from "./notices.js";

const PAGE = 50;
const CAN_UNDO = {
  approve: new Set(["approved", "published"]), add: new Set(["approved", "published"]), reject: new Set(["rejected"]),
  defer: new Set(["deferred"]), edit: new Set(["pending", "deferred", "expired", "approved"]),
};

let lines = [];
let reviewer = "";

async function load() {
  let answer;
  try {
    answer = await get("/api/history", { offset: lines.length, limit: PAGE, reviewer });
  } catch (error) {
    pageTrouble(error, load);
    return;
  }
  lines.push(...answer.items);
  byId("more").hidden = !answer.has_more;
  show();
}

function show() {
  const newest = new Set();
  fill(
    byId("decisions"),
    lines.map((line) => {
      const isLast = !newest.has(line.arxiv_id);
      newest.add(line.arxiv_id);
      return row(line, isLast, isLast && CAN_UNDO[line.verdict]?.has(line.state));
    }),
  );
  byId("none").hidden = lines.length > 0;
  const names = [...new Set(lines.map((line) => line.reviewer).filter(Boolean))];
  fill(byId("reviewers"), names.map((name) => h("option", { value: name })));
}

function row(line, isLast, canUndo) {
  return h(
    "li",
    {},
    h(
      "p",
      { class: "what" },
      h("span", { class: `done-${line.verdict}` }, pastOf(line.verdict)),
      line.reviewer ? ` by ${line.reviewer}` : "",
      ", ",
      moment(line.decided_at),
    ),
    h("p", { class: "paper-title" }, h("a", { href: `/?state=all#${encodeURIComponent(line.arxiv_id)}` }, line.title || line.arxiv_id)),
    h(
      "p",
      { class: "soft small" },
      [
        isLast && isListed(line) && "stands in the list",
        line.topic,
        line.reason && `“${line.reason}”`,
        line.model && `relevance ${percent(line.relevance)} by model ${line.model}`,
      ].filter(Boolean).join(" · "),
    ),
    canUndo ? undoButton(line) : null,
  );
}

/** Whether an undo would take it out of the list, with a commit. */
function isListed(line) {
  return line.state === "published";
}

function undoButton(line) {
  const label = isListed(line) ? "Take out…" : "Undo";
  const name = `${isListed(line) ? "Take out of the list" : "Undo"}: ${line.title}`;
  return button(label, { class: "quiet", "aria-label": name, onclick: (event) => undo(line, event.currentTarget) }, "undo");
}

async function undo(line, from) {
  const isSure = !isListed(line) || await confirmed({
    heading: "Take it out of the list?",
    text: `“${line.title}” leaves the list with a new commit, and waits again.`,
    yes: "Take it out",
  });
  if (!isSure) return;
  from.disabled = true;
  try {
    await change("POST", paths.undo(line.arxiv_id), { revision: line.revision });
  } catch (error) {
    from.disabled = false;
    problemNotice(error, { before: `“${line.title}” stays as it was: `, about: line.arxiv_id });
    if (error.status === 409) again();
    return;
  }
  notice(`Taken back: “${line.title}” is as it was before.`);
  await again();
  byId("main").focus({ preventScroll: true });
}

async function again() {
  lines = [];
  await load();
}

byId("more").addEventListener("click", load);
byId("who").addEventListener("submit", (event) => {
  event.preventDefault();
  reviewer = byId("reviewer").value.trim();
  again();
});
session().catch(() => {});
load();
