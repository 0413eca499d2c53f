r"""Text to Markdown or HTML that shows as typed, and back.

An entry's title, authors and key words are Markdown; a digest inside
``<details>`` is not: there GitHub reads an HTML block, in which a backslash
would show. Only what would otherwise be taken for markup is escaped, so that
ordinary titles stay as a person types them. Knows nothing of lines.

Source of the rules: https://github.github.com/gfm/ (2.4 backslash escapes, 4.6
HTML blocks, 6.2 entities) and GitHub's page on mathematical expressions.
"""

from __future__ import annotations

import html
import re
import unicodedata

from pipeline.errors import EditError

_MATH = r"(?<!\\)\$(?![\s$])[\w\x20\\{}^+\-=.,/()|']*?(?<![\s\\$])\$(?!\d)"
# Inline mathematics that GitHub typesets, left alone both ways; only with
# characters that mean nothing to Markdown or HTML outside it.
_UNSEEN = (
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
# They turn the direction of text around, or hide in it, unseen: written so that they are seen.
# Joiners stay (U+200C, U+200D): scripts and emoji are written with them.
_ENTITY = r"&(?:\#\d{1,7}|\#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);"

_TO_MARKDOWN = re.compile(
    rf"""(?P<math>{_MATH})
      | (?P<unseen>{_UNSEEN})
      | (?P<always>
            \\(?=[!-/:-@\[-`{{-~]|{_UNSEEN}|$)  # a backslash that would escape what follows
          | [\[\]]                     # links
          | <(?=[A-Za-z/!?])           # tags, comments, declarations
          | &(?={_ENTITY[1:]})        # entities
        )
      | (?P<paired> [`*~$] | (?<![^\W_])_ | _(?![^\W_]) )
    """,
    re.VERBOSE | re.ASCII,
)
_TO_HTML = re.compile(rf"(?P<unseen>{_UNSEEN})|<(?=[A-Za-z/!?])|&(?={_ENTITY[1:]})", re.ASCII)
_AT_START = re.compile(r"[-+*](?=[\s-]|$)|\#(?=[\s#]|$)|>|\d{1,9}(?=[.)](?:\s|$))", re.ASCII)
_FROM_MARKDOWN = re.compile(
    rf"\\(?P<typed>[!-/:-@\[-`{{-~])|{_MATH}|(?P<entity>{_ENTITY})", re.ASCII
)
_FROM_HTML = re.compile(_ENTITY, re.ASCII)


def one_line(text: str) -> str:
    """``text`` on one line: white space collapsed, control characters dropped.

    Raises:
        EditError: It holds half a surrogate pair, which no file can hold.
    """
    for character in text:
        if "\ud800" <= character <= "\udfff":
            raise EditError(
                f"{text[:60]!a} holds a lone surrogate (U+{ord(character):04X})",
                hint="correct the text where it comes from",
            )
    if not text.isprintable():
        text = " ".join(text.split())
        text = "".join(c for c in text if unicodedata.category(c) != "Cc")
    return " ".join(text.split())


def to_markdown(text: str, *, reserved: str = "") -> str:
    """Inline Markdown that shows ``text``.

    Args:
        text: One line.
        reserved: Marks to escape even where they stand alone, because the line has its own.
    """
    paired = {mark for mark in "`*~$_" if mark in reserved or text.count(mark) > 1}

    def escaped(found: re.Match[str]) -> str:
        mark = found[0]
        if found["unseen"]:
            return f"&#{ord(mark)};"
        if found["always"] or (found["paired"] and mark in paired):
            return "\\" + mark
        return mark

    return _TO_MARKDOWN.sub(escaped, text)


def to_markdown_item(text: str, *, reserved: str = "") -> str:
    """Like :func:`to_markdown`, for text right after a bullet: it starts no list or heading."""
    markdown = to_markdown(text, reserved=reserved)
    start = _AT_START.match(markdown)
    if not start:
        return markdown
    if start[0].isdigit():
        return f"{start[0]}\\{markdown[start.end() :]}"
    return "\\" + markdown


def from_markdown(markdown: str) -> str:
    """What :func:`to_markdown` was given; entities and escapes of others likewise."""
    if "\\" not in markdown and "&" not in markdown:
        return markdown

    def shown(found: re.Match[str]) -> str:
        if found["typed"]:
            return found["typed"]
        return html.unescape(found[0]) if found["entity"] else found[0]

    return _FROM_MARKDOWN.sub(shown, markdown)


def to_html(text: str) -> str:
    """HTML that shows ``text``; quotes and lone ``<`` and ``&`` stay."""
    return _TO_HTML.sub(lambda m: f"&#{ord(m[0])};" if m["unseen"] else html.escape(m[0]), text)


def from_html(markup: str) -> str:
    """What :func:`to_html` was given; tags stay."""
    return _FROM_HTML.sub(lambda m: html.unescape(m[0]), markup) if "&" in markup else markup
