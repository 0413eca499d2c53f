from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.lists.tex import plain_title


@pytest.mark.parametrize(
    ("tex", "plain"),
    [
        (r"Sch\"olkopf and Tram\`{e}r", "Schölkopf and Tramèr"),
        (r"{\O}rsted, L\o ren, Erd\H{o}s", "Ørsted, Løren, Erdős"),
        (r"\textit{Foo} in \texttt{bar}", "Foo in bar"),
        (r"{GAN}s and R\&D at 100\%", "GANs and R&D at 100%"),
        (r"``Quoted'' Title~3", "“Quoted” Title 3"),
        (r"$\beta$-VAE and 50$\times$ Faster", "β-VAE and 50× Faster"),
        (r"$\ell_p$ and $L_2$ in $\mathbb{R}^d$", "ℓₚ and L₂ in ℝᵈ"),
        (r"$10^{-3}$ of $O(n \log n)$", "10⁻³ of O(n log n)"),
        (r"$\mathcal{L}(\epsilon)$", "\u2112(ϵ)"),
    ],
)
def test_tex_with_a_plain_form_becomes_unicode(tex: str, plain: str):
    assert plain_title(tex) == plain


@pytest.mark.parametrize(
    "title",
    [
        "Plain Title: A & B, 5% of $10 -- or less",
        r"\unknownmacro{bar} stays",
        r"$\frac{a+b}{2}$ and $\ell_\infty$ and $f_{\theta}$",
        r"\emph{never closed",
        "A backslash at the end\\",
        "Between $5 and $10",
        "f(x) = [0, 1]",
    ],
)
def test_what_has_no_plain_form_stays_as_typed(title: str):
    assert plain_title(title) == title


def test_white_space_is_collapsed():
    assert plain_title("Two\n  lines") == "Two lines"


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("ab1 \\${}^_~&%#'`\"-[]é") | st.characters(), max_size=20))
def test_no_title_is_too_strange(title: str):
    plain_title(title)
