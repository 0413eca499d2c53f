"""A made-up list with a spring of announced papers, and a memory that saw them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from db.engine import open_database
from db.queue import Queue
from db.records import Decision, Paper, Verdict
from db.vectors import VectorCache
from pipeline.git import Repository
from pipeline.replay.past import ListPast
from pipeline.retrain.material import Gathered, gather
from pipeline.train import Workshop
from tests.builders import make_candidate, make_paper
from tests.models.builders import WORDS, WordEncoder, text_elsewhere, text_on

FIRST, LAST = date(2022, 3, 1), date(2022, 6, 3)
NOW = datetime(2022, 6, 13, 6, 23, tzinfo=UTC)
TODAY = NOW.date()
ENTRIES_BEFORE = 11
REST_A_DAY = 8
"""Sampled papers a day that were not queued; each stands for twenty."""


class NamedWordEncoder(WordEncoder):
    name = "made-up"

    def encode(self, texts, *, progress=None):
        return super().encode(texts)


def weekdays(first: date = FIRST, last: date = LAST) -> Iterator[date]:
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if day.weekday() < 5:
            yield day


def entry(arxiv_id: str, title: str) -> str:
    return (
        f"- {title}. [[paper]](https://arxiv.org/abs/{arxiv_id})\n  - Ann Author.\n"
        f"  - Key Word: Words.\n  - <details><summary>Digest</summary> {title}.</details>\n\n"
    )


def positives_of(day: date) -> list[tuple[Paper, str]]:
    """The papers of a day that are added, with their topics: two, or one on Mondays."""
    topics = list(WORDS)
    found = []
    for place in range(1 if day.weekday() == 0 else 2):
        topic = topics[(day.toordinal() + place) % len(topics)]
        arxiv_id = f"{day:%y%m}.1{day.day:02}{place:02}"
        seed = day.toordinal() * 10 + place
        paper = make_paper(
            arxiv_id, title=f"Paper {seed}", abstract=text_on(topic, seed), announced=day
        )
        found.append((paper, topic))
    return found


def others_of(day: date, count: int, *, start: int = 0) -> list[Paper]:
    return [
        make_paper(
            f"{day:%y%m}.2{day.day:02}{place:02}",
            title=f"Elsewhere {day} {place}",
            abstract=text_elsewhere(day.toordinal() * 100 + place),
            announced=day,
        )
        for place in range(start, start + count)
    ]


def commit(root: Path, sections: dict[str, list[str]], day: date) -> None:
    text = "# A list\n\n# Paper List\n" + "".join(
        f"\n## {topic}\n\n{''.join(entries)}" for topic, entries in sections.items()
    )
    (root / "README.md").write_text(text, encoding="utf-8")
    commit_readme(root, day)


def commit_readme(root: Path, day: date) -> None:
    """Commit the list file as it is, in the evening of ``day``."""
    stamp = f"{day}T20:00:00+0000"
    environment = os.environ | {"GIT_COMMITTER_DATE": stamp, "GIT_AUTHOR_DATE": stamp}
    for arguments in (
        ("add", "README.md"),
        ("-c", "user.name=M", "-c", "user.email=m@example.org", "commit", "-qm", f"Week of {day}"),
    ):
        subprocess.run(["git", "-C", root, *arguments], check=True, env=environment)


def make_spring_list(root: Path) -> Repository:
    """A list with entries of last year, to which each Friday adds the week's papers."""
    repository = Repository.init(root)
    sections: dict[str, list[str]] = {}
    for place, topic in enumerate(WORDS):
        sections[topic] = [
            entry(f"2106.{place}{number:04}", f"{topic} paper {number}")
            for number in range(ENTRIES_BEFORE)
        ]
    commit(root, sections, FIRST - timedelta(days=10))
    for day in weekdays():
        for paper, topic in positives_of(day):
            sections[topic].insert(0, entry(paper.arxiv_id, paper.title))
        if day.weekday() == 4:
            commit(root, sections, day)
    return repository


def old_abstracts() -> dict[str, Paper]:
    return {
        f"2106.{place}{number:04}": make_paper(
            f"2106.{place}{number:04}",
            title=f"{topic} paper {number}",
            abstract=text_on(topic, number),
            announced=date(2021, 6, 1),
        )
        for place, topic in enumerate(WORDS)
        for number in range(ENTRIES_BEFORE)
    }


def fill_queue(queue: Queue) -> None:
    """The spring as the daily job would have remembered it, decisions included."""
    candidates, rest, rejected = [], [], []
    for day in weekdays():
        shown = [paper for paper, _ in positives_of(day)] + others_of(day, 3)
        candidates += [replace(make_candidate(), paper=paper) for paper in shown]
        rejected.append(shown[-1].arxiv_id)
        rest += others_of(day, REST_A_DAY, start=10)
    queued_at = datetime(2022, 3, 1, 5, tzinfo=UTC)
    queue.record(
        rest,
        candidates,
        now=queued_at,
        sampled=dict.fromkeys((paper.arxiv_id for paper in rest), 20.0),
    )
    queue.decide_all(
        [
            Decision(
                arxiv_id=arxiv_id, verdict=Verdict.REJECT, reviewer="Mara", decided_at=queued_at
            )
            for arxiv_id in rejected
        ]
    )
    queue.close_listed(
        (paper.arxiv_id for day in weekdays() for paper, _ in positives_of(day)), now=queued_at
    )


def open_queue(folder: Path) -> Queue:
    return Queue(open_database(f"sqlite:///{folder}/queue.db"))


def gather_spring(folder: Path) -> Gathered:
    """All that a machine with list and memory knows on :data:`NOW`."""
    repository = make_spring_list(folder / "list")
    queue = open_queue(folder)
    fill_queue(queue)
    return gather(
        ListPast(repository, ("README.md", "FULL_LIST.md")),
        queue.training_sample(),
        (),
        listed=old_abstracts(),
        labels=queue.labels(),
    )


def make_workshop(folder: Path) -> Workshop:
    return Workshop(
        aliases={},
        half_life_days=365.0,
        encoder=NamedWordEncoder(),  # type: ignore[arg-type]
        cache=VectorCache(folder / "vectors.db"),
        now=NOW,
        report=lambda line: None,
    )
