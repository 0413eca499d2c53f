"""Taking back what was published: the list's bytes, the label and the queue together."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.errors import ChangedError, DecidedError, RepeatedRequestError
from db.records import Decision, State, Verdict
from pipeline.errors import EditError, PublishError
from pipeline.git import Repository
from pipeline.housekeeping import RolloverJob, roll_over
from pipeline.publication import PublishJob, publish_approved
from pipeline.publish.commit import CommitPublisher
from pipeline.publish.diff import DiffPublisher
from pipeline.publish.provenance import papers_taken_back, read_trailers
from pipeline.withdrawal import UndoJob, undo
from tests.builders import MAINTAINER, NOW, README, make_candidate, make_publish_job
from tests.pipeline.git.checkouts import git

ID = "2206.00001"
LATER = NOW + timedelta(days=3650)
"""After the commits of the tests, which bear the clock's time."""


@pytest.fixture
def job(tmp_path):
    return prepared(make_publish_job(tmp_path))


def prepared(job: PublishJob) -> PublishJob:
    for number, topic in [(1, "Privacy"), (2, "Fairness")]:
        candidate = make_candidate(f"2206.0000{number}", topic=topic)
        job.queue.record([candidate.paper], [candidate], now=NOW)
    repository = repository_of(job)
    return replace(job, taken_back=lambda: papers_taken_back(repository))


def repository_of(job: PublishJob) -> Repository:
    return Repository.open(job.list_paths[0].parent)


def text_of(job: PublishJob, file: int = 0) -> str:
    return job.list_paths[file].read_text(encoding="utf-8")


def published(job: PublishJob, *ids: str) -> str:
    """Approve and publish; the commit."""
    for arxiv_id in ids or (ID,):
        job.queue.decide(
            Decision(arxiv_id=arxiv_id, verdict=Verdict.APPROVE, reviewer="Mara", decided_at=NOW)
        )
    publication = publish_approved(job)
    assert publication.published == (ids or (ID,))
    return publication.commit


def undo_job(job: PublishJob, publisher=None) -> UndoJob:
    return UndoJob(
        list_paths=job.list_paths,
        queue=job.queue,
        publisher=lambda _="": publisher or job.publisher,
        repository=lambda: repository_of(job),
        reviewer="Nora",
        now=NOW,
    )


def write(job: PublishJob, old: str, new: str, file: int = 0) -> None:
    path = job.list_paths[file]
    assert old in text_of(job, file)
    path.write_text(text_of(job, file).replace(old, new), encoding="utf-8")
    repository_of(job).commit([path.name], "By hand", MAINTAINER)


def test_text_label_and_state_go_back_together(job):
    published(job)
    undone = undo(undo_job(job), ID)
    assert text_of(job) == README
    assert (undone.was, undone.candidate.state) == (State.PUBLISHED, State.PENDING)
    assert undone.files == ("README.md",)
    assert undone.commit == repository_of(job).head()
    assert ID not in job.queue.labels()
    assert [each.verdict for each in job.queue.history(ID)][-1] is Verdict.WITHDRAW
    assert git(repository_of(job).root, "status", "--porcelain") == ""


def test_the_commit_says_who_took_what_back(job):
    published(job)
    undo(undo_job(job), ID)
    message = repository_of(job).message("HEAD")
    assert message.startswith(f"Take back 1 paper: {ID}\n\n- {ID} On Paper Number 2206 00001 (Priv")
    (said,) = read_trailers(message)
    assert (said.change, said.decision, said.reviewer) == ("remove", "undo", "Nora")
    assert (said.relevance, said.announced) == (0.5, date(2022, 6, 1))


def test_of_two_papers_of_one_commit_the_other_stays(job):
    published(job, "2206.00001", "2206.00002")
    undo(undo_job(job), "2206.00002")
    assert "2206.00001" in text_of(job)
    assert "2206.00002" not in text_of(job)
    assert job.queue.get("2206.00001").state is State.PUBLISHED


def test_what_was_taken_back_is_not_written_again_unless_it_is_approved_again(job):
    published(job)
    undo(undo_job(job), ID)
    assert publish_approved(job).published == ()
    assert text_of(job) == README
    published(job)
    assert text_of(job).count(f"{ID})") == 1
    undo(undo_job(job), ID)
    assert text_of(job) == README


def test_a_decision_that_is_not_published_is_taken_back_in_the_queue_alone(job):
    head = repository_of(job).head()
    job.queue.decide(Decision(arxiv_id=ID, verdict=Verdict.REJECT, reviewer="Mara", decided_at=NOW))
    undone = undo(undo_job(job), ID)
    assert (undone.was, undone.candidate.state, undone.commit) == ("rejected", "pending", "")
    assert repository_of(job).head() == head


def test_an_entry_that_a_person_changed_is_left_unless_it_is_forced(job):
    published(job)
    write(job, "We study private learning. It works.", "Private learning, and it works.")
    changed, head = text_of(job), repository_of(job).head()
    with pytest.raises(EditError) as refusal:
        undo(undo_job(job), ID)
    assert str(refusal.value) == (
        f"the entry of {ID} was changed since it was published (README.md, line 9):"
        f" `shortlist queue undo {ID} --force` takes it out as it is"
    )
    assert (text_of(job), repository_of(job).head()) == (changed, head)
    assert job.queue.get(ID).state is State.PUBLISHED
    undo(undo_job(job), ID, force=True)
    assert text_of(job) == README


def test_other_changes_of_people_stay(job):
    published(job)
    write(job, "- Fair Things.", "- Very Fair Things.")
    write(job, "# A list\n", "# A list\n\nSome words.\n")
    undo(undo_job(job), ID)
    expected = README.replace("- Fair Things.", "- Very Fair Things.")
    assert text_of(job) == expected.replace("# A list\n", "# A list\n\nSome words.\n")


def test_an_entry_that_a_person_wrote_is_left_unless_it_is_forced(job):
    line = f"- By Hand. [[paper]](https://arxiv.org/abs/{ID})\n  - Dan Drafter.\n\n"
    write(job, "- Private Things", f"{line}- Private Things")
    assert publish_approved(job).closed == (ID,)
    with pytest.raises(EditError, match="a person may have written it: `shortlist queue undo"):
        undo(undo_job(job), ID)
    undo(undo_job(job), ID, force=True)
    assert text_of(job) == README


def test_with_both_files_as_policy_it_leaves_both(tmp_path):
    job = prepared(make_publish_job(tmp_path, in_all_files=True))
    full = text_of(job, 1)
    published(job)
    undone = undo(undo_job(job), ID)
    assert undone.files == ("README.md", "FULL_LIST.md")
    assert (text_of(job), text_of(job, 1)) == (README, full)


def test_an_entry_that_rolled_over_leaves_the_full_list(job):
    published(job)
    start = text_of(job).index("- On Paper Number")
    entry = text_of(job)[start : text_of(job).index("- Private Things")]
    rolled = roll_over(
        RolloverJob(
            list_paths=job.list_paths,
            publisher=job.publisher,
            repository=repository_of(job),
            submitted=lambda _: {ID: date(2022, 6, 1), "2205.00002": date(2026, 1, 1)},
            aliases={},
            preview_days=365,
            as_of=date(2023, 9, 1),
        )
    )
    assert ID in [move.overdue.entry.arxiv_id for move in rolled.moved]
    others = text_of(job, 1)
    undone = undo(undo_job(job), ID)
    assert undone.files == ("FULL_LIST.md",)
    assert entry in others
    assert text_of(job, 1) == others.replace(entry, "")


def test_a_dry_run_shows_the_lines_that_would_go(job):
    published(job)
    shown, head = DiffPublisher(repository_of(job).root), repository_of(job).head()
    undo(undo_job(job, shown), ID)
    assert shown.diff.startswith("--- a/README.md\n+++ b/README.md\n")
    assert f"-- On Paper Number 2206 00001. [[paper]](https://arxiv.org/abs/{ID})" in shown.diff
    assert repository_of(job).head() == head


def test_with_push_the_remote_hears_of_it_and_others_are_taken_in(job, tmp_path):
    root = repository_of(job).root
    git(tmp_path, "clone", "--quiet", "--bare", str(root), str(tmp_path / "origin.git"))
    git(root, "remote", "add", "origin", str(tmp_path / "origin.git"))
    pushing = CommitPublisher(repository_of(job), branch="main", author=MAINTAINER, push=True)
    published(replace(job, publisher=pushing))
    git(tmp_path, "clone", "--quiet", str(tmp_path / "origin.git"), str(tmp_path / "theirs"))
    theirs = Repository.open(tmp_path / "theirs")
    path = theirs.root / "README.md"
    path.write_text(path.read_text("utf-8").replace("# A list\n", "# The list\n"), "utf-8")
    theirs.commit(["README.md"], "By hand", MAINTAINER)
    theirs.push("origin", "refs/heads/main:refs/heads/main")
    undo(undo_job(job, pushing), ID)
    assert text_of(job) == README.replace("# A list\n", "# The list\n")
    assert git(tmp_path / "origin.git", "rev-parse", "main") == repository_of(job).head()


def test_a_list_that_cannot_be_committed_to_takes_nothing_back(job):
    published(job)
    job.list_paths[0].write_text(text_of(job) + "half a thought\n", encoding="utf-8")
    with pytest.raises(PublishError, match=r"README\.md has changes that are not committed"):
        undo(undo_job(job), ID)
    assert job.queue.get(ID).state is State.PUBLISHED


class DeadAfterCommit(CommitPublisher):
    def publish(self, edits, *, message):
        super().publish(edits, message=message)
        raise KeyboardInterrupt


def test_killed_between_commit_and_database_the_next_publication_completes_it(job):
    published(job)
    dying = DeadAfterCommit(repository_of(job), branch="main", author=MAINTAINER, push=False)
    with pytest.raises(KeyboardInterrupt):
        undo(undo_job(job, dying), ID)
    assert job.queue.get(ID).state is State.PUBLISHED
    head = repository_of(job).head()
    assert publish_approved(job).published == ()
    assert (job.queue.get(ID).state, text_of(job)) == (State.PENDING, README)
    assert job.queue.history(ID)[-1].reviewer == "Nora"
    assert repository_of(job).head() == head
    publish_approved(job)
    assert [each.verdict for each in job.queue.history(ID)].count(Verdict.WITHDRAW) == 1


def test_killed_between_commit_and_database_doing_it_again_completes_it(job):
    published(job)
    dying = DeadAfterCommit(repository_of(job), branch="main", author=MAINTAINER, push=False)
    with pytest.raises(KeyboardInterrupt):
        undo(undo_job(job, dying), ID)
    undone = undo(undo_job(job), ID)
    assert (undone.candidate.state, undone.commit, undone.files) == (State.PENDING, "", ())


def test_an_entry_that_a_person_deletes_stays_published_and_stays_away(job):
    published(job)
    entry = text_of(job)
    job.list_paths[0].write_text(README, encoding="utf-8")
    repository_of(job).commit(["README.md"], "Delete by hand", MAINTAINER)
    assert entry != README
    assert publish_approved(job).published == ()
    assert (job.queue.get(ID).state, text_of(job)) == (State.PUBLISHED, README)
    assert undo(undo_job(job), ID).candidate.state is State.PENDING


def test_a_person_who_writes_it_again_and_deletes_it_again_confuses_nothing(job):
    published(job)
    undo(undo_job(job), ID)
    line = f"- By Hand. [[paper]](https://arxiv.org/abs/{ID})\n  - Dan Drafter.\n\n"
    write(job, "- Private Things", f"{line}- Private Things")
    assert publish_approved(replace(job, now=LATER)).closed == (ID,)
    write(job, line, "")
    publish_approved(replace(job, now=LATER))
    assert job.queue.get(ID).state is State.PUBLISHED


def test_what_was_seen_must_still_be_so(job):
    published(job)
    head, revision = repository_of(job).head(), job.queue.get(ID).revision
    with pytest.raises(ChangedError):
        undo(undo_job(job), ID, revision=revision - 1)
    assert repository_of(job).head() == head
    undo(undo_job(job), ID, revision=revision, request="comment:1")
    published(job)
    head = repository_of(job).head()
    with pytest.raises(RepeatedRequestError):
        undo(undo_job(job), ID, request="comment:1")
    assert repository_of(job).head() == head


def test_the_queue_alone_never_takes_back_what_stands_in_the_list(job):
    published(job)
    with pytest.raises(DecidedError):
        job.queue.undo(ID, reviewer="Nora", now=NOW)
