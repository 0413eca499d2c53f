"""How quickly what arXiv sends is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from pipeline.sources.oai_xml import read_page
from pipeline.sources.rss import read_feed
from tests.pipeline.sources.oai_server import page_xml, record_xml
from tests.pipeline.sources.rss_feeds import feed_xml, item_xml

RECORDS_A_SECOND = 5_000
"""Asked for by the maintainers, on one core."""

RECORDS = 2_500
ABSTRACT = r"We study Poincar\'e maps, for all $i<j>k$ and $x \in X$, at <think> length. " * 18
AUTHORS = r"Ada Example, J\'er\^ome Dar, Bob von Muster (Univ. X), C. Third, D. Four and E. Five"


def cpu_seconds(action: Callable[[], object], *, times: int = 3) -> float:
    """The least processor time that ``action`` took."""

    def once() -> float:
        began = time.process_time()
        action()
        return time.process_time() - began

    return min(once() for _ in range(times))


def page_of(count: int) -> bytes:
    return page_xml(
        record_xml(
            f"2611.{number:05d}",
            authors=AUTHORS,
            abstract=ABSTRACT,
            comments="12 pages, 5 figures, code at https://example.org/code",
            license="http://creativecommons.org/licenses/by/4.0/",
        )
        for number in range(1, count + 1)
    )


@pytest.mark.benchmark
def test_a_page_of_oai_records_is_read_at_5000_a_second_and_in_few_times_its_bare_parsing() -> None:
    page = page_of(RECORDS)
    assert len(read_page(page).records) == RECORDS
    ours = cpu_seconds(lambda: read_page(page), times=7)
    bare = cpu_seconds(lambda: ElementTree.fromstring(page))
    print(
        f"OAI: {RECORDS / ours:,.0f} records a second, {len(page) / RECORDS:,.0f} bytes each; "
        f"{ours / bare:.1f} times ElementTree alone"
    )
    assert RECORDS / ours >= RECORDS_A_SECOND
    assert ours / bare <= 8


@pytest.mark.benchmark
def test_a_page_with_an_unreadable_record_takes_little_longer() -> None:
    page = page_of(RECORDS)
    poisoned = page.replace(b"Ada Example", b"Ada \x0bExample", 1)
    ours, theirs = cpu_seconds(lambda: read_page(page)), cpu_seconds(lambda: read_page(poisoned))
    print(f"OAI with a control character: {theirs / ours:.2f} times a page without")
    assert theirs / ours <= 1.5


@pytest.mark.benchmark
def test_reading_a_feed_takes_as_long_for_each_item_when_it_is_full() -> None:
    def feed_of(count: int) -> bytes:
        return feed_xml(
            item_xml(f"2611.{number:05d}", authors=AUTHORS, abstract=ABSTRACT)
            for number in range(1, count + 1)
        )

    few, many = feed_of(100), feed_of(1_000)
    ratio = cpu_seconds(lambda: read_feed(many), times=2) / cpu_seconds(lambda: read_feed(few))
    print(f"RSS: 1,000 items take {ratio:.1f} times as long as 100")
    assert ratio <= 25
