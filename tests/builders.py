"""Small worlds for tests: papers, lists, repositories, jobs."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

from db.engine import open_database
from db.ledger import Ledger
from db.queue import Queue
from db.records import AnnounceType, Candidate, Paper, TopicProbability
from pipeline.git import Identity, Repository
from pipeline.publication import PublishJob
from pipeline.publish.commit import CommitPublisher

DAY = date(2022, 6, 1)
NOW = datetime(2022, 6, 1, 5, 0, tzinfo=UTC)
MAINTAINER = Identity(name="Mara Tester", email="mara@example.org")

README = """# A list

- [Privacy](#privacy)

# Paper List

## Privacy

- Private Things. [[paper]](https://arxiv.org/abs/2205.00002)
  - Ann Author, Bob Writer.
  - Key Word: Differential Privacy; Auditing.
  - <details><summary>Digest</summary> Things are kept private.</details>

- Older Private Things. [[paper]](https://arxiv.org/abs/2204.00001)
  - Bob Writer.
  - Key Word: Differential Privacy.
  - <details><summary>Digest</summary> Older things are kept private.</details>

## Fairness

- Fair Things. [[paper]](https://arxiv.org/abs/2203.00003)
  - Cyd Scribe.
  - Key Word: Group Fairness.
  - <details><summary>Digest</summary> Things are shared out fairly.</details>

# Related Lists

- [Another list](https://example.org)
"""

FULL_LIST = """# All papers

## Privacy

### Privacy: 2020

- Old Private Things. [[paper]](https://arxiv.org/abs/2001.00001)
  - Ann Author.
  - Key Word: Auditing.
  - <details><summary>Digest</summary> Old things were kept private.</details>

## Fairness
"""


def make_paper(
    arxiv_id: str = "2206.00001",
    *,
    title: str = "",
    abstract: str | None = "We study private learning. It works. Nobody learns anything else.",
    authors: tuple[str, ...] = ("Dan Drafter", "Eve Editor"),
    announced: date = DAY,
    announce_type: AnnounceType = AnnounceType.NEW,
    comment: str | None = None,
) -> Paper:
    """A paper; its title names its identifier unless one is given."""
    return Paper(
        arxiv_id=arxiv_id,
        title=title or f"On Paper Number {arxiv_id.replace('.', ' ')}",
        abstract=abstract,
        authors=authors,
        categories=("cs.LG", "cs.CR"),
        comment=comment,
        published=None,
        announced=announced,
        announce_type=announce_type,
    )


def make_candidate(
    arxiv_id: str = "2206.00001", *, relevance: float = 0.5, topic: str = "Privacy", **paper: object
) -> Candidate:
    """A pending candidate."""
    other = "Fairness" if topic == "Privacy" else "Privacy"
    return Candidate(
        paper=make_paper(arxiv_id, **paper),  # type: ignore[arg-type]
        topic=topic,
        topics=(
            TopicProbability(topic=topic, probability=0.8),
            TopicProbability(topic=other, probability=0.2),
        ),
        relevance=relevance,
        why=("like “Private Things” (0.71)",),
        model="test-model",
        queued_at=NOW,
    )


def make_list_repo(folder: Path, *, full: bool = True) -> Repository:
    """A git repository with a small list, one commit."""
    repository = Repository.init(folder)
    files = {"README.md": README, **({"FULL_LIST.md": FULL_LIST} if full else {})}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    repository.commit(list(files), "Begin", MAINTAINER)
    return repository


def make_publish_job(folder: Path, *, in_all_files: bool = False) -> PublishJob:
    """A publication into ``folder/list`` with a database beside it."""
    repository = make_list_repo(folder / "list")
    return PublishJob(
        list_paths=(folder / "list" / "README.md", folder / "list" / "FULL_LIST.md"),
        in_all_files=in_all_files,
        queue=Queue(open_database(f"sqlite:///{folder}/queue.db")),
        publisher=CommitPublisher(repository, branch="main", author=MAINTAINER, push=False),
        now=NOW,
    )


def open_ledger(folder: Path) -> Ledger:
    """The ledger of :func:`make_publish_job`'s database."""
    return Ledger(open_database(f"sqlite:///{folder}/queue.db"))


def recorded_row(paper: Paper) -> dict[str, object]:
    """A paper as a line of a recorded day."""
    return {
        "arxiv_id": paper.arxiv_id,
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "comment": paper.comment,
        "published": paper.published.isoformat() if paper.published else None,
        "announced": paper.announced.isoformat(),
        "announce_type": paper.announce_type.value,
    }


def write_day(folder: Path, papers: list[Paper], *, day: date = DAY) -> Path:
    """A recorded day, plain."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{day}.jsonl"
    rows = [json.dumps(recorded_row(paper), ensure_ascii=False) for paper in papers]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
