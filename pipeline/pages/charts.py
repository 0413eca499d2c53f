"""What pictures are drawn with: scales, axes, and a frame that also says what it shows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.pages.markup import Markup, element, join

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

LINE_HEIGHT = 17.0
"""Least distance of two labels, in pixels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From values to pixels.

    Attributes:
        least: The value that stands at ``start``; it may be the greater.
        most: The value that stands at ``end``.
        start: Pixels.
        end: Pixels; may be less than ``start``, for y grows downwards.
        bend: What is done to values first; it grows. Linear unless told.
    """

    least: float
    most: float
    start: float
    end: float
    bend: Callable[[float], float] = float

    def __call__(self, value: float) -> float:
        """Where ``value`` stands."""
        low, high = self.bend(self.least), self.bend(self.most)
        share = (self.bend(value) - low) / (high - low) if high != low else 0.0
        return self.start + share * (self.end - self.start)


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """A plotting area: a scale each way."""

    x: Scale
    y: Scale

    def path(self, points: Iterable[tuple[float, float]]) -> str:
        """The line through points, as a path's ``d``."""
        return "M" + "L".join(f"{self.x(x):.1f} {self.y(y):.1f}" for x, y in points)

    def axes(
        self,
        x_ticks: Sequence[tuple[float, str]],
        y_ticks: Sequence[tuple[float, str]],
        *,
        x_title: str,
        y_title: str,
    ) -> Markup:
        """Grid lines with their values, and what the two ways mean."""
        left, right = self.x.start, self.x.end
        bottom, top = self.y.start, self.y.end
        rows = [
            join(
                (
                    element("path", d=f"M{left:.1f} {self.y(at):.1f}H{right:.1f}", class_="grid"),
                    words(left - 7, self.y(at) + 4, label, anchor="end", kind="tick"),
                )
            )
            for at, label in y_ticks
        ]
        columns = [
            words(self.x(at), bottom + 18, label, anchor="middle", kind="tick")
            for at, label in x_ticks
        ]
        titles = [
            words(right, bottom + 36, x_title, anchor="end", kind="axis"),
            words(0, top - 12, y_title, kind="axis"),
        ]
        return join([*rows, *columns, *titles])


def words(x: float, y: float, said: str, *, anchor: str = "start", kind: str = "label") -> Markup:
    """A line of text that ends, begins or is centred at ``x`` (end, start, middle)."""
    return element("text", said, x=x, y=y, text_anchor=anchor, class_=kind)


def picture(
    name: str, *parts: str, width: float, height: float, title: str, description: str
) -> Markup:
    """A picture that a screen reader can read out.

    Args:
        name: Unique in the page.
        parts: What is drawn, the lowest first.
        width: Pixels.
        height: Pixels.
        title: What it is.
        description: What it shows, in a sentence.
    """
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        element("desc", description, id=f"{name}-desc"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        width=width,
        height=height,
        role="img",
        aria_labelledby=f"{name}-title {name}-desc",
    )


PHONE_WIDTH = 340.0
DESK_WIDTH = 720.0


def both_widths(name: str, draw: Callable[[str, float], Markup]) -> Markup:
    """A picture drawn twice, for a desk and for a phone; the page shows the one that fits."""
    return join(
        (
            element("div", draw(f"{name}-wide", DESK_WIDTH), class_="wide"),
            element("div", draw(f"{name}-narrow", PHONE_WIDTH), class_="narrow"),
        )
    )


def spread(wanted: Sequence[float], *, least: float, most: float) -> tuple[float, ...]:
    """Places close to those wanted (ascending), a line apart, within bounds where they fit."""
    places: list[float] = []
    for place in wanted:
        places.append(max(place, places[-1] + LINE_HEIGHT if places else least))
    below = most
    for row in range(len(places) - 1, -1, -1):
        places[row] = min(places[row], below)
        below = places[row] - LINE_HEIGHT
    return tuple(places)


def nice_top(value: float) -> float:
    """A round number not below ``value``, for the end of an axis; 1.0 for nothing."""
    if value <= 0:
        return 1.0
    unit = 10.0 ** math.floor(math.log10(value))
    return next(
        step * unit for step in (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if step * unit >= value
    )


def percent(share: float, *, digits: int = 0) -> str:
    """``0.853`` as ``85 %``, with a space that does not break."""
    return f"{100 * share:.{digits}f}\u00a0%"
