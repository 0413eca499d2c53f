"""``shortlist evaluate --drafts``: how near drafted entries come to the maintainers' own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.cli import show

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any


def evaluate_drafts(list_repo: Path, papers: tuple[Path, ...], *, as_json: bool) -> None:
    """Draft every listed paper with an abstract anew, and print how well.

    Args:
        list_repo: The list's repository, or a bundle of it.
        papers: Files with abstracts of listed papers.
        as_json: Whether to print one JSON document instead of tables.
    """
    from pipeline.draft_evaluation import evaluate

    with show.progress_bar("drafting entries") as progress:
        document = evaluate(list_repo, papers, progress=progress)
    if as_json:
        show.print_json(document)
        return
    for part, title in (("all", "listed papers with abstract"), ("unseen", "of them unseen")):
        _print_part(document[part], title)


def _print_part(figures: Any, title: str) -> None:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in (f"{figures['n']} {title}", "drafted", "", "baseline", ""):
        table.add_column(heading, justify="left" if heading == table.title else "right")
    table.columns[0].justify = "left"
    table.add_row("", "precision", "recall", "precision", "recall")
    keywords, venue, code = (figures[part] for part in ("keywords", "venue", "code_link"))
    table.add_row("key words", *_pair(keywords), *_pair(keywords["baseline"]))
    table.add_row("  from the earlier list", *_pair(keywords["earlier_list_only"]), "", "")
    table.add_row("venue", *_pair(venue), *_pair(venue["baseline"]))
    table.add_row("  where the comment names it", *_pair(venue["where_the_comment_names_it"]))
    table.add_row("code link", *_pair(code), *_pair(code["baseline"]))
    table.add_row("  where the text has it", *_pair(code["where_the_text_has_it"]))
    digest = figures["digest"]
    low, high = digest["interval"]
    show.console().print(table)
    show.print_line(
        f"digest, ROUGE-L: {digest['rouge_l']:.3f} ({low:.3f} to {high:.3f}), first three sentences"
        f" {digest['baseline']['rouge_l']:.3f}, best possible {digest['best_possible']:.3f}"
    )
    show.print_line()


def _pair(overlap: Mapping[str, Any]) -> tuple[str, str]:
    return f"{overlap['precision']:.2f}", f"{overlap['recall']:.2f}"
