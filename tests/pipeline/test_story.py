"""The whole story of a paper, in sentences: also why it is not in the list, nor in the queue."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from db.engine import open_database
from db.papers import PaperChange, PaperStore
from db.records import AnnounceType, Decision, Fetch, FetchStatus, Standing, Verdict
from pipeline.daily import DailyJob, run_daily
from pipeline.git import Repository
from pipeline.publication import publish_approved
from pipeline.sources.day_by_day import DayByDay
from pipeline.story import Story, StoryJob, Why, answer_of, as_json, events_of, tell_story
from pipeline.withdrawal import UndoJob, undo
from tests.builders import DAY, MAINTAINER, NOW, make_paper, make_publish_job, open_ledger
from tests.fakes import FakeScorer, FakeSource

BEST = "2206.00008"


class World:
    def __init__(self, folder) -> None:
        self.source = FakeSource(
            {DAY: [make_paper(f"2206.00{n:03}", title=f"Fairness {n}") for n in range(9)]}
        )
        self.ledger = open_ledger(folder)
        self.scorer = FakeScorer()
        self.publication = make_publish_job(folder)
        self.queue = self.publication.queue
        self.papers = PaperStore(open_database(f"sqlite:///{folder}/queue.db"))
        self.repository = Repository.open(folder / "list")
        self.readme = folder / "list" / "README.md"

    def run(self) -> None:
        run_daily(
            DailyJob(
                publication=self.publication,
                intake=DayByDay(sources=(self.source,), ledger=self.ledger),
                ledger=self.ledger,
                scorer=self.scorer,
                aliases={},
                per_day=3,
                expire_days=14,
                day=DAY,
            )
        )

    def decide(self, verdict: Verdict, arxiv_id: str = BEST, **more: str) -> None:
        self.queue.decide(
            Decision(
                arxiv_id=arxiv_id,
                verdict=verdict,
                reviewer="Mara",
                decided_at=NOW + timedelta(hours=1),
                **more,
            )
        )

    def story(self, arxiv_id: str = BEST) -> Story:
        job = StoryJob(
            queue=self.queue,
            papers=self.papers,
            ledger=self.ledger,
            list_paths=self.publication.list_paths,
            repository=lambda: self.repository,
            categories=("cs.LG", "cs.CR"),
        )
        return tell_story(job, arxiv_id)

    def told(self, arxiv_id: str = BEST) -> list[str]:
        return [event.text for event in events_of(self.story(arxiv_id))]

    def keep(self, paper, standing: Standing) -> None:
        change = PaperChange(paper=paper, standing=standing)
        self.papers.take([paper.arxiv_id], lambda _: [change], now=NOW)


@pytest.fixture
def world(tmp_path) -> World:
    return World(tmp_path)


def test_a_candidate_was_announced_scored_and_queued(world):
    world.run()
    story = world.story()
    assert (story.why, answer_of(story)) == (
        Why.PENDING,
        "It waits for a decision, under Fairness.",
    )
    assert world.told() == [
        "announced as new; fake delivered the whole day (9 papers)",
        (
            "scored 0.01 for Fairness by model fake-1: rank 1 of 9 that day, of which the best 3"
            " are queued"
        ),
        "queued for Fairness: like “Private Things” (0.70); words for it: private",
    ]


def test_a_paper_that_may_be_a_listed_one_says_which(world):
    near = make_paper("2206.00999", title="Private Thing", authors=("Ann Author",))
    world.source.days[DAY] = [near]
    world.run()
    assert "Private Things" in world.told("2206.00999")[-1].split(";")[0]
    assert "may be" in world.told("2206.00999")[-1]


def test_a_paper_below_the_cut_hears_its_rank_and_what_the_last_one_had(world):
    world.run()
    story = world.story("2206.00003")
    assert (story.why, story.title) == (Why.BELOW_THE_CUT, "Fairness 3")
    assert answer_of(story) == (
        "It was seen and not queued: with a relevance of under 0.01 it is rank 6 of 9 that day, of"
        " which the best 3 are queued; the last that was had 0.01. `shortlist add 2206.00003` takes"
        " it in."
    )


def test_every_decision_is_told_with_who_and_what_the_model_had_said(world):
    world.run()
    world.decide(Verdict.REJECT, reason="off topic")
    assert answer_of(world.story()) == "It was rejected by Mara: off topic."
    assert world.told()[-1] == "rejected by Mara (relevance 0.01, model fake-1): off topic"
    world.queue.undo(BEST, reviewer="Nora", now=NOW + timedelta(hours=2))
    world.decide(Verdict.APPROVE, topic="Privacy")
    assert "waits for the next publication" in answer_of(world.story())
    assert world.told()[-2:] == [
        "approved by Mara for Privacy (relevance 0.01, model fake-1)",
        "the last decision was taken back by Nora",
    ]


def test_the_commits_of_the_list_are_told_until_it_is_taken_back(world):
    world.run()
    world.decide(Verdict.APPROVE)
    commit = publish_approved(world.publication).commit
    assert world.story().why is Why.LISTED
    assert answer_of(world.story()) == (
        "It stands in the list: README.md, line 21, under Fairness."
    )
    assert world.told()[-1] == f"put into README.md ({commit[:10]})"
    job = UndoJob(
        list_paths=world.publication.list_paths,
        queue=world.queue,
        publisher=lambda _="": world.publication.publisher,
        repository=lambda: world.repository,
        reviewer="Nora",
        now=NOW + timedelta(days=1),
    )
    undone = undo(job, BEST)
    assert world.told()[-2:] == [
        f"put into README.md ({commit[:10]})",
        f"taken out of README.md ({undone.commit[:10]})",
    ]
    assert "taken out of the list again by Nora, and its approval taken back" in world.told()
    assert world.story().why is Why.PENDING


def test_what_people_do_by_hand_is_told_as_such(world):
    world.run()
    text = world.readme.read_text("utf-8")
    line = f"- By Hand. [[paper]](https://arxiv.org/abs/{BEST})\n  - Dan Drafter.\n\n"
    world.readme.write_text(text.replace("- Private", f"{line}- Private"), "utf-8")
    added = world.repository.commit(["README.md"], "Add one", MAINTAINER)
    publish_approved(world.publication)
    assert world.told()[-1] == f"put into README.md by hand, by Mara Tester ({added[:10]})"
    full = world.publication.list_paths[1]
    full.write_text(full.read_text("utf-8").replace("## Fairness", f"## Fairness\n\n{line}"))
    world.readme.write_text(text, "utf-8")
    moved = world.repository.commit(["README.md", "FULL_LIST.md"], "Move", MAINTAINER)
    assert world.told()[-1] == (
        f"moved from README.md to FULL_LIST.md by hand, by Mara Tester ({moved[:10]})"
    )
    full.write_text(full.read_text("utf-8").replace(line, ""))
    world.repository.commit(["FULL_LIST.md"], "Delete", MAINTAINER)
    assert world.story().why is Why.LEFT
    assert "a person took it out. It is neither offered nor written again" in answer_of(
        world.story()
    )


def test_an_entry_of_old_that_was_never_queued_has_a_story_too(world):
    story = world.story("2205.00002")
    assert (story.why, story.title) == (Why.LISTED, "Private Things")
    assert [each.into for each in story.commits] == [("README.md",)]


def test_a_paper_that_waits_to_be_scored_says_so(world):
    world.scorer.broken = True
    world.run()
    assert world.story().why is Why.WAITING


def test_a_paper_that_was_there_before_is_history(world):
    old = make_paper("2201.00001", announced=date(2022, 1, 3))
    world.keep(old, Standing.HISTORY)
    assert world.story("2201.00001").why is Why.HISTORY
    world.keep(
        replace(old, arxiv_id="2201.00002", announce_type=AnnounceType.REPLACE), Standing.HISTORY
    )
    assert world.told("2201.00002") == ["announced as a new version"]


def test_categories_that_are_not_read_are_named(world):
    other = replace(make_paper("2206.00100"), categories=("math.CO",))
    world.keep(other, Standing.HISTORY)
    assert answer_of(world.story("2206.00100")) == (
        "Its categories are none of those that are read (cs.LG, cs.CR)."
    )


def test_a_paper_with_the_title_of_another_counts_as_that_one(world):
    world.run()
    world.keep(make_paper("2206.00200", title="Private *Things*"), Standing.WAITING)
    assert answer_of(world.story("2206.00200")) == (
        "It has the title of 2205.00002 in README.md, line 9, and counts as that paper."
    )
    world.keep(make_paper("2206.00201", title="fairness 8"), Standing.WAITING)
    assert "It has the title of 2206.00008 in the queue" in answer_of(world.story("2206.00201"))


def test_what_was_triaged_long_ago_is_forgotten_and_says_so(world):
    world.queue.record([make_paper("2206.00300")], [], now=NOW)
    assert world.story("2206.00300").why is Why.FORGOTTEN


def test_a_paper_nobody_delivered_gets_the_ledgers_word_on_its_day(world):
    def fetch(day: date, highest: str, status: FetchStatus, problem: str = "") -> Fetch:
        return Fetch(
            source="oai",
            day=day,
            status=status,
            received=412,
            highest_id=highest,
            problem=problem,
            fetched_at=NOW,
        )

    world.ledger.record(
        [
            fetch(date(2022, 6, 1), "2206.00900", FetchStatus.COMPLETE),
            fetch(date(2022, 6, 2), "2206.01900", FetchStatus.PARTIAL, "page 2 did not come"),
            fetch(date(2022, 6, 3), "2206.02900", FetchStatus.COMPLETE),
        ]
    )
    story = world.story("2206.01000")
    assert (story.why, story.day) == (Why.NOT_SEEN, date(2022, 6, 2))
    assert answer_of(story) == (
        "No source delivered it. Its identifier suggests 2022-06-02: oai delivered a part of the"
        " day (412 papers): page 2 did not come; read are cs.LG, cs.CR."
    )
    assert answer_of(world.story("2206.09999")) == (
        "No source delivered it. Of 2022-06, the month of its identifier, the ledger has 3 days,"
        " not whole are 2022-06-02; read are cs.LG, cs.CR. `shortlist ledger` shows the days,"
        " `shortlist backfill` fetches others."
    )
    assert "The ledger has no day of 2023-01, the month of its identifier" in answer_of(
        world.story("2301.00001")
    )


def test_for_machines_there_are_facts_beside_the_sentences(world):
    world.run()
    story = world.story("2206.00003")
    events = events_of(story)
    told = json.loads(json.dumps(as_json(story, answer=answer_of(story), events=events)))
    assert (told["why"], told["scoring"]["rank"], told["scoring"]["cut"]) == ("below_the_cut", 6, 3)
    assert [event["text"] for event in told["events"]] == [event.text for event in events]
    world.decide(Verdict.APPROVE)
    publish_approved(world.publication)
    story = world.story()
    told = as_json(story, answer=answer_of(story), events=events_of(story))
    assert told["commits"][0]["by_shortlist"] is True
    assert told["commits"][0]["reviewer"] == "Mara"
    assert told["decisions"][0]["verdict"] == "approve"
