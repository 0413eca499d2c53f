from __future__ import annotations

import subprocess
from pathlib import Path

from pipeline.publish.diff import DiffPublisher, unified_diff
from tests.pipeline.publish.edits import Edit


def edit(before: bytes, after: bytes, path: Path = Path("README.md")) -> Edit:
    return Edit(path=path, before=before, after=after)


def test_added_lines_are_shown_with_three_lines_around():
    assert unified_diff(edit(b"1\n2\n3\n4\n5\n", b"1\n2\n3\n4\nnew\n5\n")) == (
        "--- a/README.md\n+++ b/README.md\n@@ -2,4 +2,5 @@\n 2\n 3\n 4\n+new\n 5\n"
    )


def test_a_missing_final_newline_is_shown_as_git_shows_it():
    assert unified_diff(edit(b"a", b"a\nb")) == (
        "--- a/README.md\n+++ b/README.md\n@@ -1 +1,2 @@\n"
        "-a\n\\ No newline at end of file\n+a\n+b\n\\ No newline at end of file\n"
    )


def test_no_change_is_no_diff():
    assert unified_diff(edit(b"a\n", b"a\n")) == ""


def test_git_takes_the_diff_for_a_patch(tmp_path):
    before = "".join(f"line {n}\u2028\r\n" if n % 7 else f"form\tfeed {n}\n" for n in range(60))
    after = before.replace("line 20", "line twenty").replace("line 44", "extra\nline 44") + "end"
    path = tmp_path / "lists" / "ü list.md"
    path.parent.mkdir()
    before, after = before.replace("\u2028", "é"), after.replace("\u2028", "é")
    path.write_bytes(before.encode())
    patch = unified_diff(edit(before.encode(), after.encode(), path), root=tmp_path)
    assert patch.startswith("--- a/lists/ü list.md\n+++ b/lists/ü list.md\n@@ ")
    subprocess.run(["git", "apply", "-"], input=patch.encode(), cwd=tmp_path, check=True)
    assert path.read_bytes() == after.encode()


def test_lines_are_split_at_line_feeds_only():
    shown = unified_diff(edit(b"", "a\u2028b\x85c\x0cd\n".encode()))
    assert shown.count("\n+") == 2  # the +++ line and one added line


def test_a_terminal_is_told_nothing():
    shown = unified_diff(edit(b"", "\x1b[2J\x07 \u202etxt \r over\r\n".encode() + b"\xff\n"))
    assert "+\\x1b[2J\\x07 \\u202etxt \\r over\r\n" in shown
    assert "+\\xff\n" in shown


def test_a_path_outside_the_root_is_shown_as_it_is(tmp_path):
    shown = unified_diff(edit(b"", b"a\n", Path("/elsewhere/x.md")), root=tmp_path)
    assert shown.startswith("--- a//elsewhere/x.md\n")


def test_insertions_all_over_a_long_list_are_all_that_is_shown():
    entries = [
        b"* [Paper %d](https://arxiv.org/abs/%d)\n  * its digest\n\n" % (n, n) for n in range(3000)
    ]
    after = [b"* new\n" + entry if n % 100 == 50 else entry for n, entry in enumerate(entries)]
    shown = unified_diff(edit(b"".join(entries), b"".join(after)))
    assert shown.count("\n+") == 31
    assert shown.count("\n-") == 0


def test_the_publisher_of_a_dry_run_writes_nothing_and_keeps_the_diffs(tmp_path):
    publisher = DiffPublisher(tmp_path)
    path = tmp_path / "README.md"
    path.write_bytes(b"a\n")
    assert publisher.publish([edit(b"a\n", b"a\nb\n", path)], message="Add") == ""
    assert publisher.diff.startswith("--- a/README.md\n+++ b/README.md\n")
    assert path.read_bytes() == b"a\n"
    assert (publisher.recover(), publisher.push_pending()) == ((), None)
