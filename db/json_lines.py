"""Records as lines of JSON, and lines of JSON as records or a reason why not.

A line of a dump is read by people in a diff, and may have been edited by them:
every value is checked, and a wrong one is named by its key.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from db.columns import edit_as_json, edit_of_json, evidence_as_json, evidence_of_json
from db.records import (
    AnnounceType,
    EntryEdit,
    Evidence,
    FetchStatus,
    PaperVersion,
    State,
    TopicProbability,
    Verdict,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

Check = Callable[[Any], Any]
"""Turns a value of JSON into that of a record; ``ValueError`` says what it should be."""


def write_line(values: Mapping[str, Any]) -> str:
    """One line without its end: keys in the order given, all text as it is."""
    plain = {key: _plain(value) for key, value in values.items()}
    return json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(", ", ": "))


def read_line(
    line: str, checks: Mapping[str, Check], *, lacking: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """The values of one line.

    Args:
        line: Without its end.
        checks: What each key holds.
        lacking: Keys that lines of an older dump do not have, with what to read instead.

    Raises:
        ValueError: It is no JSON object with exactly the keys of ``checks``,
            once each, or a value is wrong.
    """
    try:
        values = _DECODER.decode(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"is no JSON ({error.msg} at character {error.pos + 1})") from error
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    if not isinstance(values, dict):
        raise ValueError(f"should be an object, is {_short(values)}")  # noqa: TRY004 one error for all that is wrong with a line
    if unknown := [key for key in values if key in lacking]:
        raise ValueError(f"has an unknown key {unknown[0]!r}")
    values |= lacking
    if missing := [key for key in checks if key not in values]:
        raise ValueError(f"lacks {', '.join(missing)}")
    if unknown := [key for key in values if key not in checks]:
        raise ValueError(f"has an unknown key {unknown[0]!r}")
    read = {}
    for key, check in checks.items():
        try:
            read[key] = check(values[key])
        except (TypeError, ValueError, OverflowError, KeyError) as error:
            wanted = str(error) if isinstance(error, WrongValueError) else "another value"
            raise ValueError(f"{key} should be {wanted}, is {_short(values[key])}") from error
    return read


def text(value: Any) -> str:
    """Any text."""
    if not isinstance(value, str):
        raise WrongValueError("text")
    return value


def optional(check: Check) -> Check:
    """What ``check`` takes, or null."""
    return lambda value: None if value is None else check(value)


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts."""
    try:
        return tuple(text(each) for each in _list(value))
    except ValueError as error:
        raise WrongValueError("a list of texts") from error


def whole(value: Any) -> int:
    """A whole number, not negative, that any database can hold."""
    if type(value) is not int or not 0 <= value < 2**31:
        raise WrongValueError("a whole number")
    return value


def number(value: Any) -> float:
    """A finite number."""
    if type(value) not in {int, float} or not math.isfinite(value):
        raise WrongValueError("a number")
    return float(value)


def truth(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise WrongValueError("true or false")
    return value


def day(value: Any) -> date:
    """A day, ``2022-06-01``."""
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise WrongValueError("a day like 2022-06-01") from error


def moment(value: Any) -> datetime:
    """A time in UTC, ``2022-06-01T04:47:00+00:00``."""
    try:
        found = datetime.fromisoformat(value)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise WrongValueError("a time like 2022-06-01T04:47:00+00:00") from error
    raise WrongValueError("a time with its zone, like 2022-06-01T04:47:00+00:00")


def word(words: type[StrEnum]) -> Check:
    """A word of a closed vocabulary."""

    def check(value: Any) -> StrEnum:
        try:
            return words(value)
        except ValueError as error:
            raise WrongValueError(f"one of {', '.join(words)}") from error

    return check


def topics(value: Any) -> tuple[TopicProbability, ...]:
    """A list of pairs, topic and probability."""
    try:
        return tuple(
            TopicProbability(topic=text(topic), probability=number(probability))
            for topic, probability in _list(value)
        )
    except (TypeError, ValueError) as error:
        raise WrongValueError("a list of pairs, topic and probability") from error


def versions(value: Any) -> tuple[PaperVersion, ...]:
    """A list of pairs, number and time or null."""
    try:
        return tuple(
            PaperVersion(number=whole(number), submitted=optional(moment)(submitted))
            for number, submitted in _list(value)
        )
    except (TypeError, ValueError) as error:
        raise WrongValueError("a list of pairs, version and time or null") from error


def weight(value: Any) -> float:
    """How many papers one stands for: at least itself."""
    try:
        found = number(value)
    except ValueError as error:
        raise WrongValueError("a number, 1 or more") from error
    if found < 1.0:
        raise WrongValueError("a number, 1 or more")
    return found


def evidence(value: Any) -> Evidence:
    """An object with exactly the keys of ``Evidence``."""
    wanted = f"an object with {', '.join(evidence_as_json(Evidence()))}"
    if not isinstance(value, dict) or set(value) != set(evidence_as_json(Evidence())):
        raise WrongValueError(wanted)
    try:
        for title, arxiv_id, similarity in _list(value["nearest"]):
            text(title)
            text(arxiv_id)
            number(similarity)
        for key in ("words_for", "words_against", "listed_authors"):
            texts(value[key])
        text(value["accepted"])
    except (TypeError, ValueError) as error:
        raise WrongValueError(wanted) from error
    return evidence_of_json(value)


def edit(value: Any) -> EntryEdit:
    """An object with some of the keys of ``EntryEdit``."""
    wanted = "an object with some of title, authors, venue, keywords, digest, links"
    if not isinstance(value, dict) or set(value) - _EDITED:
        raise WrongValueError(wanted)
    try:
        for key, changed in value.items():
            if key == "links":
                for label, address in _list(changed):
                    text(label)
                    text(address)
            else:
                (texts if key == "keywords" else text)(changed)
    except (TypeError, ValueError) as error:
        raise WrongValueError(wanted) from error
    return edit_of_json(value)


_EDITED = {"title", "authors", "venue", "keywords", "digest", "links"}


def ranking(value: Any) -> list[tuple[str, int, float, int, int]]:
    """Papers of a day: identifier, rank, relevance, number of the topic, number of the sources."""
    wanted = "a list of lists with identifier, rank, relevance, topic and sources"
    try:
        return [
            (text(arxiv_id), whole(rank), number(relevance), whole(topic), whole(sources))
            for arxiv_id, rank, relevance, topic, sources in _list(value)
        ]
    except (TypeError, ValueError) as error:
        raise WrongValueError(wanted) from error


def several(check: Check) -> Check:
    """A list of what ``check`` takes."""
    return lambda value: [check(each) for each in _list(value)]


PAPER: dict[str, Check] = {
    "arxiv_id": text,
    "title": text,
    "abstract": optional(text),
    "authors": texts,
    "categories": texts,
    "comment": optional(text),
    "published": optional(day),
    "announced": day,
    "announce_type": word(AnnounceType),
    "estimated": truth,
    "versions": versions,
    "revised": optional(day),
    "withdrawn": truth,
    "license": text,
    "dois": texts,
    "journal_ref": optional(text),
}
PAPER_BEFORE_3: dict[str, Any] = {
    "estimated": False,
    "versions": [],
    "revised": None,
    "withdrawn": False,
    "license": "",
    "dois": [],
    "journal_ref": None,
}
"""What a line about a paper lacks in a dump of a format before 3, as it would have said it."""
SAMPLED: dict[str, Check] = {**PAPER, "sampling_weight": weight}
SEEN: dict[str, Check] = {"arxiv_id": text, "announced": day, "versions": versions}
SEEN_BEFORE_3: dict[str, Any] = {"versions": []}
CANDIDATE: dict[str, Check] = {
    **PAPER,
    "topic": text,
    "topics": topics,
    "relevance": number,
    "why": texts,
    "model": text,
    "queued_at": moment,
    "state": word(State),
    "reviewer": text,
    "decided_at": optional(moment),
    "reason": text,
    "commit": text,
    "audit": truth,
    "choices": texts,
    "evidence": evidence,
    "sampling_weight": optional(weight),
    "edit": edit,
    "revision": whole,
}
CANDIDATE_BEFORE_3: dict[str, Any] = {
    **PAPER_BEFORE_3,
    "audit": False,
    "choices": [],
    "evidence": evidence_as_json(Evidence()),
    "sampling_weight": 1.0,
}
CANDIDATE_BEFORE_4: dict[str, Any] = {"edit": {}, "revision": 0}
DECISION: dict[str, Check] = {
    "arxiv_id": text,
    "verdict": word(Verdict),
    "topic": text,
    "reason": text,
    "reviewer": text,
    "decided_at": moment,
    "model": text,
    "relevance": number,
    "topic_probability": number,
    "state_before": word(State),
    "topic_before": text,
    "edit_before": edit,
}
DECISION_BEFORE_4: dict[str, Any] = {"edit_before": {}}
REQUEST: dict[str, Check] = {"request": text, "handled_at": moment}
SCORED_TOGETHER: dict[str, Check] = {
    "announced": day,
    "scored_at": moment,
    "model": text,
    "papers": whole,
    "cut": whole,
    "topics": texts,
    "sources": several(texts),
    "ranked": ranking,
}
"""Papers of one day that were scored together; ``ranked`` counts ``topics`` and ``sources``."""
FETCH: dict[str, Check] = {
    "source": text,
    "day": day,
    "status": word(FetchStatus),
    "received": whole,
    "expected": optional(whole),
    "highest_id": text,
    "problem": text,
    "fetched_at": moment,
}
FETCH_BEFORE_3: dict[str, Any] = {"expected": None, "highest_id": ""}
HARVEST: dict[str, Check] = {
    "name": text,
    "since": day,
    "resume_from": day,
    "token": text,
    "completed": optional(day),
    "open": truth,
}
JOB_RUN: dict[str, Check] = {
    "job": text,
    "started_at": moment,
    "finished_at": moment,
    "status": text,
    "problem": text,
}
TOPIC_RENAME: dict[str, Check] = {
    "old": text,
    "new": text,
    "renamed_at": moment,
    "pending": truth,
}


class WrongValueError(ValueError):
    """What a value should be."""


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise WrongValueError("a list")
    return value


def _plain(value: Any) -> Any:
    match value:
        case datetime() | date():
            plain: Any = value.isoformat()
        case TopicProbability():
            plain = [value.topic, value.probability]
        case Evidence():
            plain = evidence_as_json(value)
        case EntryEdit():
            plain = edit_as_json(value)
        case PaperVersion():
            plain = [value.number, _plain(value.submitted)]
        case tuple() | list():
            plain = [_plain(each) for each in value]
        case _:
            plain = value
    return plain


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("has a key twice")
    return values


def _no_number(name: str) -> float:
    raise ValueError(f"has {name}, which is no number")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


def _short(value: Any) -> str:
    shown = json.dumps(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."  # noqa: PLR2004 what fits on a line
