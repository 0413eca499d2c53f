"""Topic: which section of the list a paper belongs to.

Topics are whatever labels the examples carry; none is known beforehand, and one
with a single example is still a topic. Three linear models read the same paper: its
words, the pieces of its words, and its meaning with title and pieces. Each alone is
right as often as the others and errs elsewhere; their mean is what is used, and as a
sum of linear models it is one linear model again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from models.calibration import Certainty, assign_folds, fit_certainty, fit_temperature, softmax
from models.conformal import Conformal
from models.new_topics import NewTopic, NewTopics, place_new_topics
from models.wording import OPENINGS, PIECES, WORDS, Vocabulary, Wording, fit_wording

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

WORDS_SCALE, PIECES_SCALE = 4.0, 3.0
"""What brings the margins of the two support vector machines near to log-odds."""

MARGIN_STRENGTH = 1.0
"""``C`` of the support vector machines."""

STRENGTH = 80.0
"""``C`` of the logistic regression."""

FEW, TENTH = 8, 10
"""A topic with fewer entries, and at most a tenth of the list, is also known by where they lie.

With four entries among six hundred the classifier alone found one paper in eight, with this one
in two; see docs/topics.md.
"""

FOLDS = 10
"""Folds of the predictions that calibrate: nine tenths of a list say nearly what all of it does."""

LEAST_ALIKE = 50
"""With fewer texts of the kind that will be scored, all say how sure to be."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TopicModel:
    """One linear model over embedding and wording, calibrated.

    Attributes:
        wording: How texts become columns.
        weights: Columns of words, pieces, openings and embedding, in this order,
            shape (columns, len(known)).
        offsets: Shape (len(known),).
        known: The topics it was trained on, sorted.
        temperature: From its logits to how the topics share what is likely.
        certainty: From there to how likely the first of them is right.
        conformal: From probabilities to prediction sets.
        few: Where topics of few entries lie; they are among the known ones.
        new: Topics of the list that it was not trained on, if there are any; not saved.
    """

    wording: Wording
    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]
    known: tuple[str, ...]
    temperature: float
    certainty: Certainty
    conformal: Conformal
    few: NewTopics | None = None
    new: NewTopics | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """All topics, in the order of the columns."""
        return self.known if self.new is None else (*self.known, *self.new.names)

    def with_new(self, topics: Sequence[NewTopic], listed: NDArray[np.floating]) -> TopicModel:
        """The same model for a list that has other headings too.

        Args:
            topics: What the list has beside :attr:`known`.
            listed: Embeddings of listed papers, shape (n, dimension), at least one.
        """
        return replace(self, new=place_new_topics(topics, listed) if topics else None)

    def predict(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """Probability of each topic, shape (n, len(topics)); rows sum to 1."""
        from scipy import sparse

        words, pieces, openings = self.wording.transform(texts)
        rows = sparse.hstack([words, pieces, openings, sparse.csr_array(vectors)], format="csr")
        shares = softmax(rows @ self.weights + self.offsets, self.temperature)
        if self.few is not None:
            shares = _joined(shares, _odds_of_few(self.few, self.known, vectors))
        probabilities = self.certainty.apply(shares)
        return probabilities if self.new is None else self.new.join(probabilities, vectors)

    def choose(
        self, probabilities: NDArray[np.float64], coverage: float
    ) -> tuple[tuple[str, ...], ...]:
        """For each row the topics that together hold the right one, likeliest first.

        Args:
            probabilities: As :meth:`predict` gives them.
            coverage: How often the right topic shall be among them, 0..1 without 1.
        """
        import numpy as np

        sets = self.conformal.sets(probabilities, coverage)
        orders = np.argsort(-probabilities, axis=1, kind="stable")
        return tuple(
            tuple(self.topics[column] for column in order if chosen[column])
            for order, chosen in zip(orders, sets, strict=True)
        )


def topics_to_parts(model: TopicModel) -> dict[str, Any]:
    """``model`` as plain values and arrays, to be saved."""
    import numpy as np

    wording = model.wording
    vocabularies = (wording.words, wording.pieces, wording.openings)
    return {
        "terms": ["\n".join(vocabulary.terms) for vocabulary in vocabularies],
        "idf": [vocabulary.idf for vocabulary in vocabularies],
        "weights": model.weights.astype(np.float16),
        "offsets": model.offsets,
        "topics": "\n".join(model.known),
        "temperature": model.temperature,
        "certainty": [model.certainty.rise, model.certainty.fall, model.certainty.offset],
        "given": model.conformal.given,
        "given_topic": model.conformal.topic,
        "few": "\n".join(model.few.names) if model.few else "",
        "few_directions": model.few.directions if model.few else np.zeros((0, 0)),
        "few_centres": model.few.centres if model.few else np.zeros(0),
        "few_spreads": model.few.spreads if model.few else np.zeros(0),
    }


def topics_from_parts(parts: dict[str, Any]) -> TopicModel:
    """The model that :func:`topics_to_parts` took apart.

    Raises:
        KeyError: A part is missing.
        TypeError: A part is of another kind.
        ValueError: A part is of another size.
        AttributeError: A part is of another kind.
    """
    import numpy as np

    words, pieces, openings = (
        Vocabulary(kind=kind, terms=tuple(terms.split("\n")) if terms else (), idf=idf)
        for kind, terms, idf in zip(
            (WORDS, PIECES, OPENINGS), parts["terms"], parts["idf"], strict=True
        )
    )
    rise, fall, offset = parts["certainty"]
    return TopicModel(
        wording=Wording(words=words, pieces=pieces, openings=openings),
        weights=parts["weights"].astype(np.float32),
        offsets=parts["offsets"],
        known=tuple(parts["topics"].split("\n")),
        temperature=parts["temperature"],
        certainty=Certainty(rise=rise, fall=fall, offset=offset),
        conformal=Conformal(given=parts["given"], topic=parts["given_topic"]),
        few=NewTopics(
            names=tuple(parts["few"].split("\n")),
            directions=parts["few_directions"],
            centres=parts["few_centres"],
            spreads=parts["few_spreads"],
        )
        if parts["few"]
        else None,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FittedTopics:
    """The model, and what its like said of papers they had not been shown.

    Attributes:
        model: Fitted on everything.
        held_out: Probability of each topic, out of fold, shape (n, len(topics)).
    """

    model: TopicModel
    held_out: NDArray[np.float64]


def fit_topics(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    topics: Sequence[str],
    *,
    alike: NDArray[np.bool_] | None = None,
) -> FittedTopics:
    """Learn which paper goes where.

    Args:
        texts: Papers of the list, at least one.
        vectors: Theirs, shape (n, dimension), unit length.
        topics: Theirs.
        alike: Which texts are of the kind that will be scored (they have an abstract, not a
            digest), shape (n,): how sure to be is learned from these alone, where there are
            :data:`LEAST_ALIKE`. ``None`` if all are.
    """
    import numpy as np

    names = tuple(sorted(set(topics)))
    truth = np.array([names.index(topic) for topic in topics], dtype=np.intp)
    wording = fit_wording(texts)
    blocks = _Blocks.of(wording.transform(texts), vectors)
    logits, odds = np.zeros((len(texts), len(names))), np.zeros((len(texts), len(names)))
    # A topic of one example cannot be met while that one is held out: such rows
    # say nothing about how sure the model may be.
    met = np.zeros(len(texts), dtype=np.bool_)
    folds = assign_folds(topics, folds=FOLDS)
    for fold in np.unique(folds):
        out = folds == fold
        if len(np.unique(truth[~out])) < 2:  # noqa: PLR2004  # nothing to tell apart
            continue
        weights, offsets = blocks.fit(~out, truth, len(names))
        logits[out] = blocks.rows(out) @ weights + offsets
        met[out] = np.isin(truth[out], truth[~out])
        few = _place_few(vectors[~out], truth[~out], names)
        if few is not None:
            odds[out] = _odds_of_few(few, names, vectors[out])
    if alike is not None and (met & alike).sum() >= LEAST_ALIKE:
        met &= alike
    temperature = fit_temperature(logits[met], truth[met])
    shares = _joined(softmax(logits, temperature), odds)
    certainty = fit_certainty(shares[met], truth[met])
    held_out = certainty.apply(shares)
    weights, offsets = blocks.fit(np.ones(len(texts), dtype=np.bool_), truth, len(names))
    model = TopicModel(
        wording=wording,
        # As they are saved: a model says the same before and after.
        weights=weights.astype(np.float16).astype(np.float32),
        offsets=offsets.astype(np.float32),
        known=names,
        temperature=temperature,
        certainty=certainty,
        conformal=Conformal(
            given=held_out[met, truth[met]].astype(np.float32), topic=truth[met].astype(np.int32)
        ),
        few=_place_few(vectors, truth, names),
    )
    return FittedTopics(model=model, held_out=held_out)


def _place_few(
    vectors: NDArray[np.float32], truth: NDArray[np.intp], names: tuple[str, ...]
) -> NewTopics | None:
    """Where the topics of few entries lie, or ``None`` if there are none."""
    import numpy as np

    sizes = np.bincount(truth, minlength=len(names))
    places = np.flatnonzero((sizes > 0) & (sizes < FEW) & (sizes * TENTH <= len(truth)))
    topics = [
        NewTopic(
            name=names[place],
            vector=np.zeros(vectors.shape[1], dtype=np.float32),
            entries=vectors[truth == place],
        )
        for place in places.tolist()
    ]
    return place_new_topics(topics, vectors) if topics else None


def _joined(shares: NDArray[np.float64], odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shares with odds added, rows summing to 1 again."""
    import numpy as np

    return np.asarray((shares + odds) / (1.0 + odds.sum(axis=1, keepdims=True)))


def _odds_of_few(
    few: NewTopics, names: tuple[str, ...], vectors: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Odds by where papers lie, shape (n, len(names)); 0 for topics of many entries."""
    import numpy as np

    odds = np.zeros((len(vectors), len(names)))
    odds[:, [names.index(name) for name in few.names]] = few.odds(vectors)
    return odds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Blocks:
    """The columns of all papers, block by block, n rows each."""

    words: Any
    pieces: Any
    openings: Any
    vectors: Any

    @classmethod
    def of(cls, wording: tuple[Any, Any, Any], vectors: NDArray[np.float32]) -> _Blocks:
        import numpy as np
        from scipy import sparse

        words, pieces, openings = wording
        embedded = sparse.csr_array(np.asarray(vectors, dtype=np.float64))
        return cls(words=words, pieces=pieces, openings=openings, vectors=embedded)

    def rows(self, chosen: NDArray[np.bool_]) -> Any:
        from scipy import sparse

        blocks = (self.words, self.pieces, self.openings, self.vectors)
        return sparse.hstack([block[chosen] for block in blocks], format="csr")

    def fit(
        self, chosen: NDArray[np.bool_], truth: NDArray[np.intp], topics: int
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Weights (columns, topics) and offsets of the mean of the three models.

        Topics without a chosen paper get an offset far below the others.
        """
        import numpy as np
        from scipy import sparse
        from sklearn.linear_model import LogisticRegression
        from sklearn.svm import LinearSVC

        truth = truth[chosen]
        met, sizes = np.unique(truth, return_counts=True)
        by_words, by_pieces = self.words[chosen], self.pieces[chosen]
        widths = [block.shape[1] for block in (self.words, self.pieces, self.openings)]
        weights = np.zeros((sum(widths) + self.vectors.shape[1], topics))
        offsets = np.full(topics, -20.0)
        offsets[met] = 0.0
        if len(met) == 1:
            return weights, offsets
        # All topics count the same, whatever their size.
        share = {
            int(topic): len(truth) / (len(met) * n) for topic, n in zip(met, sizes, strict=True)
        }
        at = np.cumsum([0, *widths, self.vectors.shape[1]])
        for place, scale, rows in ((0, WORDS_SCALE, by_words), (1, PIECES_SCALE, by_pieces)):
            if rows.shape[1]:
                machine = LinearSVC(C=MARGIN_STRENGTH, class_weight=share, random_state=0)
                coefficients, intercepts = _each(machine.fit(rows, truth), 1.0)
                weights[at[place] : at[place + 1], met] += scale * coefficients
                offsets[met] += scale * intercepts
        rows = sparse.hstack([by_pieces, self.openings[chosen], self.vectors[chosen]], format="csr")
        regression = LogisticRegression(C=STRENGTH, class_weight=share, max_iter=1000, tol=1e-3)
        coefficients, intercepts = _each(regression.fit(rows, truth), 0.5)
        weights[at[1] :, met] += coefficients
        offsets[met] += intercepts
        return weights / 3.0, offsets / 3.0


def _each(classifier: Any, share: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """One column of coefficients and one intercept for each topic, of two topics too.

    Args:
        classifier: A fitted linear classifier.
        share: How much of a score between two topics each of them gets.
    """
    import numpy as np

    coefficients, intercepts = classifier.coef_.T, classifier.intercept_
    if coefficients.shape[1] == 1:
        coefficients = np.hstack([-share * coefficients, share * coefficients])
        intercepts = np.concatenate([-share * intercepts, share * intercepts])
    return coefficients.copy(), intercepts
