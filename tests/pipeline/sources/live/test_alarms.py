"""What a person has to know of is one record, and it says what came (invariant I9)."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.daily import problems_of
from tests.arxiv_emulator import Rule, make_corpus
from tests.pipeline.sources.live.conftest import Start

FIRST_DAY = date(2026, 10, 27)
CATEGORIES = ("cs.LG", "cs.AI")

ALARMS = {
    # Which sources' line it is, and what stands in it.
    "F6": ("rss, oai 2026-10-30: ", "403: this machine is blocked, and nothing more is asked"),
    "F26": ("rss 2026-10-30: ", "were in the batch before: arXiv serves an old feed"),
    "F27": ("rss 2026-10-30: cs.LG: ", "holds 2,000 items, where arXiv cuts"),
    "F28": ("rss", "nothing was announced, though a mailing was due"),
    "F29:error": ("rss 2026-10-30: cs.LG: ", "Bad archive"),
    "F29:empty": ("rss 2026-10-30: cs.LG: ", "is empty, and a mailing was due"),
    "F30": ("api 2026-10-30: ", "not there yet"),
}
LONG = {"F27"}
"""A feed of 2,000 items."""


@pytest.mark.parametrize(
    "code", [pytest.param(code, marks=pytest.mark.slow if code in LONG else ()) for code in ALARMS]
)
def test_an_alarm_is_exactly_one_record_on_its_day_and_none_after(code: str, start: Start) -> None:
    corpus = make_corpus(seed=5, first=FIRST_DAY, days=5, new=12, replaced=8, oddities=False)
    use = ("rss", "api") if code == "F30" else ("oai", "rss", "api")
    world = start(corpus, categories=CATEGORIES, use=use, records_per_page=500)
    *before, day, after = corpus.days()[-5:]
    for earlier in before:
        assert problems_of(world.run(earlier)) == ()
    category = {"category": "cs.LG"} if code.startswith("F29") else {}
    world.emulator.faults.set(Rule(code, arguments=category))
    (record,) = problems_of(world.run(day))
    begins, says = ALARMS[code]
    assert record.startswith(begins)
    assert says in record
    world.calm()
    assert problems_of(world.run(after)) == ()
    assert world.missed(before[0], after) == set()


def test_after_a_block_nothing_is_asked_until_the_next_run(start: Start) -> None:
    corpus = make_corpus(seed=5, first=FIRST_DAY, days=2, new=12, replaced=8, oddities=False)
    world = start(corpus, categories=CATEGORIES)
    first, second = corpus.days()[-2:]
    world.emulator.faults.set(Rule("F6", nth=2))
    world.run(first)
    assert [row.status for row in world.emulator.log.requests] == [200, 403]
    world.calm()
    world.run(second)
    assert world.lost(since=first) == []
    assert world.missed(first, second) == set()
