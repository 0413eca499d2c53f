"""What is known of a paper beside its abstract: who wrote it, where it was filed.

Facts that exist for listed papers and for others alike. A digest, key words or a
venue exist on one side only, and would tell the sides apart without telling why a
paper was added; that a field is missing tells the same, so that what is missing
counts as the mean of what is there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

LEAST_SHARE = 0.02
"""A category that fewer of the background's papers have is no feature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a paper's record says beside its text; empty where it is not known.

    Attributes:
        title: The title alone: its words count more than those of the abstract.
        authors: Names, as written.
        categories: arXiv categories, primary first.
    """

    title: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FactFeatures:
    """Facts as numbers.

    Attributes:
        authors: Author, as :func:`name_key` has it → papers of the list with that name.
        categories: Those that are features.
        means: Mean of each feature over the background, shape (width,).
    """

    authors: Mapping[str, int]
    categories: tuple[str, ...]
    means: NDArray[np.float64]

    def transform(
        self, facts: Sequence[Facts], *, listed: Sequence[bool] | None = None
    ) -> NDArray[np.float64]:
        """One row a paper, shape (len(facts), width).

        Columns: how many authors have listed papers, how many the most listed of them
        has (both as log(1 + n)), the primary category, all categories.

        Args:
            facts: The papers.
            listed: Which of them are in the list themselves: their own entry is left out.
        """
        import numpy as np

        rows = np.tile(self.means, (len(facts), 1))
        for row, paper in enumerate(facts):
            own = 1 if listed is not None and listed[row] else 0
            if paper.authors:
                counts = [self.authors.get(name_key(name), 0) - own for name in paper.authors]
                rows[row, 0] = np.log1p(sum(count > 0 for count in counts))
                rows[row, 1] = np.log1p(max(0, *counts))
            if paper.categories:
                primary = [name == paper.categories[0] for name in self.categories]
                all_of = [name in paper.categories for name in self.categories]
                rows[row, 2:] = (*primary, *all_of)
        return rows

    def listed_authors(self, paper: Facts) -> tuple[tuple[str, int], ...]:
        """The paper's authors that have listed papers, most of them first."""
        found = [(name, self.authors.get(name_key(name), 0)) for name in paper.authors]
        return tuple(sorted((pair for pair in found if pair[1]), key=lambda pair: -pair[1]))


def fit_fact_features(
    authors_of_list: Sequence[Sequence[str]], background: Sequence[Facts]
) -> FactFeatures:
    """Which authors are listed, and which categories tell anything.

    Args:
        authors_of_list: The authors of every entry, with abstract or without.
        background: Papers that were not added.
    """
    import numpy as np

    authors = Counter(
        key for names in authors_of_list for key in {name_key(name) for name in names} if key
    )
    shares = Counter(name for paper in background for name in set(paper.categories))
    categories = tuple(
        sorted(name for name, n in shares.items() if n >= LEAST_SHARE * len(background))
    )
    width = 2 + 2 * len(categories)
    features = FactFeatures(authors=authors, categories=categories, means=np.zeros(width))
    if not background:
        return features
    means = features.transform(background).mean(axis=0)
    return FactFeatures(authors=authors, categories=categories, means=means)


def name_key(name: str) -> str:
    """A name with its white space and case made one."""
    return " ".join(name.split()).casefold()
