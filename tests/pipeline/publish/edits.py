"""Finished edits to publish, as the writer would hand them over."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.git import Repository
from pipeline.publish.commit import CommitPublisher
from tests.pipeline.git.checkouts import BOT


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    path: Path
    before: bytes
    after: bytes


def append(
    path: Path, line: bytes = b"* [A new paper](https://arxiv.org/abs/2601.00001)\n"
) -> Edit:
    """An edit that adds ``line`` to the file as it stands."""
    before = path.read_bytes()
    return Edit(path=path, before=before, after=before + line)


def publisher_of(
    repository: Repository, *, branch: str = "main", push: bool = False
) -> CommitPublisher:
    return CommitPublisher(repository, branch=branch, author=BOT, push=push)
