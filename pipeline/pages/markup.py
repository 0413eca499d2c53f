"""Elements of HTML and SVG: the one place of a page where text becomes markup.

Whatever is not made by :func:`element` is text and comes out as text, so no title can
open a tag. What comes out is well-formed XML and good HTML at once.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

VOID = frozenset({"meta", "br", "hr", "col"})
"""Elements that HTML never closes. Source: HTML Living Standard, 13.1.2."""

_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
# What XML forbids; what turns the direction of text around unseen, hides in it, or takes no
# room. Joiners stay (U+200C, U+200D): scripts and emoji are written with them.


class Markup(str):
    """Text that is markup already: made by :func:`element`, and by nobody else."""

    __slots__ = ()


def text(words: str) -> Markup:
    """Markup that shows ``words``; what cannot be seen is shown as a replacement character."""
    return Markup(html.escape(_UNSEEN.sub("�", words)))


def join(parts: Iterable[str]) -> Markup:
    """Parts one after the other, each escaped unless it is markup."""
    return Markup("".join(part if isinstance(part, Markup) else text(part) for part in parts))


def element(tag: str, /, *children: str, **attributes: str | float) -> Markup:
    """One element.

    Args:
        tag: Its name.
        children: Markup, or words that are escaped.
        attributes: ``_`` stands for ``-``, and one at the end is dropped: ``class_``,
            ``stroke_width``. Numbers are rounded to a tenth, enough for any screen.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(_value(value))}"'
        for key, value in attributes.items()
    )
    if tag in VOID:
        return Markup(f"<{tag}{written}/>")
    return Markup(f"<{tag}{written}>{join(children)}</{tag}>")


def style(sheet: str) -> Markup:
    """A style sheet of our own, which HTML reads raw.

    Raises:
        ValueError: It holds a mark that XML and HTML would read differently.
    """
    if "<" in sheet or "&" in sheet:
        raise ValueError("a style sheet in a page holds no < and no &")
    return Markup(f"<style>{sheet}</style>")


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:.1f}".removesuffix(".0")
