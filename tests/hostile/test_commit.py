"""Hostile papers in one commit of the list: no trailer, subject or file but what is meant."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from db.records import Decision, Verdict
from pipeline.git import Repository
from pipeline.lists.harmless import WORD_JOINER
from pipeline.lists.reader import parse_list, read_list
from pipeline.lists.removal import plan_removal
from pipeline.outcome import Publication
from pipeline.publication import PublishJob, provenance_of, publish_approved
from pipeline.publish.message import commit_message
from pipeline.publish.proposal import proposal_body, proposed_papers
from pipeline.publish.provenance import read_trailers
from pipeline.withdrawal import UndoJob, undo
from tests.builders import NOW, README, make_publish_job
from tests.hostile.corpus import HARMLESS, PAPERS, HostilePaper, candidate_of
from tests.hostile.shape import ACTS_ON_GITHUB, markdown_shape, unseen

REVIEWER = "Eve\nSigned-off-by: Evil <e@evil.example> @me #1"


def published(folder: Path, hostile=PAPERS) -> tuple[PublishJob, Publication]:
    """All of these in one commit, each approved by a hostile reviewer for a hostile reason."""
    job = make_publish_job(folder)
    candidates = [candidate_of(each) for each in hostile]
    job.queue.record([], candidates, now=NOW)
    job.queue.decide_all(
        [
            Decision(
                arxiv_id=each.paper.arxiv_id,
                verdict=Verdict.APPROVE,
                reviewer=REVIEWER,
                reason=each.name,
                decided_at=NOW,
            )
            for each in hostile
        ]
    )
    return job, publish_approved(job)


def git(folder: Path, *arguments: str, said: str = "") -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        input=said.encode("utf-8", "surrogatepass"),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode()


@pytest.fixture(scope="module")
def commit(tmp_path_factory) -> tuple[Path, Publication]:
    folder = tmp_path_factory.mktemp("published")
    _, publication = published(folder)
    return folder / "list", publication


def test_all_of_them_are_published_in_one_commit(commit):
    folder, publication = commit
    assert publication.problems == ()
    assert set(publication.published) == {each.paper.arxiv_id for each in PAPERS}
    assert git(folder, "rev-list", "--count", "HEAD").strip() == "2"
    assert git(folder, "show", "--format=", "--name-only", "HEAD").split() == ["README.md"]
    assert git(folder, "status", "--porcelain") == ""


def test_the_list_holds_each_once_and_nothing_more(commit):
    folder, publication = commit
    read = [entry.arxiv_id for entry in read_list(folder / "README.md").entries]
    assert sorted(read) == sorted(
        [*publication.published, "2205.00002", "2204.00001", "2203.00003"]
    )
    removed = git(folder, "diff", "--numstat", "HEAD~1", "HEAD").split()[1]
    assert removed == "0"


def test_its_trailers_are_those_of_the_program_one_a_paper(commit):
    folder, publication = commit
    message = git(folder, "log", "-1", "--format=%B")
    trailers = git(folder, "interpret-trailers", "--parse", said=message).splitlines()
    assert {line.partition(":")[0] for line in trailers} == {"Shortlist-Paper"}
    assert len(trailers) == len(PAPERS)
    assert [paper.arxiv_id for paper in read_trailers(message)] == list(publication.published)


def test_nothing_in_the_message_is_acted_on_or_unseen(commit):
    folder, _ = commit
    message = git(folder, "log", "-1", "--format=%B")
    for active in (r"@\w", r"#\w", r"\bGH-\d", r"://", r"\bwww\.", r"\[\s*(skip|no|ci|actions) "):
        assert not re.search(active, message, re.IGNORECASE), active
    assert not unseen(message.replace("\u2060", ""))
    assert message.splitlines()[0] == f"Add {len(PAPERS)} papers"
    assert len(message.splitlines()) == len(message.split("\n")) - 1


@pytest.mark.slow
@pytest.mark.parametrize("index", range(0, len(PAPERS), 9))
def test_a_paper_alone_gives_as_many_lines_as_a_harmless_one(tmp_path, index):
    job, publication = published(tmp_path, [PAPERS[index]])
    assert publication.problems == ()
    hostile = git(tmp_path / "list", "log", "-1", "--format=%B").split("\n")
    published(tmp_path / "other", [HARMLESS])
    plain = git(tmp_path / "other" / "list", "log", "-1", "--format=%B").split("\n")
    assert len(hostile) == len(plain)
    assert job.queue.get(PAPERS[index].paper.arxiv_id).commit == publication.commit


def test_no_text_was_run_as_a_program(commit):
    folder, _ = commit
    assert not list(folder.parent.rglob("owned"))
    assert not Path("owned").exists()


def test_each_comes_out_of_the_list_again_and_nothing_else(commit):
    folder, publication = commit
    path = folder / "README.md"
    data = path.read_bytes()
    for arxiv_id in publication.published:
        list_file = parse_list(path, data)
        entry = next(each for each in list_file.entries if each.arxiv_id == arxiv_id)
        data = plan_removal(entry, list_file).after
    assert data == README.encode()


def test_taking_one_back_says_no_more_than_it_means(tmp_path):
    job, _ = published(tmp_path, PAPERS[:1])
    arxiv_id = PAPERS[0].paper.arxiv_id
    repository = Repository.open(tmp_path / "list")
    taking_back = UndoJob(
        list_paths=job.list_paths,
        queue=job.queue,
        publisher=lambda _="": job.publisher,
        repository=lambda: repository,
        reviewer=REVIEWER,
        now=NOW,
    )
    undo(taking_back, arxiv_id)
    message = git(tmp_path / "list", "log", "-1", "--format=%B")
    trailers = git(tmp_path / "list", "interpret-trailers", "--parse", said=message).splitlines()
    assert [line.partition(":")[0] for line in trailers] == ["Shortlist-Paper"]
    (said,) = read_trailers(message)
    assert (said.arxiv_id, said.decision, said.reviewer) == (arxiv_id, "undo", REVIEWER)
    assert job.list_paths[0].read_text("utf-8") == README


@pytest.mark.parametrize("hostile", PAPERS, ids=lambda each: each.name)
def test_a_pull_request_is_made_of_the_same_elements_as_with_plain_words(hostile):
    def body_of(paper: HostilePaper) -> str:
        candidate = replace(candidate_of(paper), reviewer=paper.text)
        item = (paper.paper.arxiv_id, paper.text, paper.text)
        return proposal_body(
            commit_message([item], [provenance_of(candidate)]), notes=[paper.text, "a note"]
        )

    body = body_of(hostile)
    shown = body.replace(f"{hostile.paper.arxiv_id}", "")
    assert [name for name, _ in markdown_shape(body)] == [
        name for name, _ in markdown_shape(body_of(HARMLESS))
    ]
    assert proposed_papers(body) == {hostile.paper.arxiv_id}
    assert not unseen(body.replace(WORD_JOINER, ""))
    assert not ACTS_ON_GITHUB.search(re.sub(r"<!-- shortlist:[^>]*-->", "", shown))
