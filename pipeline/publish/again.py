"""Planning again when the list moves between reading and writing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from pipeline.errors import ListMovedError

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

MOST_TRIES = 10
"""How often a change is planned before it is given up until the next run."""

_Result = TypeVar("_Result")


def until_it_holds(attempt: Callable[[], _Result]) -> _Result:
    """What ``attempt`` gives, made again while the list moves under it.

    Args:
        attempt: Reads the list, plans and publishes; what it did before a
            :class:`ListMovedError` must be right to do again.

    Raises:
        ListMovedError: It moved each time.
    """
    for number in range(1, MOST_TRIES + 1):
        try:
            return attempt()
        except ListMovedError as error:
            log.info("%s (try %d of %d)", error.problem, number, MOST_TRIES)
            moved = error
    raise ListMovedError(
        f"{moved.problem}, {MOST_TRIES} times in a row", hint="nothing is lost; run again later"
    ) from moved
