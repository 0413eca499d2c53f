"""Repairs change what they say and nothing else, or are not made."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import EditError
from pipeline.lists.reader import read_list
from pipeline.lists.rules import RULES, Lists, find_rules
from pipeline.lists.rules.fix import plan_repairs, write_repairs
from tests.pipeline.lists.rules.lists import entry, lists_of, topic

FIXABLE = tuple(rule for rule in RULES if rule.fixable)


def repair(rule: str, *texts: str | bytes):
    return plan_repairs(lists_of(*texts), find_rules([rule]))


def test_only_the_lines_of_the_findings_change():
    text = topic(
        entry("2205.00003", "One", authors="ZoÃ« Author.  "),
        entry("2205.00002", "Two\u2028Three", keywords="Key Work: Auditing."),
    )
    repairs = plan_repairs(lists_of(text), FIXABLE)
    (file,) = repairs.files
    before, after = file.before.split(b"\n"), file.after.split(b"\n")
    changed = [n for n, (a, b) in enumerate(zip(before, after, strict=True), start=1) if a != b]
    assert changed == sorted({finding.line for finding in repairs.repaired}) == [4, 10]


def test_what_cannot_be_proved_is_left_and_said_and_the_rest_is_repaired():
    links = "[[paper]](https://arxiv.org/abs/2205.00002) [[code]](https://example.org/ZoÃ«)"
    text = topic(
        entry("2205.00003", "One", authors="ZoÃ« Author."), entry("2205.00002", links=links)
    )
    repairs = repair("mojibake", text)
    assert [finding.line for finding in repairs.repaired] == [4]
    (left,) = repairs.left
    assert left.finding.line == 8
    assert "would read differently" in left.reason


def test_a_line_with_a_carriage_return_inside_is_left():
    text = topic(entry(authors="Ann\rZoÃ« Author."))
    repairs = repair("mojibake", text)
    assert repairs.files == ()
    assert "line break" in repairs.left[0].reason


def test_no_spelling_is_chosen_where_two_are_used_most():
    words = ["Open-Set", "Open-Set", "Open-set", "Open-set", "open-set"]
    entries = [
        entry(f"2205.0000{9 - n}", f"Thing {n}", keywords=f"Key Word: {word}.")
        for n, word in enumerate(words)
    ]
    repairs = repair("keyword-variant", topic(*entries))
    assert repairs.files == ()
    assert len(repairs.left) == 3


def test_a_repair_that_another_brings_to_light_is_made_too():
    damaged = entry("2205.00002", "One", keywords="Key Word: NaÃ¯ve bayes.")
    sound = [
        entry(f"2205.0000{n}", f"Thing {n}", keywords="Key Word: Naïve Bayes.") for n in (1, 0)
    ]
    repairs = plan_repairs(lists_of(topic(damaged, *sound)), FIXABLE)
    assert [finding.rule for finding in repairs.repaired] == ["mojibake", "keyword-variant"]


def test_files_without_findings_are_not_written(tmp_path: Path):
    sound, slip = tmp_path / "A.md", tmp_path / "B.md"
    sound.write_text(topic(entry("2205.00001", "Sound")), encoding="utf-8")
    slip.write_text(topic(entry("2205.00002", "- Slip", authors="Dee.")), encoding="utf-8")
    slip.chmod(0o640)
    inode = sound.stat().st_ino
    lists = Lists(files=(read_list(sound), read_list(slip)))
    write_repairs(plan_repairs(lists, find_rules(["double-bullet"])))
    assert sound.stat().st_ino == inode
    assert slip.stat().st_mode & 0o777 == 0o640
    assert slip.read_text(encoding="utf-8").splitlines()[2].startswith("- Slip.")


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: Path):
    path = tmp_path / "README.md"
    path.write_text(topic(entry("2205.00002", "- Slip")), encoding="utf-8")
    repairs = plan_repairs(Lists(files=(read_list(path),)), find_rules(["double-bullet"]))
    path.write_text("Mine.\n", encoding="utf-8")
    with pytest.raises(EditError, match="changed while it was checked"):
        write_repairs(repairs)
    assert path.read_text(encoding="utf-8") == "Mine.\n"


@pytest.mark.parametrize("end", ["", "\n"], ids=["no final newline", "final newline"])
@pytest.mark.parametrize("start", ["", "\ufeff"], ids=["no BOM", "BOM"])
def test_the_file_s_own_ends_are_kept(start: str, end: str):
    text = start + topic(entry(digest="Digest: It leaks.  ")).rstrip("\n") + end
    (file,) = repair("trailing-blanks", text).files
    assert file.after.decode() == text.replace("It leaks.  ", "It leaks.")
