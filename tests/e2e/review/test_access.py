"""For everybody: names and order for a screen reader, contrast in light and dark, no surprises.

axe is not at hand; these are the checks of it that matter here, on what Chromium computed.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.review.chromium import PHONE
from tests.e2e.review.tab import APPROVE, LATER, REJECT

pytestmark = pytest.mark.slow

PAGES = ["/", "/history", "/ledger", "/model"]

_CHECKS = (Path(__file__).parent / "checks.js").read_text(encoding="utf-8").rstrip().rstrip(";")


def check(tab, name: str):
    """What one of the checks in ``checks.js`` finds."""
    return tab.page.evaluate(f"{_CHECKS}.{name}()")


def too_faint(tab) -> list[str]:
    """Texts of too little contrast, once every colour is what it will be."""
    tab.page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")
    return check(tab, "faint")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_told_from_its_ground(server, open_tab, scheme):
    tab = open_tab(server, color_scheme=scheme)
    tab.press("q", "Escape", "e")
    assert too_faint(tab) == []
    tab.press("Escape", REJECT, APPROVE, LATER)
    assert too_faint(tab) == []
    tab.settle()
    tab.press("k", "q")
    assert too_faint(tab) == []
    tab.press("p")
    expect(tab.page.locator("#publish .diff")).to_be_visible()
    assert too_faint(tab) == []
    for path in PAGES[1:]:
        tab.open(path)
        tab.page.wait_for_load_state("networkidle")
        assert too_faint(tab) == []


def test_light_and_dark_follow_the_system(server, open_tab):
    grounds = [
        open_tab(server, color_scheme=scheme).page.evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        for scheme in ("light", "dark")
    ]
    assert grounds == ["rgb(245, 244, 240)", "rgb(19, 21, 24)"]


def test_everything_that_can_be_used_has_a_name(tab):
    tab.press("q", "Escape", "e")
    assert check(tab, "nameless") == []
    for key in ("?", "Shift+R"):
        tab.press("Escape", key)
        assert check(tab, "nameless") == []
    for path in PAGES[1:]:
        tab.open(path)
        assert check(tab, "nameless") == []


def test_headings_begin_with_one_and_leave_out_no_level(tab):
    for path in PAGES:
        tab.open(path)
        tab.page.wait_for_load_state("networkidle")
        levels = check(tab, "headings")
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_a_screen_reader_finds_landmarks_and_the_keys_of_each_button(tab):
    shown = tab.page.locator("body").aria_snapshot()
    for landmark in ("banner", "navigation", "main", "article", 'group "Decide"', "status"):
        assert re.search(rf"^ *- '?{landmark}", shown, re.MULTILINE), landmark
    keys = {
        "approve": "a",
        "reject": "r x",
        "later": "l",
        "undo": "u",
        "next": "j ArrowRight",
        "previous": "k ArrowLeft",
        "open-search": "/",
        "open-help": "?",
    }
    for name, expected in keys.items():
        assert tab.page.locator(f"#{name}").get_attribute("aria-keyshortcuts") == expected


def test_what_happened_is_said_and_the_focus_goes_to_the_next_paper(tab):
    first = tab.title
    tab.press(APPROVE)
    expect(tab.page.locator("#said")).to_have_text(
        re.compile(rf"^Approved: {re.escape(first[:40])}.* 1 of 12\. Next: ")
    )
    assert tab.focused == "title"
    tab.press(*REJECT * 11)
    assert tab.focused == "end-heading"
    expect(tab.page.locator("#said")).to_contain_text("That was all.")


def test_a_button_that_decides_keeps_the_focus(tab):
    tab.page.locator("#reject").focus()
    tab.press("Enter", "Enter")
    assert (tab.focused, tab.progress) == ("reject", "2 of 12")


def test_the_focus_is_never_lost(tab):
    """What is opened gives the focus back to where it came from."""
    tab.page.locator("#open-list").focus()
    tab.press("Enter")
    assert tab.focused == "close-list"
    tab.press("Escape")
    assert tab.focused == "open-list"
    tab.page.locator("#open-help").focus()
    tab.press("Enter")
    assert tab.focused == "help-heading"
    tab.press("Escape")
    assert tab.focused == "open-help"
    tab.press("e", "Escape")
    assert tab.page.evaluate("document.activeElement.textContent") == "Edit"
    tab.press("Enter")
    tab.page.get_by_label("Venue", exact=True).fill("ICML 2023")
    tab.press("Control+Enter")
    expect(tab.page.locator(".fields")).to_have_count(0)
    assert tab.page.evaluate("document.activeElement.tagName") == "BUTTON"


def test_tab_goes_through_the_page_in_the_order_it_is_read(tab):
    order = []
    for _ in range(60):
        tab.press("Tab")
        order.append(
            tab.page.evaluate(
                "document.activeElement.id || document.activeElement.className.baseVal"
                " || document.activeElement.textContent.trim().slice(0, 30)"
            )
        )
    wanted = ["Skip to the content", "Shortlist", "open-list", "open-help", "Rendered", "Markdown"]
    wanted += ["Edit", "previous", "approve", "reject", "later", "undo", "next"]
    found = [order.index(name) for name in wanted]
    assert found == sorted(found)


def test_targets_are_large_enough_for_a_finger(server, open_tab):
    tab = open_tab(server, **PHONE)
    assert check(tab, "small") == []
    tab.press("e")
    assert check(tab, "small") == []


def test_who_wants_no_motion_gets_none(server, open_tab):
    tab = open_tab(server, reduced_motion="reduce")
    tab.press(APPROVE)
    moving = tab.page.evaluate(
        "document.getAnimations().filter((each) => each.animationName !== 'late').length"
    )
    assert moving == 0


def test_the_page_is_light_and_asks_for_nothing_elsewhere(tab):
    sizes = [len(request.response().body()) for request in tab.requests]
    assert sum(sizes) < 200_000
    assert tab.strangers == []


def test_the_policy_lets_no_inline_script_or_style_through(tab):
    tab.errors.clear()
    ran = tab.page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.ran = true";
          document.body.append(script);
          const before = getComputedStyle(document.body).outlineWidth;
          document.body.setAttribute("style", "outline: 9px solid red");
          return [window.ran ?? false, getComputedStyle(document.body).outlineWidth === before];
        }"""
    )
    assert ran == [False, True]
    assert any("Content Security Policy" in error for error in tab.errors)
    tab.errors.clear()


def test_no_template_has_a_script_or_a_style_of_its_own(tab):
    for path in PAGES:
        tab.open(path)
        assert check(tab, "inline") == []
