"""One reviewer's sitting: which paper is before them, and what becomes of it.

All that is decided goes to the desk at once; nothing is kept here that could be lost. What others
did meanwhile is seen with the next step. Knows no terminal: what there is to say is ``notice``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from db.errors import ChangedError, DecidedError
from db.records import OPEN, CandidateFilter, State, Verdict
from pipeline.review.terminal.look import shown
from pipeline.review.terminal.paper import numbered_topics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.review.card import Card, Desk

AT_ONCE = 200
"""Candidates that are asked for at once; more come when these are decided."""
AFTER = {
    Verdict.APPROVE: State.APPROVED,
    Verdict.REJECT: State.REJECTED,
    Verdict.DEFER: State.DEFERRED,
}
_BRIEF = 60


class Sitting:
    """From the first paper to the last.

    Attributes:
        card: The paper at hand, ``None`` when all is done.
        notice: What is to be said of the last step, or "".
        text: What is searched for, or "".
        decided: How often each verdict was given in this sitting.
    """

    def __init__(self, desk: Desk) -> None:
        self.card: Card | None = None
        self.notice = ""
        self.text = ""
        self.decided: Counter[Verdict] = Counter()
        self._desk = desk
        self._states = frozenset({State.PENDING})
        self._ids: list[str] = []
        self._open: set[str] = set()
        self._at = 0
        self._chosen: dict[str, str] = {}
        self._undoable: list[tuple[str, int]] = []

    @property
    def topic(self) -> str:
        """The topic that the paper at hand would go to."""
        if self.card is None:
            return ""
        candidate = self.card.candidate
        return self._chosen.get(candidate.paper.arxiv_id, candidate.topic)

    # -- which paper -------------------------------------------------------

    def load(self) -> None:
        """Asks for what waits, and takes the first."""
        wanted = CandidateFilter(states=self._states, text=self.text)
        page = self._desk.queue(wanted, limit=AT_ONCE)
        self._ids = [candidate.paper.arxiv_id for candidate in page.candidates]
        self._open = set(self._ids)
        self._at = 0
        self.look()

    def look(self) -> None:
        """Reads the paper at hand again."""
        if not self._ids:
            self.card = None
            return
        arxiv_id = self._ids[self._at]
        self.card = card = self._desk.card(arxiv_id)
        if card.candidate.state not in OPEN:
            self._open.discard(arxiv_id)
        elif arxiv_id in self._chosen:
            entry = self._desk.preview(arxiv_id, card.candidate.edit, topic=self._chosen[arxiv_id])
            self.card = replace(card, entry=entry)

    def step(self, by: int) -> None:
        """The next paper or the one before, decided or not."""
        if not self._ids or self.card is None:
            return
        if not 0 <= self._at + by < len(self._ids):
            self.notice = "This is the last one." if by > 0 else "This is the first one."
            return
        self._at += by
        self.look()

    def search(self, text: str) -> None:
        """Only what holds all words of ``text``; everything if it is empty."""
        self.text = text.strip()
        self.load()
        if self.text and self._ids:
            number = len(self._ids)
            self.notice = f"{number} wait{'s' if number == 1 else ''} that hold all of this."

    def look_at_deferred(self) -> None:
        """From now on what was left for later too."""
        self._states = frozenset({State.PENDING, State.DEFERRED})
        self.load()
        if not self._ids:
            self.notice = "Nothing was left for later."

    def _go_on(self) -> None:
        """The next paper that waits, past those that others decided meanwhile."""
        others: list[str] = []
        while self._open:
            after = [*range(self._at + 1, len(self._ids)), *range(self._at + 1)]
            self._at = next(at for at in after if self._ids[at] in self._open)
            self.look()
            if self.card is None or self.card.candidate.state in self._states:
                break
            self._open.discard(self._ids[self._at])
            others.append(_who_was_first(self.card))
        else:
            self.load()
        self.notice = " ".join([self.notice, *others]).strip()

    # -- deciding ----------------------------------------------------------

    def decide(self, verdict: Verdict, *, reason: str = "") -> None:
        """Gives the paper at hand a verdict, and goes on to the next."""
        card = self.card
        if card is None:
            return
        candidate = card.candidate
        arxiv_id = candidate.paper.arxiv_id
        if candidate.state not in OPEN:
            self.notice = f"It is {candidate.state.value} already; u takes that back."
            return
        try:
            decided = self._desk.decide(
                arxiv_id,
                verdict,
                topic=self._chosen.get(arxiv_id, "") if verdict is Verdict.APPROVE else "",
                reason=reason,
                revision=candidate.revision,  # what is approved is what was seen
            )
        except (ChangedError, DecidedError):
            self._see_what_others_did()
            return
        self._open.discard(arxiv_id)
        self._remember(decided)
        self.decided[verdict] += 1
        self.notice = f"{_capital(DONE[verdict])}: {_brief(candidate.paper.title)}."
        if verdict is Verdict.APPROVE and decided.entry.problem:
            self.notice += f" But {sentence(decided.entry.problem)}"
        self._go_on()

    def _see_what_others_did(self) -> None:
        self.look()
        if self.card is None:
            return
        if self.card.candidate.state in OPEN:
            self.notice = f"{_last_reviewer(self.card)} changed it meanwhile: look again."
        else:
            self.notice = f"{_who_was_first(self.card)} j goes on."

    def undo(self) -> None:
        """Takes back the last decision of this sitting, or that on the paper at hand.

        What another changed since stays, and is shown.
        """
        if self._undoable:
            arxiv_id, revision = self._undoable.pop()
        elif self.card is not None and self.card.candidate.state is not State.PENDING:
            arxiv_id = self.card.candidate.paper.arxiv_id
            revision = self.card.candidate.revision
        else:
            self.notice = "Nothing to take back."
            return
        before = self._desk.candidate(arxiv_id)
        try:
            after = self._desk.undo(arxiv_id, revision=revision).candidate.revision
        except ChangedError:
            self._go_to(arxiv_id)
            self._see_what_others_did()
            return
        # What was done to it before that is one's own too.
        self._undoable = [
            (each, after if each == arxiv_id else known) for each, known in self._undoable
        ]
        verdict = next((each for each, state in AFTER.items() if state is before.state), None)
        if verdict is not None and self.decided[verdict]:
            self.decided[verdict] -= 1
        self._open.add(arxiv_id)
        self._go_to(arxiv_id)
        waits = "waits again" if arxiv_id in self._open else "is as before"
        self.notice = f"Taken back: {_brief(before.paper.title)} {waits}."

    def _go_to(self, arxiv_id: str) -> None:
        if arxiv_id not in self._ids:
            self._ids.insert(self._at, arxiv_id)
        self._at = self._ids.index(arxiv_id)
        self.look()

    def _remember(self, card: Card) -> None:
        """What can be taken back, as long as nobody else changes it."""
        candidate = card.candidate
        self._undoable.append((candidate.paper.arxiv_id, candidate.revision))

    def published(self, arxiv_ids: Iterable[str]) -> None:
        """These stand in the list now, by this reviewer's own doing: still to be taken back."""
        ours = set(arxiv_ids)
        self._undoable = [
            (each, self._desk.candidate(each).revision if each in ours else revision)
            for each, revision in self._undoable
        ]
        self.look()

    # -- the entry ---------------------------------------------------------

    def choose_number(self, number: int) -> None:
        """The topic that has this number."""
        if self.card is None:
            return
        numbered = numbered_topics(self.card)
        if number > len(numbered):
            self.notice = f"There is no topic {number}; t chooses any."
        else:
            self.choose(numbered[number - 1][0])

    def choose(self, topic: str) -> None:
        """Another topic: kept with the approval, or at once if it is approved already."""
        card = self.card
        if card is None:
            return
        candidate = card.candidate
        if candidate.state is State.APPROVED:
            self.card = self._desk.edit(
                candidate.paper.arxiv_id, candidate.edit, topic=topic, revision=candidate.revision
            )
            self._remember(self.card)
        elif candidate.state not in OPEN:
            self.notice = f"It is {candidate.state.value} already."
            return
        else:
            arxiv_id = candidate.paper.arxiv_id
            # Key words may depend on the topic: what is approved is what is seen.
            entry = self._desk.preview(arxiv_id, candidate.edit, topic=topic)
            self._chosen[arxiv_id] = topic
            self.card = replace(card, entry=entry)
        self.notice = f"Topic: {shown(topic)}."

    def edited(self, card: Card) -> None:
        """The paper at hand is as ``card`` has it now."""
        self.card = card
        self._chosen.pop(card.candidate.paper.arxiv_id, None)
        self._remember(card)
        self.notice = "Kept. u takes it back."


DONE = {Verdict.APPROVE: "approved", Verdict.REJECT: "rejected", Verdict.DEFER: "left for later"}
"""What became of a paper, by its verdict."""


def sentence(text: str) -> str:
    """``text`` with its full stop."""
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _who_was_first(card: Card) -> str:
    """Who was first with a paper, and what they decided."""
    candidate = card.candidate
    what = {State.DEFERRED: "left for later"}.get(candidate.state, candidate.state.value)
    return f"{_last_reviewer(card)} was first: {_brief(candidate.paper.title)} is {what}."


def _last_reviewer(card: Card) -> str:
    last = card.history[-1].reviewer if card.history else card.candidate.reviewer
    return shown(last, most=_BRIEF) or "Somebody"


def _brief(title: str) -> str:
    return f"“{shown(title, most=_BRIEF)}”"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
