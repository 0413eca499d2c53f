from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.arxiv_id import id_order
from pipeline.errors import EditError
from pipeline.lists.anchors import heading_anchors
from pipeline.lists.reader import ListFile, parse_list
from pipeline.lists.upkeep.moving import texts_of
from pipeline.lists.upkeep.topics import (
    TopicPlan,
    check_name,
    compare_topics,
    plan_merge,
    plan_rename,
)
from tests.pipeline.lists.conftest import paper

LINK = "https://github.com/ann/list/blob/main/FULL_LIST.md"
OTHERS_LIST = "https://github.com/bob/list/blob/main/FULL_LIST.md#privacy"

README = f"""# A list

- [Privacy](#privacy)
- [Fairness:scales:](#fairness)
- [Related Lists](#related-lists)

See also [what is private](#privacy).

# Paper List

## Privacy

<a href="{LINK}#privacy">:open_file_folder: [<b><i>Full List of Privacy</i></b>]</a>.

{paper("2205.00002")}
{paper("2203.00001")}
## Fairness

<a href="{LINK}#fairness">:open_file_folder: [<b><i>Full List of Fairness</i></b>]</a>.

{paper("2204.00003")}
# Related Lists

- [Privacy of others]({OTHERS_LIST})
"""

FULL = f"""# All papers

1. [Privacy](#privacy)
   - [2021](#privacy-2021)
2. [Fairness](#fairness)

## Privacy

### Privacy: 2021

{paper("2112.00009")}
### Privacy: 2020

{paper("2001.00001")}
## Fairness

### Fairness: 2021

{paper("2111.00001")}
"""

FOLDED = f"""# All papers

## Privacy

<details>
<summary>Privacy: 2021</summary>

{paper("2112.00009")}
</details>

<details>
<summary>Privacy: 2019 and Before</summary>

{paper("1701.00001")}
</details>

## Fairness

<details>
<summary>Fairness: 2020</summary>

{paper("2001.00001")}
</details>
"""


def read(text: str, name: str = "README.md") -> ListFile:
    return parse_list(Path(name), text.encode())


def both(readme: str = README, full: str = FULL) -> tuple[ListFile, ...]:
    return read(readme), read(full, "FULL_LIST.md")


def after(plan: TopicPlan, name: str = "README.md") -> str:
    return next(edit.after.decode() for edit in plan.edits if edit.path.name == name)


# -- anchors -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("## Privacy", "privacy"),
        ("## Evasion Attacks & Defenses", "evasion-attacks--defenses"),
        ("### Privacy: 2021", "privacy-2021"),
        ("## :rocket: Getting *Started* ##", "rocket-getting-started"),
        ("## [Links](https://example.org) and `code`", "links-and-code"),
        ("## snake_case _and_ ünïcode", "snake_case-and-ünïcode"),
        ("## A <b>bold</b> one![badge](x.svg)", "a-bold-one"),
        ("## 1.2 Out-of-Distribution", "12-out-of-distribution"),
    ],
)
def test_a_heading_has_the_anchor_that_github_gives_it(heading, anchor):
    assert heading_anchors([heading], set()) == {0: anchor}


def test_headings_of_one_text_get_anchors_of_their_own():
    lines = ["# Others", "## Others", "# Others-1", "# Others", "no heading", "# Hidden"]
    assert heading_anchors(lines, {5}) == {
        0: "others",
        1: "others-1",
        2: "others-1-1",
        3: "others-2",
    }


# -- side by side ------------------------------------------------------------


def test_topics_stand_side_by_side_with_entries_and_lines():
    rows = compare_topics(both(), {})
    assert [row.name for row in rows] == ["Privacy", "Fairness"]
    first, second = rows[0].places
    assert (first.entries, first.years, second.entries, second.years) == (2, (), 2, (2021, 2020))
    assert README.split("\n")[first.line - 1] == "## Privacy"


def test_what_one_file_lacks_is_missing_and_what_it_calls_otherwise_is_found():
    files = both(full=FULL.replace("Privacy", "Secrecy"))
    rows = {row.name: row.places for row in compare_topics(files, {})}
    assert rows["Privacy"][1] is None
    assert rows["Secrecy"][0] is None
    rows = {row.name: row.places for row in compare_topics(files, {"Secrecy": "Privacy"})}
    assert list(rows) == ["Privacy", "Fairness"]
    assert rows["Privacy"][1].name == "Secrecy"


# -- rename ------------------------------------------------------------------


def test_a_rename_changes_headings_contents_and_links_and_nothing_else():
    plan = plan_rename(both(), "privacy", "Secrecy & Trust")
    assert (plan.old, plan.new, plan.entries) == ("Privacy", "Secrecy & Trust", 4)
    assert after(plan) == (
        README.replace("[Privacy](#privacy)", "[Secrecy & Trust](#secrecy--trust)")
        .replace("[what is private](#privacy)", "[what is private](#secrecy--trust)")
        .replace("## Privacy\n", "## Secrecy & Trust\n")
        .replace(f"{LINK}#privacy", f"{LINK}#secrecy--trust")
        .replace("Full List of Privacy", "Full List of Secrecy & Trust")
    )
    assert after(plan, "FULL_LIST.md") == (
        FULL.replace("[Privacy](#privacy)", "[Secrecy & Trust](#secrecy--trust)")
        .replace("#privacy-2021", "#secrecy--trust-2021")
        .replace("# Privacy", "# Secrecy & Trust")
    )


def test_summaries_of_years_are_renamed_too():
    plan = plan_rename([read(FOLDED)], "Privacy", "Summary")
    assert after(plan) == FOLDED.replace("Privacy", "Summary")
    back = plan_rename([read(after(plan))], "Summary", "Details")
    assert after(back) == FOLDED.replace("Privacy", "Details")


def test_only_case_may_change():
    assert (
        after(plan_rename(both(), "Privacy", "PRIVACY")).count("PRIVACY") == 3
    )  # contents, heading, link line


def test_a_rename_to_the_same_name_is_no_edit():
    assert plan_rename(both(), "Privacy", "Privacy").edits == ()


def test_a_topic_that_only_one_file_has_is_renamed_there():
    files = both(full=FULL.replace("Privacy", "Secrecy").replace("#privacy", "#secrecy"))
    plan = plan_rename(files, "Secrecy", "Confidentiality")
    assert [edit.path.name for edit in plan.edits] == ["FULL_LIST.md"]


def test_links_to_a_second_heading_of_that_text_follow_its_number():
    readme = README.replace("# Related Lists\n", "# Tools\n\n## Secrets\n\n# Related Lists\n")
    readme = readme.replace("#related-lists)", "#related-lists)\n- [Tools](#secrets)")
    plan = plan_rename([read(readme.replace("## Fairness", "## Secret's"))], "Privacy", "Privacy!")
    assert "- [Privacy!](#privacy)\n" in after(plan)  # another name, the same anchor
    plan = plan_rename(
        [read(readme.replace("## Privacy", "## Privacy's"))], "Privacy's", "Secret-s"
    )
    assert "[Tools](#secrets)" in after(plan)
    plan = plan_rename([read(readme)], "Privacy", "Secret's")
    assert "- [Secret's](#secrets)" in after(plan)
    assert "- [Tools](#secrets-1)" in after(plan)


def test_entries_code_and_comments_keep_their_links():
    text = README.replace("What 2205.00002 is", "What <a href='#privacy'>Privacy</a> is")
    text = text.replace(
        "# Paper List\n",
        "<!-- [Privacy](#privacy) -->\n```\n[Privacy](#privacy)\n```\n# Paper List\n",
    )
    result = after(plan_rename([read(text)], "Privacy", "Secrecy"))
    assert "What <a href='#privacy'>Privacy</a> is" in result
    assert "<!-- [Privacy](#privacy) -->\n```\n[Privacy](#privacy)\n```\n" in result


def test_relative_links_and_percent_encoded_anchors_follow():
    text = README.replace(
        "See also", "[full](./FULL_LIST.md#privacy), [a](FULL_LIST.md#Privacy), [b](x.md#privacy),"
    )
    result = after(plan_rename(both(text), "Privacy", "Größe"))
    assert "[full](./FULL_LIST.md#größe), [a](FULL_LIST.md#Privacy), [b](x.md#privacy)," in result
    again = plan_rename(both(result.replace("#größe)\n", "#gr%C3%B6%C3%9Fe)\n")), "Größe", "Maß")
    assert "- [Maß](#ma%C3%9F)" in after(again)


def test_an_unknown_topic_is_refused_with_the_nearest():
    with pytest.raises(EditError, match=r"no topic 'Privcy': nearest: Privacy"):
        plan_rename(both(), "Privcy", "Secrecy")


def test_a_name_that_is_taken_is_refused():
    with pytest.raises(EditError, match=r"README\.md:\d+: there is a topic 'Fairness' .*merge"):
        plan_rename(both(), "Privacy", "fairness")
    with pytest.raises(EditError, match=r"there is a heading 'Related Lists' already"):
        plan_rename(both(), "Privacy", "Related lists")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "---",
        "two\nlines",
        "a\ttab",
        "# heading",
        "a [link](x)",
        "**bold**",
        "`code`",
        "<b>tag</b>",
        "<!-- comment -->",
        "&amp; and",
        ":rocket: go",
        "2021",
        "Privacy: 2021",
        "- item",
        "> quote",
        "1. one",
        "a | b",
        "back\\slash",
        "right\u202eto left",
        "no\u200bwidth",
        "line\u2028separator",
        "lone \ud800 surrogate",
        "a\x00b",
        "a\x1b[31mred",
        "x" * 101,
        "https://example.org",
        "ends in #",
        "ends in:",
    ],
)
def test_a_name_that_would_not_show_as_typed_is_refused(name):
    with pytest.raises(EditError, match=r"cannot be a topic") as caught:
        plan_rename(both(), "Privacy", name)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["A & B", "Out-of-Distribution (OOD)", "C++", "Größe", "隐私", "AI/ML: Safety", "What's new?"],
)
def test_a_name_in_plain_words_is_taken(name):
    assert check_name(name) == name
    plan = plan_rename(both(), "Privacy", name)
    assert f"\n## {name}\n" in after(plan)
    assert f"\n### {name}: 2021\n" in after(plan, "FULL_LIST.md")


def test_blanks_around_a_name_do_not_count():
    assert check_name("  Privacy   and  Trust ") == "Privacy and Trust"


# -- merge -------------------------------------------------------------------


def test_a_merge_moves_entries_in_order_and_takes_the_section_away():
    plan = plan_merge(both(), "Privacy", "Fairness")
    assert after(plan) == README.replace("- [Privacy](#privacy)\n", "").replace(
        "[what is private](#privacy)", "[what is private](#fairness)"
    ).replace(README[README.index("## Privacy") : README.index("## Fairness")], "").replace(
        paper("2204.00003"),
        f"{paper('2205.00002')}\n{paper('2204.00003')}\n{paper('2203.00001')}",
    )
    assert after(plan, "FULL_LIST.md") == (
        "# All papers\n\n2. [Fairness](#fairness)\n\n## Fairness\n\n### Fairness: 2021\n\n"
        f"{paper('2112.00009')}\n{paper('2111.00001')}\n"
        f"### Fairness: 2020\n\n{paper('2001.00001')}"
    )


def test_a_topic_that_stands_below_can_take_in_one_above_and_the_other_way_round():
    plan = plan_merge(both(), "Fairness", "Privacy")
    assert "## Fairness" not in after(plan)
    full = after(plan, "FULL_LIST.md")
    assert f"{paper('2112.00009')}\n{paper('2111.00001')}\n### Privacy: 2020" in full
    assert full.endswith(paper("2001.00001"))


def test_folded_years_are_merged_and_an_old_group_gives_each_its_own_year():
    plan = plan_merge([read(FOLDED)], "Privacy", "Fairness")
    assert after(plan) == (
        "# All papers\n\n## Fairness\n\n"
        f"<details>\n<summary>Fairness: 2021</summary>\n\n{paper('2112.00009')}\n</details>\n\n"
        f"<details>\n<summary>Fairness: 2020</summary>\n\n{paper('2001.00001')}\n</details>\n\n"
        f"<details>\n<summary>Fairness: 2017</summary>\n\n{paper('1701.00001')}\n</details>\n"
    )


def test_a_file_that_has_only_the_first_topic_gets_its_heading_renamed():
    full = FULL[: FULL.index("## Fairness")].replace("2. [Fairness](#fairness)\n", "")
    plan = plan_merge(both(full=full), "Privacy", "Fairness")
    assert after(plan, "FULL_LIST.md") == full.replace("Privacy", "Fairness").replace(
        "#privacy", "#fairness"
    )


def test_a_paper_under_both_topics_is_there_twice_as_before():
    plan = plan_merge([read(README.replace("2204.00003", "2203.00001"))], "Privacy", "Fairness")
    assert after(plan).count("Paper 2203.00001.") == 2


@pytest.mark.parametrize(
    "text", ["A word about privacy.", "<!-- TODO -->", "- An idea without link", "### Attacks"]
)
def test_text_that_would_be_lost_is_named_and_nothing_merged(text):
    readme = README.replace("## Privacy\n", f"## Privacy\n\n{text}\n")
    with pytest.raises(EditError, match=r"README\.md:13: .* is no entry and would be lost"):
        plan_merge(both(readme), "Privacy", "Fairness")


def test_a_topic_cannot_be_merged_into_itself_or_into_none():
    with pytest.raises(EditError, match="same topic"):
        plan_merge(both(), "Privacy", "privacy")
    with pytest.raises(EditError, match="no topic 'Trust'"):
        plan_merge(both(), "Privacy", "Trust")


months = st.integers(1, 12)
ids = st.lists(st.tuples(st.integers(19, 23), months), max_size=8)


@settings(max_examples=60, deadline=None)
@given(first=ids, second=ids, folded=st.booleans(), source=st.booleans())
def test_whatever_is_merged_every_entry_is_there_once_and_in_order(first, second, folded, source):
    def section(topic: str, start: int, months: list[tuple[int, int]]) -> str:
        by_year: dict[int, list[str]] = {}
        for number, (year, month) in enumerate(months, start):
            by_year.setdefault(year, []).append(f"{year}{month:02}.{number:05}")
        text = f"## {topic}\n\n"
        for year in sorted(by_year, reverse=True):
            body = "".join(
                f"{paper(each)}\n" for each in sorted(by_year[year], key=id_order, reverse=True)
            )
            if folded:
                text += f"<details>\n<summary>{topic}: 20{year}</summary>\n\n{body}</details>\n\n"
            else:
                text += f"### {topic}: 20{year}\n\n{body}"
        return text

    text = (
        "# Papers\n\n"
        + section("Privacy", 100, first)
        + section("Fairness", 200, second)
        + section("Others", 300, [(20, 1)])
        + "# Related Lists\n"
    )
    file = read(text)
    old, new = ("Privacy", "Fairness") if source else ("Fairness", "Privacy")
    result = read(after(plan_merge([file], old, new)))
    assert texts_of(result) == texts_of(file)
    assert [topic.name for topic in result.topics] == [new, "Others"]
    assert f"{old}:" not in after(plan_merge([file], old, new))
    merged = [entry for entry in result.entries if entry.topic == new]
    years = [entry.year for entry in merged]
    assert years == sorted(years, key=lambda year: -year)
    order = [id_order(entry.arxiv_id) for entry in merged]
    assert order == sorted(order, reverse=True)


# -- the real list -----------------------------------------------------------


def test_every_topic_of_the_real_list_is_renamed_and_renamed_back_to_the_byte(revisions):
    texts = revisions.read(revisions.commits[-1])
    before = [texts[name] for name in ("README.md", "FULL_LIST.md")]
    files = [read(text.decode()) for text in before[:1]] + [
        read(before[1].decode(), "FULL_LIST.md")
    ]
    for name in ("Privacy", "Others", "Out-of-Distribution Generalization"):
        there = plan_rename(files, name, "A New & Other Name")
        renamed = [parse_list(edit.path, edit.after) for edit in there.edits]
        assert "(#a-new--other-name)" in there.edits[0].after.decode()
        back = plan_rename(renamed, "A New & Other Name", name)
        assert [edit.after for edit in back.edits] == before


def test_topics_of_the_real_list_are_merged_in_every_direction(revisions):
    texts = revisions.read(revisions.commits[-1])
    files = [parse_list(Path(name), texts[name]) for name in ("README.md", "FULL_LIST.md")]
    before = sum((texts_of(file) for file in files), start=texts_of(files[0]).__class__())
    for old, new in (
        ("Interactions with Blockchain", "Others"),
        ("Others", "Survey"),
        ("Survey", "Privacy"),
        ("Open-World Learning", "Interpretability"),
    ):
        results = [parse_list(edit.path, edit.after) for edit in plan_merge(files, old, new).edits]
        assert sum((texts_of(file) for file in results), start=before.__class__()) == before
        assert all(old not in [topic.name for topic in file.topics] for file in results)
        assert all(f"[{old}]" not in file.document.data.decode() for file in results)
