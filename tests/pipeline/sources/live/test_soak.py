"""Thirty days of weather: no paper lost, none twice, no request too soon, few requests."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.arxiv_emulator import make_corpus, weather
from tests.pipeline.sources.live.conftest import Start

FIRST_DAY = date(2026, 10, 5)
DAYS = 30
SPACING_SECONDS = 0.02
STAMPING_SECONDS = 0.01
MOST_REQUESTS_PER_1000 = {0.0: 380, 0.05: 420, 0.2: 520}
"""By the share of faulty answers; pages of 120 records and forty new papers a day need so many.

Twenty in a hundred cost a third more. What arXiv's own sizes need is for the benchmarks.
"""


@pytest.mark.slow
@pytest.mark.parametrize("share", MOST_REQUESTS_PER_1000)
def test_thirty_days_of_weather_cost_nothing(share: float, start: Start) -> None:
    corpus = make_corpus(seed=8, first=FIRST_DAY, days=23, new=40, replaced=25, known=100)
    world = start(corpus, records_per_page=120, spacing_seconds=SPACING_SECONDS)
    log = world.emulator.log
    world.emulator.faults.set(weather(share))
    for number in range(DAYS):
        world.run(FIRST_DAY + timedelta(days=number))
    last = FIRST_DAY + timedelta(days=DAYS + 1)
    struck = sum(bool(row.fault) for row in log.requests) / len(log.requests)
    papers = len(world.emulator.oracle.papers(world.categories, modified_since=FIRST_DAY))
    requests = 1000 * len(log.requests) / papers
    print(f"{share:.0%}: {requests:.0f} requests per 1,000 papers, {struck:.1%} of them struck")
    world.calm()
    for day in (last - timedelta(days=1), last):
        world.run(day)
    assert abs(struck - share) <= share / 2
    assert world.lost(since=FIRST_DAY) == []
    assert world.missed(FIRST_DAY, last) == set()
    assert world.doubled() == []
    assert log.violations(spacing_seconds=SPACING_SECONDS - STAMPING_SECONDS) == ()
    assert requests <= MOST_REQUESTS_PER_1000[share]
