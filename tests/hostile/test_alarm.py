"""Hostile words in what went wrong: an issue about a job is made of what it is always made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from db.engine import open_database
from db.ledger import Ledger
from db.records import JobRun
from pipeline.alarm import IssueAlarm
from tests.builders import NOW
from tests.hostile.corpus import HARMLESS, PAPERS
from tests.hostile.shape import ACTS_ON_GITHUB, html_words, markdown_shape, rendered, unseen


@dataclass(frozen=True)
class Kept:
    number: int
    body: str
    state: str


class Tracker:
    """Keeps one issue."""

    def __init__(self) -> None:
        self.kept: list[Kept] = []

    def issues(self, *, label, state="all"):
        return [each for each in self.kept if state in {"all", each.state}]

    def create_issue(self, *, title, body, labels=()):
        self.kept.append(Kept(1, body, "open"))
        return self.kept[0]

    def edit_issue(self, number, *, title=None, body=None, state=None):
        self.kept[0] = replace(self.kept[0], body=body, state=state)
        return self.kept[0]


@pytest.fixture(scope="module")
def ledger(tmp_path_factory) -> Ledger:
    return Ledger(open_database(f"sqlite:///{tmp_path_factory.mktemp('alarm')}/queue.db"))


def body_after(ledger: Ledger, problem: str) -> str:
    """The issue after the job failed twice for this reason."""
    tracker = Tracker()
    alarm = IssueAlarm(tracker=tracker, ledger=ledger)
    for day in range(2):
        at = NOW + timedelta(days=day)
        alarm.settle(
            JobRun(job="daily", started_at=at, finished_at=at, status="failed", problem=problem)
        )
    return tracker.kept[0].body


@pytest.mark.parametrize("hostile", PAPERS, ids=lambda hostile: hostile.name)
def test_the_issue_is_made_of_what_it_is_always_made_of(ledger, hostile):
    body = body_after(ledger, f"the list cannot be read: {hostile.text}")
    assert markdown_shape(body) == markdown_shape(body_after(ledger, HARMLESS.text))
    assert not ACTS_ON_GITHUB.search(html_words(rendered(body)).replace("UTC", ""))
    assert not unseen(body.replace("\u2060", ""))
    assert "| 2022-06-01 05:00 | 2 |" in body
