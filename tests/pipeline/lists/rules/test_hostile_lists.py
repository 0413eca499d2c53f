"""Whatever Markdown people make: rules find or stay silent, repairs settle."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from pipeline.errors import ListFormatError
from pipeline.lists.rules import RULES, Lists, check_lists
from pipeline.lists.rules.fix import plan_repairs
from tests.pipeline.lists.rules.lists import entry, lists_of, topic

FIXABLE = tuple(rule for rule in RULES if rule.fixable)
LINES = [
    "# Table of Contents",
    "- [Privacy](#privacy)",
    "- [A](#privacy) [B](README.md#x) [C](FULL_1.md#privacy) [D](#%zz)",
    "## Privacy",
    "## Privacy: 2022",
    "### 2022",
    "### Fairness: 2021 and Before",
    "## Fairness",
    "<details>",
    "<summary>Privacy: 2021</summary>",
    "</details>",
    "```",
    "<!--",
    "-->",
    "",
    "- Title. [[paper]](https://arxiv.org/abs/2205.00001)",
    "- - Title. [[paper](https://arxiv.org/abs/2205.00001v2)] [[code](http://github.com/a)]  ",
    "* Other. [[paper]](http://arxiv.org/pdf/cs/9901001v1.pdf)",
    "- Title. [[paper]]",
    "- Rœbust ðŸ\u02dc\u20ac. [[paper]](https://arxiv.org/abs/9912.00001) [[paper]](https://arxiv.org/abs/9912.00001)",
    "- [Linked](https://arxiv.org/abs/2205.00001v9). [[code]] (https://github.com/a)",
    "  - Ann Äuthor, ZoÃ«. *ICLR*\t",
    "  - - Key Work: A; a; As; a-s, B..",
    "  - Key Words: ; ;",
    "  - Key Word: a\\; b; **x**",
    "  - <details><summary>Digest</summary> <details> text\r",
    "  - Digest: \ufffd\u2028\u0085",
    "    more  ",
    "text [[paper]](https://arxiv.org/abs/2205.00001)",
    "=====",
]
line = st.one_of(st.sampled_from(LINES), st.text(max_size=12).filter(lambda text: "\n" not in text))


@st.composite
def hostile_lists(draw: st.DrawFn) -> Lists:
    """One or two files of odd lines, with an entry so that they are lists."""
    texts = []
    for _ in range(draw(st.integers(1, 2))):
        lines = draw(st.lists(line, max_size=25))
        ending = draw(st.sampled_from(["\n", "\r\n"]))
        start = topic(entry("2205.00009", "Sound"), name=draw(st.sampled_from(["Privacy", "X"])))
        texts.append((start + "\n".join(lines)).replace("\n", ending))
    try:
        return lists_of(*texts)
    except (ListFormatError, UnicodeEncodeError):
        assume(condition=False)
        raise


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile_lists())
def test_rules_never_fail_and_point_at_lines_that_exist(lists: Lists):
    lengths = {file.document.path: len(file.document.lines) for file in lists.files}
    for finding in check_lists(lists, RULES):
        assert 1 <= finding.line <= lengths[finding.path]
        assert "\n" not in finding.message + finding.fix
        old = next(f for f in lists.files if f.document.path == finding.path).document.lines
        assert finding.fix != old[finding.line - 1].removesuffix("\r")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hostile_lists())
def test_repairs_change_their_lines_only_and_leave_nothing_to_repair(lists: Lists):
    repairs = plan_repairs(lists, FIXABLE)
    touched = {(finding.path, finding.line) for finding in repairs.repaired}
    for file in repairs.files:
        before, after = file.before.split(b"\n"), file.after.split(b"\n")
        for number, (old, new) in enumerate(zip(before, after, strict=True), start=1):
            assert old == new or (file.path, number) in touched
    changed = {file.path: file.after for file in repairs.files}
    after = lists_of(*(changed.get(f.document.path, f.document.data) for f in lists.files))
    again = plan_repairs(after, FIXABLE)
    assert again.files == ()


MARKS = ["[", "[[", "](", "![", "`", "` ", "<", "<a ", "<a id=", "<h1>", "<!--", "*", "*a ", "_"]
MARKS += ["(", "Ã", "- ", "#", "[x](#", "http://", "[[paper](x", "a-s ", "; ", "<details>"]


@pytest.mark.benchmark
@pytest.mark.parametrize("mark", MARKS)
def test_a_line_of_one_mark_takes_no_time_to_speak_of(mark: str):
    many = mark * (12_000 // len(mark))
    link = f"- x {many} [a](#b) <a href='#c'> {many}"
    parts = {"authors": f"{many}.", "keywords": f"Key Word: {many};.", "title": f"x{many}"}
    text = f"{link}\n\n{topic(entry(), entry(**parts))}\n{link}\n"
    lists = lists_of(text)
    start = time.perf_counter()
    check_lists(lists, RULES)
    assert time.perf_counter() - start < 2
