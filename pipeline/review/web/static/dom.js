/* Elements, and words for people. Text is only ever set as text: no string becomes markup here. */

const SVG = "http://www.w3.org/2000/svg";

/** One element. Attributes named `on…` are listeners; `null`, `undefined` and `false` are left out. */
export function h(tag, attributes = {}, ...children) {
  return dress(document.createElement(tag), attributes, children);
}

/** One element of SVG. */
export function s(tag, attributes = {}, ...children) {
  return dress(document.createElementNS(SVG, tag), attributes, children);
}

function dress(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** An icon of the page's sprite; says nothing to a screen reader. */
export function icon(name) {
  return s("svg", { class: "icon", "aria-hidden": "true" }, s("use", { href: `#i-${name}` }));
}

/** A button with a label, and an icon before it if one is named. */
export function button(label, attributes = {}, iconName = "") {
  return h("button", { type: "button", ...attributes }, iconName ? icon(iconName) : null, h("span", {}, label));
}

/** A bar for a share of 0..1, as a picture beside its number. */
export function share(value) {
  const width = `${(Math.min(Math.max(value, 0), 1) * 100).toFixed(1)}%`;
  return s(
    "svg",
    { class: "share", "aria-hidden": "true" },
    s("rect", { class: "all", width: "100%", height: "100%", rx: 2 }),
    s("rect", { class: "part", width, height: "100%", rx: 2 }),
  );
}

export function byId(id) {
  return document.getElementById(id);
}

/** Puts `children` in the place of all that `element` holds. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A probability as people say it. */
export function percent(value) {
  if (value > 0 && value < 0.01) return "<1 %";
  if (value < 1 && value > 0.99) return ">99 %";
  return `${Math.round(value * 100)} %`;
}

/** "1 paper", "3 papers". */
export function count(number, one, many = `${one}s`) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const WEEKDAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", timeZone: "UTC" });
const MOMENT = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit",
});

/** A day of the calendar ("2026-11-26"), the same wherever the reader is. */
export function day(text) {
  return h("time", { datetime: text }, dayWords(text));
}

export function dayWords(text) {
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(date.valueOf()) ? text : DAY.format(date);
}

export function weekday(text) {
  const date = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(date.valueOf()) ? "" : WEEKDAY.format(date);
}

/** A moment, in the reader's own time zone. */
export function moment(text) {
  const date = new Date(text);
  return h("time", { datetime: text }, Number.isNaN(date.valueOf()) ? text : MOMENT.format(date));
}

/** The title, cut at a word where it is too long to be said in passing. */
export function brief(title, most = 56) {
  if (title.length <= most) return title;
  const cut = title.slice(0, most);
  return `${cut.slice(0, cut.lastIndexOf(" ") > most / 2 ? cut.lastIndexOf(" ") : most)}…`;
}

const PAST = {
  approve: "approved", reject: "rejected", defer: "left for later", undo: "undone", edit: "edited", add: "added by hand",
  listed: "written into the list by hand", publish: "published", expire: "expired",
};

/** A hint, what stands between backticks as what one types. */
export function hint(text) {
  return text.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));
}

/** A verdict as something done. */
export function pastOf(verdict) {
  return PAST[verdict] ?? verdict;
}

/** The address of a paper, made from its identifier: no address of anybody else's becomes a link. */
export function paperUrl(arxivId) {
  return `https://arxiv.org/abs/${encodeURIComponent(arxivId).replaceAll("%2F", "/")}`;
}

/** A link away from this page. */
export function away(url, ...children) {
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, ...children);
}
