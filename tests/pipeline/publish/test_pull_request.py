"""One rolling pull request: a real bare origin, and a GitHub that keeps real state."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from db.records import State
from pipeline.github.client import GitHub
from pipeline.github.transport import Transport
from pipeline.publication import publish_approved
from pipeline.publish.proposal import proposed_papers
from pipeline.publish.provenance import read_trailers
from pipeline.publish.pull_request import BRANCH, PullRequestPublisher
from pipeline.withdrawal import UndoJob, undo
from tests.builders import NOW, README, make_candidate
from tests.github_standin import TOKEN, GitHubStandIn
from tests.pipeline.git.checkouts import BOT, git
from tests.pipeline.publish.rolling import World, make_world


@pytest.fixture
def world(tmp_path):
    with GitHubStandIn("owner/list", git=tmp_path / "origin.git") as standin:
        yield make_world(tmp_path, standin, tmp_path / "origin.git")


def test_what_is_approved_is_proposed_and_stays_approved_until_it_is_merged(world):
    world.approve(1, 2)
    publication = publish_approved(world.job)
    assert publication.proposed == ("2206.00001", "2206.00002")
    assert (publication.published, publication.problems, publication.failed) == ((), (), False)
    assert publication.pull_request == world.pull(1).url
    assert world.ids_on(BRANCH) == ["2206.00001", "2206.00002"]
    assert git(world.origin, "rev-parse", f"{BRANCH}^") == git(world.origin, "rev-parse", "main")
    assert (world.state(1), world.show("main")) == (State.APPROVED, README)
    world.merge(1)
    publication = publish_approved(world.job)
    assert publication.closed == ("2206.00001", "2206.00002")
    assert (world.state(1), world.state(2)) == (State.PUBLISHED, State.PUBLISHED)
    assert world.count() == 1


def test_the_checkout_is_not_touched(world):
    (world.folder / "list" / "README.md").write_text("half a thought\n")
    head = world.repository.head()
    world.approve(1)
    assert publish_approved(world.job).proposed == ("2206.00001",)
    assert world.repository.head() == head
    assert git(world.folder / "list", "status", "--porcelain") == "M README.md"
    assert git(world.folder / "list", "branch", "--format=%(refname)") == "refs/heads/main"


def test_there_is_one_pull_request_however_often_and_whatever_is_approved(world):
    world.approve(1)
    first = publish_approved(world.job)
    tip = git(world.origin, "rev-parse", BRANCH)
    requests = len(world.standin.log)
    assert publish_approved(world.job).commit == first.commit == tip
    assert len(world.standin.log) == requests + 1
    world.approve(2)
    publish_approved(world.job)
    assert world.count() == 1
    assert world.pull(1).title == "Add 2 papers: 2206.00001, 2206.00002"
    assert git(world.origin, "rev-list", "--count", f"main..{BRANCH}") == "1"
    world.job.queue.undo("2206.00001", reviewer="Mara", now=NOW)
    publish_approved(world.job)
    assert world.ids_on(BRANCH) == ["2206.00002"]


def test_it_is_made_anew_on_the_newest_state_of_the_list(world):
    world.approve(1)
    publish_approved(world.job)
    world.edit("main", "# A list\n", "# A list\n\nNew words.\n")
    publish_approved(world.job)
    assert git(world.origin, "rev-parse", f"{BRANCH}^") == git(world.origin, "rev-parse", "main")
    assert "New words." in world.show(BRANCH)


def test_a_paper_that_a_person_adds_to_the_list_leaves_the_pull_request(world):
    world.approve(1, 2)
    publish_approved(world.job)
    line = "- By Hand. [[paper]](https://arxiv.org/abs/2206.00001)\n  - Dan Drafter.\n\n"
    world.edit("main", "- Private Things", f"{line}- Private Things")
    publication = publish_approved(world.job)
    assert (publication.closed, publication.proposed) == (("2206.00001",), ("2206.00002",))
    assert world.show(BRANCH).count("2206.00001)") == 1


def test_a_pull_request_of_which_nothing_is_approved_is_closed_and_declines_nothing(world):
    world.approve(1)
    publish_approved(world.job)
    world.job.queue.undo("2206.00001", reviewer="Mara", now=NOW)
    assert publish_approved(world.job).problems == ()
    assert world.pull(1).state == "closed"
    assert world.pull(1).body.startswith("Closed by Shortlist: nothing that it proposed")
    world.approve(1)
    assert publish_approved(world.job).proposed == ("2206.00001",)
    assert world.pull(2).state == "open"


def test_one_that_was_closed_without_being_merged_is_not_opened_again_in_silence(world):
    world.approve(1)
    publish_approved(world.job)
    world.standin.world.edit_issue("owner", 1, {"state": "closed"})
    for _ in range(2):
        publication = publish_approved(world.job)
        assert (publication.proposed, publication.failed) == ((), False)
        assert publication.problems == (
            (
                f"{world.pull(1).url} was closed without being merged, so 2206.00001 is not"
                " proposed again: reopen it, or take the approval back (`shortlist queue undo ID`)"
            ),
        )
    assert (world.state(1), world.count()) == (State.APPROVED, 1)
    world.standin.world.edit_issue("owner", 1, {"state": "open"})
    assert publish_approved(world.job).problems == ()
    world.standin.world.edit_issue("owner", 1, {"state": "closed"})
    world.approve(2)
    publication = publish_approved(world.job)
    assert publication.proposed == ("2206.00001", "2206.00002")
    assert "which was closed without being merged; proposed again" in (publication.problems[0])
    assert "stood in" in world.pull(2).body


def test_a_persons_commit_on_the_branch_is_kept_and_what_is_approved_later_joins_it(world):
    world.approve(1)
    publish_approved(world.job)
    theirs = world.edit(BRANCH, "We study private learning. It works.", "Private, and it works.")
    world.approve(2)
    world.edit("main", "# A list\n", "# A list\n\nNew words.\n")
    publication = publish_approved(world.job)
    assert (publication.proposed, publication.problems) == (("2206.00001", "2206.00002"), ())
    world.approve(3)
    publish_approved(world.job)
    assert world.person().contains(f"origin/{BRANCH}", theirs)
    assert world.ids_on(BRANCH) == ["2206.00001", "2206.00002", "2206.00003"]
    text = world.show(BRANCH)
    assert "Private, and it works." in text
    assert "New words." in text
    assert text.count("We study private learning. It works.") == 2
    tip = git(world.origin, "rev-parse", BRANCH)
    publish_approved(world.job)
    assert git(world.origin, "rev-parse", BRANCH) == tip
    world.merge(1)
    assert len(publish_approved(world.job).closed) == 3
    assert "Private, and it works." in world.show("main")


def test_a_commit_of_ours_that_a_person_amended_is_theirs(world):
    world.approve(1)
    publish_approved(world.job)
    clone = world.person()
    git(clone.root, "checkout", "--quiet", BRANCH)
    readme = clone.root / "README.md"
    readme.write_text(readme.read_text("utf-8").replace("It works.", "It works well."), "utf-8")
    git(clone.root, "commit", "--quiet", "--all", "--amend", "--no-edit")
    git(clone.root, "push", "--quiet", "--force", "origin", BRANCH)
    world.approve(2)
    # Nothing says any more what Shortlist had written there, so nothing can be joined.
    publication = publish_approved(world.job)
    assert "so it is left as it is: merge or close" in publication.problems[0]
    assert "It works well." in world.show(BRANCH)
    world.merge(1)
    publication = publish_approved(world.job)
    assert (publication.closed, publication.proposed) == (("2206.00001",), ("2206.00002",))


def test_a_file_that_a_person_adds_on_the_branch_stays(world):
    world.approve(1)
    publish_approved(world.job)
    world.edit(BRANCH, "", "notes of theirs\n", path="notes.md")
    world.approve(2)
    publish_approved(world.job)
    assert world.show(BRANCH, "notes.md") == "notes of theirs\n"
    assert world.ids_on(BRANCH) == ["2206.00001", "2206.00002"]


def test_where_both_changed_the_same_lines_the_branch_is_left_as_it_is(world):
    world.approve(1)
    publish_approved(world.job)
    theirs = world.edit(BRANCH, "- Private Things.", "- Very Private Things.")
    world.edit("main", "- Private Things.", "- Rather Private Things.")
    publication = publish_approved(world.job)
    assert publication.problems == (
        (
            "Mara Tester changed lines on shortlist/papers that Shortlist would change too, so it"
            f" is left as it is: merge or close {world.pull(1).url}; what is approved stays so"
        ),
    )
    assert (publication.proposed, publication.failed) == ((), False)
    assert git(world.origin, "rev-parse", BRANCH) == theirs
    assert world.state(1) is State.APPROVED


def test_an_entry_that_a_person_takes_off_the_branch_is_not_proposed_again_in_silence(world):
    world.approve(1, 3)
    publish_approved(world.job)
    text = world.show(BRANCH)
    start = text.index("- On Paper Number 2206 00003")
    entry = text[start : text.index("\n\n", start) + 2]
    world.edit(BRANCH, entry, "")
    publish_approved(world.job)
    assert world.ids_on(BRANCH) == ["2206.00001"]
    world.merge(1)
    publication = publish_approved(world.job)
    assert (publication.closed, publication.proposed) == (("2206.00001",), ())
    assert "was merged without it, so 2206.00003 is not proposed" in publication.problems[0]


@pytest.mark.parametrize("squash", [True, False])
def test_after_a_merge_the_branch_begins_anew(world, squash):
    world.approve(1)
    publish_approved(world.job)
    world.edit(BRANCH, "It works.", "It works well.")
    world.merge(1, squash=squash)
    world.approve(2)
    publication = publish_approved(world.job)
    assert (publication.closed, publication.proposed) == (("2206.00001",), ("2206.00002",))
    assert git(world.origin, "rev-parse", f"{BRANCH}^") == git(world.origin, "rev-parse", "main")
    assert "It works well." in world.show(BRANCH)
    assert world.pull(2).state == "open"


def test_what_a_person_writes_below_the_end_of_the_body_stays(world):
    world.approve(1)
    publish_approved(world.job)
    body = world.pull(1).body
    assert proposed_papers(body) == {"2206.00001"}
    world.standin.world.edit_issue("owner", 1, {"body": body + "\n\nPlease wait for Nora."})
    world.approve(2)
    publish_approved(world.job)
    assert world.pull(1).body.endswith("\n\nPlease wait for Nora.")
    assert proposed_papers(world.pull(1).body) == {"2206.00001", "2206.00002"}


def test_a_branch_that_was_pushed_but_never_opened_is_opened_by_the_next_run(world):
    world.approve(1)

    class Dying(PullRequestPublisher):
        def _show(self, *_):
            raise KeyboardInterrupt

    dying = Dying(world.repository, base=world.base(), author=BOT, requests=world.github)
    with pytest.raises(KeyboardInterrupt):
        publish_approved(replace(world.job, publisher=dying))
    tip = git(world.origin, "rev-parse", BRANCH)
    assert publish_approved(world.job).commit == tip
    assert world.count() == 1


def test_a_branch_that_moves_meanwhile_is_looked_at_again(world):
    world.approve(1)
    publish_approved(world.job)
    world.approve(2)
    edits = [("It works.", "It works well.")]

    class Overtaken(PullRequestPublisher):
        def _fetch_tip(self):
            tip = super()._fetch_tip()
            if edits:
                world.edit(BRANCH, *edits.pop())
            return tip

    slow = Overtaken(world.repository, base=world.base(), author=BOT, requests=world.github)
    assert len(publish_approved(replace(world.job, publisher=slow)).proposed) == 2
    assert "It works well." in world.show(BRANCH)


def test_of_two_runs_that_open_it_at_once_the_second_keeps_that_of_the_first(world):
    world.approve(1)

    class Overtaken(PullRequestPublisher):
        def _show(self, message, opened, notes):
            world.github.open_pull_request(head=BRANCH, base="main", title="First", body="")
            super()._show(message, opened, notes)

    slow = Overtaken(world.repository, base=world.base(), author=BOT, requests=world.github)
    publication = publish_approved(replace(world.job, publisher=slow))
    assert publication.pull_request == world.pull(1).url
    assert (world.count(), world.pull(1).title) == (1, "Add 1 paper: 2206.00001")


def test_github_being_away_proposes_nothing_and_loses_nothing(world):
    world.approve(1)
    nowhere = GitHub(
        Transport(api_url="http://127.0.0.1:9", token=TOKEN, sleep=lambda _: None), "owner/list"
    )
    away = PullRequestPublisher(world.repository, base=world.base(), author=BOT, requests=nowhere)
    publication = publish_approved(replace(world.job, publisher=away))
    assert (publication.failed, publication.proposed) == (True, ())
    assert world.state(1) is State.APPROVED


def test_a_title_does_nothing_in_title_and_body(world):
    title = "<!-- shortlist:papers 2206.00009 --> @mara fixes #1 </details> ![x](http://e.example)"
    candidate = make_candidate("2206.00007", title=title)
    world.job.queue.record([candidate.paper], [candidate], now=NOW)
    world.approve(7)
    publish_approved(world.job)
    body = world.pull(1).body
    assert proposed_papers(body) == {"2206.00007"}
    assert not re.search(r"@mara|#1\b|</details>|http://e|\n<!-- shortlist:papers", body[5:])


def undo_job(world: World) -> UndoJob:
    return UndoJob(
        list_paths=world.job.list_paths,
        queue=world.job.queue,
        publisher=lambda branch="": world.publisher(branch),
        repository=lambda: world.repository,
        reviewer="Nora",
        now=NOW,
        reader=world.base().read,
    )


def test_an_undo_is_proposed_on_a_branch_of_its_own_and_done_once_it_is_merged(world):
    world.approve(1, 2)
    publish_approved(world.job)
    world.merge(1)
    publish_approved(world.job)
    git(world.folder / "list", "pull", "--quiet")
    undone = undo(undo_job(world), "2206.00001")
    assert (undone.was, undone.candidate.state) == (State.PUBLISHED, State.PUBLISHED)
    assert undone.pull_request == world.pull(2).url
    assert world.pull(2).head == "shortlist/undo-2206.00001"
    assert world.ids_on("shortlist/undo-2206.00001") == ["2206.00002"]
    (said,) = read_trailers(git(world.origin, "log", "-1", "--format=%B", world.pull(2).head))
    assert (said.change, said.reviewer) == ("remove", "Nora")
    publish_approved(world.job)
    assert world.state(1) is State.PUBLISHED
    world.merge(2, branch="shortlist/undo-2206.00001")
    publish_approved(world.job)
    assert (world.state(1), world.state(2)) == (State.PENDING, State.PUBLISHED)
    world.approve(1)
    publication = publish_approved(world.job)
    assert (publication.proposed, publication.problems) == (("2206.00001",), ())
