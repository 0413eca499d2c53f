"""Ticks carried out: each candidate's boxes together, each answer recorded once."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from db.errors import ChangedError, DecidedError, NothingToUndoError, UnknownCandidateError
from db.records import State, Verdict
from pipeline.errors import PipelineError
from pipeline.lists.harmless import harmless
from pipeline.review.issue.marks import topic_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.dashboard.people import People
    from pipeline.dashboard.view import DashboardJob
    from pipeline.review.issue import Wish

_VERDICTS = {"approve": Verdict.APPROVE, "reject": Verdict.REJECT, "later": Verdict.DEFER}
_FULFILLED = {
    "approve": frozenset({State.APPROVED, State.PUBLISHED}),
    "reject": frozenset({State.REJECTED}),
    "later": frozenset({State.DEFERRED}),
}
_WORDS = {"approve": "approved", "reject": "rejected", "later": "kept for later", "undo": "undone"}


def carry_out(
    job: DashboardJob, asked: Mapping[Wish, str], people: People
) -> tuple[list[str], list[str]]:
    """Record what people ticked.

    Args:
        job: What keeping the dashboard needs.
        asked: Ticked boxes with who ticked them.
        people: Who may.

    Returns:
        What was done, and what was not and why, as lines of Markdown.
    """
    done: list[str] = []
    not_done: list[str] = []
    by_candidate: dict[str, list[Wish]] = defaultdict(list)
    strangers: dict[str, None] = {}
    for wish, login in asked.items():
        if people.may_write(login):
            by_candidate[wish.arxiv_id].append(wish)
        else:
            strangers[login] = None
    not_done += [_refusal(login) for login in strangers]
    for arxiv_id, wishes in by_candidate.items():
        chosen, problem = _one_of(wishes)
        if chosen is not None:
            fulfilled, problem = _fulfil(job, chosen, asked[chosen])
            done += [f"{_WORDS[chosen.kind]} {harmless(arxiv_id)}"] if fulfilled else []
        not_done += [f"{harmless(arxiv_id)}: {problem}"] if problem else []
    return done, not_done


def _refusal(login: str) -> str:
    who = harmless(login) if login else "somebody whose account is gone"
    return (
        f"Thank you, {who}: only those who may write to this repository decide here, so your"
        " ticks were taken back"
    )


def _one_of(wishes: Sequence[Wish]) -> tuple[Wish | None, str]:
    """The one thing that a candidate's ticks ask for, or why they do not agree."""
    newest = max(wish.revision for wish in wishes)
    current = [wish for wish in wishes if wish.revision == newest]
    # A box of its own says more than the one for the whole group; a topic more than none.
    own = [wish for wish in current if not wish.of_all] or current
    placed = [wish for wish in own if wish.topic_key]
    rest = [wish for wish in own if not (placed and wish.kind == "approve" and not wish.topic_key)]
    if len(rest) == 1:
        return rest[0], ""
    kinds = " and ".join(sorted({wish.kind for wish in rest}))
    said = kinds if " and " in kinds else "more than one topic"
    return None, f"{said} were ticked at once, so nothing was done: please tick one"


def _fulfil(job: DashboardJob, wish: Wish, login: str) -> tuple[bool, str]:
    """Whether something was recorded, and what stood against it."""
    desk = job.desk.of_reviewer(login)
    topic = ""
    if wish.topic_key:
        topic = next((t for t in job.desk.topics() if topic_key(t) == wish.topic_key), "")
        if not topic:
            return False, "the list has lost the topic that was ticked: please look again"
    try:
        if wish.kind == "undo":
            desk.undo(wish.arxiv_id, revision=wish.revision)
        else:
            verdict = _VERDICTS[wish.kind]
            desk.decide(wish.arxiv_id, verdict, topic=topic, revision=wish.revision)
    except UnknownCandidateError:
        return False, "it is not in the queue any more"
    except (ChangedError, DecidedError, NothingToUndoError):
        return False, "" if _is_so(job, wish, topic) else _changed(job, wish)
    except PipelineError as error:  # a published entry that cannot be taken out again
        return False, harmless(str(error))
    return True, ""


def _is_so(job: DashboardJob, wish: Wish, topic: str) -> bool:
    """Whether what was asked for is the case already: a request that came twice."""
    if wish.kind == "undo":
        history = job.queue.history(wish.arxiv_id)
        return bool(history) and history[-1].verdict in {Verdict.UNDO, Verdict.WITHDRAW}
    candidate = job.queue.get(wish.arxiv_id)
    return candidate.state in _FULFILLED[wish.kind] and topic in {"", candidate.topic}


def _changed(job: DashboardJob, wish: Wish) -> str:
    candidate = job.queue.get(wish.arxiv_id)
    who = f" by {harmless(candidate.reviewer)}" if candidate.reviewer else ""
    return (
        f"it was changed meanwhile (now {candidate.state.value}{who}), so “{wish.kind}” was not"
        " done: please look again"
    )
