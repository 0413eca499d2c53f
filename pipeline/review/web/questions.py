"""What the HTTP interface is asked, checked before a desk sees it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from db.records import CandidateFilter, EntryEdit, State, Verdict
from pipeline.review.card import MOST_AT_ONCE

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Words = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Field(max_length=60_000)]
Revision = Annotated[int, Field(ge=0, lt=2**31)]
"""A number that both databases can hold."""
StateName = State | Literal[""]


def _is_iso_day(value: object) -> object:
    """Refuses what pydantic would take for a day too, such as seconds since 1970."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        return value
    raise ValueError("a day is written like 2022-07-26")


DayName = Annotated[date, BeforeValidator(_is_iso_day)] | Literal[""]
Answerable = Literal["approve", "reject", "defer"]


class Question(BaseModel):
    """What all questions share: a key that does not exist is refused, not ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class DecisionQuestion(Question):
    """A verdict; ``topic`` "" keeps the candidate's own."""

    verdict: Answerable
    topic: Words = ""
    reason: Annotated[str, Field(max_length=1_000, pattern=r"^[^\x00]*$")] = ""
    revision: Revision


class UndoQuestion(Question):
    """The candidate as it was seen."""

    revision: Revision


class EntryQuestion(Question):
    """What changed in the entry: a field left out stays, ``null`` goes back to the draft."""

    title: Text | None = None
    authors: Text | None = None
    venue: Text | None = None
    keywords: list[Text] | None = None
    digest: Text | None = None
    links: list[tuple[Text, Text]] | None = None
    topic: Words | None = None

    def over(self, edit: EntryEdit) -> EntryEdit:
        """What was edited before, with this over it."""
        given = {
            name: getattr(self, name) for name in self.model_fields_set - {"topic", "revision"}
        }
        if given.get("keywords") is not None:
            given["keywords"] = tuple(given["keywords"])
        if given.get("links") is not None:
            given["links"] = tuple((label, address) for label, address in given["links"])
        kept = {name: getattr(edit, name) for name in EntryEdit.__dataclass_fields__}
        return EntryEdit(**{**kept, **given})


class EditQuestion(EntryQuestion):
    """The same, to be kept."""

    revision: Revision


class PreviewQuestion(EntryQuestion):
    """The same, to be looked at."""

    revision: Revision | None = None


class FilterQuestion(Question):
    """Which candidates; "" for any."""

    state: StateName = ""
    topic: Words = ""
    day: DayName | None = None
    text: Words = ""

    def wanted(self) -> CandidateFilter:
        """The filter."""
        return make_filter(self.state, self.topic, self.day, self.text)


class BulkQuestion(Question):
    """One verdict for all that a filter finds, if these are ``count``."""

    verdict: Answerable
    filter: FilterQuestion
    count: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]


class PublishQuestion(Question):
    """What the publication that was looked at stands under."""

    token: Annotated[str, Field(min_length=1, max_length=200)]


def make_filter(state: StateName, topic: str, day: DayName | None, text: str) -> CandidateFilter:
    """A filter from what an address or a body says."""
    return CandidateFilter(
        states=frozenset({State(state)}) if state else frozenset(),
        topic=topic,
        day=day or None,
        text=text,
    )


def verdict_of(name: Answerable) -> Verdict:
    """The verdict of that name."""
    return Verdict(name)
