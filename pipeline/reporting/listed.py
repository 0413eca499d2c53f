"""What the list itself says: its growth, and how well its topics are told apart."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from pipeline.errors import SetupError
from pipeline.pages.facts import Drift, FormingTopic, Gained, TopicFacts, TopicGain
from pipeline.replay.past import paper_key
from pipeline.reporting.figures import make_bin, measured

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipeline.replay.past import ListPast

MONTHS = 12
"""Months of the list's history that are shown one by one."""


def topic_facts(evaluation: Mapping[str, Any]) -> TopicFacts | None:
    """The scores of topics as the page shows them; ``None`` if none was measured.

    Raises:
        SetupError: The document is none of ``shortlist evaluate --json``.
    """
    try:
        if not evaluation["n"]:
            return None
        intervals = evaluation["intervals"]
        figures = {name: measured(evaluation[name], bounds) for name, bounds in intervals.items()}
        counts = evaluation.get("confusion", {})
        names = sorted(counts, key=lambda name: (-sum(counts[name].values()), name))
        names += sorted({said for row in counts.values() for said in row} - set(names))
        return TopicFacts(
            n=evaluation["n"],
            figures=figures,
            error=figures["ece"],
            reliability=tuple(
                make_bin(row["said"], row["happened"], row["n"])
                for row in evaluation.get("reliability", ())
            ),
            names=tuple(names),
            confusion=tuple(
                tuple(counts.get(truth, {}).get(said, 0) for said in names) for truth in names
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise SetupError(
            f"the evaluation is not as `shortlist evaluate --json` prints it: {problem!r}",
            hint="leave --evaluation out to have it done now",
        ) from problem


def gained(past: ListPast, aliases: Mapping[str, str]) -> Gained:
    """Papers by the heading they have now and the month they came in; the last twelve months.

    What has left the list since counts under the heading it came in.
    """
    renamed = {old.casefold(): new for old, new in aliases.items()}
    now = {paper_key(entry): entry.topic for entry in reversed(past.newest().entries)}
    last = max(arrival.day for arrival in past.arrived.values())
    newest = last.year * 12 + last.month - 1
    months = [_month(number) for number in range(newest - MONTHS + 1, newest + 1)]
    counts: Counter[tuple[str, str]] = Counter()
    for key, arrival in past.arrived.items():
        topic = now.get(key, arrival.topic)
        counts[renamed.get(topic.casefold(), topic), f"{arrival.day:%Y-%m}"] += 1
    topics = {topic for (topic, month) in counts if month in months}
    rows = [
        TopicGain(topic=topic, months=tuple(counts[topic, month] for month in months))
        for topic in topics
    ]
    return Gained(
        months=tuple(months),
        topics=tuple(sorted(rows, key=lambda row: (-sum(row.months), row.topic))),
        earlier=sum(n for (_, month), n in counts.items() if month < months[0]),
    )


def _month(number: int) -> str:
    return f"{number // 12:04}-{number % 12 + 1:02}"


def read_drift(path: Path) -> Drift:
    """What moved: a JSON document with ``lines`` and ``new_topics`` (``words``, ``papers``).

    Raises:
        SetupError: It is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return Drift(
            lines=tuple(str(line) for line in content.get("lines", ())),
            new_topics=tuple(
                FormingTopic(
                    words=tuple(str(word) for word in topic.get("words", ())),
                    papers=tuple(
                        (str(paper["arxiv_id"]), str(paper["title"]))
                        for paper in topic.get("papers", ())
                    ),
                )
                for topic in content.get("new_topics", ())
            ),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise SetupError(
            f"{path} does not say what moved: {problem!r}",
            hint='it takes {"lines": [], "new_topics": [{"words": [], "papers": []}]}',
        ) from problem


def read_evaluation(path: Path) -> dict[str, Any]:
    """What ``shortlist evaluate --json`` printed into a file.

    Raises:
        SetupError: It cannot be read.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise SetupError(
            f"{path} holds no evaluation: {problem}",
            hint="write it with `shortlist evaluate --json`, or leave --evaluation out",
        ) from problem
    if not isinstance(content, dict):
        raise SetupError(f"{path} holds no evaluation: it is no JSON object")
    return content
