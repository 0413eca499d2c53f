"""The fewest members of a sequence that stand out of its order; knows no lists."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def strays(keys: Sequence[Any]) -> list[int]:
    """Positions whose removal leaves ``keys`` in ascending order, as few as possible.

    >>> strays([1, 2, 9, 3, 4])
    [2]
    """
    tails: list[Any] = []
    ends: list[int] = []
    before: list[int] = []
    for position, key in enumerate(keys):
        length = bisect_right(tails, key)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [key]
        ends[length : length + 1] = [position]
    kept = set()
    position = ends[-1] if ends else -1
    while position >= 0:
        kept.add(position)
        position = before[position]
    return [position for position in range(len(keys)) if position not in kept]
