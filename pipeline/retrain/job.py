"""Retraining that cannot make it worse: a challenger has to stand against the champion.

A twin of the challenger is trained on what was known before a slice of days, and both
rank that slice. Only if the twin is not worse beyond noise, the challenger, trained on
everything, takes the champion's place; the champion stays beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from models.errors import ModelsError
from pipeline.errors import SetupError
from pipeline.retrain.contest import (
    Comparison,
    choose_slice,
    compare_recall,
    compare_topics,
    judge,
    likeliest,
)
from pipeline.train import make_models
from pipeline.triage.score import predict_papers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    import numpy as np
    from numpy.typing import NDArray

    from db.records import Paper
    from models.artifact import Artifact, Prediction
    from models.card import Card
    from pipeline.retrain.contest import Slice
    from pipeline.retrain.material import Gathered
    from pipeline.state.shelf import Shelf
    from pipeline.train import Material, Workshop


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrainJob:
    """What retraining needs.

    Attributes:
        gathered: Everything there is to learn from.
        champion: The model in service; ``None`` if none can serve this list.
        champion_files: Its files.
        shelf: Where promoted models are kept.
        workshop: What models are made with.
        files_of: An artifact as files.
        now: When it runs (UTC).
        make: Trains; a test may train worse.
    """

    gathered: Gathered
    champion: Artifact | None
    champion_files: Mapping[str, bytes]
    shelf: Shelf
    workshop: Workshop
    files_of: Callable[[Artifact], Mapping[str, bytes]]
    now: datetime
    make: Callable[[Material, Workshop], Artifact] = make_models

    @property
    def today(self) -> date:
        """The day it runs on (UTC)."""
        return self.now.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retrained:
    """What came of it.

    Attributes:
        promoted: Whether a new model is in service.
        verdict: Why, or why not, in one sentence.
        champion: Version of the model that was in service, "" if there was none.
        challenger: Version of the new model, "" if none was made.
        compared_on: The slice, ``None`` where there was nothing to compare.
        comparisons: By measure (``recall_at_20``, ``topic_macro_f1``); none if too little is known.
        where: Where the new model is, "" if there is none.
    """

    promoted: bool
    verdict: str
    champion: str = ""
    challenger: str = ""
    compared_on: Slice | None = None
    comparisons: Mapping[str, Comparison]
    where: str = ""


def retrain(job: RetrainJob) -> Retrained:
    """Train a challenger, and put it in service if it is not worse.

    Raises:
        StateError: It cannot be kept; the champion still serves.
        ModelsError: No model can serve, and there is too little to make one.
    """
    if job.champion is None:
        return _promote(job, "no other model can serve this list", None, {})
    champion = job.champion.card
    slice_ = choose_slice(
        job.gathered, _topics_now(job), today=job.today, champion_until=champion.data.until
    )
    if slice_.too_small:
        return _stay(
            champion,
            f"too little to tell: {len(slice_.days)} days that are over hold"
            f" {slice_.positives} papers that were added",
            slice_,
        )
    before = slice_.days[0].day - timedelta(days=1)
    try:
        twin = job.make(job.gathered.known_until(before), job.workshop)
    except (ModelsError, SetupError) as error:
        return _stay(champion, f"too little to tell: until {before}, {error}", slice_)
    comparisons = _compare(job, slice_, job.champion, twin)
    promoted, verdict = judge(comparisons)
    if slice_.seen:
        verdict += "; the champion has seen some of these days"
    if not promoted:
        return _stay(champion, verdict, slice_, comparisons)
    return _promote(job, verdict, slice_, comparisons)


def roll_back(shelf: Shelf) -> Mapping[str, bytes]:
    """Bring back the model that was in service before; once more rolls forward again.

    Returns:
        The files that are in service now.

    Raises:
        SetupError: There was none before.
        StateError: It cannot be brought back; what was in service still is.
    """
    current, previous = shelf.current(), shelf.previous()
    if not previous:
        raise SetupError(
            "no model was in service before this one", hint="`shortlist retrain` promotes one"
        )
    shelf.put(previous, before=current, message="Roll back to the model before")
    return previous


def _topics_now(job: RetrainJob) -> dict[str, str]:
    """The topic under which each listed paper stands today."""
    renamed = {old.casefold(): new for old, new in job.workshop.aliases.items()}
    entries = job.gathered.past.before(job.today + timedelta(days=1)).entries
    topics: dict[str, str] = {}
    for entry in entries:
        if entry.arxiv_id:
            topics.setdefault(entry.arxiv_id, renamed.get(entry.topic.casefold(), entry.topic))
    return topics


def _compare(
    job: RetrainJob, slice_: Slice, champion: Artifact, twin: Artifact
) -> dict[str, Comparison]:
    import numpy as np

    def ask(artifact: Artifact, papers: Sequence[Paper]) -> tuple[Prediction, ...]:
        # A sampled day is too small for a first look, which keeps a number of papers a day.
        workshop = job.workshop
        return predict_papers(papers, artifact, workshop.encoder, workshop.cache, first_look=False)

    def say(artifact: Artifact, papers: Sequence[Paper]) -> NDArray[np.float64]:
        return np.array([each.relevance for each in ask(artifact, papers)])

    both = [[say(each, day.papers) for day in slice_.days] for each in (champion, twin)]
    comparisons = {"recall_at_20": compare_recall(slice_.days, *both)}
    if slice_.topics:
        renamed = {old.casefold(): new for old, new in job.workshop.aliases.items()}
        papers, truth = zip(*slice_.topics, strict=True)
        guesses = [
            likeliest(
                ask(each, papers),
                lambda topic: renamed.get(topic.casefold(), topic),
            )
            for each in (champion, twin)
        ]
        comparisons["topic_macro_f1"] = compare_topics(truth, *guesses)
    return comparisons


def _promote(
    job: RetrainJob, verdict: str, slice_: Slice | None, comparisons: Mapping[str, Comparison]
) -> Retrained:
    challenger = job.make(job.gathered.known_until(job.today), job.workshop)
    card = _with_verdict(challenger.card, verdict, slice_, comparisons)
    where = job.shelf.put(
        job.files_of(replace(challenger, card=card)),
        before=job.champion_files,
        message=f"Model {card.version}\n\n{verdict[:1].upper()}{verdict[1:]}.",
    )
    return Retrained(
        promoted=True,
        verdict=verdict,
        champion=job.champion.card.version if job.champion else "",
        challenger=card.version,
        compared_on=slice_,
        comparisons=comparisons,
        where=where,
    )


def _stay(
    champion: Card,
    verdict: str,
    slice_: Slice | None,
    comparisons: Mapping[str, Comparison] | None = None,
) -> Retrained:
    return Retrained(
        promoted=False,
        verdict=verdict,
        champion=champion.version,
        compared_on=slice_,
        comparisons=comparisons or {},
    )


def _with_verdict(
    card: Card, verdict: str, slice_: Slice | None, comparisons: Mapping[str, Comparison]
) -> Card:
    """The card with both scores on the slice, and why the model was promoted."""
    scores = dict(card.scores)
    for measure, found in comparisons.items():
        scores[f"slice_{measure}"] = round(found.challenger, 4)
        scores[f"slice_{measure}_of_champion"] = round(found.champion, 4)
    note = f"Promoted: {verdict}."
    if slice_ is not None:
        note = (
            f"Promoted: {verdict} (a twin that knew nothing after"
            f" {slice_.days[0].day - timedelta(days=1)}, on {len(slice_.days)} days from"
            f" {slice_.days[0].day} to {slice_.days[-1].day} with {slice_.positives} positives)."
        )
    return replace(card, scores=scores, notes=(*card.notes, note))
