"""Every number of a picture as a table, for whoever cannot see it or wants to count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.pages.charts import percent
from pipeline.pages.markup import element

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.pages.facts import Gained, Measured, ReliabilityBin, ReplayFacts, TopicFacts
    from pipeline.pages.markup import Markup

TOLD_DEPTHS = (1, 5, 10, 20, 30, 50)


def recall_table(replay: ReplayFacts) -> Markup:
    """A row a ranker, a column a depth, each with its interval."""
    depths = [depth for depth in TOLD_DEPTHS if depth in replay.curves[0].recall]
    return _table(
        "Recall by papers read a day",
        ["", *map(str, depths)],
        (
            [curve.name, *(_with_interval(curve.recall[d]) for d in depths)]
            for curve in replay.curves
        ),
    )


def reliability_table(bins: Sequence[ReliabilityBin], said: str) -> Markup:
    """A row a bin."""
    return _table(
        f"Bins of {said}",
        [said, "happened", "papers"],
        (
            [percent(part.said, digits=1), _with_interval(part.happened, digits=1), str(part.n)]
            for part in bins
        ),
    )


def confusion_table(topics: TopicFacts) -> Markup:
    """Rows: where papers belong; columns, numbered like the rows: where they were put."""
    return _table(
        "Papers by the topic they belong to and the one they were put in",
        ["belongs to", *(str(number) for number in range(1, len(topics.names) + 1))],
        (
            [f"{number} {name}", *map(str, counts)]
            for number, (name, counts) in enumerate(
                zip(topics.names, topics.confusion, strict=True), start=1
            )
        ),
    )


def months_table(gained: Gained) -> Markup:
    """A row a topic, a column a month."""
    return _table(
        "Papers gained by topic and month",
        ["topic", *gained.months, "all"],
        ([gain.topic, *map(str, gain.months), str(sum(gain.months))] for gain in gained.topics),
    )


def _with_interval(found: Measured, *, digits: int = 0) -> str:
    low, high = f"{100 * found.low:.{digits}f}", f"{100 * found.high:.{digits}f}"
    return f"{percent(found.value, digits=digits)} ({low}–{high})"


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    body = [
        element(
            "tr",
            element("th", first, scope="row"),
            *(element("td", cell) for cell in rest),
        )
        for first, *rest in rows
    ]
    table = element(
        "table",
        element("thead", element("tr", *(element("th", head, scope="col") for head in heads))),
        element("tbody", *body),
        aria_label=caption,
    )
    return element("div", table, class_="scroll", tabindex="0", role="region", aria_label=caption)
