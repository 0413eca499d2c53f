"""Pictures with two axes: recall, reliability, and where each paper stood on its day."""

from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

from pipeline.pages.charts import (
    PHONE_WIDTH,
    Panel,
    Scale,
    nice_top,
    percent,
    picture,
    spread,
    words,
)
from pipeline.pages.markup import element

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipeline.pages.facts import AddedPaper, Curve, ReliabilityBin, ReplayFacts
    from pipeline.pages.markup import Markup

RARE_SHARES = (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
SHARES = tuple((share, percent(share)) for share in (0.0, 0.25, 0.5, 0.75, 1.0))


def draw_recall(name: str, width: float, replay: ReplayFacts) -> Markup:
    """Recall against papers read a day, every ranker, ours with its interval."""
    phone = width <= PHONE_WIDTH
    height, label_at = (330.0, width - 126) if phone else (400.0, width - 178)
    depths = list(replay.curves[0].recall)
    panel = Panel(
        x=Scale(least=0, most=depths[-1], start=44, end=label_at - 20),
        y=Scale(least=0, most=1, start=height - 44, end=34),
    )
    ticks = [depth for depth in (5, 10, 20, 30, 40, 50) if depth <= depths[-1]]
    parts = [
        panel.axes(
            [(tick, str(tick)) for tick in ticks],
            SHARES,
            x_title="papers read a day",
            y_title="share of what was added" + ("" if phone else " that is among them"),
        ),
        element(
            "path",
            d=f"M{panel.x(replay.depth):.1f} {panel.y.start:.1f}V{panel.y.end:.1f}",
            class_="cut",
        ),
        *(_band(panel, curve) for curve in replay.curves if curve.ours),
        *(_line(panel, curve, place) for place, curve in reversed([*enumerate(replay.curves)])),
        *_line_labels(panel, replay, label_at, phone=phone),
    ]
    ours = replay.curves[0].recall[replay.depth]
    return picture(
        name,
        *parts,
        width=width,
        height=height,
        title="Recall against papers read a day",
        description=f"{len(replay.curves)} lines. The first {replay.depth} papers a day hold "
        + ", ".join(f"{percent(c.recall[replay.depth].value)} ({c.name})" for c in replay.curves)
        + f". The interval of ours is {percent(ours.low)} to {percent(ours.high)}.",
    )


def _band(panel: Panel, curve: Curve) -> Markup:
    above = [(depth, found.high) for depth, found in curve.recall.items()]
    below = [(depth, found.low) for depth, found in reversed([*curve.recall.items()])]
    return element("path", d=panel.path([*above, *below]) + "Z", class_="band")


def _line(panel: Panel, curve: Curve, place: int) -> Markup:
    points = [(depth, found.value) for depth, found in curve.recall.items()]
    return element("path", d=panel.path([(0, 0), *points]), class_=f"line s{place}")


def _line_labels(panel: Panel, replay: ReplayFacts, x: float, *, phone: bool) -> list[Markup]:
    """Each line's name and what the cut holds, as far apart as text needs."""
    last = list(replay.curves[0].recall)[-1]
    ranked = sorted(
        enumerate(replay.curves),
        key=lambda item: (-item[1].recall[last].value, -item[1].recall[replay.depth].value),
    )
    ends = [panel.y(curve.recall[last].value) for _, curve in ranked]
    places = spread(ends, least=panel.y.end, most=panel.y.start)
    labels = []
    for (number, curve), end, y in zip(ranked, ends, places, strict=True):
        value = percent(curve.recall[replay.depth].value)
        right = panel.x(last)
        labels += [
            element(
                "path",
                d=f"M{right:.1f} {end:.1f}C{right + 9:.1f} {end:.1f} {x - 13:.1f} {y:.1f}"
                f" {x - 4:.1f} {y:.1f}",
                class_=f"lead s{number}",
            ),
            element(
                "text",
                element("tspan", value, class_="strong"),
                f" {_short(curve.name) if phone else curve.name}",
                x=x,
                y=y + 4,
                class_="label ours" if curve.ours else "label",
            ),
        ]
        at = panel.y(curve.recall[replay.depth].value)
        size = 5.0 if curve.ours else 3.2
        labels.append(
            element("circle", cx=panel.x(replay.depth), cy=at, r=size, class_=f"dot d{number}")
        )
    labels.append(words(x, panel.y.end - 22, f"in the first {replay.depth}", kind="tick"))
    return labels


def _short(name: str) -> str:
    """A name that fits beside a line on a phone."""
    most = 13
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def draw_reliability(
    name: str,
    width: float,
    bins: Sequence[ReliabilityBin],
    *,
    title: str,
    likely: str,
    real: str,
    rare: bool = False,
) -> Markup:
    """What was said against what happened; on the diagonal both agree.

    Args:
        name: Unique in the page.
        width: Pixels.
        bins: At least one.
        title: What the probabilities are of.
        likely: Name of the way across.
        real: Name of the way up.
        rare: Whether most probabilities are small: then both ways end above the greatest, and
            grow as square roots, so that small ones can be told apart.
    """
    side = width - 64
    bend: Callable[[float], float] = float
    top, ticks = 1.0, SHARES
    if rare:
        top = min(nice_top(max(max(part.said, part.happened.high) for part in bins)), 1.0)
        bend = math.sqrt
        ticks = tuple((share, percent(share)) for share in RARE_SHARES if share <= top)
    panel = Panel(
        x=Scale(least=0, most=top, start=46, end=46 + side, bend=bend),
        y=Scale(least=0, most=top, start=34 + side, end=34, bend=bend),
    )
    parts = [
        panel.axes(ticks, ticks, x_title=likely, y_title=real),
        element("path", d=panel.path([(0, 0), (top, top)]), class_="diagonal"),
    ]
    for part in bins:
        x, y = panel.x(part.said), panel.y(part.happened.value)
        low, high = panel.y(part.happened.low), panel.y(min(part.happened.high, top))
        parts += [
            element("path", d=f"M{x:.1f} {low:.1f}V{high:.1f}", class_="whisker"),
            element(
                "circle",
                element(
                    "title",
                    f"said {percent(part.said, digits=1)}, happened "
                    f"{percent(part.happened.value, digits=1)} of {part.n} papers",
                ),
                cx=x,
                cy=y,
                r=5,
                class_="dot d0",
            ),
        ]
    return picture(
        name,
        *parts,
        width=width,
        height=34 + side + 44,
        title=title,
        description="Dots near the diagonal are probabilities that held. "
        + "; ".join(
            f"said {percent(part.said)}, happened {percent(part.happened.value)}" for part in bins
        )
        + ".",
    )


def draw_places(name: str, width: float, replay: ReplayFacts) -> Markup:
    """Every paper that was added: its day across, its place on that day upwards."""
    height = 300.0 if width <= PHONE_WIDTH else 340.0
    deepest = max(paper.rank for paper in replay.added)
    first, last = replay.start.toordinal(), replay.end.toordinal()
    panel = Panel(
        x=Scale(least=first - 1, most=last + 1, start=44, end=width - 14),
        y=Scale(
            least=1,
            most=max(deepest, replay.depth) * 1.1,
            start=42,
            end=height - 44,
            bend=math.log10,
        ),
    )
    bottom = Panel(
        x=panel.x,
        y=Scale(least=panel.y.most, most=1, start=panel.y.end, end=panel.y.start, bend=math.log10),
    )
    ranks = [rank for rank in (1, 2, 5, 10, 20, 50, 100, 200, 500) if rank <= panel.y.most]
    parts = [
        bottom.axes(
            [(day.toordinal(), f"{day.day} {day:%b}") for day in _marked_days(replay, width)],
            [(rank, str(rank)) for rank in ranks],
            x_title="announcement day",
            y_title="place on its day; 1 is read first",
        ),
        element(
            "rect",
            x=panel.x.start,
            y=panel.y(replay.depth + 0.5),
            width=panel.x.end - panel.x.start,
            height=panel.y.end - panel.y(replay.depth + 0.5),
            class_="below",
        ),
        *(
            # A phone has no pointer that could ask for more.
            _mark(panel, paper, missed=paper.rank > replay.depth, told=width > PHONE_WIDTH)
            for paper in replay.added
        ),
        words(
            panel.x.end - 6,
            panel.y.end - 8,
            f"missed: below the first {replay.depth}",
            anchor="end",
            kind="tick halo",
        ),
    ]
    return picture(
        name,
        *parts,
        width=width,
        height=height,
        title="Where each added paper stood on its day",
        description=f"{len(replay.added)} papers; {len(replay.missed)} of them stood below the "
        f"first {replay.depth}, the lowest at place {deepest}.",
    )


def _marked_days(replay: ReplayFacts, width: float) -> list[date]:
    span = (replay.end - replay.start).days
    step = max(1, math.ceil(span / (3 if width <= PHONE_WIDTH else 6)))
    days = range(replay.start.toordinal(), replay.end.toordinal() + 1, step)
    return [date.fromordinal(day) for day in days]


def _mark(panel: Panel, paper: AddedPaper, *, missed: bool, told: bool) -> Markup:
    x, y = panel.x(paper.day.toordinal()), panel.y(paper.rank)
    said = f"{paper.arxiv_id}, {paper.day}, place {paper.rank} of {paper.papers}"
    hint = [element("title", said)] if told else []
    if missed:
        return element("path", *hint, d=f"M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z", class_="missed")
    return element("circle", *hint, cx=x, cy=y, r=4, class_="found")
