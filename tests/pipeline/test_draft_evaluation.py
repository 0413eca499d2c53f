"""Drafts are measured against entries that the vocabulary did not hold."""

from __future__ import annotations

import gzip
import json

import pytest

from pipeline.cli.evaluate_drafts import evaluate_drafts
from pipeline.draft_evaluation import Overlap, draft_all, evaluate, is_unseen, read_pairs
from pipeline.draft_fit import fit_digest, fit_keywords
from pipeline.errors import GitError, SetupError
from pipeline.git import Repository
from pipeline.triage import digest, keywords
from tests.builders import MAINTAINER

HEAD = "# Paper List\n\n## Privacy\n\n"


def written(arxiv_id: str, title: str, words: str, *, venue: str = "", code: str = "") -> str:
    link = f" [[code]]({code})" if code else ""
    return (
        f"- {title}. [[paper]](https://arxiv.org/abs/{arxiv_id}){link}\n"
        f"  - Ann Author.{f' *{venue}*' if venue else ''}\n"
        f"  - Key Word: {words}.\n"
        "  - <details><summary>Digest</summary> We count cats. Cats are many.</details>\n\n"
    )


@pytest.fixture
def repo(tmp_path):
    """A list that got one entry a commit, newest first."""
    repository = Repository.init(tmp_path / "list")
    entries = [
        written("2101.00001", "Old Cats", "Cat Attacks; Auditing"),
        written("2102.00001", "Middle Cats", "Cat Attacks", venue="ICML 2021"),
        written(
            "2206.00001",
            "New Cat Attacks",
            "Cat Attack; Unheard Of",
            venue="ICLR 2022 oral",
            code="https://github.com/Ann/cats/",
        ),
    ]
    for count in (1, 2, 3):
        text = HEAD + "".join(reversed(entries[:count]))
        (tmp_path / "list" / "README.md").write_text(text, encoding="utf-8")
        (tmp_path / "list" / "NOTES.md").write_text("Not a list.\n", encoding="utf-8")
        repository.commit(["README.md", "NOTES.md"], f"Add {count}", MAINTAINER)
    return tmp_path / "list"


@pytest.fixture
def papers(tmp_path):
    rows = [
        {
            "arxiv_id": "2206.00001",
            "title": "New Cat Attacks",
            "abstract": "Cats are odd. They are many. We count cats. Cats are many. We hope so."
            " Code: https://github.com/ann/cats",
            "authors": ["Ann Author"],
            "categories": ["cs.LG"],
            "comment": "ICLR 2022",
            "published": "2022-06-01",
        },
        {
            "arxiv_id": "2102.00001",
            "title": "Middle Cats",
            "abstract": "We show that there are cats. They are many. It is so.",
            "authors": ["Ann Author"],
            "categories": ["cs.LG"],
            "comment": "Submitted to NeurIPS 2021",
            "published": "2021-02-01",
        },
    ]
    path = tmp_path / "papers.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    return path


def test_every_listed_paper_with_an_abstract_is_drafted_without_its_own_entry(repo, papers):
    drafted = {each.paper.arxiv_id: each for each in draft_all(repo, [papers])}
    assert set(drafted) == {"2102.00001", "2206.00001"}
    assert "Unheard Of" not in drafted["2206.00001"].draft.keywords
    assert drafted["2206.00001"].known_keywords == 1


def test_the_earlier_list_holds_only_what_came_in_before(repo, papers):
    drafted = {each.paper.arxiv_id: each for each in draft_all(repo, [papers])}
    first, *_ = [each for key, each in drafted.items() if key == "2102.00001"]
    assert set(first.early_keywords) <= {"Cat Attacks", "Auditing", "Privacy", "Middle Cats"}


def test_each_part_is_counted_beside_its_baseline(repo, papers):
    document = evaluate(repo, [papers])
    figures = document["all"]
    assert document["n"] == figures["n"] == 2
    assert figures["venue"]["right"] == 1
    assert figures["venue"]["precision"] == 1.0
    assert figures["venue"]["baseline"]["precision"] == 0.5
    assert figures["code_link"]["f1"] == 1.0
    assert figures["keywords"]["written"] == 3
    assert 0 < figures["digest"]["rouge_l"] <= figures["digest"]["best_possible"] <= 1
    assert document["unseen"]["n"] == 1


def test_progress_goes_to_the_end(repo, papers):
    steps = []
    evaluate(repo, [papers], progress=lambda done, total: steps.append((done, total)))
    assert steps == [(1, 2), (2, 2)]


def test_the_command_prints_json_or_a_table(repo, papers, capsys):
    evaluate_drafts(repo, (papers,), as_json=True)
    assert json.loads(capsys.readouterr().out)["all"]["n"] == 2
    evaluate_drafts(repo, (papers,), as_json=False)
    shown = capsys.readouterr().out
    assert "key words" in shown
    assert "first three sentences" in shown


def test_without_an_abstract_there_is_nothing_to_measure(repo, tmp_path):
    path = tmp_path / "none.jsonl"
    path.write_text("", encoding="utf-8")
    with pytest.raises(SetupError, match="no listed paper has an abstract"):
        evaluate(repo, [path])


def test_a_folder_without_a_repository_is_refused(tmp_path, papers):
    with pytest.raises(GitError):
        evaluate(tmp_path / "nowhere", [papers])


def test_nothing_drafted_and_nothing_written_is_no_division_by_zero():
    assert Overlap(drafted=0, written=0, right=0).as_json()["f1"] == 0.0


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_shipped_weights_are_those_that_the_fit_gives(shared):
    listed, pairs = read_pairs(
        shared / "list" / "list-2022-08-31.bundle", (shared / "list" / "papers.jsonl.gz",)
    )
    seen = [pair for pair in pairs if not is_unseen(pair[1].arxiv_id)]
    # To one decimal: another processor may round the last one otherwise.
    assert fit_digest(seen) == pytest.approx(digest.WEIGHTS, abs=0.15)
    assert fit_keywords(seen, listed) == pytest.approx(keywords.WEIGHTS, abs=0.15)


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(900)
def test_on_unseen_papers_drafts_are_clearly_nearer_than_the_baselines(shared):
    document = evaluate(
        shared / "list" / "list-2022-08-31.bundle", [shared / "list" / "papers.jsonl.gz"]
    )
    figures = document["unseen"]
    assert document["n"] == 467
    assert figures["digest"]["interval"][0] > figures["digest"]["baseline"]["rouge_l"] + 0.15
    assert figures["keywords"]["f1"] > figures["keywords"]["baseline"]["f1"] + 0.15
    assert figures["venue"]["precision"] > 0.9 > figures["venue"]["baseline"]["precision"]
    assert figures["venue"]["where_the_comment_names_it"]["recall"] > 0.95
    assert figures["code_link"]["where_the_text_has_it"]["recall"] > 0.95
