"""How near drafted entries come to those that the maintainers wrote for the same papers.

Every listed paper with an abstract is drafted with a vocabulary without its own
entry, and once more with what the list held before the commit that brought it
in; each part of the draft is compared with the maintainers', beside a simple
baseline. Papers that the weights were fitted to and others are told apart.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import mean
from typing import TYPE_CHECKING

from db.records import AnnounceType, Candidate, Paper
from models.rouge import rouge_l
from pipeline.arxiv_id import id_month
from pipeline.errors import ListFormatError, SetupError
from pipeline.git import Repository, read_blobs, read_history
from pipeline.lists.entry import title_key
from pipeline.lists.past.history import opened
from pipeline.lists.reader import parse_list
from pipeline.lists.rules.keywords import keyword_key
from pipeline.lists.tex import plain_title
from pipeline.sources.recorded import read_papers
from pipeline.triage.digest import runs_of, sentences_of
from pipeline.triage.draft import draft_entry
from pipeline.triage.keywords import keywords_of
from pipeline.triage.vocabulary import vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from pathlib import Path

    from pipeline.lists.entry import Entry
    from pipeline.ports import Progress
    from pipeline.sources.recorded import Metadata

FIRST_UNSEEN = (2022, 6)
"""Year and month of the first identifiers that no weight of drafting was fitted to."""
BASELINE_SENTENCES = 3
BASELINE_KEYWORDS = 2
"""The median of the reference list."""

_MARKDOWN = re.compile(r"(?i).*\.(?:md|markdown)")
_ARXIV = re.compile(rb"arxiv\.org/[a-z]+/(\d{4}\.\d{4,5})", re.IGNORECASE)
_NOTE = re.compile(r"(?i)\s+(?:oral|spotlight|poster|best paper.*)$")
"""What a few venues of the list add: it is not part of the venue."""
_ANY_VENUE = re.compile(r"\b([A-Z][A-Za-z]*[A-Z]\w*?)[ -]?['’]?((?:20)?[12]\d)\b")
_ANY_ADDRESS = re.compile(r"https?://\S+")
_AT_ONCE = 64
_NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafted:
    """A listed paper with what was drafted for it.

    Attributes:
        entry: What the maintainers wrote.
        paper: What is known of the paper.
        draft: Drafted with the list without this entry.
        early_keywords: Key words with the list as it was before this entry came in.
        baseline_keywords: The most frequent ones of the topic, the list without this entry.
        known_keywords: How many of the maintainers' key words that list knew.
        best_digest: The likeness of the best digest that could have been chosen, 0..1.
    """

    entry: Entry
    paper: Metadata
    draft: Entry
    early_keywords: tuple[str, ...]
    baseline_keywords: tuple[str, ...]
    known_keywords: int
    best_digest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How far what was drafted is what was written, all papers together.

    Attributes:
        drafted: How many were drafted.
        written: How many the maintainers wrote.
        right: How many are in both.
    """

    drafted: int
    written: int
    right: int

    def as_json(self) -> dict[str, float | int]:
        """Precision and recall, 0..1, with the counts; 0.0 where nothing was drafted or written."""
        precision = self.right / self.drafted if self.drafted else 0.0
        recall = self.right / self.written if self.written else 0.0
        both = self.drafted + self.written
        return {
            "precision": round(precision, 4),
            "recall": round(recall, 4),
            "f1": round(2 * self.right / both if both else 0.0, 4),
            "drafted": self.drafted,
            "written": self.written,
            "right": self.right,
        }


def is_unseen(arxiv_id: str) -> bool:
    """Whether the weights know nothing of this paper."""
    return id_month(arxiv_id) >= FIRST_UNSEEN


def evaluate(
    list_repo: Path, papers: Sequence[Path], *, progress: Progress | None = None
) -> dict[str, object]:
    """The figures of ``shortlist evaluate --drafts``: all papers, and those no weight has seen.

    Args:
        list_repo: The list's repository, or a bundle of it.
        papers: Files with abstracts.
        progress: Called while entries are drafted.

    Raises:
        SetupError: No listed paper has an abstract there.
        GitError: ``list_repo`` is no repository.
    """
    drafted = draft_all(list_repo, papers, progress=progress)
    unseen = [each for each in drafted if is_unseen(each.paper.arxiv_id)]
    return {"n": len(drafted), "all": figures(drafted), "unseen": figures(unseen)}


def read_pairs(
    list_repo: Path, papers: Sequence[Path]
) -> tuple[tuple[Entry, ...], tuple[tuple[Entry, Metadata], ...]]:
    """Every entry of the list, and those whose abstract is known with their paper.

    Raises:
        SetupError: There is none.
        GitError: ``list_repo`` is no repository.
    """
    with opened(list_repo) as repository:
        listed = _listed(repository)
    return listed, _with_papers(listed, papers)


def draft_all(
    list_repo: Path, papers: Sequence[Path], *, progress: Progress | None = None
) -> tuple[Drafted, ...]:
    """Every listed paper with an abstract, drafted.

    Raises:
        SetupError: There is none.
        GitError: ``list_repo`` is no repository.
    """
    with opened(list_repo) as repository:
        listed = _listed(repository)
        came_in = _came_in(repository)
    drafted = []
    pairs = _with_papers(listed, papers)
    for done, (entry, paper) in enumerate(pairs, start=1):
        others = [e for e in listed if not _same(e, entry)]
        before = came_in.get(paper.arxiv_id, 0)
        earlier = [e for e in others if came_in.get(e.arxiv_id or "", before) < before]
        drafted.append(_drafted(entry, paper, others, earlier))
        if progress:
            progress(done, len(pairs))
    return tuple(drafted)


def figures(drafted: Sequence[Drafted]) -> dict[str, object]:
    """Each part's likeness to what maintainers wrote, beside its baseline."""
    return {
        "n": len(drafted),
        "keywords": {
            **_keywords(drafted, lambda each: each.draft.keywords).as_json(),
            "known_to_the_list": sum(each.known_keywords for each in drafted),
            "earlier_list_only": _keywords(drafted, lambda each: each.early_keywords).as_json(),
            "baseline": _keywords(drafted, lambda each: each.baseline_keywords).as_json(),
        },
        "venue": {
            **_venues(drafted, lambda each: each.draft.venue).as_json(),
            "where_the_comment_names_it": _venues(
                [each for each in drafted if _names_venue(each)], lambda each: each.draft.venue
            ).as_json(),
            "baseline": _venues(drafted, _first_venue).as_json(),
        },
        "code_link": {
            **_code(drafted, _drafted_code).as_json(),
            "where_the_text_has_it": _code(
                [each for each in drafted if _written_code(each) & _addresses(each)], _drafted_code
            ).as_json(),
            "baseline": _code(drafted, _first_address).as_json(),
        },
        "digest": _digests([each for each in drafted if each.entry.digest]),
    }


def _listed(repository: Repository) -> tuple[Entry, ...]:
    """The entries of every list file of HEAD, each paper once."""
    found: dict[str, Entry] = {}
    history = read_history(repository)
    for name, blob in history[-1].files.items() if history else ():
        if _MARKDOWN.fullmatch(name):
            try:
                file = parse_list(repository.root / name, read_blobs(repository, [blob])[blob])
            except ListFormatError:
                continue  # A page about something else.
            for entry in file.entries:
                found.setdefault(entry.arxiv_id or title_key(entry.title), entry)
    return tuple(found.values())


def _with_papers(
    listed: Sequence[Entry], files: Sequence[Path]
) -> tuple[tuple[Entry, Metadata], ...]:
    papers = {
        paper.arxiv_id: paper
        for path in files
        for paper in read_papers(path)[0]
        if (paper.abstract or "").strip()
    }
    pairs = tuple((entry, papers[entry.arxiv_id]) for entry in listed if entry.arxiv_id in papers)
    if not pairs:
        raise SetupError(
            "no listed paper has an abstract to draft from",
            hint="--papers names a file with abstracts of listed papers",
        )
    return pairs


def _came_in(repository: Repository) -> dict[str, int]:
    """The place in the history of the commit that first had each identifier."""
    first: dict[str, int] = {}
    done: set[str] = set()
    commits = read_history(repository)
    for start in range(0, len(commits), _AT_ONCE):
        batch = commits[start : start + _AT_ONCE]
        wanted = {
            blob: place
            for place, commit in reversed(list(enumerate(batch, start=start)))
            for name, blob in commit.files.items()
            if _MARKDOWN.fullmatch(name) and blob not in done
        }
        done |= wanted.keys()
        for blob, data in read_blobs(repository, list(wanted)).items():
            for found in _ARXIV.findall(data):
                arxiv_id = found.decode()
                first[arxiv_id] = min(first.get(arxiv_id, wanted[blob]), wanted[blob])
    return first


def _same(one: Entry, other: Entry) -> bool:
    if one.arxiv_id and one.arxiv_id == other.arxiv_id:
        return True
    return title_key(one.title) == title_key(other.title)


def _drafted(
    entry: Entry, paper: Metadata, others: Sequence[Entry], earlier: Sequence[Entry]
) -> Drafted:
    vocabulary = vocabulary_of(others)
    candidate = Candidate(
        paper=Paper(
            arxiv_id=paper.arxiv_id,
            title=paper.title,
            abstract=paper.abstract,
            authors=paper.authors,
            categories=paper.categories,
            comment=paper.comment,
            published=paper.published,
            announced=_NO_TIME.date(),
            announce_type=AnnounceType.NEW,
        ),
        topic=entry.topic,
        topics=(),
        relevance=0.0,
        why=(),
        model="",
        queued_at=_NO_TIME,
    )
    title, abstract = plain_title(paper.title), paper.abstract or ""
    known = {keyword_key(keyword) for keyword in vocabulary}
    usual = vocabulary.topic_uses.get(entry.topic, Counter[str]()).most_common(BASELINE_KEYWORDS)
    sentences = sentences_of(abstract)
    runs = [" ".join(run.sentences) for run in runs_of(sentences, title)]
    return Drafted(
        entry=entry,
        paper=paper,
        draft=draft_entry(candidate, vocabulary),
        early_keywords=keywords_of(title, abstract, entry.topic, vocabulary_of(earlier)),
        baseline_keywords=tuple(keyword for keyword, _ in usual),
        known_keywords=sum(keyword_key(keyword) in known for keyword in entry.keywords),
        best_digest=max((rouge_l(run, entry.digest) for run in runs), default=0.0),
    )


def _overlap(pairs: Iterable[tuple[Collection[str], Collection[str]]]) -> Overlap:
    counted = [(len(set(d)), len(set(w)), len(set(d) & set(w))) for d, w in pairs]
    return Overlap(
        drafted=sum(drafted for drafted, _, _ in counted),
        written=sum(written for _, written, _ in counted),
        right=sum(right for _, _, right in counted),
    )


def _keywords(drafted: Sequence[Drafted], chosen: Callable[[Drafted], Sequence[str]]) -> Overlap:
    """Spellings that differ in case, plural or hyphen are one key word."""
    return _overlap(
        (set(map(keyword_key, chosen(each))), set(map(keyword_key, each.entry.keywords)))
        for each in drafted
    )


def _venues(drafted: Sequence[Drafted], named: Callable[[Drafted], str]) -> Overlap:
    return _overlap((_as_set(named(each)), _as_set(each.entry.venue)) for each in drafted)


def _as_set(venue: str) -> set[str]:
    return {_NOTE.sub("", venue).casefold()} if venue else set()


def _names_venue(each: Drafted) -> bool:
    """Whether the comment has the name of the venue that the maintainers wrote."""
    name = re.sub(r"\s*\d+.*$", "", _NOTE.sub("", each.entry.venue)).casefold()
    return bool(name) and name in (each.paper.comment or "").casefold()


def _first_venue(each: Drafted) -> str:
    """Baseline: the first abbreviation with a year, whatever the comment says about it."""
    found = _ANY_VENUE.search(each.paper.comment or "")
    return f"{found[1]} 20{found[2][-2:]}" if found else ""


def _code(drafted: Sequence[Drafted], named: Callable[[Drafted], Collection[str]]) -> Overlap:
    return _overlap((named(each), _written_code(each)) for each in drafted)


def _drafted_code(each: Drafted) -> set[str]:
    return {_address(link.url) for link in each.draft.links if link.label == "code"}


def _written_code(each: Drafted) -> set[str]:
    return {_address(link.url) for link in each.entry.links if link.label == "code"}


def _first_address(each: Drafted) -> set[str]:
    """Baseline: the first address up to the next blank, without punctuation at its end."""
    found = _ANY_ADDRESS.search(_text(each))
    return {_address(found[0].rstrip(".,;:)}]$"))} if found else set()


def _addresses(each: Drafted) -> set[str]:
    """Every address of the maintainers' that abstract or comment have."""
    return {address for address in _written_code(each) if address in _text(each).casefold()}


def _text(each: Drafted) -> str:
    return f"{each.paper.abstract} {each.paper.comment or ''}"


def _address(url: str) -> str:
    """An address as it is compared: without scheme, ``www.``, case and what ends it."""
    return re.sub(r"^https?://(?:www\.)?|(?:\.git)?[/?#]*$", "", url).casefold()


def _digests(drafted: Sequence[Drafted]) -> dict[str, object]:
    ours = [rouge_l(each.draft.digest, each.entry.digest) for each in drafted]
    first = [
        rouge_l(
            " ".join(sentences_of(each.paper.abstract or "")[:BASELINE_SENTENCES]),
            each.entry.digest,
        )
        for each in drafted
    ]
    low, high = _interval(ours)
    return {
        "rouge_l": round(mean(ours), 4) if ours else 0.0,
        "interval": [round(low, 4), round(high, 4)],
        "best_possible": round(mean(each.best_digest for each in drafted), 4) if drafted else 0.0,
        "words": round(mean(len(each.draft.digest.split()) for each in drafted), 1)
        if drafted
        else 0.0,
        "baseline": {"rouge_l": round(mean(first), 4) if first else 0.0},
    }


def _interval(values: Sequence[float]) -> tuple[float, float]:
    """95 % bootstrap interval of the mean."""
    import numpy as np

    if not values:
        return 0.0, 0.0
    draws = np.random.default_rng(0).choice(np.array(values), size=(2000, len(values)))
    low, high = np.quantile(draws.mean(axis=1), [0.025, 0.975])
    return float(low), float(high)
