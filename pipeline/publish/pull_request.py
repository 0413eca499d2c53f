"""Edits of list files as one rolling pull request. Touches no file of the checkout.

One branch, made anew on the newest state of the list each time, and one pull
request that is opened once and then kept up to date: never a pile. Nothing is in
the list before a person merges it.

Commits on the branch that are not ours are never lost: they stay its history, and
what they change is joined with what is approved now. Where both change the same
lines, the branch is left as it is. One of our commits is known by naming its own
tree; one that a person amended does not, and is theirs.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Literal, Protocol

from pipeline.errors import GitError, GitHubError, ListMovedError, PublishError
from pipeline.git import PushRejectedError, check_branch_name, commits_since, find_changes
from pipeline.outcome import Proposal
from pipeline.publish.proposal import (
    papers_of,
    proposal_body,
    proposal_title,
    proposed_papers,
    withdrawn_body,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.git import Identity, Message, Repository
    from pipeline.github.records import PullRequest
    from pipeline.ports import FileEdit
    from pipeline.publish.remote_list import RemoteList

BRANCH = "shortlist/papers"
"""The branch of papers that were approved."""

_TREE = "Shortlist-Tree"
_OWN_TREE = re.compile(rf"^{_TREE}: ([0-9a-f]{{40,64}})$", re.MULTILINE)


class PullRequests(Protocol):
    """Pull requests of the list's repository (:class:`pipeline.github.client.GitHub`)."""

    def pull_requests(
        self, *, head: str, state: Literal["open", "closed", "all"] = "open"
    ) -> tuple[PullRequest, ...]:
        """Those from a branch of the repository, newest first."""
        ...

    def open_pull_request(self, *, head: str, base: str, title: str, body: str) -> PullRequest:
        """Open one.

        Raises:
            GitHubError: There is one already (``status`` 422), or GitHub did not answer.
        """
        ...

    def edit_pull_request(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        state: Literal["open", "closed"] | None = None,
    ) -> PullRequest:
        """Change what is given and leave the rest."""
        ...


class PullRequestPublisher:
    """Proposes edits (implements :class:`pipeline.ports.Proposer`).

    Args:
        repository: A clone of the list.
        base: The branch that pull requests go to.
        author: Author and committer of the commits.
        requests: The repository's pull requests.
        branch: The branch that the edits go to.
    """

    def __init__(
        self,
        repository: Repository,
        *,
        base: RemoteList,
        author: Identity,
        requests: PullRequests,
        branch: str = BRANCH,
    ) -> None:
        check_branch_name(branch)
        self._repository = repository
        self._base = base
        self._author = author
        self._requests = requests
        self._branch = branch
        self._proposal = Proposal(url="")

    @property
    def proposal(self) -> Proposal:
        """What became of the last :meth:`publish`."""
        return self._proposal

    def publish(self, edits: Sequence[FileEdit], *, message: str) -> str:
        """Propose ``edits``; the commit at the tip of the branch, "" if nothing was proposed.

        Raises:
            ListMovedError: The list or the branch moved meanwhile.
            PublishError: The remote cannot be pushed to, or git refused.
            GitHubError: GitHub did not answer.
        """
        with _refusals():
            self._proposal = Proposal(url="")
            self._base.refresh()
            tree = self._tree(edits)
            requests = self._requests.pull_requests(head=self._branch, state="all")
            opened = next((each for each in requests if each.state == "open"), None)
            last = requests[0] if requests and opened is None else None
            declined = self._declined(last, papers_of(message), edits)
            if last and declined and papers_of(message) <= declined:
                self._proposal = Proposal(url=last.url, problems=(_declined(last, declined),))
                return ""
            commit = self._push(tree, message, opened, last)
            if commit:
                notes = (_proposed_again(last, declined),) if last and declined else ()
                self._show(message, opened, notes)
            return commit

    def recover(self) -> tuple[str, ...]:
        """Nothing is written in the checkout, so nothing is left half done."""
        return ()

    def push_pending(self) -> str | None:
        """Close the pull request of which nothing is approved any more; nothing is pushed.

        Raises:
            GitHubError: GitHub did not answer.
            PublishError: It holds commits of a person, who has to close it.
        """
        with _refusals():
            for opened in self._requests.pull_requests(head=self._branch):
                tip = self._fetch_tip()
                others = [] if tip is None else self._of_others(tip)
                if others:
                    raise PublishError(
                        f"nothing that {opened.url} proposes is approved any more, but"
                        f" {others[0].author} committed to it",
                        hint="close it, or merge it",
                    )
                self._requests.edit_pull_request(
                    opened.number, body=withdrawn_body(opened.body), state="closed"
                )
        return None

    def _declined(
        self, last: PullRequest | None, papers: frozenset[str], edits: Sequence[FileEdit]
    ) -> frozenset[str]:
        """Those of ``papers`` that the last pull request proposed, and the list never got.

        One that was merged, taken back and approved again is no declined one.
        """
        if last is None:
            return frozenset()
        again = proposed_papers(last.body) & papers
        if not last.merged:
            return again
        names = [self._repository.relative(edit.path.absolute()) for edit in edits]
        return frozenset(
            arxiv_id
            for arxiv_id in again
            if not find_changes(
                self._repository, arxiv_id, names, rev=self._base.commit, first_parent=True
            )
        )

    # -- the branch --------------------------------------------------------

    def _tree(self, edits: Sequence[FileEdit]) -> str:
        """The base's newest tree with the edits in it."""
        after = {}
        for edit in edits:
            if self._base.contents(edit.path) != edit.before:
                raise ListMovedError(
                    f"{edit.path.name} changed since it was read", hint="run again"
                )
            if edit.after != edit.before:
                after[self._repository.relative(edit.path.absolute())] = edit.after
        if not after:
            raise PublishError("there is nothing to propose: no edit changes a file")
        return self._repository.build_tree(self._base.commit, after)[0]

    def _push(
        self, tree: str, message: str, opened: PullRequest | None, last: PullRequest | None
    ) -> str:
        """The commit at the tip of the branch; "" where what others did there is in the way."""
        repository, base = self._repository, self._base.commit
        tip = self._fetch_tip()
        others = [] if tip is None else self._of_others(tip)
        text = _marked(message, tree)
        if tip and not others and self._is_same(tip, text, base):
            return tip
        generated = repository.commit_tree(tree, (base,), text, self._author)
        # What was merged or closed is kept by GitHub with its pull request.
        is_done = last is not None and last.head_commit == tip
        if tip is None or is_done or not others:
            with self._race():
                repository.replace_branch(self._base.remote, self._branch, generated, expected=tip)
            return generated
        joined = self._joined(tree, tip)
        if joined is None:
            page = opened.url if opened else "its pull request"
            problem = (
                f"{others[0].author} changed lines on {self._branch} that Shortlist would change"
                f" too, so it is left as it is: merge or close {page}; what is approved stays so"
            )
            self._proposal = Proposal(url=opened.url if opened else "", problems=(problem,))
            return ""
        if joined == repository.resolve_tree(tip) and repository.contains(tip, base):
            return tip
        text = _marked(f"Join what is approved now with {self._branch}\n", joined)
        merge = repository.commit_tree(joined, (tip, generated), text, self._author)
        with self._race():
            repository.push(self._base.remote, f"{merge}:refs/heads/{self._branch}")
        return merge

    def _is_same(self, tip: str, message: str, base: str) -> bool:
        """Whether the tip is the commit that would be made, but for its time."""
        repository = self._repository
        return (
            repository.message(tip).strip() == message.strip()  # names the tree
            and repository.parents(tip) == (base,)
        )

    def _fetch_tip(self) -> str | None:
        repository, remote = self._repository, self._base.remote
        tip = repository.remote_tip(remote, self._branch)
        if tip is not None:
            tracking = f"refs/remotes/{remote}/{self._branch}"
            repository.fetch(remote, f"+refs/heads/{self._branch}:{tracking}")
            tip = repository.resolve(tracking)
        return tip

    def _of_others(self, tip: str) -> list[Message]:
        """The commits on the branch that are not ours, newest first."""
        commits = commits_since(self._repository, self._base.commit, tip)
        return [commit for commit in commits if not self._is_ours(commit)]

    def _is_ours(self, commit: Message) -> bool:
        named = _OWN_TREE.findall(commit.text)
        return bool(named) and named[-1] == self._repository.resolve_tree(commit.sha)

    def _joined(self, tree: str, tip: str) -> str | None:
        """``tree`` with what others changed on the branch; ``None`` where that cannot be joined."""
        repository = self._repository
        since = self._last_of_ours(tip)
        if since is None:
            return None
        ours = repository.commit_tree(tree, (), "", self._author)
        merged = {}
        for path in repository.changed(since, tip):
            versions = [repository.blob_at(rev, path) for rev in (ours, since, tip)]
            mine, old, theirs = (repository.blob(v[1]) if v else None for v in versions)
            if theirs is None or (old is None and mine is not None):
                return None  # taken away, or made by both
            if old is None or mine is None:
                merged[path] = theirs
                continue
            both = repository.merge_blobs(mine, old, theirs)
            if both is None:
                return None
            merged[path] = both
        return repository.build_tree(ours, merged)[0] if merged else tree

    def _last_of_ours(self, tip: str) -> str | None:
        """The last commit on the branch that held what was approved, and nothing of others."""
        repository = self._repository
        for commit in commits_since(repository, self._base.commit, tip):
            if self._is_ours(commit):
                parents = repository.parents(commit.sha)
                return parents[1] if len(parents) > 1 else commit.sha
        return repository.merge_base(self._base.commit, tip)

    @contextmanager
    def _race(self) -> Iterator[None]:
        try:
            yield
        except PushRejectedError as error:
            raise ListMovedError(
                f"{self._branch} of {self._base.remote} moved meanwhile", hint="run again"
            ) from error

    # -- the pull request --------------------------------------------------

    def _show(self, message: str, opened: PullRequest | None, notes: Sequence[str]) -> None:
        """Open the pull request, or keep the open one up to date."""
        title = proposal_title(message)
        if opened is None:
            try:
                shown = self._requests.open_pull_request(
                    head=self._branch,
                    base=self._base.branch,
                    title=title,
                    body=proposal_body(message, notes=notes),
                )
            except GitHubError as error:
                others = self._requests.pull_requests(head=self._branch)
                if error.status != HTTPStatus.UNPROCESSABLE_ENTITY or not others:
                    raise
                opened = others[0]  # another run was faster
            else:
                self._proposal = Proposal(url=shown.url, problems=tuple(notes))
                return
        body = proposal_body(message, old=opened.body)
        if (opened.title, opened.body.replace("\r\n", "\n")) != (title, body):
            self._requests.edit_pull_request(opened.number, title=title, body=body)
        self._proposal = Proposal(url=opened.url)


def _marked(message: str, tree: str) -> str:
    """``message`` with the trailer by which the commit is known to be ours."""
    gap = "" if message.rstrip("\n").rpartition("\n")[2].startswith("Shortlist-") else "\n"
    return f"{message}{gap}{_TREE}: {tree}\n"


def _declined(last: PullRequest, papers: frozenset[str]) -> str:
    names, are = ", ".join(sorted(papers)), "is" if len(papers) == 1 else "are"
    return (
        f"{last.url} was {_end_of(last, papers)}, so {names} {are} not proposed again:"
        " reopen it, or take the approval back (`shortlist queue undo ID`)"
    )


def _proposed_again(last: PullRequest, papers: frozenset[str]) -> str:
    names = ", ".join(sorted(papers))
    return (
        f"{names} stood in {last.url}, which was {_end_of(last, papers)}; proposed again beside"
        " what was approved since"
    )


def _end_of(last: PullRequest, papers: frozenset[str]) -> str:
    missing = "it" if len(papers) == 1 else "them"
    return f"merged without {missing}" if last.merged else "closed without being merged"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except GitError as error:
        raise PublishError(
            f"nothing could be proposed: {error.problem}", hint=error.hint
        ) from error
    except OSError as error:
        raise PublishError(f"nothing could be proposed: {error.strerror or error}") from error
