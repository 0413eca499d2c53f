"""One key, one decision: by keyboard, by mouse, by touch; undone, in order, and never lost."""

from __future__ import annotations

from collections import Counter

import pytest
from playwright.sync_api import expect

from db.records import State
from tests.e2e.review.chromium import PHONE
from tests.e2e.review.tab import APPROVE, LATER, REJECT, UNDO

pytestmark = pytest.mark.slow

DECISIONS = "arrlaxrralrx"
"""Approve, reject (by either key), later."""


def states(server) -> Counter[State]:
    return Counter(candidate.state for candidate in server.queue.candidates())


def test_twelve_candidates_are_decided_with_twelve_keys(tab, server):
    order = [candidate.paper.title for candidate in server.queue.pending()]
    seen = []
    for number, key in enumerate(DECISIONS, start=1):
        seen.append(tab.title)
        tab.press(key)
        assert tab.progress == f"{number} of 12"
    expect(tab.page.locator("#end-heading")).to_have_text("That was today’s queue")
    expect(tab.page.locator("#end .lede")).to_have_text("3 approved, 7 rejected, 2 left for later.")
    tab.settle()
    assert seen == order
    assert states(server) == {State.APPROVED: 3, State.REJECTED: 7, State.DEFERRED: 2}


def test_keys_faster_than_the_server_are_all_sent_in_their_order(tab, server):
    order = [candidate.paper.arxiv_id for candidate in server.queue.pending()]
    tab.press(*DECISIONS)
    tab.settle()
    history = [line.decision.arxiv_id for line in server.queue.recent(limit=20)]
    assert history[::-1] == order
    assert states(server) == {State.APPROVED: 3, State.REJECTED: 7, State.DEFERRED: 2}


def test_a_decision_is_kept_with_who_when_and_model(tab, server):
    arxiv_id = tab.arxiv_id
    tab.press(APPROVE)
    tab.settle()
    (decision,) = server.queue.history(arxiv_id)
    candidate = server.queue.get(arxiv_id)
    assert decision.reviewer == "Demo Maintainer"
    assert (decision.model, decision.relevance) == (candidate.model, candidate.relevance)


def test_the_mouse_does_what_the_keys_do(tab, server):
    first, second, third = (each.paper.arxiv_id for each in server.queue.pending()[:3])
    tab.page.locator("#approve").click()
    tab.page.locator("#reject").click()
    tab.page.locator("#later").click()
    tab.page.locator("#undo").click()
    assert tab.progress == "2 of 12"
    tab.settle()
    assert [server.queue.get(each).state for each in (first, second, third)] == [
        State.APPROVED,
        State.REJECTED,
        State.PENDING,
    ]
    tab.page.locator("#next").click()
    assert tab.arxiv_id == server.queue.pending()[1].paper.arxiv_id
    tab.page.locator("#previous").click()
    assert tab.arxiv_id == third


def test_undo_brings_the_paper_back_into_focus_again_and_again(tab, server):
    titles = [tab.title]
    for key in (REJECT, APPROVE):
        tab.press(key)
        titles.append(tab.title)
    tab.press(UNDO)
    assert (tab.title, tab.progress) == (titles[1], "1 of 12")
    tab.press(UNDO)
    assert (tab.title, tab.progress) == (titles[0], "0 of 12")
    tab.press(UNDO)
    expect(tab.page.locator(".notice p")).to_have_text("Nothing to undo.")
    tab.settle()
    assert states(server) == {State.PENDING: 12}


def test_undo_from_the_quiet_end_takes_back_the_last_one(tab, server):
    tab.press(*REJECT * 12)
    expect(tab.page.locator("#end-heading")).to_be_visible()
    tab.press(UNDO)
    expect(tab.page.locator("#card")).to_be_visible()
    tab.settle()
    assert tab.progress == "11 of 12"
    assert [each.paper.arxiv_id for each in server.queue.pending()] == [tab.arxiv_id]


def test_going_back_shows_what_was_decided_and_undo_takes_that_back(tab, server):
    first = tab.arxiv_id
    tab.press(REJECT, APPROVE)
    tab.settle()
    tab.press("k", "ArrowLeft")
    assert tab.arxiv_id == first
    expect(tab.page.locator(".banner")).to_contain_text("rejected by Demo Maintainer")
    expect(tab.page.locator("#approve")).to_be_disabled()
    tab.press(UNDO)
    tab.settle()
    assert server.queue.get(first).state is State.PENDING
    assert states(server)[State.APPROVED] == 1


def test_a_reason_costs_a_key_only_who_gives_one(tab, server):
    first, second = (each.paper.arxiv_id for each in server.queue.pending()[:2])
    tab.press(REJECT)
    tab.press("Shift+R")
    tab.page.keyboard.type("no experiments, and not ours")
    tab.press("Enter")
    expect(tab.page.locator("#progress-label")).to_have_text("2 of 12")
    tab.settle()
    assert [server.queue.get(each).reason for each in (first, second)] == [
        "",
        "no experiments, and not ours",
    ]


def test_a_reason_that_is_not_given_after_all_rejects_nothing(tab, server):
    tab.press("Shift+R", "Escape")
    tab.click("Reject with a reason")
    tab.click("Not now")
    assert tab.progress == "0 of 12"
    assert states(server) == {State.PENDING: 12}


def test_a_number_chooses_the_topic_that_an_approval_takes(tab, server):
    arxiv_id = tab.arxiv_id
    topics = tab.page.locator("label.topic .name").all_inner_texts()
    assert topics[0] == server.queue.get(arxiv_id).topic
    tab.press("2")
    expect(tab.page.locator("#entry .place")).to_have_text(f"under {topics[1]}")
    tab.press(APPROVE)
    tab.settle()
    assert server.queue.get(arxiv_id).topic == topics[1]


def test_any_topic_of_the_list_can_be_chosen(tab, server):
    arxiv_id = tab.arxiv_id
    tab.page.get_by_label("Another topic").select_option("Interactions with Blockchain")
    expect(tab.page.locator("#entry .place")).to_have_text("under Interactions with Blockchain")
    tab.page.locator("#approve").click()
    tab.settle()
    assert server.queue.get(arxiv_id).topic == "Interactions with Blockchain"


def test_keys_rest_while_somebody_types_and_when_they_are_turned_off(tab, server):
    tab.press("/")
    tab.page.keyboard.type("xrlua")
    tab.press("Escape", "?")
    tab.page.get_by_label("Single keys decide").uncheck()
    tab.click("Close")
    tab.press(APPROVE, REJECT, "x", LATER)
    tab.settle()
    assert states(server) == {State.PENDING: 12}
    tab.page.reload()
    tab.settle()
    tab.press(APPROVE)
    assert tab.progress == "0 of 12"


def test_a_key_that_is_held_down_decides_once(tab, server):
    tab.page.keyboard.down(REJECT)
    tab.page.keyboard.down(REJECT)
    tab.page.keyboard.down(REJECT)
    tab.page.keyboard.up(REJECT)
    tab.settle()
    assert states(server)[State.REJECTED] == 1


def test_a_phone_decides_by_touch_with_what_it_needs_in_reach(server, open_tab):
    tab = open_tab(server, **PHONE)
    for name in ("approve", "reject", "later", "undo"):
        box = tab.page.locator(f"#{name}").bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert box["y"] + box["height"] <= 844
    tab.page.locator("#approve").tap()
    tab.page.locator("#reject").tap()
    tab.page.locator("#undo").tap()
    assert tab.progress == "1 of 12"
    tab.settle()
    assert tab.page.evaluate("document.documentElement.scrollWidth") == 390
    tab.page.get_by_role("button", name="List", exact=True).tap()
    tab.rows.nth(5).tap()
    expect(tab.page.locator("#list")).to_be_hidden()
    assert tab.arxiv_id == server.queue.candidates()[5].paper.arxiv_id
    assert states(server) == {State.APPROVED: 1, State.PENDING: 11}
