"""What can go wrong, as one tree. Nothing here knows how an error is shown.

::

    PipelineError            a refusal with a reason: one line, exit status 1
    ├── ConfigError          config.toml is missing, or a key in it is wrong
    ├── ListFormatError      a list file is not shaped as the reader expects
    ├── EditError            an edit would have changed more than it says
    ├── PublishError         the list cannot be committed to as it stands
    │   ├── PublicationChangedError  it would publish something else than was shown
    │   ├── ListMovedError     it changed since it was read: plan again
    │   ├── UndoProposedError  an undo waits for a pull request to be merged
    │   └── NotPushedError     committed here, but the remote does not have it (publish.commit)
    ├── GitError             the git program refused
    │   ├── GitSetupError      git or its repository is missing (git)
    │   └── PushRejectedError  the remote moved on meanwhile (git)
    ├── GitHubError          GitHub did not answer, or refused
    ├── SourceError          a source did not answer, or not with papers
    ├── RecordedDayError     a recorded day cannot be read at all
    ├── UnknownRuleError     a rule of lists check that does not exist (lists.rules)
    ├── DecisionError        a decision names no paper or topic of this list
    │   └── CountChangedError  a filter finds another number of candidates than was confirmed
    ├── EntryEditError       a value that a maintainer gave cannot stand in an entry
    ├── DraftError           an entry cannot be written from what is known
    ├── StateError           the saved state cannot be loaded or saved
    │   └── StateConflictError another run saved first (state.branch)
    ├── BusyError            another run is at work on this machine
    └── SetupError           something Shortlist needs is not set up

``db.errors`` and ``models.errors`` have trees of their own; the command line
treats all three roots alike.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class PipelineError(Exception):
    """A refusal with a reason, for people.

    Args:
        problem: What is wrong, and where; a sentence without its full stop.
        hint: What to do next, or "" when nothing can be done.
    """

    def __init__(self, problem: str, *, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(f"{problem}: {hint}" if hint else problem)


class ConfigError(PipelineError):
    """config.toml is missing, is no TOML, or a key in it is wrong."""


class ListFormatError(PipelineError):
    """A list file is not shaped as the reader expects.

    Args:
        path: The list file.
        line: 1-based line number, as an editor shows it; 0 for the whole file.
        problem: What was expected there, and what was found.
        hint: What to do next.
    """

    def __init__(self, path: Path, line: int, problem: str, *, hint: str = "") -> None:
        self.path = path
        self.line = line
        where = f"{path}:{line}" if line else str(path)
        super().__init__(f"{where}: {problem}", hint=hint)


class EditError(PipelineError):
    """An edit would have changed more than it says, so nothing was written."""


class PublishError(PipelineError):
    """The list cannot be committed to as it stands."""


class ListMovedError(PublishError):
    """The list changed between reading and writing; nothing was written, and planning again helps.

    What there is to read now is the new state: a publisher that has a remote has taken it in.
    """


class UndoProposedError(PublishError):
    """An undo is done only once a pull request is merged: nothing has changed yet.

    Args:
        arxiv_id: The paper.
        url: Page of the pull request that takes it out of the list.
        problems: Why it is not proposed again, one line each.
    """

    def __init__(self, arxiv_id: str, url: str, problems: tuple[str, ...] = ()) -> None:
        self.url = url
        proposed = f"taking {arxiv_id} out of the list is proposed: it is done once that is merged"
        super().__init__("; ".join(problems) or proposed, hint=url)


class PublicationChangedError(PublishError):
    """What would be published is not what a person was shown; nothing was written."""


class GitError(PipelineError):
    """The git program refused.

    Args:
        command: What was asked of git, without the program's own name.
        stderr: What git said, stripped.
        hint: What to do next.
    """

    def __init__(self, command: str, stderr: str, *, hint: str = "") -> None:
        self.command = command
        self.stderr = stderr
        said = stderr.splitlines()[-1] if stderr else "failed"
        super().__init__(f"git {command}: {said}" if command else said, hint=hint)


class GitHubError(PipelineError):
    """GitHub did not answer, or refused; no text of it holds the token.

    Args:
        problem: What was asked, and what came instead.
        hint: What to do next.
        status: The HTTP status of the answer, 0 where none came.
    """

    def __init__(self, problem: str, *, hint: str = "", status: int = 0) -> None:
        self.status = status
        super().__init__(problem, hint=hint)


class SourceError(PipelineError):
    """A source did not answer, or not with papers.

    Args:
        source: The source's name as in config (``"api"``).
        problem: What came instead.
        hint: What happens next.
    """

    def __init__(self, source: str, problem: str, *, hint: str = "") -> None:
        self.source = source
        super().__init__(f"{source}: {problem}", hint=hint)


class RecordedDayError(PipelineError):
    """A recorded day cannot be read at all (one broken line is set aside instead)."""


class DecisionError(PipelineError):
    """A decision names no paper, or no topic, of this list."""


class CountChangedError(DecisionError):
    """A filter finds another number of candidates than a person confirmed; nothing was decided."""


class EntryEditError(PipelineError):
    """A value that a maintainer gave cannot stand in an entry; nothing was kept."""


class DraftError(PipelineError):
    """An entry cannot be written from what is known of the paper."""


class StateError(PipelineError):
    """The saved state cannot be loaded or saved."""


class BusyError(PipelineError):
    """Another run is at work on this machine, and this one did not begin."""


class SetupError(PipelineError):
    """Something Shortlist needs is not set up."""
