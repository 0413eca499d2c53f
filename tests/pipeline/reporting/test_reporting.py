"""From a kept replay, a list's history and scores to the facts of a report."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import date, timedelta

import pytest

from db.vectors import VectorCache
from pipeline.errors import SetupError
from pipeline.git import Repository
from pipeline.pages.facts import Drift
from pipeline.replay import run
from pipeline.replay.measure import RankedDay, calibration, interval, recall_at, reliability
from pipeline.replay.past import ListPast
from pipeline.replay.summary import summarise, write_summary
from pipeline.reporting.figures import make_bin
from pipeline.reporting.job import ReportJob, gather_facts
from pipeline.reporting.listed import read_drift, read_evaluation, topic_facts
from pipeline.reporting.replayed import find_replay
from tests.builders import make_paper
from tests.models.builders import WordEncoder

START = date(2022, 6, 1)
NAMES = ("README.md", "FULL_LIST.md")


def entry(arxiv_id: str, title: str) -> str:
    return (
        f"- {title}. [[paper]](https://arxiv.org/abs/{arxiv_id})\n  - Ann Author.\n"
        f"  - <details><summary>Digest</summary> On {title}.</details>\n\n"
    )


def make_day(number: int, *, papers: int = 40) -> RankedDay:
    """One positive a day, one place lower every day among scores that fall evenly."""
    day = START + timedelta(days=number)
    ids = tuple(f"22{day:%m}.{number:02}{row:03}" for row in range(papers))
    scores = tuple(round(0.9 - row * 0.02, 6) for row in range(papers))
    added = ids[min(number * 3, papers - 1)]
    return RankedDay(
        day=day,
        arxiv_ids=ids,
        added=frozenset({added}),
        scores={run.SHORTLIST: scores, "tfidf_svm": scores[::-1]},
        topics={added: ("Privacy", "Privacy" if number % 2 else "Fairness")},
    )


@pytest.fixture
def days() -> tuple[RankedDay, ...]:
    return tuple(make_day(number) for number in range(12))


@pytest.fixture
def history(tmp_path, days) -> ListPast:
    """A list that began in May 2021 and gained in May and June 2022; one topic was renamed."""
    repository = Repository.init(tmp_path / "list")
    path = tmp_path / "list" / "README.md"

    def commit(moment: str, **topics: list[str]) -> None:
        parts = [f"\n## {topic}\n\n{''.join(entries)}" for topic, entries in topics.items()]
        path.write_text("# A list\n\n# Paper List\n" + "".join(parts), encoding="utf-8")
        date_of = {"GIT_COMMITTER_DATE": f"{moment}T12:00:00+0000"}
        environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, **date_of}
        who = ["-c", "user.name=Mara Tester", "-c", "user.email=mara@example.org"]
        for words in (["add", "README.md"], [*who, "commit", "-qm", "Keep"]):
            subprocess.run(["git", *words], cwd=path.parent, env=environment, check=True)

    old = [entry("2104.00001", "Old Secrets"), entry("2104.00002", "Old Groups")]
    may = [entry("2205.00001", "Private Federated Secrets")]
    june = [entry(next(iter(day.added)), f"Secrets of {day.day}") for day in days]
    commit("2021-05-10", Confidentiality=old[:1], Fairness=old[1:])
    commit("2022-05-20", Privacy=may + old[:1], Fairness=old[1:])
    commit("2022-06-20", Privacy=june + may + old[:1], Fairness=old[1:])
    return ListPast(repository, NAMES)


@pytest.fixture
def make_job(tmp_path, history, days):
    """A job over a replay that was kept whole."""
    folder = tmp_path / "replay" / "0123"
    for day in days:
        run._save(folder, day)
    write_summary(summarise(days, start=days[0].day, end=days[-1].day), folder)

    class NamedEncoder(WordEncoder):
        name = "made-up"

        def encode(self, texts, *, progress=None):
            return super().encode(texts)

    def make(**changes) -> ReportJob:
        listed = [
            make_paper("2104.00001", title="Old Secrets", abstract="old secrets leak"),
            make_paper("2205.00001", title="Private Federated Secrets", abstract="secrets"),
            *(
                make_paper(next(iter(day.added)), title=f"Secrets of {day.day}", abstract="secrets")
                for day in days[1:]
            ),
        ]
        settings = {
            "list_name": "list",
            "past": history,
            "replay": tmp_path / "replay",
            "listed": {paper.arxiv_id: paper for paper in listed},
            "aliases": {},
            "evaluation": {},
            "drift": None,
            "today": date(2022, 9, 1),
            "encoder": NamedEncoder(),
            "cache": VectorCache(tmp_path / "vectors.db"),
        }
        return ReportJob(**(settings | changes))

    return make


def test_the_facts_are_those_of_the_summary(make_job, tmp_path):
    replay = gather_facts(make_job()).replay
    summary = json.loads((tmp_path / "replay" / "0123" / "summary.json").read_text())
    ours, other = replay.curves
    assert (ours.name, other.name) == ("Shortlist", "TF-IDF + SVM")
    for depth, recall in summary["recall_at"].items():
        found = ours.recall[int(depth)]
        assert round(found.value, 4) == recall
        low, high = summary["intervals"]["recall_at"][depth]
        assert (round(found.low, 4), round(found.high, 4)) == (low, high)
        theirs = summary["baselines"]["tfidf_svm"]["recall_at"][depth]
        assert round(other.recall[int(depth)].value, 4) == theirs
    assert (replay.days, replay.papers, len(replay.added)) == (12, 480, 12)
    assert (
        replay.relevance_error.value == summary["intervals"]["relevance_calibration_error"]["value"]
    )
    assert replay.topic_accuracy.value == summary["topic_accuracy"] == 0.5
    best = summary["baselines"]["tfidf_svm"]["recall_at"]["20"]
    assert replay.lead.value == summary["recall_at"]["20"] - best


def test_what_was_missed_stands_below_the_cut_with_its_scores_and_neighbours(make_job):
    missed = gather_facts(make_job()).replay.missed
    assert [paper.rank for paper in missed] == [34, 31, 28, 25, 22]
    lowest = missed[0]
    assert (lowest.day, lowest.papers) == (START + timedelta(days=11), 40)
    assert lowest.score == pytest.approx(0.9 - 33 * 0.02)
    assert lowest.cut_score == pytest.approx(0.9 - 19 * 0.02)
    # Only what was listed at 00:00 of that day, and has an abstract, can be near.
    assert [near.title for near in lowest.nearest] == ["Private Federated Secrets", "Old Secrets"]
    assert lowest.nearest[0].similarity > lowest.nearest[1].similarity


def test_a_paper_without_abstract_is_marked(make_job):
    added = gather_facts(make_job()).replay.added
    assert [paper.has_abstract for paper in added] == [False] + [True] * 11


def test_each_month_gains_what_came_in_under_the_heading_it_has_now(make_job):
    gained = gather_facts(make_job()).gained
    assert (gained.months[0], gained.months[-1], len(gained.months)) == ("2021-07", "2022-06", 12)
    assert [(row.topic, row.months[-2:]) for row in gained.topics] == [("Privacy", (1, 12))]
    assert gained.earlier == 2


def test_without_a_replay_there_are_no_facts_of_one(make_job, tmp_path):
    facts = gather_facts(make_job(replay=tmp_path / "nowhere"))
    assert (facts.replay, facts.topics, facts.entries) == (None, None, 15)


def test_a_replay_whose_days_are_gone_is_refused(make_job, tmp_path):
    job = make_job()
    (tmp_path / "replay" / "0123" / f"{START}.json").unlink()
    with pytest.raises(SetupError, match="tells of 12 days, 11 of them are kept"):
        gather_facts(job)


def test_a_summary_that_is_cut_short_is_refused(make_job, tmp_path):
    job = make_job()
    (tmp_path / "replay" / "0123" / "summary.json").write_text('{"window": {}}')
    with pytest.raises(SetupError, match="is no whole replay"):
        gather_facts(job)


def test_days_beyond_the_summarys_window_are_not_counted(make_job, tmp_path, days):
    folder = tmp_path / "replay" / "0123"
    job = make_job()
    write_summary(summarise(days[:5], start=days[0].day, end=days[4].day), folder)
    replay = gather_facts(job).replay
    assert (replay.days, replay.papers) == (5, 200)


def test_the_newest_replay_is_told(tmp_path):
    for age, name in enumerate(("newest", "older")):
        path = tmp_path / name / "summary.json"
        path.parent.mkdir()
        path.write_text("{}")
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    assert find_replay(tmp_path) == tmp_path / "newest"
    assert find_replay(tmp_path / "older") == tmp_path / "older"
    assert find_replay(tmp_path / "absent") is None


def test_bins_add_up_to_the_calibration_error(days):
    bins = reliability(days, run.SHORTLIST)
    total = sum(part.n for part in bins)
    assert total == 480
    error = sum(abs(part.said - part.happened) * part.n for part in bins) / total
    assert error == pytest.approx(calibration(days, run.SHORTLIST)[0])


def test_a_curve_has_the_intervals_that_single_figures_have(days):
    from pipeline.replay.measure import recall_curve

    for point in recall_curve(days, run.SHORTLIST, (5, 20)):
        alone = interval(days, lambda d, k=point.depth: recall_at(d, run.SHORTLIST, k))
        assert (point.low, point.high) == pytest.approx(alone)


@pytest.mark.parametrize(("happened", "low", "high"), [(0.0, 0.0, 0.278), (0.5, 0.237, 0.763)])
def test_bins_have_wilsons_interval(happened, low, high):
    found = make_bin(0.1, happened, 10).happened
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


EVALUATION = {
    "n": 5,
    "accuracy": 0.8,
    "ece": 0.1,
    "intervals": {"accuracy": [0.6, 0.9], "ece": [0.05, 0.2]},
    "reliability": [{"said": 0.7, "happened": 0.8, "n": 5}],
    "confusion": {"Fairness": {"Fairness": 2}, "Privacy": {"Privacy": 2, "Fairness": 1}},
}


def test_topics_stand_with_most_papers_first():
    topics = topic_facts(EVALUATION)
    assert topics.names == ("Privacy", "Fairness")
    assert topics.confusion == ((2, 1), (0, 2))
    assert (topics.figures["accuracy"].low, topics.error.value) == (0.6, 0.1)


def test_an_evaluation_of_an_earlier_version_has_figures_and_no_pictures():
    old = {k: v for k, v in EVALUATION.items() if k not in {"reliability", "confusion"}}
    topics = topic_facts(old)
    assert (topics.reliability, topics.confusion, topics.n) == ((), (), 5)


def test_what_is_no_evaluation_is_refused(tmp_path):
    path = tmp_path / "evaluation.json"
    for content in ("", "[]", "{"):
        path.write_text(content)
        with pytest.raises(SetupError, match="holds no evaluation"):
            read_evaluation(path)
    with pytest.raises(SetupError, match="not as `shortlist evaluate --json` prints it"):
        topic_facts({"n": 5})


def test_drift_is_read_and_an_empty_one_is_no_missing_one(tmp_path):
    path = tmp_path / "drift.json"
    path.write_text("{}")
    assert read_drift(path) == Drift()
    topic = {"words": ["unlearning"], "papers": [{"arxiv_id": "2206.00001", "title": "T"}]}
    path.write_text(json.dumps({"lines": ["moved"], "new_topics": [topic]}))
    drift = read_drift(path)
    assert (drift.lines, drift.new_topics[0].papers) == (("moved",), (("2206.00001", "T"),))
    path.write_text("[]")
    with pytest.raises(SetupError, match="does not say what moved"):
        read_drift(path)
