"""The pictures in the documentation can be made anew, and are small enough to be kept."""

from __future__ import annotations

import pytest

from tests.e2e.review.pictures import DOCS, MOST_BYTES, take_pictures
from tests.e2e.review.png import size_of

pytestmark = pytest.mark.slow


def test_the_pictures_of_the_page_are_made_from_the_demo_and_are_small(server, chromium, tmp_path):
    for path in take_pictures(chromium, server, tmp_path):
        made, kept = path.read_bytes(), (DOCS / path.name).read_bytes()
        assert size_of(made) == size_of(kept)
        assert len(kept) < MOST_BYTES
        assert len(made) < MOST_BYTES
