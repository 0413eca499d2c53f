"""The entry, edited in place before it is approved: what is seen is what is written."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from db.records import State
from tests.e2e.review.tab import APPROVE

pytestmark = pytest.mark.slow

SAVE = "Control+Enter"


def field(tab, name: str):
    return tab.page.get_by_label(name, exact=True)


def test_every_field_is_shown_as_it_will_be_while_it_is_typed(tab):
    tab.press("e")
    assert tab.focused == "field-title"
    for name, text in (
        ("Title", "A Title of Mine"),
        ("Authors", "Ann Author, Bob Writer"),
        ("Venue", "ICML 2023"),
        ("Key words", "One Thing; Another Thing"),
        ("Digest", "What a maintainer would say."),
    ):
        field(tab, name).fill(text)
    tab.click("Add a link")
    tab.page.get_by_role("group", name="New link").get_by_label("Label").fill("video")
    tab.page.get_by_role("group", name="New link").get_by_label("Address").fill(
        "https://example.org/v"
    )
    tab.click("Markdown")
    expect(tab.page.locator("#entry .source")).to_have_text(
        "- A Title of Mine. [[paper]](https://arxiv.org/abs/2207.12263)"
        " [[code]](https://github.com/AI-secure/SecretGen) [[video]](https://example.org/v)\n"
        "  - Ann Author, Bob Writer. *ICML 2023*\n"
        "  - Key Word: One Thing; Another Thing.\n"
        "  - <details><summary>Digest</summary> What a maintainer would say.</details>"
    )
    tab.click("Rendered")
    rendered = tab.page.locator("#entry .rendered")
    expect(rendered).to_contain_text("A Title of Mine. [paper] [code] [video]")
    expect(rendered.locator("em")).to_have_text("ICML 2023")
    expect(rendered.get_by_role("link", name="video")).to_have_attribute(
        "href", "https://example.org/v"
    )


def test_what_is_saved_is_kept_and_the_draft_comes_back_on_request(tab, server):
    arxiv_id = tab.arxiv_id
    drafted = server.queue.get(arxiv_id).edit
    tab.press("e")
    field(tab, "Venue").fill("ICML 2023")
    tab.press(SAVE)
    expect(tab.page.locator(".notice p")).to_have_text("Saved.")
    assert server.queue.get(arxiv_id).edit.venue == "ICML 2023"
    assert server.queue.get(arxiv_id).edit.title is None
    tab.click("Back to the draft")
    expect(tab.page.locator("#entry em")).to_have_count(0)
    tab.settle()
    assert server.queue.get(arxiv_id).edit == drafted


def test_saving_can_be_undone(tab, server):
    arxiv_id = tab.arxiv_id
    tab.press("e")
    field(tab, "Digest").fill("Not what I meant.")
    tab.press(SAVE)
    tab.page.locator(".notice").get_by_role("button", name="Undo").click()
    tab.settle()
    assert server.queue.get(arxiv_id).edit.digest is None
    expect(tab.page.locator("#entry .rendered")).not_to_contain_text("Not what I meant.")


def test_approving_takes_along_what_was_typed_and_not_saved(tab, server):
    arxiv_id = tab.arxiv_id
    tab.press("e")
    field(tab, "Title").fill("A Better Title")
    tab.press("Escape")
    expect(tab.page.locator(".unsaved")).to_contain_text("With your unsaved title.")
    tab.press(APPROVE)
    tab.settle()
    candidate = server.queue.get(arxiv_id)
    assert (candidate.state, candidate.edit.title) == (State.APPROVED, "A Better Title")


def test_what_was_typed_survives_a_closed_form_another_paper_and_a_reload(tab):
    tab.press("e")
    field(tab, "Digest").fill("Half a sentence")
    tab.press("Escape", "j", "k")
    expect(tab.page.locator(".unsaved")).to_be_visible()
    tab.page.reload()
    tab.settle()
    tab.press("e")
    expect(field(tab, "Digest")).to_have_value("Half a sentence")
    tab.click("Discard")
    expect(tab.page.locator("#entry .rendered")).not_to_contain_text("Half a sentence")
    tab.page.reload()
    tab.settle()
    expect(tab.page.locator(".unsaved")).to_be_hidden()


def test_a_click_on_a_part_of_the_entry_opens_that_part(tab):
    tab.page.locator("#entry .rendered li li").nth(1).click()
    assert tab.focused == "field-keywords"
    tab.press("Escape")
    tab.page.locator("#entry .rendered details").click(position={"x": 60, "y": 40})
    assert tab.focused == "field-digest"


def test_an_entry_that_cannot_be_written_says_why_while_it_is_typed(tab):
    tab.press("e")
    tab.page.get_by_role("group", name="Link “code”").get_by_label("Address").fill("no address")
    expect(tab.page.locator("#entry .problem")).to_contain_text("is no web address")


def test_a_server_that_is_gone_loses_no_text_and_is_told(tab, server):
    tab.refused = True
    arxiv_id = tab.arxiv_id
    tab.press("e")
    server.stop()
    field(tab, "Digest").fill("Typed while nobody listened.")
    expect(tab.page.locator("#entry .problem")).to_contain_text("What you typed is kept.")
    tab.press(SAVE)
    expect(tab.page.locator(".notice.grave p")).to_contain_text("Not saved, your text is kept")
    expect(field(tab, "Digest")).to_have_value("Typed while nobody listened.")
    server.start()
    tab.press(SAVE)
    expect(tab.page.locator(".notice:not(.grave) p")).to_have_text("Saved.")
    assert server.queue.get(arxiv_id).edit.digest == "Typed while nobody listened."
