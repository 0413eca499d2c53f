"""What the tests of the page share."""

from __future__ import annotations

import pytest

from tests.pipeline.desk.worlds import make_world
from tests.pipeline.review.web.serving import page_of


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


@pytest.fixture
def page(world):
    """A client that has not asked who it is."""
    with page_of(world.desk) as client:
        yield client


@pytest.fixture
def signed(page):
    """A client that may change things."""
    return page.signed()
