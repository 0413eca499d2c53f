"""What each key does, and what is drawn after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from db.errors import DatabaseError
from db.records import OPEN, CandidateFilter, State, Verdict
from pipeline.errors import PipelineError
from pipeline.review.terminal import frames
from pipeline.review.terminal.paper import card_lines
from pipeline.review.terminal.screen import REDRAW
from pipeline.review.terminal.sitting import DONE, Sitting, sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rich.text import Text

    from pipeline.review.card import Card, Desk
    from pipeline.review.terminal.screen import Screen

    EditEntry = Callable[[Desk, Screen, Card], Card | None]
    """Lets a person edit a card's entry; the card as it is then, ``None`` if it stays."""

_CLOSES = {"q", "esc", "enter", "?"}


class Session:
    """A reviewer before a screen, from the first paper to ``q``."""

    def __init__(self, desk: Desk, screen: Screen, *, edit: EditEntry) -> None:
        self._desk = desk
        self._screen = screen
        self._edit_entry = edit
        self._sitting = Sitting(desk)
        self._scroll = 0
        self._page = 1
        self._is_over = False

    def run(self) -> str:
        """Until the reviewer quits; what there is to say afterwards, in a line."""
        sitting = self._sitting
        sitting.load()
        while not self._is_over:
            self._draw_card()
            key = self._screen.key()
            if key == REDRAW:
                continue
            sitting.notice = ""
            card = sitting.card
            try:
                self._act(key)
            except (DatabaseError, PipelineError) as error:
                # Whatever was refused changed nothing: the paper is still there to be decided.
                sitting.notice = sentence(str(error))
            if _paper_of(card) != _paper_of(sitting.card):
                self._scroll = 0
        return self._farewell()

    # -- keys --------------------------------------------------------------

    def _act(self, key: str) -> None:
        sitting = self._sitting
        actions: dict[str, Callable[[], None]] = {
            "a": lambda: sitting.decide(Verdict.APPROVE),
            "r": lambda: sitting.decide(Verdict.REJECT),
            "x": lambda: sitting.decide(Verdict.REJECT),
            "R": self._reject_with_reason,
            "l": self._later,
            "u": sitting.undo,
            "j": lambda: sitting.step(1),
            "right": lambda: sitting.step(1),
            "k": lambda: sitting.step(-1),
            "left": lambda: sitting.step(-1),
            "t": self._ask_topic,
            "e": self._edit,
            "/": self._search,
            "p": self._publish,
            "?": self._help,
            "q": self._quit,
        }
        if key in actions:
            actions[key]()
        elif key in set("123456789"):
            sitting.choose_number(int(key))
        else:
            self._turn(key)

    def _turn(self, key: str) -> None:
        """Reading on and back."""
        by = {
            " ": self._page - 1,
            "pagedown": self._page - 1,
            "b": 1 - self._page,
            "pageup": 1 - self._page,
            "down": 1,
            "up": -1,
            "home": -self._scroll,
            "end": 10**6,
        }.get(key, 0)
        self._scroll = max(0, self._scroll + by)

    def _later(self) -> None:
        if self._sitting.card is None:
            self._sitting.look_at_deferred()
        else:
            self._sitting.decide(Verdict.DEFER)

    def _reject_with_reason(self) -> None:
        card = self._sitting.card
        if card is None or card.candidate.state not in OPEN:
            return
        reason = self._ask("Reason: ")
        if reason is not None:
            self._sitting.decide(Verdict.REJECT, reason=reason.strip())

    def _ask_topic(self) -> None:
        if self._sitting.card is None:
            return
        topics = self._sitting.card.all_topics
        typed = self._ask("Topic: ", hints=lambda text: ", ".join(_starting(topics, text)[:6]))
        if not typed:
            return
        found = _starting(topics, typed)
        if found:
            self._sitting.choose(found[0])
        else:
            self._sitting.notice = f"The list has no topic that begins with “{typed}”."

    def _edit(self) -> None:
        card = self._sitting.card
        if card is None:
            return
        if card.candidate.state not in OPEN | {State.APPROVED}:
            self._sitting.notice = f"It is {card.candidate.state.value}: nothing to edit."
            return
        topic = self._sitting.topic
        shown = replace(card, entry=replace(card.entry, topic=topic))
        edited = self._edit_entry(self._desk, self._screen, shown)
        if edited is None:
            self._sitting.notice = "The entry stays as it was."
        else:
            self._sitting.edited(edited)

    def _search(self) -> None:
        typed = self._ask("Search: ", self._sitting.text)
        if typed is not None:
            self._sitting.search(typed)

    def _help(self) -> None:
        self._read("Keys", frames.help_lines)

    def _quit(self) -> None:
        self._is_over = True

    def _publish(self) -> None:
        sitting = self._sitting
        preview = self._desk.preview_publication()
        if not preview.entries:
            problems = " ".join(sentence(problem) for problem in preview.problems)
            sitting.notice = problems or "Nothing is approved, so there is nothing to publish."
            return
        number = len(preview.entries)
        said = self._read(
            f"Publish {number} paper{'' if number == 1 else 's'}",
            lambda width: frames.publish_lines(preview, width),
            keys=(("y", "publish"), ("space/b", "read"), ("q", "not now")),
            answers={"y"},
        )
        if said != "y":
            sitting.notice = "Nothing was published."
            return
        sitting.notice = "publishing …"
        self._draw_card()
        sitting.notice = ""
        publication = self._desk.publish(preview.token)
        sitting.notice = frames.published(publication)
        sitting.published(publication.published)

    # -- between papers ----------------------------------------------------

    def _read(
        self,
        title: str,
        lines: Callable[[int], list[Text]],
        *,
        keys: Sequence[tuple[str, str]] = (("q", "back"),),
        answers: frozenset[str] | set[str] = frozenset(),
    ) -> str:
        """Shows a screen until it is closed or answered; the answer or ""."""
        before, self._scroll = self._scroll, 0
        try:
            while True:
                width = self._width()
                header = frames.titled(title, width=width)
                self._draw(frames.Frame(header=header, body=lines(width), keys=keys))
                key = self._screen.key()
                if key in answers:
                    return key
                if key in _CLOSES:
                    return ""
                self._turn({"j": "down", "k": "up"}.get(key, key))
        finally:
            self._scroll = before

    def _ask(
        self, label: str, text: str = "", *, hints: Callable[[str], str] | None = None
    ) -> str | None:
        """A line that is typed at the foot of the screen; ``None`` if it was given up."""
        while True:
            self._sitting.notice = hints(text) if hints else ""
            self._draw_card(typed=(label, text))
            key = self._screen.key()
            if key in {"enter", "esc"}:
                self._sitting.notice = ""
                return text if key == "enter" else None
            if key == "backspace":
                text = text[:-1]
            elif key == "clear":
                text = ""
            elif len(key) == 1:
                text += key

    # -- drawing -----------------------------------------------------------

    def _width(self) -> int:
        return self._screen.size[0] - 2 * frames.MARGIN

    def _draw_card(self, *, typed: tuple[str, str] | None = None) -> None:
        width, sitting = self._width(), self._sitting
        if sitting.card is None:
            body = frames.end_lines(
                decided=[(what, sitting.decided[verdict]) for verdict, what in DONE.items()],
                approved=self._number_of(State.APPROVED),
                deferred=self._number_of(State.DEFERRED),
                filtered=sitting.text,
                width=width,
            )
        else:
            body = card_lines(sitting.card, topic=sitting.topic, width=width)
        header = frames.header(
            self._desk.progress(),
            reviewer=self._desk.reviewer,
            filtered=sitting.text,
            width=width,
        )
        self._draw(
            frames.Frame(
                header=header,
                body=body,
                notice=sitting.notice,
                keys=frames.END_KEYS if sitting.card is None else frames.CARD_KEYS,
                typed=typed,
            )
        )

    def _draw(self, frame: frames.Frame) -> None:
        columns, rows = self._screen.size
        fitted = frames.fit(frame, columns=columns, rows=rows, scroll=self._scroll)
        self._scroll, self._page = fitted.scroll, fitted.page
        self._screen.draw(fitted.lines, cursor=fitted.cursor)

    def _number_of(self, state: State) -> int:
        return self._desk.queue(CandidateFilter(states=frozenset({state})), limit=1).total

    def _farewell(self) -> str:
        progress = self._desk.progress()
        approved = self._number_of(State.APPROVED)
        said = f"{progress.done} of {progress.of} decided today"
        if not approved:
            return said
        waits = "waits" if approved == 1 else "wait"
        return f"{said}; {approved} approved {waits} for `shortlist publish`"


def _paper_of(card: Card | None) -> str:
    return "" if card is None else card.candidate.paper.arxiv_id


def _starting(topics: Sequence[str], typed: str) -> list[str]:
    """Topics that begin with what was typed, then those that hold it."""
    key = typed.casefold()
    begin = [topic for topic in topics if topic.casefold().startswith(key)]
    return begin + [t for t in topics if key in t.casefold() and t not in begin]
