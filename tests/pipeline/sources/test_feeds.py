"""The fast lane into a real store, from feeds on loopback."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from db.papers import PaperChange, PaperStore
from db.records import AnnounceType, KnownPaper, Standing
from pipeline.sources.feeds import FeedLane, FeedNews
from pipeline.sources.freshness import ITEM_CAP
from tests.pipeline.sources.conftest import MakeClient
from tests.pipeline.sources.feed_server import FeedServer
from tests.pipeline.sources.records import DAY, MORNING, SUBMITTED, at, make_known, make_paper
from tests.pipeline.sources.rss_feeds import error_feed_xml, feed_xml, item_xml

CATEGORIES = ("cs.LG", "cs.CV", "stat.ML")
NEW, CROSS, REPLACED = "2611.10001", "2611.10002", "2601.00003"
FEED = feed_xml(
    [
        item_xml(NEW),
        item_xml(CROSS, kind="cross", categories=("cs.DC", "cs.LG")),
        item_xml(REPLACED, kind="replace", version=2),
        item_xml("2601.00004", kind="replace-cross", version=3),
    ]
)
YESTERDAY = {
    DAY - timedelta(days=1): tuple(
        make_known(f"2611.{number:05d}", announced=DAY - timedelta(days=1))
        for number in range(9_000, 9_010)
    )
}
STALE = feed_xml([item_xml(f"2611.{number:05d}") for number in range(9_000, 9_010)])

Read = Callable[..., FeedNews]


@pytest.fixture
def read(make_client: MakeClient, store: PaperStore) -> Read:
    def read_feeds(
        server: FeedServer,
        *,
        day: date = DAY,
        categories: tuple[str, ...] = CATEGORIES,
        before: Mapping[date, Sequence[KnownPaper]] | None = None,
        **said: Any,
    ) -> FeedNews:
        lane = FeedLane(
            client=make_client(server.url, max_attempts=1),
            rss_url=server.rss_url,
            categories=categories,
            store=store,
            now=MORNING,
        )
        return lane.read(day, before=YESTERDAY if before is None else before, **said)

    return read_feeds


def put(store: PaperStore, standing: Standing, arxiv_id: str = NEW, **said: Any) -> None:
    change = PaperChange(paper=make_paper(arxiv_id, **said), standing=standing)
    store.take([arxiv_id], lambda _: [change], now=MORNING)


def full(others: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """A feed for every category: the same paper, unless told otherwise."""
    return dict.fromkeys(CATEGORIES, FEED) | dict(others or {})


# -- what a fresh feed tells -------------------------------------------------------------------


def test_what_a_fresh_feed_calls_new_or_cross_is_stored_and_waits(
    read: Read, store: PaperStore
) -> None:
    with FeedServer(full()) as server:
        news = read(server)
        assert server.asked == ["rss/cs.LG", "rss/cs.CV", "rss/stat.ML"]
    known = store.known([NEW, CROSS])
    assert {i: paper.standing for i, paper in known.items()} == {
        NEW: Standing.WAITING,
        CROSS: Standing.WAITING,
    }
    assert [paper.arxiv_id for paper in news.papers] == [NEW, CROSS]
    assert list(news.announced) == [NEW, CROSS]
    paper = known[CROSS].paper
    assert paper is not None
    assert (paper.announced, paper.estimated) == (DAY, False)
    assert paper.announce_type is AnnounceType.CROSS
    assert (news.fresh, news.empty) == (set(CATEGORIES), set())
    assert (news.problems, news.set_aside) == ({}, [])


def test_a_replacement_of_a_paper_that_is_not_known_is_left_to_oai_pmh(
    read: Read, store: PaperStore
) -> None:
    with FeedServer(full()) as server:
        news = read(server)
    assert store.known([REPLACED, "2601.00004"]) == {}
    assert REPLACED not in news.announced


def test_feeds_read_twice_change_nothing_and_announce_the_same(
    read: Read, store: PaperStore
) -> None:
    with FeedServer(full()) as server:
        first = read(server)
        before = store.known([NEW, CROSS])
        again = read(server)
    assert store.known([NEW, CROSS]) == before
    assert again.announced == first.announced
    assert again.papers == []


@pytest.mark.parametrize("first", ["cross", "new"])
def test_a_paper_that_one_category_calls_new_is_new_whatever_the_others_say(
    read: Read, store: PaperStore, first: str
) -> None:
    second = "new" if first == "cross" else "cross"
    feeds = {
        "cs.LG": feed_xml([item_xml(NEW, kind=first)]),
        "cs.CV": feed_xml([item_xml(NEW, kind=second)]),
    }
    with FeedServer(feeds) as server:
        read(server, categories=("cs.LG", "cs.CV"))
    paper = store.known([NEW])[NEW].paper
    assert paper is not None
    assert paper.announce_type is AnnounceType.NEW


def test_an_unreadable_item_is_set_aside_in_a_line_with_its_category(
    read: Read, store: PaperStore
) -> None:
    feed = feed_xml([item_xml(NEW), item_xml(CROSS, title=" ")])
    with FeedServer({"cs.LG": feed}) as server:
        news = read(server, categories=("cs.LG",))
    ((line),) = news.set_aside
    assert line.startswith(f"rss: cs.LG: oai:arXiv.org:{CROSS}v1: ")
    assert news.fresh == {"cs.LG"}
    assert list(store.known([NEW, CROSS])) == [NEW]


def test_a_feed_that_is_cut_is_taken_and_is_not_the_whole_day(
    read: Read, store: PaperStore
) -> None:
    items = [
        item_xml(f"2611.{number:05d}", abstract="") for number in range(10_000, 10_000 + ITEM_CAP)
    ]
    with FeedServer({"cs.LG": feed_xml(items)}) as server:
        news = read(server, categories=("cs.LG",))
        assert server.asked == ["rss/cs.LG"]
    assert news.fresh == set()
    assert "2,000 items" in news.problems["cs.LG"]
    assert len(news.announced) == ITEM_CAP
    assert store.known([NEW])[NEW].standing is Standing.WAITING


def test_progress_is_told_after_each_category(read: Read) -> None:
    told: list[tuple[int, int]] = []
    with FeedServer(full()) as server:
        read(server, progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


# -- what it means for papers that are known -----------------------------------------------------


@pytest.mark.parametrize(
    ("standing", "kind", "after"),
    [
        (Standing.HISTORY, "new", Standing.WAITING),
        (Standing.HISTORY, "cross", Standing.WAITING),
        (Standing.HISTORY, "replace", Standing.HISTORY),
        (Standing.HISTORY, "replace-cross", Standing.HISTORY),
        (Standing.TRIAGED, "new", Standing.TRIAGED),
        (Standing.TRIAGED, "cross", Standing.TRIAGED),
        (Standing.WAITING, "cross", Standing.WAITING),
    ],
)
def test_history_that_a_fresh_feed_announces_is_news_and_what_was_scored_is_not(
    read: Read, store: PaperStore, standing: Standing, kind: str, after: Standing
) -> None:
    put(store, standing, announced=DAY - timedelta(days=200))
    with FeedServer({"cs.LG": feed_xml([item_xml(NEW, kind=kind)])}) as server:
        news = read(server, categories=("cs.LG",))
    known = store.known([NEW])[NEW]
    assert known.standing is after
    promoted = standing is Standing.HISTORY and after is Standing.WAITING
    assert [paper.arxiv_id for paper in news.papers] == ([NEW] if promoted else [])
    assert known.paper is not None
    if promoted:
        assert (known.announced, known.paper.estimated) == (DAY, False)
        assert known.paper.abstract == "An abstract as stored."


def test_a_cross_list_of_an_old_paper_keeps_its_day_if_it_was_scored(
    read: Read, store: PaperStore
) -> None:
    put(store, Standing.TRIAGED, announced=DAY - timedelta(days=200))
    before = store.known([NEW])
    with FeedServer({"cs.LG": feed_xml([item_xml(NEW, kind="cross")])}) as server:
        news = read(server, categories=("cs.LG",))
    assert store.known([NEW]) == before
    assert list(news.announced) == [NEW]


def test_a_withdrawn_paper_is_not_called_up_again(read: Read, store: PaperStore) -> None:
    put(store, Standing.HISTORY, withdrawn=True)
    with FeedServer({"cs.LG": feed_xml([item_xml(NEW, kind="cross")])}) as server:
        read(server, categories=("cs.LG",))
    assert store.known([NEW])[NEW].standing is Standing.HISTORY


def test_a_replacement_of_a_known_paper_is_a_new_version_of_it(
    read: Read, store: PaperStore
) -> None:
    put(store, Standing.TRIAGED, REPLACED)
    with FeedServer({"cs.LG": FEED}) as server:
        read(server, categories=("cs.LG",))
    known = store.known([REPLACED])[REPLACED]
    assert (known.version, known.standing) == (2, Standing.TRIAGED)
    assert known.paper is not None
    assert known.paper.versions == (at(1, SUBMITTED), at(2))
    assert known.paper.revised == DAY


# -- a feed that is not of the day, or not there -------------------------------------------------


def test_a_stale_feed_asks_its_twin_once_and_takes_what_that_has(
    read: Read, store: PaperStore
) -> None:
    with FeedServer({"cs.LG": STALE}, twins={"cs.LG": FEED}) as server:
        news = read(server, categories=("cs.LG",))
        assert server.asked == ["rss/cs.LG", "atom/cs.LG"]
    assert (news.fresh, news.problems) == ({"cs.LG"}, {})
    assert NEW in store.known([NEW])


@pytest.mark.parametrize("twin", [STALE, feed_xml([])], ids=["stale too", "empty"])
def test_a_feed_that_stays_stale_is_said_and_not_taken(
    read: Read, store: PaperStore, twin: bytes
) -> None:
    with FeedServer(full({"cs.LG": STALE}), twins={"cs.LG": twin}) as server:
        news = read(server)
        assert server.asked == ["rss/cs.LG", "atom/cs.LG", "rss/cs.CV", "rss/stat.ML"]
    assert news.fresh == {"cs.CV", "stat.ML"}
    assert list(news.problems) == ["cs.LG"]
    assert "2611.09000" not in store.known(["2611.09000"])
    assert news.empty == set()


def test_a_feed_whose_papers_are_all_below_yesterdays_is_stale(read: Read) -> None:
    old = feed_xml([item_xml("2611.08000"), item_xml("2611.08001")])
    with FeedServer({"cs.LG": old}) as server:
        news = read(server, categories=("cs.LG",))
        assert server.asked == ["rss/cs.LG", "atom/cs.LG"]
    assert "2611.08001" in news.problems["cs.LG"]


def test_on_a_first_run_nothing_is_stale(read: Read) -> None:
    with FeedServer({"cs.LG": STALE}) as server:
        news = read(server, categories=("cs.LG",), before={})
    assert news.fresh == {"cs.LG"}


def test_a_stale_feed_whose_twin_is_down_is_called_stale(read: Read) -> None:
    class NoTwins(FeedServer):
        def respond(self, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
            if self.asked[-1].startswith("atom/"):
                return 500, {}, b"<html>"
            return super().respond(query)

    with NoTwins({"cs.LG": STALE}) as server:
        news = read(server, categories=("cs.LG",))
        assert "arXiv serves an old feed" in news.problems["cs.LG"]
        server.feeds["cs.LG"] = feed_xml([])
        once = read(server, categories=("cs.LG",))
    assert "is empty" in once.problems["cs.LG"]
    assert once.empty == set()  # one word is none


def test_empty_twice_is_the_word_of_a_feed_that_nothing_was_announced(read: Read) -> None:
    with FeedServer() as server:
        news = read(server, categories=("cs.LG",))
        assert server.asked == ["rss/cs.LG", "atom/cs.LG"]
    assert news.empty == {"cs.LG"}
    assert news.fresh == set()
    assert news.problems["cs.LG"] == f"the feed of {DAY} is empty, and a mailing was due"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ((500, b"<html>"), "status 500"),
        ((400, error_feed_xml("bad category cs.CV")), "arXiv refuses: bad category cs.CV"),
        ((200, b""), "the answer is empty"),
        ((200, b"<html></html>"), "a page of HTML"),
        ((200, FEED[:-30]), "not well-formed XML"),
    ],
    ids=["down", "refused", "empty body", "HTML", "cut short"],
)
def test_one_category_that_fails_is_said_and_costs_no_other(
    read: Read, answer: tuple[int, bytes], said: str
) -> None:
    with FeedServer(full(), broken={"cs.CV": answer}) as server:
        news = read(server)
    assert news.fresh == {"cs.LG", "stat.ML"}
    assert list(news.problems) == ["cs.CV"]
    assert said in news.problems["cs.CV"]
    assert not news.problems["cs.CV"].startswith(("rss", "cs.CV"))
    assert list(news.announced) == [NEW, CROSS]


def test_a_feed_of_another_day_ends_the_lane_as_all_turn_over_at_one_midnight(
    read: Read, store: PaperStore
) -> None:
    tomorrow = DAY + timedelta(days=3)
    late = feed_xml([item_xml("2611.11000", day=tomorrow)], day=tomorrow)
    with FeedServer(full({"cs.LG": late})) as server:
        news = read(server)
        assert server.asked == ["rss/cs.LG"]
    assert set(news.problems) == set(CATEGORIES)
    assert set(news.problems.values()) == {f"the feed is of {tomorrow}, not of {DAY}"}
    assert (news.fresh, news.announced) == (set(), {})
    assert store.known(["2611.11000"]) == {}


def test_a_block_ends_the_lane(read: Read) -> None:
    with FeedServer(full(), broken={"cs.CV": (403, b"no")}) as server:
        news = read(server)
        assert server.asked == ["rss/cs.LG", "rss/cs.CV"]
    assert news.fresh == {"cs.LG"}
    assert set(news.problems) == {"cs.CV", "stat.ML"}
    assert all("403" in problem for problem in news.problems.values())
