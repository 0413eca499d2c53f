"""Where config becomes the model in service, and the job that replaces it.

``[models] artifact`` names the folder; unset, the branch ``shortlist-models`` of the
list's repository is asked, and without one the shipped model serves.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import GitError, StateError
from pipeline.wiring.github import make_github
from pipeline.wiring.memory import (
    make_encoder,
    open_cache,
    open_queue,
    remembered_papers,
    topic_aliases,
)
from pipeline.wiring.repository import author, open_repository

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from db.records import Paper
    from models.artifact import Artifact
    from pipeline.config import Config
    from pipeline.ports import Progress
    from pipeline.retrain.job import RetrainJob
    from pipeline.sources.recorded import Metadata
    from pipeline.state.shelf import Shelf
    from pipeline.triage.drift import Map
    from pipeline.triage.headings import Headings
    from pipeline.triage.score import PaperScorer
    from pipeline.watch import Watch

MODELS_BRANCH = "shortlist-models"

log = logging.getLogger(__name__)


def make_shelf(config: Config) -> Shelf:
    """Where promoted models are kept: the config's folder, or a branch of the list.

    With ``[models] promote = "pull_request"`` a person lets them onto that branch.
    """
    from models.artifact import ARTIFACT_FILES
    from pipeline.state.shelf import BranchShelf, FolderShelf

    if config.models.artifact is not None:
        return FolderShelf(config.models.artifact, ARTIFACT_FILES)
    if config.models.promote == "pull_request":
        from pipeline.state.proposed import ProposedShelf

        return ProposedShelf(
            open_repository(config),
            MODELS_BRANCH,
            identity=lambda: author(config),
            github=lambda: make_github(config),
        )
    return BranchShelf(
        open_repository(config),
        MODELS_BRANCH,
        identity=lambda: author(config),
        push=config.publish.push,
    )


def artifact_path(config: Config) -> Path:
    """Folder of the model in service: the config's, the branch's, or the one that is shipped."""
    from models.artifact import SHIPPED_ARTIFACT

    if config.models.artifact is not None:
        make_shelf(config).current()  # finishes a promotion that was killed half-way
        return config.models.artifact
    try:
        files = make_shelf(config).current()
    except (GitError, StateError) as error:
        log.warning("%s; the model that is shipped serves instead", error)
        return SHIPPED_ARTIFACT
    return _unpack(files, config.cache_path.parent / "models") if files else SHIPPED_ARTIFACT


def make_scorer(config: Config, *, progress: Progress | None = None) -> PaperScorer:
    """The model in service with its encoder; nothing heavy is loaded yet."""
    from models.artifact import SHIPPED_ARTIFACT
    from pipeline.triage.score import PaperScorer

    return PaperScorer(
        make_encoder=lambda: make_encoder(config),
        artifact=artifact_path(config),
        fallback=SHIPPED_ARTIFACT,
        cache=open_cache(config),
        headings=lambda: read_headings(config),
        coverage=config.models.coverage,
        first_look=config.models.first_look,
        progress=progress,
    )


def read_headings(config: Config) -> Headings:
    """The headings of the config's list as it stands now, with its aliases.

    Raises:
        ListFormatError: A list file is missing, or not shaped as a list.
    """
    from pipeline.publication import read_lists
    from pipeline.triage.headings import Headings, headings_of

    return Headings(
        headings=headings_of(read_lists(config.list.paths)),
        aliases=topic_aliases(config),
        papers=partial(remembered_papers, config),
    )


def make_watch(config: Config, *, today: date) -> Watch:
    """What the config's queue tells of what is missed and what drifts, until ``today``."""
    from pipeline.watch import watch_queue

    return watch_queue(open_queue(config), today=today, where=_map(config, today))


def _map(config: Config, today: date) -> Map | None:
    """Where the list and queued papers lie, as far as vectors are kept; nothing is encoded."""
    from db.vectors import text_hash
    from models.artifact import load_artifact
    from models.errors import ArtifactError
    from pipeline.lists.entry import title_key
    from pipeline.publication import read_lists
    from pipeline.triage.drift import PAST_DAYS, Map
    from pipeline.triage.embed import training_text

    try:
        artifact = load_artifact(artifact_path(config))
    except ArtifactError:
        return None  # who scores with it says so
    entries = [entry for file in read_lists(config.list.paths) for entry in file.entries]
    listed = {title_key(entry.title) for entry in entries}
    near = artifact.neighbours
    rows = [row for row, title in enumerate(near.titles) if title_key(title) in listed]
    hashes = {
        each.paper.arxiv_id: text_hash(training_text(each.paper.title, each.paper.abstract))
        for each in open_queue(config).candidates()
        if (today - each.paper.announced).days <= PAST_DAYS
    }
    kept = open_cache(config).get(artifact.card.encoder_identity, list(hashes.values()))
    return Map(
        entries=near.vectors[rows],
        papers={
            arxiv_id: kept[key].astype("float32") for arxiv_id, key in hashes.items() if key in kept
        },
    )


def make_retrain_job(
    config: Config,
    *,
    now: datetime,
    report: Callable[[str], None],
    progress: Progress | None = None,
) -> RetrainJob:
    """The retraining of the config's model, from list, database and training files.

    Raises:
        GitError: The list's repository cannot be read.
        SetupError: No commit has a list file.
    """
    from pipeline.lists.past.history import opened
    from pipeline.replay.past import ListPast
    from pipeline.replay.run import first_appearances
    from pipeline.retrain.job import RetrainJob
    from pipeline.retrain.material import gather
    from pipeline.train import Workshop

    with opened(config.list.repo) as repository:
        past = ListPast(repository, (config.list.preview, config.list.full))
    recorded = first_appearances(config.training.days, until=now.date(), report=report)
    queue = open_queue(config)
    gathered = gather(
        past,
        queue.training_sample(),
        (paper for papers in recorded.values() for paper in papers),
        listed=_listed(config, past.entered),
        labels=queue.labels(),
    )
    champion, files = _champion(config)
    return RetrainJob(
        gathered=gathered,
        champion=champion,
        champion_files=files,
        shelf=make_shelf(config),
        workshop=Workshop(
            aliases=topic_aliases(config),
            half_life_days=config.training.half_life_days,
            encoder=make_encoder(config),
            cache=open_cache(config),
            now=now,
            report=report,
            progress=progress,
        ),
        files_of=_files_of,
        now=now,
    )


def _listed(config: Config, arxiv_ids: Mapping[str, object]) -> dict[str, Metadata | Paper]:
    """What papers files and the database know of listed papers; the database counts."""
    from pipeline.sources.recorded import read_papers

    files: dict[str, Metadata | Paper] = {
        paper.arxiv_id: paper for path in config.training.papers for paper in read_papers(path)[0]
    }
    return files | remembered_papers(config, arxiv_ids)


def _champion(config: Config) -> tuple[Artifact | None, dict[str, bytes]]:
    """The model in service with its files, or ``None`` if none can serve this list."""
    from models.artifact import (
        ARTIFACT_FILES,
        SHIPPED_ARTIFACT,
        check_encoder,
        load_artifact,
    )
    from models.errors import ArtifactError
    from pipeline.publication import read_lists

    aliases = {old.casefold(): new.casefold() for old, new in topic_aliases(config).items()}
    topics = {topic.name.casefold() for topic in read_lists(config.list.paths)[0].topics}
    for folder in dict.fromkeys((artifact_path(config), SHIPPED_ARTIFACT)):
        try:
            artifact = load_artifact(folder)
            check_encoder(artifact.card, make_encoder(config).identity)
        except ArtifactError as error:
            log.warning("%s", error)
            continue
        known = {topic.casefold() for topic in artifact.card.topics}
        if topics & (known | {aliases.get(topic, topic) for topic in known}):
            return artifact, {name: (folder / name).read_bytes() for name in ARTIFACT_FILES}
    return None, {}


def _files_of(artifact: Artifact) -> dict[str, bytes]:
    from models.artifact import ARTIFACT_FILES, save_artifact

    with tempfile.TemporaryDirectory(prefix="shortlist-model-") as name:
        save_artifact(artifact, Path(name))
        return {file: (Path(name) / file).read_bytes() for file in ARTIFACT_FILES}


def _unpack(files: Mapping[str, bytes], folder: Path) -> Path:
    """The files in a folder named by what they hold; those of other models are removed."""
    digest = hashlib.sha256(b"".join(name.encode() + files[name] for name in sorted(files)))
    target = folder / digest.hexdigest()[:12]
    if not target.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".new-", dir=folder))
        for name, data in files.items():
            (unfinished / name).write_bytes(data)
        unfinished.rename(target)
    for other in folder.iterdir():
        if other != target:
            shutil.rmtree(other, ignore_errors=True)
    return target
