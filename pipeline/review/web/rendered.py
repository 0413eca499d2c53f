"""An entry's Markdown as HTML, as GitHub would show it, and harmless whatever it holds.

Rendered by CommonMark with its raw HTML, then let through a list of elements:
what is not on it comes out as text. So an escape that the list's writer forgot
is seen here, and does nothing.
"""

from __future__ import annotations

import html
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import urlsplit

from markdown_it import MarkdownIt

_ELEMENTS = frozenset({"ul", "ol", "li", "p", "a", "em", "strong", "code", "details", "summary"})
_BARE = frozenset({"br"})


@lru_cache(maxsize=1)
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark").disable("image")


def render_html(markdown: str) -> str:
    """HTML of a few elements, all of them closed."""
    sieve = _Sieve()
    sieve.feed(_markdown().render(markdown))
    sieve.close()
    return sieve.result()


class _Sieve(HTMLParser):
    """Keeps the elements of a list; the rest becomes text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []

    def result(self) -> str:
        return "".join([*self._parts, *(f"</{tag}>" for tag in reversed(self._open))])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BARE:
            self._parts.append(f"<{tag}>")
        elif tag not in _ELEMENTS:
            self.handle_data(self.get_starttag_text() or "")
        else:
            self._parts.append(f"<{tag}{_link(dict(attrs)) if tag == 'a' else ''}>")
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BARE:
            self.handle_starttag(tag, attrs)
        else:
            self.handle_data(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self._open:
            return
        while self._open:
            last = self._open.pop()
            self._parts.append(f"</{last}>")
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        self._parts.append(html.escape(data))

    def handle_comment(self, data: str) -> None:
        self.handle_data(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.handle_data(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.handle_data(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.handle_data(f"<![{data}]>")


def _link(attributes: dict[str, str | None]) -> str:
    address = attributes.get("href") or ""
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return ""
    if scheme not in {"http", "https"}:
        return ""
    return f' href="{html.escape(address)}" rel="noopener noreferrer" target="_blank"'
