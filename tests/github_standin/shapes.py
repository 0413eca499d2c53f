"""Objects of the world as GitHub's REST interface writes them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from tests.github_standin.world import Comment, Issue, World


def stamp(when: datetime | None) -> str | None:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ") if when else None


def account(login: str) -> dict:
    return {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"}


def issue(world: World, each: Issue) -> dict:
    page = f"https://github.com/{world.repository}"
    row = {
        "number": each.number,
        "title": each.title,
        "body": each.body or None,
        "state": each.state,
        "user": account(each.author),
        "labels": [{"name": name} for name in each.labels],
        "comments": sum(c.number == each.number for c in world.comments.values()),
        "created_at": stamp(each.created_at),
        "updated_at": stamp(each.updated_at),
        "author_association": "OWNER" if each.author == world.owner else "NONE",
        "html_url": f"{page}/issues/{each.number}",
    }
    if each.pull:
        row["pull_request"] = {"html_url": f"{page}/pull/{each.number}"}
    return row


def comment(world: World, each: Comment) -> dict:
    page = f"https://github.com/{world.repository}/issues/{each.number}"
    return {
        "id": each.comment_id,
        "user": account(each.author),
        "body": each.body,
        "created_at": stamp(each.created_at),
        "updated_at": stamp(each.updated_at),
        "html_url": f"{page}#issuecomment-{each.comment_id}",
        "reactions": dict(Counter(content for _, content in each.reactions)),
    }


def pull(world: World, each: Issue) -> dict:
    assert each.pull is not None
    return {
        "number": each.number,
        "title": each.title,
        "body": each.body or None,
        "state": each.state,
        "user": account(each.author),
        "merged_at": stamp(each.pull.merged_at),
        "merge_commit_sha": each.pull.merge_commit or None,
        "created_at": stamp(each.created_at),
        "updated_at": stamp(each.updated_at),
        "head": {"ref": each.pull.head, "sha": world.tip(each.pull.head) or "0" * 40,
                 "label": f"{world.owner}:{each.pull.head}"},
        "base": {"ref": each.pull.base, "sha": world.tip(each.pull.base) or "0" * 40},
        "html_url": f"https://github.com/{world.repository}/pull/{each.number}",
    }  # fmt: skip


def event(world: World, name: str, number: int, *, login: str, comment_id: int = 0) -> dict:
    """What a workflow finds in ``$GITHUB_EVENT_PATH``."""
    each = world.issues[number]
    row = {
        "action": "created" if name == "issue_comment" else "edited",
        "issue": issue(world, each),
        "sender": account(login),
        "repository": {"full_name": world.repository},
    }
    if comment_id:
        row["comment"] = comment(world, world.comments[comment_id])
    return row
