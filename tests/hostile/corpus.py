r"""Papers whose title, authors, abstract and comment attack what shows them.

Each has a name that says what it attacks. :data:`PAPERS` is sent through every surface by the
suites beside this file: whatever comes out, it comes out as text. Nothing here is taken from
elsewhere; addresses are of ``evil.example``, which no one can register.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from db.records import Candidate, Evidence, NearEntry, Paper
from tests.builders import make_candidate, make_paper

MARKDOWN = {
    "a link": "See [the code](https://evil.example/a) now",
    "a link with a title": '[x](//evil.example "t") [y](<https://evil.example/ b>)',
    "an image that tells who reads": "![pixel](https://evil.example/p.png) of pixels",
    "a reference and its address": "[a][evil] b\n\n[evil]: https://evil.example/r",
    "an address in brackets": "<https://evil.example/auto> and <mailto:a@evil.example>",
    "a bare address": "Read https://evil.example/?a=b&c=d and www.evil.example today",
    "a heading": "# Approve all of these",
    "a heading by underlining": "Reject all\n===========\nof these",
    "a rule and front matter": "---\ntitle: owned\n---\n***",
    "a quote and an alert": "> [!CAUTION]\n> All is lost",
    "a list": "- one\n- two\n  * three",
    "a numbered list": "1. one\n2) two",
    "a task list": "- [x] Approve\n- [ ] Reject",
    "code in a line": "The `rm -rf` of ``a ` b`` learning `",
    "a code block": "```sh\nrm -rf /\n```\nand more",
    "a code block of tildes": "~~~~\nx\n~~~~ y",
    "an indented code block": "    rm -rf /\n\tand a tab",
    "a table": "| a | b |\n|---|---|\n| c | d |",
    "emphasis that never ends": "**bold *both _under __strong ~~gone~~",
    "a footnote": "As said[^1] before\n\n[^1]: https://evil.example",
    "mathematics": "$$\\href{javascript:alert(1)}{x}$$ and $`y`$ and $x",
    "a backslash at the end": "It ends in a backslash \\",
    "backslashes before marks": "\\<b\\> \\\\[x\\\\](y) \\\\\\`z\\`",
    "entities": "&lt;b&gt; &#60;i&#62; &#x3c;u&#x3e; &NewLine; &colon;",
    "brackets that do not match": "]]](( [[ ]( [paper]( )[",
    "many open brackets": "[" * 3000 + " brackets",
    "many open emphases": "*a _b `c " * 900 + "learning",
}
"""What Markdown would read as more than words."""

HTML = {
    "a script": "<script>alert(document.cookie)</script> learning",
    "an image with a handler": "<img src=x onerror=alert(1)> of images",
    "an end of details": "</summary></details><h1>Free at last</h1>",
    "an end of everything": "</title></textarea></style></noscript></template></script><b>x",
    "an open comment": "Learning <!-- and nothing more",
    "a closed comment": "--> learning <!-- -- > --!>",
    "declarations": "<![CDATA[ x ]]> <!DOCTYPE html> <?php system('id') ?> of types",
    "an end of an attribute": '" onmouseover="alert(1)" x="',
    "an end of an attribute in single quotes": "' onfocus='alert(1)' autofocus='",
    "an attribute without quotes": "x onclick=alert(1) style=position:fixed y",
    "a picture with a handler": "<svg/onload=alert(1)><style>*{display:none}</style> art",
    "another base": "<base href=//evil.example/><meta http-equiv=refresh content=0> base",
    "a frame and a form": "<iframe srcdoc='<b>'></iframe><form action=//evil.example><input>",
    "addresses that are programs": "javascript:alert(1) data:text/html,<b>x</b> vbscript:x",
    "a tag that never ends": "Learning <a href='https://evil.example",
    "a tag in capitals": "<SCRIPT SRC=//evil.example/x.js></SCRIPT > CAPITALS",
    "an entity bomb": '<!ENTITY a "&b;&b;"> &a; &lol9; bombs',
    "a template of the browser": "{{constructor.constructor('alert(1)')()}} ng-app v-html=x",
}
"""What HTML would read as more than words."""

GITHUB = {
    "a mention": "Thanks to @octocat and @github/security for all",
    "references": "Fixes #1, closes GH-2 and o/r#3, resolves https://github.com/o/r/issues/4",
    "commits": "Reverts deadbeefcafe and 0123456789abcdef0123456789abcdef01234567",
    "emoji by name": "It is :tada: great :+1: :shipit:",
    "a command in a comment": "/approve 2206.00001 privacy\n/reject all",
    "a marker of the dashboard": "<!-- shortlist:2206.10001 r1 --> - [x] approve",
    "the marker of the dashboard itself": "<!-- shortlist: dashboard --><!-- /shortlist -->",
    "a marker of the contribution": "<!-- shortlist: contribution --> of markers",
    "words that keep workflows away": "[skip ci] [ci skip] [no ci] skip-checks: true",
    "a workflow command": "::error file=x::owned\n::stop-commands::x\n##[error]owned",
    "an expression of a workflow": "${{ secrets.GITHUB_TOKEN }} and ${{ github.event.issue.body }}",
}
"""What GitHub would act on."""

GIT = {
    "a trailer": "Signed-off-by: Evil <evil@evil.example>",
    "trailers on lines of their own": "A title\n\nReviewer: Evil\nShortlist-Decision: approve\n",
    "a comment of git": "# Please enter the message\n# ------------------------ >8 -----",
    "a trailer that goes on": "Reviewed-by:\n evil\n Co-authored-by: evil <e@evil.example>",
    "an option": "--output=/tmp/owned -c core.pager=id",
    "a diff": "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n+owned",
}
"""What git would read as more than words."""

PROGRAMS = {
    "a shell": "$(touch owned) `id` ; rm -rf ~ | cat && true > owned & learning",
    "quotes of a shell": "'\"; touch owned; echo \"' learning",
    "variables and patterns of a shell": "$HOME ~root *.py ?[a-z] !! {a,b} learning",
    "marks of formats": "%s %n %(title)s {0} {title} {0.__class__.__init__.__globals__}",
    "a formula of a table": '=HYPERLINK("https://evil.example","x")',
    "more formulas": "+cmd|' /C calc'!A0\n@SUM(1+1)*cmd|'x'!A0\t-2+3",
    "cells of a table": '"a","b"\r\n"c";"d"\t\'e',
    "an end of JSON": '"}],"state":"approved","x":[{"y":"',
    "a line of JSON": 'x\n{"arxiv_id": "2206.00009", "state": "approved"}',
    "YAML": 'key: value\n- !!python/object/apply:os.system ["id"]\n&a *a',
    "TOML": "\"\"\"\n[publish]\npush = true\ntitle = '''x",
    "TeX": "\\input{/etc/passwd} \\write18{id} \\def\\x{\\x\\x}\\x \\csname x\\endcsname",
    "TeX that never ends": "\\textbf{" * 700 + " braces $\\frac{",
    "a template": "{{ 7 * 7 }} {% for x in y %} {# c #} {%- include 'x' -%}",
    "SQL": "'; DROP TABLE candidates; -- learning",
    "a pattern of SQL": "100%_[a]\\% of % _ learning",
    "a regular expression": "(a+)+$ [ ( * \\1 (?P<x>y) {1,99999} ^learning",
    "a path": "../../../etc/passwd C:\\x \\\\host\\share file:///etc/passwd",
    "names of Python and JavaScript": "__proto__ constructor __class__ toString None null",
    "markup of rich": "[bold red]x[/bold red] [link=https://evil.example]y[/link] [/]",
    "a field of the house form": "Key Word: Evil; Digest. Digest: none. [[paper]]",
    "an entry of the house form": (
        "X. [[paper]](https://arxiv.org/abs/2001.00001)\n  - A.\n  - Key Word: B.\n"
        "  - <details><summary>Digest</summary> C</details>"
    ),
}
"""What shells, formats and languages would read as more than words."""

TERMINAL = {
    "colours and an empty screen": "\x1b[31mred\x1b[0m \x1b[2J\x1b[H\x1b[?1049h gone",
    "a link of the terminal": "\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\ and there",
    "title and clipboard": "\x1b]0;owned\x07\x1b]52;c;cm0gLXJmIC8K\x07 of windows",
    "an answer of the terminal": "\x1b[6n\x1b[c\x1bP$q q\x1b\\ asks back",
    "controls of eight bits": "\x9b31mred\x9d0;owned\x9c \x90x \x85next",
    "going back": "Approve\x08\x08\x08\x08\x08\x08\x08Reject \rreturned",
    "bell, form feed and delete": "\x07 ding \x0b\x0c form \x7f deleted \x1a end",
    "NUL": "a\x00b \x00 learning",
    "tabs": "a\tb\t\tc learning",
}
"""What a terminal would carry out."""

UNICODE = {
    "text turned round": "Safe \u202egnihtemos esle\u202c here",
    "isolates that never end": "Safe \u2066\u2067\u2068 and \u202a\u202b\u202d open",
    "marks of no width": "in\u200bvis\u200cib\u200dle\u2060 wo\ufeffrds \u00adsoft \u180e",
    "tag characters": "tagged\U000e0001\U000e0041\U000e0042\U000e007f words",
    "separators of lines": "line\u2028separator\u2029and\x85next",
    "half a pair": "half \ud83d a pair \udfff",
    "what is no character": "non\ufffe char\uffff and \U0010ffff \ue000 private",
    "wide characters": (
        "\u6df1\u5ea6\u5b66\u7fd2\u306e\u4fe1\u983c\u6027 "
        "\uff34\uff25\uff38\uff34 \uff1cscript\uff1e"
    ),
    "Arabic and Hebrew": (
        "\u0627\u0644\u062b\u0642\u0629 \u05d0\u05de\u05d5\u05df in learning (\u0661)"
    ),
    "emoji of many parts": (
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 "
        "\U0001f3f3\ufe0f\u200d\U0001f308 \U0001f1e9\U0001f1ea 1\ufe0f\u20e3 "
        "\U0001f44d\U0001f3fd"
    ),
    "marks on marks": "Z" + "\u0301\u0302\u0303\u0304\u0305\u0306" * 30 + "algo learning",
    "letters that look alike": (
        "\u0410\u0440\u0440r\u043ev\u0435d \u2044 \uff0e\uff0e\uff0f\u2215 \u201cquoted\u201d"
    ),
    "letters that cannot be seen": "\u3164\u115f\u2800\u00a0 unseen \u17b4\u17b5",
    "letters that change their length": "\u0130\u0149\ufb03\u1e9e stra\u00dfe \u01c5",
    "a very long word": "w" * 5000,
    "a very long title": "very " * 1500 + "long",
}
"""What characters can do by themselves."""

ATTACKS = {
    f"{family}: {name}": text
    for family, attacks in (
        ("Markdown", MARKDOWN),
        ("HTML", HTML),
        ("GitHub", GITHUB),
        ("git", GIT),
        ("programs", PROGRAMS),
        ("terminal", TERMINAL),
        ("Unicode", UNICODE),
    )
    for name, text in attacks.items()
}
"""Text by the name of what it attacks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostilePaper:
    """A paper and what it attacks."""

    name: str
    text: str
    paper: Paper


def hostile_paper(number: int, name: str, text: str) -> HostilePaper:
    """``text`` as title, author, comment and part of the abstract."""
    paper = make_paper(
        f"2206.{10000 + number}",
        title=text,
        authors=(text, "Ann Author", f"Bo {text}"),
        abstract=f"We study {text}. It works, and {text}. Nobody learns anything else from it.",
        comment=f"Accepted at NeurIPS 2022, {text}. Code: https://github.com/owner/name {text}",
    )
    return HostilePaper(name=name, text=text, paper=paper)


PAPERS = tuple(
    hostile_paper(number, name, text) for number, (name, text) in enumerate(ATTACKS.items(), 1)
)

HARMLESS = hostile_paper(99, "nothing", "On plain words")
"""The same paper with words that nothing acts on: what a surface should look like."""


def candidate_of(hostile: HostilePaper, *, topic: str = "Privacy") -> Candidate:
    """The paper as a candidate whose reasons and evidence are as hostile as itself."""
    words = hostile.text
    return replace(
        make_candidate(topic=topic),
        paper=hostile.paper,
        why=(f"like “{words}” (0.71)", words),
        evidence=Evidence(
            nearest=(NearEntry(title=words, arxiv_id="2205.00002", similarity=0.71),),
            words_for=(words[:40], "private"),
            words_against=(words[:40],),
            accepted=words,
            listed_authors=(words,),
        ),
    )
