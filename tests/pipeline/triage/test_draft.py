"""Entries drafted from facts, and from nothing else."""

from __future__ import annotations

import pytest

from pipeline.errors import DraftError
from pipeline.lists.entry import Link
from pipeline.lists.writer import DigestForm, render_entry
from pipeline.triage.draft import draft_entry
from tests.builders import make_candidate

ABSTRACT = (
    "Learning machines forget nothing. This is a problem for privacy. However, we propose a"
    " way of unlearning that costs little. It is tested on four data sets. It never fails."
)


def draft(vocabulary=None, **paper):
    return draft_entry(make_candidate("2206.00001", **paper), vocabulary or {})


def test_a_draft_has_what_abstract_and_comment_say():
    entry = draft(
        comment="Accepted at NeurIPS 2022. Code: https://github.com/owner/repo.", abstract=ABSTRACT
    )
    assert entry.venue == "NeurIPS 2022"
    assert entry.links == (
        Link(label="paper", url="https://arxiv.org/abs/2206.00001"),
        Link(label="code", url="https://github.com/owner/repo"),
    )


def test_a_draft_invents_nothing():
    entry = draft(comment="Submitted to NeurIPS 2022. 12 pages", abstract=ABSTRACT)
    assert (entry.venue, len(entry.links)) == ("", 1)


def test_key_words_are_the_lists_own_in_its_spelling_and_said_by_the_paper():
    vocabulary = {"Unlearning": 5, "Fairness": 9, "Data Set": 3, "Once Only": 1, "Learning": 2}
    entry = draft(vocabulary, title="On Machine Unlearning", abstract=ABSTRACT)
    assert set(entry.keywords) <= {"Unlearning", "Data Set"}
    assert entry.keywords[0] == "Unlearning"


def test_without_a_key_word_of_the_list_the_topic_is_the_key_word():
    assert draft(abstract=ABSTRACT).keywords == ("Privacy",)


def test_a_digest_begins_where_the_abstract_says_what_is_new_and_stands_alone():
    digest = draft(abstract=ABSTRACT).digest
    assert digest.startswith("We propose a way of unlearning")


def test_a_digest_is_never_the_whole_abstract_of_several_sentences():
    assert draft(abstract="We show this. And we show that.").digest == "We show this."


def test_tex_becomes_unicode_in_titles_and_names():
    entry = draft(title=r"Schr\"odinger's $\alpha$-Privacy.", authors=(r"Jos\'e M\"uller",))
    assert entry.title == "Schrödinger's α-Privacy"
    assert entry.authors == "José Müller"


def test_the_year_is_that_of_the_identifier():
    assert draft_entry(make_candidate("2112.00001"), {}).year == 2021


def test_without_an_abstract_no_entry_is_drafted():
    with pytest.raises(DraftError, match=r"2206\.00001 has no abstract"):
        draft(abstract=None)


@pytest.mark.parametrize("abstract", [None, "", "  "])
def test_an_abstract_without_a_word_is_none(abstract):
    with pytest.raises(DraftError):
        draft(abstract=abstract)


HOSTILE = (
    "We propose </details><script>alert(1)</script> a way. It costs <!-- little. Ask @mallory about"
    " #123. We show more of [it](https://evil.example) here. It never fails."
)


def test_hostile_text_of_a_draft_is_shown_as_typed():
    entry = draft(title="A [title](x) with `code` <b>", abstract=HOSTILE, authors=("*Ann* <i>",))
    text = "\n".join(render_entry(entry, DigestForm.CLOSED))
    assert text.count("</details>") == 1
    assert "<script" not in text
    assert "<!--" not in text
    assert text.startswith(r"- A \[title\](x) with \`code\` \<b>. [[paper]]")
