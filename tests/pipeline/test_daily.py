"""The daily job, on a real list and a real database, with sources and models that are fakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from db.records import AnnounceType, Decision, FetchStatus, State, TopicProbability, Verdict
from pipeline.daily import DailyJob, DailyReport, run_and_record, run_daily
from pipeline.job_runs import JobRecorder
from pipeline.sources.day_by_day import DayByDay
from pipeline.triage.select import choices_of
from pipeline.watch import watch_queue
from tests.builders import DAY, NOW, make_paper
from tests.fakes import FakeScorer, FakeSource, make_daily_job, nine_papers

FRIDAY, MONDAY = date(2022, 6, 3), date(2022, 6, 6)


@pytest.fixture
def source() -> FakeSource:
    return nine_papers()


@pytest.fixture
def job(tmp_path, source) -> DailyJob:
    return make_daily_job(tmp_path, source)


def approve(job: DailyJob, *ids: str) -> None:
    for arxiv_id in ids:
        job.queue.decide(
            Decision(arxiv_id=arxiv_id, verdict=Verdict.APPROVE, reviewer="Mara", decided_at=NOW)
        )


def record(job: DailyJob) -> DailyReport:
    """Run it, with its end in the ledger."""
    return run_and_record(lambda: job, JobRecorder(ledger=job.ledger, clock=lambda: job.now))


def reading(job: DailyJob, *sources: FakeSource) -> DailyJob:
    """The job with other sources."""
    return replace(job, intake=DayByDay(sources=sources, ledger=job.ledger))


def queued_ids(job: DailyJob) -> list[str]:
    return [candidate.paper.arxiv_id for candidate in job.queue.candidates()]


def test_a_run_queues_the_best_of_the_day_with_their_reasons(job):
    report = run_daily(job)
    assert (report.announced, report.fresh, report.queued) == (9, 9, 3)
    assert queued_ids(job) == ["2206.00008", "2206.00007", "2206.00006"]
    best = job.queue.get("2206.00008")
    assert (best.topic, best.topic_probability, best.model) == ("Fairness", 0.9, "fake-1")
    assert best.why == ("like “Private Things” (0.70)", "words for it: private")


def test_a_second_run_on_the_same_day_finds_nothing_fresh(job):
    run_daily(job)
    report = run_daily(job)
    assert (report.announced, report.fresh, report.queued) == (9, 0, 0)
    assert job.scorer.scored == [f"2206.0000{number}" for number in range(9)]


def test_what_was_approved_is_published_before_anything_is_fetched(job):
    run_daily(job)
    approve(job, "2206.00008", "2206.00006")
    report = run_daily(job)
    assert report.publication.published == ("2206.00008", "2206.00006")
    text = job.publication.list_paths[0].read_text(encoding="utf-8")
    assert "- Fairness 8. [[paper]](https://arxiv.org/abs/2206.00008)\n" in text
    assert job.queue.get("2206.00008").state is State.PUBLISHED


def test_a_replacement_and_a_listed_paper_are_never_queued(job):
    papers = [
        make_paper("2206.00900", announce_type=AnnounceType.REPLACE, abstract=None),
        make_paper("2205.00002"),
        make_paper("2206.00901", title="Private  THINGS"),
    ]
    report = run_daily(reading(job, FakeSource({DAY: papers})))
    assert (report.announced, report.fresh) == (3, 0)


def test_a_paper_near_a_listed_title_by_a_shared_author_is_queued_and_says_so(job):
    paper = make_paper("2206.00902", title="Private Thing", authors=("Ann Author",))
    run_daily(reading(job, FakeSource({DAY: [paper]})))
    assert job.queue.get("2206.00902").why[0] == "may be the listed “Private Things”"


def test_a_source_that_is_down_is_said_and_made_up_for_by_the_next_run(job, source):
    source.failing.add(DAY)
    report = run_daily(job)
    assert report.failed
    assert report.problems == ("fake 2022-06-01: it is down",)
    assert (report.fetches[0].status, report.queued) == (FetchStatus.FAILED, 0)
    source.failing.clear()
    later = run_daily(replace(job, day=DAY + timedelta(days=1)))
    assert not later.failed
    assert [fetch.day for fetch in later.fetches] == [DAY, DAY + timedelta(days=1)]
    assert later.queued == 3


def test_many_days_with_one_problem_are_one_line(job, source):
    source.failing.update(DAY + timedelta(days=number) for number in range(40))
    run_daily(job)
    report = run_daily(replace(job, day=DAY + timedelta(days=1)))
    assert report.problems == ("fake 2022-06-01 to 2022-06-02 (2 days): it is down",)


def test_two_sources_with_one_problem_are_one_line(job, source):
    others = FakeSource({}, name="other"), FakeSource({}, name="third")
    for each in (source, *others):
        each.failing.add(DAY)
    others[1].problem = "it is away"
    report = run_daily(reading(job, source, *others))
    assert report.problems == (
        "fake, other 2022-06-01: it is down",
        "third 2022-06-01: it is away",
    )


def test_one_source_that_answers_is_enough_to_end_well(job, source):
    down = FakeSource({}, name="down")
    down.failing.add(DAY)
    report = run_daily(reading(job, down, source))
    assert not report.failed
    assert report.queued == 3


def test_days_that_no_run_fetched_are_fetched_by_the_next(job):
    run_daily(job)
    later = run_daily(replace(job, day=MONDAY))
    asked = [fetch.day for fetch in later.fetches]
    assert asked == [date(2022, 6, 2), FRIDAY, MONDAY]


def test_late_papers_compete_with_those_queued_for_their_day(job, source):
    run_daily(job)
    late = [make_paper("2206.00500"), make_paper("2206.00001"), make_paper("2206.00002")]
    source.days[DAY] = late
    report = run_daily(replace(job, per_day=3))
    assert report.fresh == 1
    assert queued_ids(job)[0] == "2206.00500"
    source.days[DAY] = [
        make_paper("2206.00004", title="Late and weak"),
        make_paper("2206.01000", title="Fairness later and weaker"),
    ]
    assert run_daily(job).queued == 0


def test_a_model_that_cannot_be_loaded_queues_nothing_and_loses_nothing(job):
    job.scorer.broken = True
    report = run_daily(job)
    assert report.failed
    assert (report.queued, report.waiting) == (0, 9)
    assert report.problems == ("the model is away (9 papers wait for the next run)",)
    job.scorer.broken = False
    healed = run_daily(replace(reading(job, FakeSource({})), day=DAY + timedelta(days=1)))
    assert (healed.fresh, healed.queued) == (9, 3)
    assert job.queue.waiting() == ()


def test_a_model_of_another_list_queues_nothing_and_says_what_to_do(job):
    report = run_daily(replace(job, scorer=FakeScorer(("Astronomy", "Botany"))))
    assert report.waiting == 9
    assert "knows none of this list's topics (Privacy, Fairness)" in report.problems[0]
    assert "shortlist train" in report.problems[0]


def test_topics_the_model_calls_otherwise_are_mapped_by_the_aliases(job):
    scorer = FakeScorer(("Secrecy", "Justice"))
    run_daily(replace(job, scorer=scorer, aliases={"Secrecy": "Privacy", "justice": "Fairness"}))
    assert {candidate.topic for candidate in job.queue.pending()} == {"Privacy"}


def test_what_nobody_decides_on_expires(job):
    run_daily(job)
    publication = replace(job.publication, now=NOW + timedelta(days=15))
    report = run_daily(replace(job, publication=publication))
    assert sorted(report.expired) == ["2206.00006", "2206.00007", "2206.00008"]
    assert job.queue.pending() == ()


def test_a_pending_candidate_that_a_person_listed_closes_as_added(job):
    run_daily(job)
    path = job.publication.list_paths[0]
    entry = "- Fairness 8. [[paper]](https://arxiv.org/abs/2206.00008)\n  - Dan Drafter.\n\n"
    path.write_text(path.read_text().replace("- Fair Things", entry + "- Fair Things"))
    report = run_daily(job)
    assert report.publication.closed == ("2206.00008",)
    assert job.queue.get("2206.00008").state is State.PUBLISHED
    assert job.queue.history("2206.00008")[-1].verdict is Verdict.LISTED


def test_the_ledger_learns_of_a_run_that_ended_and_of_one_that_did_not(job):
    record(job)
    assert job.ledger.last_runs()[0].status == "ok"
    job.publication.list_paths[0].unlink()
    with pytest.raises(Exception, match=r"README\.md"):
        record(job)
    assert job.ledger.last_runs()[0].status == "failed"


def test_a_few_papers_from_below_the_cut_are_queued_and_marked(job):
    job = replace(job, audit_per_week=10)
    report = run_daily(job)
    audit = [each for each in job.queue.candidates() if each.audit]
    assert (report.queued, len(audit)) == (5, 2)
    assert queued_ids(job)[:3] == ["2206.00008", "2206.00007", "2206.00006"]
    assert run_daily(job).queued == 0
    weights = {each.paper.arxiv_id: each.weight for each in job.queue.training_sample()}
    assert {weights[each.paper.arxiv_id] for each in audit} == {6 / 2}
    assert {weights[arxiv_id] for arxiv_id in queued_ids(job)[:3]} == {1.0}


def test_papers_drawn_from_below_the_cut_take_no_place_of_late_ones(job, source):
    job = replace(job, audit_per_week=10)
    run_daily(job)
    source.days[DAY] = [make_paper("2206.00500"), make_paper("2206.00006", title="Drawn again")]
    assert run_daily(job).queued == 1
    assert "2206.00500" in queued_ids(job)


def test_what_was_not_queued_is_sampled_for_training(job, source):
    source.days[DAY] = [make_paper(f"2206.{number:05}") for number in range(200)]
    run_daily(job)
    rest = [each for each in job.queue.training_sample() if each.weight != 1.0]
    assert {each.weight for each in rest} == {20.0}
    assert 2 <= len(rest) <= 20


def test_what_the_queue_tells_is_looked_at_once_something_was_queued(job):
    looks = []

    def look():
        looks.append(job.queue.counts()[State.PENDING])
        return watch_queue(job.queue, today=DAY)

    job = replace(job, audit_per_week=10, watch=look)
    report = run_daily(job)
    assert looks == [5]
    # Two were drawn from below the cut, and nobody has answered yet: that is no news.
    assert sum(each.audit for each in job.queue.candidates()) == 2
    assert report.notes == ()
    assert run_daily(job).notes == ()
    assert looks == [5]


def on_day(job: DailyJob, day: date) -> DailyJob:
    """The job on the morning of another day."""
    morning = datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    return replace(job, day=day, publication=replace(job.publication, now=morning))


def test_three_empty_announcement_days_are_an_alarm_that_fails_the_run(job):
    run_daily(job)
    reports = [run_daily(on_day(job, date(2022, 6, day))) for day in (2, 3, 4, 5, 6)]
    assert [report.alarm for report in reports] == [False, False, False, False, True]
    assert [report.failed for report in reports] == [False, False, False, False, True]
    assert reports[-1].problems[-1].startswith("no paper since 2022-06-01: the last 3 announcement")


def test_a_paper_ends_the_alarm(job, source):
    run_daily(job)
    for day in (2, 3, 6):
        run_daily(on_day(job, date(2022, 6, day)))
    source.days[date(2022, 6, 7)] = [make_paper("2206.00500", announced=date(2022, 6, 7))]
    report = run_daily(on_day(job, date(2022, 6, 7)))
    assert (report.alarm, report.failed, report.queued) == (False, False, 1)


def test_a_new_installation_whose_first_days_are_empty_is_not_alarmed_at_once(job, source):
    source.days.clear()
    assert [run_daily(on_day(job, date(2022, 6, day))).alarm for day in (1, 2)] == [False, False]


def test_an_alarm_is_kept_as_the_reason_why_the_run_failed(job):
    run_daily(job)
    for day in (2, 3):
        run_daily(on_day(job, date(2022, 6, day)))
    last = on_day(job, MONDAY)
    record(last)
    (run,) = job.ledger.last_runs()
    assert (run.status, run.problem.partition(":")[0]) == ("failed", "no paper since 2022-06-01")


def test_a_candidate_carries_what_its_scores_rest_on(job, source):
    paper = make_paper("2206.00900", title="Fairness", comment="Accepted at NeurIPS 2022. 9 pages")
    source.days[DAY] = [paper]
    run_daily(job)
    evidence = job.queue.get("2206.00900").evidence
    assert [(near.arxiv_id, near.similarity) for near in evidence.nearest] == [("2205.00002", 0.7)]
    assert evidence.words_for == ("private",)
    assert evidence.accepted == "Accepted at NeurIPS 2022"


def test_topics_to_choose_among_are_named_as_the_list_names_them():
    ranked = tuple(
        TopicProbability(topic=topic, probability=p)
        for topic, p in (("Privacy", 0.5), ("Fairness", 0.4), ("Others", 0.1))
    )
    assert choices_of(("fairness", "Secrecy"), ranked, {"secrecy": "Privacy"}) == (
        "Privacy",
        "Fairness",
    )
    assert choices_of(("Privacy",), ranked, {}) == ()
