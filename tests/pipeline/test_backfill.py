"""Days of the past before an emulated arXiv: each fetched once, its papers news once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.records import AnnounceType, Fetch, FetchStatus, Standing
from pipeline.backfill import BackfillReport, DailyBackfill, HarvestBackfill, owed_days
from pipeline.sources.horizon import horizon_of
from pipeline.sources.live import REMEMBERED
from pipeline.sources.merge import is_ours
from pipeline.sources.oai_changes import SOURCE
from pipeline.sources.recorded import RecordedSource
from tests.arxiv_emulator import Rule, View, make_corpus
from tests.arxiv_emulator.clock import announced
from tests.builders import make_paper, write_day
from tests.fakes import FakeSource
from tests.live_world import MORNING, LiveWorld
from tests.pipeline.sources.live.conftest import Start

FIRST_DAY = date(2026, 10, 5)
DAYS = tuple(FIRST_DAY + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8))
"""Monday to Friday, Monday, Tuesday."""
MONDAY = DAYS[5]
HELD = 50
"""Papers a day, so that moderation held two of each day's; Tuesday's are twice as many."""


@pytest.fixture
def world(start: Start) -> LiveWorld:
    """Seven days, of which it is the morning of the sixth; nothing is known."""
    corpus = make_corpus(seed=1, first=FIRST_DAY, days=7, new=HELD, replaced=8, oddities=False)
    world = start(corpus)
    world.emulator.clock.set(announced(MONDAY) + MORNING)
    return world


def backfill(world: LiveWorld, *, lookup: bool = True) -> HarvestBackfill:
    """A backfill as the command line makes it."""
    intake, now = world.intake(), world.emulator.clock.now()
    assert intake.spine is not None
    complete = world.ledger.complete_days(SOURCE, since=now.date() - REMEMBERED)
    return HarvestBackfill(
        spine=intake.spine,
        lookup=intake.lookup if lookup else None,
        sets=intake.sets,
        store=world.store,
        ledger=world.ledger,
        horizon=horizon_of(complete, since=now.date() + timedelta(days=1), today=now.date()),
        now=now,
    )


def statuses(report: BackfillReport) -> list[str]:
    return [fetch.status.value for fetch in report.fetches]


def new_on(world: LiveWorld, *days: date) -> set[str]:
    """What was announced for the first time, but for what is withdrawn by now."""
    ids = {i for day in days for i in world.emulator.oracle.new(day, world.categories)}
    held = world.emulator.oracle.papers(world.categories)
    return {i for i in ids if not held[i].withdrawn and not was_withdrawn(world, i)}


def was_withdrawn(world: LiveWorld, arxiv_id: str) -> bool:
    """Whether a version withdrew a paper that came back: its comment still says so."""
    made, now = world.emulator.corpus[arxiv_id], world.emulator.clock.now()
    return any("withdrawn" in (c.comment or "") for c in made.changes if c.at <= now)


def waiting_ids(world: LiveWorld) -> set[str]:
    return {paper.arxiv_id for paper in world.queue.waiting()}


def came_later(world: LiveWorld, arxiv_id: str) -> bool:
    """Whether a paper got a category of ours only after its first announcement."""
    first = world.emulator.corpus[arxiv_id].changes[0].categories or ()
    return not is_ours(first, world.categories)


def harvest_requests(world: LiveWorld) -> int:
    return sum(row.request.view is View.OAI for row in world.emulator.log.requests)


def test_the_papers_of_the_span_wait_and_no_others(world: LiveWorld) -> None:
    report = backfill(world).run(DAYS[1], DAYS[3])
    assert (statuses(report), report.problems) == (["complete"] * 3, ())
    waiting = world.queue.waiting()
    rest = waiting_ids(world) - new_on(world, *DAYS[1:4])
    assert new_on(world, *DAYS[1:4]) <= waiting_ids(world)
    assert all(came_later(world, arxiv_id) for arxiv_id in rest)
    assert report.news == len(waiting)
    assert all(DAYS[1] <= paper.announced <= DAYS[3] for paper in waiting)


def test_their_days_are_estimated_and_right(world: LiveWorld) -> None:
    backfill(world).run(DAYS[1], DAYS[3])
    waiting = {paper.arxiv_id: paper for paper in world.queue.waiting()}
    assert all(paper.estimated for paper in waiting.values())
    held = 0
    for day in DAYS[1:4]:
        for arxiv_id in new_on(world, day):
            paper = waiting[arxiv_id]
            held += paper.published is not None and day - paper.published > timedelta(days=7)
            assert paper.announced == day
    assert held >= 4


def test_the_highest_identifier_of_a_day_is_its_own(world: LiveWorld) -> None:
    report = backfill(world).run(DAYS[0], DAYS[4])
    highest = [max(new_on(world, day)) for day in DAYS[:5]]
    assert [fetch.highest_id for fetch in report.fetches] == highest


def test_the_daily_run_after_a_backfill_misses_no_paper_even_without_feeds(
    world: LiveWorld,
) -> None:
    world.use = ("oai",)
    backfill(world).run(DAYS[0], DAYS[4])
    world.run(MONDAY)
    world.run(DAYS[6])
    assert new_on(world, *DAYS) - {paper.arxiv_id for paper in world.triaged} == set()
    assert world.doubled() == []


def test_what_was_announced_later_is_left_to_the_daily_run(world: LiveWorld) -> None:
    backfill(world).run(DAYS[1], DAYS[3])
    later = new_on(world, DAYS[4], MONDAY)
    assert later
    assert world.store.known(later) == {}


def test_old_papers_that_changed_are_history(world: LiveWorld) -> None:
    backfill(world).run(DAYS[1], DAYS[3])
    changed = world.emulator.oracle.papers(world.categories, modified_since=DAYS[1])
    old = [i for i, paper in changed.items() if paper.announced < DAYS[0]]
    known = world.store.known(old)
    assert len(known) == len(old) > 0
    assert {paper.standing for paper in known.values()} == {Standing.HISTORY}


def test_what_was_history_and_belongs_to_the_span_waits(world: LiveWorld) -> None:
    backfill(world).run(DAYS[3], DAYS[4])
    revised = {
        i
        for i, paper in world.emulator.oracle.papers(world.categories).items()
        if paper.announced in DAYS[:3] and not was_withdrawn(world, i)
    } & world.store.known(new_on(world, *DAYS[:3])).keys()
    assert revised
    assert not revised & waiting_ids(world)
    backfill(world).run(DAYS[0], DAYS[4])
    assert revised <= waiting_ids(world)


def test_what_was_triaged_stays_triaged(world: LiveWorld) -> None:
    world.run(DAYS[2])
    world.emulator.clock.set(announced(MONDAY) + MORNING)
    ids = {paper.arxiv_id for paper in world.triaged}
    report = backfill(world).run(DAYS[0], DAYS[4])
    assert report.complete_before == 1
    assert ids & waiting_ids(world) == set()
    assert {known.standing for known in world.store.known(ids).values()} == {Standing.TRIAGED}


def test_complete_days_are_not_asked_for_again(world: LiveWorld) -> None:
    backfill(world).run(DAYS[0], DAYS[4])
    world.emulator.log.clear()
    report = backfill(world).run(DAYS[0], DAYS[4])
    assert (report.complete_before, report.fetches, report.failed) == (5, (), False)
    assert world.emulator.log.requests == ()


def test_days_around_a_complete_one_begin_at_the_first_that_is_owed(world: LiveWorld) -> None:
    backfill(world).run(DAYS[0], DAYS[1])
    world.emulator.log.clear()
    report = backfill(world).run(DAYS[0], DAYS[4])
    assert [fetch.day for fetch in report.fetches] == list(DAYS[2:5])
    assert world.emulator.log.requests[0].request.query["from"] == (str(DAYS[2]),)
    assert new_on(world, *DAYS[:5]) <= waiting_ids(world)


def test_a_backfill_that_broke_goes_on_where_it_was(world: LiveWorld, start: Start) -> None:
    whole = start(world.emulator.corpus)
    whole.emulator.clock.set(announced(MONDAY) + MORNING)
    backfill(whole).run(DAYS[0], DAYS[4])

    world.emulator.faults.set(
        Rule("F8:refuse", view=View.OAI, nth=6, times=0, arguments={"seconds": 0})
    )
    broken = backfill(world).run(DAYS[0], DAYS[4])
    assert broken.failed
    assert {"partial", "failed"} >= set(statuses(broken))
    assert broken.problems
    world.emulator.faults.clear()
    world.emulator.log.clear()

    mended = backfill(world).run(DAYS[0], DAYS[4])
    assert (statuses(mended), mended.failed) == (["complete"] * 5, False)
    assert waiting_ids(world) == waiting_ids(whole)
    assert harvest_requests(world) == harvest_requests(whole) - 5
    assert world.store.harvest(f"cs {DAYS[0]}/{DAYS[4]}") is None
    # It did not see what was read before it broke, so it draws no line for what is news.
    assert {fetch.highest_id for fetch in mended.fetches} == {""}


def test_a_killed_backfill_goes_on_where_it_was(world: LiveWorld) -> None:
    class Killed(BaseException):
        """As SIGKILL: nothing catches it."""

    job = backfill(world)

    def kill(done: int, _: int) -> None:
        if done >= 3:
            raise Killed

    with pytest.raises(Killed):
        job.run(DAYS[0], DAYS[4], progress=kill)
    asked = harvest_requests(world)
    stored = waiting_ids(world)
    assert stored
    assert world.ledger.days(since=DAYS[0]) == ()
    report = backfill(world).run(DAYS[0], DAYS[4])
    assert statuses(report) == ["complete"] * 5
    assert new_on(world, *DAYS[:5]) <= waiting_ids(world)
    first = world.emulator.log.requests[asked].request.query
    assert "resumptionToken" in first


def test_a_hole_leaves_the_days_owed_until_it_is_filled(world: LiveWorld) -> None:
    hole = sorted(new_on(world, DAYS[1]))[4]
    world.emulator.faults.set(Rule("F17", view=View.OAI, arguments={"id": hole}))
    report = backfill(world, lookup=False).run(DAYS[0], DAYS[4])
    assert report.failed
    assert hole not in world.store.known([hole])
    assert report.problems
    owed = owed_days(world.ledger, SOURCE, DAYS[0], DAYS[4])
    assert DAYS[1] in owed
    world.emulator.faults.clear()
    mended = backfill(world, lookup=False).run(DAYS[0], DAYS[4])
    assert not mended.failed
    assert new_on(world, *DAYS[:5]) <= waiting_ids(world)


def test_a_row_that_the_moving_order_hid_is_asked_for_by_its_identifier(world: LiveWorld) -> None:
    world.emulator.faults.set(Rule("F23", view=View.OAI, nth=3))
    report = backfill(world).run(DAYS[0], DAYS[4])
    assert (statuses(report), report.problems) == (["complete"] * 5, ())
    assert any(row.request.view is View.API for row in world.emulator.log.requests)
    assert new_on(world, *DAYS[:5]) <= waiting_ids(world)


def test_without_the_repair_lane_a_hidden_row_leaves_its_day_owed(world: LiveWorld) -> None:
    world.emulator.faults.set(Rule("F23", view=View.OAI, nth=3))
    report = backfill(world, lookup=False).run(DAYS[0], DAYS[4])
    (problem,) = report.problems
    assert "that no source gives whole" in problem
    assert statuses(report).count("partial") == 1
    again = backfill(world, lookup=False).run(DAYS[0], DAYS[4])
    assert (statuses(again), again.complete_before) == (["complete"], 4)
    assert new_on(world, *DAYS[:5]) <= waiting_ids(world)


def test_a_blocked_machine_asks_nothing_more_and_owes_all(world: LiveWorld) -> None:
    world.emulator.faults.set("F6")
    report = backfill(world).run(DAYS[0], DAYS[4])
    assert len(world.emulator.log.requests) == 1
    assert statuses(report) == ["failed"] * 5
    assert "403" in report.problems[0]


def test_a_day_that_is_not_whole_at_arxiv_yet_stays_owed(world: LiveWorld) -> None:
    world.emulator.clock.set(announced(MONDAY) + timedelta(hours=3))
    report = backfill(world).run(DAYS[4], MONDAY)
    assert statuses(report) == ["complete", "partial"]
    assert report.fetches[1].problem == "OAI-PMH may not have all of it yet"


def test_a_due_day_for_which_nothing_came_is_a_failure_not_an_empty_day(start: Start) -> None:
    world = start(make_corpus(seed=1, first=FIRST_DAY, days=2, new=5, known=0))
    world.emulator.clock.set(announced(MONDAY) + MORNING)
    report = backfill(world).run(DAYS[0], DAYS[2])
    assert statuses(report) == ["complete", "complete", "failed"]
    assert "no other source says so" in report.fetches[2].problem


def test_progress_counts_the_days_of_change_over_all_sets(world: LiveWorld) -> None:
    said: list[tuple[int, int]] = []
    backfill(world).run(DAYS[0], DAYS[4], progress=lambda done, total: said.append((done, total)))
    assert said == sorted(said)
    assert {total for _, total in said} == {14}
    assert said[-1][0] == 14


@pytest.fixture
def recorded(start: Start) -> LiveWorld:
    """A world with a folder of three recorded days; the network is not asked."""
    world = start(make_corpus(seed=1, days=1, new=1, known=0))
    for number, day in enumerate(DAYS[:3]):
        papers = [
            make_paper(f"2610.0{number}{n:03}", announced=day, announce_type=kind)
            for n, kind in enumerate(AnnounceType)
        ]
        write_day(world.folder / "days", papers, day=day)
    return world


def day_by_day(world: LiveWorld, *sources: FakeSource) -> DailyBackfill:
    now = world.emulator.clock.now()
    folder = world.folder / "days"
    return DailyBackfill(
        sources=sources or (RecordedSource(folder, now=lambda: now),),
        ledger=world.ledger,
        queue=world.queue,
        now=now,
    )


def test_recorded_days_are_made_up_for_day_by_day(recorded: LiveWorld) -> None:
    said: list[tuple[int, int]] = []
    report = day_by_day(recorded).run(
        DAYS[0], DAYS[2], progress=lambda done, total: said.append((done, total))
    )
    assert (statuses(report), report.news, report.failed) == (["complete"] * 3, 6, False)
    assert said == [(1, 3), (2, 3), (3, 3)]
    # Replacements are no news.
    assert all(i.endswith(("000", "001")) for i in waiting_ids(recorded))
    assert day_by_day(recorded).run(DAYS[0], DAYS[2]).complete_before == 3


def test_a_recorded_day_that_is_missing_stays_owed(recorded: LiveWorld) -> None:
    report = day_by_day(recorded).run(DAYS[2], DAYS[3])
    assert report.failed
    assert statuses(report)[0] == "complete"
    assert [problem.partition(":")[0] for problem in report.problems] == [f"recorded {DAYS[3]}"]
    assert owed_days(recorded.ledger, "recorded", DAYS[0], DAYS[3]) == (DAYS[0], DAYS[1], DAYS[3])


def test_each_source_is_asked_only_for_what_it_owes(recorded: LiveWorld) -> None:
    papers = {day: [make_paper(f"2610.1{n:04}", announced=day)] for n, day in enumerate(DAYS)}
    first, second = FakeSource(papers, name="one"), FakeSource(papers, name="two")
    done = Fetch(
        source="one",
        day=DAYS[1],
        status=FetchStatus.NO_MAILING,
        received=0,
        fetched_at=recorded.emulator.clock.now(),
    )
    partial = replace(done, source="two", status=FetchStatus.PARTIAL)
    recorded.ledger.record([done, partial])
    second.failing.add(DAYS[2])
    report = day_by_day(recorded, first, second).run(DAYS[0], DAYS[2])
    assert (first.asked, second.asked) == ([DAYS[0], DAYS[2]], list(DAYS[:3]))
    assert (report.complete_before, report.news, report.failed) == (1, 3, True)
    assert report.problems == (f"two {DAYS[2]}: it is down",)
