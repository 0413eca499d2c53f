"""Where config becomes objects: the one place that picks what stands behind a port.

Everything is made lazily: what a command does not use is neither opened nor
imported.
"""

from __future__ import annotations

import getpass
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ConfigError, PublishError, SetupError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import date
    from typing import Any

    from db.engine import Engine
    from db.ledger import Ledger
    from db.queue import Queue
    from db.records import Paper
    from db.renames import TopicRenames
    from db.vectors import VectorCache
    from models.encoder import SentenceEncoder
    from pipeline.config import Config
    from pipeline.daily import DailyJob
    from pipeline.git import Identity, Repository
    from pipeline.housekeeping import RolloverJob, TopicJob
    from pipeline.pages.facts import Drift
    from pipeline.ports import PaperSource, Progress, Publisher
    from pipeline.publication import PublishJob
    from pipeline.publish.diff import DiffPublisher
    from pipeline.replay.measure import RankedDay
    from pipeline.reporting.job import ReportJob
    from pipeline.sources.api import ApiSource
    from pipeline.triage.score import PaperScorer


def open_engine(config: Config) -> Engine:
    """The database of the config, at the newest revision."""
    from db.engine import open_database

    return open_database(config.queue.url)


def open_queue(config: Config) -> Queue:
    """The queue of the config."""
    from db.queue import Queue

    return Queue(open_engine(config))


def open_ledger(config: Config) -> Ledger:
    """The ledger of the config."""
    from db.ledger import Ledger

    return Ledger(open_engine(config))


def open_renames(config: Config) -> TopicRenames:
    """The renames of topics, and the labels that follow them."""
    from db.renames import TopicRenames

    return TopicRenames(open_engine(config))


def has_database(config: Config) -> bool:
    """Whether the config's database is there; asking does not make it."""
    url = config.queue.url
    return not url.startswith("sqlite:///") or Path(url.removeprefix("sqlite:///")).is_file()


def topic_aliases(config: Config) -> dict[str, str]:
    """Other names of topics, each with the one to use: the config's, and what was renamed.

    A rename that a killed run left pending is settled first. A name that a
    heading bears again is no other name.
    """
    given = dict(config.list.topic_aliases)
    if not has_database(config):
        return given
    from db.renames import names_now
    from pipeline.housekeeping import settle_renames
    from pipeline.lists.reader import read_list

    renames = open_renames(config)
    if renames.pending():
        recover_list(config)
        settle_renames(renames, config.list.paths)
    now = names_now(renames.done())
    if not now:
        return given
    headings = {
        topic.name.casefold() for path in config.list.paths for topic in read_list(path).topics
    }
    renamed = {old: new for old, new in now.items() if old.casefold() not in headings}
    by_key = {old.casefold(): new for old, new in renamed.items()}
    return {**renamed, **{old: by_key.get(new.casefold(), new) for old, new in given.items()}}


def submission_days(config: Config, arxiv_ids: Iterable[str]) -> dict[str, date]:
    """When papers were first submitted, as far as the database or a papers file knows."""
    from pipeline.sources.recorded import read_papers

    wanted = set(arxiv_ids)
    found = {
        paper.arxiv_id: paper.published
        for path in config.training.papers
        for paper in read_papers(path)[0]
        if paper.arxiv_id in wanted and paper.published
    }
    if has_database(config):
        queue = open_queue(config)
        for arxiv_id in wanted:
            paper = queue.paper(arxiv_id)
            if paper is not None and paper.published:
                found[arxiv_id] = paper.published
    return found


def recover_list(config: Config) -> None:
    """Put in order what a killed run left in the list's checkout.

    Raises:
        PublishError: A file cannot be put back.
    """
    from pipeline.git import Identity
    from pipeline.publish.commit import CommitPublisher

    nobody = Identity(name="Shortlist", email="shortlist@localhost")  # recovering commits nothing
    CommitPublisher(open_repository(config), branch="", author=nobody, push=False).recover()


def open_cache(config: Config) -> VectorCache:
    """The cache of vectors that belongs to the config's database."""
    from db.vectors import VectorCache

    return VectorCache(config.cache_path)


def open_repository(config: Config) -> Repository:
    """The list's git repository."""
    from pipeline.git import Repository

    return Repository.open(config.list.repo)


def artifact_path(config: Config) -> Path:
    """Folder of the model in service: the config's, or the one that is shipped."""
    from models.artifact import SHIPPED_ARTIFACT

    return config.models.artifact or SHIPPED_ARTIFACT


def make_encoder(config: Config) -> SentenceEncoder:
    """The encoder of the config; nothing heavy is loaded yet."""
    from models.encoder import load_encoder

    return load_encoder(config.models.encoder)


def make_scorer(config: Config, *, progress: Progress | None = None) -> PaperScorer:
    """The model in service with its encoder; nothing heavy is loaded yet."""
    from pipeline.triage.score import PaperScorer

    return PaperScorer(
        make_encoder=lambda: make_encoder(config),
        artifact=artifact_path(config),
        cache=open_cache(config),
        coverage=config.models.coverage,
        progress=progress,
    )


def make_sources(config: Config, *, now: datetime) -> tuple[PaperSource, ...]:
    """The sources that the config names, in its order.

    Raises:
        SetupError: One of them is not built yet.
    """
    made: list[PaperSource] = []
    for name in config.sources.use:
        if name == "recorded":
            from pipeline.sources.recorded import RecordedSource

            if config.sources.recorded is None:  # the config's own check came before this one
                raise SetupError("no folder of recorded days is set")
            made.append(RecordedSource(config.sources.recorded, now=lambda: now))
        elif name == "api":
            made.append(make_api(config, now=now))
        else:
            raise SetupError(
                f"{config.path}: the source {name!r} is not built yet",
                hint='use = ["api"] or ["recorded"] in [sources]',
            )
    return tuple(made)


def make_api(config: Config, *, now: datetime) -> ApiSource:
    """The arXiv API through the one polite client."""
    from pipeline.sources.api import ApiSource
    from pipeline.sources.http import HttpClient

    table = config.sources
    client = HttpClient(
        spacing_seconds=table.spacing_seconds,
        contact=table.contact,
        addresses=(table.oai_url, table.rss_url, table.api_url),
    )
    return ApiSource(client, api_url=table.api_url, categories=table.categories, now=lambda: now)


def find_paper(config: Config, arxiv_id: str, *, now: datetime) -> Paper:
    """A paper by identifier: from memory, from recorded days, or from arXiv, in this order.

    Raises:
        SourceError: Nobody knows it.
    """
    from pipeline.errors import SourceError

    known = open_queue(config).paper(arxiv_id)
    if known is not None and known.abstract:
        return known
    if config.sources.recorded is not None:
        from pipeline.sources.recorded import find_recorded

        found = find_recorded(config.sources.recorded, arxiv_id)
        if found is not None:
            return found
        if "recorded" in config.sources.use:
            raise SourceError(
                "recorded",
                f"{arxiv_id} is in no recorded day under {config.sources.recorded}",
                hint='`use = ["api"]` in [sources] asks arXiv',
            )
    fetched = make_api(config, now=now).fetch_ids([arxiv_id])
    if arxiv_id not in fetched:
        raise SourceError("api", f"arXiv has no paper {arxiv_id}", hint="check the identifier")
    return fetched[arxiv_id]


def make_publisher(config: Config) -> Publisher:
    """What commits to the list, as ``[publish]`` says.

    Raises:
        PublishError: The mode is not built yet.
    """
    from pipeline.publish.commit import CommitPublisher

    if config.publish.mode != "commit":
        raise PublishError(
            f"{config.path}: [publish] mode = {config.publish.mode!r} is not built yet",
            hint='set mode = "commit"',
        )
    return CommitPublisher(
        open_repository(config),
        branch=config.list.branch,
        author=author(config),
        push=config.publish.push,
    )


def make_publish_job(
    config: Config, *, now: datetime, publisher: Publisher | None = None
) -> PublishJob:
    """The publication of the config's list; with the config's publisher unless another is given."""
    from pipeline.publication import PublishJob

    return PublishJob(
        list_paths=config.list.paths,
        in_all_files=config.list.policy == "both",
        queue=open_queue(config),
        publisher=publisher or make_publisher(config),
        now=now,
    )


def make_daily_job(
    config: Config,
    *,
    day: date,
    now: datetime,
    publisher: Publisher | None = None,
    progress: Progress | None = None,
) -> DailyJob:
    """The daily job of the config for an announcement day."""
    from pipeline.daily import DailyJob

    return DailyJob(
        publication=make_publish_job(config, now=now, publisher=publisher),
        sources=make_sources(config, now=now),
        ledger=open_ledger(config),
        scorer=make_scorer(config, progress=progress),
        aliases=topic_aliases(config),
        per_day=config.queue.per_day,
        expire_days=config.queue.expire_days,
        day=day,
    )


def make_rollover_job(
    config: Config, *, as_of: date, publisher: Publisher | None = None
) -> RolloverJob:
    """The roll-over of the config's list; with the config's publisher unless another is given."""
    from pipeline.housekeeping import RolloverJob

    return RolloverJob(
        list_paths=config.list.paths,
        publisher=publisher or make_publisher(config),
        repository=open_repository(config),
        submitted=lambda arxiv_ids: submission_days(config, arxiv_ids),
        aliases=topic_aliases(config),
        preview_days=config.list.preview_days,
        as_of=as_of,
    )


def make_topic_job(
    config: Config, *, now: datetime, publisher: Publisher | None = None
) -> TopicJob:
    """A change of the list's topics; with the config's publisher unless another is given."""
    from pipeline.housekeeping import TopicJob

    return TopicJob(
        list_paths=config.list.paths,
        publisher=publisher or make_publisher(config),
        renames=open_renames(config),
        now=now,
    )


@contextmanager
def dry_run(config: Config) -> Iterator[tuple[Config, DiffPublisher]]:
    """The config with a copy of its database, and a publisher that only shows diffs.

    A dry run is a real run on a copy that is thrown away: no step needs to
    know of it.
    """
    from db.dump import dump, load
    from db.engine import open_database
    from pipeline.publish.diff import DiffPublisher

    with tempfile.TemporaryDirectory(prefix="shortlist-dry-run-") as folder:
        url = f"sqlite:///{folder}/shortlist.db"
        dump(open_engine(config), Path(folder) / "state")
        load(open_database(url), Path(folder) / "state")
        queue = config.queue.model_copy(update={"url": url})
        yield config.model_copy(update={"queue": queue}), DiffPublisher(config.list.repo)


def author(config: Config) -> Identity:
    """Who commits: ``[publish] author``, else git's own identity.

    Raises:
        ConfigError: The author is not of the form ``Name <mail>``.
        SetupError: Neither is set.
    """
    from pipeline.git import Identity

    if config.publish.author:
        given = Identity.parse(config.publish.author)
        if given is None:
            raise ConfigError(
                f"{config.path}: [publish] author: {config.publish.author!r}"
                " is not of the form Name <mail@example.org>"
            )
        return given
    own = open_repository(config).identity()
    if own is None:
        raise SetupError(
            "git knows no author for the list's commits",
            hint='set [publish] author = "Name <mail@example.org>", or git\'s user.name and'
            " user.email",
        )
    return own


def reviewer(config: Config) -> str:
    """The name kept with decisions: ``[review] reviewer``, git's user.name, or the login."""
    if config.review.reviewer:
        return config.review.reviewer
    own = open_repository(config).identity()
    return own.name if own else getpass.getuser()


def run_replay(
    config: Config,
    *,
    papers: tuple[Path, ...],
    days: tuple[Path, ...],
    window: tuple[date, date],
    retrain_days: int,
    out: Path,
    report: Callable[[str], None],
    progress: Progress | None = None,
) -> tuple[tuple[RankedDay, ...], Path]:
    """The days of ``window`` (first and last), ranked by everybody, and where they are kept.

    Raises:
        GitError: The list's repository cannot be read.
        SetupError: There is nothing to replay.
        ModelsError: The encoder is missing, or there is too little to learn from.
    """
    from pipeline.lists.past.history import opened
    from pipeline.replay.past import ListPast
    from pipeline.replay.rankers import baselines
    from pipeline.replay.run import ReplayJob, replay, replay_key
    from pipeline.replay.shortlist import ShortlistRanker
    from pipeline.sources.recorded import read_papers, recorded_days
    from pipeline.train import Workshop

    encoder, cache = make_encoder(config), open_cache(config)
    with opened(config.list.repo) as repository:
        past = ListPast(repository, (config.list.preview, config.list.full))
    listed = {paper.arxiv_id: paper for path in papers for paper in read_papers(path)[0]}
    files = [
        path
        for folder in days
        for path in sorted(folder.iterdir())
        if path.name[:10] in {day.isoformat() for day in recorded_days(folder)}
    ]
    key = replay_key([*papers, *files], past.head, str(window[0]), str(retrain_days))
    ranked = replay(
        ReplayJob(
            past=past,
            days=days,
            listed=listed,
            start=window[0],
            end=window[1],
            retrain_days=retrain_days,
            ours=ShortlistRanker(
                Workshop(
                    aliases=config.list.topic_aliases,
                    half_life_days=config.training.half_life_days,
                    encoder=encoder,
                    cache=cache,
                    now=datetime.combine(window[1], time(), tzinfo=UTC),
                    report=report,
                )
            ),
            others=baselines(encoder, cache),
            folder=out / key,
            report=report,
            progress=progress,
        )
    )
    return ranked, out / key


def make_report_job(
    config: Config,
    *,
    papers: tuple[Path, ...],
    replay: Path,
    evaluation: Mapping[str, Any],
    drift: Drift | None,
    today: date,
    notes: tuple[str, ...],
) -> ReportJob:
    """What a report is made of.

    Raises:
        GitError: The list's repository cannot be read.
        SetupError: No commit has a list file.
    """
    from pipeline.lists.past.history import opened
    from pipeline.replay.past import ListPast
    from pipeline.reporting.job import ReportJob
    from pipeline.sources.recorded import read_papers

    with opened(config.list.repo) as repository:
        past = ListPast(repository, (config.list.preview, config.list.full))
    return ReportJob(
        list_name=config.github.repository or config.list.repo.resolve().name,
        past=past,
        replay=replay,
        listed={paper.arxiv_id: paper for path in papers for paper in read_papers(path)[0]},
        aliases=topic_aliases(config),
        evaluation=evaluation,
        drift=drift,
        today=today,
        encoder=make_encoder(config),
        cache=open_cache(config),
        notes=notes,
    )
