"""What every intake does, whatever stands behind it: one suite for the port."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from db.ledger import Ledger
from db.papers import PaperStore
from db.records import FetchStatus
from pipeline.outcome import Delivery
from pipeline.ports import Intake
from pipeline.sources.api import ApiSource
from pipeline.sources.api_pages import ApiPages
from pipeline.sources.day_by_day import DayByDay
from pipeline.sources.feeds import FeedLane
from pipeline.sources.http import HttpClient
from pipeline.sources.live import LiveIntake
from pipeline.sources.lookup import Lookup
from pipeline.sources.spine import Spine
from tests.arxiv_emulator import Corpus, Emulator, Rule
from tests.arxiv_emulator.clock import announced
from tests.pipeline.sources.conftest import MakeClient

CATEGORIES = ("cs.LG", "stat.ML")
TUESDAY, WEDNESDAY, SATURDAY = date(2026, 10, 6), date(2026, 10, 7), date(2026, 10, 10)
DOWN = Rule("F4:500", times=0)

MakeIntake = Callable[[], Intake]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Two days with six papers of ours each, and one of nobody's; it is Tuesday morning."""
    corpus = Corpus(seed=1)
    for day in (TUESDAY, WEDNESDAY):
        for number in range(7):
            corpus.announce(day, categories=("cs.LG", "stat.ML") if number else ("math.CO",))
    with Emulator(corpus, now=announced(TUESDAY) + timedelta(hours=9)) as running:
        yield running


@pytest.fixture
def client(make_client: MakeClient, emulator: Emulator) -> HttpClient:
    return make_client(emulator.url, max_attempts=1)


@pytest.fixture(params=["day by day", "live"])
def make_intake(
    request: pytest.FixtureRequest,
    emulator: Emulator,
    client: HttpClient,
    store: PaperStore,
    ledger: Ledger,
) -> MakeIntake:
    """Makes the intake of a run, as it is at the emulator's time."""

    def day_by_day() -> DayByDay:
        source = ApiSource(
            client,
            api_url=emulator.api_url,
            categories=CATEGORIES,
            now=emulator.clock.now,
        )
        return DayByDay(sources=(source,), ledger=ledger)

    def live() -> LiveIntake:
        now, pages = (
            emulator.clock.now(),
            ApiPages(client, api_url=emulator.api_url, categories=CATEGORIES),
        )
        return LiveIntake(
            client=client,
            feeds=FeedLane(
                client=client,
                rss_url=emulator.rss_url,
                categories=CATEGORIES,
                store=store,
                now=now,
            ),
            spine=Spine(
                client=client,
                oai_url=emulator.oai_url,
                categories=CATEGORIES,
                store=store,
                now=now,
            ),
            lookup=Lookup(pages),
            sets=("cs", "stat"),
            categories=CATEGORIES,
            store=store,
            ledger=ledger,
            now=now,
        )

    return day_by_day if request.param == "day by day" else live


def run(make_intake: MakeIntake, emulator: Emulator, ledger: Ledger, day: date) -> list[Delivery]:
    """A run on the morning of a day, and its lines in the ledger."""
    emulator.clock.set(announced(day) + timedelta(hours=9))
    deliveries = list(make_intake().deliver(day))
    ledger.record([delivery.fetch for delivery in deliveries])
    return deliveries


def ids(deliveries: list[Delivery]) -> list[str]:
    """What was delivered, once for each time it was."""
    return sorted(paper.arxiv_id for delivery in deliveries for paper in delivery.papers)


def test_an_intake_delivers_the_papers_of_the_day_with_their_day(make_intake, emulator, ledger):
    deliveries = run(make_intake, emulator, ledger, TUESDAY)
    assert ids(deliveries) == sorted(emulator.oracle.new(TUESDAY, CATEGORIES))
    papers = [paper for delivery in deliveries for paper in delivery.papers]
    assert {paper.announced for paper in papers} == {TUESDAY}
    assert all(paper.title and paper.abstract and paper.authors for paper in papers)


def test_each_source_has_one_line_for_the_day_and_it_is_whole(make_intake, emulator, ledger):
    deliveries = run(make_intake, emulator, ledger, TUESDAY)
    lines = [(delivery.fetch.source, delivery.fetch.day) for delivery in deliveries]
    assert len(lines) == len(set(lines)) >= 1
    assert {day for _, day in lines} == {TUESDAY}
    assert {delivery.fetch.status for delivery in deliveries} == {FetchStatus.COMPLETE}
    assert {delivery.fetch.received for delivery in deliveries} == {6}
    assert [delivery.fetch.problem for delivery in deliveries if delivery.fetch.problem] == []
    assert {delivery.fetch.fetched_at for delivery in deliveries} == {emulator.clock.now()}


def test_the_ledger_is_the_jobs_to_write(make_intake, ledger):
    make_intake().deliver(TUESDAY)
    assert ledger.days(since=date.min) == ()


def test_a_second_run_of_a_day_delivers_the_same(make_intake, emulator, ledger):
    first = run(make_intake, emulator, ledger, TUESDAY)
    assert ids(run(make_intake, emulator, ledger, TUESDAY)) == ids(first)


def test_a_day_without_a_mailing_is_no_failure(make_intake, emulator, ledger):
    for day in (TUESDAY, WEDNESDAY, date(2026, 10, 8), date(2026, 10, 9)):
        run(make_intake, emulator, ledger, day)
    deliveries = run(make_intake, emulator, ledger, SATURDAY)
    saturday = [d.fetch for d in deliveries if d.fetch.day == SATURDAY]
    assert {fetch.status for fetch in saturday} == {FetchStatus.NO_MAILING}
    assert {fetch.problem for fetch in saturday} == {""}


@pytest.mark.parametrize(
    ("fault", "said"), [(DOWN, "500"), (Rule("F6", times=0), "403"), (Rule("F13", times=0), "html")]
)
def test_arxiv_that_gives_nothing_is_a_failure_in_a_line_and_never_an_error(
    make_intake, emulator, ledger, fault, said
):
    emulator.faults.set(fault)
    deliveries = run(make_intake, emulator, ledger, TUESDAY)
    assert ids(deliveries) == []
    assert {delivery.fetch.status for delivery in deliveries} == {FetchStatus.FAILED}
    problems = [delivery.fetch.problem for delivery in deliveries]
    assert all(said in problem.lower() for problem in problems)
    assert not any("\n" in problem for problem in problems)


def test_after_a_block_nothing_more_is_asked(make_intake, emulator):
    emulator.faults.set(Rule("F6", times=0))
    intake = make_intake()
    intake.deliver(TUESDAY)
    intake.deliver(TUESDAY)
    assert [row.status for row in emulator.log.requests] == [403]


def test_a_day_that_failed_is_made_up_for_by_the_next_run(make_intake, emulator, ledger):
    emulator.faults.set(DOWN)
    run(make_intake, emulator, ledger, TUESDAY)
    emulator.faults.clear()
    deliveries = run(make_intake, emulator, ledger, WEDNESDAY)
    both = emulator.oracle.new(TUESDAY, CATEGORIES) | emulator.oracle.new(WEDNESDAY, CATEGORIES)
    assert ids(deliveries) == sorted(both)
    by_id = {paper.arxiv_id: paper for delivery in deliveries for paper in delivery.papers}
    assert {by_id[i].announced for i in emulator.oracle.new(TUESDAY, CATEGORIES)} == {TUESDAY}
    healed = ledger.days(since=TUESDAY)
    assert {(fetch.day, fetch.status) for fetch in healed if fetch.source != "rss"} == {
        (TUESDAY, FetchStatus.COMPLETE),
        (WEDNESDAY, FetchStatus.COMPLETE),
    }


def test_a_day_that_no_run_asked_for_is_made_up_for_too(make_intake, emulator, ledger):
    corpus, thursday = emulator.corpus, date(2026, 10, 8)
    for _ in range(3):
        corpus.announce(thursday, categories=("cs.LG",))
    run(make_intake, emulator, ledger, TUESDAY)
    deliveries = run(make_intake, emulator, ledger, thursday)
    missed = emulator.oracle.new(WEDNESDAY, CATEGORIES)
    assert missed | emulator.oracle.new(thursday, CATEGORIES) <= set(ids(deliveries))
    assert {delivery.fetch.day for delivery in deliveries} >= {WEDNESDAY, thursday}
