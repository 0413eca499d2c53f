"""From a list and a background of other papers to an artifact with its card.

Knows neither where the texts come from nor how they were encoded.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.artifact import Artifact, probe
from models.card import Card, Data, Probe
from models.description import fingerprint, note_limits, score_relevance, score_topics
from models.errors import TrainingError
from models.facts import NO_FACTS, Facts
from models.neighbours import Neighbours
from models.relevance_learning import FittedRelevance, fit_relevance
from models.topics import fit_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    import numpy as np
    from numpy.typing import NDArray

LEAST_EXAMPLES = 5
"""With fewer entries nothing can be held out to learn how sure to be."""

LEAST_BACKGROUND = 20

STEPS = 2

LEAST_RATE, MOST_RATE = 1e-4, 0.5
"""Bounds of a base rate: none is never, and more than every second paper needs no tool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A paper of the list.

    Attributes:
        text: By the same rule as for papers to be scored.
        arxiv_id: Identifier to show, "" if there is none.
        title: To show.
        topic: Its section.
        weight: How much it counts for relevance; topics and neighbours do not ask.
            1.0 is usual; less suits what has aged (half for each year finds more of
            what is added next); 0.0 suits a text of another kind than the background's
            (a digest in place of the abstract), by which it would be told apart.
        facts: What else is known of it.
        announced: Its announcement day, if that is one of the background's days.
    """

    text: str
    arxiv_id: str
    title: str
    topic: str
    weight: float = 1.0
    facts: Facts = NO_FACTS
    announced: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """A paper that was announced and not added.

    Attributes:
        text: By the same rule as for papers to be scored.
        arxiv_id: Identifier.
        facts: What is known of it beside its text.
        announced: The announcement day, ``None`` where it is not known.
        weight: How many papers it stands for beside the others: what was drawn rarely
            counts more.
        attention: How much is learned from it, beyond that: more from a paper that a
            person refused, less from one that nobody looked at.
    """

    text: str
    arxiv_id: str
    facts: Facts = NO_FACTS
    announced: date | None = None
    weight: float = 1.0
    attention: float = 1.0


def train(
    examples: Sequence[Example],
    example_vectors: NDArray[np.float32],
    background: Sequence[Background],
    background_vectors: NDArray[np.float32] | Callable[[Sequence[int]], NDArray[np.float32]],
    *,
    background_total: int,
    encoder_identity: str,
    encoder_name: str,
    until: date,
    trained_at: datetime,
    source: str,
    background_added: int | None = None,
    background_days: tuple[date, date] | None = None,
    base_rate: float | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Artifact:
    """Fit and calibrate both models and write their card.

    Args:
        examples: Papers of the list.
        example_vectors: Theirs, shape (len(examples), dimension), unit length.
        background: A random sample of the papers that were not added.
        background_vectors: Theirs; or what makes those of some of them, for only what
            the first look lets through is read whole.
        background_total: How many papers the sample stands for.
        encoder_identity: Identity of the encoder that made the vectors.
        encoder_name: Its name, for people.
        until: The last day anything here was known.
        trained_at: Now (UTC).
        source: Where the examples come from, in words.
        background_added: How many papers announced on the background's days were
            added; together with ``background_total`` this is the base rate.
            ``None`` if not known: then every example counts as announced then.
        background_days: First and last of those days, for the card.
        base_rate: Share of the papers announced now that are added, 0..1
            (:func:`models.base_rate.recent_rate`); ``None`` for that of the background's days.
        progress: Called with (steps done, all steps).

    Raises:
        TrainingError: Too little to learn from; says what is needed.
    """
    import numpy as np
    import sklearn

    # A list that took none of these papers will take one some day.
    added_total = max(1, len(examples) if background_added is None else background_added)
    _refuse_too_little(examples, background, background_total)
    if progress is not None:
        progress(0, STEPS)
    rate = added_total / (added_total + background_total)
    relevance = _fit_relevance(
        examples,
        example_vectors,
        background,
        background_vectors,
        until=until,
        base_rate=rate if base_rate is None else min(max(base_rate, LEAST_RATE), MOST_RATE),
        background_total=background_total,
    )
    if progress is not None:
        progress(1, STEPS)
    topics = fit_topics(
        [example.text for example in examples],
        example_vectors,
        [example.topic for example in examples],
        alike=np.array([example.weight > 0 for example in examples]),
    )
    neighbours = Neighbours.of(
        example_vectors,
        arxiv_ids=[example.arxiv_id for example in examples],
        titles=[" ".join(example.title.split()) for example in examples],
    )
    for_relevance = sum(example.weight > 0 for example in examples)
    counts = Counter(example.topic for example in examples)
    card = Card(
        version=f"{until.isoformat()}.{fingerprint(relevance, topics, neighbours)}",
        trained_at=trained_at,
        data=Data(
            source=source,
            until=until,
            entries=len(examples),
            entries_for_relevance=for_relevance,
            background=len(background),
            background_total=background_total,
            background_from=background_days[0] if background_days else None,
            background_to=background_days[1] if background_days else None,
            base_rate=rate,
        ),
        topics=dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))),
        scores={
            **score_relevance(relevance),
            **score_topics([example.topic for example in examples], topics),
        },
        encoder=encoder_name,
        encoder_identity=encoder_identity,
        scikit_learn=sklearn.__version__,
        notes=note_limits(
            counts,
            for_relevance=for_relevance,
            base_rate_known=background_added is not None,
        ),
        probe=Probe(row=0, relevance=0.0, topic="", probability=0.0),
    )
    artifact = Artifact(
        card=card, relevance=relevance.model, topics=topics.model, neighbours=neighbours
    )
    if progress is not None:
        progress(STEPS, STEPS)
    return replace(artifact, card=replace(card, probe=probe(artifact, 0)))


def _refuse_too_little(
    examples: Sequence[Example], background: Sequence[Background], background_total: int
) -> None:
    teaching = sum(example.weight > 0 for example in examples)
    if len(examples) < LEAST_EXAMPLES:
        raise TrainingError(
            f"the list has {len(examples)} entries, learning takes {LEAST_EXAMPLES}",
            hint="add papers with `shortlist add` first; from then on each one teaches",
        )
    if teaching < LEAST_EXAMPLES:
        raise TrainingError(
            f"{teaching} of {len(examples)} entries have an abstract, learning takes "
            f"{LEAST_EXAMPLES}",
            hint="`shortlist fetch --list` brings abstracts of the list's papers,"
            " `shortlist train --papers FILE` reads them from a file",
        )
    if len(background) < LEAST_BACKGROUND:
        raise TrainingError(
            f"{len(background)} papers that were not added are known, "
            f"learning takes {LEAST_BACKGROUND}",
            hint="one recorded day is enough to begin: `shortlist train --days DIR`",
        )
    if background_total < len(background):
        raise TrainingError(
            f"a sample of {len(background)} papers cannot stand for {background_total}"
        )


def _fit_relevance(
    examples: Sequence[Example],
    example_vectors: NDArray[np.float32],
    background: Sequence[Background],
    background_vectors: NDArray[np.float32] | Callable[[Sequence[int]], NDArray[np.float32]],
    *,
    until: date,
    base_rate: float,
    background_total: int,
) -> FittedRelevance:
    """Relevance from the entries that teach it, and the background."""
    import numpy as np

    teaching = [example for example in examples if example.weight > 0]
    own = example_vectors[[example.weight > 0 for example in examples]]
    papers: list[Example | Background] = [*teaching, *background]
    weights = np.array([example.weight for example in teaching])
    others = np.array([paper.weight for paper in background])
    heeded = np.array([paper.weight * paper.attention for paper in background])

    def embed(rows: NDArray[np.intp]) -> NDArray[np.float32]:
        others = (rows[rows >= len(teaching)] - len(teaching)).tolist()
        if callable(background_vectors):
            vectors = background_vectors(others)
        else:
            vectors = background_vectors[others]
        return np.concatenate([own[rows[rows < len(teaching)]], vectors])

    return fit_relevance(
        [paper.text for paper in papers],
        [paper.facts for paper in papers],
        np.arange(len(papers)) < len(teaching),
        embed,
        days=np.array(
            [paper.announced.toordinal() if paper.announced else 0 for paper in papers],
            dtype=np.intp,
        ),
        today=until.toordinal() + 1,
        base_rate=base_rate,
        authors_of_list=[example.facts.authors for example in examples],
        counts=np.concatenate([weights, others]),
        attention=np.concatenate([weights / weights.mean(), heeded / heeded.mean()]),
        background_total=background_total,
    )
