"""``shortlist fetch`` as it is typed, before an emulated arXiv."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.arxiv_emulator import Emulator, Rule, Texts, View
from tests.arxiv_emulator.clock import announced
from tests.arxiv_emulator.papers import Author
from tests.conftest import Shortlist
from tests.live_folder import LISTED, WEEK
from tests.live_world import CATEGORIES

DAY = WEEK[3]


def new_ids(arxiv: Emulator) -> list[str]:
    return sorted(arxiv.oracle.new(DAY, CATEGORIES))


# -- a day -------------------------------------------------------------------


def test_a_day_is_fetched_and_waits(shortlist: Shortlist, arxiv: Emulator) -> None:
    outcome = shortlist("fetch", "--date", DAY)
    assert (outcome.status, outcome.err) == (0, "")
    rss, oai, waiting = outcome.out.splitlines()
    found = re.fullmatch(rf"  rss {DAY}: complete, (\d+) received", rss)
    assert found
    assert oai == f"  oai {DAY}: complete, {found[1]} received"
    assert int(found[1]) >= len(new_ids(arxiv))
    assert re.fullmatch(r"\d+ papers wait to be ranked: `shortlist run` does it", waiting)
    assert shortlist("queue", "list", "--state", "all").out == "nothing is waiting\n"


def test_a_fetched_day_as_json_is_a_contract(shortlist: Shortlist, arxiv: Emulator) -> None:
    document = shortlist("fetch", "--date", DAY, "--json").json
    assert set(document) == {"date", "waiting", "sources"}
    assert (document["date"], document["waiting"] >= len(new_ids(arxiv))) == (str(DAY), True)
    assert [(row["name"], row["status"]) for row in document["sources"]] == [
        ("rss", "complete"),
        ("oai", "complete"),
    ]
    assert set(document["sources"][0]) == {
        "name",
        "day",
        "status",
        "received",
        "expected",
        "problem",
    }


def test_a_lane_that_is_down_is_told_and_costs_nothing(
    shortlist: Shortlist, arxiv: Emulator
) -> None:
    arxiv.faults.set(Rule("F8:reset", view=View.RSS, times=0))
    outcome = shortlist("fetch", "--date", DAY)
    assert outcome.status == 0
    assert f"  rss {DAY}: failed" in outcome.out
    assert f"  oai {DAY}: complete" in outcome.out
    (line,) = outcome.told
    assert line.startswith(f"rss {DAY}: cs.LG and 6 more categories: ")


def test_arxiv_down_ends_with_1(shortlist: Shortlist, arxiv: Emulator) -> None:
    arxiv.faults.set(Rule("F8:reset", times=0))
    outcome = shortlist("fetch", "--date", DAY)
    assert outcome.status == 1
    assert [line.partition(":")[0] for line in outcome.told] == [f"rss {DAY}", f"oai {DAY}"]
    assert "Traceback" not in outcome.err
    arxiv.faults.clear()
    assert shortlist("fetch", "--date", DAY).status == 0


def test_a_blocked_machine_asks_once_and_says_so(shortlist: Shortlist, arxiv: Emulator) -> None:
    arxiv.faults.set("F6")
    outcome = shortlist("fetch", "--date", DAY)
    assert (outcome.status, len(arxiv.log.requests)) == (1, 1)
    assert "this machine is blocked" in outcome.err


# -- identifiers -------------------------------------------------------------


def test_papers_are_fetched_by_identifier_and_by_address(
    shortlist: Shortlist, arxiv: Emulator
) -> None:
    first, second, *_ = new_ids(arxiv)
    outcome = shortlist("fetch", first, f"https://arxiv.org/abs/{second}v1", f"{first}v1")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == "2 asked for: 2 stored, 0 not found, 0 set aside\n"


def test_fetched_papers_as_json_are_a_contract(shortlist: Shortlist, arxiv: Emulator) -> None:
    first, *_ = new_ids(arxiv)
    outcome = shortlist("fetch", first, "2206.99999", "nonsense", "--json")
    assert outcome.status == 1
    assert outcome.json == {
        "asked": 3,
        "stored": [first],
        "not_found": ["2206.99999"],
        "set_aside": {"nonsense": "'nonsense' is no arXiv identifier"},
        "problem": "",
    }


def test_unknown_identifiers_are_named(shortlist: Shortlist, arxiv: Emulator) -> None:
    outcome = shortlist("fetch", "2206.99998", "2206.99999")
    assert outcome.status == 1
    assert outcome.out == "2 asked for: 0 stored, 2 not found, 0 set aside\n"
    assert outcome.err == (
        "shortlist: arXiv has no paper 2206.99998, 2206.99999: check the identifiers\n"
    )


def test_of_many_unknown_identifiers_a_few_are_named(shortlist: Shortlist, arxiv: Emulator) -> None:
    ids = [f"2206.9999{number}" for number in range(8)]
    outcome = shortlist("fetch", *ids)
    assert outcome.err.endswith("2206.99994, … (--json names all): check the identifiers\n")


def test_an_identifier_that_is_none_says_so_without_asking(
    shortlist: Shortlist, arxiv: Emulator
) -> None:
    hostile = "\x1b[31m[bold]x"
    outcome = shortlist("fetch", "https://example.org/x", hostile)
    assert outcome.status == 1
    assert "'https://example.org/x' is no arXiv identifier" in outcome.err
    assert "\x1b" not in outcome.err
    assert "[bold]x" in outcome.err
    assert arxiv.log.requests == ()


@pytest.mark.parametrize("code", ["F8:reset", "F4:503", "F6", "F13:html"])
def test_papers_that_cannot_be_asked_for_end_with_1(
    shortlist: Shortlist, arxiv: Emulator, code: str
) -> None:
    arxiv.faults.set(Rule(code, view=View.API, times=0))
    outcome = shortlist("fetch", *new_ids(arxiv)[:2])
    assert outcome.status == 1
    assert outcome.out == "2 asked for: 0 stored, 0 not found, 0 set aside\n"
    (line,) = outcome.err.splitlines()[-1:]
    assert line.startswith("shortlist: api: ")
    assert line.endswith("(2 not asked for: try again later)")


# -- the list's own entries --------------------------------------------------


def test_abstracts_of_the_list_are_filled_in_once(shortlist: Shortlist, arxiv: Emulator) -> None:
    outcome = shortlist("fetch", "--list")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.out == "4 asked for: 4 stored, 0 not found, 0 set aside\n"
    assert arxiv.log.requests[0].request.query["id_list"] == (",".join(LISTED),)
    asked = len(arxiv.log.requests)
    again = shortlist("fetch", "--list", "--json")
    assert (again.json["asked"], len(arxiv.log.requests)) == (0, asked)
    assert shortlist("queue", "list", "--state", "all").out == "nothing is waiting\n"


# -- recorded days -----------------------------------------------------------


def test_what_was_ingested_is_recorded(
    shortlist: Shortlist, arxiv: Emulator, tmp_path: Path
) -> None:
    folder = tmp_path / "days"
    outcome = shortlist("fetch", "--date", DAY, "--record", folder)
    assert outcome.status == 0
    assert f"\n1 recorded day in {folder}\n" in outcome.out
    assert "\nleft out, for no source has it whole: " in outcome.out
    assert [path.name for path in folder.iterdir()] == [f"{DAY}.jsonl.gz"]


def test_days_are_recorded_without_asking(
    shortlist: Shortlist, arxiv: Emulator, tmp_path: Path
) -> None:
    shortlist("backfill", "--from", WEEK[0], "--to", WEEK[2])
    asked = len(arxiv.log.requests)
    folder = tmp_path / "days"
    command = ("fetch", "--record", folder, "--from", WEEK[1], "--to", WEEK[2], "--json")
    document = shortlist(*command).json
    assert set(document) == {"recorded", "left_out"}
    assert document["left_out"] == []
    assert [(row["day"], row["written"]) for row in document["recorded"]] == [
        (str(WEEK[1]), True),
        (str(WEEK[2]), True),
    ]
    assert all(row["papers"] for row in document["recorded"])
    assert len(arxiv.log.requests) == asked
    text = shortlist(*command[:-1]).out
    assert text.count(", as they were") == 2


def test_a_folder_that_cannot_be_written_is_refused(
    shortlist: Shortlist, arxiv: Emulator, tmp_path: Path
) -> None:
    shortlist("fetch", "--date", DAY)
    (tmp_path / "days").write_text("a file", encoding="utf-8")
    outcome = shortlist("fetch", "--record", tmp_path / "days", "--from", DAY)
    assert outcome.status == 1
    assert "cannot be written" in outcome.err


# -- usage -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--list", "2206.00001"), "name papers, or --list, not both"),
        (("--from", "2022-06-06"), "--from and --to say what --record writes"),
        (("--to", "2022-06-06"), "--from and --to say what --record writes"),
        (
            ("--record", "days", "--from", "2022-06-10", "--to", "2022-06-06"),
            "--from 2022-06-10 --to 2022-06-06 is no span of days",
        ),
        (("--record", "days", "--from", "June"), "'June' is no day of the form YYYY-MM-DD"),
        (("--date", "2022-06-06", "2206.00001"), "--date names the one day to fetch"),
        (("--date", "2022-06-06", "--list"), "--date names the one day to fetch"),
        (("--date", "2022-6-6"), "is no day of the form"),
    ],
)
def test_wrong_usage_ends_with_2_and_asks_nothing(
    shortlist: Shortlist, arxiv: Emulator, arguments: tuple[str, ...], said: str
) -> None:
    outcome = shortlist("fetch", *arguments)
    assert (outcome.status, outcome.out) == (2, "")
    assert said in re.sub(r"\s+", " ", outcome.err)
    assert arxiv.log.requests == ()
    assert not Path("var").exists()


def test_a_hostile_title_is_stored_and_shown_as_plain_text(
    shortlist: Shortlist, arxiv: Emulator
) -> None:
    texts = Texts(
        title="Robust [bold]models[/bold] <script>alert(1)</script> @everyone",
        abstract="We study robust models.",
        authors=(Author(name="Ada Example"),),
    )
    arxiv_id = arxiv.corpus.announce(DAY, texts=texts, submitted=announced(WEEK[2]))
    assert shortlist("fetch", arxiv_id).status == 0
    added = shortlist("add", arxiv_id, "--topic", "Privacy")
    assert added.status == 0, added.err
    assert "[bold]models[/bold]" in shortlist("queue", "show", arxiv_id).out
