"""A card as lines: title, scores, topics, abstract, evidence and the entry as it will stand.

In a wide window abstract and evidence stand on the left, scores and entry on the right; in 80
columns one after the other, what decides first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from db.records import OPEN, State, Verdict
from pipeline.arxiv_id import abs_url
from pipeline.review.terminal.look import (
    AGAINST,
    FOR,
    GOOD,
    GRAVE,
    SOFT,
    STRONG,
    bar,
    exact,
    shown,
    side_by_side,
    with_words,
    wrap,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.records import Decision
    from pipeline.review.card import Card

NUMBERED = 9
"""Topics that have a number: what keys 1 to 9 choose."""
WIDE = 110
"""Columns from which on there are two columns."""
MOST_NEAR = 3
"""Nearest entries that are shown."""
MOST_PAST = 5
"""Earlier decisions that are shown, the latest."""
_ALWAYS = 3
_LEAST = 0.005
_MOST_AUTHORS = 12
_GAP = 3
_BAR = 16
_SAID_ELSEWHERE = ("like “", "words for it", "words against it", "authors in the list")
_PAST = {
    Verdict.APPROVE: "approved",
    Verdict.REJECT: "rejected",
    Verdict.DEFER: "left for later",
    Verdict.UNDO: "taken back",
    Verdict.ADD: "taken in",
    Verdict.LISTED: "found in the list",
    Verdict.PUBLISH: "published",
    Verdict.EXPIRE: "expired",
}


def numbered_topics(card: Card) -> tuple[tuple[str, float | None], ...]:
    """The topics that have a number, likeliest first, each with its probability if it has one."""
    candidate = card.candidate
    probability = {each.topic: each.probability for each in candidate.topics}
    topics = dict.fromkeys([*candidate.choices, *probability, candidate.topic])
    ranked = sorted(topics, key=lambda topic: -probability.get(topic, -1.0))
    kept = [
        topic
        for rank, topic in enumerate(ranked)
        # Beyond the first, those of next to no probability only take up room.
        if rank < _ALWAYS
        or topic in candidate.choices
        or topic == candidate.topic
        or probability.get(topic, 0.0) >= _LEAST
    ]
    return tuple((topic, probability.get(topic)) for topic in kept[:NUMBERED])


def card_lines(card: Card, *, topic: str, width: int) -> list[Text]:
    """All of a card.

    Args:
        card: The candidate and its entry.
        topic: The topic chosen for it.
        width: Columns there are.
    """
    head = _head(card, width)
    if width < WIDE:
        return [
            *head,
            Text(),
            *_scores(card, topic, width),
            Text(),
            *_abstract(card, width),
            Text(),
            *_entry(card, topic, width),
            Text(),
            *_evidence(card, width),
        ]
    right_width = max(46, width * 2 // 5)
    left_width = width - right_width - _GAP
    right = [*_scores(card, topic, right_width), Text(), *_entry(card, topic, right_width)]
    left = [*_abstract(card, left_width), Text(), *_evidence(card, left_width)]
    return [*head, Text(), *side_by_side(left, right, width=left_width, gap=_GAP)]


def past_of(decision: Decision) -> str:
    """A decision as one line: what, by whom, when and why."""
    who = f" by {shown(decision.reviewer, most=60)}" if decision.reviewer else ""
    why = f": “{shown(decision.reason, most=200)}”" if decision.reason else ""
    what = _PAST.get(decision.verdict, decision.verdict.value)
    return f"{what}{who}, {decision.decided_at:%Y-%m-%d %H:%M} UTC{why}"


def _head(card: Card, width: int) -> list[Text]:
    candidate, paper = card.candidate, card.candidate.paper
    lines: list[Text] = []
    if candidate.state is not State.PENDING:
        lines += [_standing(card), Text()]
    lines += wrap(Text(shown(paper.title) or "(no title)", style=STRONG), width)
    lines += wrap(_authors(paper.authors), width)
    facts = [
        abs_url(paper.arxiv_id).removeprefix("https://"),
        " ".join(shown(each, most=20) for each in paper.categories[:6]),
        f"{paper.announce_type.value}, {paper.announced:%a} {paper.announced}",
    ]
    lines += wrap(Text(" · ".join(fact for fact in facts if fact), style=SOFT), width)
    if paper.comment:
        lines += wrap(Text(f"Comment: {shown(paper.comment)}", style=SOFT), width)
    if paper.withdrawn:
        lines.append(Text("Its authors have withdrawn it.", style=GRAVE))
    return lines


def _standing(card: Card) -> Text:
    candidate = card.candidate
    style = GOOD if candidate.state in {State.APPROVED, State.PUBLISHED} else GRAVE
    what = {State.DEFERRED: "left for later"}.get(candidate.state, candidate.state.value)
    who = f" by {shown(candidate.reviewer, most=60)}" if candidate.reviewer else ""
    why = f": “{shown(candidate.reason, most=200)}”" if candidate.reason else ""
    back = "" if candidate.state in OPEN else "  (u takes it back)"
    return Text.assemble((f"{what}{who}{why}", style), (back, SOFT))


def _authors(authors: Sequence[str]) -> Text:
    named = [shown(author, most=100) for author in authors[:_MOST_AUTHORS]]
    more = len(authors) - len(named)
    return Text(", ".join(named) + (f" and {more} more" if more else ""))


def _scores(card: Card, topic: str, width: int) -> list[Text]:
    candidate = card.candidate
    lines: list[Text] = []
    if candidate.model:
        said = Text.assemble("Relevance ", (f"{candidate.relevance:.2f} ", STRONG))
        said.append_text(bar(candidate.relevance, min(_BAR, max(4, width - 20))))
        if candidate.audit:
            said.append("  a random check of what is left out", style=SOFT)
        lines += wrap(said, width)
    else:
        lines += wrap("Taken in by hand: no model scored it.", width)
    unsure = ", not sure" if len(candidate.choices) > 1 else ""
    lines.append(Text(f"Topic{unsure}"))
    numbered = numbered_topics(card)
    for number, (name, probability) in enumerate(numbered, 1):
        lines += _topic(number, name, probability, is_chosen=name == topic, width=width)
    if topic not in {name for name, _ in numbered}:
        lines += wrap(
            Text(shown(topic, most=200), style=STRONG), width, first="▸   ", indent="    "
        )
    return lines


def _topic(
    number: int, name: str, probability: float | None, *, is_chosen: bool, width: int
) -> list[Text]:
    said = Text(shown(name, most=200), style=STRONG if is_chosen else "")
    said.append(f"  {probability:.2f}" if probability is not None else "", style=SOFT)
    return wrap(said, width, first=f"{'▸' if is_chosen else ' '} {number} ", indent="    ")


def _abstract(card: Card, width: int) -> list[Text]:
    abstract = card.candidate.paper.abstract
    if not abstract:
        return wrap(Text("(no abstract was delivered)", style=SOFT), width)
    evidence = card.candidate.evidence
    marked = with_words(shown(abstract), evidence.words_for, evidence.words_against)
    return wrap(marked, width)


def _entry(card: Card, topic: str, width: int) -> list[Text]:
    entry = card.entry
    lines = [*wrap(_heading("In the list, under ", shown(topic, most=200)), width)]
    if entry.problem:
        lines += wrap(Text(shown(entry.problem), style=GRAVE), width, first="! ", indent="  ")
    for line in entry.markdown.split("\n") if entry.markdown else []:
        blanks = len(line) - len(line.lstrip(" "))
        lines += wrap(exact(line[blanks:]), width, first=" " * blanks, indent=" " * (blanks + 2))
    return lines


def _evidence(card: Card, width: int) -> list[Text]:
    candidate, evidence = card.candidate, card.candidate.evidence
    lines: list[Text] = []
    if evidence.nearest:
        lines.append(_heading("Nearest in the list"))
        for near in evidence.nearest[:MOST_NEAR]:
            begin = f"{near.similarity:.2f}  "
            lines += wrap(shown(near.title), width, first=begin, indent=" " * cell_len(begin))
    for title, style, words in (
        ("Words for it: ", FOR, evidence.words_for),
        ("Words against it: ", AGAINST, evidence.words_against),
    ):
        if words:
            lines += wrap(_list_of(title, style, words), width, indent="  ", first="")
    if evidence.listed_authors:
        named = ", ".join(shown(each, most=100) for each in evidence.listed_authors[:8])
        lines += wrap(f"Authors in the list: {named}", width, indent="  ", first="")
    others = [reason for reason in candidate.why if not reason.startswith(_SAID_ELSEWHERE)]
    for reason in others:
        lines += wrap(shown(reason, most=400), width, indent="  ", first="")
    if card.history:
        lines += [Text(), _heading("Decided before")]
        for decision in card.history[: -MOST_PAST - 1 : -1]:
            lines += wrap(past_of(decision), width, indent="  ", first="")
    if candidate.model:
        lines += wrap(Text(f"scored by model {shown(candidate.model, most=80)}", style=SOFT), width)
    return lines


def _heading(title: str, rest: str = "") -> Text:
    return Text.assemble((title, STRONG), (rest, STRONG))


def _list_of(title: str, style: str, words: Sequence[str]) -> Text:
    said = Text(title)
    for number, word in enumerate(words):
        said.append(", " if number else "")
        said.append(shown(word, most=80), style=style)
    return said
