"""One comment under a contribution, whatever a stranger's run hands over."""

from __future__ import annotations

import subprocess

import pytest

from pipeline.answer import AUTHOR, answer_contribution
from pipeline.errors import ListFormatError, SetupError
from pipeline.github.client import GitHub
from pipeline.github.transport import Transport
from pipeline.lists.contributions.comment import MARKER
from tests.builders import make_list_repo
from tests.github_standin import GitHubStandIn

COMMENT = f"{MARKER}\nThank you for your contribution! It adds 1 entry.\n"


@pytest.fixture
def repository(tmp_path):
    make_list_repo(tmp_path / "list")
    git = ["git", "-C", tmp_path / "list", "-c", "user.name=C", "-c", "user.email=c@example.org"]
    subprocess.run([*git, "switch", "-qc", "contribution"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "Add a paper"], check=True)
    return tmp_path / "list"


@pytest.fixture
def standin(repository):
    with GitHubStandIn("owner/list", git=repository) as standin:
        standin.world.person(AUTHOR)
        standin.world.token(AUTHOR, "a-token")
        standin.world.create_pull(
            "owner", {"head": "contribution", "base": "main", "title": "Add a paper", "body": ""}
        )
        yield standin


@pytest.fixture
def answer(tmp_path, repository, standin):
    judged = tmp_path / "judged"
    judged.mkdir()
    tip = subprocess.run(
        ["git", "-C", repository, "rev-parse", "contribution"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()

    def give(comment: str = COMMENT, number: str = "1\n", head: str = tip) -> str:
        (judged / "comment.md").write_text(comment, encoding="utf-8")
        (judged / "number").write_text(number, encoding="utf-8")
        transport = Transport(api_url=standin.api_url, token="a-token")
        return answer_contribution(judged, GitHub(transport, "owner/list"), head=head)[1]

    return give


def comments(standin) -> list[str]:
    return [each.body for each in standin.world.comments.values()]


def test_a_contribution_has_one_comment_that_follows_it(standin, answer):
    assert answer() == "posted"
    assert answer() == "unchanged"
    assert answer(COMMENT.replace("adds 1", "adds 2")) == "replaced"
    assert [body.strip() for body in comments(standin)] == [
        COMMENT.replace("adds 1", "adds 2").strip()
    ]


def test_a_comment_of_somebody_else_is_left_alone_whatever_it_begins_with(standin, answer):
    standin.world.create_comment("owner", 1, f"{MARKER}\nmine")
    assert answer() == "posted"
    assert comments(standin)[0] == f"{MARKER}\nmine"


def test_nothing_is_posted_where_the_branch_is_not_at_what_was_judged(standin, answer):
    with pytest.raises(SetupError, match="pull request 1 is at"):
        answer(head="0" * 40)
    assert comments(standin) == []


@pytest.mark.parametrize("number", ["", "-1", "1e3", "../2", "٣", "1\n2", "9" * 20])
def test_a_number_that_is_none_is_refused(standin, answer, number):
    with pytest.raises(ListFormatError):
        answer(number=number)
    assert standin.requests() == []


def test_a_comment_that_shortlist_could_not_have_written_asks_nobody(standin, answer):
    with pytest.raises(ListFormatError):
        answer(f"{MARKER}\n@everyone, see https://evil.example")
    assert standin.requests() == []
