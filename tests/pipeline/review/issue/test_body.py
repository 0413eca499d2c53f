"""The queue as the body of an issue."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from db.records import DecidedPaper, Decision, JobRun, State, TopicProbability, Verdict
from pipeline.review.issue import Notice, is_dashboard, is_untouched, render_body
from pipeline.review.issue.marks import shows_the_same
from tests.builders import NOW
from tests.pipeline.review.issue.builders import make_body, make_card, make_dashboard, tick


def test_a_paper_is_one_line_with_its_boxes_under_it():
    body = make_body(make_card("2206.00001", revision=3, relevance=0.83))
    lines = body.split("\n")
    at = next(place for place, line in enumerate(lines) if line.startswith("- [ ] **approve**"))
    link = "[On Paper Number 2206 00001](https://arxiv.org/abs/2206.00001)"
    facts = "relevance 0.83 · 2022-06-01"
    assert lines[at : at + 4] == [
        f"- [ ] **approve** {link} · {facts} <!-- shortlist:2206.00001 r3 approve -->",
        "  - [ ] reject <!-- shortlist:2206.00001 r3 reject -->",
        "  - [ ] later <!-- shortlist:2206.00001 r3 later -->",
        "  - [ ] approve under Fairness (0.20) <!-- shortlist:2206.00001 r3 approve 6fb6cce430 -->",
    ]


def test_topics_stand_in_the_lists_order_and_papers_by_relevance():
    body = make_body(
        make_card("2206.00001", topic="Fairness", relevance=0.9),
        make_card("2206.00002", relevance=0.8),
        make_card("2206.00003", topic="Fairness", relevance=0.7),
        make_card("2206.00004", topic="Elsewhere", relevance=0.6),
    )
    headings = re.findall(r"^### (.+)$", body, re.MULTILINE)
    assert headings == ["Privacy (1)", "Fairness (2)", "Elsewhere (1)"]
    assert body.index("2206.00002") < body.index("2206.00001") < body.index("2206.00003")


def test_a_group_of_several_can_be_approved_with_one_tick():
    body = make_body(make_card("2206.00001", revision=1), make_card("2206.00002", revision=4))
    assert "- [ ] **approve all 2 above** <!-- shortlist:all 2206.00001@1 2206.00002@4 -->" in body
    assert "approve all" not in make_body(make_card("2206.00001"))


def test_the_evidence_is_folded_under_the_line():
    body = make_body(make_card("2206.00001", comment="Accepted at ICML 2022"))
    folded = body[body.index("<details>") : body.index("</details>\n", body.index("</details>"))]
    for said in (
        "Dan Drafter, Eve Editor", "cs.LG, cs.CR · announced 2022-06-01 (new)",
        "Comment: Accepted at ICML 2022", "like “Private Things” (0.71)",
        "We study private learning.", "```md\n  - On Paper Number 2206 00001. [[paper]]",
    ):  # fmt: skip
        assert said in folded


def test_problems_stand_at_the_top_and_what_was_decided_at_the_bottom():
    decision = Decision(
        arxiv_id="2206.00009", verdict=Verdict.REJECT, reason="off topic", reviewer="mara",
        decided_at=NOW,
    )  # fmt: skip
    decided = DecidedPaper(decision=decision, title="Cats", state=State.REJECTED, revision=2)
    run = JobRun(job="daily", started_at=NOW, finished_at=NOW, status="ok")
    body = make_body(
        make_card(), problems=("arXiv was down",), decided=(decided,), jobs=(run,),
        notices=(Notice(at=NOW, markdown="2206.00005: please tick one"),),
    )  # fmt: skip
    order = [
        body.index(part)
        for part in ("arXiv was down", "please tick one", "### Privacy", "Decided lately", "Last s")
    ]
    assert order == sorted(order)
    assert (
        "- [ ] undo · [Cats](https://arxiv.org/abs/2206.00009): rejected (off topic) by mara,"
        " 2022-06-01 05:00 UTC <!-- shortlist:2206.00009 r2 undo -->" in body
    )
    assert "Last success: daily 2022-06-01 05:00 UTC." in body


def test_only_the_last_decision_about_a_paper_has_a_box_to_take_it_back():
    def told(verdict, state=State.APPROVED):
        decision = Decision(arxiv_id="2206.00009", verdict=verdict, reviewer="m", decided_at=NOW)
        return DecidedPaper(decision=decision, title="Cats", state=state, revision=2)

    body = make_body(decided=(told(Verdict.APPROVE), told(Verdict.EDIT)))
    assert body.count("[ ] undo") == 1
    assert "[ ] undo" not in make_body(decided=(told(Verdict.UNDO, State.PENDING),))


def test_what_is_approved_and_not_published_can_be_taken_back():
    approved = replace(make_card().candidate, state=State.APPROVED, reviewer="mara")
    body = make_body(approved=(approved,))
    assert "Approved, on the way into the list" in body
    assert "<!-- shortlist:2206.00001 r1 undo -->" in body


def test_of_very_many_approved_the_number_is_said():
    approved = replace(make_card().candidate, state=State.APPROVED, reviewer="mara")
    assert "- and 70 papers more" in make_body(approved=(approved,) * 100)


def test_one_kept_for_later_says_so_and_offers_it_no_more():
    card = make_card()
    deferred = replace(card.candidate, state=State.DEFERRED, reviewer="mara")
    body = make_body(replace(card, candidate=deferred))
    assert "kept for later by mara" in body
    assert "r1 later" not in body


def test_the_prediction_set_is_what_can_be_chosen_from():
    card = make_card()
    candidate = replace(card.candidate, choices=("Privacy", "Ownership", "Fairness"))
    body = make_body(replace(card, candidate=candidate))
    assert re.findall(r"approve under (\w+) \((.+?)\)", body) == [
        ("Ownership", "?"),
        ("Fairness", "0.20"),
    ]


def test_where_the_topic_is_sure_there_is_nothing_to_choose():
    card = make_card()
    sure = (
        TopicProbability(topic="Privacy", probability=0.97),
        TopicProbability(topic="Fairness", probability=0.03),
    )
    body = make_body(replace(card, candidate=replace(card.candidate, topics=sure)))
    assert "approve under" not in body


def test_an_empty_queue_is_said_in_one_heading():
    body = make_body()
    assert "## Nothing waits" in body
    assert "[ ]" not in body


def test_the_same_dashboard_is_the_same_text_and_a_changed_letter_is_noticed():
    body = make_body(make_card())
    assert body == make_body(make_card())
    assert is_untouched(body)
    assert is_untouched(body.replace("\n", "\r\n") + "\r\n")
    for other in (tick(body, "reject"), body.replace("Paper", "paper"), body[:-80], ""):
        assert not is_untouched(other)
    assert is_dashboard("> moved\n" + body)
    assert not is_dashboard("")


# -- GitHub's limit ------------------------------------------------------------


def many(count: int, **given) -> list:
    return [
        make_card(f"2206.{number:05}", relevance=1 - number / 1000, **given)
        for number in range(1, count + 1)
    ]


def size(body: str) -> int:
    return len(body.encode("utf-16-le")) // 2


def test_over_the_limit_evidence_leaves_first_and_the_most_relevant_keep_theirs():
    cards = many(60, abstract="A word of evidence. " * 60)
    body = make_body(*cards)
    assert 55_000 < size(body) <= 65_000
    assert body.count("- [ ] **approve** [") == 60
    kept = body.count("<details><summary>why")
    assert 10 < kept < 60
    assert f"The evidence of the last {60 - kept} papers found no room here" in body
    last_with = body.rindex("<details><summary>why")
    first_without = body.index(f"2206.{kept + 1:05} r1 approve")
    assert last_with < first_without


def test_a_token_takes_no_room_from_evidence():
    rest = many(60, abstract="A word of evidence. " * 60)[1:]
    for length in range(80, 240, 8):
        first = make_card("2206.00001", relevance=0.999, abstract="w" * length)
        dashboard = make_dashboard(first, *rest)
        assert shows_the_same(render_body(dashboard), render_body(dashboard, token="0" * 8)), length


def test_then_papers_leave_from_the_end_and_are_counted():
    cards = many(200, title="A Long Title About Private Things " * 8)
    body = make_body(*cards, waiting=10_000)
    assert size(body) <= 65_000
    shown = body.count("- [ ] **approve** [")
    assert 60 < shown < 200
    assert f"**{10_000 - shown:,} papers more, less relevant, found no room here**" in body
    assert f"2206.{shown:05} r1 approve" in body
    assert f"2206.{shown + 1:05} r1 approve" not in body
    assert f"**approve all {shown} above**" in body


def test_a_body_without_need_to_leave_anything_out_says_nothing_of_it():
    assert "no room" not in make_body(*many(3))


def test_characters_beyond_the_basic_plane_count_twice():
    body = make_body(*many(200, title="🙂" * 250), waiting=200)
    assert size(body) <= 65_000
    assert "found no room" in body


def test_everything_else_at_its_largest_leaves_room_for_papers():
    decision = Decision(
        arxiv_id="2206.00009", verdict=Verdict.REJECT, reason="why " * 500, reviewer="m" * 300,
        decided_at=NOW,
    )  # fmt: skip
    told = DecidedPaper(decision=decision, title="t" * 900, state=State.REJECTED, revision=2)
    approved = replace(make_card(title="x" * 900).candidate, state=State.APPROVED, reviewer="m")
    dashboard = make_dashboard(
        *many(200),
        problems=("p" * 900,) * 40,
        notices=(Notice(at=datetime(2026, 1, 1, tzinfo=UTC), markdown="n" * 300),) * 10,
        decided=(told,) * 12,
        approved=(approved,) * 50,
    )
    body = render_body(dashboard)
    assert size(body) <= 65_000
    assert body.count("- [ ] **approve** [") > 20
