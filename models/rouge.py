"""How much of one text another one repeats: ROUGE-L, from the longest common subsequence.

Source: Chin-Yew Lin, "ROUGE: A Package for Automatic Evaluation of Summaries",
Text Summarization Branches Out, ACL 2004, section 3.1 (sentence level, with
beta = 1, so that precision and recall count alike). Words are runs of letters
and digits in lower case; there is no stemming and no list of stop words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORD = re.compile(r"[^\W_]+")


def rouge_l(candidate: str, reference: str) -> float:
    """F-measure of the longest common subsequence of words, 0..1; 0.0 if either has none.

    >>> round(rouge_l("police kill the gunman", "police killed the gunman"), 2)
    0.75
    """
    ours, theirs = words_of(candidate), words_of(reference)
    common = common_subsequence(ours, theirs)
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def words_of(text: str) -> list[str]:
    """The words that count, in order."""
    return _WORD.findall(text.casefold())


def common_subsequence(left: Sequence[str], right: Sequence[str]) -> int:
    """Length of the longest common subsequence.

    A row of the usual table is kept as the bits of one integer, so that a row
    costs a few additions. Source: Heikki Hyyrö, "Bit-Parallel LCS-length
    Computation Revisited", AWOCA 2004.
    """
    places: dict[str, int] = {}
    for place, word in enumerate(left):
        places[word] = places.get(word, 0) | 1 << place
    every = (1 << len(left)) - 1
    row = every
    for word in right:
        matched = row & places.get(word, 0)
        row = (row + matched | row - matched) & every
    return len(left) - row.bit_count()
