"""The interface over a real server: what is asked, what is answered, what is kept."""

from __future__ import annotations

import sqlite3

import pytest

from db.records import State, Verdict

ONE = "/api/candidates/2206.00001"


def test_the_queue_has_what_waits_and_how_far_the_day_is(page):
    answer = page.get("/api/queue?state=pending&limit=2").json
    assert answer["total"] == 3
    assert answer["progress"] == {"done": 0, "of": 3}
    assert [item["arxiv_id"] for item in answer["items"]] == ["2206.00003", "2206.00002"]
    assert answer["items"][0]["revision"] == 0
    assert answer["topics"] == [{"topic": "Privacy", "count": 3}]
    assert answer["days"] == [{"day": "2022-06-01", "count": 3}]


def test_without_a_state_all_are_looked_through(signed):
    signed.post(f"{ONE}/decision", {"verdict": "reject", "revision": 0})
    assert signed.get("/api/queue").json["total"] == 3
    assert signed.get("/api/queue?state=").json["total"] == 3
    assert signed.get("/api/queue?state=pending").json["total"] == 2


def test_the_queue_is_narrowed_by_topic_day_and_words(page):
    assert page.get("/api/queue?topic=Fairness").json["total"] == 0
    assert page.get("/api/queue?day=2022-06-01").json["total"] == 3
    assert page.get("/api/queue?day=2022-06-02").json["total"] == 0
    assert page.get("/api/queue?text=00002").json["total"] == 1


def test_a_card_has_the_entry_as_markdown_and_as_harmless_html(page):
    entry = page.get(ONE).json["entry"]
    assert entry["markdown"].startswith("- On Paper Number 2206 00001.")
    assert entry["html"].startswith("<ul>\n<li>On Paper Number 2206 00001.")
    assert (
        "<summary>Digest</summary> We study private learning. It works.</details>"
        in (entry["html"])
    )


def test_an_old_identifier_with_its_slash_is_found(world, page):
    from tests.builders import make_candidate

    world.add(make_candidate("cs/0112017"))
    assert page.get("/api/candidates/cs/0112017").json["arxiv_id"] == "cs/0112017"
    answer = page.signed().post(
        "/api/candidates/cs/0112017/decision", {"verdict": "defer", "revision": 0}
    )
    assert answer.json["state"] == "deferred"


def test_what_was_never_queued_is_not_found(page):
    for path in ("/api/candidates/2206.99999", "/api/candidates/nonsense", "/api/nonsense"):
        answer = page.get(path)
        assert answer.status == 404
        assert answer.json["problem"]


def test_a_decision_is_answered_with_the_card_as_it_is_then(world, signed):
    answer = signed.post(
        f"{ONE}/decision", {"verdict": "approve", "topic": "Fairness", "revision": 0}
    )
    assert answer.status == 200
    assert (answer.json["state"], answer.json["reviewer"]) == ("approved", "Mara")
    assert (answer.json["topic"], answer.json["revision"]) == ("Fairness", 1)
    assert world.desk.candidate("2206.00001").state is State.APPROVED


def test_a_conflict_is_answered_with_the_card_as_others_left_it(world, signed):
    world.desk.of_reviewer("Noor").decide("2206.00001", Verdict.REJECT, reason="off topic")
    answer = signed.post(f"{ONE}/decision", {"verdict": "approve", "revision": 0})
    assert answer.status == 409
    assert "Noor" in answer.json["problem"]
    there = answer.json["candidate"]
    assert (there["state"], there["reviewer"], there["reason"]) == ("rejected", "Noor", "off topic")
    assert world.desk.candidate("2206.00001").state is State.REJECTED


def test_what_others_decided_is_in_the_next_answer(world, signed):
    world.desk.of_reviewer("Noor").decide("2206.00003", Verdict.DEFER)
    signed.post(f"{ONE}/decision", {"verdict": "approve", "revision": 0})
    left = signed.get("/api/queue?state=pending").json
    assert [item["arxiv_id"] for item in left["items"]] == ["2206.00002"]
    assert left["progress"] == {"done": 2, "of": 3}


def test_an_undo_needs_something_to_take_back(signed):
    answer = signed.post(f"{ONE}/undo", {"revision": 0})
    assert answer.status == 409
    assert answer.json["candidate"]["state"] == "pending"
    signed.post(f"{ONE}/decision", {"verdict": "reject", "revision": 0})
    assert signed.post(f"{ONE}/undo", {"revision": 1}).json["state"] == "pending"


def test_an_edit_stays_as_it_is_where_the_next_one_names_nothing(signed):
    signed.ask("PUT", f"{ONE}/entry", {"venue": "ICML 2022", "revision": 0})
    card = signed.ask("PUT", f"{ONE}/entry", {"title": "Other", "revision": 1}).json
    assert (card["entry"]["venue"], card["entry"]["title"]) == ("ICML 2022", "Other")
    card = signed.ask("PUT", f"{ONE}/entry", {"title": None, "revision": 2}).json
    assert (card["entry"]["venue"], card["entry"]["title"]) == (
        "ICML 2022",
        "On Paper Number 2206 00001",
    )


def test_an_edit_that_cannot_stand_in_an_entry_is_refused_in_one_line(signed):
    answer = signed.ask("PUT", f"{ONE}/entry", {"digest": "two\nlines", "revision": 0})
    assert (answer.status, answer.json["problem"]) == (
        422,
        "the digest holds a line break (U+000A)",
    )
    answer = signed.ask("PUT", f"{ONE}/entry", {"links": [["x", "ftp://a"]], "revision": 0})
    assert "no web address" in answer.json["problem"]


def test_a_preview_shows_and_keeps_nothing(world, signed):
    answer = signed.post(f"{ONE}/preview", {"title": "<img src=x onerror=alert(1)>"})
    assert answer.json["problem"] == ""
    assert "&lt;img" in answer.json["html"]
    assert "<img" not in answer.json["html"]
    assert world.desk.candidate("2206.00001").revision == 0


def test_a_bulk_action_says_how_many_it_decided(signed):
    wanted = {"state": "pending", "topic": "", "day": "", "text": ""}
    answer = signed.post("/api/bulk", {"verdict": "defer", "filter": wanted, "count": 2})
    assert (answer.status, answer.json["candidate"]) == (409, None)
    answer = signed.post("/api/bulk", {"verdict": "defer", "filter": wanted, "count": 3})
    assert (answer.status, answer.json) == (200, {"decided": 3})


def test_the_history_is_told_newest_first_in_parts(signed):
    for number in (1, 2, 3):
        path = f"/api/candidates/2206.0000{number}/decision"
        signed.post(path, {"verdict": "reject", "revision": 0})
    answer = signed.get("/api/history?limit=2").json
    assert [item["arxiv_id"] for item in answer["items"]] == ["2206.00003", "2206.00002"]
    assert answer["has_more"] is True
    last = signed.get("/api/history?limit=2&offset=2").json
    assert ([item["title"] for item in last["items"]], last["has_more"]) == (
        ["On Paper Number 2206 00001"],
        False,
    )
    assert signed.get("/api/history?reviewer=Nobody").json["items"] == []


def test_only_what_was_shown_is_published(world, signed):
    signed.post(f"{ONE}/decision", {"verdict": "approve", "revision": 0})
    shown = signed.get("/api/publish").json
    assert "+- On Paper Number 2206 00001." in shown["diff"]
    refused = signed.post("/api/publish", {"token": "another"})
    assert refused.status == 409
    published = signed.post("/api/publish", {"token": shown["token"]}).json
    assert published["published"] == ["2206.00001"]
    assert published["commit"] == world.repository.head()


def test_a_list_that_cannot_be_committed_to_is_a_problem_of_the_answer(world, signed):
    signed.post(f"{ONE}/decision", {"verdict": "approve", "revision": 0})
    text = world.readme.read_text(encoding="utf-8")
    world.readme.write_text(text + "\nmore\n", encoding="utf-8")
    token = signed.get("/api/publish").json["token"]
    answer = signed.post("/api/publish", {"token": token}).json
    assert answer["published"] == []
    assert "not committed" in answer["problems"][0]


def test_a_list_that_cannot_be_read_is_said_in_one_line(world, page):
    world.readme.unlink()
    answer = page.get(ONE)
    assert answer.status == 503
    assert "README.md" in answer.json["problem"]


def test_a_database_that_cannot_be_read_is_said_in_one_line(world, page):
    with sqlite3.connect(world.folder / "queue.db") as connection:
        connection.execute("DROP TABLE decisions")
    connection.close()
    answer = page.get(ONE)
    assert answer.status == 503
    assert "Traceback" not in answer.text


def test_a_key_that_does_not_exist_is_refused(signed):
    answer = signed.post(f"{ONE}/decision", {"verdict": "approve", "revison": 0, "revision": 0})
    assert (answer.status, answer.json["problem"]) == (
        422,
        "revison: Extra inputs are not permitted",
    )


def test_the_ledger_and_the_report_are_there(page):
    assert page.get("/api/ledger").json["alarm"] == ""
    report = page.get("/api/report").json
    assert (report["exists"], report["address"]) == (False, "/model/report")


def test_a_paper_that_was_never_queued_has_a_story_too(page):
    story = page.get("/api/papers/2206.00001").json
    assert (story["why"], story["answer"]) == ("pending", "It waits for a decision, under Privacy.")
    assert page.get("/api/papers/2207.99999").json["why"] == "not_seen"
    assert page.get("/api/papers/nothing").status == 404


def test_the_description_names_every_route(page):
    paths = page.get("/api/openapi.json").json["paths"]
    assert {
        "/api/session",
        "/api/queue",
        "/api/candidates/{arxiv_id}",
        "/api/candidates/{arxiv_id}/decision",
        "/api/candidates/{arxiv_id}/undo",
        "/api/candidates/{arxiv_id}/entry",
        "/api/candidates/{arxiv_id}/preview",
        "/api/bulk",
        "/api/history",
        "/api/papers/{arxiv_id}",
        "/api/publish",
        "/api/ledger",
        "/api/report",
    } <= set(paths)
    assert not {path for path in paths if not path.startswith("/api/")}


@pytest.mark.parametrize("day", ["0", "1656460800", "2022-6-1", "2022-02-30", "yesterday"])
def test_a_day_is_written_in_one_way(page, day):
    assert page.get(f"/api/queue?day={day}").status == 422


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/publish", "GET, POST"),
        ("/api/queue", "GET"),
        (f"{ONE}/decision", "POST"),
        (ONE, "GET"),
        ("/", "GET"),
    ],
)
def test_what_may_be_asked_of_an_address_is_told_to_who_asks_something_else(signed, path, methods):
    answer = signed.ask("DELETE", path)
    assert (answer.status, answer.headers["allow"]) == (405, methods)
