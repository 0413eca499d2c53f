"""What the rules find in the real list: its real errors, each looked at by hand."""

from __future__ import annotations

import subprocess
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from pipeline.lists.reader import parse_list
from pipeline.lists.rules import RULES, Lists, check_lists
from pipeline.lists.rules.fix import plan_repairs

pytestmark = pytest.mark.shared

FIXABLE = tuple(rule for rule in RULES if rule.fixable)
HEAD_DAY = date(2022, 8, 31)


@pytest.fixture(scope="module")
def repo(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("list") / "repo"
    bundle = shared / "list" / "list-2022-08-31.bundle"
    git("clone", "-q", str(bundle), str(folder))
    return folder


def git(*arguments: str) -> bytes:
    done = subprocess.run(["git", *arguments], capture_output=True, check=True)
    return done.stdout


def lists_at(repo: Path, commit: str) -> Lists:
    """Both list files of a commit."""
    names = git("-C", str(repo), "ls-tree", "--name-only", commit).decode().split("\n")
    files = tuple(
        parse_list(Path(name), git("-C", str(repo), "show", f"{commit}:{name}"))
        for name in sorted(names, reverse=True)
        if name.endswith(".md")
    )
    return Lists(files=files, preview=Path("README.md"), preview_days=365, as_of=HEAD_DAY)


def test_the_real_errors_of_the_head_are_found(repo: Path):
    found = check_lists(lists_at(repo, "HEAD"))
    assert Counter(finding.rule for finding in found) == {
        "trailing-blanks": 106,
        "keyword-variant": 51,
        "version-suffix": 21,
        "out-of-order": 13,
        "keyword-label": 4,
        "dead-anchor": 2,
        "bracket-slip": 1,
        "duplicate-paper": 1,
        "http-link": 1,
        "link-clash": 1,
        "missing-authors": 1,
        "missing-digest": 1,
        "overdue": 1,
        "wrong-year": 1,
    }
    single = {f.rule: f"{f.path}:{f.line}" for f in found}
    assert {
        ("bracket-slip", "FULL_LIST.md:1271"),
        ("duplicate-paper", "FULL_LIST.md:836"),
        ("http-link", "FULL_LIST.md:1294"),
        ("link-clash", "FULL_LIST.md:1686"),
        ("missing-authors", "README.md:491"),
        ("missing-digest", "README.md:749"),
        ("overdue", "README.md:1366"),
        ("wrong-year", "FULL_LIST.md:1967"),
    } <= set(single.items())


def test_the_real_errors_of_the_founding_documents_are_found(shared: Path):
    expected = {
        "LIST-2021.md": {
            "trailing-blanks": 89,
            "missing-keywords": 55,
            "mojibake": 9,
            "keyword-label": 1,
            "out-of-order": 1,
            "wrong-year": 1,
            "year-heading": 1,
        },
        "README-2023-02-15.md": {"trailing-blanks": 29, "dead-anchor": 1, "missing-authors": 1},
    }
    for name, tally in expected.items():
        data = (shared / "list" / name).read_bytes()
        found = check_lists(Lists(files=(parse_list(Path(name), data),)))
        assert Counter(finding.rule for finding in found) == tally


def test_the_damaged_names_of_the_founding_document_are_made_whole(shared: Path):
    data = (shared / "list" / "LIST-2021.md").read_bytes()
    lists = Lists(files=(parse_list(Path("LIST-2021.md"), data),))
    repairs = plan_repairs(lists, [rule for rule in RULES if rule.name == "mojibake"])
    after = repairs.files[0].after.decode()
    assert (len(repairs.repaired), repairs.left) == (9, ())
    for name in ("Florian Tramèr", "Heiko H. Schütt", "Aleksander Mądry", "Sébastien Bubeck"):
        assert name in after


def test_all_that_takes_no_judgement_can_be_repaired_at_the_head(repo: Path):
    repairs = plan_repairs(lists_at(repo, "HEAD"), FIXABLE)
    assert len(repairs.repaired) == 174
    assert {left.finding.rule for left in repairs.left} == {"keyword-variant"}
    assert all("elsewhere" in left.finding.message for left in repairs.left)


@pytest.mark.slow
def test_no_revision_makes_a_rule_fail_and_every_repair_settles(repo: Path):
    commits = git("-C", str(repo), "log", "--reverse", "--format=%H").decode().split()
    checked = 0
    for number, commit in enumerate(commits):
        lists = lists_at(repo, commit)
        if not lists.files:
            continue
        checked += 1
        for finding in check_lists(lists, RULES):
            file = next(f for f in lists.files if f.document.path == finding.path)
            assert 1 <= finding.line <= len(file.document.lines)
        if number % 10 == 0:
            repairs = plan_repairs(lists, FIXABLE)
            changed = {file.path: file.after for file in repairs.files}
            files = tuple(
                parse_list(f.document.path, changed.get(f.document.path, f.document.data))
                for f in lists.files
            )
            assert plan_repairs(Lists(files=files), FIXABLE).files == ()
    assert checked == 214
