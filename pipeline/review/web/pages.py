"""The pages: templates without data (it comes from ``/api``), files, and the model's report."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, select_autoescape

from pipeline.review.card import Desk  # noqa: TC001 -- FastAPI reads annotations at run time
from pipeline.review.web.identity import desk_of

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import Scope

_HERE = Path(__file__).parent
_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_TEMPLATES = {"/": "review.html", "/history": "history.html", "/ledger": "ledger.html"}


class Files(StaticFiles):
    """Static files that a browser keeps, and asks about before it uses them again."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or that it is the one the browser has."""
        response = await super().get_response(path, scope)
        response.headers["cache-control"] = "no-cache"
        return response


class Pages:
    """The templates, each rendered once."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=select_autoescape(default=True),
            auto_reload=False,
        )
        self._rendered: dict[str, str] = {}

    def page(self, template: str) -> str:
        """A page that is the same for everybody."""
        if template not in self._rendered:
            self._rendered[template] = self._environment.get_template(template).render()
        return self._rendered[template]

    def problem(self, problem: str, hint: str) -> str:
        """The page that says why there is none."""
        return self._environment.get_template("problem.html").render(problem=problem, hint=hint)


def make_files() -> Files:
    """What stands under ``/static``."""
    return Files(directory=_HERE / "static", check_dir=False)


def make_router(pages: Pages) -> APIRouter:
    """The pages' routes; none of them is part of the interface."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @router.get("/")
    def read_review() -> str:
        return pages.page("review.html")

    @router.get("/history")
    def read_history() -> str:
        return pages.page("history.html")

    @router.get("/ledger")
    def read_ledger() -> str:
        return pages.page("ledger.html")

    @router.get("/model")
    def read_model() -> str:
        return pages.page("model.html")

    @router.get("/model/report")
    def read_report(desk: Annotated[Desk, Depends(desk_of)]) -> HTMLResponse:
        report = desk.report()
        html = report.html or pages.problem("There is no page of the model yet.", report.hint)
        return HTMLResponse(
            html,
            headers=_report_headers(html) if report.html else {"x-frame-options": "SAMEORIGIN"},
        )

    return router


def _report_headers(html: str) -> dict[str, str]:
    """The report has its styles in itself: these are let through by what they are, nothing else."""
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(found.encode()).digest()).decode()}'"
        for found in _STYLE.findall(html)
    )
    policy = (
        f"default-src 'none'; style-src {hashes or chr(39) + 'none' + chr(39)}; img-src data:;"
        " base-uri 'none'; form-action 'none'; frame-ancestors 'self';"
        " sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    return {"content-security-policy": policy, "x-frame-options": "SAMEORIGIN"}
