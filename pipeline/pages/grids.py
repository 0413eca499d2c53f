"""Pictures made of cells and bars: what topics are confused with, what each gained a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.pages.charts import PHONE_WIDTH, picture, words
from pipeline.pages.markup import element, join

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.pages.facts import TopicFacts, TopicGain
    from pipeline.pages.markup import Markup

DEEPEST = 0.62
"""Opacity of a full cell: the number in it must stay readable on light and dark."""

SMALL = 24.0
"""Cells under so many pixels have smaller numbers."""


def draw_confusion(name: str, width: float, topics: TopicFacts) -> Markup:
    """Where papers belong (rows) and where they were put (columns)."""
    phone = width <= PHONE_WIDTH
    left, top = (148.0, 40.0) if phone else (238.0, 150.0)
    size = min((width - left - (2 if phone else 88)) / len(topics.names), 44.0)
    parts = [
        words(left - 8, top - 12, "belongs to ↓ · put in →", anchor="end", kind="axis"),
    ]
    for row, topic in enumerate(topics.names):
        y = top + (row + 0.5) * size
        most = 15 if phone else 34
        label = topic if len(topic) <= most else f"{topic[: most - 1].rstrip()}…"
        x = left + (row + 0.5) * size
        parts.append(words(left - 8, y + 4, f"{label} {row + 1}" if phone else label, anchor="end"))
        parts.append(
            words(x, top - 10, str(row + 1), anchor="middle", kind="tick")
            if phone
            else element(
                "text",
                label if len(label) <= 24 else f"{label[:23].rstrip()}…",  # noqa: PLR2004
                transform=f"translate({x + 4:.1f} {top - 8:.1f}) rotate(-42)",
                class_="label",
            )
        )
        total = sum(topics.confusion[row])
        for column, n in enumerate(topics.confusion[row]):
            parts.append(
                _cell(
                    left + column * size,
                    top + row * size,
                    size,
                    n=n,
                    share=n / total if total else 0.0,
                    right=row == column,
                    said=""
                    if phone or not n
                    else f"{n} of {total} papers of {topic} put in {topics.names[column]}",
                )
            )
    right = sum(topics.confusion[row][row] for row in range(len(topics.names)))
    return picture(
        name,
        *parts,
        width=width,
        height=top + len(topics.names) * size + 4,
        title="Topics against topics",
        description=f"{right} of {topics.n} papers lie on the diagonal: they were put where they "
        "belong. The table below has every number.",
    )


def _cell(
    x: float, y: float, size: float, *, n: int, share: float, right: bool, said: str
) -> Markup:
    box = element(
        "rect",
        *([element("title", said)] if said else []),
        x=x + 1,
        y=y + 1,
        width=size - 2,
        height=size - 2,
        rx=3,
        class_="right" if right else "wrong" if n else "none",
        fill_opacity=f"{DEEPEST * share**0.7:.2f}" if n else "1",
    )
    if not n:
        return box
    kind = "count" if size > SMALL else "count small"
    return join((box, words(x + size / 2, y + size / 2 + 4, str(n), anchor="middle", kind=kind)))


def draw_months(name: str, gain: TopicGain, months: Sequence[str], *, most: int) -> Markup:
    """One topic's months as bars; all topics share the scale ``most``."""
    width, height, floor, top = 170.0, 98.0, 78.0, 16.0
    step = width / len(months)
    parts = [element("path", d=f"M0 {floor}H{width:.0f}", class_="grid")]
    for number, n in enumerate(gain.months):
        tall = (floor - top) * n / most if most else 0.0
        x = number * step
        if not n:
            continue
        parts.append(
            element(
                "rect",
                element("title", f"{months[number]}: {n}"),
                x=x + 1.5,
                y=floor - max(tall, 1.0),
                width=step - 3,
                height=max(tall, 1.0),
                rx=1.5,
                class_="bar",
            )
        )
        parts.append(
            words(x + step / 2, floor - tall - 4, str(n), anchor="middle", kind="count small")
        )
    parts += [
        words(0, height - 5, months[0], kind="tick"),
        words(width, height - 5, months[-1], anchor="end", kind="tick"),
    ]
    return picture(
        name,
        *parts,
        width=width,
        height=height,
        title=f"{gain.topic}: papers gained a month",
        description=", ".join(
            f"{month} {n}" for month, n in zip(months, gain.months, strict=True) if n
        )
        or "none",
    )
