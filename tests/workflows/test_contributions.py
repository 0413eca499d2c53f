"""check-list-pr.yml and comment-list-pr.yml: a stranger's pull request, judged and answered."""

from __future__ import annotations

import pytest

from tests.builders import README
from tests.pipeline.lists.contributions.builders import GOOD
from tests.workflows.conftest import BOT, LIST
from tests.workflows.machine import git
from tests.workflows.run import Run, read_workflow

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

SLIP = GOOD.replace("https://arxiv.org/abs/2205.00009", "http://arxiv.org/abs/2205.00009v2")


@pytest.fixture
def propose(forge, origin, github):
    """A stranger's pull request that adds an entry; another call pushes to it."""

    def push(entry: str, **files: str) -> dict:
        text = README.replace("## Privacy\n\n", f"## Privacy\n\n{entry}")
        if "contribution" not in git(origin, "branch", "--list", "contribution"):
            git(origin, "branch", "contribution", "main")
        for path, content in {"README.md": text, **files}.items():
            forge.configure(LIST, path, content, branch="contribution")
        if not github.world.issues:
            asked = {"head": "contribution", "base": "main", "title": "A paper", "body": ""}
            github.world.create_pull("mara", asked)
        tip = git(origin, "rev-parse", "contribution")
        return {
            "pull_request": {"number": 1, "head": {"sha": tip}, "base": {"ref": "main"}},
        }

    return push


def check(forge, event) -> Run:
    return Run(
        forge=forge,
        document=read_workflow("check-list-pr"),
        repository=LIST,
        event_name="pull_request",
        event=event,
        inputs={"config": ".github/shortlist.toml"},
        secrets={},
        token="",
    ).start()


def comment(forge, checked: Run, head: str) -> Run:
    conclusion = "success" if checked.well else "failure"
    run = {
        "id": checked.run_id,
        "event": "pull_request",
        "conclusion": conclusion,
        "head_sha": head,
    }
    return Run(
        forge=forge,
        document=read_workflow("comment-list-pr"),
        repository=LIST,
        event_name="workflow_run",
        event={"workflow_run": run},
        inputs={"config": ".github/shortlist.toml"},
        secrets={},
    ).start()


def test_a_contribution_is_annotated_and_gets_one_comment_that_follows_it(forge, github, propose):
    event = propose(SLIP)
    checked = check(forge, event)
    assert not checked.well
    assert checked.outcomes["Hand the comment over"] == "success"
    assert checked.outcomes["Annotate"] == "failure"
    assert "::warning file=README.md,line=9,title=shortlist%3A http-link::" in checked.log
    assert comment(forge, checked, event["pull_request"]["head"]["sha"]).well

    event = propose(GOOD)
    checked = check(forge, event)
    assert checked.well, checked.log
    assert comment(forge, checked, event["pull_request"]["head"]["sha"]).well
    (posted,) = github.world.comments.values()
    assert (posted.author, posted.number) == (BOT, 1)
    assert "All is just as it should be" in posted.body


def test_the_pull_request_brings_no_config(forge, github, propose):
    event = propose(GOOD, **{".github/shortlist.toml": "[list]\nrepo = '/'\n"})
    checked = check(forge, event)
    assert checked.well, checked.log


def test_what_a_forged_run_hands_over_is_not_posted(forge, github, propose):
    event = propose(GOOD)
    head = event["pull_request"]["head"]["sha"]
    checked = check(forge, event)
    handed = forge.artifacts(checked.run_id) / "shortlist-contribution"
    (handed / "comment.md").write_text("Free money: https://evil.example", encoding="utf-8")
    answered = comment(forge, checked, head)
    assert answered.outcomes["Post it"] == "failure"
    assert "nothing was posted" in answered.log
    assert not github.world.comments
