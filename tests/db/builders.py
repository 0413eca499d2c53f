"""Records with everything filled in, of which a test says only what it is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from db.records import (
    AnnounceType,
    Candidate,
    Decision,
    Fetch,
    FetchStatus,
    Harvest,
    JobRun,
    Paper,
    PaperVersion,
    Scoring,
    TopicProbability,
    Verdict,
)

NOW = datetime(2022, 6, 1, 4, 47, tzinfo=UTC)
DAY = date(2022, 6, 1)

HOSTILE = (
    "two\nlines and\r\nmore",
    "line\u2028paragraph\u2029next\x85form\x0cfeed",
    "emoji 🧑‍🚀 and \U0010ffff",
    "right-to-left \u202e mark",
    "'; DROP TABLE papers; --",
    '"quoted" \\ and \\n and \x1b[31mred',
    "é combined e\u0301",
    " blanks around ",
    "",
)


def unrevised(candidate: Candidate) -> Candidate:
    """The candidate, however often it was changed to become so."""
    return replace(candidate, revision=0)


def make_scoring(arxiv_id: str = "2206.00001", **said: Any) -> Scoring:
    return Scoring(
        **{
            "arxiv_id": arxiv_id,
            "announced": DAY,
            "model": "2022-05-31",
            "topic": "Privacy",
            "relevance": 0.1234,
            "rank": 30,
            "papers": 200,
            "cut": 20,
            "sources": ("rss", "oai"),
            "scored_at": NOW,
            **said,
        }
    )


def make_paper(arxiv_id: str = "2206.00001", **said: Any) -> Paper:
    return Paper(
        **{
            "arxiv_id": arxiv_id,
            "title": f"On {arxiv_id}",
            "abstract": "We ask whether models may be trusted.",
            "authors": ("Ada Example", "Bo Muster"),
            "categories": ("cs.LG", "stat.ML"),
            "comment": None,
            "published": date(2022, 5, 31),
            "announced": DAY,
            "announce_type": AnnounceType.NEW,
            "estimated": True,
            "versions": (
                PaperVersion(number=1, submitted=datetime(2022, 5, 31, 17, 59, 59, tzinfo=UTC)),
                PaperVersion(number=2, submitted=None),
            ),
            "revised": date(2022, 6, 3),
            "withdrawn": True,
            "license": "http://creativecommons.org/licenses/by/4.0/",
            "dois": ("10.1000/1", "10.1000/2"),
            "journal_ref": "J. Ex. 1 (2022) 1-9",
            **said,
        }
    )


def make_candidate(arxiv_id: str = "2206.00001", **said: Any) -> Candidate:
    return Candidate(
        **{
            "paper": make_paper(arxiv_id),
            "topic": "Privacy",
            "topics": (
                TopicProbability(topic="Privacy", probability=0.75),
                TopicProbability(topic="Fairness", probability=0.125),
            ),
            "relevance": 0.5,
            "why": ("near two entries",),
            "model": "2022-05-31",
            "queued_at": NOW,
            **said,
        }
    )


def make_decision(
    arxiv_id: str = "2206.00001", verdict: Verdict = Verdict.APPROVE, **said: Any
) -> Decision:
    return Decision(
        **{
            "arxiv_id": arxiv_id,
            "verdict": verdict,
            "reviewer": "ada",
            "decided_at": NOW + timedelta(hours=1),
            **said,
        }
    )


def make_fetch(
    source: str = "oai", day: date = DAY, status: FetchStatus = FetchStatus.COMPLETE, **said: Any
) -> Fetch:
    return Fetch(
        **{
            "source": source,
            "day": day,
            "status": status,
            "received": 600,
            "expected": 601,
            "highest_id": "2206.00600",
            "fetched_at": NOW,
            **said,
        }
    )


def make_harvest(name: str = "cs", **said: Any) -> Harvest:
    return Harvest(
        **{
            "name": name,
            "since": date(2022, 5, 30),
            "resume_from": date(2022, 5, 31),
            "token": "6500000|1001",
            "completed": date(2022, 5, 29),
            "open": True,
            **said,
        }
    )


def make_run(job: str = "daily", **said: Any) -> JobRun:
    return JobRun(
        **{
            "job": job,
            "started_at": NOW,
            "finished_at": NOW + timedelta(minutes=2),
            "status": "ok",
            **said,
        }
    )
