/* Publishing: the exact diff first, then one confirmation. */

import { change, get } from "./api.js";
import { away, button, byId, count, fill, h } from "./dom.js";
import { say, wordsOf } from "./notices.js";

/** Opens the dialog; `done` is called after something was published. */
export async function publish({ settled, done }) {
  const dialog = byId("publish");
  const yes = byId("publish-yes");
  const body = byId("publish-body");
  byId("publish-heading").textContent = "Publish";
  byId("publish-no").textContent = "Not now";
  byId("publish-no").onclick = () => dialog.close();
  yes.hidden = true;
  fill(body, h("p", { class: "soft", role: "status" }, "Reading what would be written…"));
  if (!dialog.open) dialog.showModal();
  byId("publish-heading").focus();
  let preview;
  try {
    await settled();
    preview = await get("/api/publish");
  } catch (error) {
    trouble(error, () => publish({ settled, done }));
    return;
  }
  showPreview(preview);
  if (!preview.entries.length) {
    byId("publish-no").textContent = "Close";
    return;
  }
  yes.textContent = `Publish ${count(preview.entries.length, "entry", "entries")}`;
  yes.hidden = false;
  yes.disabled = false;
  yes.onclick = async () => {
    yes.disabled = true;
    yes.textContent = "Publishing…";
    let result;
    try {
      result = await change("POST", "/api/publish", { token: preview.token });
    } catch (error) {
      yes.hidden = true;
      trouble(error, () => publish({ settled, done }), error.status === 409 ? "Look at it again" : "Try again");
      return;
    }
    yes.hidden = true;
    byId("publish-no").textContent = "Close";
    showResult(result);
    done(result);
  };
}

function showPreview({ diff, entries, message, problems }) {
  byId("publish-heading").textContent = entries.length
    ? `Publish ${count(entries.length, "entry", "entries")}`
    : "Nothing to publish";
  fill(
    byId("publish-body"),
    problemList(problems),
    entries.length
      ? [
          h("p", {}, "This changes in the list, and nothing else:"),
          h("pre", { class: "diff", tabindex: "0", "aria-label": "The diff" }, diffLines(diff)),
          h("details", {}, h("summary", {}, "The commit’s message"), h("pre", { class: "message" }, message)),
        ]
      : h("p", {}, problems?.length ? "What is approved cannot be written as it is." : "No approved candidate waits."),
  );
}

function showResult({ published, commit, problems, proposed = [], pull_request: page = "" }) {
  const heading = byId("publish-heading");
  const [done, entries] = proposed.length ? ["Proposed", proposed] : ["Published", published];
  heading.textContent = entries.length ? `${done} ${count(entries.length, "entry", "entries")}` : "Nothing was published";
  fill(
    byId("publish-body"),
    problemList(problems),
    proposed.length
      ? h("p", {}, "They stand in the list once ", page.startsWith("https://") ? away(page, "the pull request") : "the pull request", " is merged.")
      : null,
    commit && !proposed.length ? h("p", {}, "They stand in the list with commit ", h("code", {}, commit.slice(0, 12)), ".") : null,
  );
  heading.focus();
  say(heading.textContent);
}

function problemList(problems) {
  return problems?.length
    ? h("ul", { class: "problems", role: "alert" }, problems.map((problem) => h("li", {}, problem)))
    : null;
}

function trouble(error, again, label = "Try again") {
  fill(
    byId("publish-body"),
    h("p", { class: "problem", role: "alert" }, wordsOf(error)),
    button(label, { class: "quiet", onclick: again }),
  );
}

/** Lines of a diff, told apart by their first sign and by how they look. */
function diffLines(diff) {
  return diff.replace(/\n$/u, "").split("\n").map((line) => {
    const kind = /^(\+\+\+|---|diff |index )/u.test(line) ? "file" : { "+": "added", "-": "removed", "@": "place" }[line[0]];
    return h("span", { class: kind ? `line ${kind}` : "line" }, line, "\n");
  });
}
