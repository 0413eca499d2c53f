"""What must hold of a year: nothing lost, nothing doubled, the list valid after every commit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from db.records import Standing, State, Verdict
from pipeline.lists.reader import parse_list
from pipeline.lists.rules import Lists, check_lists
from pipeline.publish.provenance import read_trailers
from tests.arxiv_emulator import Action
from tests.faults.year import Year
from tests.pipeline.git.checkouts import git

_ID = re.compile(r"/abs/([^)\s]+)\)")
LONGEST_DELAY = timedelta(days=7)
_OUT_OF_ORDER = "out-of-order: "
_ENDS = {
    Verdict.APPROVE: {State.APPROVED, State.PUBLISHED},
    Verdict.REJECT: {State.REJECTED},
    # One that waits may be written into the list by hand.
    Verdict.DEFER: {State.DEFERRED, State.PUBLISHED},
}


def ids_in(text: str) -> Counter[str]:
    """How often each paper stands in a list file."""
    return Counter(_ID.findall(text))


def forgotten_decisions(year: Year) -> list[str]:
    """Papers that do not stand as people decided last."""
    states = {each.paper.arxiv_id: each.state for each in year.queue.candidates()}
    return [
        f"{arxiv_id}: {verdict}, but {states.get(arxiv_id)}"
        for arxiv_id, verdict in year.decided.items()
        if states.get(arxiv_id) not in _ENDS[verdict]
    ]


def lost_papers(year: Year, first: date, last: date) -> list[str]:
    """Papers announced for the first time on these days that nobody has scored and nobody will.

    One that is withdrawn before anybody could be asked is nobody's news, also if its authors
    bring it back later.
    """
    oracle, categories = year.emulator.oracle, year.world.categories
    new = {i for day in _days(year, first, last) for i in oracle.new(day, categories)}
    held = oracle.papers(categories)
    known = year.world.store.known(new)
    return [
        f"{i}: {known[i].standing if i in known else 'never seen'}, of {held[i].announced}"
        for i in sorted(new)
        if not held[i].withdrawn
        and not _withdrawn_at_once(year, i)
        and (i not in known or known[i].standing is not Standing.TRIAGED)
    ]


def _withdrawn_at_once(year: Year, arxiv_id: str) -> bool:
    """Within the days that faults and kills may delay a run's questions."""
    first, *later = year.emulator.corpus[arxiv_id].changes
    return any(
        change.action is Action.WITHDRAW and change.at - first.at <= LONGEST_DELAY
        for change in later
    )


def wrong_in_list(year: Year) -> Iterator[str]:
    """What stands in the list twice, is missing there, or is there and was rejected."""
    text = git(year.folder / "origin.git", "show", "main:README.md")
    listed = ids_in(text)
    yield from (f"{i} stands there {n} times" for i, n in listed.items() if n > 1)
    by_hand = year.hands.added | year.hands.removed
    for arxiv_id, verdict in year.decided.items():
        if verdict is Verdict.APPROVE and arxiv_id not in listed and arxiv_id not in by_hand:
            yield f"{arxiv_id} was approved and is missing"
        if verdict is Verdict.REJECT and arxiv_id in listed and arxiv_id not in by_hand:
            yield f"{arxiv_id} was rejected and stands there"


def branch_size(origin: Path, branch: str, scratch: Path) -> int:
    """How many bytes a branch takes with its history, packed as its host packs it."""
    git(
        origin.parent,
        "clone",
        "-q",
        "--bare",
        "--single-branch",
        "--no-tags",
        "-b",
        branch,
        origin.as_uri(),
        str(scratch),
    )
    git(scratch, "gc", "--quiet", "--prune=now")
    return sum(path.stat().st_size for path in (scratch / "objects").rglob("*") if path.is_file())


class Commits:
    """The list's commits, each looked at once.

    Args:
        origin: A bare repository.
    """

    def __init__(self, origin: Path) -> None:
        self._origin = origin
        self._seen = git(origin, "rev-parse", "main")
        self._before = self._findings(self._seen)[1]
        self.checked = 0

    def problems(self) -> Iterator[str]:
        """What is wrong with those that are new: a list that cannot be read, new findings.

        What people write by hand may break a rule; what Shortlist writes may not. Only
        where people moved entries, no place of a new one is in order.
        """
        new = git(self._origin, "rev-list", "--reverse", f"{self._seen}..main").split()
        for commit in new:
            self._seen = commit
            self.checked += 1
            twice, after = self._findings(commit)
            message = git(self._origin, "log", "-1", "--format=%B", commit)
            subject = message.partition("\n")[0]
            yield from (f"{commit[:8]} {subject}: {i} stands there twice" for i in twice)
            if written := {paper.arxiv_id for paper in read_trailers(message)}:
                was_in_order = not any(_OUT_OF_ORDER in finding for _, finding in self._before)
                for arxiv_id, finding in (after - self._before).elements():
                    ours = not arxiv_id or arxiv_id in written
                    if ours and (was_in_order or _OUT_OF_ORDER not in finding):
                        yield f"{commit[:8]} {subject}: {finding}"
            self._before = after

    def _findings(self, commit: str) -> tuple[list[str], Counter[tuple[str, str]]]:
        text = git(self._origin, "show", f"{commit}:README.md") + "\n"
        lists = Lists(files=(parse_list(Path("README.md"), text.encode()),))
        found = Counter(
            (each.entry.arxiv_id or "" if each.entry else "", f"{each.rule}: {each.message}")
            for each in check_lists(lists)
        )
        return [i for i, n in ids_in(text).items() if n > 1], found


def _days(year: Year, first: date, last: date) -> list[date]:
    return [day for day in year.emulator.corpus.days() if first <= day <= last]
