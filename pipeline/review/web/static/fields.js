/* The fields of an entry as a form, and what was typed in it as an edit.

   A draft holds a field as typed, and only those that differ from the entry. */

import { button, h } from "./dom.js";

const NAMES = {
  title: "title", authors: "authors", venue: "venue", keywords: "key words", digest: "digest", links: "links",
};

/** "title and digest": which fields a draft holds. */
export function shownFields(draft) {
  const names = Object.keys(NAMES).filter((field) => field in draft).map((field) => NAMES[field]);
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** An edit that takes every field back to the draft. */
export const BACK_TO_DRAFT = Object.fromEntries(Object.keys(NAMES).map((field) => [field, null]));

/** What was typed, as the server takes it: a field that is not named stays as it is. */
export function editOf(draft) {
  return Object.fromEntries(
    Object.entries(draft).map(([field, value]) => [field, field === "keywords" ? split(value) : value]),
  );
}

function split(text) {
  return text.split(";").map((word) => word.trim()).filter(Boolean);
}

function typedOf(entry) {
  return { ...entry, keywords: entry.keywords.join("; ") };
}

/**
 * The form. `on.typed(draft)` hears every change; `on.save`, `on.close` and `on.discard` what is asked.
 *
 * Returns its element and what may be done to it.
 */
export function entryForm(card, draft, on) {
  let base = typedOf(card.entry);
  const inputs = {
    title: area("title", 2),
    authors: area("authors", 2),
    venue: line("venue", { placeholder: "NeurIPS 2026; empty for none" }),
    keywords: line("keywords", { "aria-describedby": "keywords-help" }),
    digest: area("digest", 6),
  };
  const links = h("div", { class: "links" });
  const saveButton = button("Save", { class: "strong", type: "submit", "aria-keyshortcuts": "Control+Enter", title: "Save (Ctrl+Enter)" });

  function put(values) {
    for (const [field, input] of Object.entries(inputs)) input.value = values[field] ?? "";
    links.replaceChildren(...values.links.map(([label, url]) => linkRow(label, url)));
  }

  function linkRow(label = "", url = "") {
    const row = h(
      "div",
      { class: "link-row", role: "group", "aria-label": label ? `Link “${label}”` : "New link" },
      h("input", { class: "link-label", "aria-label": "Label", value: label, placeholder: "code", spellcheck: "false", autocomplete: "off" }),
      h("input", { class: "link-url", "aria-label": "Address", value: url, type: "url", placeholder: "https://…", spellcheck: "false", autocomplete: "off" }),
      button("", {
        class: "quiet", "aria-label": label ? `Remove the link “${label}”` : "Remove the new link",
        onclick: () => {
          const next = row.nextElementSibling ?? row.previousElementSibling;
          row.remove();
          (next?.querySelector("input") ?? add).focus();
          tell();
        },
      }, "no"),
    );
    return row;
  }

  function read() {
    const values = Object.fromEntries(Object.entries(inputs).map(([field, input]) => [field, input.value]));
    const rows = [...links.children].map((row) => [...row.querySelectorAll("input")].map((input) => input.value.trim()));
    return { ...values, links: rows.filter(([label, url]) => label || url) };
  }

  function tell() {
    const now = read();
    const changed = Object.keys(NAMES).filter((field) => JSON.stringify(now[field]) !== JSON.stringify(base[field]));
    on.typed(Object.fromEntries(changed.map((field) => [field, now[field]])));
  }

  const add = button("Add a link", {
    class: "link",
    onclick: () => {
      const row = linkRow();
      links.append(row);
      row.querySelector("input").focus();
    },
  });

  const element = h(
    "form",
    {
      class: "fields", "aria-label": "Edit the entry", novalidate: true,
      onsubmit: (event) => { event.preventDefault(); on.save(); },
      oninput: tell,
      onkeydown: (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); on.save(); }
        if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); on.close(); }
      },
    },
    Object.entries(inputs).map(([field, input]) =>
      h("p", { class: "field" }, h("label", { for: input.id }, NAMES[field][0].toUpperCase() + NAMES[field].slice(1)), input,
        field === "keywords" ? h("span", { class: "help", id: "keywords-help" }, "parted by semicolons") : null),
    ),
    h("fieldset", { class: "field" }, h("legend", {}, "Links"), links, add),
    h(
      "p",
      { class: "buttons" },
      saveButton,
      button("Close", { class: "quiet", title: "Close; what you typed is kept (Esc)", onclick: () => on.close() }),
      button("Discard", { class: "link", onclick: () => on.discard() }),
    ),
  );
  put({ ...base, ...draft });

  return {
    element,
    focus(field) {
      const input = inputs[field] ?? inputs.title;
      input.focus();
      input.setSelectionRange?.(input.value.length, input.value.length);
    },
    busy(isBusy) {
      saveButton.disabled = isBusy;
    },
    rebase(newCard, newDraft) {
      base = typedOf(newCard.entry);
      const focused = document.activeElement;
      const now = { ...base, ...newDraft };
      // Only what nobody is typing in is put anew.
      for (const [field, input] of Object.entries(inputs)) if (input !== focused && input.value !== now[field]) input.value = now[field];
      if (!links.contains(focused)) links.replaceChildren(...now.links.map(([label, url]) => linkRow(label, url)));
    },
  };
}

function area(name, rows) {
  return h("textarea", { id: `field-${name}`, name, rows });
}

function line(name, attributes) {
  return h("input", { id: `field-${name}`, name, autocomplete: "off", ...attributes });
}
