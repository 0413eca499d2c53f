"""Commands in comments: by those who may, once, answered once."""

from __future__ import annotations

import re

import pytest

from db.records import State, Verdict
from pipeline.errors import GitHubError
from tests.github_standin import Fault


def test_a_command_approves_under_a_topic_and_is_answered_with_a_sign(shown):
    comment = shown.say("/approve 2206.00003 fair")
    report = shown.apply("mara", comment=True)
    assert report.publication.published == ("2206.00003",)
    assert shown.world.queue.get("2206.00003").topic == "Fairness"
    assert shown.verdicts("2206.00003")[0] == ("approve", "mara")
    assert shown.reactions(comment) == ["+1"]
    assert shown.replies == []


def test_several_commands_in_one_comment(shown):
    shown.say("Hello!\n/reject 2206.00003 off topic\n/later 2206.00002\n/topic 2206.00001 fairness")
    shown.apply("mara", comment=True)
    assert shown.world.queue.get("2206.00003").reason == "off topic"
    assert shown.state("2206.00002") is State.DEFERRED
    assert shown.world.queue.get("2206.00001").topic == "Fairness"
    assert shown.state("2206.00001") is State.PENDING


def test_undo_takes_back_what_was_decided_by_anybody(shown):
    shown.decide("2206.00003", Verdict.REJECT)
    comment = shown.say("/undo 2206.00003")
    shown.apply("mara", comment=True)
    assert shown.verdicts("2206.00003") == [("reject", "noor"), ("undo", "mara")]
    assert shown.reactions(comment) == ["+1"]


def test_undo_takes_a_published_paper_out_of_the_list_once(shown):
    before = shown.list_text()
    shown.say("/approve 2206.00003")
    shown.apply()
    comment = shown.say("/undo 2206.00003")
    for _ in range(2):
        shown.apply("mara", comment=True)
    assert shown.list_text() == before
    assert shown.state("2206.00003") is State.PENDING
    assert shown.reactions(comment) == ["+1"]


def test_a_comment_is_handled_once_however_often_it_is_delivered(shown):
    comment = shown.say("/reject 2206.00003")
    shown.apply("mara", comment=True)
    shown.say("/undo 2206.00003")
    shown.apply("mara", comment=True)
    for _ in range(2):
        report = shown.apply("mara", comment=True)
        assert (report.done, report.not_done) == ((), ())
    assert [verdict for verdict, _ in shown.verdicts("2206.00003")] == ["reject", "undo"]
    assert shown.reactions(comment) == ["+1"]


def test_an_old_topic_command_does_not_come_back_over_a_later_one(shown):
    shown.say("/topic 2206.00003 fairness")
    shown.apply()
    shown.say("/topic 2206.00003 privacy")
    shown.apply()
    shown.apply()
    assert shown.world.queue.get("2206.00003").topic == "Privacy"


def test_a_comment_whose_event_was_lost_is_found_by_a_sweep(shown):
    shown.say("/reject 2206.00003")
    shown.pass_time(days=20)
    shown.sync()
    assert shown.verdicts("2206.00003") == [("reject", "mara")]


def test_an_edited_comment_is_not_handled_again(shown):
    comment = shown.say("/reject 2206.00003")
    shown.apply()
    shown.standin.world.edit_comment("mara", comment, "/reject 2206.00002")
    shown.apply()
    assert shown.state("2206.00002") is State.PENDING


def test_others_are_refused_once_in_words_and_then_with_a_sign(shown):
    first = shown.say("/approve 2206.00003", login="ola")
    second = shown.say("/reject 2206.00003", login="ola")
    for _ in range(2):
        shown.apply("ola", comment=True)
    assert shown.state("2206.00003") is State.PENDING
    (reply,) = shown.replies
    assert "Thank you for looking." in reply
    assert "@" not in reply
    assert (shown.reactions(first), shown.reactions(second)) == ([], ["confused"])


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("/merge 2206.00003", "there is no command /merge"),
        ("/approve 9901.00001", "the paper is not in the queue"),
        ("/approve 2206.00003 physics", "the list has no topic 'physics'"),
        ("/approve", "the identifier is missing"),
        ("/undo 2206.00003", "2206.00003 is pending, and there is no decision to take back"),
        ("/topic 2206.00003", "the topic is missing"),
    ],
)
def test_what_cannot_be_done_is_answered_with_the_reason_and_help(shown, line, problem):
    shown.say(line)
    for _ in range(2):
        shown.apply("mara", comment=True)
    (reply,) = shown.replies
    assert f"not done: {line}: {problem}" in reply
    assert "- `/undo 2302.06637`" in reply
    assert shown.state("2206.00003") is State.PENDING


def test_one_decided_by_somebody_else_says_by_whom_and_what_first(shown):
    shown.decide("2206.00003", Verdict.REJECT)
    shown.say("/approve 2206.00003")
    shown.apply()
    assert "it is already rejected by noor; `/undo 2206.00003` comes first" in shown.replies[0]
    assert shown.verdicts("2206.00003") == [("reject", "noor")]


def test_what_was_done_and_what_not_stand_in_one_answer(shown):
    shown.say("/reject 2206.00003\n/frobnicate")
    shown.apply()
    (reply,) = shown.replies
    assert "- 2206.00003 is rejected" in reply
    assert "- not done: /frobnicate: there is no command /frobnicate" in reply


def test_help_is_given_on_demand(shown):
    shown.say("/help")
    shown.apply()
    assert "Commands, one a line:" in shown.replies[0]
    assert "not done" not in shown.replies[0]


def test_chat_is_left_alone(shown):
    comment = shown.say("I think 2206.00003 should be in. > /approve 2206.00003")
    report = shown.apply("mara", comment=True)
    assert (report.done, shown.reactions(comment), shown.replies) == ((), [], [])


def test_an_answer_is_never_read_as_a_command(shown):
    shown.say("/approve 2206.00003 /merge\n/merge")
    shown.apply()
    replies = len(shown.replies)
    shown.apply()
    assert len(shown.replies) == replies == 1


def test_a_run_that_died_before_it_could_answer_answers_once(shown):
    comment = shown.say("/reject 2206.00003\n/merge")
    shown.standin.fail(Fault(method="POST", path="/comments$", status=500, times=1))
    with pytest.raises(GitHubError):
        shown.apply("mara", comment=True)
    shown.apply()
    assert [verdict for verdict, _ in shown.verdicts("2206.00003")] == ["reject"]
    assert len(shown.replies) == 1
    assert shown.reactions(comment) == []


def test_an_answer_whose_receipt_was_lost_is_not_given_again(shown):
    shown.say("/merge")
    shown.standin.fail(Fault(method="POST", path="/comments$", status=502, done=True))
    with pytest.raises(GitHubError):
        shown.apply("mara", comment=True)
    shown.apply()
    assert len(shown.replies) == 1


def test_a_forged_answer_silences_nobody(shown):
    comment = shown.say("/reject 2206.00003")
    shown.say(f"<!-- shortlist:answer {comment} -->", login="ola")
    shown.apply()
    assert shown.state("2206.00003") is State.REJECTED
    assert shown.reactions(comment) == ["+1"]


def test_a_hostile_command_is_repeated_harmlessly(shown):
    shown.say("/approve @everyone <!-- x --> [a](https://evil.example) #1")
    shown.apply()
    (reply,) = shown.replies
    for active in ("@everyone", "<!-- x", "://evil", " #1"):
        assert active not in reply


def test_comments_are_read_from_where_the_last_run_stopped(shown):
    shown.say("/reject 2206.00003")
    shown.apply()
    shown.pass_time(days=1)
    shown.sync()
    (asked,) = [each for each in shown.standin.log[-3:] if each.path.endswith("/comments")]
    assert "since=2022-06-01T04%3A00" in asked.query


@pytest.mark.parametrize("when", ["2099-01-01T00:00:00Z", "yesterday"])
def test_a_time_that_somebody_wrote_into_the_body_hides_no_comment(shown, when):
    shown.say("thanks")
    shown.tick("2206.00003 r0 reject")
    shown.apply()
    mark = re.compile(r"<!-- shortlist:comments \S+ -->")
    assert mark.search(shown.body)
    changed = mark.sub(f"<!-- shortlist:comments {when} -->", shown.body)
    shown.standin.world.edit_body(1, changed, login="mara")
    shown.say("/reject 2206.00002")
    shown.pass_time(hours=3)
    shown.apply()
    assert shown.state("2206.00002") is State.REJECTED
    assert f"<!-- shortlist:comments {when} -->" not in shown.body
