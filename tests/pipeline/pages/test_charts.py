"""Scales, labels and round numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.pages.charts import LINE_HEIGHT, Scale, nice_top, percent, spread
from pipeline.pages.markup import Markup, element, join, style


def test_a_scale_takes_its_ends_to_its_ends():
    scale = Scale(least=0, most=50, start=44, end=544)
    assert [scale(0), scale(25), scale(50)] == [44, 294, 544]
    assert Scale(least=3, most=3, start=10, end=20)(3) == 10


@given(st.lists(st.floats(min_value=0, max_value=300), max_size=8))
def test_labels_keep_their_order_their_distance_and_their_bounds(wanted):
    places = spread(sorted(wanted), least=0, most=300)
    assert len(places) == len(wanted)
    assert all(low + LINE_HEIGHT <= high + 1e-6 for low, high in pairwise(places))
    assert all(-1e-6 <= place <= 300 + 1e-6 for place in places)


@given(st.floats(min_value=1e-6, max_value=1e6))
def test_an_axis_ends_at_a_round_number_not_far_above_the_data(value):
    assert value <= nice_top(value) * (1 + 1e-9)
    assert nice_top(value) <= 2.5 * value * (1 + 1e-9)


def test_shares_are_rounded_to_what_is_asked():
    assert (percent(0.8534), percent(0.8534, digits=1)) == ("85\u00a0%", "85.3\u00a0%")


@given(st.text())
def test_words_never_become_markup(words):
    made = element("p", words, title=words)
    assert made.count("<") == made.count(">") == 2
    assert join([words, Markup("<b>")]).endswith("<b>")


def test_a_style_sheet_that_could_end_itself_is_refused():
    with pytest.raises(ValueError, match="no < and no &"):
        style("p { } </style>")
