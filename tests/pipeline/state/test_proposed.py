"""A model that people let into service: one pull request, whatever happens to it."""

from __future__ import annotations

import pytest

from pipeline.errors import StateError
from pipeline.github.client import GitHub
from pipeline.github.transport import Transport
from pipeline.state.proposed import ProposedShelf
from pipeline.state.shelf import MOST_BYTES
from tests.github_standin import TOKEN, GitHubStandIn
from tests.pipeline.git.checkouts import BOT, clone, git, make_origin

BRANCH, NEXT = "shortlist-models", "shortlist-models-next"


def model(name: str) -> dict[str, bytes]:
    return {"model.skops": f"weights {name}".encode(), "card.json": f"card {name}".encode()}


SHIPPED, NEW, NEWER = model("shipped"), model("new"), model("newer")


@pytest.fixture
def origin(tmp_path):
    return make_origin(tmp_path / "origin.git")


@pytest.fixture
def standin(origin):
    with GitHubStandIn("owner/list", git=origin) as standin:
        yield standin


@pytest.fixture
def machine(tmp_path, origin, standin):
    """Another machine each time it is called."""
    made = []

    def make() -> ProposedShelf:
        made.append(clone(origin, tmp_path / f"machine {len(made)}"))
        return ProposedShelf(
            made[-1],
            BRANCH,
            identity=lambda: BOT,
            github=lambda: GitHub(
                Transport(api_url=standin.api_url, token=TOKEN), standin.world.repository
            ),
        )

    return make


def merge(origin, *, squash: bool = False) -> None:
    """What a person does on GitHub."""
    if not squash:
        git(origin, "update-ref", f"refs/heads/{BRANCH}", NEXT)
        return
    identity = ["-c", "user.name=M", "-c", "user.email=m@example.org"]
    made = git(
        origin, *identity, "commit-tree", f"{NEXT}^{{tree}}", "-p", BRANCH, "-m", "Squashed"
    ).strip()
    git(origin, "update-ref", f"refs/heads/{BRANCH}", made)


def test_a_proposed_model_is_in_service_once_it_is_merged(origin, standin, machine):
    where = machine().put(NEW, before=SHIPPED, message="Model 2\n\nNot worse.")
    assert where == "pull request 1, in service once it is merged"
    assert machine().current() == SHIPPED
    merge(origin)
    assert machine().current() == NEW
    assert machine().previous() == SHIPPED


def test_there_is_one_pull_request_that_follows_what_is_proposed(origin, standin, machine):
    machine().put(NEW, before=SHIPPED, message="Model 2\n\nNot worse.")
    machine().put(NEWER, before=SHIPPED, message="Model 3\n\nBetter.")
    (pull,) = [each for each in standin.world.issues.values() if each.pull]
    assert (pull.number, pull.title) == (1, "Model 3")
    assert git(origin, "show", f"{NEXT}:card.json").strip() == "card newer"
    assert git(origin, "rev-list", "--count", NEXT).strip() == "3"


@pytest.mark.parametrize("squash", [False, True])
def test_after_a_merge_the_next_proposal_goes_on_from_it_unforced(origin, standin, machine, squash):
    machine().put(NEW, before=SHIPPED, message="Model 2\n\nNot worse.")
    merge(origin, squash=squash)
    standin.world.merge(1)
    before = git(origin, "rev-parse", NEXT).strip()
    where = machine().put(NEWER, before=NEW, message="Model 3\n\nBetter.")
    assert where.startswith("pull request 2")
    git(origin, "merge-base", "--is-ancestor", before, NEXT)
    git(origin, "merge-base", "--is-ancestor", BRANCH, NEXT)
    merge(origin)
    assert (machine().current(), machine().previous()) == (NEWER, NEW)


def test_a_model_that_is_too_large_is_not_proposed(origin, standin, machine):
    with pytest.raises(StateError, match="takes at most"):
        machine().put({"model.skops": b"0" * (MOST_BYTES + 1)}, before=SHIPPED, message="Model 2")
    assert standin.requests() == []
