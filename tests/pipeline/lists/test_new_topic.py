from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import EditError
from pipeline.lists.new_topic import slug
from pipeline.lists.reader import parse_list
from pipeline.lists.writer import plan_edit
from tests.pipeline.lists.conftest import Revisions, an_entry, paper

PATH = Path("LIST.md")
NEW = paper("2206.01234", "Membership Inference on Small Models")


def made(text: str, *names: str, newline: str = "\n") -> str:
    """The list after a paper went under each of the new topics, ``@NAME`` for its lines."""
    list_file = parse_list(PATH, text.replace("\n", newline).encode())
    new = [
        an_entry(topic=name, title=f"On {name}", arxiv_id=f"2206.0123{number}")
        for number, name in enumerate(names)
    ]
    after = plan_edit(new, list_file, new_topics=frozenset(names)).after.decode()
    assert after.count(newline) == after.count("\n")
    lines = after.replace(newline, "\n").split("\n")
    for name in names:
        at = next(n for n, line in enumerate(lines) if line.startswith(f"- On {name}. [[paper]]"))
        lines[at : at + 4] = [f"@{name}"]
    return "\n".join(lines)


P, F = paper("2205.00001"), paper("2205.00002")


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            f"## Privacy\n\n{P}\n## Others\n\n{F}",
            f"## Privacy\n\n{P}\n## Alignment\n\n@Alignment\n\n## Others\n\n{F}",
            id="before the topic for the rest",
        ),
        pytest.param(
            f"## Privacy\n\n{P}\n## Fairness\n\n{F}\n# Related Lists\n\n- One.\n",
            f"## Privacy\n\n{P}\n## Fairness\n\n{F}\n## Alignment\n\n@Alignment\n\n"
            "# Related Lists\n\n- One.\n",
            id="after the last topic",
        ),
        pytest.param(
            f"## Privacy\n\n{P}",
            f"## Privacy\n\n{P}\n## Alignment\n\n@Alignment\n",
            id="at the end of the file",
        ),
        pytest.param(
            f"### Privacy ###\n\n{P}\n### Other\n",
            f"### Privacy ###\n\n{P}\n### Alignment\n\n@Alignment\n\n### Other\n",
            id="at the level of its neighbour",
        ),
        pytest.param(
            f"Privacy\n-------\n\n{P}",
            f"Privacy\n-------\n\n{P}\nAlignment\n---------\n\n@Alignment\n",
            id="underlined as its neighbour is",
        ),
        pytest.param(
            f"## Privacy\n\n### Privacy: 2022\n\n{P}\n## Others\n",
            f"## Privacy\n\n### Privacy: 2022\n\n{P}\n## Alignment\n\n### Alignment: 2022\n\n"
            "@Alignment\n\n## Others\n",
            id="with a year group, as the others have",
        ),
        pytest.param(
            f"## Privacy\n\n<details>\n<summary>Privacy: 2021</summary>\n\n{P}\n</details>\n",
            f"## Privacy\n\n<details>\n<summary>Privacy: 2021</summary>\n\n{P}\n</details>\n\n"
            "## Alignment\n\n<details>\n<summary>Alignment: 2022</summary>\n\n@Alignment\n\n"
            "</details>\n",
            id="with a folded year group",
        ),
        pytest.param(
            f'## Privacy\n\n{P}\n<a name="others"></a>\n## Others\n\n{F}',
            f'## Privacy\n\n{P}\n## Alignment\n\n@Alignment\n\n<a name="others"></a>\n'
            f"## Others\n\n{F}",
            id="above the anchor of the topic for the rest",
        ),
    ],
)
def test_a_topic_is_made_where_it_belongs(before: str, after: str, newline: str):
    assert made(before, "Alignment", newline=newline) == after


def test_the_table_of_contents_gets_its_line_before_that_of_the_rest():
    contents = (
        "# Contents\n\n- [Papers](#papers)\n  * [Privacy](#privacy)\n  * [Others](#others)\n\n"
    )
    after = made(f"{contents}# Papers\n\n## Privacy\n\n{P}\n## Others\n", "LLMs & Alignment")
    assert after.startswith(
        "# Contents\n\n- [Papers](#papers)\n  * [Privacy](#privacy)\n"
        "  * [LLMs & Alignment](#llms--alignment)\n  * [Others](#others)\n\n"
    )


def test_the_table_of_contents_gets_its_line_below_the_years_of_the_last_topic():
    contents = "- [Privacy](#privacy)\n  - [2022](#privacy-2022)\n- [Toolboxes](#toolboxes)\n\n"
    text = f"{contents}# Papers\n\n## Privacy\n\n{P}\n# Toolboxes\n\n- [One](https://example.org)\n"
    assert made(text, "Alignment").startswith(
        "- [Privacy](#privacy)\n  - [2022](#privacy-2022)\n- [Alignment](#alignment)\n- [Toolb"
    )


def test_a_table_of_contents_without_topics_is_left_alone():
    text = f"- [Papers](#papers)\n\n# Papers\n\n## Privacy\n\n{P}"
    assert made(text, "Alignment").startswith("- [Papers](#papers)\n\n# Papers\n")


def test_two_topics_are_made_in_the_order_of_their_papers():
    after = made(f"## Privacy\n\n{P}\n## Others\n", "Zeal", "Alignment")
    assert "\n## Zeal\n\n@Zeal\n\n## Alignment\n\n@Alignment\n\n## Others" in after


def test_a_topic_that_is_there_is_not_made_again():
    list_file = parse_list(PATH, f"## Privacy\n\n{P}".encode())
    edit = plan_edit([an_entry(topic="privacy")], list_file, new_topics=frozenset({"PRIVACY"}))
    assert edit.after.decode().count("##") == 1


def test_a_topic_without_a_paper_is_not_made():
    list_file = parse_list(PATH, f"## Privacy\n\n{P}".encode())
    edit = plan_edit([], list_file, new_topics=frozenset({"Alignment"}))
    assert edit.after == edit.before


def test_what_was_not_allowed_is_refused_as_ever():
    list_file = parse_list(PATH, f"## Privacy\n\n{P}".encode())
    with pytest.raises(EditError, match="has no topic 'Alignment'"):
        plan_edit([an_entry(topic="Alignment")], list_file, new_topics=frozenset({"Ethics"}))


@pytest.mark.parametrize("name", ["", " ", "# Alignment", "[A](b)", "**A**", "A\ud83d"])
def test_what_cannot_be_a_heading_is_refused(name: str):
    list_file = parse_list(PATH, f"## Privacy\n\n{P}".encode())
    with pytest.raises(EditError, match=r"cannot be a topic's heading|lone surrogate"):
        plan_edit([an_entry(topic=name)], list_file, new_topics=frozenset({name}))


@pytest.mark.parametrize("name", ["2022", "Privacy: 2022", "Related Toolboxes"])
def test_what_would_not_read_as_a_topic_is_refused(name: str):
    list_file = parse_list(PATH, f"## Privacy\n\n{P}".encode())
    with pytest.raises(EditError, match="would not read as a topic"):
        plan_edit([an_entry(topic=name)], list_file, new_topics=frozenset({name}))


def test_a_heading_that_is_there_but_no_topic_is_not_doubled():
    prose = "## Alignment\n\nWords that are too long for a topic that waits for papers.\n\n"
    list_file = parse_list(PATH, f"{prose}## Privacy\n\n{P}".encode())
    assert [topic.name for topic in list_file.topics] == ["Privacy"]
    with pytest.raises(EditError, match=r"LIST.md:1: the heading 'Alignment' is there"):
        plan_edit([an_entry(topic="Alignment")], list_file, new_topics=frozenset({"Alignment"}))


def test_anchors_are_those_of_github():
    assert slug("Evasion Attacks and Defenses") == "evasion-attacks-and-defenses"
    assert slug("Out-of-Distribution (OOD): 2022") == "out-of-distribution-ood-2022"


@pytest.mark.shared
def test_the_real_list_gets_a_topic_with_its_line_in_the_contents(revisions: Revisions):
    for name, data in revisions.read(revisions.commits[-1]).items():
        list_file = parse_list(Path(name), data)
        edit = plan_edit(
            [an_entry(topic="Alignment")], list_file, new_topics=frozenset({"Alignment"})
        )
        names = [topic.name for topic in parse_list(edit.path, edit.after).topics]
        assert names[-2:] == ["Alignment", "Others"]
        after = edit.after.decode()
        assert "- [Alignment](#alignment)\n" in after or "](#others)" not in after
