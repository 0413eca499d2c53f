"""arXiv's categories and OAI sets: ``sets.tsv`` has them as arXiv's own ListSets gives them."""

from __future__ import annotations

from pathlib import Path

_LINES = (Path(__file__).parent / "sets.tsv").read_text(encoding="utf-8").strip("\n").split("\n")

SET_ROWS: tuple[tuple[str, str], ...] = tuple(
    (spec, name) for spec, _, name in (line.partition("\t") for line in _LINES)
)
"""Each set and its name in arXiv's order: groups, archives, categories (some are both)."""

SETS: dict[str, str] = dict(SET_ROWS)
"""Name of each set."""

ALIASES = {
    "cs.IT": "math.IT",
    "eess.SY": "cs.SY",
    "math.NA": "cs.NA",
    "math-ph": "math.MP",
    "math.ST": "stat.TH",
    "econ.GN": "q-fin.EC",
}
"""Categories that are one and have two names."""


def _category(spec: str) -> str:
    _, archive, *subject = spec.split(":")
    return ".".join([archive, *subject])


SET_OF: dict[str, str] = {_category(spec): spec for spec in SETS if ":" in spec}
"""The set of each archive and category: ``cs.LG`` is ``cs:cs:LG``."""

ARCHIVES: tuple[str, ...] = tuple(sorted({spec.split(":")[1] for spec in SETS if ":" in spec}))


def in_set(categories: tuple[str, ...], wanted: str) -> bool:
    """Whether a paper of ``categories`` belongs to the set ``wanted``."""
    return any(
        spec == wanted or spec.startswith(wanted + ":")
        for spec in (SET_OF.get(category, "") for category in categories)
    )


def subjects(archive: str) -> tuple[str, ...]:
    """The categories of an archive, in order."""
    return tuple(sorted(name for name in SET_OF if name.startswith(archive + ".")))
