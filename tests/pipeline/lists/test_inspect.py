from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import ListFormatError
from pipeline.lists.inspect import find_lists
from tests.pipeline.lists.conftest import paper

PREVIEW = f"# List\n\n## Privacy\n\n{paper('2205.00001')}"
FULL = f"# List\n\n## Privacy\n\n{paper('2105.00001')}\n{paper('2104.00001')}"
OTHER = f"# Guide\n\n## How an entry looks\n\n{paper('2205.00009')}\n{paper('2205.00008')}"


def repository(folder: Path, **files: str | bytes) -> Path:
    for name, text in files.items():
        data = text if isinstance(text, bytes) else text.encode()
        (folder / f"{name}.md").write_bytes(data)
    return folder


def test_a_preview_and_a_full_list_are_found_in_this_order(tmp_path: Path):
    repo = repository(tmp_path, README=PREVIEW, FULL_LIST=FULL, CONTRIBUTING=OTHER, NOTES="# N\n")
    assert [path.name for path in find_lists(repo)] == ["README.md", "FULL_LIST.md"]


def test_one_list_file_is_enough(tmp_path: Path):
    repo = repository(tmp_path, README=PREVIEW, CONTRIBUTING=OTHER)
    assert [path.name for path in find_lists(repo)] == ["README.md"]


def test_a_list_beside_a_readme_that_is_none_is_found(tmp_path: Path):
    repo = repository(tmp_path, README="# About\n\nSee LIST.md.\n", LIST=FULL)
    assert [path.name for path in find_lists(repo)] == ["LIST.md"]


def test_a_folder_without_lists_is_refused_with_why(tmp_path: Path):
    with pytest.raises(ListFormatError, match="no Markdown file here"):
        find_lists(tmp_path)
    with pytest.raises(ListFormatError, match=r"README.md: no topics were found"):
        find_lists(repository(tmp_path, README="# About\n"))
    with pytest.raises(ListFormatError, match="no Markdown file here has topics"):
        find_lists(repository(tmp_path, NOTES="# Notes\n"))
    with pytest.raises(ListFormatError, match=r"README.md:3: byte 0xe8 is not UTF-8"):
        find_lists(repository(tmp_path, README=b"# About\n\nTram\xe8r\n"))
