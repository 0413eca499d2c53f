"""The documentation says what the code does."""

from __future__ import annotations

import re
import shlex

import pytest
import typer.testing

from pipeline.cli import app
from pipeline.setup import config_text
from tests.docs import (
    CONFIG,
    HOUSE,
    README,
    REFERENCE,
    WORKFLOW_SETTINGS,
    commands,
    with_house,
    with_tables,
)

SHELL = re.compile(r"```console\n(.*?)```", re.DOTALL)


def test_the_reference_has_every_command_and_every_key_as_the_code_has_them():
    text = REFERENCE.read_text(encoding="utf-8")
    assert with_tables(text) == text, "run `python -m tests.docs`"


def test_the_picture_of_the_house_is_what_import_linter_holds():
    text = HOUSE.read_text(encoding="utf-8")
    assert with_house(text) == text, "run `python -m tests.docs`"
    shown = text.partition("<!-- layers:")[2].partition("<!-- /layers -->")[0]
    packages = [path.parent for path in HOUSE.parents[1].joinpath("pipeline").glob("*/__init__.py")]
    modules = list(HOUSE.parents[1].joinpath("pipeline").glob("*.py"))
    for path in (*packages, *modules):
        if path.stem != "__init__":
            assert re.search(rf"\b{path.stem}\b", shown), path.stem


def test_the_config_of_the_checkout_shows_every_key_as_setup_writes_it():
    assert CONFIG.read_text(encoding="utf-8") == config_text(WORKFLOW_SETTINGS)


@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_every_command_has_help_with_an_example_that_fits_a_terminal(name):
    words = name.split()[1:]
    shown = typer.testing.CliRunner().invoke(app, [*words, "--help"], prog_name="shortlist")
    assert shown.exit_code == 0
    assert "--config PATH" in shown.output
    assert f"Example: {name}" in " ".join(shown.output.split())
    assert max(map(len, shown.output.splitlines())) <= 80


@pytest.mark.parametrize("group", [[], ["queue"], ["state"]])
def test_no_sentence_of_an_overview_is_cut(group):
    shown = typer.testing.CliRunner().invoke(app, [*group, "--help"], prog_name="shortlist")
    assert "..." not in shown.output.replace("[ARGS]...", "")


PAGES = [README, *sorted((README.parent / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(README.parent)))
def test_every_command_line_that_a_page_prints_is_understood(page):
    known = {name for name, _ in commands()}
    lines = [
        line.removeprefix("$ ").partition("#")[0].strip()
        for block in SHELL.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
        if "shortlist" in line
    ]
    assert lines or page != README
    for line in lines:
        program, *words = shlex.split(line)
        assert program == ".venv/bin/shortlist"
        assert any(" ".join(["shortlist", *words[:n]]) in known for n in (1, 2)), line
