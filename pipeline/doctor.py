"""What is set up and what is not, each with its next step. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from db.engine import current_revision
from db.errors import DatabaseError
from models.artifact import check_encoder, read_card
from models.errors import ModelsError
from pipeline import wiring
from pipeline.config import load_config
from pipeline.errors import PipelineError, PublishError, SetupError
from pipeline.job_runs import DAILY, find_skipped, how_to_run, last_runs
from pipeline.outcome import span_of
from pipeline.publication import read_lists
from pipeline.sources.recorded import recorded_days

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipeline.config import Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What.
        ok: Whether it is as it should be.
        detail: What was found, or the problem and the next step.
    """

    name: str
    ok: bool
    detail: str


def check_setup(config_path: Path) -> tuple[Check, ...]:
    """Everything a daily run needs, looked at one by one; no check stops another."""
    try:
        config = load_config(config_path)
    except PipelineError as error:
        return (Check(name="config", ok=False, detail=str(error)),)
    looks: dict[str, Callable[[Config], str]] = {
        "list repository": _repository,
        "list files": _lists,
        "sources": _sources,
        "database": _database,
        "encoder": _encoder,
        "model": _model,
        "author of commits": _author,
        "publishing": _publishing,
        "last run": _last_run,
        "other jobs": _other_jobs,
    }
    return (
        Check(name="config", ok=True, detail=str(config.path)),
        *(_check(name, look, config) for name, look in looks.items()),
    )


def _check(name: str, look: Callable[[Config], str], config: Config) -> Check:
    try:
        return Check(name=name, ok=True, detail=look(config))
    except (PipelineError, DatabaseError, ModelsError) as error:
        return Check(name=name, ok=False, detail=str(error))


def _repository(config: Config) -> str:
    repository = wiring.open_repository(config)
    branch = repository.branch()
    wanted = config.list.branch
    if branch is None or (wanted and branch != wanted):
        raise PublishError(
            f"{repository.root} has {branch or 'no branch'} checked out",
            hint=f"`git switch {wanted or 'BRANCH'}` before publishing",
        )
    return f"{repository.root}, branch {branch}"


def _lists(config: Config) -> str:
    files = read_lists(config.list.paths)
    counts = [f"{file.document.path.name}: {len(file.entries)} entries" for file in files]
    return f"{', '.join(counts)}; {len(files[0].topics)} topics"


def _sources(config: Config) -> str:
    if "recorded" not in config.sources.use:
        wiring.make_lookup(config)  # refuses a category that is none
        categories = ", ".join(config.sources.categories)
        contact = config.sources.contact or "no contact set: arXiv asks for one in [sources]"
        return f"{', '.join(config.sources.use)}: {categories}; {contact}"
    folder = config.sources.recorded
    days = recorded_days(folder) if folder else ()
    if not days:
        raise SetupError(f"{folder} holds no recorded day", hint="name them YYYY-MM-DD.jsonl.gz")
    return f"recorded: {span_of(days)}"


def _database(config: Config) -> str:
    queue = wiring.open_queue(config)
    counts = ", ".join(
        f"{number} {state.value}" for state, number in queue.counts().items() if number
    )
    revision = current_revision(wiring.open_engine(config))
    return f"revision {revision}; {counts or 'no candidates yet'}"


def _encoder(config: Config) -> str:
    encoder = wiring.make_encoder(config)
    encoder.verify()
    return f"{encoder.identity}, checksums verified"


def _model(config: Config) -> str:
    card = read_card(wiring.artifact_path(config))
    encoder = wiring.make_encoder(config)
    check_encoder(card, encoder.identity)
    headings = {topic.name for topic in read_lists(config.list.paths)[0].topics}
    unknown = sorted(headings - set(card.topics))
    note = f"; it never saw the topics {', '.join(unknown)}" if unknown else ""
    return f"{card.version}, {len(card.topics)} topics{note}"


def _author(config: Config) -> str:
    identity = wiring.author(config)
    return f"{identity.name} <{identity.email}>"


def _publishing(config: Config) -> str:
    if config.publish.mode == "commit":
        pushed = "pushed" if config.publish.push else "not pushed ([publish] push)"
        return f"commits, {pushed}"
    wiring.make_github(config)
    return (
        "pull requests; one that GITHUB_TOKEN of a workflow opens starts no checks, and the"
        " repository must allow it (Settings, Actions, General: Allow GitHub Actions to create"
        " and approve pull requests)"
    )


def _last_run(config: Config) -> str:
    ledger, today = wiring.open_ledger(config), datetime.now(UTC).date()
    run = last_runs(ledger).get(DAILY)
    if run is None:
        return "none yet"
    text = f"{run.finished_at:%Y-%m-%d %H:%M} UTC, {run.status}"
    if run.status != "ok":
        raise SetupError(
            f"{text}: {run.problem}", hint="`shortlist run` shows whether it is healed"
        )
    if skipped := find_skipped(ledger, today=today):
        raise SetupError(
            skipped[0],
            hint="look whether the workflow is enabled, or `shortlist schedule` runs;"
            " `shortlist run` makes up for it",
        )
    return text


def _other_jobs(config: Config) -> str:
    """When each of the others last went well; one that failed since is a problem."""
    ledger = wiring.open_ledger(config)
    well = {run.job: run for run in ledger.last_successes()}
    runs = [run for name, run in last_runs(ledger).items() if name != DAILY]
    lines = []
    for run in runs:
        last = well.get(run.job)
        when = f"{last.finished_at:%Y-%m-%d %H:%M} UTC" if last else "never"
        lines.append(f"{run.job} went well last {when}")
        if run.status != "ok":
            raise SetupError(
                f"{run.job} failed {run.finished_at:%Y-%m-%d %H:%M} UTC, went well last {when}:"
                f" {run.problem}",
                hint=f"{how_to_run(run.job)} shows whether it is healed",
            )
    return "; ".join(lines) or "none yet"
