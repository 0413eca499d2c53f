"""Who asks, and the desk they sit at: what routes take from a request.

The name comes from the header of a proxy that the config trusts, where it names
one, else from the config (``[review] reviewer``, git's user.name).
"""

from __future__ import annotations

import unicodedata
from typing import Annotated

from fastapi import Header, Request

from pipeline.review.card import Desk  # noqa: TC001 -- FastAPI reads annotations at run time
from pipeline.review.web.guard import CSRF_HEADER, UNAUTHORIZED, Refusal, peer_of
from pipeline.review.web.settings import WebSettings, same

LONGEST_NAME = 100


def settings_of(request: Request) -> WebSettings:
    """How this page is served."""
    settings: WebSettings = request.app.state.settings
    return settings


def desk_of(request: Request) -> Desk:
    """The desk of who asks.

    Raises:
        Refusal: A trusted proxy passed the request on without saying who asks.
    """
    desk: Desk = request.app.state.desk
    settings = settings_of(request)
    if not settings.proxy_header or not settings.trusts(peer_of(request.scope)):
        return desk
    given = request.headers.getlist(settings.proxy_header)
    name = _name(given[0]) if len(given) == 1 else ""
    if not name:
        raise Refusal(
            UNAUTHORIZED,
            f"the proxy did not say in {settings.proxy_header} who reviews",
            "log in there first",
        )
    return desk.of_reviewer(name)


def csrf_for(request: Request) -> str:
    """What the page of who asks sends along with every change."""
    return settings_of(request).csrf_of(desk_of(request).reviewer)


def changing_desk(request: Request, sent: Annotated[str, Header(alias="X-Shortlist-CSRF")]) -> Desk:
    """The desk of who asks for a change, once it is sure that their own page asks.

    Raises:
        Refusal: It is not.
    """
    desk = desk_of(request)
    if not same(sent, settings_of(request).csrf_of(desk.reviewer)):
        raise Refusal(
            403,
            "this page was opened before Shortlist was started anew",
            f"read /api/session again, and send its csrf as {CSRF_HEADER}",
        )
    return desk


def _name(header: str) -> str:
    """A reviewer's name out of a header: one line, no longer than a name."""
    try:
        text = header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = header
    seen = "".join(c for c in text if unicodedata.category(c)[0] != "C")
    return " ".join(seen.split())[:LONGEST_NAME]
