"""The report as a short Markdown text, for the summary of an Actions run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.lists.harmless import harmless
from pipeline.pages import sentences as say
from pipeline.pages.charts import percent

if TYPE_CHECKING:
    from pipeline.pages.facts import Drift, Measured, ReplayFacts, ReportFacts, TopicFacts

DEPTHS = (5, 10, 20, 50)
PARAGRAPH = 2_000
"""Longest sentence of our own that names something, in characters."""
MISSED = 5
"""Missed papers that are named."""


def render_summary(facts: ReportFacts) -> str:
    """Markdown, about a screen."""
    parts = [f"## How Shortlist reads for {harmless(facts.list_name)}"]
    if facts.replay is None:
        parts += [say.NO_REPLAY, f"```\n{say.MAKE_REPLAY}\n```"]
    else:
        parts += _replay(facts.replay)
    if facts.topics is not None:
        parts.append(_topics(facts.topics))
    parts += [
        f"**{harmless(say.gained_heading(facts.gained), most=PARAGRAPH)}.**",
        *_drift(facts.drift),
    ]
    parts += [harmless(note, most=PARAGRAPH) for note in facts.notes]
    return "\n\n".join(parts) + "\n"


def _replay(replay: ReplayFacts) -> list[str]:
    depths = [depth for depth in DEPTHS if depth in replay.curves[0].recall]
    table = [
        "| recall at | " + " | ".join(map(str, depths)) + " |",
        "|---|" + "---:|" * len(depths),
    ]
    for curve in replay.curves:
        cells = [
            _with_interval(curve.recall[depth]) if curve.ours else _cell(curve.recall[depth])
            for depth in depths
        ]
        name = f"**{harmless(curve.name)}**" if curve.ours else harmless(curve.name)
        table.append(f"| {name} | " + " | ".join(cells) + " |")
    missed = [
        f"- {harmless(paper.title)} ({paper.arxiv_id}, {paper.day}): place {paper.rank} of "
        f"{paper.papers}, relevance {say.chance(paper.score)}"
        for paper in replay.missed[:MISSED]
    ]
    more = len(replay.missed) - len(missed)
    return [
        f"**{say.recall_heading(replay)}.** {harmless(say.recall_lede(replay), most=PARAGRAPH)}",
        "\n".join(table),
        f"**{say.relevance_heading(replay)}.** {say.relevance_lede(replay)}",
        f"**{say.missed_heading(replay)}.**",
        *(["\n".join([*missed, *([f"- and {more} more"] if more else [])])] if missed else []),
    ]


def _topics(topics: TopicFacts) -> str:
    figures = topics.figures
    confused = say.confusion_lede(topics) if topics.confusion else ""
    return (
        f"**{say.topics_heading(topics)}** ({say.between(figures['accuracy'])}; macro-F1 "
        f"{figures['macro_f1'].value:.2f}). {say.topic_reliability_heading(topics)}. "
        f"{harmless(confused, most=PARAGRAPH)}".rstrip()
    )


def _drift(drift: Drift | None) -> list[str]:
    if drift is None:
        return []
    lines = [f"- {harmless(line, most=PARAGRAPH)}" for line in drift.lines]
    lines += [
        f"- Papers near no topic gather: {harmless(', '.join(forming.words))} "
        f"({len(forming.papers)} typical papers in the report)"
        for forming in drift.new_topics
    ]
    return [f"**{say.drift_heading(drift)}.**", *(["\n".join(lines)] if lines else [])]


def _cell(found: Measured) -> str:
    return percent(found.value)


def _with_interval(found: Measured) -> str:
    return f"**{percent(found.value)}** ({100 * found.low:.0f}–{100 * found.high:.0f})"
