"""What can be learned from a list's repository and the memory, and what of it was known when.

Positives are the list's entries, under the topics where they stand. Negatives are the
papers of the training sample that are not in the list: one that a person refused is
surely one, one that expired only weakly, and one that nobody was shown stands for as
many as its sampling weight says. Knows no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from db.records import Answer
from pipeline.train import Material
from pipeline.triage.audit import SHARE, in_share

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from db.records import Label, Paper, SampledPaper
    from pipeline.replay.past import ListPast
    from pipeline.sources.recorded import Metadata

DAYS_TO_ENTER = 7
"""A paper that is not in the list so many days after its announcement is a negative.

Source: the reference list's own history: 94 % of what comes in comes within a week.
"""

REFUSED = 3.0
"""How much more is learned from a paper that a person refused than from one nobody chose."""

UNANSWERED = 0.5
"""How much less from one that expired: it was shown, and perhaps nobody looked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Everything there is to learn from.

    Attributes:
        past: The list's history.
        papers: Papers that were announced and triaged, by identifier.
        weights: How many papers each of them stands for.
        listed: What is known of listed papers beside that, by identifier.
        labels: The answers about candidates, by identifier.
    """

    past: ListPast
    papers: Mapping[str, Paper]
    weights: Mapping[str, float]
    listed: Mapping[str, Metadata | Paper]
    labels: Mapping[str, Label]

    def known_until(self, until: date) -> Material:
        """What was known at the end of ``until`` (UTC), ready to train on."""
        state = self.past.before(until + timedelta(days=1))
        answers = {
            arxiv_id: label.answer
            for arxiv_id, label in self.labels.items()
            if label.answered_at.date() <= until
        }
        heed = {Answer.REJECTED: REFUSED, Answer.EXPIRED: UNANSWERED}
        then = {entry.arxiv_id for entry in state.entries if entry.arxiv_id}
        # What was approved and has not reached the list yet is neither one nor the other.
        announced = tuple(
            paper
            for arxiv_id, paper in self.papers.items()
            if paper.announced <= until
            and (arxiv_id in then or answers.get(arxiv_id) is not Answer.ADDED)
        )
        known: dict[str, Metadata | Paper] = {
            arxiv_id: paper for arxiv_id, paper in self.papers.items() if arxiv_id in then
        }
        known |= {arxiv_id: self.listed[arxiv_id] for arxiv_id in then & self.listed.keys()}
        return Material(
            until=until,
            source=f"list at {state.commit}",
            entries=state.entries,
            announced=announced,
            listed=known,
            weights=self.weights,
            attention={arxiv_id: heed[each] for arxiv_id, each in answers.items() if each in heed},
        )

    def was_added(self, paper: Paper) -> bool:
        """Whether a paper is a positive of its day: in the list within a week, or approved."""
        label = self.labels.get(paper.arxiv_id)
        if label is not None and label.answer is Answer.ADDED:
            return True
        entered = self.past.entered.get(paper.arxiv_id)
        return entered is not None and (0 <= (entered.day - paper.announced).days <= DAYS_TO_ENTER)


def gather(
    past: ListPast,
    sample: Iterable[SampledPaper],
    recorded: Iterable[Paper],
    *,
    listed: Mapping[str, Metadata | Paper],
    labels: Mapping[str, Label],
) -> Gathered:
    """Put together what the memory and recorded days know.

    Args:
        past: The list's history.
        sample: The training sample.
        recorded: First announcements of recorded days. Of a day that is recorded nothing is
            missing, so that each of its papers stands for itself.
        listed: What is known of listed papers.
        labels: The answers about candidates.
    """
    papers = {paper.arxiv_id: paper for paper in recorded}
    weights = dict.fromkeys(papers, 1.0)
    whole = {paper.announced for paper in papers.values()}
    for each in sample:
        arxiv_id = each.paper.arxiv_id
        if each.paper.announced in whole or arxiv_id in papers:
            continue
        papers[arxiv_id] = each.paper
        weights[arxiv_id] = each.weight
        label = labels.get(arxiv_id)
        if label is not None and label.audit:
            # The random share stands for all that was below the cut already; drawn papers that
            # stood for all of it once more would count it twice.
            weights[arxiv_id] = 1.0 / SHARE if in_share(arxiv_id) else 1.0
    return Gathered(past=past, papers=papers, weights=weights, listed=listed, labels=labels)
