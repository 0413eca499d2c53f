"""Made-up titles, abstracts and authors, with everything odd that arXiv really has.

Each oddity stands for a row of the reference page's section 5.2. Nothing here
was written by, or about, real people.
"""

from __future__ import annotations

import random
from dataclasses import replace

from tests.arxiv_emulator.papers import Author, Texts

_TOPICS = (
    "membership inference",
    "fair ranking",
    "certified robustness",
    "tabular data",
    "speech models",
    "federated averaging",
    "graph rewiring",
    "machine unlearning",
    "watermarked text",
    "causal effects",
    "sparse attention",
    "weather fields",
)
_TITLES = (
    "On {a} under {b}",
    "Towards {a} without {b}",
    "How much does {a} say about {b}?",
    "{a}: a study of {b}",
    "Learning {a} from {b}",
    "Why {a} needs {b}",
)
_SENTENCES = (
    "We study {a} where only little is known of {b}.",
    "Earlier work on {a} assumed that {b} can be ignored, which it cannot.",
    "The method needs {n} examples and one pass over the data, whatever the order of arrival.",
    "We prove a bound of $O(\\sqrt{{n}} \\log {n})$ and show that it is tight up to constants.",
    "On {n} made-up tasks the proposed way of {a} is better by a clear margin.",
    "Our experiments on {b} show where this helps, and where it does not help at all.",
    "Surprisingly, {a} turns out to be no harder than {b}, provided the noise is bounded.",
    "Code is at https://github.com/example/method{n}.",
    "A careful ablation attributes most of the gain to {b}, and the rest to longer training.",
    "We close with a list of {n} open questions about {a} that we would like to see answered.",
)
_ODD_SENTENCES = (
    "The model writes <think> and </think> around its reasoning, and <EOS> at the end.",
    "For all $i<j>k$ the inner product $<x|y>$ is at most 1 & at least 0.",
    "See \\url{https://example.org/a_b} and \\textbf{Theorem 2} (https://example.org/code).",
    "This settles a question of Poincar\\'e and Erd\\H{o}s.\n  A second paragraph follows.",
)
_FIRST = ("Ada", "Bo", "Carla", "Dmitri", "Emeka", "Fatima", "Goran", "Hana", "Ilse", "Jun")
_LAST = ("Example", "Sample", "Muster", "Placeholder", "Tester", "Specimen", "Modelo", "Proba")
_COMMENTS = (
    "{n} pages, 7 figures",
    "Accepted at the Made-Up Conference {n}",
    "Under review",
    "Code: https://github.com/example/code{n}.",
)


def made_up_texts(arxiv_id: str, *, seed: int) -> Texts:
    """The same texts for the same identifier and seed."""
    rng = random.Random(f"{seed}/{arxiv_id}")
    a, b = rng.sample(_TOPICS, 2)
    number = rng.randrange(3, 900)
    sentences = rng.sample(_SENTENCES, 8)
    if rng.random() < 0.1:
        sentences.insert(4, rng.choice(_ODD_SENTENCES).replace("{", "{{").replace("}", "}}"))
    title = rng.choice(_TITLES).format(a=a, b=b)
    return Texts(
        title=f"{title[0].upper()}{title[1:]} ({arxiv_id})",
        abstract=" ".join(sentences).format(a=a, b=b, n=number),
        authors=tuple(
            Author(name=f"{rng.choice(_FIRST)} {rng.choice(_LAST)}")
            for _ in range(rng.choice((1, 2, 3, 4, 5, 6, 8)))
        ),
        comment=rng.choice(_COMMENTS).format(n=number) if rng.random() < 0.48 else "",
    )


_PAIR = (Author(name="Ada Example"), Author(name="Bo Sample"))


def _odd(title: str, abstract: str = "", authors: tuple[Author, ...] = _PAIR) -> Texts:
    return Texts(
        title=title, abstract=abstract or f"We look at one odd thing: {title}.", authors=authors
    )


ODDITIES: tuple[Texts, ...] = (
    _odd("0"),
    _odd("DUNOv9"),
    _odd("Let's <think> about models that <EOS>", _ODD_SENTENCES[0]),
    _odd("Inner products $<x|y>$ for all $i<j>k$", _ODD_SENTENCES[1]),
    _odd("Bread & butter &amp; jam", "Here &lt;b&gt; is literal, & so is &amp;; <b>bold</b> too."),
    _odd("On a conjecture of Poincar\\'e and Erd\\H{o}s", _ODD_SENTENCES[3]),
    _odd("\\textbf{Bold} and $\\mathbb{R}^d$", _ODD_SENTENCES[2]),
    _odd("A link at the end", "Code is at https://github.com/example/odd. (See also it.)"),
    _odd("  Indented   and \n hard wrapped", "  We begin with two spaces\nand break\nlines."),
    _odd("Two paragraphs", "The first one.\n  The second one, which is longer."),
    _odd("A crowd", authors=tuple(Author(name=f"Member {n}") for n in range(1, 3304))),
    _odd("One word each", authors=(Author(name="NOBODY"), Author(name="Team Nowhere"))),
    _odd(
        "Oddly named",
        authors=(
            Author(name="Nguyễn Example", tex="Nguy\\~ên Example"),
            Author(name=":"),
            Author(name=". Proba"),
            Author(name="Gabriel Sample1"),
            Author(name="Henry Tester III"),
        ),
    ),
    _odd(
        "Affiliated",
        authors=(
            Author(name="Ada Example", affiliation="Nowhere University"),
            Author(name="Dirk Müster", tex='Dirk M\\"uster', affiliation="Lab A, Lab B"),
        ),
    ),
    _odd("Twice the same", authors=(Author(name="Ada Example"), Author(name="Ada Example"))),
    replace(_odd("Two DOIs"), dois=("10.0000/made.up.1", "10.0000/made.up.2")),
    replace(_odd("Published elsewhere"), journal_ref="J. Made Up & Sons 12 (2021) 1--9"),
    replace(_odd("Classified"), acm="F.2.2; I.2.7", msc="68T50"),
    replace(_odd("Classified by one"), acm="I.2.7"),
    replace(_odd("Numbered"), report_no="MADE-UP-2026-07"),
    _odd("The same title"),
    _odd("The same title"),
    replace(_odd("Free"), license="http://creativecommons.org/licenses/by/4.0/"),
    replace(_odd("Commented"), comment="21 pages;\n  it's “quoted” & <tagged>"),
    _odd(
        "Beyond the plane: \U0001d53e and ½", "Emoji 🙂, a soft\u00adhyphen and a \u2028 separator."
    ),
)
"""One of each; :func:`~tests.arxiv_emulator.made_up.make_corpus` announces them first."""
