"""``docs/lists/rules.md`` as it follows from the rules. ``python -m`` this module writes it."""

from __future__ import annotations

import difflib
from pathlib import Path

from pipeline.lists.rules import RULES, Rule

PAGE = Path(__file__).resolve().parents[4] / "docs" / "lists" / "rules.md"
INTRODUCTION = """# Rules

`shortlist lists check [PATH...]` holds list files against these rules and prints one line for
each place that breaks one. Without PATH it checks the files that `config.toml` names, all
together: a paper that stands in both is found. `--rule RULE` checks only that one and may be
repeated; `--format json` prints an array of `{"rule", "path", "line", "message", "fix"}`,
`--format github` annotations that a workflow shows beside the lines. It ends with 0 if nothing is
found, 1 if something is, 2 if a rule or file does not exist.

`shortlist lists fix --rule RULE` makes the repairs that take no judgement. A repair replaces
single lines, and is made only if the file then reads as before but for what was repaired and the
rule is content; what cannot be proved is left and said. `--dry-run` shows the diff. Nothing is
committed: look at `git diff`, then do so yourself.

Judgement stays with people: which of two entries is the right one, which year, which place. There
`check` says what it knows and `fix` does nothing.

`overdue` needs a config with a preview and a full list. Lists that are mostly not newest first
are not held to `out-of-order`. `keyword-variant` repairs what the list mostly spells otherwise;
where two are used most, it says so and
leaves the choice to you. Which form of digest
is in force, `unclosed-details` learns from the list's newest entries.

Each example below is a test: the rule, and no other, finds what is marked `-`, and is content
with `+`.

This page follows from the code: `python -m tests.pipeline.lists.rules.docs` writes it.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([INTRODUCTION, _table(), *map(_section, RULES)])


def _table() -> str:
    rows = [
        f"| [`{rule.name}`](#{rule.name}) | {rule.summary.replace('|', chr(92) + '|')} |"
        f" {'yes' if rule.default else 'only if named'} | {'yes' if rule.fixable else ''} |"
        for rule in RULES
    ]
    return "\n".join(
        ["| rule | what it finds | checked | fixable |", "|---|---|---|---|", *rows, ""]
    )


def _section(rule: Rule) -> str:
    _, _, *lines = difflib.unified_diff(
        rule.bad.split("\n"), rule.good.split("\n"), n=1, lineterm=""
    )
    shown = [_visible(line) for line in lines if line.strip() and not line.startswith("@@")]
    return "\n".join([f"## {rule.name}", "", rule.summary, "", "```diff", *shown, "```", ""])


def _visible(line: str) -> str:
    """A line of a diff with its trailing blanks as dots."""
    text = line[1:].rstrip(" ")
    return (line[:1] + text + "·" * (len(line) - 1 - len(text))) if text else line.rstrip()


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
