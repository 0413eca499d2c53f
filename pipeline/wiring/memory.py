"""Where config becomes memory: database, cache of vectors, and the encoder that fills it.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.wiring.repository import recover_list

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from db.engine import Engine
    from db.ledger import Ledger
    from db.papers import PaperStore
    from db.queue import Queue
    from db.records import Paper
    from db.renames import TopicRenames
    from db.vectors import VectorCache
    from models.encoder import SentenceEncoder
    from pipeline.config import Config


def open_engine(config: Config) -> Engine:
    """The database of the config, at the newest revision."""
    from db.engine import open_database

    return open_database(config.queue.url)


@contextmanager
def kept_open(config: Config) -> Iterator[None]:
    """Holds the config's database open meanwhile, for what asks it often."""
    from db.engine import kept_open as held

    with held(open_engine(config)):
        yield


def open_engine_anew(config: Config) -> Engine:
    """The database of the config, whose content is to be replaced: a damaged one is moved aside."""
    from db.rescue import open_or_replace

    return open_or_replace(config.queue.url)


def open_queue(config: Config) -> Queue:
    """The queue of the config."""
    from db.queue import Queue

    return Queue(open_engine(config))


def open_ledger(config: Config) -> Ledger:
    """The ledger of the config."""
    from db.ledger import Ledger

    return Ledger(open_engine(config))


def open_papers(config: Config) -> PaperStore:
    """The papers of the config's database, as the sources tell them."""
    from db.papers import PaperStore

    return PaperStore(open_engine(config))


def remembered_papers(config: Config, arxiv_ids: Iterable[str]) -> dict[str, Paper]:
    """Those of ``arxiv_ids`` whose abstract the config's database has; none without a database."""
    if not has_database(config):
        return {}
    return {
        arxiv_id: known.paper
        for arxiv_id, known in open_papers(config).known(arxiv_ids).items()
        if known.paper is not None and known.paper.abstract
    }


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
        recover_list(config, catch_up=True)
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


def open_cache(config: Config) -> VectorCache:
    """The cache of vectors that belongs to the config's database."""
    from db.vectors import VectorCache

    return VectorCache(config.cache_path)


def make_encoder(config: Config) -> SentenceEncoder:
    """The encoder of the config; nothing heavy is loaded yet."""
    from models.encoder import load_encoder

    return load_encoder(config.models.encoder)
