"""What the figures say, in sentences: the headings of the page and of its summary.

Each follows from the figures, whichever way they fell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.pages.charts import percent

if TYPE_CHECKING:
    from pipeline.pages.facts import (
        AddedPaper,
        Curve,
        Drift,
        Gained,
        Measured,
        ReplayFacts,
        TopicFacts,
    )

NOTHING_MOVED = "Nothing moved beyond what the past explains."
NO_REPLAY = "No replay has been made yet, so nobody knows what would have been shown."
MAKE_REPLAY = (
    "shortlist replay --list REPO --papers FILE --days DIR --from YYYY-MM-DD --to YYYY-MM-DD"
)

LEAST_CHANCE = 0.001

NEAR_MISS = 0.5
"""A score of at least this share of the cut's own is a near miss."""


def points(found: float) -> str:
    """A difference of shares, 0..1, in percentage points."""
    return f"{100 * found:.1f} points"


def between(found: Measured, *, digits: int = 0) -> str:
    """The interval of a share."""
    return f"{percent(found.low, digits=digits)} to {percent(found.high, digits=digits)}"


def best_other(replay: ReplayFacts) -> Curve | None:
    """The other ranker that finds most at the depth that is read."""
    others = [curve for curve in replay.curves if not curve.ours]
    return max(others, key=lambda curve: curve.recall[replay.depth].value, default=None)


def recall_heading(replay: ReplayFacts) -> str:
    """What reading the first papers of each day finds."""
    found = replay.curves[0].recall[replay.depth].value
    return f"Reading {replay.depth} papers a day finds {percent(found)} of what was added"


def recall_lede(replay: ReplayFacts) -> str:
    """The interval, and how the other rankers compare."""
    ours = replay.curves[0].recall[replay.depth]
    said = (
        f"{between(ours)} in 95 of 100 redrawings of the {replay.days} days "
        f"({len(replay.added)} papers added, {replay.papers} announced)."
    )
    best = best_other(replay)
    if best is None or replay.lead is None:
        return said
    theirs, lead = best.recall[replay.depth].value, replay.lead
    sure = (
        "the interval leaves no doubt"
        if lead.low > 0 or lead.high < 0
        else "the interval holds zero too"
    )
    side = "ahead of" if lead.value > 0 else "behind" if lead.value < 0 else "level with"
    gap = f"{points(abs(lead.value))} {side}" if lead.value else side
    return (
        f"{said} That is {gap} the best of the other programs, {best.name} "
        f"({percent(theirs)}); {sure}: {100 * lead.low:+.1f} to {100 * lead.high:+.1f} points."
    )


def places_lede(replay: ReplayFacts) -> str:
    """Where half of what was added stood, and how like the list most of what was found is."""
    ranks = sorted(paper.rank for paper in replay.added)
    said = (
        f"Half of what was added stood among the first {ranks[(len(ranks) - 1) // 2]} of its day."
    )
    if not replay.missed or not replay.usual_likeness:
        return said
    return (
        f"{said} Three in four of the papers found have an entry alike by "
        f"{replay.usual_likeness:.2f} or more; below, lowest first, what was missed, each with "
        "the entries nearest to it."
    )


def missed_heading(replay: ReplayFacts) -> str:
    """How many were missed."""
    missed, added = len(replay.missed), len(replay.added)
    if not missed:
        return f"Nothing was missed: all {added} stood among the first {replay.depth}"
    return f"{missed} of {added} stood below the first {replay.depth} of their day"


def reason(paper: AddedPaper, replay: ReplayFacts) -> str:
    """Why a paper was missed, as far as figures tell."""
    ratio = paper.score / paper.cut_score if paper.cut_score else 0.0
    said = "A near miss" if ratio >= NEAR_MISS else "Far below the cut"
    said += f": number {replay.depth} of that day had {chance(paper.cut_score)}."
    if paper.nearest and replay.usual_likeness:
        if paper.nearest[0].similarity < replay.usual_likeness:
            said += " Less like the list than most papers found."
        else:
            said += " As like the list as most papers found."
    if not paper.has_abstract:
        said += " No abstract is at hand, so likeness is by title alone."
    return said


def chance(probability: float) -> str:
    """A relevance as people read it: three decimals, and never a zero that is none."""
    return f"{probability:.3f}" if probability >= LEAST_CHANCE else "below 0.001"


def relevance_heading(replay: ReplayFacts) -> str:
    """How far relevance is from what happened."""
    return f"Relevance is off by {points(replay.relevance_error.value)} on average"


def relevance_lede(replay: ReplayFacts) -> str:
    """What was measured, with intervals."""
    error, skill = replay.relevance_error, replay.relevance_skill
    n = max(sum(part.n for part in replay.relevance), 1)
    meant = sum(part.said * part.n for part in replay.relevance) / n
    happened = sum(part.happened.value * part.n for part in replay.relevance) / n
    better = "more" if skill.low > 0 else "not surely more" if skill.value > 0 else "no more"
    return (
        f"On each day's first {replay.relevance_papers} papers, in bins of equal size; "
        f"{100 * error.low:.1f} to {points(error.high)} in 95 of 100 redrawings. In all they said "
        f"{percent(meant, digits=1)} where {percent(happened, digits=1)} were added. They say "
        f"{better} than the base rate alone: Brier skill {skill.value:.2f} "
        f"({skill.low:.2f} to {skill.high:.2f})."
    )


def topics_heading(topics: TopicFacts) -> str:
    """How often the likeliest topic is right."""
    accuracy = topics.figures["accuracy"]
    return f"{percent(accuracy.value)} of papers are put under their own heading"


def topic_reliability_heading(topics: TopicFacts) -> str:
    """How far the likeliest topic's probability is from what happened."""
    return f"Topic probabilities are off by {points(topics.error.value)} on average"


def confusion_lede(topics: TopicFacts) -> str:
    """The pair that is confused most."""
    pairs = [
        (n, row, column)
        for row, counts in enumerate(topics.confusion)
        for column, n in enumerate(counts)
        if row != column and n
    ]
    if not pairs:
        return f"None of {topics.n} papers was put under another heading."
    n, row, column = max(pairs, key=lambda pair: pair[0])
    return (
        f"Most often confused: {n} of {sum(topics.confusion[row])} papers of "
        f"{topics.names[row]} were put under {topics.names[column]}."
    )


def gained_heading(gained: Gained) -> str:
    """How much came in, and where most of it went."""
    total = sum(sum(gain.months) for gain in gained.topics)
    if not total:
        return f"The list gained nothing from {gained.months[0]} to {gained.months[-1]}"
    most = gained.topics[0]
    return (
        f"The list gained {total} papers in {len(gained.months)} months, "
        f"{sum(most.months)} of them in {most.topic}"
    )


def drift_heading(drift: Drift | None) -> str:
    """Whether anything moved."""
    if drift is None:
        return "Nobody looked for drift this time"
    if not drift.lines and not drift.new_topics:
        return NOTHING_MOVED.removesuffix(".")
    said = []
    if drift.lines:
        said.append(f"{len(drift.lines)} {'thing' if len(drift.lines) == 1 else 'things'} moved")
    if drift.new_topics:
        n = len(drift.new_topics)
        said.append("a new topic may be forming" if n == 1 else f"{n} new topics may be forming")
    heading = "; ".join(said)
    return heading[0].upper() + heading[1:]
