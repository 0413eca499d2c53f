"""``shortlist queue …`` and ``shortlist add``: what waits, and the answers to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    DryRunOption,
    JsonOption,
    read_config,
    utc_now,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from db.records import Candidate, Paper, Verdict
    from pipeline.config import Config

IdsArgument = Annotated[
    list[str], typer.Argument(metavar="ID", help="arXiv identifiers or addresses.")
]
IdArgument = Annotated[str, typer.Argument(metavar="ID", help="arXiv identifier or address.")]
TopicOption = Annotated[
    str, typer.Option("--topic", metavar="T", help="A topic of the list, or how it begins.")
]

queue_app = typer.Typer(help="What waits for a decision, and decisions.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    queue_app.command("list", epilog="Example: shortlist queue list --topic privacy")(list_queue)
    queue_app.command("show", epilog="Example: shortlist queue show 2207.12020")(show_candidate)
    queue_app.command(
        "approve", epilog="Example: shortlist queue approve 2207.12020 2207.12391 --topic evasion"
    )(approve)
    queue_app.command(
        "reject", epilog='Example: shortlist queue reject 2207.12106 --reason "off topic"'
    )(reject)
    queue_app.command("defer", epilog="Example: shortlist queue defer 2207.12263")(defer)
    queue_app.command("undo", epilog="Example: shortlist queue undo 2207.12020 --dry-run")(undo)
    app.add_typer(queue_app, name="queue")
    app.command("add", epilog="Example: shortlist add https://arxiv.org/abs/2302.06637")(add)


def list_queue(
    *,
    state: Annotated[
        str,
        typer.Option(
            metavar="STATE",
            help="pending, deferred, approved, rejected, published, expired, or all.",
            show_default="what waits: pending and deferred",
        ),
    ] = "",
    topic: TopicOption = "",
    as_json: JsonOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show candidates, most relevant first."""
    from db.records import State
    from pipeline import wiring

    settings = read_config(config)
    states = _states(state) or {State.PENDING, State.DEFERRED}
    heading = _topic(settings, topic)
    queue = wiring.open_queue(settings)
    candidates = [
        candidate
        for candidate in queue.candidates(topic=heading or None)
        if candidate.state in states
    ]
    if as_json:
        show.print_json([show.candidate_as_json(candidate) for candidate in candidates])
    else:
        show.print_queue(candidates)


def show_candidate(
    paper: IdArgument, *, as_json: JsonOption = False, config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Show one candidate and the entry it would become."""
    from pipeline import wiring
    from pipeline.decisions import identifiers

    settings = read_config(config)
    queue = wiring.open_queue(settings)
    candidate = queue.get(identifiers([paper])[0])
    draft = _drafted(settings, candidate)
    if as_json:
        show.print_json(
            {
                **show.candidate_as_json(candidate),
                "authors": list(candidate.paper.authors),
                "abstract": candidate.paper.abstract,
                "comment": candidate.paper.comment,
                "topics": [
                    {"topic": ranked.topic, "probability": round(ranked.probability, 4)}
                    for ranked in candidate.topics
                ],
                "model": candidate.model,
                "evidence": show.evidence_as_json(candidate.evidence),
                "reviewer": candidate.reviewer,
                "commit": candidate.commit,
                "entry": draft,
            }
        )
    else:
        show.print_candidate(candidate, queue.history(candidate.paper.arxiv_id), draft)


def approve(
    papers: IdsArgument, *, topic: TopicOption = "", config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Approve candidates for the next publication."""
    from db.records import Verdict

    _decide(config, papers, Verdict.APPROVE, topic=topic)
    show.print_line("next: shortlist publish")


def reject(
    papers: IdsArgument,
    *,
    reason: Annotated[
        str, typer.Option("--reason", metavar="R", help="Kept with the decision.")
    ] = "",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Reject candidates: they never come back."""
    from db.records import Verdict

    _decide(config, papers, Verdict.REJECT, reason=reason)


def defer(papers: IdsArgument, *, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Leave candidates for later: they do not expire."""
    from db.records import Verdict

    _decide(config, papers, Verdict.DEFER)


def undo(
    paper: IdArgument,
    *,
    force: Annotated[
        bool,
        typer.Option("--force", help="Take an entry out of the list though a person changed it."),
    ] = False,
    dry_run: DryRunOption = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Take back the last decision on a candidate.

    Of a published one the entry leaves the list too, as a commit of its own; it then waits for a
    decision again.
    """
    from pipeline import wiring
    from pipeline.decisions import identifiers
    from pipeline.withdrawal import undo as take_back

    settings, now = read_config(config), utc_now()
    (arxiv_id,) = identifiers([paper])
    if dry_run:
        with wiring.dry_run(settings) as (copy, publisher):
            job = wiring.make_undo_job(copy, now=now, publisher=publisher)
            undone = take_back(job, arxiv_id, force=force)
            show.print_undone(undone, diff=publisher.diff)
    else:
        undone = take_back(wiring.make_undo_job(settings, now=now), arxiv_id, force=force)
        show.print_undone(undone)


def add(
    paper: IdArgument, *, topic: TopicOption = "", config: ConfigOption = DEFAULT_CONFIG
) -> None:
    """Take in a paper met elsewhere, drafted and approved.

    Without --topic the model picks the likeliest one.
    """
    from pipeline import wiring
    from pipeline.decisions import add_paper, identifiers
    from pipeline.publication import read_lists

    settings, now = read_config(config), utc_now()
    lists = read_lists(settings.list.paths)
    heading = _topic(settings, topic)
    queue = wiring.open_queue(settings)
    with show.progress_bar("reading the abstract") as progress:
        candidate = add_paper(
            _find_paper(settings, identifiers([paper])[0]),
            queue,
            lists,
            topic=heading,
            scorer=wiring.make_scorer(settings, progress=progress),
            aliases=wiring.topic_aliases(settings),
            reviewer=wiring.reviewer(settings),
            now=now,
        )
    show.print_line(f"{candidate.paper.arxiv_id} approved for {candidate.topic}:")
    show.print_line()
    show.print_line(_drafted(settings, candidate))
    show.print_line()
    show.print_line("next: shortlist publish")


def _decide(
    config: Path, papers: list[str], verdict: Verdict, *, topic: str = "", reason: str = ""
) -> None:
    from pipeline import wiring
    from pipeline.decisions import decide_on

    settings = read_config(config)
    decided = decide_on(
        wiring.open_queue(settings),
        papers,
        verdict,
        reviewer=wiring.reviewer(settings),
        now=utc_now(),
        topic=_topic(settings, topic),
        reason=reason,
    )
    _print_decided(decided)


def _print_decided(decided: Sequence[Candidate]) -> None:
    for candidate in decided:
        show.print_line(
            f"{candidate.state.value} {candidate.paper.arxiv_id} {candidate.paper.title}"
            f" ({candidate.topic})"
        )


def _states(name: str) -> set[str]:
    from db.records import State

    known = [state.value for state in State]
    if name in {"", "all"}:
        return set(known) if name else set()
    if name not in known:
        raise typer.BadParameter(f"{name!r} is no state; known: {', '.join([*known, 'all'])}")
    return {name}


def _topic(settings: Config, name: str) -> str:
    """The list's own spelling of a topic that a person typed; "" stays ""."""
    if not name:
        return ""
    from pipeline.decisions import topic_named
    from pipeline.publication import read_lists

    return topic_named(name, read_lists(settings.list.paths))


def _find_paper(settings: Config, arxiv_id: str) -> Paper:
    """The paper from memory, from recorded days, or from arXiv, in this order."""
    from pipeline import wiring

    return wiring.find_paper(settings, arxiv_id)


def _drafted(settings: Config, candidate: Candidate) -> str:
    """The entry as it will stand in the list; or why it cannot be drafted."""
    from pipeline.errors import DraftError
    from pipeline.lists.writer import convention, render_entry
    from pipeline.publication import read_lists
    from pipeline.triage.draft import draft_entry, vocabulary_of

    lists = read_lists(settings.list.paths)
    try:
        entry = draft_entry(candidate, vocabulary_of(e for file in lists for e in file.entries))
    except DraftError as error:
        return str(error)
    return "\n".join(render_entry(entry, convention(lists[0])))
