"""What a reviewer sees and does at the desk, over real files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from db.errors import ChangedError, DecidedError, RepeatedRequestError, UnknownCandidateError
from db.records import CandidateFilter, EntryEdit, Fetch, FetchStatus, State, Verdict
from pipeline.errors import CountChangedError, DecisionError, EntryEditError
from pipeline.review.card import MOST_AT_ONCE
from tests.builders import DAY, NOW, make_candidate
from tests.pipeline.desk.worlds import make_world

PENDING = CandidateFilter(states=frozenset({State.PENDING}))


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


def ids(page) -> list[str]:
    return [candidate.paper.arxiv_id for candidate in page.candidates]


# -- what there is -------------------------------------------------------------


def test_the_most_relevant_candidate_is_the_first_of_the_queue(world):
    page = world.desk.queue(PENDING)
    assert ids(page) == ["2206.00003", "2206.00002", "2206.00001"]
    assert page.total == 3


def test_the_queue_comes_in_parts_of_the_size_asked_for(world):
    assert ids(world.desk.queue(PENDING, offset=1, limit=1)) == ["2206.00002"]
    assert world.desk.queue(PENDING, offset=1, limit=1).total == 3


def test_topics_and_days_of_what_waits_come_with_their_numbers(world):
    world.add(make_candidate("2206.00009", topic="Fairness", announced=DAY + timedelta(days=1)))
    page = world.desk.queue(PENDING)
    assert page.topics == (("Privacy", 3), ("Fairness", 1))
    assert page.days == ((DAY + timedelta(days=1), 1), (DAY, 3))


def test_a_card_has_the_entry_as_the_list_will_have_it(world):
    card = world.desk.card("2206.00001")
    assert card.entry.markdown == (
        "- On Paper Number 2206 00001. [[paper]](https://arxiv.org/abs/2206.00001)\n"
        "  - Dan Drafter, Eve Editor.\n"
        "  - Key Word: Privacy.\n"
        "  - <details><summary>Digest</summary> We study private learning. It works.</details>"
    )
    assert card.entry.problem == ""
    assert card.all_topics == ("Privacy", "Fairness")


def test_a_paper_that_was_never_queued_has_no_card(world):
    with pytest.raises(UnknownCandidateError):
        world.desk.card("2206.99999")


def test_a_paper_without_abstract_has_a_card_that_asks_for_a_digest(world):
    world.add(make_candidate("2206.00009", abstract=None))
    entry = world.desk.card("2206.00009").entry
    assert entry.digest == ""
    assert "write one" in entry.problem
    written = world.desk.edit("2206.00009", EntryEdit(digest="It is private."))
    assert written.entry.problem == ""


def test_a_card_says_where_the_paper_is_listed_already(world):
    world.add(make_candidate("2206.00009", title="Private things"))
    assert world.desk.card("2206.00009").entry.problem == (
        "it is in the list already: README.md, line 9"
    )


def test_a_card_says_that_its_topic_is_no_heading_of_the_list(world):
    world.add(make_candidate("2206.00009", topic="Poetry"))
    assert "no topic 'Poetry'" in world.desk.card("2206.00009").entry.problem


def test_a_card_follows_the_list_as_soon_as_its_file_changes(world):
    assert world.desk.card("2206.00001").all_topics == ("Privacy", "Fairness")
    text = world.readme.read_text(encoding="utf-8")
    world.readme.write_text(text.replace("## Fairness", "## Equity"), encoding="utf-8")
    assert world.desk.card("2206.00001").all_topics == ("Privacy", "Equity")


def test_the_ledger_has_the_newest_day_first(world):
    world.ledger.record(
        [Fetch(source="rss", day=DAY, status=FetchStatus.COMPLETE, received=12, fetched_at=NOW)]
    )
    days = world.desk.ledger(days=2).days
    assert days[0].day == DAY
    assert [fetch.received for fetch in days[0].fetches] == [12]


def test_where_no_report_was_made_the_desk_says_how_to_make_one(world):
    report = world.desk.report()
    assert (report.html, report.made_at) == ("", None)
    assert "shortlist report" in report.hint


def test_the_report_that_was_made_is_there_whole(world):
    path = world.folder / "var" / "report.html"
    path.parent.mkdir()
    path.write_text("<p>fine</p>", encoding="utf-8")
    assert world.desk.report().html == "<p>fine</p>"
    assert world.desk.report().made_at is not None


# -- what is decided -----------------------------------------------------------


def test_an_approval_is_kept_with_who_when_and_model(world):
    card = world.desk.decide("2206.00001", Verdict.APPROVE, topic="fair", revision=0)
    assert card.candidate.state is State.APPROVED
    assert card.entry.topic == "Fairness"
    (line,) = world.desk.history()
    assert (line.decision.reviewer, line.decision.decided_at) == ("Mara", NOW)
    assert line.decision.model == "test-model"
    assert line.title == "On Paper Number 2206 00001"


def test_a_topic_that_the_list_does_not_have_is_refused(world):
    with pytest.raises(DecisionError, match="no topic 'Poetry'"):
        world.desk.decide("2206.00001", Verdict.APPROVE, topic="Poetry")
    assert world.desk.candidate("2206.00001").state is State.PENDING


def test_progress_counts_what_was_decided_since_midnight(world):
    world.desk.decide("2206.00001", Verdict.REJECT)
    assert (world.desk.progress().done, world.desk.progress().of) == (1, 3)
    world.clock.now += timedelta(days=1)
    assert (world.desk.progress().done, world.desk.progress().of) == (0, 2)


def test_an_undo_takes_the_decision_back(world):
    revision = world.desk.decide("2206.00001", Verdict.REJECT).candidate.revision
    card = world.desk.undo("2206.00001", revision=revision)
    assert card.candidate.state is State.PENDING
    assert [decision.verdict for decision in card.history] == [Verdict.REJECT, Verdict.UNDO]


def test_the_second_of_two_reviewers_is_refused_and_sees_the_first_decision(world):
    other = world.desk.of_reviewer("Noor")
    seen = other.card("2206.00001").candidate.revision
    world.desk.decide("2206.00001", Verdict.APPROVE)
    with pytest.raises(DecidedError, match="Mara"):
        other.decide("2206.00001", Verdict.REJECT, revision=seen)
    assert other.card("2206.00001").candidate.reviewer == "Mara"


def test_a_decision_on_what_was_deferred_meanwhile_is_refused(world):
    other = world.desk.of_reviewer("Noor")
    seen = other.card("2206.00001").candidate.revision
    world.desk.decide("2206.00001", Verdict.DEFER)
    with pytest.raises(ChangedError):
        other.decide("2206.00001", Verdict.REJECT, revision=seen)
    assert world.desk.candidate("2206.00001").state is State.DEFERRED


def test_a_request_that_comes_twice_is_carried_out_once(world):
    world.desk.decide("2206.00001", Verdict.APPROVE, request="comment:1")
    world.desk.undo("2206.00001", request="comment:2")
    with pytest.raises(RepeatedRequestError):
        world.desk.decide("2206.00001", Verdict.APPROVE, request="comment:1")
    assert world.desk.candidate("2206.00001").state is State.PENDING


def test_a_bulk_action_decides_what_the_filter_finds(world):
    world.add(make_candidate("2206.00009", topic="Fairness"))
    wanted = replace(PENDING, topic="Privacy")
    assert len(world.desk.decide_found(Verdict.DEFER, wanted, count=3)) == 3
    assert ids(world.desk.queue(PENDING)) == ["2206.00009"]


def test_a_bulk_action_is_refused_if_another_number_was_confirmed(world):
    with pytest.raises(CountChangedError, match="finds 3 candidates now, not 2"):
        world.desk.decide_found(Verdict.REJECT, PENDING, count=2)
    assert world.desk.queue(PENDING).total == 3


def test_a_bulk_action_has_a_greatest_size(world):
    with pytest.raises(DecisionError, match="narrow the filter"):
        world.desk.decide_found(Verdict.REJECT, PENDING, count=MOST_AT_ONCE + 1)


# -- what is edited ------------------------------------------------------------


def test_an_edit_changes_what_it_names_and_keeps_the_rest_of_the_draft(world):
    card = world.desk.edit("2206.00001", EntryEdit(venue="ICML 2022"), topic="Fairness")
    assert card.entry.venue == "ICML 2022"
    assert card.entry.title == "On Paper Number 2206 00001"
    assert card.candidate.topic == "Fairness"
    assert card.candidate.state is State.PENDING


def test_an_edit_is_previewed_as_it_will_stand_and_kept_by_nobody(world):
    entry = world.desk.preview("2206.00001", EntryEdit(title="A *new* title"))
    assert entry.markdown.startswith("- A \\*new\\* title. [[paper]]")
    assert world.desk.candidate("2206.00001").edit.is_empty


def test_a_preview_of_what_cannot_be_written_says_why(world):
    entry = world.desk.preview("2206.00001", EntryEdit(title="two\nlines"))
    assert (entry.markdown, "one line" in entry.problem) == ("", True)


def test_a_field_that_is_as_it_was_drafted_is_no_edit(world):
    drafted = world.desk.card("2206.00001").entry
    card = world.desk.edit(
        "2206.00001",
        EntryEdit(
            title=drafted.title,
            authors=drafted.authors,
            venue=drafted.venue,
            keywords=drafted.keywords,
            digest="Another digest.",
            links=drafted.links,
        ),
    )
    assert card.candidate.edit == EntryEdit(digest="Another digest.")


def test_an_edit_that_cannot_be_written_is_refused_and_nothing_kept(world):
    with pytest.raises(EntryEditError, match="no web address"):
        world.desk.edit("2206.00001", EntryEdit(links=(("paper", "javascript:alert(1)"),)))
    with pytest.raises(EntryEditError, match="links say 2206"):
        world.desk.edit(
            "2206.00001", EntryEdit(links=(("paper", "https://arxiv.org/abs/2206.00002"),))
        )
    assert world.desk.candidate("2206.00001").revision == 0


def test_an_edit_is_taken_back_by_an_undo(world):
    world.desk.edit("2206.00001", EntryEdit(title="Other"))
    assert world.desk.undo("2206.00001").entry.title == "On Paper Number 2206 00001"
