"""Every rule's examples are what they say, and the page about rules shows them."""

from __future__ import annotations

import pytest

from pipeline.lists.rules import RULES, Rule, UnknownRuleError, check_lists, find_rules
from pipeline.lists.rules.fix import plan_repairs
from tests.pipeline.lists.rules.docs import PAGE, page
from tests.pipeline.lists.rules.lists import lists_of, rule_names

every_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)


@every_rule
def test_the_bad_example_breaks_its_rule_once_and_no_other(rule: Rule):
    assert rule_names(rule.bad) == [rule.name]


@every_rule
def test_the_good_example_breaks_no_rule(rule: Rule):
    assert rule_names(rule.good) == []


@pytest.mark.parametrize("rule", [r for r in RULES if r.fixable], ids=lambda rule: rule.name)
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_a_repair_makes_the_good_example_of_the_bad_one(rule: Rule, ending: str):
    bad, good = (text.replace("\n", ending).encode() for text in (rule.bad, rule.good))
    lists = lists_of(bad)
    (finding,) = check_lists(lists, [rule])
    assert finding.fix
    repairs = plan_repairs(lists, [rule])
    assert [file.after for file in repairs.files] == [good]
    assert repairs.left == ()


@pytest.mark.parametrize("rule", [r for r in RULES if not r.fixable], ids=lambda rule: rule.name)
def test_what_takes_judgement_is_left_and_said(rule: Rule):
    repairs = plan_repairs(lists_of(rule.bad), [rule])
    assert repairs.files == ()
    (left,) = repairs.left
    assert left.reason == "takes a person's judgement"


def test_the_page_about_rules_follows_from_them():
    assert PAGE.read_text(encoding="utf-8") == page(), (
        "run python -m tests.pipeline.lists.rules.docs"
    )


def test_rules_are_found_by_name_and_the_nearest_is_named():
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    assert [rule.name for rule in find_rules(reversed(names))] == names
    with pytest.raises(UnknownRuleError, match="did you mean link-clash"):
        find_rules(["linkclash"])
