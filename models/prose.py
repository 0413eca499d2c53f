"""Whether a text is prose, or words piled up to be found. Knows nothing of any list."""

from __future__ import annotations

import re

LONGEST_RUN = 40
"""Words in a row without one that only joins others, at which a text is no prose.

Measured on abstracts of eight months: see ``docs/triage.md``.
"""
LEAST_DISTINCT = 0.3
"""Share of different words under which a text repeats itself."""
LEAST_WORDS = 60
"""A shorter text may repeat itself by chance."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_JOINING = """
a an the this that these those it its we our they their he his i you of in on at by for from
to with without within into over under between through about as than and or but nor not no
if when while where which who whose what how why because so such then there here is are was
were be been being has have had do does did can could may might must shall should will would
also both each more most other some any all only very via per using
"""


def longest_run(text: str) -> int:
    """Most words in a row that are no joining words."""
    joining = frozenset(_JOINING.split())
    longest = run = 0
    for word in _WORD.findall(text.casefold()):
        run = 0 if word in joining else run + 1
        longest = max(longest, run)
    return longest


def distinct_share(text: str) -> float:
    """Share of different words among all, 1.0 for a short text."""
    words = _WORD.findall(text.casefold())
    return 1.0 if len(words) < LEAST_WORDS else len(set(words)) / len(words)


def is_piled_up(text: str) -> bool:
    """Whether words stand in heaps that no sentence has, or are repeated as none repeats them."""
    return longest_run(text) >= LONGEST_RUN or distinct_share(text) < LEAST_DISTINCT
