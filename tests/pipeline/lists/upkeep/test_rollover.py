from __future__ import annotations

import subprocess
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.arxiv_id import id_order
from pipeline.git import Repository
from pipeline.lists.reader import ListFile, parse_list
from pipeline.lists.upkeep.added import Addition, find_additions
from pipeline.lists.upkeep.moving import texts_of
from pipeline.lists.upkeep.rollover import RolloverPlan, find_overdue, plan_rollover
from tests.pipeline.lists.conftest import paper

AS_OF = date(2023, 1, 15)

PREVIEW = f"""# A list

- [Privacy](#privacy)
- [Fairness](#fairness)

# Paper List

## Privacy

<a href="https://github.com/a/list/blob/main/FULL_LIST.md#privacy">Full List of Privacy</a>.

{paper("2212.00002", "New and Private")}
{paper("2112.00001", "Old and Private")}
## Fairness

{paper("2111.00003", "Old and Fair")}
# Related Lists

- [Another list](https://example.org)
"""

FULL = f"""# All papers

- [Privacy](#privacy)
- [Fairness](#fairness)

## Privacy

### Privacy: 2021

{paper("2112.00009", "Newer in 2021")}
{paper("2101.00001", "Older in 2021")}
### Privacy: 2020

{paper("2001.00001", "Of 2020")}
## Fairness
"""


def read(text: str, name: str = "README.md") -> ListFile:
    return parse_list(Path(name), text.encode())


def roll(
    preview: str = PREVIEW,
    full: str = FULL,
    *,
    as_of: date = AS_OF,
    days: int = 365,
    aliases: dict[str, str] | None = None,
    submitted: dict[str, date] | None = None,
    added: dict[int, Addition] | None = None,
) -> RolloverPlan:
    files = read(preview), read(full, "FULL_LIST.md")
    overdue, _ = find_overdue(
        files[0], as_of=as_of, preview_days=days, submitted=submitted or {}, added=added or {}
    )
    return plan_rollover(overdue, *files, aliases or {})


def after(plan: RolloverPlan) -> tuple[str, str]:
    first, second = (edit.after.decode() for edit in plan.edits)
    return first, second


def overdue_ids(preview: str, **known: object) -> list[str | None]:
    wanted = {"as_of": AS_OF, "preview_days": 365, "submitted": {}, "added": {}, **known}
    overdue, _ = find_overdue(read(preview), **wanted)  # type: ignore[arg-type]
    return [each.entry.arxiv_id for each in overdue]


# -- what is overdue ---------------------------------------------------------


def test_an_identifier_counts_from_the_end_of_its_month():
    preview = f"## Privacy\n\n{paper('2201.00001')}\n"
    assert overdue_ids(preview, as_of=date(2023, 1, 31)) == []
    assert overdue_ids(preview, as_of=date(2023, 2, 1)) == ["2201.00001"]


def test_the_first_submission_counts_where_it_is_known():
    preview = f"## Privacy\n\n{paper('2201.00001')}\n"
    submitted = {"2201.00001": date(2022, 1, 3)}
    assert overdue_ids(preview, as_of=date(2023, 1, 3), submitted=submitted) == []
    assert overdue_ids(preview, as_of=date(2023, 1, 4), submitted=submitted) == ["2201.00001"]


def test_without_identifier_the_commit_that_added_it_counts():
    preview = "## Privacy\n\n- A Journal Paper. [[paper]](https://example.org/1)\n"
    recent = {3: Addition(day=date(2022, 6, 1), commit="a" * 40)}
    long_ago = {3: Addition(day=date(2021, 6, 1), commit="a" * 40)}
    assert overdue_ids(preview) == []
    assert overdue_ids(preview, added=recent) == []
    assert overdue_ids(preview, added=long_ago) == [None]


def test_where_the_history_was_cut_off_an_age_that_may_be_older_is_not_guessed():
    file = read("## Privacy\n\n- A Journal Paper. [[paper]](https://example.org/1)\n")
    added = {3: Addition(day=date(2022, 6, 1), commit="a" * 40, sure=False)}
    overdue, unknown = find_overdue(file, as_of=AS_OF, preview_days=365, submitted={}, added=added)
    assert overdue == ()
    assert "git fetch --unshallow" in unknown[0].problem


# -- where it goes -----------------------------------------------------------


def test_entries_move_to_their_topic_and_year_in_order():
    plan = roll()
    preview, full = after(plan)
    assert preview == PREVIEW.replace(f"{paper('2112.00001', 'Old and Private')}\n", "").replace(
        f"{paper('2111.00003', 'Old and Fair')}\n", ""
    )
    assert full == FULL.replace(
        paper("2112.00009", "Newer in 2021"),
        f"{paper('2112.00009', 'Newer in 2021')}\n{paper('2112.00001', 'Old and Private')}",
    ).replace(
        "## Fairness\n",
        f"## Fairness\n\n### Fairness: 2021\n\n{paper('2111.00003', 'Old and Fair')}",
    )
    assert [(move.topic, move.year) for move in plan.moved] == [
        ("Privacy", 2021),
        ("Fairness", 2021),
    ]
    assert all(full.split("\n")[move.line - 1].startswith("- Old and") for move in plan.moved)


def test_a_missing_year_group_is_made_folded_where_the_file_folds_its_years():
    full = (
        "## Privacy\n\n<details>\n<summary>Privacy: 2020</summary>\n\n"
        f"{paper('2001.00001')}\n</details>\n"
    )
    _, result = after(roll(full=full, preview=PREVIEW.partition("## Fairness")[0]))
    assert "<details>\n<summary>Privacy: 2021</summary>\n\n- Old and Private." in result
    assert result.endswith(full.partition("\n\n")[2])


def test_a_topic_that_the_full_list_lacks_is_made_with_its_line_in_the_contents():
    plan = roll(full=FULL.replace("## Fairness\n", "").replace("- [Fairness](#fairness)\n", ""))
    _, full = after(plan)
    assert "- [Privacy](#privacy)\n- [Fairness](#fairness)\n" in full
    assert "## Fairness\n\n### Fairness: 2021\n\n- Old and Fair." in full


@pytest.mark.parametrize(
    "aliases", [{"Secrecy": "Privacy"}, {"Privacy": "Secrecy"}, {"secrecy": "PRIVACY"}]
)
def test_a_topic_is_found_under_its_other_name_in_either_direction(aliases):
    plan = roll(full=FULL.replace("Privacy", "Secrecy"), aliases=aliases)
    assert plan.moved[0].topic == "Secrecy"
    assert "## Privacy" not in after(plan)[1]


def test_two_names_that_share_a_third_are_one_topic():
    aliases = {"Privacy": "Confidentiality", "Secrecy": "Confidentiality"}
    plan = roll(full=FULL.replace("Privacy", "Secrecy"), aliases=aliases)
    assert plan.moved[0].topic == "Secrecy"


def test_an_entry_without_identifier_goes_to_the_year_it_was_added():
    preview = "## Privacy\n\n- A Journal Paper. [[paper]](https://example.org/1)\n\n" + paper(
        "2212.00002"
    )
    plan = roll(preview, added={3: Addition(day=date(2021, 6, 1), commit="a" * 40)})
    assert [(move.topic, move.year) for move in plan.moved] == [("Privacy", 2021)]
    assert "### Privacy: 2021\n\n- A Journal Paper." in after(plan)[1]


def test_a_topic_left_empty_keeps_its_heading_and_its_link_line():
    plan = roll(as_of=date(2030, 1, 1))
    preview, _ = after(plan)
    assert len(plan.moved) == 3
    assert (
        '## Privacy\n\n<a href="https://github.com/a/list/blob/main/FULL_LIST.md#privacy">'
        "Full List of Privacy</a>.\n\n## Fairness\n\n# Related Lists\n" in preview
    )


def test_of_a_topic_that_would_be_lost_the_newest_entry_stays():
    preview = f"# A list\n\n## Privacy\n\n{paper('2112.00002')}\n{paper('2112.00001')}"
    plan = roll(preview)
    assert [move.overdue.entry.arxiv_id for move in plan.moved] == ["2112.00001"]
    assert [refusal.entry.arxiv_id for refusal in plan.refused] == ["2112.00002"]
    assert "would no longer read as a list" in plan.refused[0].problem


# -- nothing lost, nothing doubled -------------------------------------------


def test_a_paper_that_the_full_list_has_otherwise_stays_and_is_named():
    full = FULL.replace("Newer in 2021", "Old but Private").replace("2112.00009", "2112.00001")
    plan = roll(full=full)
    assert [move.overdue.entry.title for move in plan.moved] == ["Old and Fair"]
    assert plan.refused[0].problem.endswith("reads differently there: FULL_LIST.md, line 10")
    assert "Old and Private" in after(plan)[0]


def test_a_title_that_the_full_list_has_under_another_identifier_stays():
    plan = roll(full=FULL.replace("Of 2020", "Old and private!"))
    assert [refusal.entry.title for refusal in plan.refused] == ["Old and Private"]


def test_an_entry_that_stands_there_to_the_byte_only_leaves_the_preview():
    full = FULL.replace(
        paper("2101.00001", "Older in 2021"), paper("2112.00001", "Old and Private")
    )
    plan = roll(full=full)
    preview, result = after(plan)
    assert [move.already for move in plan.moved] == [True, False]
    assert "Old and Private" not in preview
    assert result.count("Old and Private") == 1


def test_a_preview_that_only_repeats_the_full_list_is_one_edit():
    preview = PREVIEW.partition("## Fairness")[0]
    full = FULL.replace(
        paper("2101.00001", "Older in 2021"), paper("2112.00001", "Old and Private")
    )
    plan = roll(preview, full)
    assert [edit.path.name for edit in plan.edits] == ["README.md"]


def test_a_paper_that_the_preview_has_twice_moves_once():
    twice = paper("2112.00001", "Old and Private")
    plan = roll(PREVIEW.replace("## Fairness\n", f"## Fairness\n\n{twice}"))
    preview, full = after(plan)
    assert len(plan.moved) == 3
    assert full.count("Old and Private") == 1
    assert "Old and Private" not in preview


def test_an_entry_that_cannot_be_moved_does_not_keep_the_others():
    broken = paper("2112.00004", "With a carriage return").replace("One Thing", "One\rThing")
    plan = roll(PREVIEW.replace("## Fairness\n", f"## Fairness\n\n{broken}"))
    assert len(plan.moved) == 2
    assert [refusal.entry.title for refusal in plan.refused] == ["With a carriage return"]
    assert "line break" in plan.refused[0].problem


def test_nothing_overdue_is_no_edit():
    assert roll(as_of=date(2022, 1, 1)) == RolloverPlan()


def test_line_endings_are_each_files_own():
    plan = roll(full=FULL.replace("\n", "\r\n"))
    full = plan.edits[1].after
    assert full.count(b"\n") == full.count(b"\r\n")
    plan = roll(PREVIEW.replace("\n", "\r\n"))
    assert b"\r" not in plan.edits[1].after
    assert plan.edits[0].after.count(b"\n") == plan.edits[0].after.count(b"\r\n")


def test_the_last_entry_of_a_file_leaves_no_blank_lines_behind():
    preview = f"## Privacy\n\n{paper('2212.00002')}\n{paper('2112.00001')}"
    assert after(roll(preview))[0] == f"## Privacy\n\n{paper('2212.00002')}"
    assert after(roll(preview.removesuffix("\n")))[0] == f"## Privacy\n\n{paper('2212.00002')}"


def test_entries_without_blank_lines_between_keep_none():
    preview = f"## Privacy\n{paper('2212.00002')}{paper('2112.00001')}{paper('2212.00001')}\nText\n"
    expected = f"## Privacy\n{paper('2212.00002')}{paper('2212.00001')}\nText\n"
    assert after(roll(preview))[0] == expected


months = st.integers(1, 12)


@settings(max_examples=60, deadline=None)
@given(
    listed=st.lists(
        st.tuples(st.integers(20, 23), months, st.sampled_from(["Privacy", "Fairness", "Others"])),
        min_size=1,
        max_size=12,
    ),
    kept=st.lists(st.tuples(st.integers(19, 22), months), max_size=6),
    as_of=st.dates(date(2021, 1, 1), date(2025, 1, 1)),
    ending=st.sampled_from(["", "\n", "\n\n", "\n\nA last word.\n"]),
)
def test_whatever_moves_every_entry_is_there_once_and_reads_the_same(listed, kept, as_of, ending):
    sections: dict[str, list[str]] = {"Privacy": [], "Fairness": [], "Others": []}
    for number, (year, month, topic) in enumerate(listed):
        sections[topic].append(f"{year}{month:02}.{number:05}")
    preview = "# List\n\n# Papers\n\n" + "\n".join(
        f"## {topic}\n\n" + "".join(f"{paper(each)}\n" for each in ids)
        for topic, ids in sections.items()
    )
    preview = preview.rstrip("\n") + ending
    full = "# Papers\n\n## Privacy\n\n### Privacy: 2019\n\n" + paper("1901.00001") + "\n"
    full += "".join(
        f"{paper(f'{year}{month:02}.1{n:04}')}\n" for n, (year, month) in enumerate(kept)
    )
    plan = roll(preview, full, as_of=as_of)
    if not plan.edits:
        return
    first, second = (read(text) for text in after(plan))
    before = texts_of(read(preview)) + texts_of(read(full))
    assert texts_of(first) + texts_of(second) == before
    left = {line for line in preview.split("\n") if line not in after(plan)[0].split("\n")}
    gone = {line for move in plan.moved for line in paper(move.overdue.entry.arxiv_id).split("\n")}
    assert left <= gone
    again = roll(*after(plan), as_of=as_of)
    assert not again.moved


# -- the real list -----------------------------------------------------------


def test_the_real_list_rolls_over_in_order_and_to_the_byte(revisions):
    texts = revisions.read(revisions.commits[-1])
    preview = parse_list(Path("README.md"), texts["README.md"])
    full = parse_list(Path("FULL_LIST.md"), texts["FULL_LIST.md"])
    nameless = [entry for entry in preview.entries if entry.arxiv_id is None]
    added = find_additions(Repository.open(revisions.repo), revisions.repo / "README.md", nameless)
    assert len(added) == len(nameless) == 10
    assert {addition.day.year for addition in added.values()} == {2022}
    for as_of, count in ((AS_OF, 1), (date(2023, 2, 15), 9), (date(2023, 9, 1), 264)):
        overdue, unknown = find_overdue(
            preview, as_of=as_of, preview_days=365, submitted={}, added=added
        )
        plan = plan_rollover(overdue, preview, full, {})
        assert not unknown
        assert not plan.refused
        if as_of < date(2023, 9, 1):
            assert len(plan.moved) == count
        edits = {edit.path.name: edit for edit in plan.edits}
        less = parse_list(Path("README.md"), edits["README.md"].after)
        more = parse_list(Path("FULL_LIST.md"), edits["FULL_LIST.md"].after)
        assert texts_of(less) + texts_of(more) == texts_of(preview) + texts_of(full)
        assert [t.name for t in less.topics] == [t.name for t in preview.topics]
        assert_newest_first(more, {move.overdue.entry.arxiv_id for move in plan.moved})


def assert_newest_first(file: ListFile, moved: set[str | None]) -> None:
    """Each moved entry stands before the first of its group that is older."""
    groups: dict[tuple[str, int | None], list[str]] = {}
    for entry in file.entries:
        if entry.arxiv_id:
            groups.setdefault((entry.topic, entry.year), []).append(entry.arxiv_id)
    for ids in groups.values():
        for above, below in pairwise(ids):
            if above in moved and below in moved:
                assert id_order(above) >= id_order(below)


# -- when an entry was added -------------------------------------------------


def git(folder: Path, *arguments: str, day: str = "2022-01-01") -> str:
    moment = f"{day}T12:00:00+0000"
    return subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment},
    ).stdout.strip()


def entry_line(number: int) -> str:
    return f"- Paper {number} of a Journal. [[paper]](https://example.org/{number})\n"


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """README.md with a paper more each year."""
    folder = tmp_path / "history"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    text = "## Privacy\n\n"
    for year in (2020, 2021, 2022):
        text += f"{entry_line(year)}\n"
        (folder / "README.md").write_text(text)
        git(folder, "add", "README.md")
        git(folder, "commit", "-qm", str(year), day=f"{year}-05-01")
    return folder


def additions(folder: Path) -> list[tuple[str, bool]]:
    path = folder / "README.md"
    entries = parse_list(path, path.read_bytes()).entries
    found = find_additions(Repository.open(folder), path, entries)
    return [(str(found[e.line].day), found[e.line].sure) for e in entries if e.line in found]


def test_each_entry_is_as_old_as_the_commit_that_added_it(history):
    assert additions(history) == [("2020-05-01", True), ("2021-05-01", True), ("2022-05-01", True)]


def test_an_entry_that_was_taken_out_and_put_back_is_as_old_as_its_return(history):
    text = (history / "README.md").read_text()
    (history / "README.md").write_text(text.replace(entry_line(2020), ""))
    git(history, "commit", "-qam", "out", day="2022-06-01")
    (history / "README.md").write_text(text)
    git(history, "commit", "-qam", "back", day="2022-07-01")
    assert additions(history)[0] == ("2022-07-01", True)


def test_an_entry_that_was_never_committed_has_no_age(history):
    with (history / "README.md").open("a") as file:
        file.write(entry_line(2023))
    assert len(additions(history)) == 3


def test_a_file_that_was_away_for_a_while_is_followed_to_its_return(history):
    text = (history / "README.md").read_text()
    git(history, "rm", "-q", "README.md")
    git(history, "commit", "-qm", "away", day="2022-06-01")
    (history / "README.md").write_text(text)
    git(history, "add", "README.md")
    git(history, "commit", "-qm", "back", day="2022-07-01")
    assert {day for day, _ in additions(history)} == {"2022-07-01"}


def test_a_shallow_clone_knows_that_it_does_not_know(history, tmp_path):
    git(tmp_path, "clone", "-q", "--depth=2", history.as_uri(), "shallow")
    assert additions(tmp_path / "shallow") == [
        ("2021-05-01", False),
        ("2021-05-01", False),
        ("2022-05-01", True),
    ]
