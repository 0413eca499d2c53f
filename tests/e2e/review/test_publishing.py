"""Publishing from the page: the exact diff first, then one confirmation."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from db.records import State
from tests.e2e.review.tab import APPROVE, REJECT

pytestmark = pytest.mark.slow


def changed_lines(diff: str) -> list[str]:
    """Lines that a diff adds or takes out, in its order."""
    return [
        line
        for line in diff.splitlines()
        if line[:1] in {"+", "-"} and not line.startswith(("+++", "---"))
    ]


def test_the_diff_that_is_shown_is_what_git_has_afterwards(tab, server):
    tab.press("e")
    tab.page.get_by_label("Venue", exact=True).fill("ECCV 2022")
    tab.press("Escape", APPROVE, REJECT, APPROVE)
    tab.settle()
    approved = [candidate.paper.arxiv_id for candidate in server.queue.approved()]
    before = server.git("rev-parse", "HEAD")
    tab.press("p")
    expect(tab.page.locator("#publish-heading")).to_have_text("Publish 2 entries")
    shown = tab.page.locator("#publish .diff").inner_text()
    assert server.git("rev-parse", "HEAD") == before
    tab.click("Publish 2 entries")
    expect(tab.page.locator("#publish-heading")).to_have_text("Published 2 entries")
    assert server.git("rev-parse", "HEAD~1") == before
    written = server.git("show", "--format=", "HEAD")
    assert changed_lines(shown) == changed_lines(written)
    assert any("*ECCV 2022*" in line for line in changed_lines(written))
    assert [server.queue.get(each).state for each in approved] == [State.PUBLISHED] * 2
    assert tab.page.locator("#publish-body code").inner_text() in server.git("rev-parse", "HEAD")
    tab.click("Close")
    expect(tab.page.locator("#open-publish")).to_be_disabled()


def test_not_now_publishes_nothing(tab, server):
    tab.press(APPROVE)
    tab.settle()
    before = server.git("rev-parse", "HEAD")
    tab.press("p")
    expect(tab.page.locator("#publish .diff")).to_be_visible()
    tab.click("Not now")
    assert server.git("rev-parse", "HEAD") == before
    assert len(server.queue.approved()) == 1


def test_what_changed_since_the_diff_was_shown_is_shown_again(tab, server):
    tab.refused = True
    tab.press(APPROVE, APPROVE)
    tab.settle()
    tab.press("p")
    expect(tab.page.locator("#publish .diff")).to_be_visible()
    (server.folder / "list" / "README.md").write_text(
        (server.folder / "list" / "README.md")
        .read_text(encoding="utf-8")
        .replace("A guide to trustworthy AI", "Guidance on trustworthy AI"),
        encoding="utf-8",
    )
    server.git("commit", "-qam", "Reword")
    before = server.git("rev-parse", "HEAD")
    tab.click("Publish 2 entries")
    tab.page.locator("#publish-body").get_by_role("button").click()
    expect(tab.page.locator("#publish .diff")).to_be_visible()
    assert server.git("rev-parse", "HEAD") == before
    tab.click("Publish 2 entries")
    expect(tab.page.locator("#publish-heading")).to_have_text("Published 2 entries")
    assert server.git("rev-parse", "HEAD~1") == before


def test_a_published_paper_is_taken_out_again_only_after_a_confirmation(tab, server):
    arxiv_id, title = tab.arxiv_id, tab.title
    untouched = (server.folder / "list" / "README.md").read_bytes()
    tab.press(APPROVE)
    tab.settle()
    tab.press("p")
    tab.click("Publish 1 entry")
    expect(tab.page.locator("#publish-heading")).to_have_text("Published 1 entry")
    tab.open("/history")
    tab.click(f"Take out of the list: {title}")
    tab.click("Not now")
    assert server.queue.get(arxiv_id).state is State.PUBLISHED
    tab.click(title, role="link")
    tab.settle()
    tab.press("u")
    tab.click("Take it out")
    expect(tab.page.locator(".notice p")).to_contain_text("is out of the list and waits again")
    assert server.queue.get(arxiv_id).state is State.PENDING
    assert (server.folder / "list" / "README.md").read_bytes() == untouched
    assert server.git("rev-list", "--count", "HEAD").strip() == "3"
