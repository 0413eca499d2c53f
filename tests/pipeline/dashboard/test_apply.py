"""Ticks as requests: recorded once, published, and answered by the body written anew."""

from __future__ import annotations

from datetime import timedelta

import pytest

from db.records import State, Verdict
from pipeline.outcome import Publication
from pipeline.review.issue.marks import shows_the_same
from tests.builders import MAINTAINER
from tests.github_standin import TOKEN
from tests.pipeline.dashboard.conftest import PAPERS


def test_one_tick_puts_the_paper_into_the_list(shown):
    before = shown.commits()
    shown.tick("2206.00003 r0 approve")
    report = shown.apply("mara")
    assert report.publication.published == ("2206.00003",)
    assert shown.commits() == before + 1
    assert "On Paper Number 2206 00003." in shown.list_text()
    assert shown.verdicts("2206.00003")[0] == ("approve", "mara")
    assert "## 2 papers wait" in shown.body
    assert "[x]" not in shown.body


def test_one_tick_rejects_and_one_keeps_for_later(shown):
    shown.tick("2206.00003 r0 reject")
    shown.tick("2206.00002 r0 later")
    shown.apply("mara")
    assert (shown.state("2206.00003"), shown.state("2206.00002")) == (
        State.REJECTED,
        State.DEFERRED,
    )
    assert "kept for later by mara" in shown.body


def test_one_tick_chooses_the_topic_and_approves(shown):
    shown.tick("2206.00003 r0 approve", "under Fairness")
    shown.apply("mara")
    fairness = shown.list_text().index("## Fairness")
    assert shown.list_text().index("On Paper Number 2206 00003.") > fairness


def test_one_tick_approves_all_above_but_for_what_has_a_tick_of_its_own(shown):
    shown.tick("approve all")
    shown.tick("2206.00002 r0 reject")
    report = shown.apply("mara")
    assert set(report.publication.published) == {"2206.00001", "2206.00003"}
    assert shown.state("2206.00002") is State.REJECTED
    assert "## Nothing waits" in shown.body


def test_a_tick_of_its_own_and_its_topic_agree(shown):
    shown.tick("2206.00003 r0 approve -->")
    shown.tick("2206.00003 r0 approve", "under Fairness")
    report = shown.apply("mara")
    assert report.not_done == ()
    assert shown.world.queue.get("2206.00003").topic == "Fairness"


def test_ticks_that_contradict_do_nothing_are_taken_back_and_said(shown):
    shown.tick("2206.00003 r0 approve -->")
    shown.tick("2206.00003 r0 reject")
    report = shown.apply("mara")
    assert shown.state("2206.00003") is State.PENDING
    assert "[x]" not in shown.body
    said = "2206.00003: approve and reject were ticked at once, so nothing was done"
    assert said in report.not_done[0]
    assert said in shown.body
    assert not shown.sync().changed
    shown.pass_time(days=3)
    shown.sync()
    assert said not in shown.body


def test_an_event_that_comes_twice_does_nothing_twice(shown):
    shown.tick("2206.00003 r0 approve -->")
    shown.apply("mara")
    before = (shown.commits(), shown.verdicts("2206.00003"), shown.body)
    report = shown.apply("mara")
    assert (report.changed, report.done, report.not_done) == (False, (), ())
    assert (shown.commits(), shown.verdicts("2206.00003"), shown.body) == before


def test_a_run_that_died_before_it_wrote_the_body_is_made_up_for(shown):
    shown.tick("2206.00003 r0 approve -->")
    ticked = shown.body
    shown.apply("mara")
    history = shown.verdicts("2206.00003")
    # As if the body had never been written: the tick stands there still.
    shown.standin.world.edit_body(1, ticked, login="mara")
    report = shown.apply("mara")
    assert (report.done, report.not_done) == ((), ())
    assert shown.verdicts("2206.00003") == history
    assert "[x]" not in shown.body


def test_a_lost_event_is_made_up_for_by_a_sweep(shown):
    shown.tick("2206.00003 r0 approve -->")
    report = shown.apply()
    assert report.publication.published == ("2206.00003",)
    assert shown.verdicts("2206.00003")[0] == ("approve", "mara")


def test_each_tick_is_recorded_for_who_made_it(shown):
    shown.tick("2206.00003 r0 approve -->", login="mara")
    shown.tick("2206.00002 r0 reject", login="noor")
    shown.apply("noor")
    assert shown.verdicts("2206.00003")[0] == ("approve", "mara")
    assert shown.verdicts("2206.00002") == [("reject", "noor")]


def test_with_a_maintainers_own_token_all_is_the_same(board):
    board.standin.world.tokens[TOKEN] = "mara"
    board.sync()
    board.tick("2206.00003 r0 reject", login="mara")
    board.tick("2206.00002 r0 reject", login="noor")
    board.standin.world.before_edit = lambda number: board.tick("2206.00001 r0 later", login="noor")
    comment = board.say("/undo 2206.00003\n/merge", login="mara")
    for _ in range(2):
        board.apply("mara")
    assert board.verdicts("2206.00003") == [("reject", "mara"), ("undo", "mara")]
    assert board.verdicts("2206.00002") == [("reject", "noor")]
    assert board.verdicts("2206.00001") == [("defer", "noor")]
    answers = [c for c in board.standin.world.comments.values() if c.comment_id != comment]
    assert len(answers) == 1


def test_where_github_does_not_tell_versions_the_sender_or_the_last_editor_is_who(shown):
    shown.standin.world.history = False
    shown.tick("2206.00003 r0 reject", login="mara")
    shown.tick("2206.00002 r0 reject", login="noor")
    shown.apply("mara")
    assert shown.verdicts("2206.00003") == [("reject", "mara")]
    shown.tick("2206.00001 r0 reject", login="noor")
    shown.apply()
    assert shown.verdicts("2206.00001") == [("reject", "noor")]


def test_who_may_not_write_is_refused_kindly_and_the_tick_is_taken_back(shown):
    shown.tick("2206.00003 r0 approve -->", login="ola")
    report = shown.apply("ola")
    assert shown.state("2206.00003") is State.PENDING
    assert shown.verdicts("2206.00003") == []
    assert "Thank you, ola: only those who may write to this repository decide here" in shown.body
    assert "[x]" not in shown.body
    assert report.publication.published == ()


def test_a_stranger_between_two_maintainers_changes_nothing_for_them(shown):
    shown.tick("2206.00003 r0 reject", login="mara")
    shown.tick("2206.00002 r0 reject", login="ola")
    shown.tick("2206.00001 r0 reject", login="noor")
    shown.apply("noor")
    assert shown.verdicts("2206.00003") == [("reject", "mara")]
    assert shown.verdicts("2206.00002") == []
    assert shown.verdicts("2206.00001") == [("reject", "noor")]


def test_a_sender_who_may_is_not_taken_for_the_one_who_ticked(shown):
    shown.tick("2206.00003 r0 approve -->", login="ola")
    shown.apply("mara")
    assert shown.state("2206.00003") is State.PENDING


def test_a_tick_is_carried_out_though_its_paper_expired_meanwhile(shown):
    shown.tick("2206.00003 r0 approve -->")
    now = shown.world.clock.now
    assert "2206.00003" in shown.world.queue.expire(before=now + timedelta(days=1), now=now)
    report = shown.apply("mara")
    assert report.publication.published == ("2206.00003",)
    assert report.not_done == ()


def test_a_tick_for_what_was_decided_meanwhile_overwrites_nothing(shown):
    shown.tick("2206.00003 r0 approve -->")
    shown.decide("2206.00003", Verdict.REJECT)
    report = shown.apply("mara")
    assert shown.verdicts("2206.00003") == [("reject", "noor")]
    assert "it was changed meanwhile (now rejected by noor)" in report.not_done[0]
    assert "now rejected by noor" in shown.body


def test_two_who_want_the_same_hear_of_no_trouble(shown):
    shown.tick("2206.00003 r0 reject")
    shown.decide("2206.00003", Verdict.REJECT)
    assert shown.apply("mara").not_done == ()


def test_a_tick_for_a_revision_that_is_gone_counts_for_nothing(shown):
    box = " reject <!-- shortlist:2206.00003"
    ticked = shown.body.replace(f"[ ]{box}", f"[x]{box}")
    shown.decide("2206.00003", Verdict.APPROVE)
    shown.world.queue.undo("2206.00003", reviewer="noor", now=shown.world.clock.now)
    shown.standin.world.edit_body(1, ticked, login="mara")
    report = shown.apply("mara")
    assert shown.state("2206.00003") is State.PENDING
    assert "changed meanwhile" in report.not_done[0]


@pytest.mark.parametrize("body", ["", "gone", "<!-- shortlist:dashboard 1 0000000000000000 -->"])
def test_an_emptied_or_mangled_body_is_written_anew(shown, body):
    before = shown.body
    shown.standin.world.edit_body(1, body, login="mara")
    shown.apply("mara")
    assert shows_the_same(shown.body, before)
    assert len(shown.standin.world.issues) == 1


def test_a_tick_in_a_mangled_body_counts_all_the_same(shown):
    shown.tick("2206.00003 r0 reject")
    kept = [line for line in shown.body.split("\n") if "[x]" in line]
    shown.standin.world.edit_body(1, "\r\n".join(kept), login="mara")
    shown.apply("mara")
    assert shown.state("2206.00003") is State.REJECTED
    assert "## 2 papers wait" in shown.body


@pytest.mark.parametrize("body", ["", "spam"])
def test_a_tick_counts_though_somebody_emptied_the_body_before_it_was_carried_out(shown, body):
    shown.tick("2206.00003 r0 reject", login="noor")
    shown.standin.world.edit_body(1, body, login="mara")
    shown.apply("mara")
    assert shown.verdicts("2206.00003") == [("reject", "noor")]
    assert "## 2 papers wait" in shown.body


def test_a_tick_that_was_taken_back_in_time_counts_for_nothing(shown):
    shown.tick("2206.00003 r0 reject")
    shown.standin.world.untick(1, "2206.00003 r0 reject", login="mara")
    shown.apply("mara")
    assert shown.state("2206.00003") is State.PENDING
    assert shown.apply().changed is False


def test_a_tick_that_lost_its_mark_is_said(shown):
    shown.standin.world.edit_body(1, shown.body + "\n- [x] reject\n", login="mara")
    report = shown.apply("mara")
    assert "please tick again" in report.not_done[0]
    assert "please tick again" in shown.body


def test_decisions_are_taken_back_with_a_tick(shown):
    shown.tick("2206.00003 r0 reject")
    shown.apply("mara")
    shown.tick("undo", "2206.00003", login="noor")
    shown.apply("noor")
    assert shown.verdicts("2206.00003") == [("reject", "mara"), ("undo", "noor")]
    assert "## 3 papers wait" in shown.body
    assert shown.apply("noor").changed is False


def test_a_published_paper_is_taken_out_of_the_list_again_with_a_tick(shown):
    before = shown.list_text()
    shown.tick("2206.00003 r0 approve -->")
    shown.apply("mara")
    assert shown.list_text() != before
    shown.tick("undo", "2206.00003", login="noor")
    report = shown.apply("noor")
    assert report.not_done == ()
    assert shown.list_text() == before
    assert shown.state("2206.00003") is State.PENDING
    assert shown.verdicts("2206.00003")[-1][1] == "noor"
    assert "## 3 papers wait" in shown.body
    history = shown.verdicts("2206.00003")
    shown.apply("noor")
    assert shown.verdicts("2206.00003") == history


def test_an_entry_that_a_person_has_changed_since_is_not_taken_out(shown):
    shown.tick("2206.00003 r0 approve -->")
    shown.apply("mara")
    text = shown.list_text().replace("Dan Drafter, Eve Editor", "Dan Drafter et al")
    shown.world.readme.write_text(text, encoding="utf-8")
    shown.world.repository.commit(["README.md"], "Shorten", MAINTAINER)
    shown.tick("undo", "2206.00003", login="noor")
    report = shown.apply("noor")
    assert shown.state("2206.00003") is State.PUBLISHED
    assert shown.list_text() == text
    assert report.not_done[0].startswith("2206.00003: ")
    assert "[x]" not in shown.body


def test_a_list_that_cannot_be_committed_to_keeps_the_approval_and_says_so(shown):
    shown.publishing = lambda: Publication(problems=("README.md has changes",), failed=True)
    shown.tick("2206.00003 r0 approve -->")
    report = shown.apply("mara")
    assert report.publication.failed
    assert shown.state("2206.00003") is State.APPROVED
    assert "not published: README.md has changes" in shown.body
    shown.publishing = None
    assert shown.apply().publication.published == ("2206.00003",)


def test_more_than_fits_is_counted_and_moves_up_as_papers_leave(shown):
    from tests.builders import make_candidate

    shown.world.add(
        *(
            make_candidate(f"2207.{number:05}", title=f"{number} Long Titles " * 20, relevance=0.1)
            for number in range(160)
        )
    )
    shown.sync()
    assert len(shown.body) <= 65_536
    assert "found no room here" in shown.body
    assert "## 163 papers wait" in shown.body
    shown.tick("approve all")
    report = shown.apply("mara")
    assert 50 < len(report.done) < 163
    assert f"## {163 - len(report.done)} papers wait" in shown.body
    assert "[x]" not in shown.body
    assert {shown.state(arxiv_id) for arxiv_id in PAPERS} == {State.PUBLISHED}


def test_a_pull_request_that_waits_for_a_person_is_told_of_once(shown):
    said = "…/pull/7 was closed without being merged, so 2206.00003 is not proposed again"
    shown.publishing = lambda: Publication(problems=(said,), pull_request="https://…/pull/7")
    shown.tick("2206.00003 r0 approve -->")
    for number in range(3):
        report = shown.apply("" if number else "mara")
        assert shown.body.count("was closed without being merged") == 1
        assert report.changed == (number == 0)
    assert shown.state("2206.00003") is State.APPROVED
