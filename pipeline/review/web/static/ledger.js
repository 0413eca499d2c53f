/* What each source delivered, day by day. */

import { get } from "./api.js";
import { byId, count, day, fill, h, moment, share, weekday } from "./dom.js";
import { pageTrouble } from "./notices.js";

const MAILING = { weekend: "no mailing: weekend", holiday: "no mailing: arXiv’s holiday" };
const STATUS = { complete: "complete", partial: "in part", failed: "failed", no_mailing: "no mailing" };

async function load() {
  let ledger;
  try {
    ledger = await get("/api/ledger");
  } catch (error) {
    pageTrouble(error, load);
    return;
  }
  const alarm = byId("alarm");
  alarm.hidden = !ledger.alarm;
  alarm.textContent = ledger.alarm;
  fill(byId("days"), ledger.days.length ? ledger.days.map(dayRow) : h("li", { class: "soft" }, "Nothing has been fetched yet."));
}

function dayRow({ day: date, mailing, owed, sources }) {
  return h(
    "li",
    { class: owed ? "owed" : null },
    h("h2", {}, h("span", { class: "weekday" }, weekday(date)), " ", day(date)),
    owed ? h("p", { class: "tag" }, "papers may be missing: the next run asks again") : null,
    sources.length
      ? h("ul", { class: "sources", role: "list" }, sources.map(source))
      : h("p", { class: "soft" }, MAILING[mailing] ?? "nobody asked"),
  );
}

function source({ source: name, status, received, expected, problem, fetched_at: fetchedAt }) {
  return h(
    "li",
    {},
    h("span", { class: "source-name" }, name),
    h("span", { class: `status ${status}` }, STATUS[status] ?? status),
    h("span", { class: "received" }, expected === null || expected === undefined ? count(received, "paper") : `${received} of ${expected}`),
    expected ? share(received / expected) : null,
    h("span", { class: "soft small" }, moment(fetchedAt)),
    problem ? h("p", { class: "problem" }, problem) : null,
  );
}

load();
