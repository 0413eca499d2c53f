"""Entries drafted from facts, and from nothing else."""

from __future__ import annotations

import pytest

from pipeline.errors import DraftError
from pipeline.lists.entry import Link
from pipeline.triage.draft import draft_entry, vocabulary_of
from tests.builders import make_candidate

ABSTRACT = (
    "Learning machines forget nothing. This is a problem for privacy. However, we propose a"
    " way of unlearning that costs little. It is tested on four data sets. It never fails."
)


def draft(vocabulary=None, **paper):
    return draft_entry(make_candidate("2206.00001", **paper), vocabulary or {})


@pytest.mark.parametrize(
    ("comment", "venue"),
    [
        ("Accepted at NeurIPS 2022", "NeurIPS 2022"),
        ("Accepted to the 39th ICML (oral), 2022. 12 pages", "ICML 2022"),
        ("ECCV 2022", "ECCV 2022"),
        ("To appear in CVPR'22; code at https://github.com/a/b", "CVPR 2022"),
        ("Submitted to NeurIPS 2022", ""),
        ("Under review at ICLR 2023", ""),
        ("Accepted at the ICML 2022 workshop on sharing", ""),
        ("12 pages, 3 figures", ""),
        ("This extends our ICML 2020 paper", ""),
        (None, ""),
    ],
)
def test_a_venue_is_one_that_has_accepted_the_paper(comment, venue):
    assert draft(comment=comment).venue == venue


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("Code: https://github.com/owner/repo.", "https://github.com/owner/repo"),
        ("See (http://github.com/owner/re.po.git).", "https://github.com/owner/re.po"),
        ("at github.com/owner/repo, soon", "https://github.com/owner/repo"),
        ("https://anonymous.4open.science/r/x", None),
        ("https://github.com/owner", None),
    ],
)
def test_a_code_link_is_one_that_the_paper_names(text, address):
    links = draft(comment=text).links
    assert links[0] == Link(label="paper", url="https://arxiv.org/abs/2206.00001")
    assert [link.url for link in links[1:]] == ([address] if address else [])


def test_key_words_are_the_lists_own_in_its_spelling_and_said_by_the_paper():
    vocabulary = {"Unlearning": 5, "Fairness": 9, "Data Set": 3, "Once Only": 1, "Learning": 2}
    entry = draft(vocabulary, title="On Machine Unlearning", abstract=ABSTRACT)
    assert entry.keywords == ("Unlearning", "Data Set")


def test_without_a_key_word_of_the_list_the_topic_is_the_key_word():
    assert draft(abstract=ABSTRACT).keywords == ("Privacy",)


def test_a_digest_begins_where_the_abstract_says_what_is_new_and_stands_alone():
    digest = draft(abstract=ABSTRACT).digest
    assert digest.startswith("We propose a way of unlearning")


def test_a_digest_does_not_begin_by_pointing_back():
    abstract = "Cats are odd. We formalize this at length. We prove a bound on cats. It is sharp."
    assert draft(abstract=abstract).digest.startswith("We prove a bound on cats.")


def test_a_digest_is_never_the_whole_abstract_of_several_sentences():
    assert draft(abstract="We show this. And we show that.").digest == "We show this."


def test_a_long_abstract_makes_a_short_digest():
    abstract = " ".join(f"We show that number {n} is one of very many numbers." for n in range(90))
    assert len(draft(abstract=abstract).digest.split()) <= 75


def test_tex_becomes_unicode_in_titles_and_names():
    entry = draft(title=r"Schr\"odinger's $\alpha$-Privacy.", authors=(r"Jos\'e M\"uller",))
    assert entry.title == "Schrödinger's α-Privacy"
    assert entry.authors == "José Müller"


def test_the_year_is_that_of_the_identifier():
    assert draft_entry(make_candidate("2112.00001"), {}).year == 2021


def test_without_an_abstract_no_entry_is_drafted():
    with pytest.raises(DraftError, match=r"2206\.00001 has no abstract"):
        draft(abstract=None)


def test_a_key_words_spelling_is_the_one_used_most():
    from pipeline.lists.entry import Entry

    def entry(keyword: str) -> Entry:
        return Entry(
            title="T",
            arxiv_id=None,
            topic="Privacy",
            year=None,
            links=(),
            authors="",
            venue="",
            keywords=(keyword,),
            digest="",
            line=1,
        )

    vocabulary = vocabulary_of(
        [entry("Un-learning"), entry("unlearning"), entry("Unlearning"), entry("Unlearning")]
    )
    assert vocabulary == {"Un-learning": 1, "Unlearning": 3}
