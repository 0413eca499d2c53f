"""What a page is made of, apart from its words: as a browser and as GitHub would read it."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from pipeline.lists.harmless import WORD_JOINER

Elements = list[tuple[str, tuple[str, ...]]]
"""Each element's name and its attributes: names, and values of those that lead somewhere."""

LEADS = {"href", "src", "action", "srcset", "srcdoc", "style", "class", "id", "name", "type"}
ACTS_ON_GITHUB = re.compile(
    r"@\w|(?<!&)#\d|\bGH-\d|://|\bwww\.|\b[0-9a-f]{7,40}\b|:[a-z0-9_+-]+:", re.IGNORECASE
)
"""What GitHub makes a mention, a reference, an address, a commit or an emoji of."""

_GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: Elements = []
        self.words: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = tuple(f"{key}={value}" if key in LEADS else key for key, value in attrs)
        self.elements.append((tag, said))
        self._inside.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.elements.append(("!--", ()))

    def handle_decl(self, decl: str) -> None:
        self.elements.append(("!", (decl,)))

    def unknown_decl(self, data: str) -> None:
        self.elements.append(("![", ()))

    def handle_pi(self, data: str) -> None:
        self.elements.append(("?", ()))


def html_shape(html: str) -> Elements:
    """The elements of a page, in their order."""
    return _read(html).elements


def html_words(html: str) -> str:
    """What a reader of the page reads."""
    return "".join(_read(html).words)


def rendered(markdown: str) -> str:
    """Markdown as GitHub renders it, but for what it does to plain words."""
    return _GITHUB.render(markdown)


def markdown_shape(markdown: str) -> Elements:
    """The elements of Markdown as it is rendered."""
    return html_shape(rendered(markdown))


def words_without_joiners(html: str) -> str:
    return html_words(html).replace(WORD_JOINER, "")


def unseen(text: str, *, allowed: str = "\n") -> set[str]:
    """Characters that drive a terminal, hide, turn text round or end a line unseen."""
    return {
        c
        for c in text
        if c not in allowed and unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"}
    }


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader
