"""What each key does to the queue, and what a reviewer sees after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from db.errors import DatabaseUnavailableError
from db.records import CandidateFilter, EntryEdit, State, Verdict
from tests.builders import make_candidate
from tests.pipeline.desk.worlds import make_world
from tests.pipeline.review.terminal.typed import review


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


FIRST, SECOND, THIRD = "2206.00003", "2206.00002", "2206.00001"
"""The candidates as the queue has them: the most relevant first."""


def state_of(world, arxiv_id: str) -> State:
    return world.queue.get(arxiv_id).state


def test_twelve_candidates_are_decided_with_twelve_keys(tmp_path):
    world = make_world(tmp_path, candidates=12)
    screen = review(world.desk, *"arlarlarlarl")
    counts = world.queue.counts()
    assert {counts[state] for state in (State.APPROVED, State.REJECTED, State.DEFERRED)} == {4}
    assert counts[State.PENDING] == 0
    assert "That is all for today." in screen.frames[-1]
    assert "12 of 12" in screen.frames[-1]
    assert "In this sitting: 4 approved, 4 rejected, 4 left for later." in screen.frames[-1]
    assert screen.farewell == "12 of 12 decided today; 4 approved wait for `shortlist publish`"


def test_the_most_relevant_is_before_the_reviewer_with_its_scores_and_topics(world):
    frame = review(world.desk).frames[0]
    assert "0 of 3" in frame
    assert "Mara" in frame
    assert "On Paper Number 2206 00003" in frame
    assert "Dan Drafter, Eve Editor" in frame
    assert "Relevance 0.75 ━" in frame
    assert "▸ 1 Privacy  0.80" in frame
    assert "  2 Fairness  0.20" in frame
    assert frame.endswith(
        "\n a approve r reject l later u undo e edit 1-9 topic j/k move ? help q quit"
    )


def test_the_entry_and_the_evidence_stand_below(world):
    frames = review(world.desk, " ", rows=16).frames
    assert "In the list, under Privacy" in frames[-1]
    assert "  - Key Word: Privacy." in frames[-1]
    assert frames[0] != frames[1]


def test_progress_grows_and_what_was_done_is_said_once(world):
    screen = review(world.desk, "a", "j")
    assert "1 of 3" in screen.frames[1]
    assert "Approved: “On Paper Number 2206 00003”." in screen.frames[1]
    assert "Approved:" not in screen.frames[2]


def test_undo_brings_the_paper_back_as_often_as_it_is_typed(world):
    screen = review(world.desk, "a", "r", "u", "u")
    assert state_of(world, FIRST) is state_of(world, SECOND) is State.PENDING
    assert "Taken back: “On Paper Number 2206 00003” waits again." in screen.frames[-1]
    assert "0 of 3" in screen.frames[-1]


def test_undo_with_nothing_done_says_so(world):
    assert "Nothing to take back." in review(world.desk, "u").frames[-1]


def test_undo_works_at_the_quiet_end(world):
    screen = review(world.desk, "r", "r", "r", "u")
    assert "That is all for today." in screen.frames[3]
    assert state_of(world, THIRD) is State.PENDING
    assert "On Paper Number 2206 00001" in screen.frames[4]


def test_an_earlier_decision_is_taken_back_on_its_own_paper(world):
    world.desk.decide(SECOND, Verdict.DEFER)
    world.desk.decide(FIRST, Verdict.DEFER)
    world.desk.decide(THIRD, Verdict.DEFER)
    screen = review(world.desk, "l", "u")
    assert "left for later by Mara" in screen.frames[1]
    assert state_of(world, FIRST) is State.PENDING


@pytest.mark.parametrize(("there", "back"), [("j", "k"), ("right", "left")])
def test_papers_are_paged_through_without_a_decision(world, there, back):
    screen = review(world.desk, there, there, there, back)
    shown = [
        next(line for line in frame.split("\n") if "On Paper" in line)[-5:]
        for frame in screen.frames
    ]
    assert shown == ["00003", "00002", "00001", "00001", "00002"]
    assert "This is the last one." in screen.frames[3]
    assert world.queue.counts()[State.PENDING] == 3


def test_a_decided_paper_can_be_looked_at_again_and_is_not_decided_twice(world):
    screen = review(world.desk, "a", "k", "r")
    assert "approved by Mara  (u takes it back)" in screen.frames[2]
    assert "It is approved already; u takes that back." in screen.frames[3]
    assert state_of(world, FIRST) is State.APPROVED


def test_after_the_last_paper_the_ones_passed_over_come(world):
    screen = review(world.desk, "j", "j", "a")
    assert "00003" in screen.frames[-1]


def test_a_number_chooses_the_topic_that_the_approval_takes(world):
    screen = review(world.desk, "2", "a")
    assert "▸ 2 Fairness" in screen.frames[1]
    assert "In the list, under Fairness" in review(world.desk, "2", columns=120, rows=40).frames[1]
    assert world.queue.get(FIRST).topic == "Fairness"
    assert world.queue.history(FIRST)[0].topic == "Fairness"


def test_what_is_seen_under_another_topic_is_what_is_published(world):
    seen = review(world.desk, "2", rows=60).frames[1]
    review(world.desk, "2", "a", "p", "y")
    entry = world.readme.read_text(encoding="utf-8")
    (words,) = [line for line in seen.split("\n") if "Key Word:" in line]
    assert words.strip() in entry.split("## Fairness")[1]


def test_a_number_without_topic_says_so(world):
    assert "There is no topic 9; t chooses any." in review(world.desk, "9").frames[-1]


def test_any_topic_is_chosen_by_how_it_begins(world):
    screen = review(world.desk, "t", *"fai", "enter", "a")
    assert "Topic: fai" in screen.frames[4]
    assert "Fairness" in screen.frames[4].split("\n")[-2]
    assert screen.cursors[4] == (23, 1 + len("Topic: fai"))
    assert world.queue.get(FIRST).topic == "Fairness"


def test_a_topic_that_the_list_does_not_have_is_not_chosen(world):
    screen = review(world.desk, "t", *"xyz", "enter", "a")
    assert "The list has no topic that begins with “xyz”." in screen.frames[5]
    assert world.queue.get(FIRST).topic == "Privacy"


def test_a_rejection_may_have_a_reason(world):
    review(world.desk, "R", *"off", " ", *"topix", "backspace", "c", "enter")
    assert world.queue.get(FIRST).reason == "off topic"
    assert state_of(world, FIRST) is State.REJECTED


def test_escape_gives_up_what_was_typed(world):
    review(world.desk, "R", *"off", "esc")
    assert state_of(world, FIRST) is State.PENDING


def test_search_leaves_what_holds_all_words_and_nothing_all(world):
    world.add(make_candidate("2206.00009", title="Rare cats", relevance=0.01))
    screen = review(world.desk, "/", *"rare", "enter", "/", "clear", "enter")
    assert "Rare cats" in screen.frames[6]
    assert "search: rare" in screen.frames[6]
    assert "1 waits that hold all of this." in screen.frames[6]
    assert "00003" in screen.frames[9]


def test_a_search_that_finds_nothing_says_how_to_go_back(world):
    frame = review(world.desk, "/", *"zebra", "enter").frames[-1]
    assert "Nothing waits that holds “zebra”." in frame
    assert "/ and Enter shows all that waits." in frame


def test_what_was_left_for_later_is_looked_at_at_the_end(world):
    screen = review(world.desk, "l", "r", "r", "l", "a")
    assert "1 was left for later: l looks at them now." in screen.frames[3]
    assert "left for later by Mara" in screen.frames[4]
    assert state_of(world, FIRST) is State.APPROVED


# -- several reviewers -----------------------------------------------------------


def test_who_comes_second_sees_the_first_decision_and_overwrites_nothing(world):
    other = world.desk.of_reviewer("Bo")

    class Meanwhile(type(world.desk)):
        """The other one decides while the first looks."""

        def decide(self, arxiv_id, verdict, **how):
            if state_of(world, arxiv_id) is State.PENDING:
                other.decide(arxiv_id, Verdict.REJECT)
            return super().decide(arxiv_id, verdict, **how)

    desk = Meanwhile(world.desk._tools, "Mara")
    frame = review(desk, "a").frames[-1]
    assert "Bo was first: “On Paper Number 2206 00003” is rejected. j goes on." in (
        frame.replace("\n ", " ")
    )
    assert "rejected by Bo" in frame
    assert state_of(world, FIRST) is State.REJECTED
    assert world.queue.get(FIRST).reviewer == "Bo"


def test_an_entry_that_another_edited_is_shown_before_it_can_be_approved(world):
    other = world.desk.of_reviewer("Bo")

    class Meanwhile(type(world.desk)):
        def decide(self, arxiv_id, verdict, **how):
            if not world.queue.history(arxiv_id):
                other.edit(arxiv_id, EntryEdit(title="Another Title"))
            return super().decide(arxiv_id, verdict, **how)

    screen = review(Meanwhile(world.desk._tools, "Mara"), "a", " ", "a")
    assert "Bo changed it meanwhile: look again." in screen.frames[1]
    assert "Another Title" in screen.frames[2]
    assert state_of(world, FIRST) is State.APPROVED


def test_what_another_decided_meanwhile_is_passed_over_and_said(world):
    class Meanwhile(type(world.desk)):
        def decide(self, arxiv_id, verdict, **how):
            card = super().decide(arxiv_id, verdict, **how)
            if state_of(world, SECOND) is State.PENDING:
                self.of_reviewer("Bo").decide(SECOND, Verdict.APPROVE)
            return card

        def of_reviewer(self, name):
            return world.desk.of_reviewer(name)

    frame = review(Meanwhile(world.desk._tools, "Mara"), "r").frames[-1]
    assert "Bo was first: “On Paper Number 2206 00002” is approved." in frame.replace("\n ", " ")
    assert "On Paper Number 2206 00001" in frame


def test_undo_takes_back_ones_own_decision_and_not_what_another_made_of_it(world):
    class Meanwhile(type(world.desk)):
        def decide(self, arxiv_id, verdict, **how):
            card = super().decide(arxiv_id, verdict, **how)
            world.desk.of_reviewer("Bo").decide(arxiv_id, Verdict.APPROVE)
            return card

    frame = review(Meanwhile(world.desk._tools, "Mara"), "l", "u").frames[-1]
    assert "Bo was first: “On Paper Number 2206 00003” is approved." in frame.replace("\n ", " ")
    assert state_of(world, FIRST) is State.APPROVED
    assert world.queue.get(FIRST).reviewer == "Bo"


@pytest.mark.parametrize(("keys", "title"), [("eeu", "One"), ("eeuu", None), ("eeauuu", None)])
def test_what_was_done_to_one_paper_is_taken_back_step_by_step(world, keys, title):
    titles = iter(["One", "Two"])

    def edit(desk, _screen, card):
        arxiv_id, revision = card.candidate.paper.arxiv_id, card.candidate.revision
        return desk.edit(arxiv_id, EntryEdit(title=next(titles)), revision=revision)

    review(world.desk, *keys, edit=edit)
    assert world.queue.get(FIRST).edit.title == title
    assert state_of(world, FIRST) is State.PENDING


# -- editing and publishing --------------------------------------------------------


def test_an_edit_is_kept_and_can_be_taken_back(world):
    def edit(desk, _screen, card):
        return desk.edit(
            card.candidate.paper.arxiv_id,
            EntryEdit(title="A Better Title"),
            revision=card.candidate.revision,
        )

    screen = review(world.desk, "e", " ", "u", " ", edit=edit)
    assert "Kept. u takes it back." in screen.frames[1]
    assert "- A Better Title." in screen.frames[2]
    assert "A Better Title" not in screen.frames[4]
    assert world.queue.get(FIRST).edit == EntryEdit()


def test_publishing_shows_the_exact_diff_and_asks(world):
    screen = review(world.desk, "a", "p", "q", columns=100, rows=40)
    assert "Publish 1 paper" in screen.frames[2]
    assert (
        "+- On Paper Number 2206 00003. [[paper]](https://arxiv.org/abs/2206.00003)"
        in (screen.frames[2])
    )
    assert "Nothing was published." in screen.frames[3]
    assert state_of(world, FIRST) is State.APPROVED


def test_publishing_commits_what_was_shown(world):
    before = world.repository.head()
    screen = review(world.desk, "a", "p", "y")
    assert state_of(world, FIRST) is State.PUBLISHED
    assert world.repository.head() != before
    assert f"1 paper published in {world.repository.head()[:10]}." in screen.frames[-1]
    assert screen.farewell == "1 of 3 decided today"


def test_with_nothing_approved_there_is_nothing_to_publish(world):
    assert "Nothing is approved" in review(world.desk, "p").frames[-1]


def test_what_the_desk_refuses_is_said_in_one_line_and_nothing_is_lost(world):
    class Away(type(world.desk)):
        def decide(self, arxiv_id, verdict, **how):
            raise DatabaseUnavailableError("the database is locked", hint="try again")

    frame = review(Away(world.desk._tools, "Mara"), "a").frames[-1]
    assert "the database is locked: try again." in frame
    assert "On Paper Number 2206 00003" in frame
    assert world.queue.counts()[State.PENDING] == 3


def test_a_problem_of_the_entry_is_said_with_the_approval(world):
    world.add(make_candidate("2206.00009", relevance=0.99, abstract=None))
    screen = review(world.desk, "a", rows=40)
    assert "! no abstract was delivered" in screen.frames[0]
    assert "But no abstract was delivered, so its digest cannot be drafted" in (
        screen.frames[-1].replace("\n ", " ")
    )


# -- windows -------------------------------------------------------------------------


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40), (40, 10), (20, 8), (300, 90)])
def test_every_frame_fits_its_window(world, columns, rows):
    long = make_candidate(
        "2206.00009",
        relevance=0.99,
        title="深度学习の信頼性 " * 12,
        abstract="w" * 900 + " very " * 400,
        authors=tuple(f"Author {number}" for number in range(400)),
    )
    world.add(long)
    keys = [" ", " ", "end", "?", "q", "/", *"authors", "esc", "2", "a", "p", "end", "q", "k"]
    screen = review(world.desk, *keys, columns=columns, rows=rows)
    for frame in screen.drawn:
        assert len(frame) <= rows
        assert all(line.cell_len <= columns for line in frame), [
            line.plain for line in frame if line.cell_len > columns
        ]


def test_a_long_abstract_is_read_page_by_page_to_its_last_word(world):
    words = " ".join(f"word{number}" for number in range(600))
    world.add(make_candidate("2206.00009", relevance=0.99, abstract=words))
    screen = review(world.desk, *[" "] * 8, "b", "home")
    read = "\n".join(screen.frames[:9])
    assert all(f"word{number}" in read for number in range(600))
    assert "↓ " in screen.frames[0]
    assert screen.frames[-1] == screen.frames[0]


def test_words_that_mattered_are_marked_and_not_by_colour_alone(world):
    candidate = make_candidate("2206.00009", relevance=0.99)
    evidence = replace(
        candidate.evidence, words_for=("private learning",), words_against=("nobody",)
    )
    world.add(replace(candidate, evidence=evidence))
    lines = review(world.desk, rows=60).drawn[0]
    marked = {
        line.plain[span.start : span.end]: str(span.style)
        for line in lines
        for span in line.spans
        if line.plain[span.start : span.end].casefold() in {"private learning", "nobody"}
    }
    assert "bold" in marked["private learning"]
    assert "underline" in marked["Nobody"]


def test_help_names_every_key(world):
    frame = review(world.desk, "?", "q", rows=40).frames[1]
    for does in ("approve", "reject, and say why", "choose any topic", "publish: the diff first"):
        assert does in frame


def test_a_key_that_means_nothing_changes_nothing(world):
    screen = review(world.desk, "z", "A", "0")
    assert screen.frames[0] == screen.frames[-1]
    assert world.desk.queue(CandidateFilter(states=frozenset({State.PENDING}))).total == 3


def test_what_was_published_is_taken_back_out_of_the_list(world):
    screen = review(world.desk, "a", "p", "y", "u")
    assert state_of(world, FIRST) is State.PENDING
    assert "2206.00003" not in world.readme.read_text(encoding="utf-8")
    assert "waits again." in screen.frames[-1]
