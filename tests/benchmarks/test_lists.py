"""How long a big list takes to read, and to write to with proof."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from pipeline.git import Repository
from pipeline.lists import grammar, reader
from pipeline.lists.past.history import replay_history
from pipeline.lists.reader import parse_list
from pipeline.lists.writer import plan_edit, render_entry
from tests.pipeline.lists.conftest import Revisions, an_entry, revisions

__all__ = ["revisions"]  # the fixture

PATH = Path("FULL_LIST.md")
SIZE = 1_000_000
BYTES_EACH = 790
TOPICS = ("Survey", "Evasion", "Poisoning", "Privacy", "Fairness", "Interpretability", "Others")
WORDS = ("we", "show", "that", "small", "models", "learn", "more", "than", "their", "data", "says")


def made_up_list() -> bytes:
    """A list of 1 MB in the shape of the real one: topics, years, digests of a few lines."""
    per_group = SIZE // (BYTES_EACH * len(TOPICS) * 6)
    numbers = count(1)
    lines = ["# Everything", ""]
    for topic in TOPICS:
        lines += [f"## {topic}", ""]
        for year in range(2022, 2016, -1):
            lines += [f"### {topic}: {year}", ""]
            for within in range(per_group, 0, -1):
                lines += [*entry_lines(next(numbers), f"{year - 2000:02}{1 + within % 2:02}"), ""]
    return ("\n".join(lines) + "\n").encode()


def entry_lines(number: int, month: str) -> tuple[str, ...]:
    said = [WORDS[(number * step) % len(WORDS)] for step in range(110)]
    return render_entry(
        an_entry(
            title=f"On the {said[3]} of {said[5]} Number {number}: {' '.join(said[:6])}",
            arxiv_id=f"{month}.{number:05}",
            authors=", ".join(f"Ada{n} Example{number % 7}" for n in range(6)),
            venue="ICLR 2023" if number % 3 == 0 else "",
            keywords=(f"Topic {number % 50}", f"Method {number % 30}"),
            digest=" ".join(said).capitalize() + ".",
        )
    )


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def forget() -> None:
    """A reading starts with nothing remembered of the lines."""
    grammar.split_title.cache_clear()
    reader._read_part.cache_clear()


@pytest.mark.benchmark
def test_reading_takes_at_most_three_times_as_long_as_tokenising():
    data = made_up_list()
    text = data.decode()
    assert 0.9 * SIZE < len(data) < 1.2 * SIZE
    tokeniser = MarkdownIt()

    def pair() -> tuple[float, float]:
        forget()
        return seconds(lambda: parse_list(PATH, data)), seconds(lambda: tokeniser.parse(text))

    pairs = [pair() for _ in range(5)]
    ratio = sorted(ours / theirs for ours, theirs in pairs)[2]
    print(
        f"reading {len(data) / 1e6:.2f} MB: {ratio:.2f} times markdown-it-py ({pairs[0][0]:.3f} s)"
    )
    assert ratio <= 3.0


@pytest.mark.benchmark
def test_a_hundred_insertions_with_proof_take_at_most_a_fifth_of_a_second():
    forget()
    list_file = parse_list(PATH, made_up_list())

    def edit(round_number: int) -> float:
        new = [
            an_entry(
                title=f"Paper {round_number} {n}",
                arxiv_id=f"{17 + n % 6}12.{round_number * 1000 + n:05}",
                topic=TOPICS[n % len(TOPICS)],
            )
            for n in range(100)
        ]
        return seconds(lambda: plan_edit(new, list_file))

    times = [edit(number) for number in range(1, 8)]
    print(f"100 insertions with proof: {min(times):.3f} s at best, {sorted(times)[3]:.3f} s median")
    assert min(times) <= 0.2


@pytest.mark.benchmark
@pytest.mark.shared
def test_all_revisions_are_read_in_under_a_minute(revisions: Revisions):
    files = [
        (name, data)
        for commit in revisions.commits
        for name, data in revisions.read(commit).items()
    ]
    forget()
    took = seconds(lambda: [parse_list(Path(name), data) for name, data in files])
    print(f"{len(files)} list files of {len(revisions.commits)} commits: {took:.1f} s")
    assert took < 60


@pytest.mark.benchmark
@pytest.mark.shared
def test_the_whole_history_is_replayed_in_under_a_minute(revisions: Revisions):
    forget()
    took = seconds(lambda: replay_history(Repository.open(revisions.repo)))
    print(f"history of {len(revisions.commits)} commits replayed: {took:.1f} s")
    assert took < 60
