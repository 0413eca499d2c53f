"""Requests from outside, each carried out once, however often it is delivered.

A request has a key that its sender gives it for good (``"comment:12"``). The
statements here run inside a transaction at hand; :mod:`db.queue` says which.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from db.engine import insert_into
from db.errors import RepeatedRequestError
from db.statements import chunks
from db.tables import REQUESTS, RequestRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection


def handled_requests(connection: Connection, requests: Iterable[str]) -> frozenset[str]:
    """Those of ``requests`` that were carried out."""
    return frozenset(
        request
        for chunk in chunks(requests)
        for request in connection.scalars(
            select(RequestRow.request).where(RequestRow.request.in_(chunk))
        )
    )


def carry_out(connection: Connection, request: str, *, now: datetime) -> None:
    """Notes that ``request`` is carried out by this transaction; "" is no request.

    Raises:
        RepeatedRequestError: It was carried out before.
    """
    if not request:
        return
    noted = insert_into(connection, REQUESTS).on_conflict_do_nothing()
    noted = noted.returning(REQUESTS.c.request)
    row = {"request": request, "handled_at": now}
    if connection.execute(noted, [row]).first() is None:
        raise RepeatedRequestError(request)
