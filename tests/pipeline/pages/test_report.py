"""The page: its numbers are the data's, its text is text, and it needs nothing else."""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from pipeline.pages.facts import Drift, FormingTopic, Gained, Near
from pipeline.pages.report import render_report
from tests.pipeline.pages.builders import (
    HOSTILE,
    make_added,
    make_curve,
    make_facts,
    make_replay,
    make_topics,
)

SVG = "{http://www.w3.org/2000/svg}"
MOST_BYTES = 300_000


def tree_of(page: str) -> ET.Element:
    """The page as XML, which is stricter than HTML."""
    return ET.fromstring(page.removeprefix("<!DOCTYPE html>\n"))


def words_of(page: str) -> str:
    return " ".join("".join(tree_of(page).itertext()).replace("\u00a0", " ").split())


def rows_of(page: str, caption: str) -> list[list[str]]:
    """The cells of a table's body."""
    table = next(
        e for e in tree_of(page).iter("table") if e.get("aria-label", "").startswith(caption)
    )
    return [["".join(cell.itertext()) for cell in row] for row in table.find("tbody") or ()]


def test_the_headings_say_what_the_figures_say():
    words = words_of(render_report(make_facts()))
    for said in (
        "Reading 20 papers a day finds 85 % of what was added",
        "11.2 points ahead of the best of the other programs, TF-IDF + SVM (74 %)",
        "the interval leaves no doubt: +6.1 to +15.8 points",
        "Half of what was added stood among the first 9 of its day",
        "Three in four of the papers found have an entry alike by 0.66 or more",
        "2 of 5 stood below the first 20 of their day",
        "Relevance is off by 2.1 points on average",
        "In all they said 16.6 % where 17.9 % were added",
        "Brier skill 0.27 (0.20 to 0.33)",
        "Topic probabilities are off by 3.2 points on average",
        "91 % of papers are put under their own heading",
        "3 of 21 papers of Privacy were put under Fairness",
        "The list gained 65 papers in 3 months, 58 of them in Privacy",
        "133 came before 2022-06",
    ):
        assert said in words


def test_a_ranker_that_is_better_is_said_to_be_better():
    worse = make_replay(
        curves=(make_curve("Shortlist", 0.6, ours=True), make_curve("key words", 0.7)),
        lead=replace(make_replay().lead, value=-0.1, low=-0.2, high=0.02),
    )
    words = words_of(render_report(make_facts(replay=worse)))
    assert "10.0 points behind the best of the other programs, key words (70 %)" in words
    assert "the interval holds zero too" in words


def test_the_tables_hold_the_numbers_of_the_pictures():
    page = render_report(make_facts())
    recall = rows_of(page, "Recall by papers read a day")
    assert recall[0][0] == "Shortlist"
    assert recall[0][4] == "85\u00a0% (80–90)"
    assert [row[4][:4] for row in recall[1:]] == ["74\u00a0%", "51\u00a0%"]
    assert rows_of(page, "Bins of relevance said")[2] == [
        "17.3\u00a0%",
        "18.6\u00a0% (13.6–23.6)",
        "315",
    ]
    assert rows_of(page, "Papers by the topic") == [
        ["1 Privacy", "18", "3"],
        ["2 Fairness", "0", "13"],
    ]
    assert rows_of(page, "Papers gained") == [
        ["Privacy", "41", "0", "17", "58"],
        ["Fairness", "0", "5", "2", "7"],
    ]


def test_the_recall_line_passes_where_the_data_is():
    svg = picture(render_report(make_facts()), "recall-chart-wide")
    line = next(e for e in svg.iter(f"{SVG}path") if e.get("class") == "line s0")
    points = [tuple(map(float, pair.split())) for pair in line.get("d", "")[1:].split("L")]
    assert len(points) == 51  # from nothing read to fifty
    (left, bottom), (x, y) = points[0], points[20]
    right, top = points[-1][0], min(e[1] for e in points)
    assert (x - left) / (right - left) == pytest.approx(20 / 50, abs=0.005)
    height = (bottom - top) / make_replay().curves[0].recall[50].value
    assert (bottom - y) / height == pytest.approx(0.853, abs=0.005)


def test_every_added_paper_has_its_mark_and_the_missed_are_told_lowest_first():
    page = render_report(make_facts())
    svg = picture(page, "places-chart-narrow")
    kinds = [e.get("class") for e in svg.iter() if e.get("class") in {"found", "missed"}]
    assert sorted(kinds) == ["found"] * 3 + ["missed"] * 2
    words = words_of(page)
    assert words.index("Added Paper 4") < words.index("Added Paper 3", words.index("77of 208"))
    assert "Old Private Things" in words
    assert "Less like the list than most papers found" in words


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"score": 0.04}, "A near miss: number 20 of that day had 0.046."),
        ({"score": 0.001}, "Far below the cut: number 20 of that day had 0.046."),
        ({"has_abstract": False}, "No abstract is at hand, so likeness is by title alone."),
        (
            {"nearest": (Near(arxiv_id="1", title="Alike", similarity=0.7),)},
            "As like the list as most papers found.",
        ),
        ({"nearest": ()}, "number 20 of that day had 0.046."),
    ],
)
def test_what_was_missed_is_explained_by_its_figures(changes, said):
    replay = make_replay(added=(make_added(1, rank=50, **changes),))
    assert said in words_of(render_report(make_facts(replay=replay)))


def test_hostile_words_come_out_as_words():
    hostile = make_facts(
        list_name=HOSTILE,
        replay=make_replay(added=(make_added(1, rank=99, title=HOSTILE, topic=HOSTILE),)),
        topics=make_topics(names=(HOSTILE, "Fairness")),
        drift=Drift(
            lines=(HOSTILE,),
            new_topics=(FormingTopic(words=(HOSTILE,), papers=((HOSTILE, HOSTILE),)),),
        ),
        notes=(HOSTILE, "bell \x07, turned \u202e around, half \ud800 a pair"),
    )
    page = render_report(hostile)
    tree = tree_of(page)
    assert "script" not in {e.tag.rpartition("}")[2] for e in tree.iter()}
    assert {key for e in tree.iter() for key in e.attrib if key.startswith("on")} == set()
    assert words_of(page).count("<script>alert(1)</script>") > 5
    assert not re.search("[\x00-\x08\u202e\ud800]", page)
    page.encode("utf-8")


def test_nothing_is_requested_from_anywhere():
    page = render_report(make_facts())
    tree = tree_of(page)
    tags = {e.tag.rpartition("}")[2] for e in tree.iter()}
    assert tags.isdisjoint(
        {"script", "link", "img", "image", "iframe", "object", "embed", "use", "video", "form"}
    )
    assert {e.tag for e in tree.iter() if "src" in e.attrib or "srcset" in e.attrib} == set()
    targets = {e.get("href", "") for e in tree.iter() if "href" in e.attrib}
    assert {t for t in targets if not t.startswith(("#", "https://arxiv.org/abs/"))} == set()
    assert "url(" not in page
    assert "@import" not in page


def test_every_link_within_the_page_leads_somewhere_and_no_name_is_given_twice():
    tree = tree_of(render_report(make_facts()))
    names = [e.get("id") for e in tree.iter() if e.get("id")]
    assert len(names) == len(set(names))
    inner = {e.get("href", "")[1:] for e in tree.iter("a") if e.get("href", "").startswith("#")}
    assert inner
    assert inner <= set(names)


def test_every_picture_says_what_it_shows():
    pictures = list(tree_of(render_report(make_facts())).iter(f"{SVG}svg"))
    assert len(pictures) == 3 * 2 + 2 + 2  # two widths of three, two diagrams, two topics
    for svg in pictures:
        title, description = svg[0], svg[1]
        assert (title.tag, description.tag) == (f"{SVG}title", f"{SVG}desc")
        assert title.text
        assert description.text
        assert svg.get("aria-labelledby") == f"{title.get('id')} {description.get('id')}"


def test_nothing_is_drawn_outside_of_its_picture():
    for svg in tree_of(render_report(make_facts())).iter(f"{SVG}svg"):
        _, _, width, height = map(float, svg.get("viewBox", "").split())
        for e in svg.iter():
            for key, most in (("x", width), ("cx", width), ("y", height), ("cy", height)):
                if key in e.attrib:
                    assert 0 <= float(e.get(key, "")) <= most, ET.tostring(e)


def test_without_a_replay_the_page_says_how_to_make_one():
    words = words_of(render_report(make_facts(replay=None)))
    assert "No replay yet" in words
    assert "shortlist replay --list REPO --papers FILE --days DIR" in words
    assert "The list gained 65 papers" in words


def test_a_list_with_nothing_measured_has_a_page_too():
    gained = Gained(months=("2022-08",), topics=(), earlier=0)
    bare = make_facts(replay=None, topics=None, gained=gained, notes=())
    words = words_of(render_report(bare))
    assert "The list gained nothing from 2022-08 to 2022-08" in words
    assert "nan" not in words.lower()


def test_a_window_in_which_nothing_was_added_is_no_failure():
    words = words_of(render_report(make_facts(replay=make_replay(added=()))))
    assert "Nothing was added in this window" in words


def test_nothing_missed_is_said():
    replay = make_replay(added=(make_added(1, rank=2),))
    words = words_of(render_report(make_facts(replay=replay)))
    assert "Nothing was missed: all 1 stood among the first 20" in words


@pytest.mark.parametrize(
    ("drift", "said"),
    [
        (None, "Nobody looked for drift this time"),
        (Drift(), "Nothing moved beyond what the past explains"),
        (Drift(lines=("Privacy fell from 20 % to 8 %",)), "1 thing moved"),
        (
            Drift(new_topics=(FormingTopic(words=("unlearning",), papers=(("2206.1", "T"),)),)),
            "A new topic may be forming",
        ),
    ],
)
def test_drift_is_told_and_silence_is_not_taken_for_it(drift, said):
    assert said in words_of(render_report(make_facts(drift=drift)))


def test_a_window_of_a_year_with_many_topics_stays_small():
    added = tuple(
        make_added(number, rank=1 + number % 120, title=f"{number} " + "Long Words " * 10)
        for number in range(600)
    )
    names = tuple(f"Topic Number {n} with a Long Name" for n in range(14))
    topics = make_topics(names=names, confusion=tuple(tuple(range(14)) for _ in names))
    page = render_report(make_facts(replay=make_replay(added=added), topics=topics))
    assert len(page.encode()) < MOST_BYTES
    assert "440 more are in what --json prints." in words_of(page)


def picture(page: str, name: str) -> ET.Element:
    return next(
        svg
        for svg in tree_of(page).iter(f"{SVG}svg")
        if svg.get("aria-labelledby", "").startswith(f"{name}-title")
    )
