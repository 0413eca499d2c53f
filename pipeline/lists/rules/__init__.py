"""What a list should be, as rules with names; each finds, none changes anything.

One file a family: what a rule says about itself, its two examples and its check
stand together there. ``pipeline.lists.rules.fix`` applies the repairs.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from pipeline.errors import PipelineError
from pipeline.lists.rules import anchors, fields, headings, keywords, links, papers, places, text
from pipeline.lists.rules.finding import Finding, Lists, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["RULES", "Finding", "Lists", "Rule", "UnknownRuleError", "check_lists", "find_rules"]

RULES: tuple[Rule, ...] = (
    *papers.RULES,
    *links.RULES,
    *fields.RULES,
    *keywords.RULES,
    *places.RULES,
    *headings.RULES,
    *anchors.RULES,
    *text.RULES,
)
"""Every rule, in the order of the documentation."""


class UnknownRuleError(PipelineError):
    """A rule was asked for that does not exist."""


def find_rules(names: Iterable[str]) -> tuple[Rule, ...]:
    """The rules of these names, in the order of :data:`RULES`.

    Raises:
        UnknownRuleError: There is none of that name; the nearest is named.
    """
    known = {rule.name: rule for rule in RULES}
    wanted = set()
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1, cutoff=0.3)
            raise UnknownRuleError(
                f"no rule is named {name!r}",
                hint=f"did you mean {near[0]}?" if near else "`lists check --list-rules` shows all",
            )
        wanted.add(name)
    return tuple(rule for rule in RULES if rule.name in wanted)


def check_lists(lists: Lists, rules: Iterable[Rule] | None = None) -> tuple[Finding, ...]:
    """Every place that breaks a rule, by path, line and rule.

    Args:
        lists: All files of the list together.
        rules: Those to check; by default those that are on by default.
    """
    chosen = [rule for rule in RULES if rule.default] if rules is None else rules
    found = {finding for rule in chosen for finding in rule.check(lists)}
    return tuple(sorted(found, key=lambda f: (str(f.path), f.line, f.rule, f.message)))
