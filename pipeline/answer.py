"""The one comment on a contribution: posted once, and replaced whenever the contribution changes.

What is posted was written by a run that had no secrets and ran at the
contributor's word, so both the comment and the number of the pull request are
asked about before they are believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pipeline.errors import ListFormatError, SetupError
from pipeline.lists.contributions.comment import MARKER
from pipeline.lists.contributions.received import received_comment

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.github.client import GitHub

COMMENT, NUMBER = "comment.md", "number"
"""Names of the files that a run hands over."""
AUTHOR = "github-actions[bot]"
"""Who writes with the token of a workflow's job.

Source: https://docs.github.com/en/actions/concepts/security/github_token
"""
_MOST_DIGITS = 9

Answered = Literal["posted", "replaced", "unchanged"]


def answer_contribution(folder: Path, github: GitHub, *, head: str) -> tuple[int, Answered]:
    """Post what ``folder`` holds under the pull request it names.

    Args:
        folder: Holds :data:`COMMENT` and :data:`NUMBER`, both untrusted.
        github: The list's repository.
        head: The commit that was judged, from whoever is to be believed: GitHub's own event.

    Returns:
        The pull request, and what became of its comment.

    Raises:
        ListFormatError: The files are not what they should be; nothing was posted.
        SetupError: That pull request's branch is not at ``head``; nothing was posted.
        GitHubError: GitHub did not answer, or refused.
    """
    text, number = received_comment(folder / COMMENT), _number(folder / NUMBER)
    pull_request = github.pull_request(number)
    if pull_request.head_commit != head:
        raise SetupError(
            f"pull request {number} is at {pull_request.head_commit[:12]}, not at {head[:12]}",
            hint="nothing was posted; a newer run answers what was pushed since",
        )
    # Anybody may write a comment that begins with the mark.
    ours = [
        each
        for each in github.comments(number)
        if each.author == AUTHOR and each.body.startswith(MARKER)
    ]
    if not ours:
        github.comment(number, text)
        return number, "posted"
    # GitHub strips what ends a comment, and may end lines as a browser does.
    if ours[0].body.replace("\r\n", "\n").strip() == text.strip():
        return number, "unchanged"
    github.edit_comment(ours[0].comment_id, text)
    return number, "replaced"


def _number(path: Path) -> int:
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ListFormatError(path, 0, "cannot be read", hint="nothing was posted") from error
    if not (text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise ListFormatError(path, 0, "is no number", hint="nothing was posted")
    return int(text)
