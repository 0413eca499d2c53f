"""From approved candidates to one commit of a real repository."""

from __future__ import annotations

import subprocess
from dataclasses import replace

import pytest

from db.records import Decision, State, Verdict
from pipeline.git import Repository
from pipeline.publication import publish_approved
from pipeline.publish.commit import CommitPublisher
from pipeline.publish.provenance import read_trailers
from tests.builders import (
    DAY,
    MAINTAINER,
    NOW,
    README,
    make_candidate,
    make_publish_job,
)


@pytest.fixture
def job(tmp_path):
    job = make_publish_job(tmp_path)
    for number, topic in [(1, "Privacy"), (2, "Fairness")]:
        candidate = make_candidate(f"2206.0000{number}", topic=topic)
        job.queue.record([candidate.paper], [candidate], now=NOW)
    return job


def approve(job, *ids):
    for arxiv_id in ids:
        job.queue.decide(
            Decision(arxiv_id=arxiv_id, verdict=Verdict.APPROVE, reviewer="Mara", decided_at=NOW)
        )


def text_of(job) -> str:
    return job.list_paths[0].read_text(encoding="utf-8")


def repository_of(job) -> Repository:
    return Repository.open(job.list_paths[0].parent)


def test_one_entry_is_four_added_lines_and_a_blank_one(job):
    approve(job, "2206.00001")
    publication = publish_approved(job)
    assert publication.published == ("2206.00001",)
    added = (
        "- On Paper Number 2206 00001. [[paper]](https://arxiv.org/abs/2206.00001)\n"
        "  - Dan Drafter, Eve Editor.\n"
        "  - Key Word: Privacy.\n"
        "  - <details><summary>Digest</summary> We study private learning. It works.</details>\n"
        "\n"
    )
    assert text_of(job) == README.replace("- Private Things", added + "- Private Things")


def test_several_entries_are_one_commit_by_the_configured_author(job):
    approve(job, "2206.00001", "2206.00002")
    before = repository_of(job).head()
    publication = publish_approved(job)
    repository = repository_of(job)
    assert publication.commit == repository.head()
    assert [each.sha for each in repository.revisions()][1] == before
    assert repository.dirty(["README.md", "FULL_LIST.md"]) == ()


def test_the_commit_says_who_decided_and_what_the_model_had_said(job):
    approve(job, "2206.00001", "2206.00002")
    publish_approved(job)
    said = read_trailers(repository_of(job).message("HEAD"))
    assert [(paper.arxiv_id, paper.decision, paper.reviewer) for paper in said] == [
        ("2206.00001", "approve", "Mara"),
        ("2206.00002", "approve", "Mara"),
    ]
    assert (said[0].relevance, said[0].model, said[0].announced) == (0.5, "test-model", DAY)


def test_nothing_approved_is_nothing_committed(job):
    before = repository_of(job).head()
    publication = publish_approved(job)
    assert (publication.published, publication.failed) == ((), False)
    assert repository_of(job).head() == before


def test_with_both_files_as_policy_the_entry_goes_to_both(tmp_path):
    job = make_publish_job(tmp_path, in_all_files=True)
    candidate = make_candidate()
    job.queue.record([candidate.paper], [candidate], now=NOW)
    approve(job, "2206.00001")
    publish_approved(job)
    full = job.list_paths[1].read_text(encoding="utf-8")
    assert "### Privacy: 2022\n\n- On Paper Number 2206 00001." in full
    assert "2206.00001" in text_of(job)


def test_dead_between_commit_and_database_the_next_run_only_marks(job):
    approve(job, "2206.00001")

    class DeadAfterCommit(CommitPublisher):
        def publish(self, edits, *, message):
            super().publish(edits, message=message)
            raise KeyboardInterrupt

    dying = DeadAfterCommit(repository_of(job), branch="main", author=MAINTAINER, push=False)
    with pytest.raises(KeyboardInterrupt):
        publish_approved(replace(job, publisher=dying))
    assert job.queue.get("2206.00001").state is State.APPROVED
    head = repository_of(job).head()
    publication = publish_approved(job)
    assert publication.closed == ("2206.00001",)
    assert repository_of(job).head() == head
    assert job.queue.get("2206.00001").state is State.PUBLISHED


def test_a_commit_that_was_not_pushed_is_published_only_once_it_is_seen_again(job, tmp_path):
    approve(job, "2206.00001")
    repository = repository_of(job)
    origin = tmp_path / "origin.git"
    subprocess.run(["git", "clone", "-q", "--bare", repository.root, origin], check=True)
    subprocess.run(["git", "-C", repository.root, "remote", "add", "origin", origin], check=True)
    pushing = CommitPublisher(repository, branch="main", author=MAINTAINER, push=True)
    hidden = origin.rename(tmp_path / "gone.git")
    publication = publish_approved(replace(job, publisher=pushing))
    assert (publication.failed, publication.published) == (True, ())
    assert job.queue.get("2206.00001").state is State.APPROVED

    hidden.rename(origin)
    publication = publish_approved(replace(job, publisher=pushing))
    assert (publication.failed, publication.closed) == (False, ("2206.00001",))
    there = subprocess.check_output(["git", "-C", origin, "rev-parse", "main"], text=True)
    assert there.strip() == repository.head()


def test_a_dirty_list_is_refused_and_what_was_approved_stays_approved(job):
    approve(job, "2206.00001")
    job.list_paths[0].write_text(text_of(job) + "\nnot yet committed\n", encoding="utf-8")
    publication = publish_approved(job)
    assert publication.failed
    assert "README.md" in publication.problems[0]
    assert job.queue.get("2206.00001").state is State.APPROVED


def test_one_that_cannot_be_written_does_not_keep_the_others(job):
    approve(job, "2206.00001", "2206.00002")
    path = job.list_paths[0]
    path.write_text(text_of(job).replace("## Fairness", "## Equity"), encoding="utf-8")
    repository_of(job).commit(["README.md"], "Rename a topic", MAINTAINER)
    publication = publish_approved(job)
    assert publication.published == ("2206.00001",)
    assert "Fairness" in publication.problems[0]
    assert job.queue.get("2206.00002").state is State.APPROVED


def test_without_an_abstract_there_is_no_digest_and_the_candidate_waits(job):
    candidate = make_candidate("2206.00003", abstract=None)
    job.queue.record([candidate.paper], [candidate], now=NOW)
    approve(job, "2206.00003")
    publication = publish_approved(job)
    assert publication.published == ()
    assert "2206.00003 has no abstract" in publication.problems[0]
