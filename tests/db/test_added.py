"""What came into the list, told from a moment on."""

from __future__ import annotations

from datetime import timedelta

from tests.db.builders import NOW, make_candidate, make_decision

FIRST, SECOND, THIRD = "2206.00001", "2206.00002", "2206.00003"
HOUR = timedelta(hours=1)


def test_what_came_into_the_list_is_told_from_a_moment_on_in_its_order(queue):
    queue.record([], [make_candidate(each) for each in (FIRST, SECOND, THIRD)], now=NOW)
    queue.decide_all([make_decision(FIRST), make_decision(SECOND)])
    queue.mark_published([SECOND], commit="b", now=NOW + HOUR)
    queue.close_listed([THIRD], now=NOW + 2 * HOUR)
    queue.mark_published([FIRST], commit="a", now=NOW + 3 * HOUR)
    told = queue.added(since=NOW)
    assert [(each.candidate.paper.arxiv_id, each.by_hand) for each in told] == [
        (SECOND, False),
        (THIRD, True),
        (FIRST, False),
    ]
    assert told[2].added_at == NOW + 3 * HOUR
    assert told[2].candidate == queue.get(FIRST)
    assert queue.added(since=NOW + 3 * HOUR) == told[2:]
    assert queue.added(since=NOW + 4 * HOUR) == ()


def test_what_is_only_approved_or_rejected_is_not_in_the_list(queue):
    queue.record([], [make_candidate(FIRST), make_candidate(SECOND)], now=NOW)
    queue.decide(make_decision(FIRST))
    queue.expire(before=NOW + HOUR, now=NOW + HOUR)
    assert queue.added(since=NOW) == ()
