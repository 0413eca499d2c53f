"""Where an entry that stands in a file belongs, by the list's own rule; moves nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.arxiv_id import id_order
from pipeline.lists.headings import topic_key
from pipeline.lists.layout import Block, find_place, place_blocks

if TYPE_CHECKING:
    from pipeline.lists.entry import Entry
    from pipeline.lists.reader import ListFile
    from pipeline.lists.sections import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """The place of an entry.

    Attributes:
        topic: The topic's heading.
        group: What the year group's heading says, "" outside any.
        new_year: The year of a group that has to be made first, ``None`` if it need not.
        before: The entry that comes right after it, ``None`` if it ends its group.
        after: The entry that comes right before it, ``None`` if it begins its group.
        right: Whether it stands there already.
    """

    topic: str
    group: str
    new_year: int | None
    before: Entry | None
    after: Entry | None
    right: bool


def find_belonging(entry: Entry, span: range | None, list_file: ListFile) -> Belonging | None:
    """Where ``entry`` belongs in ``list_file``; ``None`` if the file has no such topic.

    Args:
        entry: The entry, with its topic.
        span: Its 0-based lines if it stands in the file already.
        list_file: The file.
    """
    topics = {topic_key(topic.name): topic for topic in list_file.topics}
    topic = topics.get(topic_key(entry.topic))
    if topic is None:
        return None
    kept = [
        (other, lines)
        for other, lines in zip(list_file.entries, list_file.spans, strict=True)
        if lines != span
    ]
    others = replace(
        list_file,
        entries=tuple(other for other, _ in kept),
        spans=tuple(lines for _, lines in kept),
    )
    year = entry.year if entry.arxiv_id is None else None
    meant = replace(entry, year=year)
    place = find_place(meant, topic, others)
    if place.year is not None and place.group is None:
        return Belonging(
            topic=topic.name,
            group="",
            new_year=place.year,
            before=None,
            after=None,
            right=entry.arxiv_id is None,
        )
    line = place_blocks([Block(meant, ("",))], topic, place, others)[0].line
    bodies = [place.group.body] if place.group else list(topic.loose)
    inside = [(e, s) for e, s in kept if any(s.start in body for body in bodies)]
    below = next((e for e, s in inside if s.start == line), None)
    above = next((e for e, s in reversed(inside) if s.stop <= line), None)
    own = _body_of(span, topic) if span else None
    same_region = own is not None and (own == place.group.body if place.group else own in bodies)
    in_order = span is not None and _fits(entry, span, own, kept)
    return Belonging(
        topic=topic.name,
        group=place.group.label if place.group else "",
        new_year=None,
        before=below,
        after=above,
        right=same_region and (in_order or entry.arxiv_id is None),
    )


def _body_of(span: range, topic: Topic) -> range | None:
    regions = [group.body for group in topic.years] + list(topic.loose)
    return next((region for region in regions if span.start in region), None)


def _fits(entry: Entry, span: range, body: range | None, kept: list[tuple[Entry, range]]) -> bool:
    """Whether its neighbours with an identifier are newer above and older below."""
    if entry.arxiv_id is None or body is None:
        return True
    own = id_order(entry.arxiv_id)
    inside = [(e.arxiv_id, s.start) for e, s in kept if e.arxiv_id and s.start in body]
    above = next((i for i, start in reversed(inside) if start < span.start), None)
    below = next((i for i, start in inside if start > span.start), None)
    # Among entries out of order, before the first older one is right as well.
    older = next((start for i, start in inside if id_order(i) < own), None)
    first_older = (
        older is not None
        and below is not None
        and older == next(start for i, start in inside if start > span.start)
    )
    return first_older or (
        (above is None or id_order(above) >= own) and (below is None or id_order(below) <= own)
    )
