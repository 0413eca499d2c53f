"""The application: routes, what guards them, and what each refusal of the program means in HTTP."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route

from db.errors import (
    ChangedError,
    DatabaseError,
    DecidedError,
    NothingToUndoError,
    RepeatedRequestError,
    UnknownCandidateError,
)
from pipeline.errors import (
    CountChangedError,
    DecisionError,
    EntryEditError,
    ListFormatError,
    PipelineError,
)
from pipeline.review.web import api, pages
from pipeline.review.web.answering import card_answer
from pipeline.review.web.guard import Guard, Refusal
from pipeline.review.web.identity import desk_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.review.card import Desk
    from pipeline.review.web.settings import WebSettings

log = logging.getLogger(__name__)

_STATUSES: tuple[tuple[type[DatabaseError | PipelineError], int], ...] = (
    (UnknownCandidateError, 404),
    (DecidedError, 409),
    (ChangedError, 409),
    (NothingToUndoError, 409),
    (RepeatedRequestError, 409),
    (DatabaseError, 503),
    (CountChangedError, 409),
    (DecisionError, 422),
    (EntryEditError, 422),
    (ListFormatError, 503),
    (PipelineError, 409),
)
"""The first that fits: a conflict is what a person can resolve, 503 what somebody has to mend."""


def make_app(desk: Desk, settings: WebSettings) -> FastAPI:
    """The page and its interface over ``desk``.

    Args:
        desk: Of the reviewer that requests are from unless a proxy says otherwise.
        settings: Where it is served and whom it lets in.
    """
    app = FastAPI(
        title="Shortlist",
        summary="The review page's own interface.",
        description=(
            "Every change carries what `/api/session` gave as `csrf` in the header"
            " `X-Shortlist-CSRF`, and the `revision` of the candidate that was seen."
        ),
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.desk = desk
    app.state.settings = settings
    templates = pages.Pages()
    app.include_router(api.router)
    page_router = pages.make_router(templates)
    app.include_router(page_router)
    app.mount("/static", pages.make_files(), name="static")
    _explain(app, templates, (*api.router.routes, *page_router.routes))
    app.add_middleware(Guard, settings=settings, page=templates.problem)
    return app


def _explain(app: FastAPI, templates: pages.Pages, routes: Sequence[BaseRoute]) -> None:
    """Say what went wrong as JSON under ``/api``, else as a page."""

    def say(
        request: Request, status: int, problem: str, hint: str = "", **more: object
    ) -> Response:
        if request.url.path.startswith("/api"):
            content = {"problem": problem, "hint": hint, **more}
            return JSONResponse(content, status_code=status)
        return HTMLResponse(templates.problem(problem, hint), status_code=status)

    def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, DatabaseError | PipelineError)  # noqa: S101 as registered below
        status = next(status for kind, status in _STATUSES if isinstance(error, kind))
        more: dict[str, object] = {}
        if status == 409:  # noqa: PLR2004
            more["candidate"] = _as_it_stands(request, error)
        # What to type into a terminal is no next step for who is before the page.
        hint = "" if isinstance(error, DecidedError) else error.hint
        return say(request, status, error.problem, hint, **more)

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 as registered below
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"][1:])
        said = first["msg"].removeprefix("Value error, ")
        return say(request, 422, f"{place}: {said}" if place else said)

    def no_route(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 as registered below
        is_missing = error.status_code == 404  # noqa: PLR2004
        problem = "there is nothing at this address" if is_missing else str(error.detail)
        answer = say(request, error.status_code, problem)
        answer.headers.update(error.headers or {})
        if error.status_code == 405:  # noqa: PLR2004
            answer.headers["allow"] = ", ".join(_methods(routes, request.url.path))
        return answer

    def turned_away(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)  # noqa: S101 as registered below
        return say(request, error.status, error.problem, error.hint)

    app.add_exception_handler(DatabaseError, refused)
    app.add_exception_handler(PipelineError, refused)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(HTTPException, no_route)
    app.add_exception_handler(Refusal, turned_away)


def _methods(routes: Sequence[BaseRoute], path: str) -> list[str]:
    """What may be asked of ``path``; the framework names the methods of one route alone."""
    matching = [
        route for route in routes if isinstance(route, Route) and route.path_regex.match(path)
    ]
    # Of "{arxiv_id}/undo" and "{arxiv_id}", which matches too, the longer one is meant.
    longest = max((route.path for route in matching), key=len, default="")
    return sorted(
        {each for route in matching if route.path == longest for each in route.methods or ()}
    )


def _as_it_stands(request: Request, error: Exception) -> object:
    """The card of the candidate that an error is about, ``None`` where it is about none."""
    arxiv_id = getattr(error, "arxiv_id", "")
    if not arxiv_id:
        return None
    try:
        card = desk_of(request).card(arxiv_id)
    except (DatabaseError, PipelineError):
        return None
    return card_answer(card).model_dump(mode="json")
