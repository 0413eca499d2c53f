"""Two people at once, and a server that is not there: nothing is overwritten, nothing is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from db.records import State
from tests.e2e.review.server import PROXY_HEADER
from tests.e2e.review.tab import APPROVE, REJECT, UNDO

pytestmark = pytest.mark.slow


def as_reviewer(name: str) -> dict[str, object]:
    return {"extra_http_headers": {PROXY_HEADER: name}}


def test_the_second_reviewer_is_told_who_decided_what_and_goes_on(shared_server, open_tab):
    ann = open_tab(shared_server, **as_reviewer("Ann"))
    ben = open_tab(shared_server, **as_reviewer("Ben"))
    ben.refused = True
    title, arxiv_id = ben.title, ben.arxiv_id
    ann.press(REJECT)
    ann.settle()
    ben.press(APPROVE)
    assert ben.title != title
    expect(ben.page.locator(".notice.grave p")).to_have_text(
        re.compile(f"^Ann was first: “{re.escape(title[:30])}.*” is rejected[.]$")
    )
    ben.settle()
    assert shared_server.queue.get(arxiv_id).state is State.REJECTED
    assert len(shared_server.queue.history(arxiv_id)) == 1
    ben.click("Show it")
    expect(ben.page.locator("#title")).to_have_text(title)
    expect(ben.page.locator(".banner")).to_contain_text("rejected by Ann")
    expect(ben.page.locator("#approve")).to_be_disabled()


def test_what_others_did_is_seen_after_the_next_action(shared_server, open_tab):
    ben = open_tab(shared_server, **as_reviewer("Ben"))
    ann = open_tab(shared_server, **as_reviewer("Ann"))
    ann.press("j", "j", REJECT, REJECT)
    ann.settle()
    ben.press(APPROVE)
    expect(ben.page.locator("#progress-label")).to_have_text("3 of 12")
    ben.press("q")
    expect(ben.page.locator(".row.done")).to_have_count(3)


def test_an_entry_that_somebody_else_edited_is_shown_before_it_is_decided(shared_server, open_tab):
    ann = open_tab(shared_server, **as_reviewer("Ann"))
    ben = open_tab(shared_server, **as_reviewer("Ben"))
    ben.refused = True
    title, arxiv_id = ben.title, ben.arxiv_id
    ann.press("e")
    ann.page.get_by_label("Venue", exact=True).fill("ICLR 2023")
    ann.press("Control+Enter")
    expect(ann.page.locator(".notice p")).to_have_text("Saved.")
    ben.press(APPROVE)
    expect(ben.page.locator(".notice.grave p")).to_contain_text("was changed meanwhile by Ann")
    assert shared_server.queue.get(arxiv_id).state is State.PENDING
    ben.click("Show it")
    expect(ben.page.locator("#title")).to_have_text(title)
    expect(ben.page.locator("#entry em")).to_have_text("ICLR 2023")
    ben.press(APPROVE)
    ben.settle()
    assert shared_server.queue.get(arxiv_id).reviewer == "Ben"


def test_what_two_people_type_into_one_entry_is_merged_field_by_field(shared_server, open_tab):
    ann = open_tab(shared_server, **as_reviewer("Ann"))
    ben = open_tab(shared_server, **as_reviewer("Ben"))
    ben.refused = True
    arxiv_id = ben.arxiv_id
    ben.press("e")
    ben.page.get_by_label("Digest", exact=True).fill("Ben's digest.")
    ann.press("e")
    ann.page.get_by_label("Venue", exact=True).fill("ICLR 2023")
    ann.press("Control+Enter")
    expect(ann.page.locator(".notice p")).to_have_text("Saved.")
    ben.press("Control+Enter")
    expect(ben.page.locator(".notice.grave p")).to_contain_text("your text is kept")
    expect(ben.page.get_by_label("Venue", exact=True)).to_have_value("ICLR 2023")
    ben.press("Control+Enter")
    expect(ben.page.locator(".notice:not(.grave) p")).to_have_text("Saved.")
    edit = shared_server.queue.get(arxiv_id).edit
    assert (edit.venue, edit.digest) == ("ICLR 2023", "Ben's digest.")


def test_decisions_that_a_gone_server_did_not_hear_come_back(tab, server):
    tab.refused = True
    titles = [tab.title]
    tab.press("j")
    titles.append(tab.title)
    tab.press("k")
    server.stop()
    tab.press(APPROVE, REJECT)
    expect(tab.page.locator(".notice.grave p")).to_contain_text("2 decisions were not kept")
    expect(tab.page.locator("#progress-label")).to_have_text("0 of 12")
    server.start()
    tab.press("k", "k")
    assert tab.title == titles[0]
    tab.press(APPROVE, REJECT)
    tab.settle()
    assert tab.progress == "2 of 12"
    assert len(server.queue.pending()) == 10


def test_a_server_that_was_started_anew_is_no_hindrance(tab, server):
    tab.refused = True
    tab.press(APPROVE)
    tab.settle()
    server.stop()
    server.start()
    tab.press(REJECT, UNDO, REJECT)
    tab.settle()
    assert tab.page.locator(".notice.grave").count() == 0
    assert len(server.queue.pending()) == 10


def test_a_page_that_cannot_be_loaded_says_so_and_tries_again(tab, server):
    tab.refused = True
    tab.press("q")
    server.stop()
    tab.page.get_by_label("Topic", exact=True).select_option("Privacy")
    expect(tab.page.locator("#trouble")).to_contain_text("Shortlist does not answer")
    server.start()
    tab.click("Try again")
    expect(tab.page.locator("#found")).to_contain_text("waiting")
    expect(tab.page.locator("#trouble")).to_be_hidden()
