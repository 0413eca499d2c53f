"""A contribution is what a branch adds to the commit that it left its base at."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from db.engine import open_database
from db.queue import Queue
from pipeline.contribution import (
    ContributionJob,
    Memory,
    check_contribution,
    find_known,
    merge_base,
)
from pipeline.errors import GitError, RecordedDayError, SourceError
from pipeline.git import Repository
from pipeline.lists.contributions.contribution import contributed_entries
from pipeline.lists.rules import Lists
from tests.builders import FULL_LIST, MAINTAINER, NOW, README, make_list_repo, make_paper, write_day
from tests.pipeline.lists.contributions.builders import GOOD, rules_of


def git(repository: Repository, *arguments: str) -> None:
    subprocess.run(["git", "-C", repository.root, *arguments], check=True, capture_output=True)


def commit(repository: Repository, text: str, *, name: str = "README.md") -> None:
    (repository.root / name).write_text(text, encoding="utf-8")
    repository.commit([name], "Change", MAINTAINER)


@pytest.fixture
def branch(tmp_path) -> Repository:
    """A list's repository on a branch of its own."""
    repository = make_list_repo(tmp_path / "list")
    git(repository, "switch", "-qc", "contribution")
    return repository


def check(repository: Repository, *, base: str = "main", memory: Memory | None = None):
    paths = (repository.root / "README.md", repository.root / "FULL_LIST.md")
    return check_contribution(
        ContributionJob(
            repository=repository,
            paths=paths,
            base=base,
            lists=Lists(files=(), preview=paths[0], preview_days=365),
            memory=memory or Memory(),
            today=date(2022, 6, 1),
        )
    )


def with_entry(entry: str = GOOD, text: str = README) -> str:
    return text.replace("## Privacy\n\n", f"## Privacy\n\n{entry}")


def titles(contribution) -> list[str]:
    return [judged.title for judged in contribution.judged]


def test_the_entries_of_a_branch_are_judged_and_no_others(branch):
    commit(branch, with_entry())
    contribution = check(branch)
    assert titles(contribution) == ["New Private Things"]
    assert contribution.findings == ()


def test_what_the_base_gained_or_lost_meanwhile_is_not_the_branchs(branch):
    commit(branch, with_entry())
    git(branch, "switch", "-q", "main")
    elsewhere = GOOD.replace("2205.00009", "2205.00077").replace("New", "Else")
    start, end = README.index("- Older Private"), README.index("## Fairness")
    commit(branch, with_entry(elsewhere, README[:start] + README[end:]))
    git(branch, "switch", "-q", "contribution")
    contribution = check(branch)
    assert titles(contribution) == ["New Private Things"]
    assert contribution.findings == ()


def test_what_is_not_committed_yet_counts_too(branch):
    (branch.root / "README.md").write_text(with_entry(), encoding="utf-8")
    assert titles(check(branch)) == ["New Private Things"]


def test_a_branch_that_changes_no_list_says_nothing(branch):
    commit(branch, "Hello\n", name="NOTES.txt")
    contribution = check(branch)
    assert (contribution.judged, contribution.findings) == ((), ())


def test_a_list_file_that_is_gone_takes_its_entries_with_it(branch):
    (branch.root / "FULL_LIST.md").unlink()
    contribution = check(branch)
    assert [entry.title for _, entry in contribution.removed] == ["Old Private Things"]
    assert rules_of(contribution) == ["removed-entry"]


def test_a_list_file_that_is_new_is_all_new(branch):
    git(branch, "rm", "-q", "FULL_LIST.md")
    git(branch, "-c", "user.name=M", "-c", "user.email=m@example.org", "commit", "-qm", "Remove")
    git(branch, "branch", "-f", "main")
    commit(branch, FULL_LIST, name="FULL_LIST.md")
    assert titles(check(branch)) == ["Old Private Things"]


def test_a_file_that_can_no_longer_be_read_is_one_finding(branch):
    (branch.root / "README.md").write_bytes(with_entry().encode().replace(b"Ann", b"\xc4nn"))
    contribution = check(branch)
    assert [(f.rule, f.line) for f in contribution.findings] == [("unreadable-file", 10)]
    assert contribution.removed == ()


def test_a_file_that_became_a_link_to_another_is_not_followed(branch, tmp_path):
    secret = tmp_path / "secret.md"
    secret.write_text(with_entry(GOOD.replace("New Private", "Secret")), encoding="utf-8")
    (branch.root / "README.md").unlink()
    (branch.root / "README.md").symlink_to(secret)
    contribution = check(branch)
    assert rules_of(contribution) == ["unreadable-file"]
    assert "symbolic link" in contribution.findings[0].message
    assert contribution.judged == ()


def test_an_unknown_base_is_refused_with_what_to_do(branch):
    with pytest.raises(GitError, match=r"no branch or commit called 'origin/mian'.*git fetch"):
        merge_base(branch, "origin/mian")


def test_a_base_cannot_pass_for_an_option(branch):
    with pytest.raises(GitError, match="no branch or commit"):
        merge_base(branch, "--output=pwned")
    assert not (branch.root / "pwned").exists()


def test_histories_with_nothing_in_common_are_refused(branch):
    git(branch, "switch", "-q", "--orphan", "other")
    commit(branch, README)
    with pytest.raises(GitError, match="no commit in common"):
        check(branch)


def test_a_history_that_was_cut_off_says_how_to_get_the_rest(branch, tmp_path):
    commit(branch, with_entry())
    git(branch, "switch", "-q", "main")
    commit(branch, README + "\nMore.\n")
    clone = tmp_path / "clone"
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", "--no-single-branch", branch.root.as_uri(), clone],
        check=True,
        capture_output=True,
    )
    cut = Repository.open(clone)
    git(cut, "switch", "-q", "contribution")
    with pytest.raises(GitError, match="fetch-depth: 0"):
        merge_base(cut, "origin/main")


# arXiv's word.


def entries(branch):
    from pipeline.lists.contributions.differences import Change, compare_lists
    from pipeline.lists.reader import parse_list

    path = Path("README.md")
    change = Change(
        path=path,
        before=parse_list(path, README.encode()),
        after=parse_list(path, with_entry().encode()),
    )
    return contributed_entries(compare_lists([change]))


def test_papers_files_the_database_and_recorded_days_are_asked_in_turn(branch, tmp_path):
    paper = make_paper("2205.00009", title="New Private Things", authors=("Ann Author",))
    folder = tmp_path / "days"
    file = write_day(folder, [paper])
    queue = Queue(open_database(f"sqlite:///{tmp_path}/queue.db"))
    queue.record([paper], [], now=NOW)
    for memory in (Memory(files=(file,)), Memory(recorded=folder)):
        known, problems = find_known(entries(branch), memory)
        assert list(known) == ["2205.00009"]
        assert known["2205.00009"].authors == ("Ann Author",)
        assert problems == []


def test_a_paper_of_the_same_title_is_found_in_a_papers_file(branch, tmp_path):
    paper = make_paper("2205.00019", title="New private things", authors=("Ann Author",))
    known, _ = find_known(entries(branch), Memory(files=(write_day(tmp_path, [paper]),)))
    assert list(known) == ["2205.00019"]


def test_arxiv_is_asked_only_for_what_is_not_at_hand(branch, tmp_path):
    paper = make_paper("2205.00009", title="New Private Things")
    asked = []

    def fetch(ids):
        asked.append(list(ids))
        return {"2205.00009": paper}

    known, _ = find_known(entries(branch), Memory(fetch_ids=fetch))
    assert list(known) == ["2205.00009"]
    find_known(entries(branch), Memory(files=(write_day(tmp_path, [paper]),), fetch_ids=fetch))
    assert asked == [["2205.00009"]]


def test_an_arxiv_that_does_not_answer_leaves_the_rest_of_the_judgement(branch):
    def fetch(ids):
        raise SourceError("api", "no answer")

    commit(branch, with_entry(GOOD.replace("Auditing.", "Auditing")))
    contribution = check(branch, memory=Memory(fetch_ids=fetch))
    assert rules_of(contribution) == ["house-form"]
    assert "were not compared" in contribution.problems[0]


def test_a_papers_file_that_is_not_there_is_refused(branch, tmp_path):
    with pytest.raises(RecordedDayError, match="cannot be read"):
        find_known(entries(branch), Memory(files=(tmp_path / "none.jsonl",)))


def test_a_branch_that_adds_nothing_reads_no_papers_file(branch, tmp_path):
    assert check(branch, memory=Memory(files=(tmp_path / "none.jsonl",))).findings == ()


# The real list.


@pytest.mark.shared
def test_a_commit_of_the_real_list_is_judged_with_arxivs_word(shared, tmp_path):
    repo = tmp_path / "real"
    bundle = shared / "list" / "list-2022-08-31.bundle"
    subprocess.run(["git", "clone", "-q", bundle, repo], check=True, capture_output=True)
    repository = Repository.open(repo)
    # "open-world update": three entries, one of them under another paper's identifier.
    git(repository, "checkout", "-q", "8c6bea9")
    contribution = check(
        repository, base="8c6bea9^", memory=Memory(files=(shared / "list" / "papers.jsonl.gz",))
    )
    assert [judged.status for judged in contribution.judged] == ["added"] * 3
    assert {"arxiv-id", "link-clash"} <= set(rules_of(contribution))
