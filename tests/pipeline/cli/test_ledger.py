"""``shortlist ledger`` and ``shortlist backfill`` as they are typed, before an emulated arXiv."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest

from db.engine import open_database
from db.ledger import Ledger
from db.records import Fetch, FetchStatus
from pipeline.ledger import Mailing, mailing_of
from pipeline.sources.tally import is_settled
from tests.arxiv_emulator import Emulator, Rule, View
from tests.conftest import Shortlist
from tests.live_folder import WEEK

pytestmark = pytest.mark.usefixtures("arxiv")


def due_days(count: int) -> list[date]:
    """The last announcement days whose papers must be there by now, oldest first."""
    now = datetime.now(UTC)
    days = (now.date() - timedelta(days=n) for n in range(60))
    settled = [day for day in days if mailing_of(day) is Mailing.DUE and is_settled(day, now)]
    return settled[:count][::-1]


def record(
    days: Sequence[date],
    received: Sequence[int],
    *,
    status: FetchStatus = FetchStatus.COMPLETE,
    source: str = "oai",
    expected: int | None = None,
    problem: str = "",
) -> None:
    """Write lines into the ledger of the working folder."""
    now = datetime.now(UTC)
    Ledger(open_database("sqlite:///var/shortlist.db")).record(
        [
            Fetch(
                source=source,
                day=day,
                status=status,
                received=count,
                expected=expected,
                problem=problem,
                fetched_at=now,
            )
            for day, count in zip(days, received, strict=True)
        ]
    )


# -- ledger ------------------------------------------------------------------


def test_an_empty_ledger_says_what_begins(shortlist: Shortlist) -> None:
    outcome = shortlist("ledger")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == "nothing was fetched for these days: `shortlist run` begins\n"
    (day,) = shortlist("ledger", "--json").json["days"]
    assert day["sources"] == []


def test_the_days_are_listed_newest_first_with_what_came(shortlist: Shortlist) -> None:
    days = due_days(4)
    record(days, [9, 8, 7, 6])
    record(days[-1:], [5], source="rss", expected=6, status=FetchStatus.PARTIAL)
    outcome = shortlist("ledger")
    assert (outcome.status, outcome.err) == (0, "")
    assert re.findall(r"oai +complete +(\d+)", outcome.out) == ["6", "7", "8", "9"]
    assert re.search(r"rss +partial +5 of 6", outcome.out)
    places = [outcome.out.index(f"{day} {day:%a}") for day in days]
    assert places == sorted(places, reverse=True)


def test_the_ledger_as_json_is_a_contract(shortlist: Shortlist) -> None:
    days = due_days(4)
    record([days[0], days[1], days[3]], [9, 8, 6])
    record(
        days[2:3], [3], status=FetchStatus.PARTIAL, expected=7, problem="cs: the page is cut off"
    )
    outcome = shortlist("ledger", "--json", "--days", "60")
    assert outcome.status == 0
    document = outcome.json
    assert set(document) == {"alarm", "owed", "days"}
    assert document["alarm"] == ""
    assert str(days[2]) in document["owed"]
    rows = {row["day"]: row for row in document["days"]}
    assert min(rows) == str(days[0])
    partial = rows[str(days[2])]
    assert {key: partial[key] for key in ("mailing", "owed")} == {"mailing": "due", "owed": True}
    (source,) = partial["sources"]
    assert datetime.fromisoformat(source.pop("fetched_at")).tzinfo is not None
    assert source == {
        "source": "oai",
        "status": "partial",
        "received": 3,
        "expected": 7,
        "problem": "cs: the page is cut off",
    }
    saturdays = [row for day, row in rows.items() if date.fromisoformat(day).weekday() == 5]
    assert all(row["mailing"] == "weekend" and not row["owed"] for row in saturdays)


def test_three_empty_days_are_an_alarm_with_exit_1(shortlist: Shortlist) -> None:
    record(due_days(4), [9, 0, 0, 0])
    outcome = shortlist("ledger")
    assert outcome.status == 1
    assert outcome.err.startswith("shortlist: no paper since ")
    assert "the last 3 announcement days are empty" in outcome.err
    as_json = shortlist("ledger", "--json")
    assert as_json.status == 1
    assert f"shortlist: {as_json.json['alarm']}\n" == as_json.err


def test_two_empty_days_are_not(shortlist: Shortlist) -> None:
    record(due_days(4), [9, 9, 0, 0])
    assert shortlist("ledger").status == 0


def test_what_is_owed_is_said(shortlist: Shortlist) -> None:
    days = due_days(3)
    record(days, [4, 0, 5])
    record(days[1:2], [0], status=FetchStatus.FAILED, problem="arXiv answered 503")
    outcome = shortlist("ledger")
    assert f"the next run asks again for {days[1]}" in outcome.out
    assert "arXiv answered 503" in outcome.out


def test_a_hostile_problem_comes_out_as_plain_text(shortlist: Shortlist) -> None:
    hostile = "\x1b[31mred\x1b[0m [bold]bold[/bold] \x9b2J \u202eedoc :boom: [link=x]y"
    record(due_days(1), [0], status=FetchStatus.FAILED, problem=hostile)
    shown = shortlist("ledger").out
    assert "\x1b" not in shown
    assert "\x9b" not in shown
    assert "\u202e" not in shown
    assert "[bold]bold[/bold]" in re.sub(r"\s+", " ", shown)
    assert ":boom:" in shown
    as_json = shortlist("ledger", "--json")
    assert not {"\x1b", "\x9b", "\u202e"} & set(as_json.out)
    problems = [s["problem"] for day in as_json.json["days"] for s in day["sources"]]
    assert problems == [hostile]


@pytest.mark.parametrize("days", ["0", "-3", "many", "4000"])
def test_a_number_of_days_that_is_none_is_wrong_usage(shortlist: Shortlist, days: str) -> None:
    outcome = shortlist("ledger", "--days", days)
    assert (outcome.status, outcome.out) == (2, "")
    assert "--days" in outcome.err


# -- backfill ----------------------------------------------------------------


def span(first: date, last: date) -> tuple[str, ...]:
    return ("--from", str(first), "--to", str(last))


def test_a_backfill_says_what_came_and_what_is_next(shortlist: Shortlist, arxiv: Emulator) -> None:
    outcome = shortlist("backfill", *span(WEEK[0], WEEK[2]))
    assert (outcome.status, outcome.err) == (0, "")
    lines = outcome.out.splitlines()
    assert [line.split(",")[0] for line in lines[:3]] == [
        f"  oai {day}: complete" for day in WEEK[:3]
    ]
    assert re.fullmatch(r"\d+ papers that were not known wait to be ranked .*", lines[3])
    assert lines[4] == "next: shortlist run"
    asked = len(arxiv.log.requests)
    again = shortlist("backfill", *span(WEEK[0], WEEK[2]))
    assert (again.status, len(arxiv.log.requests)) == (0, asked)
    assert again.out == f"{WEEK[0]} to {WEEK[2]}: nothing to fetch, 3 days are complete\n"


def test_a_backfill_as_json_is_a_contract(shortlist: Shortlist, arxiv: Emulator) -> None:
    outcome = shortlist("backfill", *span(WEEK[0], WEEK[1]), "--json")
    document = outcome.json
    assert set(document) == {"from", "to", "complete_before", "fetched", "waiting", "problems"}
    assert (document["from"], document["to"]) == (str(WEEK[0]), str(WEEK[1]))
    assert (document["complete_before"], document["problems"]) == (0, [])
    assert [row["day"] for row in document["fetched"]] == [str(WEEK[0]), str(WEEK[1])]
    assert set(document["fetched"][0]) == {
        "day",
        "source",
        "status",
        "received",
        "expected",
        "problem",
        "fetched_at",
    }
    received = sum(row["received"] for row in document["fetched"])
    assert document["waiting"] == received >= len(arxiv.oracle.new(WEEK[1]) & held_ids(arxiv))


def held_ids(arxiv: Emulator) -> set[str]:
    return set(arxiv.oracle.papers(["cs.LG"]))


def test_what_was_made_up_for_stands_in_the_ledger(shortlist: Shortlist) -> None:
    shortlist("backfill", *span(WEEK[0], WEEK[2]))
    told = {
        row["day"]: [source["status"] for source in row["sources"]]
        for row in shortlist("ledger", "--days", "3650", "--json").json["days"]
    }
    assert {str(day): ["complete"] for day in WEEK[:3]}.items() <= told.items()


@pytest.mark.parametrize("code", ["F8:reset", "F4:503", "F6"])
def test_a_backfill_that_arxiv_refuses_owes_the_days(
    shortlist: Shortlist, arxiv: Emulator, code: str
) -> None:
    arxiv.faults.set(Rule(code, view=View.OAI, times=0))
    outcome = shortlist("backfill", *span(WEEK[0], WEEK[1]))
    assert outcome.status == 1
    assert [line for line in outcome.out.splitlines() if line.startswith("  oai")] == [
        f"  oai {day}: failed, 0 received" for day in WEEK[:2]
    ]
    assert all(line.startswith(("cs: ", "stat: ", "arXiv answers 403")) for line in outcome.told)
    assert outcome.told
    assert "Traceback" not in outcome.err
    arxiv.faults.clear()
    assert shortlist("backfill", *span(WEEK[0], WEEK[1])).status == 0


def test_a_blocked_machine_is_told_so(shortlist: Shortlist, arxiv: Emulator) -> None:
    arxiv.faults.set("F6")
    outcome = shortlist("backfill", *span(WEEK[0], WEEK[1]))
    (line,) = outcome.told
    assert line.startswith("arXiv answers 403: this machine is blocked")
    assert len(arxiv.log.requests) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "--from"),
        (("--from", "2022-06-10", "--to", "2022-06-06"), "is no span of days"),
        (("--from", "2022-06-06", "--to", "2999-01-01"), "is no span of days"),
        (("--from", "2999-01-01"), "is no span of days"),
        (("--from", "6 June"), "'6 June' is no day of the form YYYY-MM-DD"),
        (("--from", "2022-06-06", "--to", "2022-06-31"), "is no day of the form"),
    ],
)
def test_wrong_usage_of_backfill_ends_with_2_and_asks_nothing(
    shortlist: Shortlist, arxiv: Emulator, arguments: tuple[str, ...], said: str
) -> None:
    outcome = shortlist("backfill", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert said in re.sub(r"\s+", " ", outcome.err)
    assert arxiv.log.requests == ()
