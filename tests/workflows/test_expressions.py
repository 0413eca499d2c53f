"""The harness itself: what it understands of GitHub's expressions, and what it refuses."""

from __future__ import annotations

import pytest

from tests.workflows.expressions import Open, Scope, UnknownError, fill, is_wanted, value_of

SCOPE = Scope(
    contexts={
        "github": {
            "event_name": "issues",
            "event": Open(
                {"issue": {"labels": [{"name": "Shortlist"}, {"name": "bug"}]}, "number": 7}
            ),
        },
        "inputs": {"date": "", "list": "mara/list"},
        "vars": Open(),
        "steps": {"load": {"outcome": "success", "outputs": Open(found="yes")}},
    }
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("inputs.list || vars.LIST", "mara/list"),
        ("vars.LIST || 'none'", "none"),
        ("inputs.date && 'a date'", ""),
        ("steps.load.outcome == 'success' && !cancelled()", True),
        ("contains(github.event.issue.labels.*.name, 'shortlist')", True),
        ("contains(github.event.issue.labels.*.name, 'short')", False),
        ("github.event.comment.body", None),
        ("startsWith('/approve', '/')", True),
        ("github.event.number == '7'", True),
        ("'it''s'", "it's"),
        ("vars.NO == 'no'", False),
        ("!(github.event_name == 'push')", True),
    ],
)
def test_an_expression_has_the_value_that_github_gives_it(expression, value):
    assert value_of(expression, SCOPE) == value


@pytest.mark.parametrize(
    "expression",
    ["github.evnt", "inputs.dat", "steps.save.outcome", "format('x')", "secrets.X", "1 +", "a b"],
)
def test_what_is_not_known_is_refused(expression):
    with pytest.raises(UnknownError):
        value_of(expression, SCOPE)


def test_without_a_status_function_a_failure_before_skips():
    after = Scope(contexts=SCOPE.contexts, well=False)
    assert is_wanted("", SCOPE)
    assert not is_wanted("", after)
    assert not is_wanted("${{ inputs.list != '' }}", after)
    assert is_wanted("${{ !cancelled() && steps.load.outcome == 'success' }}", after)
    assert is_wanted("failure()", after)
    assert not is_wanted("failure()", SCOPE)


def test_holes_in_a_text_are_filled():
    assert fill("vectors-${{ inputs.list }}-${{ vars.X }}.", SCOPE) == "vectors-mara/list-."
