"""Training data out of a list and recorded days: who is an example of what.

An entry of the list is a positive and names its topic; a paper of a past day
that is not in the list is background. Knows no model.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from db.records import AnnounceType
from db.vectors import text_hash
from pipeline.arxiv_id import id_month
from pipeline.lists.entry import title_key
from pipeline.triage.embed import training_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from db.records import Paper
    from pipeline.lists.entry import Entry

BACKGROUND = 30_000
"""Most background papers: words are cheap; only what the first look lets through is embedded."""

DAYS_TO_ENTER = 7
"""A paper that is not in the list so many days after its announcement is a negative.

Source: the list's own history: 94 % of what comes in comes within a week.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledText:
    """An entry of the list as a training example.

    Attributes:
        arxiv_id: "" for an entry without one.
        title: As the list has it.
        text: What the models see of it.
        topic: Its topic, after aliases.
        has_abstract: Whether ``text`` holds the abstract, or the list's digest in its place.
        weight: How much it teaches about relevance, 0..1. Without an abstract nothing: what
            tells a digest from an abstract is its style, and that is what would be learned.
        authors: As the list has them.
    """

    arxiv_id: str
    title: str
    text: str
    topic: str
    has_abstract: bool
    weight: float
    authors: tuple[str, ...]


def examples_of(
    entries: Iterable[Entry],
    abstracts: Mapping[str, str],
    aliases: Mapping[str, str],
    *,
    until: date,
    half_life_days: float,
) -> tuple[LabelledText, ...]:
    """One example per listed paper: its abstract where known, else the list's digest.

    A paper listed twice counts once, where it stands first.

    Args:
        entries: The list's entries.
        abstracts: Abstracts by identifier.
        aliases: Other names of topics.
        until: The day that ages are counted from.
        half_life_days: Age at which an entry teaches half as much about relevance: what was
            added years ago says less of what is added now.
    """
    renamed = {old.casefold(): new for old, new in aliases.items()}
    made: dict[str, LabelledText] = {}
    for entry in entries:
        abstract = abstracts.get(entry.arxiv_id or "", "")
        example = LabelledText(
            arxiv_id=entry.arxiv_id or "",
            title=entry.title,
            text=training_text(entry.title, abstract or entry.digest),
            topic=renamed.get(entry.topic.casefold(), entry.topic),
            has_abstract=bool(abstract),
            weight=_weight(entry.arxiv_id, until, half_life_days) if abstract else 0.0,
            authors=tuple(name.strip() for name in entry.authors.split(",") if name.strip()),
        )
        made.setdefault(entry.arxiv_id or title_key(entry.title), example)
    return tuple(made.values())


def _weight(arxiv_id: str | None, until: date, half_life_days: float) -> float:
    if arxiv_id is None:
        return 0.0
    year, month = id_month(arxiv_id)
    age_days = max((until - date(year, month, 1)).days, 0)
    return float(0.5 ** (age_days / half_life_days))


def background_of(
    papers: Iterable[Paper], entries: Sequence[Entry], *, until: date
) -> tuple[tuple[Paper, ...], int]:
    """A random sample of the papers that were announced and not added, and how many there were.

    A paper counts from :data:`DAYS_TO_ENTER` days after its announcement. The sample is the
    same for the same papers, in whatever order they come, and grows without changing.
    """
    listed = {entry.arxiv_id for entry in entries}
    titles = {title_key(entry.title) for entry in entries}
    settled = until - timedelta(days=DAYS_TO_ENTER)
    pool: dict[str, Paper] = {}
    for paper in papers:
        if (
            paper.announced <= until
            and paper.announce_type is not AnnounceType.REPLACE
            and paper.abstract
            and paper.arxiv_id not in listed
        ):
            pool.setdefault(paper.arxiv_id, paper)
    unlisted = [paper for _, paper in sorted(pool.items()) if title_key(paper.title) not in titles]
    # Whoever begins with a few days has nothing older to learn from.
    unlisted = [paper for paper in unlisted if paper.announced <= settled] or unlisted
    if len(unlisted) <= BACKGROUND:
        return tuple(unlisted), len(unlisted)
    chosen = sorted(unlisted, key=lambda paper: text_hash(paper.arxiv_id))[:BACKGROUND]
    return tuple(sorted(chosen, key=lambda paper: paper.arxiv_id)), len(unlisted)


def rate_of(
    papers: Iterable[Paper],
    entries: Sequence[Entry],
    *,
    until: date,
    weights: Mapping[str, float] = MappingProxyType({}),
) -> float:
    """The share of papers announced now that are added, as far as the days until ``until`` tell.

    The newest days count too: most of what is added is added on its day.

    Args:
        papers: What was announced, or a sample of it.
        entries: The list then.
        until: The last day that is known.
        weights: How many papers each one stands for, where that is not one.
    """
    from models.base_rate import recent_rate

    listed = {entry.arxiv_id for entry in entries}
    announced: defaultdict[date, float] = defaultdict(float)
    added: Counter[date] = Counter()
    for paper in papers:
        if paper.announced <= until and paper.announce_type is not AnnounceType.REPLACE:
            was_added = paper.arxiv_id in listed
            announced[paper.announced] += 1.0 if was_added else weights.get(paper.arxiv_id, 1.0)
            added[paper.announced] += was_added
    days = sorted(announced)
    return recent_rate(
        [added[day] for day in days],
        [announced[day] for day in days],
        [(until - day).days + 1 for day in days],
    )
