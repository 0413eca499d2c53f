"""Who ranks a day in a replay: the programs people use today, and Shortlist itself.

Each learns from what was known at the beginning of a day, and from nothing else.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from pipeline.triage.embed import embed_texts, training_text
from pipeline.triage.examples import DAYS_TO_ENTER

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    import numpy as np
    from numpy.typing import NDArray

    from db.records import Paper
    from db.vectors import VectorCache
    from models.baselines import SvmBaseline
    from pipeline.ports import Encoder
    from pipeline.replay.past import Entered, ListState
    from pipeline.sources.recorded import Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Everything that was known at 00:00 UTC of a day.

    Attributes:
        day: That day.
        state: The list then.
        announced: Papers of all earlier days, each at its first appearance.
        listed: Metadata of listed papers that were announced on no earlier day.
        entered: Of the papers listed then, when they came in.
    """

    day: date
    state: ListState
    announced: tuple[Paper, ...]
    listed: Mapping[str, Metadata]
    entered: Mapping[str, Entered]

    def positives(self) -> tuple[Metadata | Paper, ...]:
        """Listed papers whose abstract is known, those added last first."""
        known: dict[str, Metadata | Paper] = dict(self.listed)
        known |= {paper.arxiv_id: paper for paper in self.announced}
        ids = dict.fromkeys(entry.arxiv_id for entry in self.state.entries if entry.arxiv_id)
        found = [known[arxiv_id] for arxiv_id in ids if arxiv_id in known]
        found.sort(key=lambda paper: self.entered[paper.arxiv_id].day, reverse=True)
        return tuple(paper for paper in found if paper.abstract)

    def negatives(self) -> tuple[Paper, ...]:
        """Announced papers that had their :data:`DAYS_TO_ENTER` and are not in the list."""
        ids = {entry.arxiv_id for entry in self.state.entries}
        settled = self.day - timedelta(days=DAYS_TO_ENTER)
        return tuple(
            paper
            for paper in self.announced
            if paper.announced < settled and paper.arxiv_id not in ids and paper.abstract
        )


class Ranker(Protocol):
    """Learns once a week, scores every day."""

    def learn(self, known: Known) -> None:
        """Take in what is known; called before the first day of each period."""
        ...

    def score(self, papers: Sequence[Paper]) -> NDArray[np.float64]:
        """One score a paper, higher first."""
        ...


class KeywordRanker:
    """A query of the list's topics and key words joined by OR."""

    LEAST_USES = 2

    def learn(self, known: Known) -> None:
        """The query: the headings, and the key words the list used at least twice."""
        uses = Counter(
            keyword.casefold() for entry in known.state.entries for keyword in entry.keywords
        )
        self._keywords = [
            *known.state.topics,
            *sorted(keyword for keyword, n in uses.items() if n >= self.LEAST_USES),
        ]

    def score(self, papers: Sequence[Paper]) -> NDArray[np.float64]:
        """How many of them each paper has."""
        from models.baselines import rank_by_keywords

        return rank_by_keywords(_texts(papers), self._keywords)


class MachineRanker:
    """A classifier over texts, positives against negatives.

    Args:
        machine: The classifier.
        text: What it sees of a paper.
    """

    def __init__(self, machine: SvmBaseline, text: Callable[[Metadata | Paper], str]) -> None:
        self._machine = machine
        self._text = text
        self._learned = False

    def learn(self, known: Known) -> None:
        """Fit; with one kind of label only there is nothing to fit, and all scores are 0."""
        import numpy as np

        positives, negatives = known.positives(), known.negatives()
        self._learned = bool(positives and negatives)
        if self._learned:
            texts = [self._text(paper) for paper in (*positives, *negatives)]
            self._machine.fit(texts, np.arange(len(texts)) < len(positives))

    def score(self, papers: Sequence[Paper]) -> NDArray[np.float64]:
        """The classifier's own score."""
        import numpy as np

        if not self._learned:
            return np.zeros(len(papers))
        return self._machine.score([self._text(paper) for paper in papers])


class LibraryRanker:
    """Likeness to the list as a library, its newest papers counting most."""

    def __init__(self, encoder: Encoder, cache: VectorCache) -> None:
        self._encoder = encoder
        self._cache = cache

    def learn(self, known: Known) -> None:
        """The vectors of the library."""
        texts = _texts(known.positives())
        self._library = embed_texts(texts, self._encoder, self._cache)

    def score(self, papers: Sequence[Paper]) -> NDArray[np.float64]:
        """Weighted mean cosine."""
        import numpy as np

        from models.baselines import rank_by_library

        if not len(self._library) or not papers:
            return np.zeros(len(papers))
        vectors = embed_texts(_texts(papers), self._encoder, self._cache)
        return rank_by_library(vectors, self._library)


def baselines(encoder: Encoder, cache: VectorCache) -> dict[str, Ranker]:
    """The programs of today, by the name the summary has for them."""
    from models.baselines import elas_u4, sanity_svm

    return {
        "keyword_or": KeywordRanker(),
        "tfidf_svm": MachineRanker(
            sanity_svm(), lambda paper: f"{_text(paper)} {' '.join(paper.authors)}"
        ),
        "library_similarity": LibraryRanker(encoder, cache),
        "elas_u4": MachineRanker(elas_u4(), _text),
    }


def _text(paper: Metadata | Paper) -> str:
    return training_text(paper.title, paper.abstract)


def _texts(papers: Sequence[Metadata | Paper]) -> list[str]:
    return [_text(paper) for paper in papers]
