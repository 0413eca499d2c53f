"""Learn relevance: which papers of a day the maintainers add.

The second level is learned from scores that were made out of fold, and only on papers
of the announced days: what was added from years before is of another vintage, and its
age must not be what is learned.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.base_rate import fade, stand_for
from models.calibration import assign_folds, fit_platt
from models.facts import FactFeatures, Facts, fit_fact_features
from models.features import fit_word_features
from models.first_look import FirstLook, choose_rows, learn_depth
from models.readings import both_rows, read_out_of_fold, word_rows
from models.relevance import RelevanceModel
from models.second_level import Mixture, fit_mixture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Embed = Callable[[NDArray[np.intp]], NDArray[np.float32]]

TERMS = 20_000
"""Most words and pairs of words that are read."""
LEAST_ANNOUNCED = 20
"""Added papers of announced days under which the second level learns from all entries."""

AUTHORS_TRUST = 0.7
CATEGORIES_TRUST = 0.5
"""Facts are many and the added papers few: a rare category must not bury a good text."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedRelevance:
    """The model, and what its like said of papers they had not been shown.

    Attributes:
        model: Fitted on everything.
        held_out: Uncalibrated score of each row that was read whole, out of fold.
        added: Which of these rows are in the list.
        stands_for: How many announced papers each of these rows stands for.
    """

    model: RelevanceModel
    held_out: NDArray[np.float64]
    added: NDArray[np.bool_]
    stands_for: NDArray[np.float64]


def fit_relevance(
    texts: Sequence[str],
    facts: Sequence[Facts],
    added: NDArray[np.bool_],
    embed: Embed,
    *,
    days: NDArray[np.intp],
    today: int,
    base_rate: float,
    authors_of_list: Sequence[Sequence[str]],
    attention: NDArray[np.float64],
    counts: NDArray[np.float64],
    background_total: int,
) -> FittedRelevance:
    """Learn which papers the maintainers add.

    Args:
        texts: All papers.
        facts: Theirs.
        added: Which of them are in the list; both kinds must occur.
        embed: The vectors of some rows, unit length; asked for the added papers and
            for what the first look lets through, once.
        days: Announcement day of each row as an ordinal, 0 where it is not known.
        today: The day on which all this is known, as an ordinal.
        base_rate: Share of the papers announced now that are added, 0..1.
        authors_of_list: Authors of every entry of the list.
        attention: How much each row counts in learning; both kinds are made to
            weigh the same beyond that.
        counts: How many papers each row stands for, beside the others of its kind.
        background_total: How many papers the rows that were not added stand for.
    """
    import numpy as np

    background = np.flatnonzero(~added)
    features = fit_word_features(texts, terms=TERMS)
    fact_features = fit_fact_features(authors_of_list, [facts[row] for row in background.tolist()])
    words = word_rows(features, texts, facts)
    known = fact_features.transform(facts, listed=added.tolist())
    folds = assign_folds(added.tolist())

    by_words, first = read_out_of_fold(words, added, attention, folds)
    taught = _taught(added, days)
    glance_level = np.column_stack([by_words, known])
    glance = fit_mixture(
        glance_level[taught], added[taught], attention[taught], _trust(1, fact_features)
    )
    look = FirstLook(
        weights=first.coef_[0], offset=float(first.intercept_[0]), mixture=glance, depth=0
    )

    glanced = glance.score(glance_level)
    read, sample = choose_rows(glanced, added, days, counts)
    vectors = embed(read)
    rows = both_rows(words[read], vectors)
    by_both, classifier = read_out_of_fold(rows, added[read], attention[read], folds[read])

    level = np.column_stack([by_words[read], by_both, known[read]])
    taught_read = _taught(added[read], days[read])
    held_out, mixture = _mix(
        level,
        added[read],
        attention[read],
        folds[read],
        taught=taught_read,
        trust=_trust(2, fact_features),
    )
    stands_for = stand_for(
        added,
        counts * fade(days, today),
        base_rate=base_rate,
        background_total=background_total,
    )[read]
    # What is calibrated is what will be asked: papers of announced days.
    asked = taught_read & (stands_for > 0)
    model = RelevanceModel(
        features=features,
        facts=fact_features,
        look=look,
        classifier=classifier,
        mixture=mixture,
        loudest=(float(by_words[added].max()), float(by_both[added[read]].max())),
        calibration=fit_platt(held_out[asked], added[read][asked], stands_for[asked]),
    )
    depth = learn_depth(
        glanced=glanced[read],
        full=mixture.score(level),
        days=days[read],
        sample=sample[read],
        counts=counts[read],
    )
    return FittedRelevance(
        model=replace(model, look=replace(look, depth=depth)),
        held_out=held_out,
        added=added[read],
        stands_for=stands_for,
    )


def _taught(added: NDArray[np.bool_], days: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Rows of announced days; all rows while too few added papers are among them."""
    import numpy as np

    announced = days > 0
    if int((added & announced).sum()) >= LEAST_ANNOUNCED:
        return announced
    return np.ones(len(added), dtype=np.bool_)


def _mix(
    level: Floats,
    added: NDArray[np.bool_],
    attention: Floats,
    folds: NDArray[np.intp],
    *,
    taught: NDArray[np.bool_],
    trust: Floats,
) -> tuple[Floats, Mixture]:
    """The second level's score of each row out of fold, and the one that learned from all."""
    import numpy as np

    whole = fit_mixture(level[taught], added[taught], attention[taught], trust)
    held_out = whole.score(level)
    for fold in np.unique(folds):
        out, rest = folds == fold, (folds != fold) & taught
        if added[rest].any() and not added[rest].all():
            part = fit_mixture(level[rest], added[rest], attention[rest], trust)
            held_out[out] = part.score(level[out])
    return held_out, whole


def _trust(readings: int, facts: FactFeatures) -> Floats:
    """Of each column of the second level: readings, then what :class:`FactFeatures` has."""
    import numpy as np

    return np.array(
        [1.0] * readings + [AUTHORS_TRUST] * 2 + [CATEGORIES_TRUST] * (2 * len(facts.categories)),
    )
