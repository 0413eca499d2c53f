"""``shortlist report``, as a person or a workflow sees it."""

from __future__ import annotations

import json

EVALUATION = {
    "n": 5,
    "accuracy": 0.8,
    "macro_f1": 0.7,
    "top2_accuracy": 0.9,
    "ece": 0.1,
    "intervals": {
        "accuracy": [0.6, 0.9],
        "macro_f1": [0.5, 0.9],
        "top2_accuracy": [0.8, 1.0],
        "ece": [0.05, 0.2],
    },
    "confusion": {"Fairness": {"Fairness": 2}, "Privacy": {"Privacy": 2, "Fairness": 1}},
    "notes": ["A note."],
}


def test_before_the_first_replay_there_is_a_page_that_says_how_to_make_one(shortlist, world):
    (world / "evaluation.json").write_text(json.dumps(EVALUATION))
    outcome = shortlist("report", "--evaluation", "evaluation.json", "--summary", "summary.md")
    assert (outcome.status, outcome.out) == (0, "report in var/report.html\n")
    assert "no replay in var/replay" in outcome.err
    page = (world / "var" / "report.html").read_text(encoding="utf-8")
    assert "No replay yet" in page
    assert "80\u00a0% of papers are put under their own heading" in page
    assert "A note." in (world / "summary.md").read_text(encoding="utf-8")


def test_the_summary_is_added_to_what_a_step_said_before(shortlist, world):
    (world / "evaluation.json").write_text(json.dumps(EVALUATION))
    (world / "summary.md").write_text("# Earlier\n")
    shortlist("report", "--evaluation", "evaluation.json", "--summary", "summary.md")
    assert (world / "summary.md").read_text(encoding="utf-8").startswith("# Earlier\n")


def test_json_is_one_document_with_the_facts(shortlist, world):
    (world / "evaluation.json").write_text(json.dumps(EVALUATION))
    outcome = shortlist("report", "--evaluation", "evaluation.json", "--json", "--out", "r.html")
    assert outcome.status == 0
    found = outcome.json
    assert (found["out"], found["replay"], found["drift"]) == ("r.html", None, None)
    assert found["topics"]["confusion"] == [[2, 1], [0, 2]]
    assert found["entries"] == 4


def test_what_cannot_be_written_is_one_line(shortlist, world):
    (world / "evaluation.json").write_text(json.dumps(EVALUATION))
    outcome = shortlist("report", "--evaluation", "evaluation.json", "--out", "days")
    assert outcome.status == 1
    assert outcome.err.startswith("shortlist: days cannot be written")


def test_a_list_too_short_to_score_has_a_page_that_says_so(shortlist, world):
    outcome = shortlist("report", "--json")
    assert outcome.status == 0, outcome.err
    assert outcome.json["topics"] is None
    assert "Topics were not scored: the list has" in outcome.json["notes"][0]
