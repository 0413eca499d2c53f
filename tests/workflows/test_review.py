"""review.yml: decisions on GitHub carried out, whatever GitHub forgets, drops or does at once."""

from __future__ import annotations

import pytest

from tests.github_standin import Fault
from tests.workflows.conftest import PAPERS, PROJECT
from tests.workflows.reviews import happened, states, sweep, times_listed

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_a_tick_puts_the_paper_into_the_list_and_is_kept_in_the_state(forge, origin, waiting):
    waiting.tick(1, f"{PAPERS[0]} r0 approve", login="mara")
    waiting.tick(1, f"{PAPERS[1]} r0 reject", login="mara")
    run = happened(forge, waiting, "issues").start()
    assert run.well, run.log
    assert times_listed(origin, PAPERS[0]) == 1
    assert states(origin) == dict(zip(PAPERS, ("published", "rejected", "pending"), strict=True))
    assert "[x]" not in waiting.issues[1].body


def test_a_comment_commands_for_those_who_may_write_and_is_refused_to_others(
    forge, origin, waiting
):
    asked = waiting.create_comment("ola", 1, f"/approve {PAPERS[0]}")
    meant = waiting.create_comment("mara", 1, f"/reject {PAPERS[1]} $(touch /tmp/x) `id`")
    # Both wait in one group, and GitHub dropped the first run.
    dropped = happened(forge, waiting, "issue_comment", login="ola", comment=asked.comment_id)
    run = happened(forge, waiting, "issue_comment", login="mara", comment=meant.comment_id)
    assert run.group == dropped.group
    assert run.start().well, run.log
    assert states(origin) == dict(zip(PAPERS, ("pending", "rejected", "pending"), strict=True))
    assert any(each.author != "mara" and "@" not in each.body for each in waiting.comments.values())


def test_a_sweep_carries_out_what_no_event_told_and_stays_enabled(forge, origin, github, waiting):
    waiting.tick(1, f"{PAPERS[2]} r0 approve", login="mara")
    with type(github)(PROJECT) as of_the_project:
        of_the_project.world.token("github-actions[bot]", "no-secret-of-anyone")
        of_the_project.world.person("github-actions[bot]")
        of_the_project.world.workflows["review.yml"] = "disabled_inactivity"
        forge.api_url = of_the_project.api_url
        run = sweep(forge).start()
        assert of_the_project.world.workflows["review.yml"] == "active"
    assert run.well, run.log
    assert states(origin)[PAPERS[2]] == "published"


def test_other_issues_and_the_workflows_own_edits_begin_nothing(forge, waiting):
    other = waiting.create_issue("mara", {"title": "A question", "body": "Why?"})
    for number, login in ((other.number, "mara"), (1, "github-actions[bot]")):
        run = happened(forge, waiting, "issues", number=number, login=login).start()
        assert not any(job.ran for job in run.jobs.values())


def test_where_github_fails_the_tick_stays_until_it_is_carried_out(forge, origin, github, waiting):
    waiting.tick(1, f"{PAPERS[0]} r0 approve", login="mara")
    github.fail(Fault(status=502, method="PATCH", times=50))
    run = happened(forge, waiting, "issues").start()
    assert not run.well
    assert run.outcomes["Save the state"] == "success"
    assert "[x]" in waiting.issues[1].body
    assert states(origin)[PAPERS[0]] == "published"
    github.faults.clear()
    again = sweep(forge)
    again.event_name = "workflow_dispatch"
    assert again.start().well, again.log
    assert times_listed(origin, PAPERS[0]) == 1
    assert "[x]" not in waiting.issues[1].body
