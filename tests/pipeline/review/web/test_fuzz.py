"""The interface held to its own description: anything may be asked, nothing breaks it.

Schemathesis reads ``/api/openapi.json`` from a real server and makes up what it
allows, and what it does not. Every answer has to be one that is described.
"""

from __future__ import annotations

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from db.records import Verdict
from tests.pipeline.desk.worlds import make_world
from tests.pipeline.review.web.serving import page_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

CASES = 60
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
OPERATIONS = {
    "GET /api/session",
    "GET /api/queue",
    "POST /api/candidates/{arxiv_id}/decision",
    "POST /api/candidates/{arxiv_id}/undo",
    "PUT /api/candidates/{arxiv_id}/entry",
    "POST /api/candidates/{arxiv_id}/preview",
    "GET /api/candidates/{arxiv_id}",
    "POST /api/bulk",
    "GET /api/history",
    "GET /api/publish",
    "POST /api/publish",
    "GET /api/ledger",
    "GET /api/report",
    "GET /api/papers/{arxiv_id}",
}
PLAIN = {
    "GET /api/session",
    "GET /api/publish",
    "GET /api/report",
    "GET /api/candidates/{arxiv_id}",
    "GET /api/papers/{arxiv_id}",
}
"""Nothing of a wrong kind can be said about these: they take text, or nothing at all."""
MUST_SUCCEED = OPERATIONS - {"POST /api/bulk", "POST /api/publish"}
"""Those that, tried often enough, are carried out too: with a known paper as it is."""
KNOWN = [f"2206.{number:05}" for number in range(1, 201)]
IDS = st.sampled_from(KNOWN)


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    world = make_world(tmp_path_factory.mktemp("fuzzed"), candidates=len(KNOWN))
    for arxiv_id in KNOWN[::2]:
        world.desk.decide(arxiv_id, Verdict.REJECT)
    with page_of(world.desk) as client:
        yield client.signed()


@pytest.fixture(scope="module")
def described(page):
    """Operations by method and path."""
    schema = schemathesis.openapi.from_url(f"{page.base}/api/openapi.json")
    found = [result.ok() for result in schema.get_all_operations()]
    return {f"{each.method.upper()} {each.path}": each for each in found}


def test_every_route_of_the_description_is_tried(described):
    assert set(described) == OPERATIONS


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        *((name, GenerationMode.POSITIVE) for name in sorted(OPERATIONS)),
        *((name, GenerationMode.NEGATIVE) for name in sorted(OPERATIONS - PLAIN)),
    ],
)
def test_whatever_is_asked_the_answer_is_one_that_is_described(page, described, name, mode):
    operation = described[name]
    answered: set[int] = set()

    @settings(
        max_examples=CASES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(mode), known=IDS, is_known=st.booleans())
    def ask(case, known, is_known):
        if is_known and "arxiv_id" in (case.path_parameters or {}):
            case.path_parameters["arxiv_id"] = known
            if isinstance(case.body, dict) and isinstance(case.body.get("revision"), int):
                case.body["revision"] = page.get(f"/api/candidates/{known}").json["revision"]
        case.headers["X-Shortlist-CSRF"] = page.headers["X-Shortlist-CSRF"]
        response = case.call(timeout=30)
        answered.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    ask()
    assert answered
    assert mode is GenerationMode.NEGATIVE or 200 in answered or name not in MUST_SUCCEED
