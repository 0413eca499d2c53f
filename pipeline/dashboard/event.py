"""What GitHub tells a workflow of the event that started it: read as a hint, never relied on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import SetupError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An issue was edited, or commented on.

    Attributes:
        number: The issue's.
        sender: Login of who did it.
        is_comment: Whether it was a comment; its author says who asks then.
    """

    number: int
    sender: str
    is_comment: bool


def read_event(path: Path) -> Event:
    """The event in the file that ``$GITHUB_EVENT_PATH`` names.

    Raises:
        SetupError: It is missing, or no event about an issue.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        return Event(
            number=int(told["issue"]["number"]),
            sender=str(told["sender"]["login"]),
            is_comment="comment" in told,
        )
    except OSError as error:
        raise SetupError(f"{path} cannot be read ({error.strerror})") from error
    except (ValueError, KeyError, TypeError) as error:
        raise SetupError(
            f"{path} is no event about an issue",
            hint="leave --event out to read the whole dashboard",
        ) from error
