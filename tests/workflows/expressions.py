"""GitHub's expressions, as far as the project's workflows use them.

What is not known here is an error, never a guess: a name that no context has,
a function that is not listed, a sign that is not understood.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_HOLE = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>\d+)|(?P<name>[A-Za-z_][\w-]*)"
    r"|(?P<sign>\|\||&&|==|!=|[!().,*\[\]]))"
)
_WORDS = {"true": True, "false": False, "null": None}


class UnknownError(AssertionError):
    """An expression that this is not made for."""


class Open(dict[str, Any]):
    """A context whose missing names are null: an event, the variables, the secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What an expression may read.

    Attributes:
        contexts: ``github``, ``inputs`` and so on; a name that is missing in one that is not
            :class:`Open` is an error.
        well: Whether all steps before ended well.
        hash_files: What ``hashFiles`` gives for its patterns.
    """

    contexts: Mapping[str, Any]
    well: bool = True
    hash_files: Callable[..., str] = field(default=lambda *_patterns: "")


def fill(text: str, scope: Scope) -> str:
    """``text`` with each ``${{ }}`` replaced by its value."""
    return _HOLE.sub(lambda found: shown(value_of(found[1], scope)), text)


def value_of(expression: str, scope: Scope) -> Any:
    """The value of an expression without its braces."""
    return _Reading(expression, scope).all()


def is_wanted(condition: str | bool, scope: Scope) -> bool:
    """Whether an ``if`` lets it run: without a status function, only while all went well."""
    text = str(condition).strip() if not isinstance(condition, bool) else str(condition).lower()
    whole = _HOLE.fullmatch(text)
    text = whole[1] if whole else text
    asks = re.search(r"\b(success|failure|cancelled|always)\s*\(", text)
    said = is_true(value_of(text, scope)) if text else True
    return said and (scope.well or bool(asks))


def is_true(value: Any) -> bool:
    """GitHub's truth: "", 0, null and false are false."""
    return value not in ("", 0, None, False)


def shown(value: Any) -> str:
    """A value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


def is_equal(left: Any, right: Any) -> bool:
    """GitHub compares texts without case, and other types as numbers."""
    if isinstance(left, str) and isinstance(right, str):
        return left.lower() == right.lower()
    if type(left) is type(right):
        return bool(left == right)
    return _number(left) == _number(right)


def _number(value: Any) -> float:
    if value is None or value == "":
        return 0.0
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


class _Reading:
    """A recursive descent; every method reads on from where the last one ended."""

    def __init__(self, expression: str, scope: Scope) -> None:
        self._expression, self._scope = expression, scope
        self._tokens: list[tuple[str, str]] = []
        at, text = 0, expression.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if found is None:
                raise UnknownError(f"{expression!r}: what is {text[at:]!r}?")
            self._tokens.append((str(found.lastgroup), found[str(found.lastgroup)]))
            at = found.end()
        self._tokens.append(("end", ""))

    def all(self) -> Any:
        value = self._either()
        if self._tokens[0][0] != "end":
            raise UnknownError(f"{self._expression!r}: {self._tokens[0][1]!r} is too much")
        return value

    def _took(self, *signs: str) -> str:
        kind, text = self._tokens[0]
        if kind == "sign" and text in signs:
            self._tokens.pop(0)
            return text
        return ""

    def _must(self, sign: str) -> None:
        if not self._took(sign):
            raise UnknownError(f"{self._expression!r}: {sign} is missing")

    def _either(self) -> Any:
        value = self._both()
        while self._took("||"):
            other = self._both()
            value = value if is_true(value) else other
        return value

    def _both(self) -> Any:
        value = self._compared()
        while self._took("&&"):
            other = self._compared()
            value = other if is_true(value) else value
        return value

    def _compared(self) -> Any:
        value = self._single()
        while sign := self._took("==", "!="):
            value = is_equal(value, self._single()) == (sign == "==")
        return value

    def _single(self) -> Any:
        if self._took("!"):
            return not is_true(self._single())
        if self._took("("):
            value = self._either()
            self._must(")")
            return value
        kind, text = self._tokens.pop(0)
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return int(text)
        if kind != "name":
            raise UnknownError(f"{self._expression!r}: {text!r} is not expected")
        if text in _WORDS:
            return _WORDS[text]
        return self._called(text) if self._took("(") else self._looked_up(text)

    def _called(self, name: str) -> Any:
        arguments: list[Any] = []
        while not self._took(")"):
            arguments.append(self._either())
            self._took(",")
        functions: dict[str, Callable[..., Any]] = {
            "success": lambda: self._scope.well,
            "failure": lambda: not self._scope.well,
            "cancelled": lambda: False,
            "always": lambda: True,
            "contains": _contains,
            "startsWith": lambda text, begin: shown(text).lower().startswith(shown(begin).lower()),
            "fromJSON": json.loads,
            "hashFiles": self._scope.hash_files,
        }
        if name not in functions:
            raise UnknownError(f"{self._expression!r}: there is no function {name} here")
        return functions[name](*arguments)

    def _looked_up(self, name: str) -> Any:
        path = [name]
        value = self._member(self._scope.contexts, name, path)
        while sign := self._took(".", "["):
            if sign == "[":
                key = shown(self._either())
                self._must("]")
            elif self._took("*"):
                rest = self._rest_of_path()
                return [_drill(each, rest) for each in value or ()]
            else:
                key = self._tokens.pop(0)[1]
            path.append(key)
            value = self._member(value, key, path)
        return value

    def _rest_of_path(self) -> list[str]:
        rest = []
        while self._took("."):
            rest.append(self._tokens.pop(0)[1])
        return rest

    def _member(self, value: Any, key: str, path: list[str]) -> Any:
        if value is None or isinstance(value, str):
            return None
        if key not in value:
            if isinstance(value, Open):
                return None
            raise UnknownError(f"{self._expression!r}: there is no {'.'.join(path)}")
        member = value[key]
        # Everything below an open context is open.
        return Open(member) if isinstance(value, Open) and isinstance(member, dict) else member


def _contains(searched: Any, item: Any) -> bool:
    if isinstance(searched, list):
        return any(is_equal(each, item) for each in searched)
    return shown(item).lower() in shown(searched).lower()


def _drill(value: Any, path: list[str]) -> Any:
    for key in path:
        value = (value or {}).get(key)
    return value
