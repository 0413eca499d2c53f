"""Lists made of text, for rules to look at."""

from __future__ import annotations

from pathlib import Path

from pipeline.lists.reader import parse_list
from pipeline.lists.rules import RULES, Finding, Lists, check_lists, find_rules
from pipeline.lists.rules.example import AS_OF, PREVIEW_DAYS

PREVIEW = Path("README.md")


def lists_of(*texts: str | bytes, in_all_files: bool = False) -> Lists:
    """Files of these texts, the first one the preview."""
    names = [PREVIEW, *(Path(f"FULL_{number}.md") for number in range(1, len(texts)))]
    return Lists(
        files=tuple(
            parse_list(name, text.encode() if isinstance(text, str) else text)
            for name, text in zip(names, texts, strict=True)
        ),
        preview=PREVIEW,
        preview_days=PREVIEW_DAYS,
        as_of=AS_OF,
        in_all_files=in_all_files,
    )


def find(rule: str, *texts: str | bytes, **options: bool) -> tuple[Finding, ...]:
    """What one rule finds in files of these texts."""
    return check_lists(lists_of(*texts, **options), find_rules([rule]))


def rule_names(*texts: str) -> list[str]:
    """Names of all rules that find something, once for each finding."""
    return [finding.rule for finding in check_lists(lists_of(*texts), RULES)]


def entry(
    arxiv_id: str = "2205.00001",
    title: str = "Some Things",
    *,
    links: str = "",
    authors: str = "Ada Example, Bo Sample.",
    keywords: str = "Key Word: Auditing.",
    digest: str = "<details><summary>Digest</summary> Some things are so.</details>",
) -> str:
    """One entry, its links as given or to arXiv; a part that is "" has no line."""
    first = f"- {title}. {links or f'[[paper]](https://arxiv.org/abs/{arxiv_id})'}"
    return "\n  - ".join([first, *filter(None, (authors, keywords, digest))]) + "\n"


def topic(*entries: str, name: str = "Privacy") -> str:
    """A topic with these entries."""
    return "\n".join([f"## {name}\n", *entries])
