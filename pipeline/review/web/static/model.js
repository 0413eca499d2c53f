/* The report on the model, where one was made. */

import { get } from "./api.js";
import { byId, fill, h, hint, moment } from "./dom.js";
import { pageTrouble } from "./notices.js";

async function load() {
  let report;
  try {
    report = await get("/api/report");
  } catch (error) {
    pageTrouble(error, load);
    return;
  }
  // The report is a page of its own, with its own style: it stays in its frame.
  const isOurs = report.address?.startsWith("/") && !report.address.startsWith("//");
  fill(
    byId("report"),
    report.exists && isOurs
      ? [
          h("p", { class: "soft" }, "Made ", report.made_at ? moment(report.made_at) : "", ". ", h("a", { href: report.address }, "Open it on its own")),
          h("iframe", { class: "report", src: report.address, title: "The report on the model", sandbox: "allow-popups" }),
        ]
      : h("div", { class: "empty" }, h("p", {}, "No report has been made yet."), report.hint ? h("p", { class: "soft" }, hint(report.hint)) : null),
  );
}

load();
