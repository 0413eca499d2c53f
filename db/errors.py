"""What can go wrong with the memory, as one tree.

::

    DatabaseError               a refusal with a reason: one line, exit status 1
    ├── DatabaseUnavailableError  locked, read-only, full or not reachable
    │   └── DamagedDatabaseError  it cannot be read any more
    ├── SchemaError             the database's revision is not this program's
    ├── UnknownCandidateError   no candidate with that identifier
    ├── DecidedError            the candidate was decided before
    ├── ChangedError            somebody changed the candidate since it was looked at
    ├── RepeatedRequestError    the request was carried out before
    ├── NothingToUndoError      nobody has decided about the candidate
    └── DumpError               a saved dump is damaged

Errors of SQLAlchemy and of the drivers stop in this package.
"""

from __future__ import annotations


class DatabaseError(Exception):
    """A refusal with a reason, for people.

    Args:
        problem: What is wrong, and where; a sentence without its full stop.
        hint: What to do next, or "" when nothing can be done.
    """

    def __init__(self, problem: str, *, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(f"{problem}: {hint}" if hint else problem)


class DatabaseUnavailableError(DatabaseError):
    """The database is locked, read-only, full, corrupt or not reachable."""


class DamagedDatabaseError(DatabaseUnavailableError):
    """The database's file is damaged, or is none."""


class SchemaError(DatabaseError):
    """The database's revision is not the one this program knows."""


class UnknownCandidateError(DatabaseError):
    """No candidate with that identifier is in the queue.

    Args:
        arxiv_id: The identifier that was asked for.
        seen: Whether the paper itself was seen, though never queued.
    """

    def __init__(self, arxiv_id: str, *, seen: bool = False) -> None:
        self.arxiv_id = arxiv_id
        self.seen = seen
        where = "was seen but not queued" if seen else "is not in the queue"
        hint = f"`shortlist add {arxiv_id}` takes it in by hand"
        super().__init__(f"{arxiv_id} {where}", hint=hint)


class DecidedError(DatabaseError):
    """The candidate was decided before, and a second decision is refused.

    Args:
        arxiv_id: The candidate.
        state: Its state now.
        reviewer: Who decided.
    """

    def __init__(self, arxiv_id: str, state: str, reviewer: str) -> None:
        self.arxiv_id = arxiv_id
        self.state = state
        self.reviewer = reviewer
        hint = "" if state == "published" else f"`shortlist queue undo {arxiv_id}` first"
        super().__init__(f"{arxiv_id} is already {state} (by {reviewer})", hint=hint)


class ChangedError(DatabaseError):
    """Somebody changed the candidate since the caller looked at it.

    Args:
        arxiv_id: The candidate.
        state: Its state now.
        reviewer: Who decided last, or "".
    """

    def __init__(self, arxiv_id: str, state: str, reviewer: str) -> None:
        self.arxiv_id = arxiv_id
        self.state = state
        self.reviewer = reviewer
        who = f" by {reviewer}" if reviewer else ""
        super().__init__(
            f"{arxiv_id} was changed meanwhile: it is {state}{who}", hint="look at it again"
        )


class RepeatedRequestError(DatabaseError):
    """The request was carried out before; nothing was changed.

    Args:
        request: Its key.
    """

    def __init__(self, request: str) -> None:
        self.request = request
        super().__init__(f"{request} was carried out before")


class NothingToUndoError(DatabaseError):
    """No decision about the candidate is left to take back.

    Args:
        arxiv_id: The candidate.
        state: Its state now.
    """

    def __init__(self, arxiv_id: str, state: str) -> None:
        self.arxiv_id = arxiv_id
        self.state = state
        super().__init__(f"{arxiv_id} is {state}, and there is no decision to take back")


class DumpError(DatabaseError):
    """A saved dump is damaged: ``problem`` names file and line."""
