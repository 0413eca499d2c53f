"""The part of arXiv's query language that a harvester uses, with its real quirks.

``cat:``, ``submittedDate:[a TO b]``, AND, OR, ANDNOT and parentheses; operators
associate to the right whatever they are, bounds are included at second 0, and
``lastUpdatedDate`` is ``submittedDate`` by another name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from tests.arxiv_emulator.papers import State

Predicate = Callable[[State], bool]

_TOKEN = re.compile(r"\s*(\(|\)|\w+:\[[^\]]*\]|[^\s()]+)")
_FULL = ("0101000000", "1231235900")


class UnknownFieldError(Exception):
    """The emulator does not know a field that arXiv may know."""


class BrokenQueryError(Exception):
    """What makes arXiv's own program fail: it answers 500."""


def parse(query: str) -> Predicate:
    """What a ``search_query`` selects.

    Raises:
        UnknownFieldError: It uses more of the language than is here.
        BrokenQueryError: arXiv would answer 500.
    """
    tokens = _TOKEN.findall(query)
    predicate, rest = _expression(tokens)
    if rest:
        raise BrokenQueryError(f"{rest[0]} is left over")
    return predicate


def _expression(tokens: list[str]) -> tuple[Predicate, list[str]]:
    left, rest = _term(tokens)
    if not rest or rest[0] == ")":
        return left, rest
    operator = rest[0]
    known = operator in {"AND", "OR", "ANDNOT"}
    right, rest = _expression(rest[1:] if known else rest)  # no operator means OR
    if operator == "AND":
        return (lambda state: left(state) and right(state)), rest
    if operator == "ANDNOT":
        return (lambda state: left(state) and not right(state)), rest
    return (lambda state: left(state) or right(state)), rest


def _term(tokens: list[str]) -> tuple[Predicate, list[str]]:
    if not tokens:
        raise BrokenQueryError("the query ends too early")
    token, *rest = tokens
    if token == "(":
        inner, rest = _expression(rest)
        if not rest:
            raise BrokenQueryError("a parenthesis is never closed")
        return inner, rest[1:]
    field, _, value = token.partition(":")
    if field == "cat":
        pattern = value.strip('"')
        return (lambda state: any(fnmatchcase(name, pattern) for name in state.categories)), rest
    if field in {"submittedDate", "lastUpdatedDate"}:
        first, last = _window(value)
        return (lambda state: first <= state.submitted <= last), rest
    raise UnknownFieldError(f"the emulator does not know {token!r}; it knows cat, submittedDate")


def _window(value: str) -> tuple[datetime, datetime]:
    bounds = value.strip("[]").split(" TO ")
    if len(bounds) != 2:
        raise BrokenQueryError(f"{value} is no range")
    return _bound(bounds[0], end=False), _bound(bounds[1], end=True)


def _bound(text: str, *, end: bool) -> datetime:
    text = text.strip()
    if not text.isdecimal() or len(text) not in {4, 6, 8, 12, 14}:
        raise BrokenQueryError(f"{text} is no date")  # strptime raises in arXiv's program
    if len(text) == 6 and end:
        text += "28"  # arXiv pads to the month's last day; the 28th is in every month
    padded = text[:12] + _FULL[end][len(text[:12]) - 4 :] if len(text) < 12 else text[:12] + "00"
    try:
        return datetime.strptime(padded, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise BrokenQueryError(str(error)) from error
