"""Relevance: the probability that the maintainers add a paper.

Knows texts, vectors, facts and which papers were added; on-topic is not the
question. Two readings are weighed: words alone (the first look, which costs
nothing), and words beside the embedding. A small second level puts them together
with who wrote the paper and where it was filed. It is learned from scores that
were made out of fold, and only on papers of the announced days: what was added
from years before is of another vintage, and its age must not be what is learned.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.calibration import Platt, assign_folds, fit_platt
from models.facts import FactFeatures, Facts, fit_fact_features
from models.features import TextFeatures, fit_word_features
from models.first_look import FirstLook, choose_rows, learn_depth
from models.prose import is_piled_up
from models.second_level import Mixture, fit_mixture

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Embed = Callable[[NDArray[np.intp]], NDArray[np.float32]]

TERMS = 20_000
TITLE_WEIGHT = 0.5
"""How much the title's words count again, beside their place in the text."""
EMBEDDING_WEIGHT = 2.0
"""Length of the embedding beside the words' part, which is about 1."""
STRENGTH = 0.3
"""``C`` of the logistic regressions."""
LEAST_ANNOUNCED = 20
"""Added papers of announced days under which the second level learns from all entries."""

RATE_HALF_LIFE_DAYS = 14.0
"""Age at which a day counts half for the base rate: how much is added changes by the week."""
RATE_PRIOR_PAPERS = 200.0
"""How many papers the long-run base rate counts for beside the recent days."""

AUTHORS_TRUST = 0.7
CATEGORIES_TRUST = 0.5
"""Facts are many and the added papers few: a rare category must not bury a good text."""

CALIBRATION_HALF_LIFE_DAYS = 60.0
"""Age at which a row counts half in calibration."""

LOUDER = 1.1
"""A text that speaks so many times more for itself than any listed paper did is suspect."""
LOUD_PENALTY = 3.0
PILED_PENALTY = 4.0
"""Log-odds that a text without sentences loses."""

WORDS_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What relevance says of some papers, one value each.

    Attributes:
        probability: Calibrated, 0..1.
        words_for: Words that spoke most for adding the paper, best first.
        words_against: Words that spoke most against it, strongest first.
        loud: Whether the text is no prose (:func:`models.prose.is_piled_up`), or speaks for
            itself louder than any listed paper: key words piled up. Its score has been
            taken back for it.
    """

    probability: NDArray[np.float64]
    words_for: tuple[tuple[str, ...], ...]
    words_against: tuple[tuple[str, ...], ...]
    loud: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RelevanceModel:
    """Two linear readings, facts, and the level that weighs them.

    Attributes:
        features: How texts become words.
        facts: How facts become numbers.
        look: The reading of words alone, and how far down its order the rest is read.
        classifier: scikit-learn's fitted ``LogisticRegression`` over [embedding | words].
        mixture: The second level.
        loudest: Highest score that either reading gave a listed paper out of fold,
            (words, both).
        calibration: From the second level's score to a probability at the base rate.
    """

    features: TextFeatures
    facts: FactFeatures
    look: FirstLook
    classifier: Any
    mixture: Mixture
    loudest: tuple[float, float]
    calibration: Platt

    def glance(self, texts: Sequence[str], facts: Sequence[Facts]) -> NDArray[np.float64]:
        """Scores by words and facts alone, to be ordered by; no probabilities."""
        import numpy as np

        words = word_rows(self.features, texts, facts)
        said = self.look.said(words)
        quiet, _ = _quieten(said, self.loudest[0])
        scores = self.look.mixture.score(np.column_stack([quiet, self.facts.transform(facts)]))
        return scores - PILED_PENALTY * _piled(texts)

    def predict(
        self, texts: Sequence[str], vectors: NDArray[np.float32], facts: Sequence[Facts]
    ) -> Reading:
        """What is said of each text.

        Args:
            texts: The papers.
            vectors: Theirs, shape (len(texts), dimension), unit length.
            facts: Theirs.
        """
        import numpy as np

        words = word_rows(self.features, texts, facts)
        by_words, loud_words = _quieten(self.look.said(words), self.loudest[0])
        rows = _both_rows(words, vectors)
        by_both, loud_both = _quieten(self.classifier.decision_function(rows), self.loudest[1])
        level = np.column_stack([by_words, by_both, self.facts.transform(facts)])
        spoke = self._spoke(words, vectors.shape[1])
        piled = _piled(texts)
        scores = self.mixture.score(level) - PILED_PENALTY * piled
        return Reading(
            probability=self.calibration.probability(scores),
            words_for=_named(spoke, self.features.terms, sign=1.0),
            words_against=_named(spoke, self.features.terms, sign=-1.0),
            loud=tuple(bool(loud) for loud in loud_words | loud_both | piled),
        )

    def _spoke(self, words: Any, dimension: int) -> Any:
        weights = self.classifier.coef_[0, dimension:] + self.look.weights
        return (words * weights).tocsr()


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

    by_words, first = _read(words, added, attention, folds)
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
    rows = _both_rows(words[read], vectors)
    by_both, classifier = _read(rows, added[read], attention[read], folds[read])

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
    stands_for = _stands_for(
        added,
        counts * _fades(days, today),
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
        model=RelevanceModel(
            features=model.features,
            facts=model.facts,
            look=FirstLook(
                weights=look.weights, offset=look.offset, mixture=look.mixture, depth=depth
            ),
            classifier=model.classifier,
            mixture=model.mixture,
            loudest=model.loudest,
            calibration=model.calibration,
        ),
        held_out=held_out,
        added=added[read],
        stands_for=stands_for,
    )


def recent_rate(added: Sequence[int], announced: Sequence[float], ages: Sequence[float]) -> float:
    """The base rate of now: recent days count more, and a long run holds it.

    Args:
        added: Papers of each day that are in the list.
        announced: Papers of each day.
        ages: How many days ago each day was.
    """
    if not sum(announced):
        return 0.0
    long_run = sum(added) / sum(announced)
    fades = [0.5 ** (age / RATE_HALF_LIFE_DAYS) for age in ages]
    came = sum(n * fade for n, fade in zip(added, fades, strict=True))
    of = sum(n * fade for n, fade in zip(announced, fades, strict=True))
    return float((came + RATE_PRIOR_PAPERS * long_run) / (of + RATE_PRIOR_PAPERS))


def word_rows(features: TextFeatures, texts: Sequence[str], facts: Sequence[Facts]) -> Any:
    """TF-IDF of the text, and the title's once more at :data:`TITLE_WEIGHT`."""
    titles = features.words([paper.title for paper in facts])
    return (features.words(texts) + TITLE_WEIGHT * titles).tocsr()


def _both_rows(words: Any, vectors: NDArray[np.float32]) -> Any:
    import numpy as np
    from scipy import sparse

    embedded = sparse.csr_array(np.asarray(vectors, dtype=np.float64) * EMBEDDING_WEIGHT)
    return sparse.hstack([embedded, words], format="csr")


def _read(
    rows: Any, added: NDArray[np.bool_], attention: Floats, folds: NDArray[np.intp]
) -> tuple[Floats, Any]:
    """The score of each row out of fold, and the classifier that learned from all."""
    import numpy as np

    held_out = np.zeros(len(added))
    for fold in np.unique(folds):
        out = folds == fold
        if added[~out].any():
            part = _fit(rows[~out], added[~out], attention[~out])
            held_out[out] = part.decision_function(rows[out])
    return held_out, _fit(rows, added, attention)


def _fit(rows: Any, added: NDArray[np.bool_], attention: Floats) -> Any:
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    weights = attention.copy()
    weights[added] *= weights[~added].sum() / weights[added].sum()
    classifier = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=1000, random_state=0)
    classifier.fit(rows, added, sample_weight=weights / weights.mean())
    # Rounded here and not when it is saved, so that what is saved says the same.
    classifier.coef_ = classifier.coef_.astype(np.float16).astype(np.float64)
    return classifier


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


def _fades(days: NDArray[np.intp], today: int) -> Floats:
    """How much a row counts in calibration: recent days more."""
    import numpy as np

    ages = np.where(days > 0, np.maximum(today - days, 0), 0)
    return np.asarray(0.5 ** (ages / CALIBRATION_HALF_LIFE_DAYS))


def _stands_for(
    added: NDArray[np.bool_], counts: Floats, *, base_rate: float, background_total: int
) -> Floats:
    """How many announced papers each row stands for, so that the base rate is theirs."""
    weights = counts.copy()
    weights[~added] *= background_total / weights[~added].sum()
    weights[added] *= background_total * base_rate / (1.0 - base_rate) / weights[added].sum()
    return weights


def _quieten(said: Floats, loudest: float) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores taken back where they are beyond what any listed paper says for itself.

    An abstract has words that say nothing; a heap of key words has none, and says
    more than any paper of the list. By so much it is less believed.
    """
    import numpy as np

    limit = loudest * LOUDER if loudest > 0 else loudest + 1.0
    excess = np.maximum(said - limit, 0.0)
    return said - (1.0 + LOUD_PENALTY) * excess, excess > 0


def _piled(texts: Sequence[str]) -> NDArray[np.bool_]:
    import numpy as np

    return np.array([is_piled_up(text) for text in texts], dtype=np.bool_)


def _named(spoke: Any, terms: tuple[str, ...], *, sign: float) -> tuple[tuple[str, ...], ...]:
    import numpy as np

    found = []
    for row in range(spoke.shape[0]):
        part = slice(spoke.indptr[row], spoke.indptr[row + 1])
        values, columns = sign * spoke.data[part], spoke.indices[part]
        best = [columns[i] for i in np.argsort(-values, kind="stable")[:60] if values[i] > 0]
        found.append(_distinct([terms[column] for column in best]))
    return tuple(found)


def _distinct(terms: list[str]) -> tuple[str, ...]:
    """The first few terms, none a part of one named before it or the other way round."""
    chosen: list[str] = []
    for term in terms:
        words = set(term.split())
        if all(not (words & set(other.split())) for other in chosen):
            chosen.append(term)
        if len(chosen) == WORDS_SHOWN:
            break
    return tuple(chosen)


def relevance_to_parts(model: RelevanceModel) -> dict[str, Any]:
    """The model as plain values and arrays, light enough to commit."""
    import copy

    import numpy as np

    classifier = copy.copy(model.classifier)
    classifier.coef_ = model.classifier.coef_.astype(np.float16)
    authors = sorted(model.facts.authors.items())
    return {
        "terms": "\n".join(model.features.terms),
        "idf": model.features.idf.astype(np.float16),
        "authors": "\n".join(name for name, _ in authors),
        "listed": np.array([n for _, n in authors], dtype=np.int32),
        "categories": "\n".join(model.facts.categories),
        "means": model.facts.means.astype(np.float64),
        "look_weights": model.look.weights.astype(np.float16),
        "look_offset": model.look.offset,
        "look_mixture": model.look.mixture.weights,
        "look_mixture_offset": model.look.mixture.offset,
        "depth": model.look.depth,
        "classifier": classifier,
        "mixture": model.mixture.weights,
        "mixture_offset": model.mixture.offset,
        "loudest": np.array(model.loudest, dtype=np.float64),
        "slope": model.calibration.slope,
        "offset": model.calibration.offset,
    }


def relevance_from_parts(parts: dict[str, Any]) -> RelevanceModel:
    """The model that :func:`relevance_to_parts` took apart.

    Raises:
        KeyError: A part is missing.
        ValueError: Parts do not belong together.
    """
    import numpy as np

    names = parts["authors"].split("\n") if parts["authors"] else []
    categories = tuple(parts["categories"].split("\n")) if parts["categories"] else ()
    words, both = parts["loudest"].tolist()
    classifier = parts["classifier"]
    classifier.coef_ = classifier.coef_.astype(np.float64)
    return RelevanceModel(
        features=TextFeatures(
            terms=tuple(parts["terms"].split("\n")) if parts["terms"] else (),
            idf=parts["idf"].astype(np.float32),
            text_weight=1.0,
        ),
        facts=FactFeatures(
            authors=dict(zip(names, parts["listed"].tolist(), strict=True)),
            categories=categories,
            means=parts["means"],
        ),
        look=FirstLook(
            weights=parts["look_weights"].astype(np.float64),
            offset=parts["look_offset"],
            mixture=Mixture(weights=parts["look_mixture"], offset=parts["look_mixture_offset"]),
            depth=parts["depth"],
        ),
        classifier=classifier,
        mixture=Mixture(weights=parts["mixture"], offset=parts["mixture_offset"]),
        loudest=(words, both),
        calibration=Platt(slope=parts["slope"], offset=parts["offset"]),
    )
