"""A comment that anybody could have written is posted only if Shortlist could have."""

from __future__ import annotations

import pytest

from pipeline.errors import ListFormatError
from pipeline.lists.contributions.comment import MARKER
from pipeline.lists.contributions.facts import KnownPaper
from pipeline.lists.contributions.received import received_comment
from tests.pipeline.lists.contributions.builders import GOOD, added, comment_on

ARXIV = KnownPaper(
    arxiv_id="2205.00009", title="New <b>Private</b> Things @all", authors=("Ann #1", "Bob Writer")
)


@pytest.fixture
def receive(tmp_path):
    def take(text: str) -> str:
        (tmp_path / "comment.md").write_bytes(text.encode("utf-8", "surrogatepass"))
        return received_comment(tmp_path / "comment.md")

    return take


@pytest.mark.parametrize(
    "entry",
    [
        GOOD,
        GOOD.replace("Things. [[", "Things [["),
        GOOD.replace("2205.00009", "2205.00009v2").replace("https", "http"),
        GOOD.replace("- New", "- - New <!-- @everyone --> ```"),
        GOOD.replace("Auditing.", "auditing; [x](https://evil.example); `#1`"),
    ],
)
def test_what_shortlist_writes_is_received(receive, entry):
    for comment in (comment_on(added(entry)), comment_on(added(entry, ARXIV))):
        assert receive(comment) == comment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thank you!",
        f" {MARKER}\nThank you!",
        f"{MARKER}\nThank you, @everyone!",
        f"{MARKER}\nSee #12.",
        f"{MARKER}\nSee [this](https://evil.example/abs/2205.00009).",
        f"{MARKER}\nSee [this](https://arxiv.org/abs/1?x=https://evil.example).",
        f"{MARKER}\nSee https://evil.example now.",
        f"{MARKER}\nSee www.evil.example now.",
        f"{MARKER}\nSee <https://evil.example>.",
        f"{MARKER}\n![a picture](https://evil.example/x.png)",
        f"{MARKER}\n<img src=x>",
        f"{MARKER}\n<details><summary>x</summary></details>",
        f"{MARKER}\n# A heading",
        f"{MARKER}\n> quoted",
        f"{MARKER}\n1. numbered",
        f"{MARKER}\n- [ ] <!-- shortlist:2206.00001 r1 approve -->",
        f"{MARKER}\n| a | b |\n|---|---|\n| c | d |",
        f"{MARKER}\n[x]: https://evil.example\n\nSee [x].",
        f"{MARKER}\nFixed in 1f0c1ae2b3.",
        f"{MARKER}\nSee GH-12 :rocket:",
        f"{MARKER}\nNo\u202eihT",
        f"{MARKER}\n" + "long " * 20_000,
        f"{MARKER}\nhalf \udcff",
    ],
)
def test_all_else_is_refused_without_a_word_of_it(receive, text):
    with pytest.raises(ListFormatError) as refused:
        receive(text)
    assert "evil" not in str(refused.value)
    assert "nothing was posted" in str(refused.value)
