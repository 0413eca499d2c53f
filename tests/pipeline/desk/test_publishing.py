"""What is previewed is what is published, or nothing is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.records import EntryEdit, State, Verdict
from pipeline.desk import ReviewDesk
from pipeline.errors import PublicationChangedError, UndoProposedError
from pipeline.outcome import Proposal
from tests.pipeline.desk.worlds import make_world


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


def test_the_preview_shows_the_difference_that_the_commit_makes(world):
    world.desk.edit("2206.00001", EntryEdit(title="Edited by Hand"))
    world.desk.decide("2206.00001", Verdict.APPROVE)
    preview = world.desk.preview_publication()
    assert preview.entries == (("2206.00001", "Edited by Hand", "Privacy"),)
    publication = world.desk.publish(preview.token)
    assert publication.published == ("2206.00001",)
    shown = [line[1:] for line in preview.diff.splitlines() if line.startswith("+")][1:]
    text = world.readme.read_text(encoding="utf-8")
    assert "\n".join(shown) in text
    assert "- Edited by Hand. [[paper]](https://arxiv.org/abs/2206.00001)" in text


def test_a_preview_writes_nothing(world):
    world.desk.decide("2206.00001", Verdict.APPROVE)
    before, head = world.readme.read_bytes(), world.repository.head()
    world.desk.preview_publication()
    assert (world.readme.read_bytes(), world.repository.head()) == (before, head)
    assert world.desk.candidate("2206.00001").state is State.APPROVED


def test_nothing_is_published_if_another_paper_was_approved_since_the_preview(world):
    world.desk.decide("2206.00001", Verdict.APPROVE)
    token = world.desk.preview_publication().token
    world.desk.decide("2206.00002", Verdict.APPROVE)
    head = world.repository.head()
    with pytest.raises(PublicationChangedError):
        world.desk.publish(token)
    assert world.repository.head() == head
    assert world.desk.candidate("2206.00001").state is State.APPROVED


def test_nothing_is_published_if_the_entry_was_edited_since_the_preview(world):
    world.desk.decide("2206.00001", Verdict.APPROVE)
    token = world.desk.preview_publication().token
    world.desk.edit("2206.00001", EntryEdit(venue="ICML 2022"))
    with pytest.raises(PublicationChangedError):
        world.desk.publish(token)


def test_nothing_is_published_if_the_list_was_written_to_since_the_preview(world):
    world.desk.decide("2206.00001", Verdict.APPROVE)
    token = world.desk.preview_publication().token
    text = world.readme.read_text(encoding="utf-8")
    world.readme.write_text(text.replace("# A list", "# The list"), encoding="utf-8")
    with pytest.raises(PublicationChangedError):
        world.desk.publish(token)


def test_one_token_publishes_once(world):
    world.desk.decide("2206.00001", Verdict.APPROVE)
    token = world.desk.preview_publication().token
    world.desk.publish(token)
    with pytest.raises(PublicationChangedError):
        world.desk.publish(token)


def test_with_nothing_approved_the_preview_is_empty(world):
    preview = world.desk.preview_publication()
    assert (preview.diff, preview.entries, preview.message) == ("", (), "")


def test_a_candidate_that_cannot_be_written_is_a_problem_of_the_preview(world):
    world.desk.decide("2206.00001", Verdict.APPROVE)
    world.queue.undo("2206.00001", reviewer="Mara", now=world.clock.now)
    world.desk.decide("2206.00002", Verdict.APPROVE)
    text = world.readme.read_text(encoding="utf-8")
    world.readme.write_text(text.replace("## Privacy", "## Secrets"), encoding="utf-8")
    preview = world.desk.preview_publication()
    assert preview.entries == ()
    assert "Privacy" in preview.problems[0]


def test_an_undo_takes_a_published_entry_out_of_the_list(world):
    before = world.readme.read_bytes()
    world.desk.decide("2206.00001", Verdict.APPROVE)
    world.desk.publish(world.desk.preview_publication().token)
    assert world.readme.read_bytes() != before
    assert world.desk.undo("2206.00001").candidate.state is State.PENDING
    assert world.readme.read_bytes() == before


class Proposing:
    """A publisher that only proposes, as one that opens pull requests."""

    def __init__(self) -> None:
        self.proposal = Proposal(url="https://github.example/pull/7")
        self.recover, self.push_pending = tuple, lambda: None

    def publish(self, edits, *, message) -> str:
        return "f" * 40


def test_what_is_only_proposed_changes_no_state_and_says_so(tmp_path):
    world = make_world(tmp_path)
    world.desk.decide("2206.00001", Verdict.APPROVE)
    world.desk.publish(world.desk.preview_publication().token)
    proposing = ReviewDesk(
        replace(world.desk._tools, make_publisher=lambda _="": Proposing()), "Mara"
    )
    with pytest.raises(UndoProposedError, match="proposed: it is done once that is merged: https"):
        proposing.undo("2206.00001")
    assert world.desk.candidate("2206.00001").state is State.PUBLISHED
    world.desk.decide("2206.00002", Verdict.APPROVE)
    publication = proposing.publish(proposing.preview_publication().token)
    assert (publication.proposed, publication.published) == (("2206.00002",), ())
    assert publication.pull_request == "https://github.example/pull/7"
    assert world.desk.candidate("2206.00002").state is State.APPROVED
