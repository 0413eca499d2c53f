"""Text from outside as it is stored: one line, no control characters.

Nothing else is changed: TeX, ``<think>`` and ``$i<j>k$`` are what the authors
wrote. Escaping is the business of whoever shows the text, per destination.
"""

from __future__ import annotations

import unicodedata

_DIRECTIONS = frozenset(range(0x202A, 0x202F)) | frozenset(range(0x2066, 0x206A))
"""Embeddings, overrides and isolates: they reorder what a reader sees around them.

Source: Unicode Standard Annex 9, table 1 (explicit directional formatting).
"""


def plain_text(text: str) -> str:
    r"""``text`` on one line: white space collapsed, control characters removed.

    Lone surrogates go as well (JSON can carry them, UTF-8 cannot); joiners stay,
    for names that need them.

    >>> plain_text("  Heat-bath\n  walks\x00 ")
    'Heat-bath walks'
    """
    words = " ".join(text.split())
    if words.isascii() and words.isprintable():
        return words
    return " ".join("".join(filter(_is_text, words)).split())


def _is_text(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cs"} and (
        ord(character) not in _DIRECTIONS
    )
