"""What a branch adds to a list, judged: only its own entries, and only its own slips.

A finding that the list had before is not the contributor's. What the rules
find, where an entry belongs and what arXiv says of it come together here, each
with the corrected entry. Knows no git, no pull request and no wording for people
beyond a finding's line.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.arxiv_id import id_month, id_order
from pipeline.lists.contributions.belonging import Belonging, find_belonging
from pipeline.lists.contributions.corrected import (
    AUTHORS,
    DIGEST,
    KEYWORDS,
    OTHER_FORM,
    Corrected,
    correct_entry,
    read_alone,
)
from pipeline.lists.contributions.differences import Change, Differences, Placed, Stray
from pipeline.lists.contributions.facts import Comparison, KnownPaper, compare_with_arxiv
from pipeline.lists.contributions.judged import Contribution, Judged
from pipeline.lists.entry import Entry, title_key
from pipeline.lists.rules import Finding, Lists, check_lists
from pipeline.lists.rules.keywords import keyword_key, preferred_spellings
from pipeline.lists.writer import convention

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from pipeline.lists.reader import ListFile

_PLACED_HERE = frozenset({"out-of-order", "wrong-year", "overdue"})
"""Rules that this module answers itself for what is new: with the place where it belongs."""
_DAMAGE = "mojibake"
_ABOUT_PAIRS = frozenset({"duplicate-paper", "link-clash"})
_PARTS = {"missing-authors": AUTHORS, "missing-keywords": KEYWORDS, "missing-digest": DIGEST}
_RECENT = 20
"""How many of the newest entries tell which parts an entry has."""
_MOSTLY = 0.8
"""Share of them that have a part, for it to be expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What to judge a contribution by.

    Attributes:
        lists: How the list is kept; its ``files`` do not matter here.
        preview: The file that new entries go to.
        known: What arXiv says of papers, by identifier.
        today: The day of the contribution.
    """

    lists: Lists
    preview: Path
    known: Mapping[str, KnownPaper]
    today: date


def contributed_entries(differences: Differences) -> tuple[Entry, ...]:
    """The entries that a judgement would like to have arXiv's word on."""
    entries = [placed.entry for placed in (*differences.added, *differences.changed)]
    entries += [e for s in differences.strays if (e := read_alone(s.lines, topic=s.topic))]
    return tuple(entries)


def judge_contribution(
    changes: Sequence[Change], differences: Differences, by: Circumstances
) -> Contribution:
    """Judge what ``changes`` bring.

    Args:
        changes: The list files before and after.
        differences: Of these (:func:`~pipeline.lists.contributions.differences.compare_lists`).
        by: What to judge by.
    """
    judgement = _Judgement(changes, differences, by)
    judged = [judgement.judge(placed) for placed in differences.added]
    judged += [judgement.judge(placed) for placed in differences.changed]
    judged += [judgement.judge_stray(stray) for stray in differences.strays]
    judged.sort(key=lambda one: (str(one.path), one.line))
    return Contribution(
        judged=tuple(judged),
        removed=tuple((p.file.document.path, p.entry) for p in differences.removed),
        moved=len(differences.moved),
        topics=differences.topics,
        others=tuple(judgement.others),
    )


class _Judgement:
    """What is known while entries are judged one by one."""

    def __init__(
        self, changes: Sequence[Change], differences: Differences, by: Circumstances
    ) -> None:
        self.by = by
        self.differences = differences
        self.before = {c.path: c.before for c in changes if c.before is not None}
        self.files = {file.document.path: file for file in differences.files}
        self.own = [*differences.added, *differences.changed]
        self.belongs = self._belongings()
        self.found: dict[tuple[Path, int], list[Finding]] = {}
        self.others: list[Finding] = []
        after = replace(by.lists, files=differences.files)
        self.spellings = preferred_spellings(after) | self._usual_spellings()
        for finding in self._new_findings(after):
            self._share_out(finding)

    def judge(self, placed: Placed) -> Judged:
        """One entry."""
        file, entry, was = placed.file, placed.entry, placed.was
        path = file.document.path
        compared = compare_with_arxiv(entry, self.by.known)
        # A branch may change the form of all digests: then that is the form.
        form_of = file if was else self.before.get(path, file)
        found = self.found.get((path, entry.line), [])
        corrected = self._correct(_undamaged(placed, found), compared, placed.text, form_of)
        belongs = self.belongs.get((path, entry.line)) or find_belonging(entry, placed.span, file)
        findings = [*found, *self._facts(placed, compared)]
        old = set(self._correct(was, None, was.text, form_of).slips) if was else set()
        slips = [slip for slip in corrected.slips if slip not in old]
        if findings:  # They say it better.
            slips = [slip for slip in slips if slip != OTHER_FORM]
        findings += [self._finding(placed, "house-form", slip) for slip in slips]
        if was is None or was.entry.arxiv_id != entry.arxiv_id:
            findings += self._place(placed, belongs)
            if any(finding.rule == "wrong-file" for finding in findings):
                belongs = find_belonging(entry, None, self.files[self.by.preview])
        findings.sort(key=lambda finding: (finding.line, finding.rule, finding.message))
        return Judged(
            path=path,
            line=entry.line,
            entry=entry,
            lines=tuple(file.document.lines[n].rstrip("\r") for n in placed.span),
            status="changed" if was else "added",
            findings=tuple(findings),
            corrected=corrected,
            belongs=belongs,
            compared=compared is not None,
        )

    def judge_stray(self, stray: Stray) -> Judged:
        """Lines that should be an entry."""
        entry = read_alone(stray.lines, topic=stray.topic)
        file = self.files[stray.path]
        corrected = compared = belongs = None
        rule = "not-an-entry" if stray.topic else "no-topic"
        findings = [
            Finding(rule=rule, path=stray.path, line=stray.line, message=_why(stray), entry=entry)
        ]
        if entry:
            entry = replace(entry, line=stray.line)
            compared = compare_with_arxiv(entry, self.by.known)
            placed = Placed(file=file, entry=entry, span=range(stray.line - 1, stray.line))
            form_of = self.before.get(stray.path, file)
            corrected = self._correct(placed, compared, stray.lines, form_of)
            belongs = find_belonging(entry, None, file)
            findings += self._facts(placed, compared)
            findings += self._listed_already(placed)
            findings += [self._finding(placed, "house-form", slip) for slip in corrected.slips]
            findings += [
                self._finding(placed, rule, f"no {part}")
                for rule, part in _PARTS.items()
                if part in corrected.missing
            ]
        return Judged(
            path=stray.path,
            line=stray.line,
            entry=entry,
            lines=stray.lines,
            status="unread",
            findings=tuple(findings),
            corrected=corrected,
            belongs=belongs,
            compared=compared is not None,
        )

    def _usual_spellings(self) -> dict[str, str]:
        """Key words of the contribution that the list had before, as it mostly spelled them."""
        used = Counter(w for file in self.before.values() for e in file.entries for w in e.keywords)
        usual: dict[str, str] = {}
        for word in sorted(used, key=lambda word: used[word]):
            usual[keyword_key(word)] = word
        new = {word for placed in self.own for word in placed.entry.keywords if not used[word]}
        return {word: usual[key] for word in new if (key := keyword_key(word)) in usual}

    def _belongings(self) -> dict[tuple[Path, int], Belonging | None]:
        """The places of new entries, judged by what stands right: the first of two is."""
        found: dict[tuple[Path, int], Belonging | None] = {}
        for path, file in self.files.items():
            new = [placed for placed in self.differences.added if _path(placed) == path]
            aside = {placed.span for placed in new}
            for placed in new:
                where = find_belonging(placed.entry, placed.span, _without(file, aside))
                found[path, placed.entry.line] = where
                if where and where.right:
                    aside.remove(placed.span)
            for placed in new:
                if placed.span in aside:  # The others are known only now.
                    where = find_belonging(placed.entry, None, _without(file, aside))
                    found[path, placed.entry.line] = where
        return found

    def _new_findings(self, after: Lists) -> Iterator[Finding]:
        """What the rules find now and did not find before."""
        old = check_lists(replace(self.by.lists, files=tuple(self.before.values()), as_of=None))
        now = check_lists(replace(after, as_of=None))
        known = Counter(_identity(finding, self.before) for finding in old)
        for finding in now:
            key = _identity(finding, self.files)
            if known[key]:
                known[key] -= 1
            elif finding.rule not in _PLACED_HERE:
                yield finding

    def _share_out(self, finding: Finding) -> None:
        """Give a finding to the entry it is about, or keep it for the whole."""
        number = finding.line - 1
        owner = next((p for p in self.own if _path(p) == finding.path and number in p.span), None)
        if owner is None and finding.rule in _ABOUT_PAIRS and finding.entry:
            owner = next((p for p in self.own if _share(p.entry, finding.entry)), None)
            if owner:
                finding = self._finding(owner, finding.rule, _as_pair(finding))
        if owner and self._is_expected(owner, finding.rule):
            self.found.setdefault((_path(owner), owner.entry.line), []).append(finding)
        elif owner is None and finding.entry is None and not self._is_outside(finding):
            self.others.append(finding)

    def _is_expected(self, placed: Placed, rule: str) -> bool:
        """Whether a part that is missing is one that the list's entries have."""
        model = self.before.get(_path(placed), placed.file)
        return rule not in _PARTS or _PARTS[rule] in _parts(model)

    def _is_outside(self, finding: Finding) -> bool:
        """Whether it is about an added line that has nothing to do with papers."""
        file = self.files[finding.path]
        inside = any(
            finding.line - 1 in topic.section or finding.line == topic.line for topic in file.topics
        )
        return not inside and finding.line - 1 in self.differences.lines[finding.path]

    def _correct(
        self, placed: Placed, compared: Comparison | None, source: Sequence[str], form_of: ListFile
    ) -> Corrected:
        return correct_entry(
            placed.entry,
            source,
            form=convention(form_of),
            parts=_parts(self.before.get(_path(placed), placed.file)),
            spellings=self.spellings,
            compared=compared,
        )

    def _facts(self, placed: Placed, compared: Comparison | None) -> Iterator[Finding]:
        before = compare_with_arxiv(placed.was.entry, self.by.known) if placed.was else None
        if compared is None:
            return
        for rule, message, said in (
            ("arxiv-id", compared.wrong_id, before.wrong_id if before else ""),
            ("arxiv-title", compared.title, before.title if before else ""),
            ("arxiv-authors", compared.authors, before.authors if before else ""),
        ):
            if message and message != said:
                yield self._finding(placed, rule, message)

    def _place(self, placed: Placed, belongs: Belonging | None) -> Iterator[Finding]:
        if self._is_for_preview(placed):
            name = self.by.preview.name
            yield self._finding(placed, "wrong-file", f"new papers go to {name}")
        elif belongs and not belongs.right:
            yield self._finding(placed, "wrong-place", "it stands out of the list's order")

    def _is_for_preview(self, placed: Placed) -> bool:
        """Whether a paper that is still new was put into the list of all papers."""
        preview = self.files.get(self.by.preview)
        days = self.by.lists.preview_days
        if preview is None or days is None or placed.entry.arxiv_id is None:
            return False
        year, month = id_month(placed.entry.arxiv_id)
        age = (self.by.today.year - year) * 12 + self.by.today.month - month
        has_topic = find_belonging(placed.entry, None, preview) is not None
        elsewhere = _path(placed) != self.by.preview and not self.by.lists.in_all_files
        return elsewhere and has_topic and age * 31 < days

    def _listed_already(self, placed: Placed) -> Iterator[Finding]:
        """For lines that no rule could see."""
        for file in self.files.values():
            for other in file.entries:
                if _share(placed.entry, other):
                    where = f"{file.document.path.name}, line {other.line}"
                    yield self._finding(
                        placed, "duplicate-paper", f"this paper is listed already: {where}"
                    )
                    return

    def _finding(self, placed: Placed, rule: str, message: str) -> Finding:
        return Finding(
            rule=rule,
            path=_path(placed),
            line=placed.entry.line,
            message=message,
            entry=placed.entry,
        )


def _without(file: ListFile, spans: Collection[range]) -> ListFile:
    """``file`` as if the entries at ``spans`` were not there."""
    kept = [pair for pair in zip(file.entries, file.spans, strict=True) if pair[1] not in spans]
    return replace(
        file, entries=tuple(entry for entry, _ in kept), spans=tuple(span for _, span in kept)
    )


def _undamaged(placed: Placed, findings: Sequence[Finding]) -> Placed:
    """The entry with damaged letters put right."""
    lines = list(placed.text)
    for finding in findings:
        if finding.rule == _DAMAGE and finding.fix:
            lines[finding.line - placed.entry.line] = finding.fix.rstrip()
    if lines == list(placed.text):
        return placed
    entry = read_alone(lines, topic=placed.entry.topic)
    return replace(placed, entry=replace(entry, line=placed.entry.line)) if entry else placed


def _path(placed: Placed) -> Path:
    return placed.file.document.path


def _identity(finding: Finding, files: Mapping[Path, ListFile]) -> tuple[str, str, str]:
    """What a finding keeps while lines above it come and go."""
    entry = finding.entry
    lines = files[finding.path].document.lines
    line = lines[finding.line - 1].strip() if 0 < finding.line <= len(lines) else ""
    about = f"{entry.arxiv_id} {entry.title}" if entry else ""
    return finding.rule, about, line


def _share(one: Entry, other: Entry) -> bool:
    """Whether two entries may be one paper, or have one address."""
    same_id = one.arxiv_id is not None and one.arxiv_id == other.arxiv_id
    addresses = {link.url for link in one.links} & {link.url for link in other.links}
    return same_id or bool(addresses) or title_key(one.title) == title_key(other.title)


def _as_pair(finding: Finding) -> str:
    """A finding about an old entry, said of the new one that brought it about."""
    old = finding.entry
    where = f"{finding.path.name}, line {finding.line}"
    if finding.rule == "duplicate-paper":
        return f"this paper is listed already: {where}"
    title = old.title if old else ""
    return f"{where} has the same link for another paper: “{title}”"


def _why(stray: Stray) -> str:
    if stray.topic:
        return stray.problem
    if stray.heading:
        return f"stands under “{stray.heading}”, which is no topic of the list"
    return stray.problem


def _parts(file: ListFile) -> frozenset[str]:
    """What the newest entries of a file have, nearly all of them."""
    dated = [entry for entry in file.entries if entry.arxiv_id]
    newest = sorted(dated, key=lambda e: id_order(e.arxiv_id or ""), reverse=True)[:_RECENT]

    def mostly(there: Iterable[object]) -> bool:
        return bool(newest) and sum(map(bool, there)) >= _MOSTLY * len(newest)

    return frozenset(
        part
        for part, expected in (
            (AUTHORS, mostly(e.authors for e in newest)),
            (KEYWORDS, mostly(e.keywords for e in newest)),
            (DIGEST, mostly(e.digest for e in newest)),
        )
        if expected
    )
