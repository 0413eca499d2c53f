"""The real list's first two years: read completely, given back byte for byte, replayed."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from pipeline.lists.document import Document, Insertion, insert
from pipeline.lists.reader import ListFile, parse_list
from pipeline.lists.writer import plan_edit
from tests.pipeline.lists.conftest import Revisions, an_entry

pytestmark = pytest.mark.shared

FOUNDING = ("LIST-2021.md", "README-2023-02-15.md")


def paper_lines(data: bytes) -> list[tuple[int, str]]:
    """Every top-level bullet with a paper link, counted crudely, without the reader's help."""
    found = []
    for number, line in enumerate(data.decode().split("\n"), start=1):
        if re.match(r"#+ (Related|Toolboxes)", line):
            break
        if re.match(r"[-*+] .*\[\[?(paper|pdf|cdoe|code)", line):
            found.append((number, line))
    return found


def assert_read_completely(name: str, data: bytes) -> ListFile:
    list_file = parse_list(Path(name), data)
    expected = paper_lines(data)
    read = {entry.line: entry for entry in list_file.entries}
    missed = [(number, line) for number, line in expected if number not in read]
    assert not missed
    indented = [line for line in read if line not in dict(expected)]
    lines = list_file.document.lines
    assert all(lines[line - 1].startswith("  - ") for line in indented)
    for number, line in expected:
        ids = re.findall(r"arxiv\.org/\w+/(\d{4}\.\d{4,5})", line)
        assert read[number].arxiv_id in (ids or [None])
        assert line.startswith(f"- {read[number].title[:20]}") or "- - " in line
    assert not list_file.remarks
    return list_file


def assert_round_trips(list_file: ListFile) -> None:
    """Bytes out are bytes in, with nothing put in and with lines put in everywhere."""
    document = list_file.document
    assert insert(document, []) == document.data
    everywhere = [Insertion(line, ("x",)) for line in range(len(document.lines) + 1)]
    after = Document(document.path, insert(document, everywhere))
    assert after.lines[1::2] == document.lines


def both(list_file: ListFile) -> ListFile:
    assert_round_trips(list_file)
    return list_file


@pytest.mark.parametrize("name", FOUNDING)
def test_a_founding_document_is_read_completely(shared: Path, name: str):
    list_file = both(assert_read_completely(name, (shared / "list" / name).read_bytes()))
    topics = {
        "LIST-2021.md": (12, "Survey", "Others"),
        "README-2023-02-15.md": (11, "Survey", "Others"),
    }
    names = [topic.name for topic in list_file.topics]
    assert (len(names), names[0], names[-1]) == topics[name]


def test_the_head_and_a_sample_of_all_revisions_are_read_completely(revisions: Revisions):
    count = len(revisions.commits)
    sample = {revisions.commits[n * (count - 1) // 14] for n in range(15)}
    # Merge marks, a pushed-in entry and a level-2 year heading: the odd ones.
    sample |= {revisions.commits[n] for n in (28, 144, 56)}
    for commit in sorted(sample):
        for name, data in revisions.read(commit).items():
            both(assert_read_completely(f"{commit[:7]}:{name}", data))


@pytest.mark.slow
def test_every_revision_is_read_completely(revisions: Revisions):
    files = [
        (f"{commit[:7]}:{name}", data)
        for commit in revisions.commits
        for name, data in revisions.read(commit).items()
    ]
    for name, data in files:
        both(assert_read_completely(name, data))
    assert len(files) == 236


def test_the_head_has_no_topic_but_topics(revisions: Revisions):
    for name, data in revisions.read(revisions.commits[-1]).items():
        assert [topic.name for topic in parse_list(Path(name), data).topics] == [
            "Survey",
            "Out-of-Distribution Generalization",
            "Evasion Attacks and Defenses",
            "Poisoning Attacks and Defenses",
            "Privacy",
            "Fairness",
            "Interpretability",
            "Open-World Learning",
            "Environmental Well-being",
            "Interactions with Blockchain",
            "Others",
        ]


@pytest.mark.benchmark
def test_a_300_kb_list_is_read_in_a_moment(revisions: Revisions):
    data = revisions.read(revisions.commits[-1])["FULL_LIST.md"]
    start = time.perf_counter()
    parse_list(Path("FULL_LIST.md"), data)
    assert time.perf_counter() - start < 0.3


def test_an_entry_goes_into_every_topic_of_the_head(revisions: Revisions):
    for name, data in revisions.read(revisions.commits[-1]).items():
        list_file = parse_list(Path(name), data)
        new = [
            an_entry(title=f"Paper {n}", arxiv_id=f"2212.{n + 10:05}", topic=topic.name)
            for n, topic in enumerate(list_file.topics)
        ]
        edit = plan_edit(new, list_file)
        per_entry = 5 if name == "README.md" else 7  # A year heading and its blank line are new.
        assert edit.after.count(b"\n") - edit.before.count(b"\n") == per_entry * len(new)
