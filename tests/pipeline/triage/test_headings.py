"""A heading that appears in the list after the model was trained gets papers the same day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import mean

import pytest

from db.vectors import VectorCache
from models.artifact import Artifact, save_artifact
from pipeline.daily import DailyJob, run_daily
from pipeline.publication import read_lists
from pipeline.sources.day_by_day import DayByDay
from pipeline.triage.headings import MOST_ENCODED, Headings, headings_meant, headings_of
from pipeline.triage.score import PaperScorer
from tests.builders import DAY, make_paper, make_publish_job, open_ledger
from tests.fakes import FakeSource
from tests.models.builders import WordEncoder, make_examples, text_on, train_on
from tests.pipeline.retrain.worlds import entry

NEW = "Watermark Fingerprint Ownership"
EMPTY_NAME = "Miscellanea"
"""A name that says nothing of what stands under it."""


class CountingEncoder(WordEncoder):
    name = "made-up"

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(self, texts, *, progress=None):
        self.encoded += texts
        return super().encode(texts)


@pytest.fixture(scope="module")
def artifact() -> Artifact:
    """Trained on two topics, before the new heading was there."""
    return train_on(make_examples(Privacy=40, Fairness=30))


@pytest.fixture
def encoder() -> CountingEncoder:
    return CountingEncoder()


def titled(heading: str, entries: str) -> str:
    return f"## {heading}\n\n{entries}"


def write_list(folder: Path, *sections: str) -> None:
    text = "# A list\n\n# Paper List\n\n" + "\n".join(sections)
    (folder / "list" / "README.md").write_text(text, encoding="utf-8")


def listed_on(topic: str, count: int, *, month: str = "2205", start: int = 0) -> str:
    """Entries that the model does not know, with a digest on ``topic``."""
    return "".join(
        entry(f"{month}.{9000 + n}", text_on(topic, 5000 + n)) for n in range(start, start + count)
    )


def papers_on(topic: str, count: int = 6, *, day=DAY):
    return [
        make_paper(
            f"2206.{len(topic):02}{n:03}",
            title=f"{topic} paper {n}",
            abstract=text_on(topic, 7000 + n),
            announced=day,
        )
        for n in range(count)
    ]


KNOWN = (titled("Privacy", listed_on("Privacy", 2, month="2201")), titled("Fairness", ""))


@pytest.fixture
def job(tmp_path, artifact, encoder) -> DailyJob:
    """A daily job with the model as trained, and papers on what nobody had a heading for."""
    save_artifact(artifact, tmp_path / "model")
    publication = make_publish_job(tmp_path)
    publication = replace(publication, list_paths=publication.list_paths[:1])
    ledger = open_ledger(tmp_path)
    scorer = PaperScorer(
        make_encoder=lambda: encoder,
        artifact=tmp_path / "model",
        cache=VectorCache(tmp_path / "vectors.db"),
        headings=lambda: Headings(
            headings=headings_of(read_lists(publication.list_paths)),
            aliases={},
            papers=lambda arxiv_ids: {},
        ),
        first_look=False,
    )
    papers = [*papers_on("Ownership"), *papers_on("Privacy")]
    return DailyJob(
        publication=publication,
        intake=DayByDay(sources=(FakeSource({DAY: papers}),), ledger=ledger),
        ledger=ledger,
        scorer=scorer,
        aliases={},
        per_day=len(papers),
        expire_days=14,
        day=DAY,
    )


def topics_by_kind(job: DailyJob) -> tuple[list[str], list[str]]:
    """The topics of queued papers on ownership, and of those on privacy."""
    queued = job.queue.candidates()
    return tuple(  # type: ignore[return-value]
        [each.topic for each in queued if each.paper.title.startswith(kind)]
        for kind in ("Ownership", "Privacy")
    )


@pytest.mark.parametrize("entries", [0, 1, 4])
def test_a_heading_of_today_gets_the_papers_of_today(job, tmp_path, encoder, entries):
    write_list(tmp_path, *KNOWN, titled(NEW, listed_on("Ownership", entries)))
    report = run_daily(job)
    assert (report.problems, report.queued) == ((), 12)
    assert topics_by_kind(job) == ([NEW] * 6, ["Privacy"] * 6)
    # Beside the papers, the heading's name and what stands under it; nothing else of the list.
    assert len(encoder.encoded) == 12 + 1 + entries


def test_without_its_heading_the_same_papers_go_elsewhere(job, tmp_path):
    write_list(tmp_path, *KNOWN)
    run_daily(job)
    strangers, known = topics_by_kind(job)
    assert set(strangers) <= {"Privacy", "Fairness"}
    assert known == ["Privacy"] * 6


def test_four_entries_say_what_a_heading_that_says_nothing_is_about(job, tmp_path):
    def shares() -> list[float]:
        said = job.scorer.score(papers_on("Ownership")).predictions
        return [dict(each.topics)[EMPTY_NAME] for each in said]

    write_list(tmp_path, *KNOWN, titled(EMPTY_NAME, ""))
    alone = shares()
    write_list(tmp_path, *KNOWN, titled(EMPTY_NAME, listed_on("Ownership", 4)))
    with_four = shares()
    assert all(after > before for before, after in zip(alone, with_four, strict=True))
    assert mean(alone) < 0.25
    assert mean(with_four) > 0.5


def test_the_next_day_encodes_only_its_own_papers(job, tmp_path, encoder):
    write_list(tmp_path, *KNOWN, titled(NEW, listed_on("Ownership", 4)))
    run_daily(job)
    encoder.encoded.clear()
    again = DAY + timedelta(days=1)
    fresh = papers_on("Fairness", 2, day=again)
    intake = DayByDay(sources=(FakeSource({again: fresh}),), ledger=job.ledger)
    run_daily(replace(job, intake=intake, day=again))
    assert len(encoder.encoded) == 2
    assert job.queue.get(fresh[0].arxiv_id).topic == "Fairness"


def test_entries_that_moved_under_a_new_heading_are_not_encoded_again(
    job, tmp_path, encoder, artifact
):
    moved = "".join(
        entry(arxiv_id, title)
        for arxiv_id, title in zip(
            artifact.neighbours.arxiv_ids[:20], artifact.neighbours.titles[:20], strict=True
        )
    )
    write_list(tmp_path, *KNOWN, titled("Secrets", moved))
    predictions = job.scorer.score(papers_on("Privacy")).predictions
    assert len(encoder.encoded) == 6 + 1
    assert all(dict(each.topics)["Secrets"] > 0.02 for each in predictions)


def test_of_many_entries_nobody_knows_only_the_first_are_encoded(job, tmp_path, encoder):
    write_list(tmp_path, *KNOWN, titled(NEW, listed_on("Ownership", MOST_ENCODED + 5)))
    job.scorer.score(papers_on("Ownership", 1))
    assert len(encoder.encoded) == 1 + 1 + MOST_ENCODED


def test_an_entry_that_came_through_the_queue_is_read_by_its_abstract(job, tmp_path, encoder):
    write_list(tmp_path, *KNOWN, titled(NEW, entry("2205.09000", "No more than a title")))
    (first, *rest) = papers_on("Ownership")
    known = make_paper("2205.09000", title=first.title, abstract=first.abstract)
    before = job.scorer.headings
    job.scorer.headings = lambda: replace(
        before(), papers=lambda ids: {known.arxiv_id: known} if known.arxiv_id in ids else {}
    )
    job.scorer.score([first, *rest])
    # Its text is that of a paper of the queue: the vector is there, or serves both.
    assert len(encoder.encoded) == 6 + 1
    assert not any("No more than a title" in text for text in encoder.encoded)


def test_without_papers_neither_list_nor_encoder_is_asked(tmp_path):
    def never():
        raise AssertionError("asked for nothing")

    scorer = PaperScorer(
        make_encoder=never,
        artifact=tmp_path / "nothing",
        cache=VectorCache(tmp_path / "vectors.db"),
        headings=never,
    )
    assert scorer.score([]).predictions == ()


def test_a_renamed_heading_is_no_new_one(job, tmp_path, encoder):
    write_list(tmp_path, titled("Secrecy", listed_on("Privacy", 2)), titled("Fairness", ""))
    before = job.scorer.headings
    job.scorer.headings = lambda: replace(before(), aliases={"Privacy": "secrecy"})
    predictions = job.scorer.score(papers_on("Privacy")).predictions
    assert len(encoder.encoded) == 6
    assert [name for name, _ in predictions[0].topics] == ["Privacy", "Fairness"]


def test_a_model_of_another_list_still_says_so(job, tmp_path):
    write_list(tmp_path, titled("Astronomy", listed_on("Ownership", 2)), titled("Botany", ""))
    report = run_daily(job)
    assert (report.queued, report.waiting) == (0, 12)
    assert "the model knows none of this list's topics" in report.problems[0]


def test_a_heading_that_has_the_name_itself_comes_before_the_alias():
    topics = ["Privacy", "Privacy and Security"]
    meant = headings_meant(["privacy", "Gone"], topics, {"Privacy": "Privacy and Security"})
    assert meant == {"privacy": "Privacy"}
    assert headings_meant(["privacy"], topics[1:], {"Privacy": "privacy and security"}) == {
        "privacy": "Privacy and Security"
    }


def test_a_heading_counts_its_entries_in_all_files_each_paper_once(tmp_path):
    paths = make_publish_job(tmp_path).list_paths
    write_list(tmp_path, titled("Privacy", listed_on("Privacy", 3)), titled("privacy", ""))
    full = "# All\n\n# Paper List\n\n" + titled("PRIVACY", listed_on("Privacy", 5))
    paths[1].write_text(full, encoding="utf-8")
    (heading,) = headings_of(read_lists(paths))
    assert (heading.name, len(heading.entries)) == ("Privacy", 5)
