"""What a stored paper becomes, lane by lane."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from db.records import AnnounceType, KnownPaper, Paper, Standing
from pipeline.sources.merge import from_api, from_item, from_record, is_ours
from pipeline.sources.novelty import Announcement
from pipeline.sources.oai_record import OaiRecord
from pipeline.sources.rss import FeedType
from tests.pipeline.sources.records import (
    DAY,
    ID,
    SUBMITTED,
    at,
    make_api_record,
    make_item,
    make_known,
    make_paper,
    make_record,
    make_remembered,
)

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
FIRST = Announcement(day=MONDAY, estimated=True)


def merged(record: OaiRecord, known: KnownPaper | None = None, *, is_first: bool = True) -> Paper:
    return from_record(record, known, first=FIRST, is_first=is_first)


# -- categories ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("categories", "wanted", "ours"),
    [
        (("cs.LG",), ("cs.LG",), True),
        (("math.CO", "cs.LG"), ("cs.LG",), True),
        (("math.CO", "cs.DM"), ("cs.*",), True),
        (("cs.LGX",), ("cs.LG",), False),
        (("CS.LG",), ("cs.LG",), False),
        ((), ("cs.*",), False),
        (("cs.LG",), (), False),
    ],
)
def test_a_paper_is_ours_if_any_of_its_categories_is_wanted(
    categories: tuple[str, ...], wanted: tuple[str, ...], ours: bool
) -> None:
    assert is_ours(categories, wanted) is ours


# -- OAI-PMH ---------------------------------------------------------------------------------


def test_a_record_of_an_unknown_paper_is_taken_whole() -> None:
    record = make_record(
        versions=2, withdrawn=True, dois=("10.1/a", "10.1/b"), journal_ref="J. 1 (2026) 1"
    )
    paper = merged(record)
    assert paper == Paper(
        arxiv_id=ID,
        title="A title of OAI-PMH",
        abstract="An abstract of OAI-PMH.",
        authors=("Ada Example",),
        categories=("cs.LG", "stat.ML"),
        comment="9 pages",
        published=SUBMITTED.date(),
        announced=MONDAY,
        announce_type=AnnounceType.NEW,
        estimated=True,
        versions=(at(1, SUBMITTED), at(2, SUBMITTED + timedelta(days=1))),
        revised=MONDAY,  # submitted on Friday before the deadline
        withdrawn=True,
        license="http://creativecommons.org/licenses/by/4.0/",
        dois=("10.1/a", "10.1/b"),
        journal_ref="J. 1 (2026) 1",
    )


def test_a_record_keeps_how_and_when_its_paper_was_announced() -> None:
    known = make_known(announced=DAY, estimated=False, announce_type=AnnounceType.CROSS)
    paper = merged(make_record(), known, is_first=False)
    assert (paper.announced, paper.estimated, paper.announce_type) == (
        DAY,
        False,
        AnnounceType.CROSS,
    )
    assert (paper.title, paper.comment) == ("A title of OAI-PMH", "9 pages")


@pytest.mark.parametrize(
    ("was", "is_first", "announced_as"),
    [
        (None, True, AnnounceType.NEW),
        (None, False, AnnounceType.CROSS),
        (AnnounceType.NEW, False, AnnounceType.NEW),
        (AnnounceType.CROSS, False, AnnounceType.CROSS),
        (AnnounceType.CROSS, True, AnnounceType.NEW),
    ],
)
def test_a_paper_that_is_older_than_its_announcement_here_is_a_cross_list(
    was: AnnounceType | None, is_first: bool, announced_as: AnnounceType
) -> None:
    known = make_known(announce_type=was) if was else None
    assert merged(make_record(), known, is_first=is_first).announce_type is announced_as


def test_a_record_keeps_the_day_of_a_paper_of_which_no_more_is_remembered() -> None:
    paper = merged(make_record(), make_remembered(announced=DAY))
    assert (paper.announced, paper.estimated) == (DAY, True)
    assert paper.announce_type is AnnounceType.NEW


def test_a_record_without_abstract_or_authors_takes_neither_away() -> None:
    paper = merged(make_record(abstract=None, authors=()), make_known())
    assert (paper.abstract, paper.authors) == ("An abstract as stored.", ("Ada Example",))
    assert merged(make_record(abstract=None)).abstract is None


def test_what_a_record_no_longer_has_goes() -> None:
    known = make_known(comment="was there", withdrawn=True, dois=("10.1/a",), journal_ref="J.")
    paper = merged(make_record(comment=None), known)
    assert (paper.comment, paper.withdrawn, paper.dois, paper.journal_ref) == (
        None,
        False,
        (),
        None,
    )


def test_a_record_gives_times_to_versions_that_a_feed_named() -> None:
    known = make_known(versions=(at(1), at(2)))
    paper = merged(make_record(versions=2), known)
    assert paper.versions == (at(1, SUBMITTED), at(2, SUBMITTED + timedelta(days=1)))


def test_a_version_that_a_feed_named_and_oai_pmh_lacks_yet_stays() -> None:
    known = make_known(versions=(at(1), at(2)), revised=TUESDAY)
    paper = merged(make_record(versions=1), known)
    assert paper.versions == (at(1, SUBMITTED), at(2))
    assert paper.revised == TUESDAY


def test_a_record_with_a_new_version_says_when_that_was_announced() -> None:
    paper = merged(make_record(versions=5), make_known(versions=(at(1, SUBMITTED),)))
    assert paper.version == 5
    assert paper.revised == TUESDAY  # submitted on Monday before the deadline


def test_a_record_that_says_nothing_new_changes_nothing() -> None:
    known = merged(make_record(versions=3))
    again = merged(make_record(versions=3), replace(make_known(), paper=known))
    assert again == known


# -- a feed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("feed_type", "announced_as"),
    [(FeedType.NEW, AnnounceType.NEW), (FeedType.CROSS, AnnounceType.CROSS)],
)
def test_an_item_of_an_unknown_paper_gives_it_its_day(
    feed_type: FeedType, announced_as: AnnounceType
) -> None:
    paper = from_item(make_item(feed_type=feed_type, doi="10.1/a", journal_ref="J."), None)
    assert paper == Paper(
        arxiv_id=ID,
        title="A title of the feed",
        abstract="An abstract of the feed.",
        authors=("Ada Example",),
        categories=("cs.LG", "stat.ML"),
        comment=None,
        published=None,
        announced=DAY,
        announce_type=announced_as,
        estimated=False,
        versions=(at(1),),
        license="http://creativecommons.org/licenses/by/4.0/",
        dois=("10.1/a",),
        journal_ref="J.",
    )


@pytest.mark.parametrize("feed_type", [FeedType.REPLACE, FeedType.REPLACE_CROSS])
def test_a_replacement_of_an_unknown_paper_adds_nothing(feed_type: FeedType) -> None:
    assert from_item(make_item(feed_type=feed_type, version=2), None) is None


def test_an_item_of_a_version_that_is_known_adds_nothing() -> None:
    known = make_paper(estimated=False)
    assert from_item(make_item(), known) is None
    assert from_item(make_item(feed_type=FeedType.REPLACE), known) is None


def test_an_item_of_a_newer_version_is_what_the_paper_says_now() -> None:
    known = make_paper(estimated=False, comment="9 pages", announced=DAY - timedelta(days=30))
    paper = from_item(make_item(feed_type=FeedType.REPLACE, version=3), known)
    assert paper is not None
    assert (paper.title, paper.abstract) == ("A title of the feed", "An abstract of the feed.")
    assert paper.versions == (at(1, SUBMITTED), at(3))
    assert (paper.revised, paper.announced) == (DAY, DAY - timedelta(days=30))
    assert paper.comment == "9 pages"


def test_an_item_without_abstract_takes_none_away() -> None:
    item = make_item(feed_type=FeedType.REPLACE, version=2, abstract=None, authors=())
    paper = from_item(item, make_paper())
    assert paper is not None
    assert (paper.abstract, paper.authors) == ("An abstract as stored.", ("Ada Example",))


@pytest.mark.parametrize(
    ("feed_type", "estimate", "announced"),
    [
        (FeedType.NEW, DAY - timedelta(days=1), DAY),
        (FeedType.NEW, DAY - timedelta(days=13), DAY),  # held by moderation
        (FeedType.NEW, DAY + timedelta(days=3), DAY),
        (FeedType.CROSS, DAY - timedelta(days=3), DAY),
        (FeedType.CROSS, DAY - timedelta(days=4), None),  # added to a category of ours later
        (FeedType.REPLACE, DAY - timedelta(days=1), None),
    ],
)
def test_an_estimated_day_gives_way_to_the_word_of_a_feed(
    feed_type: FeedType, estimate: date, announced: date | None
) -> None:
    paper = from_item(make_item(feed_type=feed_type), make_paper(announced=estimate))
    assert (paper and (paper.announced, paper.estimated)) == (announced and (announced, False))


def test_a_day_that_a_feed_named_is_never_moved() -> None:
    known = make_paper(announced=DAY - timedelta(days=1), estimated=False)
    assert from_item(make_item(), known) is None


# -- the query interface ---------------------------------------------------------------------


def test_a_paper_that_only_the_query_interface_knows_is_taken_with_its_two_versions() -> None:
    paper = from_api(make_api_record(version=4, announced=MONDAY), None)
    assert paper.versions == (at(1, SUBMITTED), at(4, SUBMITTED + timedelta(days=3)))
    assert (paper.announced, paper.estimated) == (MONDAY, True)
    assert paper.revised == TUESDAY  # submitted on Sunday
    assert (paper.title, paper.published) == ("A title of the API", SUBMITTED.date())


def test_a_paper_of_one_version_has_one_and_was_not_revised() -> None:
    paper = from_api(make_api_record(), None)
    assert (paper.versions, paper.revised) == ((at(1, SUBMITTED),), None)


def test_the_query_interface_keeps_the_day_of_a_paper_that_is_remembered() -> None:
    paper = from_api(make_api_record(announced=MONDAY), make_remembered(announced=DAY))
    assert (paper.announced, paper.estimated, paper.abstract) == (
        DAY,
        True,
        "An abstract of the API.",
    )


def test_the_query_interface_fills_in_what_is_not_known_and_leaves_the_rest() -> None:
    known = make_known(
        abstract=None, authors=(), comment=None, published=None, versions=(at(1),), estimated=False
    )
    record = make_api_record(dois=("10.1/a",), journal_ref="J.", announced=MONDAY)
    paper = from_api(record, known)
    assert paper == replace(
        make_paper(estimated=False),
        abstract="An abstract of the API.",
        comment="9 pages",
        dois=("10.1/a",),
        journal_ref="J.",
    )


def test_the_query_interface_changes_nothing_of_what_another_lane_knew() -> None:
    known = make_known(comment="8 pages", dois=("10.1/b",), journal_ref="K.", withdrawn=True)
    record = make_api_record(dois=("10.1/a",), journal_ref="J.")
    assert from_api(record, known) == known.paper


def test_a_newer_version_of_the_query_interface_is_what_the_paper_says_now() -> None:
    known = make_known(comment="8 pages")
    paper = from_api(make_api_record(version=2, categories=("stat.ML",)), known)
    assert (paper.title, paper.comment) == ("A title of the API", "9 pages")
    assert (paper.version, paper.revised) == (2, MONDAY)
    assert (paper.categories, paper.announced) == (("stat.ML",), DAY)


def test_an_older_version_of_the_query_interface_only_adds_times() -> None:
    known = make_known(versions=(at(1), at(2), at(3)), revised=TUESDAY)
    paper = from_api(make_api_record(version=2), known)
    assert paper.versions == (at(1, SUBMITTED), at(2, SUBMITTED + timedelta(days=1)), at(3))
    assert (paper.title, paper.revised) == ("A title as stored", TUESDAY)


@pytest.mark.parametrize("standing", list(Standing))
def test_no_lane_takes_a_paper_back_to_an_earlier_version(standing: Standing) -> None:
    known = make_known(versions=(at(1, SUBMITTED), at(7)), standing=standing)
    assert merged(make_record(versions=2), known).version == 7
    assert from_api(make_api_record(version=2), known).version == 7
    assert known.paper is not None
    assert from_item(make_item(feed_type=FeedType.REPLACE, version=6), known.paper) is None


def test_the_announcement_of_a_version_is_estimated_in_arxivs_own_time() -> None:
    # 19:30 UTC on a Friday is after the deadline of 14:00 US Eastern.
    late = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
    paper = merged(make_record(versions=2, submitted=late - timedelta(days=1)))
    assert paper.revised == TUESDAY


def test_a_record_that_lags_behind_a_feed_leaves_the_later_version_as_it_was_told() -> None:
    told = make_known(title="The title of version 2", versions=(at(2),))
    paper = merged(make_record(versions=1), told)
    assert paper.title == "The title of version 2"
    assert [version.number for version in paper.versions] == [1, 2]
    assert paper.versions[0].submitted == SUBMITTED
    assert merged(make_record(versions=2), replace(told, paper=paper)).title != paper.title
