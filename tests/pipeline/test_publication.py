"""From approved candidates to one commit of a real repository."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest

from db.records import Decision, State, Verdict
from pipeline.errors import PublicationChangedError
from pipeline.git import Repository
from pipeline.publication import plan_publication, publish_approved, read_lists
from pipeline.publish.commit import CommitPublisher
from pipeline.publish.provenance import commits_about, read_trailers
from tests.builders import (
    DAY,
    MAINTAINER,
    NOW,
    README,
    make_candidate,
    make_publish_job,
)
from tests.pipeline.git.checkouts import clone, git


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


def killed_before_the_database(job) -> str:
    """Publish one paper, and forget to mark it; the commit."""
    approve(job, "2206.00001")
    plan = plan_publication(
        job.queue.approved(), read_lists(job.list_paths), in_all_files=job.in_all_files
    )
    return job.publisher.publish(plan.edits, message=plan.message)


def test_dead_between_commit_and_database_the_commit_is_known_by_what_it_says(job):
    commit = killed_before_the_database(job)
    job = replace(job, told_of=lambda arxiv_id: commits_about(repository_of(job), arxiv_id))
    assert publish_approved(job).closed == ("2206.00001",)
    assert job.queue.get("2206.00001").commit == commit
    assert job.queue.history("2206.00001")[-1].reviewer == "shortlist"


def test_an_approved_paper_that_a_person_wrote_into_the_list_has_no_commit_of_ours(job):
    approve(job, "2206.00001")
    entry = "- By Hand. [[paper]](https://arxiv.org/abs/2206.00001)\n  - Me.\n"
    path = job.list_paths[0]
    path.write_text(text_of(job).replace("## Privacy\n\n", f"## Privacy\n\n{entry}\n"))
    repository_of(job).commit(["README.md"], "By hand", MAINTAINER)
    job = replace(job, told_of=lambda arxiv_id: commits_about(repository_of(job), arxiv_id))
    assert publish_approved(job).closed == ("2206.00001",)
    assert job.queue.get("2206.00001").commit == ""
    assert job.queue.history("2206.00001")[-1].reviewer == "list"


@pytest.fixture
def origin(job, tmp_path):
    origin = tmp_path / "origin.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(repository_of(job).root), str(origin))
    git(repository_of(job).root, "remote", "add", "origin", str(origin))
    return origin


def pushing(job, publisher=CommitPublisher):
    made = publisher(repository_of(job), branch="main", author=MAINTAINER, push=True)
    return replace(job, publisher=made)


def test_a_remote_that_is_away_publishes_nothing_until_it_is_back(job, origin, tmp_path):
    approve(job, "2206.00001")
    hidden = origin.rename(tmp_path / "gone.git")
    publication = publish_approved(pushing(job))
    assert (publication.failed, publication.published) == (True, ())
    assert job.queue.get("2206.00001").state is State.APPROVED
    assert text_of(job) == README

    hidden.rename(origin)
    publication = publish_approved(pushing(job))
    assert (publication.failed, publication.published) == (False, ("2206.00001",))
    assert git(origin, "rev-parse", "main") == repository_of(job).head() == publication.commit


class Overtaken(CommitPublisher):
    """Another clone pushes each time this one is about to, as often as it is told."""

    edits: ClassVar[list[tuple[str, str]]] = []

    def publish(self, edits, *, message):
        if self.edits:
            old, new = self.edits.pop(0)
            folder = Path(tempfile.mkdtemp(dir=self._repository.root.parent))
            theirs = clone(self._repository.root.parent / "origin.git", folder / "theirs")
            path = theirs.root / "README.md"
            path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
            theirs.commit(["README.md"], "By hand, in the web editor", MAINTAINER)
            theirs.push("origin", "refs/heads/main:refs/heads/main")
        return super().publish(edits, message=message)


@pytest.mark.parametrize("times", [1, 3])
def test_a_list_that_people_rewrite_meanwhile_gets_both(job, origin, times):
    approve(job, "2206.00001", "2206.00002")
    Overtaken.edits = [("# A list\n", f"# A list\n\nWords {n}.\n") for n in range(times)]
    publication = publish_approved(pushing(job, Overtaken))
    assert publication.published == ("2206.00001", "2206.00002")
    assert git(origin, "rev-parse", "main") == repository_of(job).head() == publication.commit
    assert git(origin, "rev-list", "--count", "main") == str(2 + times)
    assert all(f"Words {n}." in text_of(job) for n in range(times))
    assert all(text_of(job).count(f"abs/2206.0000{n})") == 1 for n in (1, 2))


def test_a_paper_that_a_person_adds_meanwhile_stands_there_once(job, origin):
    approve(job, "2206.00001", "2206.00002")
    line = "- By Hand. [[paper]](https://arxiv.org/abs/2206.00001)\n  - Dan Drafter.\n\n"
    Overtaken.edits = [("- Private Things", f"{line}- Private Things")]
    publication = publish_approved(pushing(job, Overtaken))
    assert (publication.published, publication.closed) == (("2206.00002",), ("2206.00001",))
    assert git(origin, "show", "main:README.md").count("2206.00001") == 1


def test_a_topic_that_a_person_removes_meanwhile_keeps_its_paper_waiting(job, origin):
    approve(job, "2206.00001", "2206.00002")
    Overtaken.edits = [("## Fairness", "## Equity")]
    publication = publish_approved(pushing(job, Overtaken))
    assert publication.published == ("2206.00001",)
    assert "has no topic 'Fairness'" in publication.problems[0]
    assert job.queue.get("2206.00002").state is State.APPROVED


def test_a_list_that_moves_ten_times_is_left_for_the_next_run(job, origin):
    approve(job, "2206.00001")
    Overtaken.edits = [("# A list\n", f"# A list\n\nWords {n}.\n") for n in range(10)]
    publication = publish_approved(pushing(job, Overtaken))
    assert (publication.published, publication.failed) == ((), True)
    assert publication.problems == (
        "origin has newer commits on main, 10 times in a row: nothing is lost; run again later",
    )
    assert publish_approved(pushing(job, Overtaken)).published == ("2206.00001",)


def test_a_plan_that_a_person_saw_is_not_made_into_another_one(job, origin):
    approve(job, "2206.00001")
    lists = read_lists(job.list_paths)
    token = plan_publication(job.queue.approved(), lists, in_all_files=False).token
    Overtaken.edits = [("- Private Things", "- Very Private Things")]
    with pytest.raises(PublicationChangedError):
        publish_approved(pushing(job, Overtaken), token=token)
    assert job.queue.get("2206.00001").state is State.APPROVED


def test_killed_between_push_and_checkout_the_paper_stands_there_once(job, origin):
    approve(job, "2206.00001")

    class Dying(CommitPublisher):
        def _send(self, commit, branch):
            super()._send(commit, branch)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        publish_approved(pushing(job, Dying))
    assert text_of(job) == README
    publication = publish_approved(pushing(job))
    assert (publication.published, publication.closed) == ((), ("2206.00001",))
    assert git(origin, "show", "main:README.md") == text_of(job).strip()
    assert text_of(job).count("2206.00001)") == 1


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


def test_of_two_approved_papers_with_one_title_the_first_is_published(job):
    title = make_candidate("2206.00001").paper.title
    twin = make_candidate("2206.00003", title=f"{title}!")
    job.queue.record([], [twin], now=NOW)
    approve(job, "2206.00001", "2206.00003", "2206.00002")
    publication = publish_approved(job)
    assert publication.published == ("2206.00001", "2206.00002")
    (problem,) = publication.problems
    assert problem.startswith("2206.00003 has the title of 2206.00001, which is approved too")
    assert job.queue.get("2206.00003").state is State.APPROVED
