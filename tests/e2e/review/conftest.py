"""A demo world, its server as a process of its own, and a headless Chromium before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.e2e.review.chromium import CHROMIUM, DESKTOP, FLAGS
from tests.e2e.review.server import ReviewServer, make_demo
from tests.e2e.review.tab import Tab

PATIENCE_MS = 20_000
"""Machines that run tests are slow now and then."""
OpenTab = Callable[..., Tab]


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    """A browser for a module: Playwright's loop must not outlive the tests that need it."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (Debian's package chromium)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's world, made once; tests get copies."""
    return make_demo(tmp_path_factory.mktemp("demo") / "world")


@pytest.fixture
def server(demo: Path, tmp_path: Path) -> Iterator[ReviewServer]:
    served = ReviewServer(demo, tmp_path / "world")
    yield served
    served.stop()


@pytest.fixture
def shared_server(demo: Path, tmp_path: Path) -> Iterator[ReviewServer]:
    """A server behind a proxy that says who reviews."""
    served = ReviewServer(demo, tmp_path / "world", behind_proxy=True)
    yield served
    served.stop()


@pytest.fixture
def open_tab(chromium) -> Iterator[OpenTab]:
    """``open_tab(server)`` opens the page in a browser of its own; each tab is watched.

    A test fails if the console complained, a script failed, or anything off this machine was
    asked for, whatever else it looks at.
    """
    tabs: list[Tab] = []
    contexts = []

    def opened(server: ReviewServer, path: str = "/", **settings: object) -> Tab:
        context = chromium.new_context(**{**DESKTOP, **settings})
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        tab = Tab(context, server.url)
        tabs.append(tab)
        return tab.open(path)

    yield opened
    for context in contexts:
        context.close()
    for tab in tabs:
        assert tab.errors == []
        assert tab.dialogs == []
        assert tab.strangers == []


@pytest.fixture
def tab(server: ReviewServer, open_tab: OpenTab) -> Tab:
    """The queue, opened on a desktop."""
    return open_tab(server)
