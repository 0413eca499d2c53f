"""What is asked of a repository on GitHub, against one that keeps real state."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest

from pipeline.errors import GitHubError
from tests.github_standin import BOT, GitHubStandIn


def test_an_issue_is_found_again_by_its_label_open_or_closed(github):
    made = github.create_issue(title="Papers", body="text", labels=["shortlist"])
    github.create_issue(title="Other", body="text")
    github.edit_issue(made.number, state="closed")
    (found,) = github.issues(label="shortlist")
    assert (found.number, found.state, found.author) == (made.number, "closed", BOT)
    assert github.issues(label="shortlist", state="open") == ()


def test_what_is_not_given_stays_as_it_is(github):
    made = github.create_issue(title="Papers", body="text", labels=["shortlist"])
    edited = github.edit_issue(made.number, body="other text")
    assert (edited.title, edited.body, edited.labels) == ("Papers", "other text", ("shortlist",))
    assert edited.updated_at > made.updated_at


def test_an_emptied_body_is_an_empty_text(github, standin):
    made = github.create_issue(title="Papers", body="text")
    standin.world.edit_body(made.number, "")
    assert github.issue(made.number).body == ""


def test_pull_requests_are_no_issues(github):
    github.open_pull_request(head="shortlist/papers", base="main", title="Papers", body="")
    assert github.issues(label="") == ()


def test_more_than_a_page_is_read_to_its_end(github, standin):
    made = github.create_issue(title="Papers", body="text")
    for number in range(120):
        standin.world.create_comment("owner", made.number, f"comment {number}")
    comments = github.comments(made.number)
    assert [comment.body for comment in comments] == [f"comment {n}" for n in range(120)]


def test_only_comments_since_a_time_are_asked_for(github, standin):
    made = github.create_issue(title="Papers", body="text")
    standin.world.create_comment("owner", made.number, "early")
    late = standin.world.create_comment("owner", made.number, "late")
    found = github.comments(made.number, since=late.created_at)
    assert [comment.body for comment in found] == ["late"]
    assert github.comments(made.number, since=late.created_at + timedelta(seconds=1)) == ()


def test_a_reaction_is_given_once(github, standin):
    made = github.create_issue(title="Papers", body="text")
    comment = standin.world.create_comment("owner", made.number, "/approve 2206.00001")
    github.react(comment.comment_id, "+1")
    github.react(comment.comment_id, "+1")
    assert comment.reactions == [(BOT, "+1")]


@pytest.mark.parametrize(
    ("permission", "may"),
    [("admin", True), ("maintain", True), ("write", True), ("triage", False), ("read", False),
     ("none", False)],
)  # fmt: skip
def test_who_may_write(github, standin, permission, may):
    standin.world.person("mara", permission)
    assert github.may_write("mara") is may


def test_nobody_and_a_name_that_is_no_account_may_not_write(github):
    assert not github.may_write("")
    assert not github.may_write("no/such?account")


def test_the_last_editor_of_a_body_is_told_with_what_each_wrote(github, standin):
    made = github.create_issue(title="Papers", body="first")
    assert github.body_history(made.number).last_editor == BOT.removesuffix("[bot]")
    standin.world.edit_body(made.number, "second", login=standin.world.person("mara"))
    standin.world.edit_body(made.number, "third", login=standin.world.person("noor"))
    history = github.body_history(made.number)
    assert history.last_editor == "noor"
    assert [(edit.editor, edit.text) for edit in history.edits] == [
        ("shortlist-bot", "first"),
        ("mara", "second"),
        ("noor", "third"),
    ]


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_a_long_history_the_latest_edits_are_told_in_whatever_order(
    github, standin, newest_first
):
    standin.world.newest_first = newest_first
    made = github.create_issue(title="Papers", body="0")
    for number in range(1, 50):
        standin.world.edit_body(made.number, str(number))
    history = github.body_history(made.number)
    assert [edit.text for edit in history.edits] == [str(number) for number in range(20, 50)]
    asked = len(standin.requests("POST", "/graphql"))
    assert asked == (1 if newest_first else 2)


def test_a_pull_request_is_found_by_its_branch_and_changed_in_place(github):
    opened = github.open_pull_request(head="shortlist/papers", base="main", title="A", body="b")
    github.edit_pull_request(opened.number, title="C")
    (found,) = github.pull_requests(head="shortlist/papers")
    assert (found.number, found.title, found.body, found.base) == (opened.number, "C", "b", "main")
    assert github.pull_requests(head="another") == ()


def test_a_second_pull_request_from_a_branch_is_refused(github):
    github.open_pull_request(head="shortlist/papers", base="main", title="A", body="b")
    with pytest.raises(GitHubError, match="already exists for owner:shortlist/papers") as error:
        github.open_pull_request(head="shortlist/papers", base="main", title="A", body="b")
    assert error.value.status == 422


def test_a_merged_pull_request_is_closed_and_says_so(github, standin):
    opened = github.open_pull_request(head="shortlist/papers", base="main", title="A", body="b")
    standin.world.merge(opened.number)
    (found,) = github.pull_requests(head="shortlist/papers", state="all")
    assert (found.state, found.merged) == ("closed", True)


def test_branches_are_those_of_the_repository_behind(tmp_path):
    from tests.builders import make_list_repo
    from tests.github_standin.world import RefusedError, World

    repository = make_list_repo(tmp_path / "list")
    world = World("owner/list", git=tmp_path / "list")
    content = {"title": "A", "body": "", "head": "papers", "base": "main"}
    with pytest.raises(RefusedError, match="Validation"):
        world.create_pull("owner", content)
    subprocess.run(["git", "-C", repository.root, "branch", "papers"], check=True)
    with pytest.raises(RefusedError) as refused:
        world.create_pull("owner", content)
    assert refused.value.errors[0]["message"] == "No commits between main and papers"


def test_a_workflow_that_github_turned_off_runs_again(github, standin):
    standin.world.workflows["daily.yml"] = "disabled_inactivity"
    github.enable_workflow("daily.yml")
    assert standin.world.workflows["daily.yml"] == "active"
    with pytest.raises(GitHubError, match="404"):
        github.enable_workflow("none.yml")


def test_what_did_not_change_is_not_sent_again(github, standin):
    made = github.create_issue(title="Papers", body="text")
    first = github.issue(made.number)
    used = standin.used
    assert github.issue(made.number) == first
    assert standin.log[-1].status == 304
    assert standin.used == used
    standin.world.edit_body(made.number, "changed")
    assert github.issue(made.number).body == "changed"


def test_a_body_over_the_limit_is_refused_and_says_so(github):
    with pytest.raises(GitHubError, match="too long") as error:
        github.create_issue(title="Papers", body="x" * 65_537)
    assert error.value.status == 422


def test_naming_the_records_does_not_import_pygithub():
    code = "import sys, pipeline.github, pipeline.cli; sys.exit('github' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_stand_in_runs_as_a_process_of_its_own(tmp_path):
    import requests

    with subprocess.Popen(
        [sys.executable, "-m", "tests.github_standin", "--person", "mara:write"],
        stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            asked = requests.post(
                f"{address}/_control/issue",
                json={"title": "Papers", "body": "- [ ] one"},
                timeout=9,
            )
            number = asked.json()["number"]
            tick = {"number": number, "parts": ["one"], "login": "mara"}
            requests.post(f"{address}/_control/tick", json=tick, timeout=9)
            state = requests.post(f"{address}/_control/state", timeout=9).json()
            assert state["issues"][0]["body"] == "- [x] one"
        finally:
            process.terminate()


def test_two_stand_ins_know_nothing_of_each_other():
    with GitHubStandIn("a/one") as one, GitHubStandIn("b/two") as two:
        one.world.create_issue("a", {"title": "t", "body": "b"})
        assert two.world.issues == {}
