from __future__ import annotations

import subprocess
from collections import Counter
from pathlib import Path

import pytest

from pipeline.errors import GitError
from pipeline.git import Repository, read_blobs, read_history
from pipeline.lists.past.history import Replay, opened, replay_history
from tests.builders import MAINTAINER
from tests.pipeline.lists.conftest import Revisions, paper

GROUPED = (
    "## Privacy\n\n### Privacy: 2022\n\n{}\n### Privacy: 2020\n\n{}\n## Fairness\n\n"
    "### Fairness: 2021\n\n{}\n## Others\n"
)
BEGIN = GROUPED.format(paper("2205.00005"), paper("2001.00001"), paper("2101.00001"))
NO_ID = "- A Letter. [[paper]](https://example.org/letter)\n  - Bo Sample.\n"


def replay(folder: Path, *texts: str | bytes, **span: str | None) -> Replay:
    """The replay of a repository in which README.md was committed once for each text."""
    repository = Repository.init(folder)
    for number, text in enumerate(texts):
        data = text.encode() if isinstance(text, str) else text
        (folder / "README.md").write_bytes(data)
        repository.commit(["README.md"], f"Commit {number}", MAINTAINER)
    return replay_history(repository, **span)


def before(text: str, anchor: str, new: str) -> str:
    """``text`` with ``new`` and a blank line before the line that begins with ``anchor``."""
    assert anchor in text
    return text.replace(anchor, f"{new}\n{anchor}", 1)


def title(arxiv_id: str) -> str:
    return f"- Paper {arxiv_id}."


def test_an_entry_where_the_writer_puts_it_too_is_no_difference(tmp_path: Path):
    after = before(BEGIN, title("2205.00005"), paper("2205.00009"))
    assert replay(tmp_path, BEGIN, after) == Replay(
        revisions=2, round_trips=2, additions=1, same_place=1, same_bytes=1, differences=()
    )


@pytest.mark.parametrize(
    ("was", "after", "kind"),
    [
        pytest.param(
            BEGIN,
            before(BEGIN, title("2205.00005"), paper("2204.00001")),
            "out of order",
            id="above a newer one",
        ),
        pytest.param(
            before(BEGIN, "### Privacy: 2020", paper("2206.00001")),
            before(BEGIN, "### Privacy: 2020", paper("2206.00001") + "\n" + paper("2205.00009")),
            "unsorted group",
            id="where it fits, below others out of order",
        ),
        pytest.param(
            BEGIN,
            before(BEGIN, "### Privacy: 2020", paper("2012.00001")),
            "wrong year",
            id="under a later year",
        ),
        pytest.param(
            BEGIN,
            before(BEGIN, title("2205.00005"), paper("2205.00009")).replace("Privacy", "Secrets"),
            "regrouped",
            id="with the topic renamed",
        ),
        pytest.param(
            BEGIN,
            before(BEGIN, "## Fairness", f"### Privacy: 2021\n\n{paper('2103.00001')}"),
            "heading elsewhere",
            id="under a new year heading below an older one",
        ),
        pytest.param(
            BEGIN,
            before(BEGIN, "## Privacy", f"## Survey\n\n### Survey: 2022\n\n{paper('2203.00001')}"),
            "new topic",
            id="under a topic made before the first",
        ),
        pytest.param(BEGIN, before(BEGIN, "### Privacy: 2020", NO_ID), "no identifier", id="no id"),
        pytest.param(
            before(BEGIN, title("2205.00005"), NO_ID),
            before(BEGIN, title("2205.00005"), paper("2206.00001") + "\n" + NO_ID),
            "no identifier",
            id="beside one without id",
        ),
        pytest.param(
            BEGIN,
            before(BEGIN, title("2205.00005"), paper("2205.00009").replace("</details>", "")),
            "digest form",
            id="with a digest left open",
        ),
        pytest.param(
            BEGIN,
            before(BEGIN, title("2205.00005"), paper("2205.00009").replace("Word:", "Work: ")),
            "slip",
            id="with a label misspelt",
        ),
        pytest.param(
            BEGIN,
            before(
                BEGIN, title("2205.00005"), paper("2205.00009").replace("9)\n", "9) [[code]](c/)\n")
            ),
            "refused",
            id="with an address that is none",
        ),
        pytest.param(BEGIN, BEGIN.encode() + b"\nTram\xe8r\n", "unreadable", id="not UTF-8"),
    ],
)
def test_each_kind_of_difference_has_its_name(tmp_path: Path, was: str, after: str, kind: str):
    found = replay(tmp_path, was, after)
    assert [difference.kind.value for difference in found.differences] == [kind]
    assert found.round_trips == found.revisions - (kind == "unreadable")
    (difference,) = found.differences
    head = Repository.open(tmp_path).head()
    assert (difference.commit, difference.path) == (head, "README.md")
    if kind in {"refused", "unreadable"}:
        assert difference.problem
    else:
        assert difference.ours
        assert difference.theirs
    assert found.additions == int(difference.arxiv_id is not None)
    in_place = {"new topic", "slip", "digest form"}
    assert found.same_place == int(kind in in_place)
    assert found.same_bytes == int(kind == "new topic")


def test_a_difference_says_where_both_put_the_paper(tmp_path: Path):
    after = before(BEGIN, title("2205.00005"), paper("2204.00001"))
    (difference,) = replay(tmp_path, BEGIN, after).differences
    assert (difference.arxiv_id, difference.title) == ("2204.00001", "Paper 2204.00001")
    assert difference.ours
    assert difference.theirs
    assert (difference.ours.topic, difference.ours.year) == ("Privacy", 2022)
    assert (difference.ours.before, difference.ours.line) == ("", 10)
    assert (difference.theirs.before, difference.theirs.line) == ("2205.00005", 5)


def test_a_slip_shows_the_two_lines(tmp_path: Path):
    after = before(BEGIN, title("2205.00005"), paper("2205.00009").replace("Bo Sample.", "Bo. "))
    (difference,) = replay(tmp_path, BEGIN, after).differences
    assert difference.ours
    assert difference.theirs
    assert (difference.ours.text, difference.theirs.text) == (
        "  - Ada Example, Bo.",
        "  - Ada Example, Bo. ",
    )


def test_two_that_the_maintainers_swapped_are_one_difference(tmp_path: Path):
    swapped = paper("2205.00008") + "\n" + paper("2205.00009")
    found = replay(tmp_path, BEGIN, before(BEGIN, title("2205.00005"), swapped))
    assert (found.additions, found.same_place) == (2, 1)
    assert [difference.kind.value for difference in found.differences] == ["out of order"]


def test_a_neighbour_that_moved_in_the_same_commit_is_no_measure(tmp_path: Path):
    pair = paper("2203.00001") + "\n" + paper("2204.00001")
    was = before(BEGIN, "### Privacy: 2020", pair)
    swapped = paper("2204.00002") + "\n" + paper("2204.00001") + "\n" + paper("2203.00001")
    assert replay(tmp_path, was, before(BEGIN, "### Privacy: 2020", swapped)).same_place == 1


def test_a_topic_and_a_year_made_where_they_belong_are_no_difference(tmp_path: Path):
    topic = before(BEGIN, "## Others", f"## Ethics\n\n### Ethics: 2022\n\n{paper('2203.00001')}")
    year = before(topic, "### Privacy: 2020", f"### Privacy: 2021\n\n{paper('2103.00001')}")
    found = replay(tmp_path, BEGIN, topic, year)
    assert (found.additions, found.same_bytes, found.differences) == (2, 2, ())


def test_only_commits_that_added_one_to_five_are_done_again(tmp_path: Path):
    six = "\n".join(paper(f"2206.0000{n}") for n in range(6, 0, -1))
    grown = before(BEGIN, title("2205.00005"), six)
    edited = grown.replace("Ada Example", "Ada E. Example")
    moved = edited.replace("2206.00006", "2206.00007").replace(
        "Paper 2206.00007", "Paper 2206.00006"
    )
    found = replay(tmp_path, BEGIN, grown, edited, moved, BEGIN)
    assert (found.revisions, found.additions) == (4, 0)


def test_merges_are_not_done_again(tmp_path: Path):
    after = before(BEGIN, title("2205.00005"), paper("2205.00009"))
    replay(tmp_path, BEGIN)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=M", "-c", "user.email=m@example.org"]
    subprocess.run([*git, "switch", "-qc", "side"], check=True)
    (tmp_path / "README.md").write_text(after, encoding="utf-8")
    subprocess.run([*git, "commit", "-qam", "Add"], check=True)
    subprocess.run([*git, "switch", "-q", "main"], check=True)
    subprocess.run([*git, "merge", "-q", "--no-ff", "-m", "Merge", "side"], check=True)
    found = replay_history(Repository.open(tmp_path))
    assert (found.revisions, found.additions, found.same_bytes) == (2, 1, 1)


def test_files_that_are_no_lists_are_left_alone(tmp_path: Path):
    repository = Repository.init(tmp_path)
    files = {"README.md": BEGIN, "CONTRIBUTING.md": "# How\n", "notes.txt": BEGIN, "b.md": "\xff"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="latin-1")
    (tmp_path / "link.md").symlink_to("README.md")
    repository.commit(list(files), "Begin", MAINTAINER)
    subprocess.run(["git", "-C", str(tmp_path), "add", "link.md"], check=True)
    assert replay_history(repository).revisions == 1


def test_a_part_of_the_history_is_named_by_commits_or_days(tmp_path: Path):
    texts = [BEGIN]
    for number in (6, 7, 8):
        texts.append(before(texts[-1], "- Paper 2205.0000", paper(f"2205.0000{number}")))
    replay(tmp_path, *texts)
    repository = Repository.open(tmp_path)
    today = repository.revisions()[0].committed_at.date().isoformat()

    def additions(start: str | None, end: str | None) -> int:
        return replay_history(repository, start=start, end=end).additions

    assert additions(None, None) == 3
    assert additions("HEAD~1", None) == 2
    assert additions("HEAD~1", "HEAD~1") == 1
    assert additions(None, "HEAD~1") == 2
    assert additions("2001-01-01", today) == 3
    assert additions(today, None) == 3
    assert additions(None, "2001-01-01") == 0
    with pytest.raises(GitError, match="no commit called 'nowhere'"):
        additions("nowhere", None)


def test_a_bundle_is_replayed_like_its_repository(tmp_path: Path):
    after = before(BEGIN, title("2205.00005"), paper("2205.00009"))
    found = replay(tmp_path / "list", BEGIN, after)
    bundle = tmp_path / "list.bundle"
    git = ["git", "-C", str(tmp_path / "list")]
    subprocess.run([*git, "bundle", "create", "-q", str(bundle), "HEAD"], check=True)
    with opened(bundle) as repository:
        assert replay_history(repository) == found
    (tmp_path / "text").write_text("no bundle", encoding="utf-8")
    with (
        pytest.raises(GitError, match="neither a git repository nor a bundle"),
        opened(tmp_path / "text"),
    ):
        pass


def test_progress_counts_commits(tmp_path: Path):
    repository = Repository.init(tmp_path)
    for text in (BEGIN, BEGIN + "\n"):
        (tmp_path / "README.md").write_text(text, encoding="utf-8")
        repository.commit(["README.md"], "Change", MAINTAINER)
    steps: list[tuple[int, int]] = []
    replay_history(repository, progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 2), (2, 2)]


def test_commits_trees_and_blobs_come_out_of_few_calls(tmp_path: Path):
    replay(tmp_path, BEGIN, BEGIN + "\n")
    repository = Repository.open(tmp_path)
    first, second = read_history(repository)
    assert (first.parents, second.parents) == ((), (first.sha,))
    assert (first.parent_files, second.parent_files) == ({}, first.files)
    blobs = [first.files["README.md"], second.files["README.md"]]
    assert list(read_blobs(repository, blobs).values()) == [BEGIN.encode(), BEGIN.encode() + b"\n"]
    assert read_blobs(repository, []) == {}
    with pytest.raises(GitError, match="is not there"):
        read_blobs(repository, ["0" * 40])


OURS_TO_EXPLAIN = {"heading elsewhere", "unexplained", "refused", "unreadable", "wrong year"}


@pytest.mark.shared
def test_eight_commits_of_june_2022_are_done_as_the_maintainers_did(revisions: Revisions):
    """But for two new entries that they put the older one first."""
    repository = Repository.open(revisions.repo)
    start, end = revisions.commits[68], revisions.commits[75]
    found = replay_history(repository, start=start, end=end)
    assert found.round_trips == found.revisions > 5
    assert (found.additions, found.same_place, found.same_bytes) == (23, 22, 22)
    assert [difference.kind.value for difference in found.differences] == ["out of order"]


@pytest.mark.shared
@pytest.mark.slow
def test_the_first_two_years_are_done_as_the_maintainers_did(revisions: Revisions):
    """228 of 237: seven out of order, one in a group out of order, one with its topic renamed."""
    found = replay_history(Repository.open(revisions.repo))
    assert (found.revisions, found.round_trips) == (216, 216)
    assert (found.additions, found.same_place) == (237, 228)
    assert found.same_place >= 0.94 * found.additions
    assert found.same_bytes == 165
    kinds = Counter(difference.kind.value for difference in found.differences)
    assert not OURS_TO_EXPLAIN & set(kinds)
    assert kinds == {
        "slip": 63,
        "out of order": 7,
        "new topic": 2,
        "no identifier": 2,
        "regrouped": 1,
        "unsorted group": 1,
    }
