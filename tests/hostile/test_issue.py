"""Hostile papers in the dashboard issue: text, in boxes that stay their own."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from db.queue import Queue
from db.records import Candidate, DecidedPaper, Decision, State, Verdict
from pipeline import wiring
from pipeline.config import load_config
from pipeline.lists.harmless import WORD_JOINER
from pipeline.review.card import Card
from pipeline.review.issue import (
    Dashboard,
    Notice,
    find_commands,
    is_untouched,
    read_ticks,
    render_body,
)
from tests.builders import NOW
from tests.github_standin import TOKEN, GitHubStandIn
from tests.hostile.conftest import make_hostile_folder
from tests.hostile.corpus import PAPERS
from tests.hostile.shape import ACTS_ON_GITHUB, markdown_shape, unseen

OURS = re.compile(r"<!-- shortlist:[^>]*-->|\]\(https://arxiv\.org/abs/[\w./-]+\)|`/[^`\n]*`")
CODE = re.compile(r"^ *(`{3,})md\n.*?\n *\1$", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="session")
def desk(hostile_folder):
    return wiring.make_desk(load_config(hostile_folder / "config.toml"))


def body_of(card: Card) -> str:
    """A body in which every word from outside is the paper's."""
    candidate = card.candidate
    text = candidate.paper.title
    decision = Decision(
        arxiv_id="2206.99999", verdict=Verdict.REJECT, topic=text, reason=text, reviewer=text,
        decided_at=NOW,
    )  # fmt: skip
    deferred = replace(candidate, state=State.DEFERRED, reviewer=text)
    return render_body(
        Dashboard(
            cards=(card, replace(card, candidate=deferred)),
            waiting=2,
            topics=card.all_topics,
            approved=(replace(candidate, reviewer=text),),
            decided=(
                DecidedPaper(decision=decision, title=text, state=State.REJECTED, revision=1),
            ),
            problems=(text, candidate.paper.comment or ""),
            notices=(Notice(at=NOW, markdown="2206.99999: please tick one"),),
        )
    )


def test_the_issue_is_made_of_the_same_elements_as_with_plain_words(desk, candidate, plain):
    def shape(each: Candidate) -> list:
        card = desk.card(candidate.paper.arxiv_id)
        drafted = replace(card.entry, title=each.paper.title, markdown="", problem="")
        body = body_of(replace(card, candidate=each, entry=drafted))
        return [name for name, _ in markdown_shape(body)]

    # Lines of names and of reasons are as many as the paper has; a comment is one more.
    same = replace(plain, paper=replace(plain.paper, comment=candidate.paper.comment and "x"))
    assert shape(candidate) == shape(same)


def test_nothing_in_the_issue_acts(desk, candidate):
    body = body_of(desk.card(candidate.paper.arxiv_id))
    prose = OURS.sub(" ", CODE.sub("", body)).replace(candidate.paper.arxiv_id, "")
    assert not ACTS_ON_GITHUB.search(prose.replace("https://arxiv.org/abs/", ""))
    assert unseen(body, allowed=f"\n{WORD_JOINER}\u200c\u200d") == set()


def test_nobody_ticks_or_commands_by_a_title(desk, candidate):
    body = body_of(desk.card(candidate.paper.arxiv_id))
    ticks = read_ticks(body)
    assert (ticks.wishes, ticks.unreadable, len(ticks.notices)) == ((), 0, 1)
    assert is_untouched(body)
    assert find_commands(body) == ()


def test_all_of_them_wait_in_one_issue_and_each_box_is_its_own(tmp_path, shortlist, monkeypatch):
    """Through the commands and a GitHub on loopback: every second one is rejected by its box."""
    queue: Queue = make_hostile_folder(tmp_path)
    config = tmp_path / "config.toml"
    with GitHubStandIn("owner/list") as github:
        github.world.person("mara")
        text = config.read_text(encoding="utf-8")
        text = text.replace('# repository = ""', 'repository = "owner/list"')
        text = re.sub(r"# api_url = .*github.*", f'api_url = "{github.api_url}"', text)
        config.write_text(text, encoding="utf-8")
        monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
        assert shortlist("dashboard", "sync", "--config", config).status == 0
        ids = [hostile.paper.arxiv_id for hostile in PAPERS]
        shown = [
            each for each in ids if f"shortlist:{each} r0 reject" in github.world.issues[1].body
        ]
        assert len(shown) > 60
        chosen = shown[::2]
        for arxiv_id in chosen:
            github.world.tick(1, f"shortlist:{arxiv_id} r0 reject", login="mara")
        outcome = shortlist("dashboard", "apply", "--config", config, "--json")
        assert outcome.json["not_done"] == []
        assert len(outcome.json["done"]) == len(chosen)
        states = {each: queue.get(each).state for each in ids}
        assert {each for each, state in states.items() if state is State.REJECTED} == set(chosen)
        assert TOKEN not in outcome.out + outcome.err + github.world.issues[1].body
        assert not shortlist("dashboard", "sync", "--config", config, "--json").json["changed"]
