/* The entry as it will stand in the list: rendered, as Markdown, and as fields to edit in place. */

import { draftOf, dropDraft, keepDraft } from "./drafts.js";
import { button, fill, h } from "./dom.js";
import { BACK_TO_DRAFT, editOf, entryForm, shownFields } from "./fields.js";
import { entryNodes } from "./markup.js";

const TYPING_MS = 220;

export class EntryPanel {
  #element;
  #ask;
  #card = null;
  #topic = "";
  #form = null;
  #asMarkdown = false;
  #turn = 0;
  #timer = null;
  #parts = null;

  /**
   * `ask` does what needs the server: `preview(arxivId, edit)`, `save(arxivId, edit)`; and hears
   * of what happened: `saved()`, `failed(error)`.
   */
  constructor(element, ask) {
    this.#element = element;
    this.#ask = ask;
  }

  get isEditing() {
    return this.#form !== null;
  }

  /** What was typed for the card in view and is not saved, as an edit; `null` if nothing. */
  unsaved() {
    const draft = this.#card && draftOf(this.#card.arxiv_id);
    return draft ? editOf(draft) : null;
  }

  /** Shows the entry of a card, under the topic that is chosen for it. */
  show(card, topic) {
    const isSame = this.#card?.arxiv_id === card.arxiv_id;
    if (isSame && this.#card.revision === card.revision) {
      if (topic !== this.#topic) this.#chooseTopic(topic);
      return;
    }
    if (!isSame) this.#form = null;
    this.#card = card;
    this.#topic = topic;
    this.#turn += 1;
    if (this.#form) {
      // Somebody else changed it meanwhile: what was typed here stays, the rest is theirs.
      this.#form.rebase(card, draftOf(card.arxiv_id));
    } else {
      const hadFocus = this.#parts?.edit === document.activeElement;
      this.#build();
      if (hadFocus) this.#parts.edit.focus();
    }
    this.#refresh();
  }

  clear() {
    this.#card = null;
    this.#form = null;
    this.#turn += 1;
    fill(this.#element);
  }

  /** Opens the fields, the named one in focus. */
  edit(field = "title") {
    if (!this.#card) return;
    if (!this.#form) {
      this.#form = entryForm(this.#card, draftOf(this.#card.arxiv_id), {
        typed: (draft) => this.#typed(draft),
        save: () => this.save(),
        close: () => this.close(),
        discard: () => this.discard(),
      });
      this.#parts.editing.replaceChildren(this.#form.element);
      this.#parts.edit.setAttribute("aria-expanded", "true");
      this.#tellUnsaved();
    }
    this.#element.scrollIntoView({ block: "start" });
    this.#form.focus(field);
  }

  /** Closes the fields; what was typed stays. */
  close() {
    if (!this.#form) return;
    this.#form = null;
    this.#parts.editing.replaceChildren();
    this.#parts.edit.setAttribute("aria-expanded", "false");
    this.#parts.edit.focus();
    this.#tellUnsaved();
  }

  discard() {
    dropDraft(this.#card.arxiv_id);
    this.close();
    this.#refresh();
  }

  async save() {
    const card = this.#card;
    const draft = draftOf(card.arxiv_id);
    if (!draft) {
      this.close();
      return;
    }
    this.#form?.busy(true);
    try {
      const topic = this.#topic === card.topic ? {} : { topic: this.#topic };
      await this.#ask.save(card.arxiv_id, { ...editOf(draft), ...topic });
    } catch (error) {
      if (this.#card?.arxiv_id === card.arxiv_id) this.#form?.busy(false);
      this.#ask.failed(error);
      return;
    }
    // What was typed while it was on its way is newer than what was saved.
    if (draftOf(card.arxiv_id) === draft) dropDraft(card.arxiv_id);
    if (this.#card?.arxiv_id === card.arxiv_id) {
      this.#form?.busy(false);
      if (!draftOf(card.arxiv_id)) this.close();
      this.#refresh();
    }
    this.#ask.saved(card.arxiv_id);
  }

  async #backToDraft() {
    const { arxiv_id: arxivId } = this.#card;
    try {
      await this.#ask.save(arxivId, BACK_TO_DRAFT);
    } catch (error) {
      this.#ask.failed(error);
      return;
    }
    this.#ask.saved(arxivId);
  }

  #chooseTopic(topic) {
    this.#topic = topic;
    this.#refresh();
  }

  #typed(draft) {
    keepDraft(this.#card.arxiv_id, draft);
    this.#tellUnsaved();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#refresh(), TYPING_MS);
  }

  /** Brings what is shown up to what is typed and chosen. */
  async #refresh() {
    const card = this.#card;
    if (!card) return;
    this.#tellUnsaved();
    const draft = draftOf(card.arxiv_id);
    const turn = ++this.#turn;
    fill(this.#parts.place, "under ", h("strong", {}, this.#topic));
    if (!draft && this.#topic === card.topic) {
      this.#render(card.entry);
      return;
    }
    try {
      const edit = { ...editOf(draft ?? {}), topic: this.#topic };
      const preview = await this.#ask.preview(card.arxiv_id, edit);
      if (turn === this.#turn) this.#render(preview);
    } catch (error) {
      if (turn === this.#turn) this.#tell(`No preview: ${error.message}. What you typed is kept.`);
    }
  }

  #render({ markdown, html, problem }) {
    const { rendered, source } = this.#parts;
    if (html) fill(rendered, entryNodes(html));
    if (markdown) source.textContent = markdown;
    if (!html && !markdown) fill(rendered, h("p", { class: "soft" }, "It cannot be written yet."));
    rendered.classList.toggle("stale", Boolean(problem && html === ""));
    this.#tell(problem ? `Cannot be written into the list: ${problem}` : "");
  }

  #tell(text) {
    this.#parts.problem.textContent = text;
    this.#parts.problem.hidden = !text;
  }

  #tellUnsaved() {
    const draft = draftOf(this.#card.arxiv_id);
    const { unsaved, edited } = this.#parts;
    edited.hidden = !this.#card.is_edited;
    unsaved.hidden = !draft || this.isEditing;
    if (draft) this.#parts.unsavedText.textContent = `With your unsaved ${shownFields(draft)}. Approving saves it.`;
  }

  #build() {
    const rendered = h("div", {
      class: "rendered", title: "Click to edit",
      onclick: (event) => this.#clicked(event),
    });
    const source = h("pre", { class: "source", tabindex: "0", "aria-label": "Markdown of the entry", hidden: !this.#asMarkdown });
    rendered.hidden = this.#asMarkdown;
    const asRendered = button("Rendered", { "aria-pressed": String(!this.#asMarkdown), onclick: () => this.#showAs(false) });
    const asMarkdown = button("Markdown", { "aria-pressed": String(this.#asMarkdown), onclick: () => this.#showAs(true) });
    const edit = button(
      "Edit",
      { class: "quiet", "aria-expanded": "false", "aria-keyshortcuts": "e", title: "Edit the entry (e)", onclick: () => this.edit() },
      "edit",
    );
    const unsavedText = h("p");
    this.#parts = {
      rendered, source, asRendered, asMarkdown, edit, unsavedText,
      place: h("p", { class: "place" }),
      problem: h("p", { class: "problem", role: "status", hidden: true }),
      unsaved: h(
        "div",
        { class: "unsaved", hidden: true },
        unsavedText,
        button("Save now", { class: "link", onclick: () => this.save() }),
        button("Discard", { class: "link", onclick: () => this.discard() }),
      ),
      edited: h("p", { class: "edited" }, "Edited by a maintainer. ",
        button("Back to the draft", { class: "link", onclick: () => this.#backToDraft() })),
      editing: h("div", { class: "editing" }),
    };
    fill(
      this.#element,
      h(
        "div",
        { class: "panel-top" },
        h("h3", { id: "entry-heading" }, "The entry"),
        h("div", { class: "segments", role: "group", "aria-label": "Show the entry as" }, asRendered, asMarkdown),
        edit,
      ),
      this.#parts.place,
      rendered,
      source,
      this.#parts.problem,
      this.#parts.unsaved,
      this.#parts.edited,
      this.#parts.editing,
    );
  }

  #showAs(asMarkdown) {
    this.#asMarkdown = asMarkdown;
    this.#parts.rendered.hidden = asMarkdown;
    this.#parts.source.hidden = !asMarkdown;
    this.#parts.asRendered.setAttribute("aria-pressed", String(!asMarkdown));
    this.#parts.asMarkdown.setAttribute("aria-pressed", String(asMarkdown));
  }

  /** A click on a part of the entry opens that part; links stay links, a selection a selection. */
  #clicked(event) {
    if (event.target.closest("a, summary") || String(document.getSelection())) return;
    const part = event.target.closest("li li");
    if (!part) this.edit("title");
    else if (part.querySelector("details") || part.textContent.startsWith("Digest")) this.edit("digest");
    else this.edit(/^Key ?Words?:/iu.test(part.textContent) ? "keywords" : "authors");
  }
}
