/* The queue page: brings queue, paper, entry, list and keys together. */

import { change, paths } from "./api.js";
import * as bulk from "./bulk.js";
import { askReason, confirmed, keepReason, showHelp } from "./dialogs.js";
import { brief, byId, count, pastOf } from "./dom.js";
import { EntryPanel } from "./entry.js";
import { numberedTopics, showEvidence, showVerdict, tickTopic } from "./evidence.js";
import { keysAreOn, onKeys, turnKeys } from "./keys.js";
import { ListPanel } from "./list.js";
import { dismiss, notice, pageTrouble, problemNotice, say } from "./notices.js";
import { showPaper } from "./paper.js";
import { showEnd, showProgress } from "./progress.js";
import { publish } from "./publish.js";
import { OPEN, Queue } from "./queue.js";

const queue = new Queue({ onchange: changed, ontold: told });

const entry = new EntryPanel(byId("entry"), {
  preview: (arxivId, edit) => change("POST", paths.preview(arxivId), { ...edit, revision: queue.item(arxivId)?.revision }),
  save: (arxivId, edit) => queue.save(arxivId, edit),
  saved: (arxivId) => {
    dismiss("save");
    notice("Saved.", { actions: [["Undo", () => queue.takeBack(arxivId)]], about: "saved" });
  },
  failed: (error) => problemNotice(error, { before: "Not saved, your text is kept: ", about: "save" }),
});

const list = new ListPanel(queue, {
  filter: (filter) => load(filter),
  show: (arxivId) => show(arxivId),
  bulk: decideAll,
  more: () => queue.more().catch((error) => problemNotice(error)),
});

// -- showing ---------------------------------------------------------------

let shown = "";

/** Brings the page up to what the queue knows; what is right already stays untouched. */
function changed(why) {
  const item = queue.item();
  const card = queue.card();
  showProgress(queue, list.words());
  if (list.isOpen || why === "load") list.show();
  byId("approved-count").textContent = queue.approved ? ` ${queue.approved}` : "";
  byId("open-publish").disabled = !queue.approved;
  byId("card").hidden = !item;
  byId("bar").hidden = !queue.items.length;
  byId("end").hidden = Boolean(item);
  const hadFocus = byId("main").contains(document.activeElement);
  if (item) showCard(item, card);
  else showNothing();
  for (const id of ["approve", "reject", "reject-why", "later"]) byId(id).disabled = !item || !queue.waits(item);
  if (hadFocus && !byId("main").contains(document.activeElement)) heading()?.focus({ preventScroll: true });
  remember();
}

function showCard(item, card) {
  const edition = [item.arxiv_id, card?.revision ?? "…", card?.state ?? item.state].join(" ");
  if (edition !== shown) {
    const isOther = shown.split(" ")[0] !== item.arxiv_id;
    shown = edition;
    showPaper(byId("paper"), { item, card, undo });
    for (const id of ["verdict", "evidence"]) byId(id).hidden = !card;
    byId("entry").hidden = !card;
    if (card) {
      showVerdict(byId("verdict"), { card, topic: queue.topicOf(), choose });
      showEvidence(byId("evidence"), { card });
    }
    if (isOther) scrollTo({ top: 0 });
  }
  if (card) {
    tickTopic(byId("verdict"), queue.topicOf());
    entry.show(card, queue.topicOf());
  } else {
    entry.clear();
  }
  document.title = `${brief(item.title, 50)} · Shortlist`;
}

function showNothing() {
  shown = "";
  entry.clear();
  showEnd(byId("end"), queue, { publish: openPublish, filter: load });
  document.title = "Queue · Shortlist";
}

function heading() {
  return byId("card").hidden ? byId("end-heading") : byId("title");
}

/** The address says what is shown, so that it can be reloaded and sent on. */
function remember() {
  const query = new URLSearchParams();
  const { state, topic, day, text } = queue.filter;
  if (state !== "pending") query.set("state", state || "all");
  for (const [name, value] of Object.entries({ topic, day, text })) if (value) query.set(name, value);
  const address = `${query.size ? `?${query}` : location.pathname}${queue.current ? `#${queue.current}` : ""}`;
  if (`${location.search}${location.hash}` !== address) history.replaceState(null, "", address);
}

function remembered() {
  const query = new URLSearchParams(location.search);
  const state = query.get("state") ?? "pending";
  return {
    filter: {
      state: state === "all" ? "" : state, topic: query.get("topic") ?? "", day: query.get("day") ?? "", text: query.get("text") ?? "",
    },
    wanted: arxivIdIn(location.hash),
  };
}

function arxivIdIn(hash) {
  try {
    return decodeURIComponent(hash.slice(1));
  } catch {
    return ""; // Typed by hand, and no address.
  }
}

async function load(filter, wanted = "") {
  byId("found").textContent = "looking…";
  try {
    await queue.load(filter, wanted);
  } catch (error) {
    pageTrouble(error, () => load(filter, wanted));
    return;
  }
  byId("trouble").hidden = true;
  if (list.isOpen) say(byId("found").textContent);
}

// -- deciding --------------------------------------------------------------

function decide(verdict, { reason = "" } = {}) {
  const item = queue.item();
  if (!item) return;
  if (!queue.waits(item)) {
    notice(`“${brief(item.title)}” is decided already; undo takes that back.`, { about: "decided" });
    return;
  }
  const edit = verdict === "approve" ? entry.unsaved() : null;
  dismiss(item.arxiv_id);
  queue.decide(verdict, { reason, edit });
  const { done, of } = queue.progress;
  const next = queue.item();
  notice(`${capital(pastOf(verdict))}: “${brief(item.title)}”.`, { actions: [["Undo", undo]], silent: true, about: "decision" });
  say(`${capital(pastOf(verdict))}: ${brief(item.title)}. ${done} of ${of}. ${next ? `Next: ${brief(next.title)}` : "That was all."}`);
}

async function undo() {
  const item = queue.undoable();
  if (!item) {
    notice("Nothing to undo.", { about: "decision" });
    return;
  }
  if (item.state === "published") {
    await takeOut(item);
    return;
  }
  queue.takeBack(item.arxiv_id);
  notice(`Taken back: “${brief(item.title)}” waits again.`, { about: "decision" });
}

/** A published paper leaves the list with a commit of its own, so that is asked first. */
async function takeOut(item) {
  const title = `“${brief(item.title)}”`;
  const isSure = await confirmed({
    heading: "Take it out of the list?",
    text: `${title} leaves the list with a new commit, and waits again.`,
    yes: "Take it out",
  });
  if (!isSure) return;
  queue.takeBack(item.arxiv_id);
  await queue.settled();
  if (item.state !== "published") notice(`${title} is out of the list and waits again.`, { about: "decision" });
}

async function rejectWithReason() {
  const item = queue.item();
  if (!item || !queue.waits(item)) return;
  const reason = await askReason(item.title);
  if (reason === null || queue.current !== item.arxiv_id) return;
  decide("reject", { reason });
  heading()?.focus({ preventScroll: true });
}

let cameBack = 0;

/** What the queue has to tell a person. */
function told(what, { item, arxivId, error, card, verdict, again }) {
  if (what === "unread") {
    if (!error.isUnreachable && error.status === 404) notice(`${arxivId} is not in the queue.`, { grave: true, about: arxivId });
    else problemNotice(error, { before: "The paper cannot be read: ", about: "unread", actions: [["Try again", () => queue.show(arxivId)]] });
    return;
  }
  dismiss("decision");
  const title = `“${brief(item.title)}”`;
  const showIt = ["Show it", () => show(item.arxiv_id)];
  if (what === "first") {
    const who = card.reviewer || "Somebody";
    notice(`${who} was first: ${title} is ${card.state}.`, { actions: [showIt], grave: true, about: item.arxiv_id });
  } else if (what === "not-undone") {
    problemNotice(error, { before: `${title} stays as it was: `, actions: [showIt], about: item.arxiv_id });
  } else if (card) {
    notice(`${title} was changed meanwhile${changedBy(card)}. Please look at it again.`, { actions: [showIt], grave: true, about: item.arxiv_id });
  } else {
    cameBack += 1;
    const back = error.isUnreachable && cameBack > 1 ? `${cameBack} decisions were not kept; the papers are back in the queue: ` : `${title} is back in the queue: `;
    if (again.reason) keepReason(again.reason);
    problemNotice(error, {
      before: back,
      about: error.isUnreachable ? "unreachable" : item.arxiv_id,
      actions: [cameBack > 1 && error.isUnreachable ? ["Look again", () => load(queue.filter, queue.current)] : showIt],
    });
    setTimeout(() => { cameBack = queue.isBusy ? cameBack : 0; }, 2_000);
  }
}

function changedBy(card) {
  const last = card.history.at(-1);
  return last?.reviewer ? ` by ${last.reviewer}` : "";
}

async function decideAll(verdict, number) {
  const verb = { approve: "Approve", reject: "Reject", defer: "Leave" }[verdict];
  const rest = verdict === "defer" ? " for later" : "";
  const what = `${verb} ${count(number, "paper")}${rest}`;
  const filter = list.words();
  const isSure = await confirmed({
    heading: `${what}?`,
    text: filter ? `All that the filters find: ${filter}.` : "That is everything that waits. It can be taken back at once, or one by one in the history.",
    yes: what,
  });
  if (!isSure) return;
  try {
    await queue.settled();
    const arxivIds = await bulk.decideAll(queue.filter, verdict, number);
    notice(`${count(number, "paper")} ${pastOf(verdict)}.`, {
      actions: [["Undo all", () => takeBackAll(arxivIds, verdict)]], grave: true, about: "bulk",
    });
  } catch (error) {
    problemNotice(error, { before: "Nothing was decided: ", about: "bulk" });
  }
  await load(queue.filter);
}

async function takeBackAll(arxivIds, verdict) {
  try {
    const number = await bulk.takeBackAll(arxivIds, verdict);
    notice(`Taken back: ${count(number, "paper")} ${number === 1 ? "waits" : "wait"} again.`, { about: "bulk" });
  } catch (error) {
    problemNotice(error, { before: "Not all are taken back: ", about: "bulk" });
  }
  await load(queue.filter);
}

function choose(topic) {
  queue.chosen.set(queue.current, topic);
  tickTopic(byId("verdict"), topic);
  entry.show(queue.card(), topic);
  if (!OPEN.has(queue.item().state)) {
    queue.save(queue.current, { ...entry.unsaved(), topic }).catch((error) => {
      queue.chosen.delete(queue.current);
      problemNotice(error, { before: "The topic stays: ", about: "topic" });
      changed("topic");
    });
  }
  say(`Topic: ${topic}`);
}

function chooseNumber(key) {
  const card = queue.card();
  const chosen = card && numberedTopics(card)[Number(key) - 1];
  if (chosen) choose(chosen.topic);
}

function openPublish() {
  publish({
    settled: () => queue.settled(),
    done: () => { queue.approved = 0; load(queue.filter, queue.current); },
  });
}

async function show(arxivId) {
  if (matchMedia("(max-width: 1199px)").matches) list.close();
  await queue.show(arxivId);
  heading()?.focus({ preventScroll: true });
}

function step(by) {
  if (!queue.step(by)) {
    notice(by > 0 ? "This is the last one." : "This is the first one.", { about: "step" });
    return;
  }
  heading()?.focus({ preventScroll: true });
}

function capital(text) {
  return text[0].toUpperCase() + text.slice(1);
}

// -- keys and buttons --------------------------------------------------------

/** By key the focus goes to what is new, so that a screen reader reads on; by button it stays on the button. */
function byKey(act) {
  return () => {
    act();
    heading()?.focus({ preventScroll: true });
  };
}

const acts = {
  approve: () => decide("approve"),
  reject: () => decide("reject"),
  "reject-why": rejectWithReason,
  later: () => decide("defer"),
  undo,
  previous: () => step(-1),
  next: () => step(1),
  "open-list": () => (list.isOpen ? list.close() : (list.show(), list.open())),
  "open-search": () => { list.show(); list.open("f-text"); },
  "open-help": showHelp,
  "open-publish": openPublish,
};

for (const [id, act] of Object.entries(acts)) byId(id).addEventListener("click", act);

onKeys({
  a: byKey(acts.approve),
  r: byKey(acts.reject),
  x: byKey(acts.reject),
  R: acts["reject-why"],
  l: byKey(acts.later),
  u: byKey(acts.undo),
  j: acts.next,
  ArrowRight: acts.next,
  k: acts.previous,
  ArrowLeft: acts.previous,
  e: () => entry.edit(),
  q: () => (list.isOpen ? list.close() : (list.show(), list.open("current"))),
  p: () => !byId("open-publish").disabled && openPublish(),
  "/": acts["open-search"],
  "?": acts["open-help"],
  digit: chooseNumber,
  Escape: () => { if (!list.isOpen) return false; list.close(); return true; },
});

const keysOn = byId("keys-on");
keysOn.checked = keysAreOn();
keysOn.addEventListener("change", () => turnKeys(keysOn.checked));

document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && queue.refresh());
addEventListener("hashchange", () => {
  const { wanted } = remembered();
  if (wanted && wanted !== queue.current) show(wanted);
});
addEventListener("beforeunload", (event) => {
  if (queue.isBusy) event.preventDefault();
});

const { filter, wanted } = remembered();
load(filter, wanted);
