"""The digest as Markdown: short, the same for the same facts, and quiet when nothing happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from markdown_it import MarkdownIt

from pipeline.lists.harmless import WORD_JOINER
from pipeline.pages.digest import Added, DigestFacts, Incomplete, Waiting, render_digest

UNTIL = datetime(2026, 11, 26, 4, 47, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script> **b** | [x](https://evil.example) @me #12 `c` <!-- x"


def make_added(number: int = 1, **changes: Any) -> Added:
    added = Added(
        arxiv_id=f"2611.0000{number}",
        title=f"Added Paper {number}",
        url=f"https://arxiv.org/abs/2611.0000{number}",
        topic="Privacy",
        reviewer="Mara",
        added_at=UNTIL,
        commit="0123456789abcdef",
    )
    return replace(added, **changes)


def make_waiting(number: int = 1, **changes: Any) -> Waiting:
    waiting = Waiting(
        arxiv_id=f"2611.0010{number}",
        title=f"Waiting Paper {number}",
        url=f"https://arxiv.org/abs/2611.0010{number}",
        topic="Fairness",
        relevance=0.914,
        why="like “Fair Things” (0.71)",
    )
    return replace(waiting, **changes)


def make_digest(**changes: Any) -> DigestFacts:
    return DigestFacts(
        list_name="owner/awesome-list",
        since=datetime(2026, 11, 25, 4, 47, tzinfo=UTC),
        until=UNTIL,
        **changes,
    )


def test_a_quiet_day_is_told_in_one_sentence():
    assert render_digest(make_digest()) == (
        "## owner/awesome-list: what is new\n\n"
        "*Wednesday, 25 November 2026, 04:47 to Thursday, 26 November 2026, 04:47 UTC*\n\n"
        "A quiet time: nothing was added, nothing waits, and no day is incomplete.\n"
    )


def test_it_tells_what_was_added_what_waits_and_what_is_incomplete():
    text = render_digest(
        make_digest(
            added=(make_added(1), make_added(2, reviewer="")),
            waiting=(make_waiting(1), make_waiting(2, why="")),
            pending=7,
            deferred=1,
            approved=2,
            incomplete=(
                Incomplete(day=date(2026, 11, 25), known=("oai delivered 10 of 30 (cut off)",)),
                Incomplete(day=date(2026, 11, 24), known=()),
            ),
            dashboard="https://github.com/owner/awesome-list/issues",
        )
    )
    assert text.split("\n\n", 2)[2] == (
        "**2 papers were added, 7 wait for a decision, 1 was put off, 2 are approved for the next"
        " publication and 2 days are incomplete.**\n\n"
        "### Added\n\n"
        "- [Added Paper 1](https://arxiv.org/abs/2611.00001) (Privacy), approved by Mara\n"
        "- [Added Paper 2](https://arxiv.org/abs/2611.00002) (Privacy), written in by hand\n\n"
        "### Waiting for you\n\n"
        "- [Waiting Paper 1](https://arxiv.org/abs/2611.00101) (Fairness), relevance 0.91:"
        " like “Fair Things” (0.71)\n"
        "- [Waiting Paper 2](https://arxiv.org/abs/2611.00102) (Fairness), relevance 0.91\n"
        "- and 5 more\n\n"
        "Decide [on GitHub](https://github.com/owner/awesome-list/issues), with `shortlist review`"
        " or in a terminal with `shortlist review --terminal`: one key each.\n\n"
        "### Not complete yet\n\n"
        "- Wed 2026-11-25: oai delivered 10 of 30 (cut off)\n"
        "- Tue 2026-11-24: nobody has asked yet\n\n"
        "The next run asks again; nothing is lost.\n"
    )


def test_one_is_one():
    text = render_digest(make_digest(added=(make_added(),), pending=1, waiting=(make_waiting(),)))
    assert "**1 paper was added and 1 waits for a decision.**" in text
    assert "more" not in text


def test_without_anything_new_it_says_so_before_what_waits():
    text = render_digest(make_digest(pending=3, waiting=(make_waiting(),)))
    assert "**Nothing was added and 3 wait for a decision.**" in text
    assert "### Added" not in text
    assert "- and 2 more\n" in text


def test_what_a_person_must_look_at_stands_first():
    text = render_digest(
        make_digest(problems=("the last run of `daily` failed",), pending=1, waiting=())
    )
    look, added = text.index("**Please look:** the last run of"), text.index("### Waiting")
    assert look < added


def test_many_papers_stay_within_what_github_shows():
    facts = make_digest(
        added=tuple(make_added(title="y" * 5000) for _ in range(1000)),
        waiting=tuple(make_waiting(title="&" * 5000, why="<b" * 5000) for _ in range(10)),
        pending=10_000,
        incomplete=tuple(
            Incomplete(day=date(2026, 11, 25), known=("x" * 900,) * 3) for _ in range(14)
        ),
    )
    text = render_digest(facts)
    assert "- and 900 more\n" in text
    assert "- and 9990 more\n" in text
    assert "- and 9 more days\n" in text
    # Source: GitHub Docs, "Workflow commands": a step's summary is at most 1 MiB.
    assert len(text.encode()) < 200_000


def test_hostile_words_come_out_as_words():
    facts = make_digest(
        added=(make_added(title=HOSTILE, topic=HOSTILE, reviewer=HOSTILE),),
        waiting=(make_waiting(title=HOSTILE, topic=HOSTILE, why=HOSTILE),),
        pending=1,
        incomplete=(Incomplete(day=date(2026, 11, 25), known=(HOSTILE,)),),
        problems=(HOSTILE,),
    )
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(render_digest(facts))
    assert "<script" not in html
    assert html.count("<a ") == 2
    assert html.count("<code>") == 2
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 8
    assert not any(active in html for active in ("@me", "#12", "://evil", "<!--"))
    assert f"@{WORD_JOINER}me" in html
