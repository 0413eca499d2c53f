"""The page's own files: small, closed in themselves, and never a string made into markup."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.review import web

HERE = Path(web.__file__).parent
STATIC = sorted((HERE / "static").iterdir())
TEMPLATES = sorted((HERE / "templates").iterdir())
SCRIPTS = [path for path in STATIC if path.suffix == ".js"]
DOCS = Path(__file__).resolve().parents[4] / "docs" / "review.md"

MARKUP = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment"
    r"|\beval\b|new Function|setAttribute\(\"style\"|javascript:"
)
IMPORT = re.compile(r'from "\./([\w.-]+)"')
ADDRESS = re.compile(r"https?://[\w.-]+")
KEY = re.compile(r"<kbd>([^<]+)</kbd>")


def test_all_of_it_weighs_less_than_a_photograph():
    assert sum(path.stat().st_size for path in [*STATIC, *TEMPLATES]) < 200_000


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_makes_no_markup_of_strings(path):
    assert MARKUP.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_short_and_imports_only_what_lies_beside_it(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400
    assert set(IMPORT.findall(text)) <= {script.name for script in SCRIPTS}


@pytest.mark.parametrize("path", [*STATIC, *TEMPLATES], ids=lambda path: path.name)
def test_no_file_names_an_address_elsewhere(path):
    found = set(ADDRESS.findall(path.read_text(encoding="utf-8")))
    assert found <= {"https://arxiv.org", "http://www.w3.org"}


def test_the_keys_in_the_documentation_are_those_that_the_page_shows():
    help_dialog = (HERE / "templates" / "review.html").read_text(encoding="utf-8")
    shown = set(KEY.findall(help_dialog[help_dialog.index('id="help"') :]))
    section = DOCS.read_text(encoding="utf-8").partition("## Keys\n")[2].partition("\n## ")[0]
    told = set(KEY.findall(section))
    assert shown == told - {"Ctrl", "Enter"}
