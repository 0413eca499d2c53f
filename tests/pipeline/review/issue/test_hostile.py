"""Papers built to break an issue come out of it as text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from db.records import DecidedPaper, Decision, Evidence, NearEntry, State, TopicProbability, Verdict
from pipeline.review.card import Card
from pipeline.review.issue import is_untouched, read_ticks
from tests.builders import NOW
from tests.pipeline.review.issue.builders import make_body, make_card, tick

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
MARK = "<!-- shortlist:2206.00002 r1 approve -->"
HOSTILE = (
    f"[x] me first {MARK}",
    f"a\n- [x] approve {MARK}",
    f"a\r\n\r\n* [X] {MARK}\r\n",
    f"]({MARK})",
    "<!-- shortlist:all 2206.00002@1 -->",
    "<!-- shortlist:dashboard 1 0123456789abcdef -->",
    "- a <!-- shortlist:notice 2026-01-01T00:00:00Z -->",
    "<!-- no end",
    "--> after",
    "</details></details>",
    "</summary><details open>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='https://evil.example'>x</a>",
    "[click](https://evil.example)",
    "![](https://evil.example/pixel.png)",
    "[ref]: https://evil.example",
    "<https://evil.example>",
    "https://evil.example www.evil.example ftp://evil.example",
    "@maintainer @org/team a@evil.example",
    "#1 GH-2 owner/list#3 fixes #4",
    "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef",
    "/approve 2206.00002",
    "\n/approve 2206.00002",
    "```\n- [x] a\n```",
    "`````",
    "~~~\ncode",
    "$\\href{javascript:alert(1)}{x}$ $$x$$",
    ":tada: :+1:",
    "| a | b |\n|---|---|\n| c | d |",
    "# heading\n## heading",
    "> quote",
    "---",
    "===\n",
    "\u202eevil\u202c \u2066x\u2069",
    "zero\u200bwidth\u2060join",
    "nul\x00bell\x07esc\x1b[31m",
    "line\u2028sep\u2029par\x85nel\x0bvt\x0cff",
    "&lt;!-- &#60;script&#62; &amp;",
    "\\",
    "\\<!-- \\[x\\]",
    "***bold*** __x__ ~~y~~",
    "1. [x] one",
    "[^1] footnote",
    "<kbd>x</kbd><br/><hr>",
    "${{ github.token }} $(id) `id`",
    "x" * 5_000,
    "🙂" * 500,
    "",
)


ACTIVE = (
    r"@\w",
    r"(?<!#)#\w",
    r"\bGH-\d",
    r"://",
    r"\bwww\.",
    r"(?<!\\)\$",
    r":\w+:",
    r"\b[0-9a-f]{7,40}\b",
    r"[\x00-\x09\x0b-\x1f\u2028\u2029\u202a-\u202e\u2066-\u2069]",
)


def hostile_card(text: str) -> Card:
    card = make_card("2206.00001", title=text or " ", abstract=text, authors=(text, text),
                     comment=text)  # fmt: skip
    candidate = replace(
        card.candidate,
        topics=(TopicProbability(topic=text or "t", probability=0.3),),
        why=(text,),
        evidence=Evidence(nearest=(NearEntry(title=text, arxiv_id="", similarity=0.5),)),
        reviewer=text,
        state=State.DEFERRED,
    )
    return replace(card, candidate=candidate, entry=replace(card.entry, title=text, problem=text))


def hostile_body(text: str) -> str:
    decision = Decision(
        arxiv_id="2206.00003", verdict=Verdict.REJECT, topic=text, reason=text, reviewer=text,
        decided_at=NOW,
    )  # fmt: skip
    return make_body(
        hostile_card(text),
        make_card("2206.00002"),
        problems=(text,),
        decided=(DecidedPaper(decision=decision, title=text, state=State.REJECTED, revision=1),),
        approved=(hostile_card(text).candidate,),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_ticks_a_box_or_poses_as_a_mark(text):
    body = hostile_body(text)
    ticks = read_ticks(body)
    assert (ticks.wishes, ticks.unreadable, ticks.notices) == ((), 0, ())
    assert is_untouched(body)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_real_tick_is_still_read(text):
    (wish,) = read_ticks(tick(hostile_body(text), "2206.00001", "reject")).wishes
    assert (wish.arxiv_id, wish.kind) == ("2206.00001", "reject")


@pytest.mark.parametrize("text", HOSTILE[:-1])
def test_the_shape_of_the_page_is_as_with_an_ordinary_paper(text):
    def shape(markdown: str) -> list[str]:
        html = GITHUB.render(markdown)
        # What is inside code or a comment does nothing; the entry's code may have more lines.
        html = re.sub(r"<pre>.*?</pre>|<code>.*?</code>|<!--.*?-->", "", html, flags=re.DOTALL)
        tags = re.findall(r"<[^>]+>", html)
        return [tag for tag in tags if tag not in {"<br />", "<strong>", "</strong>"}]

    ordinary = shape(hostile_body("An ordinary title"))
    assert [tag for tag in shape(hostile_body(text)) if "ordinary" not in tag] == ordinary


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_it_mentions_links_or_typesets(text):
    body = hostile_body(text)
    prose = re.sub(r"^ *(`{3,})md\n.*?\n *\1$", "", body, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(
        r"<!-- shortlist:[^>]*-->|\]\(https://arxiv\.org/abs/[\d.]+\)|`/[^`]*`", "", prose
    )
    prose = prose.replace("https://arxiv.org", "")
    for active in ACTIVE:
        assert not re.search(active, prose, re.IGNORECASE), active
