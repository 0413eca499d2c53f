"""What a column holds, and how that becomes the values of :mod:`db.records`.

Nothing here is particular to one database.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import JSON, DateTime, Dialect, String, Text, TypeDecorator

from db.records import EntryEdit, Evidence, NearEntry, PaperVersion, TopicProbability

if TYPE_CHECKING:
    from collections.abc import Iterable

_Word = TypeVar("_Word", bound=StrEnum)
WORD_LENGTH = 16
"""Room for the longest word of any :class:`StrEnum` in a column, in characters."""


def storable(text: str) -> str:
    """``text`` with U+FFFD for what no database stores: lone surrogates and U+0000.

    One damaged title must not keep a whole day from being remembered.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd")


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC)


class SafeText(TypeDecorator[str]):
    """Text from anywhere."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        """Makes any text storable."""
        return None if value is None else storable(value)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware times, in UTC also where the database knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses naive times, and stores others in UTC."""
        if value is None:
            return None
        moment = _in_utc(value)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Gives aware times in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class WordOf(TypeDecorator[_Word]):
    """A word of a closed vocabulary, stored as itself."""

    impl = String(WORD_LENGTH)
    cache_ok = True

    def __init__(self, words: type[_Word]) -> None:
        self.words = words
        super().__init__()

    def process_bind_param(self, value: _Word | None, _dialect: Dialect) -> str | None:
        """Refuses what is not in the vocabulary."""
        return None if value is None else self.words(value).value

    def process_result_value(self, value: str | None, _dialect: Dialect) -> _Word | None:
        """Gives the word of the vocabulary."""
        return None if value is None else self.words(value)


class Texts(TypeDecorator[tuple[str, ...]]):
    """Several texts in order."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Iterable[str] | None, _dialect: Dialect) -> list[str]:
        """Makes each text storable."""
        return [storable(text) for text in value or ()]

    def process_result_value(self, value: list[str] | None, _dialect: Dialect) -> tuple[str, ...]:
        """Gives a tuple."""
        return tuple(value or ())


class Topics(TypeDecorator[tuple[TopicProbability, ...]]):
    """Topics with their probabilities, best first."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self, value: Iterable[TopicProbability] | None, _dialect: Dialect
    ) -> list[tuple[str, float]]:
        """Stores pairs."""
        return [(storable(each.topic), float(each.probability)) for each in value or ()]

    def process_result_value(
        self, value: list[tuple[str, float]] | None, _dialect: Dialect
    ) -> tuple[TopicProbability, ...]:
        """Gives records."""
        return tuple(
            TopicProbability(topic=topic, probability=probability)
            for topic, probability in value or ()
        )


class Versions(TypeDecorator[tuple[PaperVersion, ...]]):
    """Versions of a paper by number, each with when it was submitted."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self, value: Iterable[PaperVersion] | None, _dialect: Dialect
    ) -> list[tuple[int, str | None]]:
        """Refuses naive times, and stores pairs, with times in UTC."""
        return [
            (each.number, None if each.submitted is None else _in_utc(each.submitted).isoformat())
            for each in value or ()
        ]

    def process_result_value(
        self, value: list[tuple[int, str | None]] | None, _dialect: Dialect
    ) -> tuple[PaperVersion, ...]:
        """Gives records."""
        return tuple(
            PaperVersion(
                number=number,
                submitted=None if submitted is None else datetime.fromisoformat(submitted),
            )
            for number, submitted in value or ()
        )


class EvidenceColumn(TypeDecorator[Evidence]):
    """What a candidate's scores rest on."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Evidence | None, _dialect: Dialect) -> dict[str, Any]:
        """Makes each text storable."""
        return evidence_as_json(value or Evidence())

    def process_result_value(self, value: dict[str, Any] | None, _dialect: Dialect) -> Evidence:
        """Gives a record; what is not there is not known."""
        return evidence_of_json(value or {})


def evidence_as_json(evidence: Evidence) -> dict[str, Any]:
    """``evidence`` as values of JSON, each text storable."""
    return {
        "nearest": [
            [storable(each.title), storable(each.arxiv_id), float(each.similarity)]
            for each in evidence.nearest
        ],
        "words_for": [storable(text) for text in evidence.words_for],
        "words_against": [storable(text) for text in evidence.words_against],
        "accepted": storable(evidence.accepted),
        "listed_authors": [storable(text) for text in evidence.listed_authors],
    }


def evidence_of_json(values: dict[str, Any]) -> Evidence:
    """What :func:`evidence_as_json` made, or as much of it as is there."""
    return Evidence(
        nearest=tuple(
            NearEntry(title=title, arxiv_id=arxiv_id, similarity=similarity)
            for title, arxiv_id, similarity in values.get("nearest", ())
        ),
        words_for=tuple(values.get("words_for", ())),
        words_against=tuple(values.get("words_against", ())),
        accepted=values.get("accepted", ""),
        listed_authors=tuple(values.get("listed_authors", ())),
    )


class EntryEditColumn(TypeDecorator[EntryEdit]):
    """What a maintainer changed in an entry; only what was changed is stored."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: EntryEdit | None, _dialect: Dialect) -> dict[str, Any]:
        """Makes each text storable."""
        return edit_as_json(value or EntryEdit())

    def process_result_value(self, value: dict[str, Any] | None, _dialect: Dialect) -> EntryEdit:
        """Gives a record; what is not there was not changed."""
        return edit_of_json(value or {})


def edit_as_json(edit: EntryEdit) -> dict[str, Any]:
    """``edit`` as values of JSON, each text storable, without what keeps the draft's."""
    plain = {
        "title": _storable(edit.title),
        "authors": _storable(edit.authors),
        "venue": _storable(edit.venue),
        "keywords": None if edit.keywords is None else [storable(text) for text in edit.keywords],
        "digest": _storable(edit.digest),
        "links": None
        if edit.links is None
        else [[storable(label), storable(address)] for label, address in edit.links],
    }
    return {key: value for key, value in plain.items() if value is not None}


def edit_of_json(values: dict[str, Any]) -> EntryEdit:
    """What :func:`edit_as_json` made."""
    keywords, links = values.get("keywords"), values.get("links")
    return EntryEdit(
        title=values.get("title"),
        authors=values.get("authors"),
        venue=values.get("venue"),
        keywords=None if keywords is None else tuple(keywords),
        digest=values.get("digest"),
        links=None if links is None else tuple((label, address) for label, address in links),
    )


def _storable(text: str | None) -> str | None:
    return None if text is None else storable(text)
