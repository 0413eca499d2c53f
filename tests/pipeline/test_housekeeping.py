"""Roll-over and renames as one commit each, also when they are killed half-way."""

from __future__ import annotations

import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from db.engine import open_database
from db.queue import Queue
from db.records import TopicRename
from db.renames import TopicRenames
from pipeline.errors import EditError, PublishError
from pipeline.git import Repository
from pipeline.housekeeping import (
    RolloverJob,
    TopicJob,
    merge_topics,
    rename_topic,
    roll_over,
    settle_renames,
)
from pipeline.publish.commit import CommitPublisher
from tests.builders import FULL_LIST, MAINTAINER, NOW, README, make_candidate, make_list_repo

PROJECT = Path(__file__).resolve().parents[2]
AS_OF = date(2023, 5, 1)
"""Two of README's three papers are overdue then: those of March and April 2022."""


def list_paths(folder: Path) -> tuple[Path, ...]:
    names = ("README.md", "FULL_LIST.md")
    return tuple(folder / "list" / name for name in names if (folder / "list" / name).exists())


def publisher_in(folder: Path) -> CommitPublisher:
    repository = Repository.open(folder / "list")
    return CommitPublisher(repository, branch="main", author=MAINTAINER, push=False)


def rollover_job(folder: Path) -> RolloverJob:
    return RolloverJob(
        list_paths=list_paths(folder),
        publisher=publisher_in(folder),
        repository=Repository.open(folder / "list"),
        submitted=lambda arxiv_ids: {},
        aliases={},
        preview_days=365,
        as_of=AS_OF,
    )


def topic_job(folder: Path) -> TopicJob:
    return TopicJob(
        list_paths=list_paths(folder),
        publisher=publisher_in(folder),
        renames=renames_in(folder),
        now=NOW,
    )


def renames_in(folder: Path) -> TopicRenames:
    return TopicRenames(open_database(f"sqlite:///{folder}/queue.db"))


def queue_in(folder: Path) -> Queue:
    return Queue(open_database(f"sqlite:///{folder}/queue.db"))


def texts(folder: Path) -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in list_paths(folder))


def head_files(folder: Path) -> list[str]:
    repository = Repository.open(folder / "list")
    before = repository.read_tree("HEAD^")
    return [name for name, data in repository.read_tree("HEAD").items() if data != before[name]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_list_repo(tmp_path / "list")
    queue_in(tmp_path).record([], [make_candidate()], now=NOW)
    return tmp_path


# -- roll-over ---------------------------------------------------------------


def test_a_roll_over_is_one_commit_of_both_files(folder):
    report = roll_over(rollover_job(folder))
    assert [move.overdue.entry.arxiv_id for move in report.moved] == ["2204.00001", "2203.00003"]
    assert report.commit == Repository.open(folder / "list").head()
    assert sorted(head_files(folder)) == ["FULL_LIST.md", "README.md"]
    readme, full = texts(folder)
    assert "2205.00002" in readme
    assert "Older Private Things" not in readme
    assert "### Privacy: 2022\n\n- Older Private Things." in full
    assert "### Fairness: 2022\n\n- Fair Things." in full


def test_rolling_over_twice_moves_nothing_the_second_time(folder):
    roll_over(rollover_job(folder))
    before = texts(folder)
    report = roll_over(rollover_job(folder))
    assert (report.overdue, report.moved, report.commit) == ((), (), "")
    assert texts(folder) == before


def test_a_list_of_one_file_has_nothing_to_roll_over(folder):
    job = replace(rollover_job(folder), list_paths=list_paths(folder)[:1])
    assert roll_over(job).overdue == ()


def test_submission_days_are_asked_for(folder):
    job = replace(rollover_job(folder), submitted=lambda ids: dict.fromkeys(ids, date(2023, 4, 1)))
    assert roll_over(job).overdue == ()


def test_entries_without_identifier_are_as_old_as_their_commit(folder):
    # The repository was made just now, long after AS_OF.
    path = list_paths(folder)[0]
    path.write_text(path.read_text().replace("https://arxiv.org/abs/2203.00003", "https://e.org/3"))
    Repository.open(folder / "list").commit(["README.md"], "Journal", MAINTAINER)
    report = roll_over(rollover_job(folder))
    assert [each.entry.arxiv_id for each in report.overdue] == ["2204.00001"]
    report = roll_over(replace(rollover_job(folder), as_of=date(2100, 1, 1)))
    assert [move.overdue.entry.arxiv_id for move in report.moved] == ["2205.00002", None]


def test_a_list_with_changes_that_are_not_committed_is_left_alone(folder):
    path = list_paths(folder)[0]
    path.write_text(path.read_text() + "\nby hand\n")
    before = texts(folder)
    with pytest.raises(PublishError, match="changes that are not committed"):
        roll_over(rollover_job(folder))
    assert texts(folder) == before


# -- topics ------------------------------------------------------------------


def test_a_rename_changes_list_and_labels(folder):
    report = rename_topic(topic_job(folder), "privacy", "Secrecy")
    assert (report.old, report.new, report.entries, report.candidates) == (
        "Privacy",
        "Secrecy",
        3,
        1,
    )
    assert report.files == ("README.md", "FULL_LIST.md")
    readme, full = texts(folder)
    assert "- [Secrecy](#secrecy)" in readme
    assert "### Secrecy: 2020" in full
    assert queue_in(folder).get("2206.00001").topic == "Secrecy"
    assert [each.new for each in renames_in(folder).done()] == ["Secrecy"]


def test_renames_chain_and_doing_one_again_does_nothing(folder):
    rename_topic(topic_job(folder), "Privacy", "Secrecy")
    rename_topic(topic_job(folder), "Secrecy", "Confidentiality")
    head = Repository.open(folder / "list").head()
    for old, new in (("Secrecy", "Confidentiality"), ("Privacy", "confidentiality")):
        assert rename_topic(topic_job(folder), old, new).files == ()
    with pytest.raises(EditError, match="no topic 'Privacy'"):
        rename_topic(topic_job(folder), "Privacy", "Secrecy")
    assert Repository.open(folder / "list").head() == head
    assert queue_in(folder).get("2206.00001").topic == "Confidentiality"


def test_a_merge_moves_entries_and_labels(folder):
    report = merge_topics(topic_job(folder), "Fairness", "Privacy")
    assert report.candidates == 1
    readme, full = texts(folder)
    assert "## Fairness" not in readme + full
    assert readme.index("2204.00001") < readme.index("2203.00003")
    candidate = queue_in(folder).get("2206.00001")
    assert [(each.topic, each.probability) for each in candidate.topics] == [("Privacy", 1.0)]
    assert merge_topics(topic_job(folder), "Fairness", "Privacy").files == ()


def test_a_refused_commit_leaves_list_and_labels_as_they_were(folder):
    path = list_paths(folder)[0]
    path.write_text(path.read_text() + "\nby hand\n")
    with pytest.raises(PublishError):
        rename_topic(topic_job(folder), "Privacy", "Secrecy")
    assert renames_in(folder).pending() == ()
    assert queue_in(folder).get("2206.00001").topic == "Privacy"


def test_a_rename_that_cannot_be_pushed_leaves_list_and_labels_as_they_were(folder, tmp_path):
    repository = Repository.open(folder / "list")
    subprocess.run(
        ["git", "remote", "add", "origin", str(tmp_path / "nowhere")],
        cwd=repository.root,
        check=True,
    )
    pushing = CommitPublisher(repository, branch="main", author=MAINTAINER, push=True)
    with pytest.raises(PublishError, match="origin cannot be pushed to"):
        rename_topic(replace(topic_job(folder), publisher=pushing), "Privacy", "Secrecy")
    assert queue_in(folder).get("2206.00001").topic == "Privacy"
    assert renames_in(folder).pending() == ()
    assert repository.dirty(["README.md", "FULL_LIST.md"]) == ()
    assert "## Privacy" in (folder / "list" / "README.md").read_text(encoding="utf-8")


def test_a_rename_that_was_pushed_before_a_kill_is_completed_once_it_is_here(folder, tmp_path):
    repository = Repository.open(folder / "list")
    origin = str(tmp_path / "origin.git")
    for command in (
        ["clone", "-q", "--bare", str(repository.root), origin],
        ["remote", "add", "origin", origin],
    ):
        subprocess.run(["git", *command], cwd=repository.root, check=True)

    class Dying(CommitPublisher):
        def _send(self, commit, branch):
            super()._send(commit, branch)
            raise KeyboardInterrupt

    dying, living = (
        made(repository, branch="main", author=MAINTAINER, push=True)
        for made in (Dying, CommitPublisher)
    )
    with pytest.raises(KeyboardInterrupt):
        rename_topic(replace(topic_job(folder), publisher=dying), "Privacy", "Secrecy")
    assert queue_in(folder).get("2206.00001").topic == "Privacy"
    rename_topic(replace(topic_job(folder), publisher=living), "Privacy", "Secrecy")
    assert queue_in(folder).get("2206.00001").topic == "Secrecy"


def test_what_was_left_pending_is_completed_only_if_the_list_has_it(folder):
    renames = renames_in(folder)
    for old, new in (("Privacy", "Secrecy"), ("Confidences", "Fairness")):
        renames.begin(TopicRename(old=old, new=new, renamed_at=NOW))
    completed = settle_renames(renames, list_paths(folder))
    assert [each.old for each in completed] == ["Confidences"]
    assert renames.pending() == ()
    assert [each.old for each in renames.done()] == ["Confidences"]


# -- killed ------------------------------------------------------------------

DYING_RUN = """
import os, signal, sys
from pathlib import Path
from db.renames import TopicRenames
from pipeline.git import Repository, index
from pipeline.publish import commit, journal
from tests.pipeline import test_housekeeping as jobs

what, stage, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])

def dying(module, name, *, when=lambda *arguments: True, after=False):
    real = getattr(module, name)
    def call(*arguments, **named):
        if not when(*arguments):
            return real(*arguments, **named)
        if after:
            real(*arguments, **named)
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(module, name, call)

if stage == "before the journal":
    dying(journal, "begin")
elif stage == "before the files":
    dying(commit, "write_atomically", when=lambda path, data: path.name == "README.md")
elif stage == "between the files":
    dying(commit, "write_atomically", when=lambda path, data: path.name == "FULL_LIST.md")
elif stage == "before the commit":
    dying(Repository, "update_ref")
elif stage == "after the commit":
    dying(Repository, "update_ref", after=True)
elif stage == "holding the index":
    dying(index, "ask_git")
elif stage == "before the labels":
    dying(TopicRenames, "complete")
elif stage == "after the labels":
    dying(TopicRenames, "complete", after=True)

if what == "rollover":
    jobs.roll_over(jobs.rollover_job(folder))
elif what == "rename":
    jobs.rename_topic(jobs.topic_job(folder), "Privacy", "Secrecy")
else:
    jobs.merge_topics(jobs.topic_job(folder), "Fairness", "Privacy")
"""
BEFORE = ("before the journal", "before the files", "between the files", "before the commit")
AFTER = ("after the commit", "holding the index")
LABELS = ("before the labels", "after the labels")


def die(what: str, stage: str, folder: Path) -> None:
    command = [sys.executable, "-c", DYING_RUN, what, stage, str(folder)]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def status(folder: Path) -> str:
    done = subprocess.run(
        ["git", "status", "--porcelain"], cwd=folder / "list", check=True, capture_output=True
    )
    return done.stdout.decode()


@pytest.mark.parametrize("stage", [*BEFORE, *AFTER])
def test_a_killed_roll_over_leaves_both_files_before_or_after(folder, stage):
    die("rollover", stage, folder)
    publisher_in(folder).recover()
    assert status(folder) == ""
    if stage in BEFORE:
        assert texts(folder) == (README, FULL_LIST)
    else:
        assert all(
            text != old for text, old in zip(texts(folder), (README, FULL_LIST), strict=True)
        )
    roll_over(rollover_job(folder))
    readme, full = texts(folder)
    for title in ("Older Private Things", "Fair Things"):
        assert (readme.count(f"- {title}."), full.count(f"- {title}.")) == (0, 1)
    assert status(folder) == ""


@pytest.mark.parametrize(
    ("what", "stage"),
    [
        *(("rename", stage) for stage in (*BEFORE, *AFTER, *LABELS)),
        ("merge", "between the files"),
        ("merge", "before the labels"),
    ],
)
def test_after_a_killed_rename_list_and_labels_agree(folder, what, stage):
    die(what, stage, folder)
    publisher_in(folder).recover()
    settle_renames(renames_in(folder), list_paths(folder))
    assert status(folder) == ""
    assert renames_in(folder).pending() == ()
    names = {each.topic for each in queue_in(folder).get("2206.00001").topics}
    if stage in BEFORE:
        assert texts(folder) == (README, FULL_LIST)
        assert names == {"Privacy", "Fairness"}
        assert renames_in(folder).done() == ()
    else:
        assert names == ({"Secrecy", "Fairness"} if what == "rename" else {"Privacy"})
        assert len(renames_in(folder).done()) == 1


@pytest.mark.parametrize("stage", ["between the files", "before the commit", "before the labels"])
def test_the_same_rename_run_again_after_a_kill_ends_where_it_should(folder, stage):
    die("rename", stage, folder)
    rename_topic(topic_job(folder), "Privacy", "Secrecy")
    assert status(folder) == ""
    assert all("# Secrecy" in text and "# Privacy" not in text for text in texts(folder))
    assert queue_in(folder).get("2206.00001").topic == "Secrecy"
    assert len(renames_in(folder).done()) == 1
    assert not (folder / "list" / ".git" / "shortlist-journal.json").exists()
