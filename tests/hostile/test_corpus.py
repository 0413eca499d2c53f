"""The corpus itself: large enough, and each paper one of its own."""

from __future__ import annotations

from tests.hostile.corpus import ATTACKS, PAPERS


def test_it_holds_more_than_sixty_papers_each_with_a_name():
    assert len(PAPERS) >= 100
    assert len({hostile.paper.arxiv_id for hostile in PAPERS}) == len(PAPERS) == len(ATTACKS)
    families = {hostile.name.partition(": ")[0] for hostile in PAPERS}
    assert families == {"Markdown", "HTML", "GitHub", "git", "programs", "terminal", "Unicode"}


def test_every_field_that_comes_from_outside_attacks():
    for hostile in PAPERS:
        paper = hostile.paper
        assert paper.title == hostile.text
        assert paper.abstract is not None
        assert paper.comment is not None
        assert all(
            hostile.text in said for said in (paper.authors[0], paper.abstract, paper.comment)
        )
