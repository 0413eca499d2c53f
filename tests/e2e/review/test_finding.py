"""Filters, search, bulk answers, and the pages beside the queue."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from db.records import State, Verdict
from tests.e2e.review.tab import APPROVE, LATER, REJECT

pytestmark = pytest.mark.slow


def test_search_finds_as_one_types_and_enter_goes_to_the_first(tab, server):
    tab.press("/")
    assert tab.focused == "f-text"
    tab.page.keyboard.type("adversarial transfer")
    expect(tab.page.locator("#found")).to_have_text("1 paper waiting")
    tab.press("Enter", "Enter")
    assert "Adversarial Transferability" in tab.title
    assert "text=adversarial+transfer" in tab.page.url
    tab.page.reload()
    tab.settle()
    assert "Adversarial Transferability" in tab.title
    expect(tab.page.locator("#filtered")).to_have_text("with “adversarial transfer”")


def test_filters_by_topic_day_and_state_narrow_the_queue(tab, server):
    tab.press(LATER)
    tab.settle()
    tab.press("q")
    topic = tab.page.get_by_label("Topic", exact=True)
    topic.select_option("Evasion Attacks and Defenses")
    expected = [
        each.paper.title
        for each in server.queue.pending()
        if each.topic == "Evasion Attacks and Defenses"
    ]
    expect(tab.page.locator(".row-title")).to_have_text(expected)
    tab.click("Clear the filters")
    expect(tab.rows).to_have_count(11)
    tab.page.get_by_label("Day", exact=True).select_option("2022-07-26")
    expect(tab.page.locator("#found")).to_have_text("11 papers waiting")
    tab.page.get_by_label("State", exact=True).select_option("deferred")
    expect(tab.rows).to_have_count(1)
    tab.rows.first.click()
    tab.press(APPROVE)
    tab.settle()
    assert len(server.queue.approved()) == 1


def test_an_answer_to_an_older_question_brings_nothing_back(tab):
    held = []

    def hold(route):
        if "state=pending" in route.request.url:
            held.append(route)
        else:
            route.continue_()

    tab.page.route("**/api/queue?*", hold)
    tab.press(LATER)
    tab.settle()
    # What is asked after a decision is still on its way when another filter is chosen.
    for _ in range(100):
        if held:
            break
        tab.page.wait_for_timeout(100)
    assert held
    tab.press("q")
    tab.page.get_by_label("State", exact=True).select_option("deferred")
    expect(tab.rows).to_have_count(1)
    for route in held:
        route.continue_()
    tab.page.wait_for_timeout(1000)
    expect(tab.rows).to_have_count(1)


def test_nothing_found_says_so_and_leads_back(tab):
    tab.press("/")
    tab.page.keyboard.type("quantum chromodynamics")
    expect(tab.page.locator("#end-heading")).to_have_text("Nothing is found")
    tab.click("Show the whole queue")
    expect(tab.page.locator("#title")).to_be_visible()
    expect(tab.rows).to_have_count(12)


def test_all_that_is_found_gets_one_verdict_after_a_count_and_a_confirmation(tab, server):
    tab.press("q")
    tab.page.get_by_label("Topic", exact=True).select_option("Privacy")
    number = sum(candidate.topic == "Privacy" for candidate in server.queue.pending())
    papers = f"{number} paper" + ("s" if number != 1 else "")
    expect(tab.page.locator("#found")).to_have_text(f"{papers} waiting")
    tab.page.get_by_label("Topic", exact=True).select_option("")
    expect(tab.rows).to_have_count(12)
    tab.page.get_by_label("Search", exact=True).fill("adversarial")
    expect(tab.rows).not_to_have_count(12)
    number = tab.rows.count()
    tab.click("Reject all…")
    confirm = tab.page.get_by_role("dialog")
    expect(confirm).to_contain_text("All that the filters find: with “adversarial”.")
    tab.click("Not now")
    assert len(server.queue.pending()) == 12
    tab.click("Reject all…")
    tab.click(f"Reject {number} papers")
    expect(tab.page.locator("#end-heading")).to_have_text("Nothing is found")
    assert sum(each.state is State.REJECTED for each in server.queue.candidates()) == number
    tab.click("Undo all")
    expect(tab.rows).to_have_count(number)
    assert len(server.queue.pending()) == 12


def test_a_bulk_answer_about_a_queue_that_changed_meanwhile_changes_nothing(tab, server):
    tab.refused = True
    tab.press("q")
    tab.click("Approve all…")
    arxiv_id = server.queue.pending()[-1].paper.arxiv_id
    decide_elsewhere(server, arxiv_id)
    tab.click("Approve 12 papers")
    expect(tab.page.locator(".notice.grave p")).to_contain_text("Nothing was decided")
    assert server.queue.approved() == ()
    expect(tab.page.locator("#found")).to_have_text("11 papers waiting")


def decide_elsewhere(server, arxiv_id: str) -> None:
    from datetime import UTC, datetime

    from db.records import Decision

    server.queue.decide(
        Decision(
            arxiv_id=arxiv_id,
            verdict=Verdict.REJECT,
            reviewer="Ann",
            decided_at=datetime.now(UTC),
        )
    )


def test_the_history_tells_who_when_and_by_which_model_and_takes_back(server, open_tab):
    tab = open_tab(server)
    tab.press(APPROVE, REJECT)
    tab.settle()
    rejected = next(c for c in server.queue.candidates() if c.state is State.REJECTED)
    tab.open("/history")
    first = tab.page.locator("#decisions > li").first
    expect(first).to_contain_text(re.compile("rejected by Demo Maintainer, .* at "))
    expect(first).to_contain_text(rejected.paper.title)
    expect(first).to_contain_text(f"by model {rejected.model}")
    tab.page.get_by_role("button", name=f"Undo: {rejected.paper.title}").click()
    expect(tab.page.locator("#decisions > li").first).to_contain_text("undone by Demo Maintainer")
    assert server.queue.get(rejected.paper.arxiv_id).state is State.PENDING
    tab.page.get_by_label("By", exact=True).fill("Nobody")
    tab.click("Show")
    expect(tab.page.locator("#none")).to_be_visible()


def test_a_paper_in_the_history_leads_to_its_card(server, open_tab):
    tab = open_tab(server)
    title = tab.title
    tab.press(REJECT)
    tab.settle()
    tab.open("/history")
    tab.click(title, role="link")
    tab.settle()
    assert tab.title == title
    expect(tab.page.locator(".banner")).to_contain_text("rejected by Demo Maintainer")


def test_the_ledger_tells_what_came_and_the_model_page_where_its_report_is(server, open_tab):
    tab = open_tab(server, "/ledger")
    expect(tab.page.locator("#days > li").first).to_be_visible()
    tab.open("/model")
    expect(tab.page.locator("#report")).to_contain_text("shortlist report")


def test_a_paper_tells_its_whole_story_on_request(tab, server):
    tab.press(LATER)
    tab.settle()
    tab.press("k")
    tab.page.get_by_text("Its whole story").click()
    story = tab.page.locator("#evidence .story")
    expect(story.locator(".events li").first).to_contain_text("26 July 2022")
    expect(story).to_contain_text("Demo Maintainer")


@pytest.mark.parametrize("typed", ["{}", "arXiv:{}v1", "https://arxiv.org/abs/{}"])
def test_a_search_for_a_paper_that_is_not_here_says_why(tab, server, typed):
    queued = {candidate.paper.arxiv_id for candidate in server.queue.candidates()}
    seen = (server.folder / "days" / "2022-07-26.jsonl").read_text(encoding="utf-8")
    left_out = next(each for each in re.findall(r"2207\.\d{5}", seen) if each not in queued)
    tab.press("/")
    tab.page.keyboard.type(typed.format(left_out))
    story = tab.page.locator("#end .story")
    expect(story.locator(".answer")).not_to_be_empty()
    expect(story.get_by_role("link")).to_have_attribute("href", f"https://arxiv.org/abs/{left_out}")


def test_the_report_is_shown_with_its_own_style_and_no_script(server, open_tab):
    (server.folder / "var" / "report.html").write_text(
        "<!doctype html><title>Report</title><style>p { color: rgb(1, 2, 3) }</style>"
        "<p id=told>Recall</p>",
        encoding="utf-8",
    )
    tab = open_tab(server, "/model")
    report = tab.page.frame_locator("iframe")
    expect(report.locator("#told")).to_have_css("color", "rgb(1, 2, 3)")
