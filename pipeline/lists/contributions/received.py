"""A comment on a contribution that came from where anybody could have written it.

The run that judges a pull request from a fork takes its workflow from the pull
request, so what it hands over may be anything. Posted is only what the comment
of :mod:`.comment` could be: prose, emphasis and lists, everything else in
code, no link but to arXiv, nobody mentioned.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.errors import ListFormatError
from pipeline.lists.contributions.comment import MARKER, MOST_CHARACTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from markdown_it.token import Token

_ALLOWED = frozenset(
    {
        "paragraph_open",
        "paragraph_close",
        "bullet_list_open",
        "bullet_list_close",
        "list_item_open",
        "list_item_close",
        "fence",
        "inline",
        "text",
        "softbreak",
        "code_inline",
        "strong_open",
        "strong_close",
        "em_open",
        "em_close",
        "link_open",
        "link_close",
    }
)
_ARXIV_LINK = re.compile(r"https://arxiv\.org/abs/[\w./-]+", re.ASCII)
_MADE_MORE_OF = re.compile(
    r"[@#$<>&|\\*`]|://|\bwww\.|\bGH-\d|:\w+:|\b[0-9a-f]{7,}\b|[\u202a-\u202e\u2066-\u2069]",
    re.IGNORECASE,
)
"""What GitHub makes more of than words, where it is not in code.

Source: https://docs.github.com/en/get-started/writing-on-github: mentions, references to issues
and commits, autolinks, mathematics, emoji.
"""


def received_comment(path: Path) -> str:
    """The comment in a file, if it is one that may be posted.

    Raises:
        ListFormatError: It is no such comment; the message says nothing of what it holds.
    """
    try:
        data = path.read_bytes()[: 4 * MOST_CHARACTERS + 1]
        text = data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _refusal(path, "cannot be read") from error
    if len(text) > MOST_CHARACTERS:
        raise _refusal(path, f"has more than {MOST_CHARACTERS:,} characters")
    marker, _, rest = text.partition("\n")
    if marker != MARKER:
        raise _refusal(path, "does not begin as Shortlist's comments do")
    from markdown_it import MarkdownIt

    # Tables and autolinks are GitHub's, beyond CommonMark.
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(rest)
    if problem := next(_problems(tokens), ""):
        raise _refusal(path, problem)
    return text


def _problems(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type not in _ALLOWED:
            yield "holds more than prose, lists and code"
        elif token.type == "text" and _MADE_MORE_OF.search(token.content):
            yield "holds text outside of code that GitHub would make more of"
        elif token.type == "link_open" and not _ARXIV_LINK.fullmatch(str(token.attrGet("href"))):
            yield "links to elsewhere than arXiv"
        else:
            yield from _problems(token.children or ())


def _refusal(path: Path, problem: str) -> ListFormatError:
    return ListFormatError(path, 0, problem, hint="nothing was posted")
