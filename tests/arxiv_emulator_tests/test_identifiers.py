"""Identifiers are given at the announcement, in order: each day's lie above those of all before."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from pipeline.arxiv_id import id_order
from tests.arxiv_emulator import FAULTS, SIZES, Corpus, Rule, make_corpus
from tests.arxiv_emulator.clock import announced
from tests.arxiv_emulator_tests.conftest import Get, Start

PREPARED = [code for code, fault in FAULTS.items() if fault.prepare]
SPANS = {"a week": date(2026, 10, 5), "end of a month": date(2026, 9, 28)}


def is_in_order(corpus: Corpus) -> bool:
    """Whether the identifiers of each day lie above those of the days before."""
    days: dict[date, list[str]] = {}
    for paper in corpus:
        first = paper.changes[0].day
        assert first is not None
        days.setdefault(first, []).append(paper.arxiv_id)
    spans = [(min(ids, key=id_order), max(ids, key=id_order)) for _, ids in sorted(days.items())]
    return all(
        id_order(before[1]) < id_order(after[0])
        for before, after in pairwise(spans)
        if "/" not in before[1] + after[0]  # of archives that numbered apart
    )


@pytest.mark.parametrize("first", SPANS.values(), ids=SPANS)
@pytest.mark.parametrize("code", PREPARED)
def test_a_fault_about_histories_keeps_identifiers_in_order(
    code: str, first: date, start: Start
) -> None:
    corpus = make_corpus(first=first, days=6, known=60)
    days = corpus.days()[-6:]
    emulator = start(corpus=corpus)
    known = len(corpus)
    for day in (days[1], days[3], days[-1]):
        emulator.faults.set(Rule(code, arguments={"day": day}))
        assert is_in_order(corpus)
    assert (len(corpus) > known) == (code in {"F27", "F31", "F37"})


def test_a_paper_inserted_at_the_head_gets_an_identifier_of_its_day(start: Start, get: Get) -> None:
    corpus = make_corpus(days=6, known=60)
    days = corpus.days()[-6:]
    emulator = start("F22", corpus=corpus)
    emulator.clock.set(announced(days[2]) + timedelta(hours=9))
    known = {paper.arxiv_id for paper in corpus}
    get(emulator.api_url, search_query="cat:cs.*", start=20, max_results=20)
    (added,) = {paper.arxiv_id for paper in corpus} - known
    assert corpus[added].changes[0].day == days[2]
    assert is_in_order(corpus)


@pytest.mark.parametrize(
    "size", ["small", "day", "month", pytest.param("bulk", marks=pytest.mark.slow)]
)
def test_a_corpus_of_every_size_is_in_order(size: str) -> None:
    corpus = make_corpus(**SIZES[size])
    assert is_in_order(corpus)
    assert all(
        len(paper.arxiv_id.partition(".")[2]) == 5 for paper in corpus if "." in paper.arxiv_id
    )


def test_a_paper_may_be_announced_on_any_day_of_a_corpus_with_room() -> None:
    corpus = make_corpus(days=3, known=30)
    for day in (date(2026, 7, 7), *(date(2026, 10, number) for number in (6, 5, 13, 12, 7, 6))):
        corpus.announce(day)
    assert is_in_order(corpus)


def test_a_corpus_without_room_says_so() -> None:
    corpus = Corpus()
    corpus.announce(date(2026, 10, 6), arxiv_id="2610.00001")
    corpus.announce(date(2026, 10, 8), arxiv_id="2610.00002")
    with pytest.raises(ValueError, match=r"between 2610\.1 and 2610\.2"):
        corpus.announce(date(2026, 10, 7))


def test_recorded_days_that_are_in_no_order_take_another_paper_above_those_before() -> None:
    corpus = Corpus()
    corpus.announce(date(2026, 10, 6), arxiv_id="2610.00007")
    corpus.announce(date(2026, 10, 7), arxiv_id="2610.00005")
    corpus.announce(date(2026, 10, 7), arxiv_id="2610.00008")
    assert corpus.announce(date(2026, 10, 6)) == "2610.00009"
