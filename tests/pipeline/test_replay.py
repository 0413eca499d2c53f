"""Day by day as it would have been: what may be known, and what is measured."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from db.records import AnnounceType
from pipeline.errors import SetupError
from pipeline.git import Repository
from pipeline.replay.measure import RankedDay, calibration, interval, recall_at, work_saved
from pipeline.replay.past import ListPast
from pipeline.replay.run import ReplayJob, first_appearances, replay
from pipeline.replay.summary import summarise
from tests.builders import make_paper, write_day

FIRST = date(2022, 6, 1)


def entry(arxiv_id: str) -> str:
    return (
        f"- Title of {arxiv_id}. [[paper]](https://arxiv.org/abs/{arxiv_id})\n  - Ann Author.\n"
        f"  - Key Word: Auditing.\n\n"
    )


def commit(repository: Repository, ids: list[str], moment: datetime) -> None:
    """The list with ``ids``, committed at ``moment``."""
    text = "# A list\n\n# Paper List\n\n## Privacy\n\n" + "".join(map(entry, ids))
    (repository.root / "README.md").write_text(text, encoding="utf-8")
    stamp = moment.isoformat()
    who = ["-c", "user.name=Mara", "-c", "user.email=mara@example.org"]
    for words in (["add", "README.md"], [*who, "commit", "-qm", "Add"]):
        subprocess.run(
            ["git", "-C", str(repository.root), *words],
            check=True,
            env={"PATH": "/usr/bin:/bin", "GIT_AUTHOR_DATE": stamp, "GIT_COMMITTER_DATE": stamp},
        )


@pytest.fixture
def past(tmp_path) -> ListPast:
    """A list that took one paper in May, one on June 1 at noon, one on June 9."""
    repository = Repository.init(tmp_path / "list")
    ids: list[str] = []
    for arxiv_id, moment in (
        ("2205.00001", datetime(2022, 5, 20, tzinfo=UTC)),
        ("2206.00001", datetime(2022, 6, 1, 12, tzinfo=UTC)),
        ("2206.00002", datetime(2022, 6, 9, 1, tzinfo=UTC)),
    ):
        ids.append(arxiv_id)
        commit(repository, ids, moment)
    return ListPast(repository, ("README.md", "FULL_LIST.md"))


class Recording:
    """A ranker that keeps what it was told and ranks by identifier."""

    def __init__(self) -> None:
        self.known = []
        self.topics: list[str] = []

    def learn(self, known):
        self.known.append(known)

    def score(self, papers):
        self.topics = ["Privacy"] * len(papers)
        return np.array([-float(paper.arxiv_id) for paper in papers])


@pytest.fixture
def job(past, tmp_path) -> ReplayJob:
    days = tmp_path / "days"
    for number, day in enumerate([FIRST, date(2022, 6, 2), date(2022, 6, 8), date(2022, 6, 20)]):
        write_day(
            days,
            [make_paper(f"2206.{number}000{n}", announced=day) for n in range(1, 4)],
            day=day,
        )
    return ReplayJob(
        past=past,
        days=(days,),
        listed={},
        start=FIRST,
        end=date(2022, 6, 8),
        retrain_days=7,
        ours=Recording(),  # type: ignore[arg-type]
        others={},
        folder=tmp_path / "kept",
        report=lambda line: None,
    )


def test_the_list_of_a_day_is_that_of_the_last_commit_before_its_midnight(past):
    on_day = [entry.arxiv_id for entry in past.before(FIRST).entries]
    after = [entry.arxiv_id for entry in past.before(date(2022, 6, 2)).entries]
    assert (on_day, after) == (["2205.00001"], ["2205.00001", "2206.00001"])
    assert past.before(date(2022, 5, 20)).entries == ()


def test_a_paper_entered_on_the_day_of_its_first_commit(past):
    assert past.entered["2206.00001"].day == FIRST
    assert past.entered["2206.00001"].topic == "Privacy"


def test_what_came_within_seven_days_is_a_positive_and_what_came_later_is_none(job, past):
    days = job.days[0]
    write_day(days, [make_paper(f"2206.0000{n}", announced=FIRST) for n in (1, 2, 3)], day=FIRST)
    ranked = replay(job)[0]
    assert ranked.added == {"2206.00001"}
    late = past.entered["2206.00002"].day
    assert (late - FIRST).days == 8


def test_nobody_is_told_what_was_not_known_that_day(job):
    replay(job)
    for known in job.ours.known:
        assert all(paper.announced < known.day for paper in known.announced)
        assert all(entered.day < known.day for entered in known.entered.values())
        assert all(p.announced < known.day - timedelta(days=7) for p in known.negatives())


def test_everybody_learns_again_once_a_week(job):
    replay(job)
    assert [known.day for known in job.ours.known] == [FIRST, date(2022, 6, 8)]


def test_a_replay_that_was_stopped_goes_on_where_it_was(job):
    replay(replace(job, end=date(2022, 6, 2)))
    again = Recording()
    days = replay(replace(job, ours=again))  # type: ignore[arg-type]
    assert [known.day for known in again.known] == [date(2022, 6, 8)]
    assert [day.day for day in days] == [FIRST, date(2022, 6, 2), date(2022, 6, 8)]


def test_a_day_kept_half_is_done_again(job):
    replay(job)
    (job.folder / "2022-06-02.json").write_text('{"day": "2022-')
    again = Recording()
    replay(replace(job, ours=again))  # type: ignore[arg-type]
    assert len(again.known) == 1


def test_a_window_without_a_recorded_day_is_refused(job):
    with pytest.raises(SetupError, match="no recorded day lies in"):
        replay(replace(job, start=date(2022, 7, 1), end=date(2022, 7, 2)))


def test_a_paper_counts_on_the_day_it_first_appeared_and_no_replacement_does(tmp_path):
    write_day(tmp_path, [make_paper("2206.00001")], day=FIRST)
    second = date(2022, 6, 2)
    again = [make_paper(f"2206.0000{n}", announced=second) for n in (1, 2)]
    replaced = make_paper("2206.00003", announced=second, announce_type=AnnounceType.REPLACE)
    write_day(tmp_path, [*again, replaced], day=second)
    found = first_appearances([tmp_path], until=second, report=lambda line: None)
    assert [[paper.arxiv_id for paper in papers] for papers in found.values()] == [
        ["2206.00001"],
        ["2206.00002"],
    ]


def made_up_day(day: date, added_ranks: list[int], papers: int = 100) -> RankedDay:
    ids = tuple(f"{day}-{n}" for n in range(1, papers + 1))
    return RankedDay(
        day=day,
        arxiv_ids=ids,
        added=frozenset(ids[rank - 1] for rank in added_ranks),
        scores={"shortlist": tuple(1.0 - n / papers for n in range(papers))},
        topics={ids[rank - 1]: ("Privacy", "Privacy") for rank in added_ranks},
    )


def test_recall_counts_each_positive_within_its_own_day():
    days = [made_up_day(FIRST, [1, 12]), made_up_day(date(2022, 6, 2), [5, 60])]
    assert [recall_at(days, "shortlist", depth) for depth in (5, 20, 100)] == [0.5, 0.75, 1.0]


def test_work_saved_is_what_nobody_reads_to_find_nearly_all():
    days = [made_up_day(FIRST, [10])]
    assert work_saved(days, "shortlist") == pytest.approx(0.95 - 0.10)


def test_scores_that_come_true_are_calibrated_and_others_are_not():
    day = made_up_day(FIRST, [1, 2, 3, 4, 5])
    honest = replace(day, scores={"shortlist": (1.0,) * 5 + (0.0,) * 95})
    boastful = replace(day, scores={"shortlist": (1.0,) * 100})
    assert calibration([honest], "shortlist") == (0.0, 1.0)
    error, skill = calibration([boastful], "shortlist")
    assert error == pytest.approx(0.9)
    assert skill < 0


def test_an_interval_holds_the_value_and_is_the_same_again():
    days = [made_up_day(FIRST + timedelta(days=n), [1 + 3 * n]) for n in range(20)]

    def measure(sample):
        return recall_at(sample, "shortlist", 20)

    low, high = interval(days, measure)
    assert low < measure(days) < high
    assert (low, high) == interval(days, measure)


def test_the_summary_has_what_was_promised():
    summary = summarise([made_up_day(FIRST, [1])], start=FIRST, end=FIRST)
    assert set(summary) == {
        "window",
        "days",
        "papers",
        "positives",
        "recall_at",
        "wss_95",
        "median_papers_a_day",
        "topic_accuracy",
        "per_topic",
        "baselines",
        "intervals",
    }
    assert set(summary["recall_at"]) == {"5", "10", "20", "50"}
    json.dumps(summary)
