"""On machines that forget, an answer is kept before the tick that gave it is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.records import State
from pipeline.dashboard import apply_dashboard, sync_dashboard
from pipeline.errors import StateError


@pytest.mark.parametrize("act", [apply_dashboard, sync_dashboard])
def test_what_was_ticked_is_kept_while_the_tick_still_stands(shown, act):
    shown.tick("2206.00003 r0 reject")
    seen = []

    def keep() -> None:
        seen.append((shown.state("2206.00003"), "[x]" in shown.body))

    act(replace(shown.job, keep=keep))
    assert seen == [(State.REJECTED, True)]
    assert "[x]" not in shown.body


@pytest.mark.parametrize("act", [apply_dashboard, sync_dashboard])
def test_what_cannot_be_kept_stays_ticked(shown, act):
    shown.tick("2206.00003 r0 reject")

    def keep() -> None:
        raise StateError("the state cannot be saved")

    with pytest.raises(StateError):
        act(replace(shown.job, keep=keep))
    assert "[x]" in shown.body
    # A machine that knows nothing of it carries it out.
    shown.world.queue.undo("2206.00003", reviewer="noor", now=shown.world.clock.now)
    assert act(shown.job).changed


def test_nothing_is_kept_where_nothing_changes(shown):
    def keep() -> None:
        raise AssertionError("nothing changed")

    assert not sync_dashboard(replace(shown.job, keep=keep)).changed
