"""``shortlist lists read`` and ``replay-history``, as a person or a script sees them."""

from __future__ import annotations

import pytest

from pipeline.git import Repository
from tests.builders import FULL_LIST, MAINTAINER, README, make_list_repo


def test_a_list_is_read_as_json_without_any_config(shortlist, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = FULL_LIST + "\n- No Address. [[paper]]\n"
    (tmp_path / "FULL_LIST.md").write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig"))
    outcome = shortlist("lists", "read", "FULL_LIST.md", "--json")
    assert (outcome.status, outcome.err) == (0, "")
    assert outcome.json == {
        "path": "FULL_LIST.md",
        "topics": [
            {"name": "Privacy", "line": 3, "years": [2020]},
            {"name": "Fairness", "line": 12, "years": []},
        ],
        "entries": [
            {
                "title": "Old Private Things",
                "arxiv_id": "2001.00001",
                "topic": "Privacy",
                "year": 2020,
                "links": [{"label": "paper", "url": "https://arxiv.org/abs/2001.00001"}],
                "authors": "Ann Author",
                "venue": "",
                "keywords": ["Auditing"],
                "digest": "Old things were kept private.",
                "line": 7,
            }
        ],
        "remarks": [
            {"line": 14, "problem": "looks like an entry, but its paper link has no address"}
        ],
    }


def test_a_list_is_shown_topic_by_topic(shortlist, tmp_path):
    path = tmp_path / "README.md"
    path.write_text(README.replace("## Fairness\n", "## Fairness\n\n- No Link.\n"), "utf-8")
    outcome = shortlist("lists", "read", path)
    assert outcome.status == 0
    assert outcome.out.splitlines() == [
        "3 entries in 2 topics",
        "",
        " line  topic     entries  years",
        "    7  Privacy         2",
        "   19  Fairness        1",
    ]
    assert outcome.err == f"{path}:21: looks like an entry, but has no link to a paper\n"


def test_without_a_name_the_configs_list_is_read_and_replayed(shortlist, world):
    assert shortlist("lists", "read").out.startswith("3 entries in 2 topics")
    assert shortlist("lists", "replay-history", "--json").json["revisions"] == 2
    (world / "config.toml").unlink()
    outcome = shortlist("lists", "read")
    assert outcome.status == 1
    assert "config.toml does not exist" in outcome.err


def test_a_title_drives_no_terminal(shortlist, tmp_path):
    path = tmp_path / "README.md"
    path.write_text(README.replace("## Privacy", "## Pri\x1b[31mvacy"), "utf-8")
    outcome = shortlist("lists", "read", path)
    assert "\x1b" not in outcome.out + outcome.err


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("none.md", "cannot be read: No such file or directory: name a list file"),
        (".", "cannot be read: Is a directory"),
        ("notes.md", "no topics were found"),
        ("damaged.md", "damaged.md:3: byte 0xe8 is not UTF-8"),
    ],
)
def test_what_is_no_list_is_refused_in_one_line(shortlist, tmp_path, name, problem):
    (tmp_path / "notes.md").write_text("# Notes\n", "utf-8")
    (tmp_path / "damaged.md").write_bytes(b"## A\n\n- Tram\xe8r\n")
    outcome = shortlist("lists", "read", tmp_path / name)
    assert (outcome.status, outcome.out) == (1, "")
    assert problem in outcome.err
    assert outcome.err.count("\n") == 1


@pytest.fixture
def history(tmp_path):
    """A repository with one addition in place, one out of order, one with a trailing blank."""
    repository = make_list_repo(tmp_path / "list")
    text = README
    lines = "- {0}. [[paper]](https://arxiv.org/abs/{1})\n  - Bo Sample.{2}\n\n"
    for new, above in (
        (lines.format("New", "2205.00009", ""), "- Private"),
        (lines.format("Late", "2101.00001", ""), "- Private"),
        (lines.format("Slip", "2203.00009", " "), "- Fair"),
    ):
        text = text.replace(above, new + above, 1)
        (repository.root / "README.md").write_text(text, "utf-8")
        repository.commit(["README.md"], "Add", MAINTAINER)
    return repository.root


def test_a_history_is_replayed_as_json(shortlist, history):
    outcome = shortlist("lists", "replay-history", history, "--json")
    assert (outcome.status, outcome.err) == (0, "")
    found = outcome.json
    slip, late = sorted(found.pop("differences"), key=lambda each: each["kind"], reverse=True)
    assert found == {
        "revisions": 5,
        "round_trips": 5,
        "additions": 3,
        "same_place": 2,
        "same_bytes": 1,
    }
    assert (late["kind"], late["arxiv_id"], late["path"]) == (
        "out of order",
        "2101.00001",
        "README.md",
    )
    assert late["ours"] == {
        "topic": "Privacy",
        "year": None,
        "before": "",
        "line": 22,
        "text": "",
    }
    assert late["theirs"]["before"] == "2205.00002"
    assert (slip["kind"], slip["theirs"]["text"]) == ("slip", "  - Bo Sample. ")
    assert slip["commit"] == Repository.open(history).head()


def test_a_history_is_summed_up(shortlist, history):
    outcome = shortlist("lists", "replay-history", history)
    assert outcome.status == 0
    assert outcome.out.startswith(
        "5 of 5 versions came back byte for byte\n"
        "2 of 3 papers in the maintainers' place (66.7%)\n"
        "1 of them byte for byte\n"
    )
    assert "README.md 2101.00001: out of order\n  ours    Privacy, at the end (line 22)\n" in (
        outcome.out
    )


def test_a_part_of_a_history_is_replayed(shortlist, history):
    outcome = shortlist("lists", "replay-history", history, "--from", "HEAD", "--json")
    assert (outcome.json["revisions"], outcome.json["additions"]) == (2, 1)
    outcome = shortlist("lists", "replay-history", history, "--to", "2001-01-01")
    assert outcome.status == 0
    assert outcome.out == "no Markdown file in the top folder of these commits is a list\n"


def test_what_has_no_history_is_refused_in_one_line(shortlist, tmp_path, history):
    outcome = shortlist("lists", "replay-history", tmp_path / "nowhere")
    assert (outcome.status, outcome.err.count("\n")) == (1, 1)
    outcome = shortlist("lists", "replay-history", history, "--from", "x..y")
    assert (outcome.status, outcome.err.count("\n")) == (1, 1)
    assert "no commit called 'x..y'" in outcome.err
    assert "YYYY-MM-DD" in outcome.err
