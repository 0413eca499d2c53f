"""The report as one page that needs nothing else: no script, no request, no font to fetch."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.pages import sentences as say
from pipeline.pages.blocks import folded, lede, link_paper, section
from pipeline.pages.charts import both_widths, percent
from pipeline.pages.curves import draw_recall, draw_reliability
from pipeline.pages.grids import draw_confusion, draw_months
from pipeline.pages.markup import Markup, element, join, style
from pipeline.pages.missed import missed_section
from pipeline.pages.tables import (
    confusion_table,
    months_table,
    recall_table,
    reliability_table,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.pages.facts import (
        Drift,
        Gained,
        ReplayFacts,
        ReportFacts,
        TopicFacts,
    )

PAIR_WIDTH = 336.0


def render_report(facts: ReportFacts) -> str:
    """The page, a whole HTML document."""
    sections: list[tuple[str, str, Markup]] = []
    if facts.replay is not None:
        sections += [
            ("recall", "Recall", _recall(facts.replay)),
            ("missed", "Missed", missed_section(facts.replay)),
        ]
    else:
        sections.append(("recall", "Recall", _no_replay()))
    calibrated = _calibration(facts.replay, facts.topics)
    if calibrated:
        sections.append(("calibration", "Calibration", calibrated))
    if facts.topics is not None and facts.topics.confusion:
        sections.append(("topics", "Topics", _topics(facts.topics)))
    sections += [
        ("gained", "Gained", _gained(facts.gained)),
        ("drift", "Drift", _drift(facts.drift)),
    ]
    links = [element("li", element("a", label, href=f"#{name}")) for name, label, _ in sections]
    body = [
        element(
            "header",
            element("h1", f"How Shortlist reads for {facts.list_name}"),
            element("p", _subject(facts), class_="by"),
            element("nav", element("ul", *links), aria_label="Parts of this page"),
            _tiles(facts),
        ),
        element("main", *(markup for _, _, markup in sections)),
        element("footer", *_footer(facts)),
    ]
    head = [
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", f"How Shortlist reads for {facts.list_name}"),
        style((Path(__file__).parent / "report.css").read_text(encoding="utf-8")),
    ]
    page = element("html", element("head", *head), element("body", *body), lang="en")
    return f"<!DOCTYPE html>\n{page}\n"


def _subject(facts: ReportFacts) -> str:
    listed = f"{facts.entries} papers listed at {facts.commit[:10]}."
    if facts.replay is None:
        return f"{listed} Made on {facts.made_on}."
    replay = facts.replay
    return (
        f"{replay.start} to {replay.end} done again, {replay.days} days, each ranked by what was "
        f"known before it. {listed} Made on {facts.made_on}."
    )


def _tiles(facts: ReportFacts) -> Markup:
    tiles: list[tuple[str, str]] = []
    if facts.replay is not None:
        replay = facts.replay
        found = replay.curves[0].recall[replay.depth]
        words = (
            f"of what was added, in the first {replay.depth} of {replay.papers_a_day:.0f} "
            f"papers a day ({say.between(found)})"
        )
        tiles.append((percent(found.value), words))
        best = say.best_other(replay)
        if best is not None:
            value = best.recall[replay.depth].value
            tiles.append((percent(value), f"by the best other program, {best.name}"))
        tiles.append(
            (
                percent(replay.topic_accuracy.value),
                f"of them put under the right heading ({say.between(replay.topic_accuracy)})",
            )
        )
    if facts.topics is not None and "coverage" in facts.topics.figures:
        coverage = facts.topics.figures["coverage"]
        size = facts.topics.figures["mean_set_size"].value
        tiles.append(
            (percent(coverage.value), f"of choices hold the right topic, {size:.2f} topics each")
        )
    shown = [element("li", element("b", value), element("span", said)) for value, said in tiles]
    return element("ul", *shown, class_="tiles") if shown else join(())


def _no_replay() -> Markup:
    return section(
        "recall",
        "No replay yet",
        lede(say.NO_REPLAY + " Make one, then this report again:"),
        element("pre", element("code", say.MAKE_REPLAY)),
    )


def _recall(replay: ReplayFacts) -> Markup:
    return section(
        "recall",
        say.recall_heading(replay),
        lede(say.recall_lede(replay)),
        element("figure", both_widths("recall-chart", partial(draw_recall, replay=replay))),
        folded("The numbers", recall_table(replay)),
    )


def _calibration(replay: ReplayFacts | None, topics: TopicFacts | None) -> Markup:
    parts = []
    if replay is not None and replay.relevance:
        parts.append(
            section(
                "relevance",
                say.relevance_heading(replay),
                element(
                    "figure",
                    draw_reliability(
                        "relevance-chart",
                        PAIR_WIDTH,
                        replay.relevance,
                        title="Relevance said against what was added",
                        likely="relevance said (both ways as square roots)",
                        real="share that was added",
                        rare=True,
                    ),
                ),
                lede(say.relevance_lede(replay)),
                folded("The numbers", reliability_table(replay.relevance, "relevance said")),
            )
        )
    if topics is not None and topics.reliability:
        parts.append(
            section(
                "topic-reliability",
                say.topic_reliability_heading(topics),
                element(
                    "figure",
                    draw_reliability(
                        "topic-chart",
                        PAIR_WIDTH,
                        topics.reliability,
                        title="Probability of the likeliest topic against how often it was right",
                        likely="probability said",
                        real="share that was right",
                    ),
                ),
                lede(
                    f"The likeliest topic of {topics.n} listed papers with abstract, each asked of "
                    "a model that had not seen it, in bins of equal size."
                ),
                folded("The numbers", reliability_table(topics.reliability, "probability said")),
            )
        )
    return element("div", *parts, class_="pair", id="calibration") if parts else join(())


def _topics(topics: TopicFacts) -> Markup:
    return section(
        "topics",
        say.topics_heading(topics),
        lede(say.confusion_lede(topics) + " " + _figures(topics)),
        element("figure", both_widths("confusion-chart", partial(draw_confusion, topics=topics))),
        folded("The numbers", confusion_table(topics)),
    )


def _figures(topics: TopicFacts) -> str:
    macro, second = topics.figures["macro_f1"], topics.figures["top2_accuracy"]
    return (
        f"Macro-F1 {macro.value:.2f} ({macro.low:.2f} to {macro.high:.2f}); the right heading is "
        f"among the first two for {percent(second.value)}."
    )


def _gained(gained: Gained) -> Markup:
    most = max((n for gain in gained.topics for n in gain.months), default=0)
    shown = [
        element(
            "li",
            element("h3", element("span", gain.topic), element("b", str(sum(gain.months)))),
            draw_months(f"months-{number}", gain, gained.months, most=most),
        )
        for number, gain in enumerate(gained.topics)
    ]
    return section(
        "gained",
        say.gained_heading(gained),
        lede(
            "Each paper in the month it first came in, under the heading it has now; all on one "
            f"scale. {gained.earlier} came before {gained.months[0]}."
        ),
        element("ul", *shown, class_="months"),
        folded("The numbers", months_table(gained)),
    )


def _drift(drift: Drift | None) -> Markup:
    heading = say.drift_heading(drift)
    if drift is None:
        return section("drift", heading, lede("Topic shares and scores were not compared."))
    parts: list[Markup] = []
    if drift.lines:
        parts.append(element("ul", *(element("li", line) for line in drift.lines)))
    for forming in drift.new_topics:
        papers = [element("li", link_paper(number, title)) for number, title in forming.papers]
        parts += [
            element("h3", "Papers near no topic gather: " + ", ".join(forming.words)),
            element("ul", *papers),
        ]
    if not parts:
        parts.append(lede("Topic shares and scores lie where they did before."))
    return section("drift", heading, *parts)


def _footer(facts: ReportFacts) -> Sequence[Markup]:
    return [
        *(element("p", note) for note in facts.notes),
        element(
            "p",
            "Bars, bands and numbers in brackets are 95 % intervals. Days are redrawn whole, for "
            "the papers of a day compete with each other; intervals of a bin are Wilson's.",
        ),
    ]
