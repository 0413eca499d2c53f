"""``shortlist lists check`` and ``fix``, as a person or a workflow meets them."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from pipeline.git import Repository
from pipeline.lists.rules import RULES
from pipeline.lists.rules.example import SOUND, changed
from tests.builders import MAINTAINER

SLIPS = changed(
    ("Zoë Author", "ZoÃ« Author"),
    ("Key Word: Auditing; Shadow Models.", "Key Work: Auditing; Shadow Models."),
    ("### Fairness: 2022", "### Fairness: 2021"),
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a list and no config."""
    (tmp_path / "LIST.md").write_text(SLIPS, encoding="utf-8")
    (tmp_path / "SOUND.md").write_text(SOUND, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHORTLIST_CONFIG", raising=False)
    return tmp_path


def test_findings_come_one_a_line_with_their_number_at_the_end(shortlist, folder):
    outcome = shortlist("lists", "check", "LIST.md")
    assert outcome.status == 1
    *lines, summary = outcome.out.splitlines()
    assert lines == [
        "LIST.md:13: mojibake: damaged letters: ZoÃ« (meant: Zoë)",
        "LIST.md:14: keyword-label: 'Key Work' where the list says 'Key Word'",
        "LIST.md:26: wrong-year: a paper of 2022 (2203.00003) under 'Fairness: 2021'",
    ]
    assert summary == "3 findings in 1 file; `shortlist lists fix --rule RULE` repairs 2"


def test_a_sound_list_ends_with_0(shortlist, folder):
    outcome = shortlist("lists", "check", "SOUND.md")
    assert (outcome.status, outcome.out) == (0, "0 findings in 1 file\n")


def test_json_is_an_array_with_the_keys_of_the_contract(shortlist, folder):
    outcome = shortlist("lists", "check", "LIST.md", "--rule", "keyword-label", "--format", "json")
    assert outcome.status == 1
    assert outcome.json == [
        {
            "rule": "keyword-label",
            "path": "LIST.md",
            "line": 14,
            "message": "'Key Work' where the list says 'Key Word'",
            "fix": "  - Key Word: Auditing; Shadow Models.",
        }
    ]
    assert shortlist("lists", "check", "SOUND.md", "--json").json == []


def test_annotations_are_escaped_so_that_no_text_ends_them(shortlist, folder):
    odd = folder / "100%, a:b.md"
    odd.write_text(SLIPS.replace("ZoÃ«", "100%::ZoÃ«"), encoding="utf-8")
    outcome = shortlist("lists", "check", odd.name, "--rule", "mojibake", "--format", "github")
    assert outcome.out == (
        "::warning file=100%25%2C a%3Ab.md,line=13,title=shortlist%3A mojibake::damaged letters: "
        "100%25::ZoÃ« (meant: 100%25::Zoë)%0Ashould read:   - 100%25::Zoë Author, Bob Writer. "
        "*ICLR 2022*\n"
    )


def test_a_file_in_another_folder_is_named_as_seen_from_here(shortlist, folder, monkeypatch):
    (folder / "inner").mkdir()
    monkeypatch.chdir(folder / "inner")
    outcome = shortlist("lists", "check", "../LIST.md", "--rule", "wrong-year")
    assert outcome.out.startswith("../LIST.md:26: ")


def test_colour_is_for_terminals_only(shortlist, folder, monkeypatch):
    assert "\x1b" not in shortlist("lists", "check", "LIST.md").out
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "argv", ["shortlist", "lists", "check", "LIST.md"])
    monkeypatch.setattr(sys, "stdout", terminal)
    from pipeline.__main__ import main

    with pytest.raises(SystemExit):
        main()
    assert "\x1b[1mLIST.md:13:\x1b[0m" in terminal.getvalue()


def test_control_characters_of_a_list_never_reach_the_terminal(shortlist, folder):
    text = SLIPS.replace("Zo\u00c3\u00ab", "Zo\u00c3\u00ab\x1b[2J\u202e")
    (folder / "LIST.md").write_text(text, encoding="utf-8")
    for shape in ("text", "github"):
        out = shortlist("lists", "check", "LIST.md", "--format", shape).out
        assert not {"\x1b", "\u202e"} & set(out)


def test_an_unknown_rule_is_a_matter_of_usage_and_the_nearest_is_named(shortlist, folder):
    outcome = shortlist("lists", "check", "LIST.md", "--rule", "mojibak")
    assert outcome.status == 2
    assert "did you mean mojibake?" in outcome.err


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("check", "NONE.md"), "there is no file 'NONE.md'"),
        (("check", "LIST.md", "--format", "xml"), "xml"),
        (("check", "LIST.md", "--format", "comment"), "only with --diff"),
        (("check", "LIST.md", "--online"), "only with --diff"),
        (("check", "--diff", "main", "--rule", "mojibake"), "no use with --diff"),
        (("fix", "LIST.md"), "--rule"),
        (("fix", "LIST.md", "--rule", "wrong-year"), "takes a person's judgement"),
    ],
)
def test_what_cannot_be_asked_for_ends_with_2(shortlist, folder, arguments, problem):
    outcome = shortlist("lists", *arguments)
    assert outcome.status == 2
    assert problem in " ".join(outcome.err.split())
    assert (folder / "LIST.md").read_text(encoding="utf-8") == SLIPS


def test_all_rules_are_listed(shortlist, folder):
    outcome = shortlist("lists", "check", "--list-rules")
    assert outcome.status == 0
    assert [line.split()[0] for line in outcome.out.splitlines()] == [rule.name for rule in RULES]
    listed = shortlist("lists", "check", "--list-rules", "--json").json
    assert {"rule", "summary", "default", "fixable"} == set(listed[0])


def test_without_path_the_files_of_the_config_are_checked_together(shortlist, world):
    assert shortlist("lists", "check", "--rule", "duplicate-paper").status == 0
    full = world / "list" / "FULL_LIST.md"
    twice = full.read_text(encoding="utf-8").replace("2001.00001", "2205.00002")
    full.write_text(twice, encoding="utf-8")
    outcome = shortlist("lists", "check", "--rule", "link-clash,duplicate-paper")
    assert outcome.out.splitlines()[-1] == "1 finding in 2 files"
    assert "list/FULL_LIST.md:7: " in outcome.out or "list/README.md:9: " in outcome.out


def test_overdue_entries_are_found_in_the_preview_of_the_config(shortlist, world):
    outcome = shortlist("lists", "check", "--rule", "overdue", "--json")
    assert {finding["path"] for finding in outcome.json} == {"list/README.md"}
    alone = shortlist("lists", "check", "list/FULL_LIST.md", "--rule", "overdue")
    assert alone.status == 0


def test_a_dry_run_shows_the_diff_and_writes_nothing(shortlist, folder):
    outcome = shortlist("lists", "fix", "LIST.md", "--rule", "keyword-label", "--dry-run")
    assert outcome.status == 0
    changes = [line for line in outcome.out.splitlines() if line[:1] in {"+", "-"}][2:]
    assert changes == [
        "-  - Key Work: Auditing; Shadow Models.",
        "+  - Key Word: Auditing; Shadow Models.",
    ]
    assert outcome.err == "1 finding would be repaired in 1 file\n"
    assert (folder / "LIST.md").read_text(encoding="utf-8") == SLIPS


def test_fix_repairs_the_named_rules_and_commits_nothing(shortlist, folder):
    repository = Repository.init(folder)
    repository.commit(["LIST.md"], "Begin", MAINTAINER)
    head = repository.head()
    outcome = shortlist("lists", "fix", "LIST.md", "--rule", "mojibake", "--rule", "keyword-label")
    assert (outcome.status, outcome.out) == (0, "")
    assert outcome.err == ("2 findings repaired in 1 file\nnothing is committed; next: git diff\n")
    meant = SOUND.replace("### Fairness: 2022", "### Fairness: 2021")
    assert (folder / "LIST.md").read_text(encoding="utf-8") == meant
    assert repository.head() == head
    again = shortlist("lists", "fix", "LIST.md", "--rule", "mojibake,keyword-label")
    assert (again.status, again.err) == (0, "0 findings repaired in 0 files\n")


def test_what_is_left_is_said_and_ends_with_1(shortlist, folder):
    link = "https://github.com/ada/things"
    text = SOUND.replace(link, f"{link}-ZoÃ«")
    (folder / "LIST.md").write_text(text, encoding="utf-8")
    outcome = shortlist("lists", "fix", "LIST.md", "--rule", "mojibake")
    assert outcome.status == 1
    assert "LIST.md:12: left: mojibake: " in outcome.err
    assert (folder / "LIST.md").read_text(encoding="utf-8") == text
    listed = shortlist("lists", "fix", "LIST.md", "--rule", "mojibake", "--json")
    assert [left["line"] for left in listed.json["left"]] == [12]
    assert listed.json["repaired"] == []


def test_checking_imports_nothing_heavy(folder):
    code = (
        "import sys; sys.argv = ['shortlist', 'lists', 'check', 'SOUND.md']\n"
        "from pipeline.__main__ import main\n"
        "try: main()\n"
        "finally: print(sorted({'torch', 'sklearn', 'sqlalchemy', 'requests'}"
        " & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
