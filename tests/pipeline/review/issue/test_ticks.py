"""A body read back, however people left it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.issue import Notice, Wish, read_ticks
from pipeline.review.issue.marks import topic_key
from tests.builders import NOW
from tests.pipeline.review.issue.builders import make_body, make_card, tick

APPROVE = Wish(arxiv_id="2206.00001", revision=3, kind="approve")
REJECT = Wish(arxiv_id="2206.00001", revision=3, kind="reject")


@pytest.fixture
def body():
    return make_body(make_card("2206.00001", revision=3), make_card("2206.00002", revision=1))


def test_a_body_as_it_was_written_asks_for_nothing(body):
    assert read_ticks(body).wishes == ()


@pytest.mark.parametrize(
    ("parts", "wish"),
    [
        (("00001 r3 approve -->",), APPROVE),
        (("00001 r3 reject",), REJECT),
        (("00001 r3 later",), Wish(arxiv_id="2206.00001", revision=3, kind="later")),
        (
            ("00001 r3", "under Fairness"),
            Wish(
                arxiv_id="2206.00001", revision=3, kind="approve", topic_key=topic_key("Fairness")
            ),
        ),
    ],
)
def test_each_box_asks_for_what_it_says(body, parts, wish):
    assert read_ticks(tick(body, *parts)).wishes == (wish,)


def test_one_box_asks_for_all_above_it(body):
    assert read_ticks(tick(body, "approve all")).wishes == (
        Wish(arxiv_id="2206.00001", revision=3, kind="approve", of_all=True),
        Wish(arxiv_id="2206.00002", revision=1, kind="approve", of_all=True),
    )


@pytest.mark.parametrize(
    "mangled",
    [
        lambda body: body.replace("\n", "\r\n"),
        lambda body: body.replace("[x]", "[X]"),
        lambda body: body.replace("- [", "* ["),
        lambda body: "\n".join("> " + line for line in body.split("\n")),
        lambda body: "\n".join(reversed(body.split("\n"))),
        lambda body: "\n".join(line for line in body.split("\n") if "reject" in line),
        lambda body: body.replace("reject <", "no, thank you <"),
        lambda body: body + body,
        lambda body: body.replace("```", "` ``"),
        lambda body: "```\n" + body,
    ],
)
def test_a_tick_is_read_whatever_else_happened_to_the_body(body, mangled):
    assert read_ticks(mangled(tick(body, "00001 r3 reject"))).wishes == (REJECT,)


def test_an_emptied_body_asks_for_nothing():
    assert read_ticks("").wishes == ()


def test_a_tick_that_lost_its_mark_is_counted(body):
    ticked = tick(body, "00001 r3 reject").replace("<!-- shortlist:2206.00001 r3 reject -->", "")
    assert (read_ticks(ticked).wishes, read_ticks(ticked).unreadable) == ((), 1)


def test_a_mark_in_prose_or_in_code_is_no_tick(body):
    mark = "<!-- shortlist:2206.00001 r3 approve -->"
    assert read_ticks(f"please {mark} - [x] {mark}").wishes == ()
    assert read_ticks(f"```\nno end\n{mark}").wishes == ()


def test_notices_and_the_time_of_comments_are_read_back():
    notice = Notice(at=NOW, markdown="2206.00001: please tick one")
    until = datetime(2026, 11, 1, 5, 7, 9, tzinfo=UTC)
    ticks = read_ticks(make_body(make_card(), notices=(notice,), comments_until=until))
    assert (ticks.notices, ticks.comments_until) == ((notice,), until)


@pytest.mark.parametrize("when", ["", "soon", "2026-13-01", "2026-11-01T05:00:00"])
def test_a_time_that_is_none_is_no_time(when):
    assert read_ticks(f"<!-- shortlist:comments {when} -->").comments_until is None


@given(text=st.text(st.sampled_from("-[x] <!-shortlist:2206.01 r3aproveject\n>`#@")))
def test_any_text_can_be_read(text):
    read_ticks(text)


@given(first=st.integers(0, 80), count=st.integers(0, 80))
def test_a_body_that_lost_lines_never_asks_for_what_nobody_ticked(first, count):
    body = make_body(make_card("2206.00001", revision=3), make_card("2206.00002"))
    lines = tick(body, "00001 r3 reject").split("\n")
    assert set(read_ticks("\n".join(lines[:first] + lines[first + count :])).wishes) <= {REJECT}
