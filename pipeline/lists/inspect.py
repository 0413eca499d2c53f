"""Which files of a repository are list files: found by reading them, for setting up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import ListFormatError
from pipeline.lists.headings import topic_key
from pipeline.lists.reader import ListFile, read_list

if TYPE_CHECKING:
    from pathlib import Path


def find_lists(repo: Path) -> tuple[Path, ...]:
    """The list files in the root of ``repo``: the preview, then the full list if there is one.

    A README that is a list is the preview; the full list is the file with the
    most papers among those that share a topic with it. Without such a README
    the file with the most papers is the only one.

    Raises:
        ListFormatError: No Markdown file there has topics with papers.
    """
    found: list[tuple[Path, ListFile]] = []
    problems: list[ListFormatError] = []
    for path in sorted(p for p in repo.glob("*.[mM][dD]") if p.is_file()):
        try:
            found.append((path, read_list(path)))
        except ListFormatError as problem:
            problems.append(problem)
    by_size = sorted(found, key=lambda pair: len(pair[1].entries), reverse=True)
    preview = next((pair for pair in found if pair[0].stem.casefold() == "readme"), None)
    if preview is None:
        if by_size:
            return (by_size[0][0],)
        raise _no_list(repo, problems)
    topics = {topic_key(topic.name) for topic in preview[1].topics}
    for path, list_file in by_size:
        if path != preview[0] and any(topic_key(t.name) in topics for t in list_file.topics):
            return (preview[0], path)
    return (preview[0],)


def _no_list(repo: Path, problems: list[ListFormatError]) -> ListFormatError:
    """Why there is none: the one problem worth telling, else that no file has topics."""
    for problem in problems:
        if problem.line:
            return problem
    if len(problems) == 1:
        return problems[0]
    return ListFormatError(
        repo,
        0,
        "no Markdown file here has topics with papers under them"
        if problems
        else "no Markdown file here",
        hint="name the list's repository, with README.md or another list file in its root",
    )
