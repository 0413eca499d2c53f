"""Repairs that take no judgement, each proved before it is handed out.

A repair replaces single lines. It stands if undoing it gives the original, if
the result reads as before but for the fields that its rule may change in the
entries concerned, and if the rule finds nothing there any more. What cannot be
proved is left as it is, and said. Writes nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.errors import EditError, ListFormatError
from pipeline.lists.document import Splice, splice, write_atomically
from pipeline.lists.reader import parse_list
from pipeline.lists.rules import check_lists

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pipeline.lists.reader import ListFile
    from pipeline.lists.rules import Finding, Lists, Rule

_ROUNDS = 5
"""Most times that every rule is applied: one repair may bring to light what another can do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairedFile:
    """One list file before and after its repairs, proved.

    Attributes:
        path: The list file.
        before: Its bytes as they were read.
        after: Its bytes with the repairs in them.
    """

    path: Path
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """A finding that was not repaired.

    Attributes:
        finding: The finding.
        reason: Why, a sentence without its full stop.
    """

    finding: Finding
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repairs:
    """What a repair of a list comes to.

    Attributes:
        files: Those that change.
        repaired: By rule, then path and line.
        left: By path and line.
    """

    files: tuple[RepairedFile, ...]
    repaired: tuple[Finding, ...]
    left: tuple[Left, ...]


def plan_repairs(lists: Lists, rules: Iterable[Rule]) -> Repairs:
    """Repair what ``rules`` find, as far as it can be proved."""
    chosen = tuple(rules)
    now = lists
    repaired: list[Finding] = []
    refused: dict[tuple[str, Path, int], str] = {}
    for _ in range(_ROUNDS):
        before = len(repaired)
        for rule in chosen:
            now, done = _repair_all(rule, now, refused)
            repaired += done
        if len(repaired) == before:
            break
    left = (
        Left(
            finding=finding,
            reason=refused.get((finding.rule, finding.path, finding.line))
            or "takes a person's judgement",
        )
        for finding in check_lists(now, chosen)
    )
    files = (
        RepairedFile(path=old.document.path, before=old.document.data, after=new.document.data)
        for old, new in zip(lists.files, now.files, strict=True)
        if old.document.data != new.document.data
    )
    return Repairs(files=tuple(files), repaired=tuple(repaired), left=tuple(left))


def write_repairs(repairs: Repairs) -> None:
    """Write every repaired file, each as a whole or not at all.

    Raises:
        EditError: A file changed since it was read, or cannot be written.
    """
    for file in repairs.files:
        try:
            current = file.path.read_bytes()
        except OSError as error:
            raise EditError(f"{file.path} cannot be read: {error.strerror or error}") from error
        if current != file.before:
            raise EditError(
                f"{file.path} changed while it was checked", hint="run the same command again"
            )
    for file in repairs.files:
        write_atomically(file.path, file.after)


def _repair_all(
    rule: Rule, lists: Lists, refused: dict[tuple[str, Path, int], str]
) -> tuple[Lists, list[Finding]]:
    """The lists with what ``rule`` finds in each file repaired, as far as it can be proved."""
    done: list[Finding] = []
    for path in [file.document.path for file in lists.files]:
        here = [
            finding
            for finding in check_lists(lists, [rule])
            if finding.path == path
            and finding.fix
            and (rule.name, path, finding.line) not in refused
        ]
        lists, repaired = _apply(rule, here, lists, refused)
        done += repaired
    return lists, done


def _apply(
    rule: Rule,
    findings: Sequence[Finding],
    lists: Lists,
    refused: dict[tuple[str, Path, int], str],
) -> tuple[Lists, list[Finding]]:
    """The lists with what of ``findings`` can be proved; all at once, else by halves."""
    if not findings:
        return lists, []
    try:
        return _proved(rule, findings, lists), list(findings)
    except (EditError, ListFormatError) as error:
        if len(findings) == 1:
            finding = findings[0]
            refused[finding.rule, finding.path, finding.line] = str(error)
            return lists, []
    middle = len(findings) // 2
    lists, first = _apply(rule, findings[:middle], lists, refused)
    lists, second = _apply(rule, findings[middle:], lists, refused)
    return lists, first + second


def _proved(rule: Rule, findings: Sequence[Finding], lists: Lists) -> Lists:
    """The lists with all ``findings``, which are of one file, repaired.

    Raises:
        EditError: The proof failed.
        ListFormatError: The result has no topics any more.
    """
    path = findings[0].path
    before = next(file for file in lists.files if file.document.path == path)
    lines = {finding.line: finding.fix for finding in findings}
    data = splice(before.document, [Splice(n - 1, n, (fix,)) for n, fix in lines.items()])
    after = parse_list(path, data)
    _compare(rule, before, after, set(lines))
    files = tuple(after if file is before else file for file in lists.files)
    result = replace(lists, files=files)
    for finding in rule.check(result):
        if finding.fix and finding.path == path and finding.line in lines:
            raise EditError("the repair does not settle it")
    return result


def _compare(rule: Rule, before: ListFile, after: ListFile, lines: set[int]) -> None:
    """Hold the result against the original.

    Raises:
        EditError: More changed than the rule may change.
    """
    if before.topics != after.topics or before.spans != after.spans:
        raise EditError("the repair would change which lines belong to which entry")
    if before.remarks != after.remarks:
        raise EditError("the repair would change what can be read as an entry")
    for old, new, span in zip(before.entries, after.entries, before.spans, strict=True):
        concerned = any(number + 1 in lines for number in span)
        may_change = rule.touches if concerned else ()
        if replace(new, **{name: getattr(old, name) for name in may_change}) != old:
            raise EditError(f"{old.title!r} would read differently after the repair")
