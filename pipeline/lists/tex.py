"""TeX in titles and names as plain Unicode where there is such a form, else left as typed.

arXiv delivers titles with what their authors typed. Knows no list and no Markdown.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORTH_PARSING = re.compile(r"[\\${}~]|``|''")
_LITERAL = re.compile(r"(?P<math>(?<!\\)\$(?!\s)[^$]*?[^\s$\\]\$(?!\d))|(?<!\\)[$%&]")
"""A dollar sign that opens no mathematics is money; ``%`` and ``&`` stand for themselves."""
_STAND_INS = str.maketrans({"$": "\ue000", "%": "\ue001", "&": "\ue002"})
_STOOD_FOR = {ord(stand_in): chr(sign) for sign, stand_in in _STAND_INS.items()}
_SCRIPT = re.compile(r"(?P<mark>[\^_])(?:\{(?P<group>[^{}^_]*)\}|(?P<one>\\[A-Za-z]+|[^\s\\{}]))")
_MACRO_SPACE = re.compile(r"(?P<macro>\\[A-Za-z]+)\s+")
"""A blank after a macro, which TeX would swallow and a reader would miss."""
_TRANSPARENT = frozenset({"mathrm", "mbox", "operatorname", "text", "textrm", "textsf", "texttt"})
"""Macros that show their argument as it is, and that pylatexenc does not know."""
_RAISED = dict(
    zip(
        "0123456789+-=()niabcdefghjklmoprstuvwxyzT*∘",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ*°",
        strict=True,
    )
)
_LOWERED = dict(
    zip("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True)
)


class _NoPlainFormError(Exception):
    """A piece of TeX has no plain Unicode form."""


def plain_title(tex: str) -> str:
    r"""``tex`` with accents, symbols and simple mathematics as Unicode.

    Macros nobody knows and mathematics without a plain form stay as typed, and
    so does ``--``, which the list keeps.

    >>> plain_title(r"Sch\"olkopf's $\ell_2$ bound and $\frac{a+b}{2}$")
    "Schölkopf's ℓ₂ bound and $\\frac{a+b}{2}$"
    """
    tex = " ".join(tex.split())
    if not _WORTH_PARSING.search(tex):
        return tex
    from pylatexenc.latexwalker import LatexWalker, LatexWalkerError

    source = _LITERAL.sub(lambda m: m[0] if m["math"] else m[0].translate(_STAND_INS), tex)
    try:
        nodes, _, length = LatexWalker(source, tolerant_parsing=False).get_latex_nodes()
        if length != len(source):  # A backslash at the end, which the walker drops.
            return tex
        plain = _nodes_to_text(nodes)
    except (LatexWalkerError, IndexError, RecursionError):
        # pylatexenc fails on a macro without its arguments, and on braces a thousand deep.
        return tex
    return " ".join(plain.translate(_STOOD_FOR).split())


def _nodes_to_text(nodes: Iterable[Any]) -> str:
    """The nodes one after the other, each plain or as typed."""
    pieces: list[str] = []
    after_unknown = False
    for node in nodes:
        kind = type(node).__name__
        as_typed = node.latex_verbatim()
        try:
            if after_unknown and kind == "LatexGroupNode":
                pieces.append(as_typed)
                continue
            after_unknown = False
            pieces.append(_node_to_text(node, kind))
        except _NoPlainFormError:
            after_unknown = kind == "LatexMacroNode"
            pieces.append(as_typed)
    return "".join(pieces)


def _node_to_text(node: Any, kind: str) -> str:
    if kind == "LatexCharsNode":
        return str(node.chars)
    if kind == "LatexGroupNode":
        return _nodes_to_text(node.nodelist)
    if kind == "LatexSpecialsNode":
        quotes = {"``": "“", "''": "”", "~": " "}
        return quotes.get(node.specials_chars, str(node.specials_chars))
    if kind == "LatexMathNode" and node.delimiters[0] in {"$", r"\("}:
        return _math_to_text(node)
    if kind == "LatexMacroNode":
        return _macro_to_text(node)
    raise _NoPlainFormError


def _macro_to_text(node: Any) -> str:
    arguments = _arguments(node)
    if node.macroname in _TRANSPARENT and len(arguments) == 1:
        return _nodes_to_text(arguments)
    if not node.macroname or not _is_known(node):
        raise _NoPlainFormError
    if any(_holds_unknown(argument) for argument in arguments):
        raise _NoPlainFormError
    text = str(_to_text().nodelist_to_text([node]))
    if not text or "<" in text:
        raise _NoPlainFormError
    return text


def _math_to_text(node: Any) -> str:
    """Mathematics as one run of plain characters."""
    if any(_holds_unknown(inner) for inner in node.nodelist):
        raise _NoPlainFormError
    body = node.latex_verbatim().strip("$").removeprefix(r"\(").removesuffix(r"\)")
    body = _MACRO_SPACE.sub(r"\g<macro>{} ", _SCRIPT.sub(_script, body))
    text = " ".join(str(_to_text().latex_to_text(body)).split())
    if not text or re.search(r"[\\^_{}<]|\d/\d{2}|[\w)][+-][\w(]*/|/\w*[+-]", text):
        raise _NoPlainFormError
    return text


def _script(found: re.Match[str]) -> str:
    """A sub- or superscript in small characters, if all of it has them."""
    table = _RAISED if found["mark"] == "^" else _LOWERED
    inner = found["one"] or found["group"] or ""
    text = str(_to_text().latex_to_text(inner)) if "\\" in inner else inner
    if not text or any(character not in table for character in text):
        raise _NoPlainFormError
    small = "".join(table[character] for character in text)
    return f"{{{small}}}"  # Braces, lest a macro's name before it go on.


def _holds_unknown(node: Any) -> bool:
    kind = type(node).__name__
    if kind == "LatexMacroNode":
        return not _is_known(node) or any(_holds_unknown(argument) for argument in _arguments(node))
    if kind in {"LatexGroupNode", "LatexMathNode"}:
        return any(_holds_unknown(inner) for inner in node.nodelist)
    return kind in {"LatexEnvironmentNode", "LatexCommentNode"}


def _is_known(macro: Any) -> bool:
    return _to_text().latex_context.get_macro_spec(macro.macroname) is not None


def _arguments(node: Any) -> list[Any]:
    given = node.nodeargd.argnlist if node.nodeargd else ()
    return [argument for argument in given or () if argument is not None]


@cache
def _to_text() -> Any:
    from pylatexenc.latex2text import LatexNodes2Text, get_default_latex_context_db

    database = get_default_latex_context_db()
    converter = LatexNodes2Text(latex_context=database, math_mode="text")
    converter.latex_context = database
    return converter
