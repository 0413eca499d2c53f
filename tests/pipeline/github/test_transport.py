"""GitHub as it is on a bad day: 5xx, broken connections, rate limits, an expired token."""

from __future__ import annotations

import logging

import pytest

from pipeline.errors import GitHubError
from pipeline.github.client import GitHub
from pipeline.github.transport import Transport
from tests.github_standin import TOKEN, Fault
from tests.github_standin.faults import primary_limit, secondary_limit


@pytest.fixture
def issue(github):
    return github.create_issue(title="Papers", body="text", labels=["shortlist"])


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_reading_is_tried_again_after_5xx(github, standin, clock, issue, status):
    standin.fail(Fault(status=status, times=2))
    assert github.issue(issue.number).title == "Papers"
    assert clock.slept == [1.0, 2.0]


def test_reading_is_tried_again_after_a_broken_connection(github, standin, issue):
    standin.fail(Fault(status=0, times=2))
    assert github.issue(issue.number).title == "Papers"


def test_after_four_tries_it_is_one_line_that_says_what_next(github, standin, issue):
    standin.fail(Fault(status=502, times=9))
    with pytest.raises(GitHubError) as error:
        github.issue(issue.number)
    assert str(error.value) == (
        "127.0.0.1 answered 502 to GET /repos/owner/list/issues/1 (Server Error):"
        " nothing is lost, and the next run goes on"
    )
    assert len(standin.requests("GET", "/issues/1")) == 4


def test_a_broken_connection_is_one_line_too(github, standin, issue):
    standin.fail(Fault(status=0, times=9))
    with pytest.raises(GitHubError, match=r"did not answer GET /repos/owner/list/issues/1"):
        github.issue(issue.number)


def test_an_edit_that_was_done_though_the_answer_was_lost_is_done_again(github, standin, issue):
    standin.fail(Fault(method="PATCH", done=True))
    assert github.edit_issue(issue.number, body="new").body == "new"
    assert [edit.text for edit in standin.world.issues[1].edits] == ["text", "new"]


@pytest.mark.parametrize("status", [502, 0])
def test_what_creates_something_is_never_repeated_after_a_lost_answer(github, standin, status):
    standin.fail(Fault(method="POST", status=status, done=True))
    with pytest.raises(GitHubError):
        github.create_issue(title="Papers", body="text")
    assert len(standin.world.issues) == 1


def test_a_secondary_limit_is_waited_for_as_long_as_github_asks(github, standin, clock):
    standin.fail(secondary_limit(retry_after=7))
    github.create_issue(title="Papers", body="text")
    assert clock.slept == [7.0]
    assert len(standin.world.issues) == 1


def test_a_secondary_limit_without_a_time_is_waited_for_a_minute(github, standin, clock, issue):
    standin.fail(secondary_limit(retry_after=None))
    github.issue(issue.number)
    assert clock.slept == [60.0]


def test_a_primary_limit_is_waited_for_until_it_is_lifted(github, standin, clock, issue):
    standin.fail(primary_limit(seconds=20))
    github.issue(issue.number)
    assert 15 < clock.slept[0] < 25


def test_nobody_waits_an_hour(github, standin, clock, issue):
    standin.fail(primary_limit(seconds=3600))
    with pytest.raises(GitHubError, match=r"asks to wait 3[56]\d\d s \(rate limit\)") as error:
        github.issue(issue.number)
    assert error.value.hint == "nothing is lost, and the next run goes on"
    assert clock.slept == []


def test_all_waits_together_are_bounded(standin, clock, issue):
    transport = Transport(
        api_url=standin.api_url, token=TOKEN, patience_seconds=100, sleep=clock.sleep
    )
    github = GitHub(transport, "owner/list")
    standin.fail(secondary_limit(retry_after=60, times=9))
    with pytest.raises(GitHubError, match="asks to wait 60 s"):
        github.issue(issue.number)
    assert clock.slept == [60.0]


def test_a_refusal_for_want_of_rights_is_not_tried_again(github, standin, clock, issue):
    standin.world.permissions["shortlist-bot[bot]"] = "read"
    standin.world.issues[issue.number].author = "owner"
    with pytest.raises(GitHubError, match="write permission") as error:
        github.edit_issue(issue.number, body="new")
    assert error.value.status == 403
    assert clock.slept == []


def test_an_expired_token_is_named_and_not_shown(standin, caplog):
    caplog.set_level(logging.DEBUG)
    secret = "ghp_verysecret"
    github = GitHub(Transport(api_url=standin.api_url, token=secret), "owner/list")
    with pytest.raises(GitHubError, match="GITHUB_TOKEN is wrong or has expired") as error:
        github.issue(1)
    assert error.value.status == 401
    assert secret not in f"{error.value!r} {error.value} {caplog.text}"


def test_a_token_that_github_repeats_is_not_shown(standin, github):
    standin.fail(Fault(status=422, message=f"no such thing as {TOKEN}"))
    with pytest.raises(GitHubError) as error:
        github.issue(1)
    assert TOKEN not in str(error.value)


def test_a_page_instead_of_an_answer_is_tried_again(github, standin, issue):
    standin.fail(Fault(status=200, message="<html>one moment</html>", times=2))
    assert github.issue(issue.number).title == "Papers"


@pytest.mark.parametrize("status", [200, 404])
def test_nothing_but_pages_is_one_line(github, standin, issue, status):
    standin.fail(Fault(status=status, message="<html>not here</html>", times=9))
    with pytest.raises(GitHubError) as error:
        github.issues(label="shortlist")
    assert "\n" not in str(error.value)


def test_where_nobody_listens_is_one_line(clock):
    github = GitHub(
        Transport(api_url="http://127.0.0.1:9", token=TOKEN, sleep=clock.sleep), "owner/list"
    )
    with pytest.raises(GitHubError, match="did not answer"):
        github.issue(1)
