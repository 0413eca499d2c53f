"""What the screen does beside drawing."""

from __future__ import annotations

import logging

import pytest

from pipeline.review.terminal.screen import logs_held

log = logging.getLogger("pipeline.somewhere")


def test_what_is_logged_meanwhile_is_told_afterwards_in_its_order(caplog):
    with logs_held():
        log.warning("the first")
        log.warning("the second")
        assert caplog.messages == []
    log.warning("the third")
    assert caplog.messages == ["the first", "the second", "the third"]


def test_it_is_told_also_when_the_review_ends_with_an_error(caplog):
    def review() -> None:
        with logs_held():
            log.warning("why")
            raise ValueError("no list")

    with pytest.raises(ValueError, match="no list"):
        review()
    assert caplog.messages == ["why"]
