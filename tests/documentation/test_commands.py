"""Every command in the documentation is typed, in its block's order, and ends well."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests.arxiv_emulator import Emulator, make_corpus
from tests.documentation.blocks import PAGES, Block, blocks_of, commands_of
from tests.documentation.sandbox import PAPERS, REPOSITORY, Sandbox, listed_papers, today
from tests.github_standin import GitHubStandIn
from tests.live_folder import morning_of

NOT_TYPED = {
    "make": "installs, or runs the tests that these are; what `make demo` does is in tests/e2e",
}
"""What a command begins with that is not typed here, with the reason."""

ENDS_WITH_ONE = {
    ".venv/bin/shortlist run": "before arXiv's hour (by this machine's clock) no day is whole yet",
    ".venv/bin/shortlist lists check": "the list that it is tried on has slips",
}
"""Commands whose exit status 1 only says what they found."""

FIRST_DAY = date(2026, 11, 2)
"""Pages name two weeks from this Monday on."""

BLOCKS = [block for page in PAGES for block in blocks_of(page)]


def begins(command: str, entries: dict[str, str]) -> bool:
    return any(command == entry or command.startswith(f"{entry} ") for entry in entries)


def typed(block: Block) -> tuple[str, ...]:
    return tuple(command for command in block.commands if not begins(command, NOT_TYPED))


@pytest.fixture
def sandbox(tmp_path: Path):
    corpus = make_corpus(seed=3, first=FIRST_DAY, days=10, new=6, replaced=3, oddities=False)
    for arxiv_id in {*PAPERS, *listed_papers()}:
        corpus.announce(date(2000 + int(arxiv_id[:2]), int(arxiv_id[2:4]), 16), arxiv_id=arxiv_id)
    with Emulator(corpus, seed=3) as arxiv, GitHubStandIn(REPOSITORY) as github:
        morning_of(arxiv, today())
        made = Sandbox(folder=tmp_path, arxiv=arxiv, github=github).make()
        event = {"issue": {"number": 1}, "sender": {"login": "owner"}}
        (tmp_path / "event.json").write_text(json.dumps(event), encoding="utf-8")
        yield made


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "block", [block for block in BLOCKS if typed(block)], ids=lambda block: block.name
)
def test_every_command_of_a_block_ends_well(sandbox: Sandbox, block: Block):
    for tried in sandbox.run(typed(block), may_find=ENDS_WITH_ONE):
        assert tried.ended_well, (
            f"{block.name}: `{tried.command}` ended with {tried.status}:\n{tried.said}\n"
            f"(what cannot be typed here belongs in {__name__}.NOT_TYPED, with its reason)"
        )


@pytest.mark.parametrize("entry", [*NOT_TYPED, *ENDS_WITH_ONE])
def test_what_is_not_typed_or_may_find_something_stands_in_a_page(entry):
    commands = [command for block in BLOCKS for command in block.commands]
    assert any(begins(command, {entry: ""}) for command in commands)


def test_every_page_is_looked_through():
    names = {page.name for page in PAGES}
    assert {"README.md", "CONTRIBUTING.md", "workflows.md", "architecture.md"} <= names
    assert len(BLOCKS) > 8


def test_commands_are_told_from_what_they_print():
    shown = "$ a --b 1  # why\n$ c \\\n>   --d '#1'\nprinted\n# $ no\n"
    assert commands_of(shown, prompted=True) == ("a --b 1", "c --d '#1'")
    assert commands_of("a # why\n\nc \\\n  --d\n", prompted=False) == ("a", "c --d")
