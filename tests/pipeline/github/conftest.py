from __future__ import annotations

import pytest

from pipeline.github.client import GitHub
from pipeline.github.transport import Transport
from tests.github_standin import TOKEN, GitHubStandIn


class Clock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def standin():
    with GitHubStandIn("owner/list") as standin:
        yield standin


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def github(standin, clock):
    transport = Transport(api_url=standin.api_url, token=TOKEN, sleep=clock.sleep)
    return GitHub(transport, "owner/list")
