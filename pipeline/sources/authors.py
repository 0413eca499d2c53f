r"""The authors of a paper, out of the one line arXiv keeps them in.

The line is what the submitter typed: ``A. Author (Univ. X), B. Writer and
C. Third, Jr. ((1) Univ. Y)``. Names are taken apart at commas, colons and "and",
affiliations in parentheses go, and TeX stays as it was written (``J\'er\^ome``).

Source of the rules: https://info.arxiv.org/help/prep.html (authors), and
arXiv's own splitter (author_affil.py in arXiv/arxiv-base at 0f94fa0).
"""

from __future__ import annotations

import re

from pipeline.sources.plain_text import plain_text

_SEPARATOR = re.compile(r"\s(?:and|&)(?=[\s,]|$)|[,:]")
_SPECIAL = re.compile(
    r"(\\."  # TeX: "\," is a thin space, "\&" an ampersand, "\(" begins mathematics
    r"|[(){}]|[,:]|\s(?:and|&)(?=[\s,]|$))",
    re.DOTALL,
)
_SUFFIX = re.compile(r"(?:Jr|Sr)\.?|I{2,3}|I?V|VI{0,3}", re.ASCII)
_SUFFIX_LENGTH = 4
_ET_AL = re.compile(r"et\.?\s*al\b", re.IGNORECASE)
_BREAK, _NOTE = "\n", "\t"
"""The end of a name, and a parenthesis; no name has them: white space is collapsed first."""


def split_authors(line: str) -> tuple[str, ...]:
    """The names in arXiv's author line, in its order; "et al." is nobody's.

    >>> split_authors("A. Author (Univ. X), B. Writer and C. Third, Jr.")
    ('A. Author', 'B. Writer', 'C. Third Jr.')
    """
    line = plain_text(line)
    plain = not any(character in line for character in "(){}\\")
    names = _SEPARATOR.split(line) if plain else _split_around_tex(line)
    authors: list[str] = []
    for name in (" ".join(name.split()) for name in names):
        if name.startswith(("and ", "& ")):
            name = name.partition(" ")[2].lstrip()  # noqa: PLW2901 - "and" before the first name
        if authors and len(name) <= _SUFFIX_LENGTH and _SUFFIX.fullmatch(name):
            authors[-1] += f" {name}"
        elif any(map(str.isalnum, name)) and name != "and" and not _ET_AL.match(name):
            authors.append(name)
    return tuple(authors)


def _split_around_tex(line: str) -> list[str]:
    """As the separators do, but not inside braces, and without what is in parentheses."""
    kept: list[str] = []
    parentheses = braces = 0
    for number, piece in enumerate(_SPECIAL.split(line)):
        if piece == "(":
            parentheses += 1
            kept.append(_NOTE if parentheses == 1 else "")
        elif piece == ")":
            parentheses = max(0, parentheses - 1)
        elif parentheses:
            continue
        elif piece in {"{", "}"}:
            braces = max(0, braces + (1 if piece == "{" else -1))
            kept.append(piece)
        elif number % 2 and not braces and not piece.startswith("\\"):
            kept.append(_BREAK)
        else:
            kept.append(piece)
    if parentheses:
        # One was never closed: better an affiliation among the names than names lost in it.
        return _split_around_tex(plain_text(line.replace("(", " ").replace(")", " ")))
    return [name for part in "".join(kept).split(_BREAK) for name in _around_notes(part)]


def _around_notes(part: str) -> list[str]:
    """The names before and after a parenthesis.

    What follows one is another author who lacks a comma, except after a single
    word: then the parenthesis held a nickname.
    """
    if _NOTE not in part:
        return [part]
    names = [""]
    for text in map(str.strip, part.split(_NOTE)):
        if " " in names[-1]:
            names.append(text)
        else:
            names[-1] = f"{names[-1]} {text}".strip()
    return names
