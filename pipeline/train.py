"""Training from nothing: a list, abstracts and past days become a model with its card."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from pipeline.errors import SetupError
from pipeline.git import Repository
from pipeline.lists.reader import parse_list
from pipeline.sources.recorded import read_day, read_papers, recorded_days
from pipeline.triage.embed import embed_texts, training_text
from pipeline.triage.examples import background_of, examples_of, rate_of
from pipeline.triage.score import facts_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from db.records import Paper
    from db.vectors import VectorCache
    from models.artifact import Artifact
    from models.encoder import SentenceEncoder
    from models.facts import Facts
    from pipeline.lists.entry import Entry
    from pipeline.ports import Progress
    from pipeline.sources.recorded import Metadata
    from pipeline.triage.examples import LabelledText


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainJob:
    """What training needs.

    Attributes:
        list_repo: The list's git repository.
        list_names: Names of its list files; those absent at ``until`` are passed over.
        papers: Files with abstracts of listed papers.
        days: Folders of recorded days.
        until: The last day that may be known.
        aliases: Other names of topics.
        half_life_days: Age at which an entry teaches half as much about relevance.
        encoder: Text to vectors.
        cache: Where vectors are kept.
        now: When the model is made (UTC).
        report: Called with one line for each thing worth knowing.
        progress: Called while texts are encoded.
        remembered: Asked for what else is known of listed papers, by identifier; it counts
            before the papers files.
    """

    list_repo: Path
    list_names: tuple[str, ...]
    papers: tuple[Path, ...]
    days: tuple[Path, ...]
    until: date
    aliases: Mapping[str, str]
    half_life_days: float
    encoder: SentenceEncoder
    cache: VectorCache
    now: datetime
    report: Callable[[str], None]
    progress: Progress | None = None
    remembered: Callable[[Iterable[str]], Mapping[str, Paper]] = lambda _: {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a model is made of.

    Attributes:
        until: The last day anything here was known.
        source: Where the entries come from, in words.
        entries: The list's entries then.
        announced: Papers of the days until then.
        listed: Metadata of listed papers, by identifier; where a paper was announced on one of
            the days, that counts.
        weights: How many papers each announced one stands for, where that is not one.
        attention: How much is learned from each announced paper, where that is not as usual.
    """

    until: date
    source: str
    entries: tuple[Entry, ...]
    announced: tuple[Paper, ...]
    listed: Mapping[str, Metadata | Paper]
    weights: Mapping[str, float] = field(default_factory=dict)
    attention: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What models are made with.

    Attributes:
        aliases: Other names of topics.
        half_life_days: Age at which an entry teaches half as much about relevance.
        encoder: Text to vectors.
        cache: Where vectors are kept.
        now: When the model is made (UTC).
        report: Called with one line for each thing worth knowing.
        progress: Called while texts are encoded.
    """

    aliases: Mapping[str, str]
    half_life_days: float
    encoder: SentenceEncoder
    cache: VectorCache
    now: datetime
    report: Callable[[str], None]
    progress: Progress | None = None


def train_models(job: TrainJob) -> Artifact:
    """A model of the list as it stood at the end of ``until``, knowing nothing later.

    Raises:
        SetupError: The list had no entries then, or no paper of the days is background.
        ModelsError: There is too little to learn from.
    """
    commit, entries = entries_at(job)
    material = Material(
        until=job.until,
        source=f"list at {commit}",
        entries=entries,
        announced=announced_until(job),
        listed=listed_papers(job, entries),
    )
    return make_models(
        material,
        Workshop(
            aliases=job.aliases,
            half_life_days=job.half_life_days,
            encoder=job.encoder,
            cache=job.cache,
            now=job.now,
            report=job.report,
            progress=job.progress,
        ),
    )


def make_models(material: Material, workshop: Workshop) -> Artifact:
    """A model of ``material``.

    Raises:
        SetupError: No paper of the days is background.
        ModelsError: There is too little to learn from.
    """
    from models.training import Background, Example, train

    papers: list[Metadata | Paper] = [*material.listed.values(), *material.announced]
    abstracts = {paper.arxiv_id: paper.abstract for paper in papers if paper.abstract}
    examples = examples_of(
        material.entries,
        abstracts,
        workshop.aliases,
        until=material.until,
        half_life_days=workshop.half_life_days,
    )
    background, total = background_of(material.announced, material.entries, until=material.until)
    if not background:
        raise SetupError(
            f"no recorded day until {material.until} holds a paper that is not in the list",
            hint="--days names a folder of recorded days to learn from",
        )
    weights = [material.weights.get(paper.arxiv_id, 1.0) for paper in background]
    total = round(total / len(background) * sum(weights))
    with_abstract = sum(example.has_abstract for example in examples)
    workshop.report(
        f"{len(examples)} entries, {material.source[:18]} ({with_abstract} with abstract),"
        f" {len(background)} of {total} papers as background"
    )
    announced = {paper.arxiv_id: paper for paper in reversed(material.announced)}
    listed = {example.arxiv_id for example in examples}
    texts = [example.text for example in examples]
    others = [training_text(paper.title, paper.abstract) for paper in background]
    vectors = embed_texts(texts, workshop.encoder, workshop.cache, progress=workshop.progress)

    def embed_background(rows: Sequence[int]) -> NDArray[np.float32]:
        chosen = [others[row] for row in rows]
        return embed_texts(chosen, workshop.encoder, workshop.cache, progress=workshop.progress)

    return train(
        [
            Example(
                text=example.text,
                arxiv_id=example.arxiv_id,
                title=example.title,
                topic=example.topic,
                weight=example.weight,
                facts=_facts(example, announced.get(example.arxiv_id), material.listed),
                announced=_announced(announced.get(example.arxiv_id)),
            )
            for example in examples
        ],
        vectors,
        [
            Background(
                text=text,
                arxiv_id=paper.arxiv_id,
                facts=facts_of(paper),
                announced=paper.announced,
                weight=weight,
                attention=material.attention.get(paper.arxiv_id, 1.0),
            )
            for text, paper, weight in zip(others, background, weights, strict=True)
        ],
        embed_background,
        background_total=total,
        encoder_identity=workshop.encoder.identity,
        encoder_name=workshop.encoder.name,
        until=material.until,
        trained_at=workshop.now,
        source=material.source,
        background_added=sum(arxiv_id in announced for arxiv_id in listed),
        base_rate=rate_of(
            material.announced, material.entries, until=material.until, weights=material.weights
        ),
    )


def _facts(
    example: LabelledText, paper: Paper | None, listed: Mapping[str, Metadata | Paper]
) -> Facts:
    """Facts of an entry: the list's authors, and categories where they are known."""
    from models.facts import Facts

    found: Paper | Metadata | None = paper or listed.get(example.arxiv_id)
    return Facts(
        title=example.title,
        authors=example.authors,
        categories=found.categories if found else (),
    )


def _announced(paper: Paper | None) -> date | None:
    return None if paper is None else paper.announced


def entries_at(job: TrainJob) -> tuple[str, tuple[Entry, ...]]:
    """The list's commit at the end of ``until`` (UTC), and its entries.

    Raises:
        SetupError: The repository has no commit so early, or no list file in it.
    """
    repository = Repository.open(job.list_repo)
    end = datetime.combine(job.until + timedelta(days=1), time(), tzinfo=UTC)
    commit = repository.rev_before(end)
    if commit is None:
        raise SetupError(f"{job.list_repo} has no commit until {job.until}")
    files = [
        parse_list(job.list_repo / name, repository.show(commit, name))
        for name in dict.fromkeys(job.list_names)
        if repository.blob_at(commit, name) is not None
    ]
    if not files:
        raise SetupError(
            f"{job.list_repo} at {commit[:10]} holds none of {', '.join(job.list_names)}"
        )
    return commit, tuple(entry for file in files for entry in file.entries)


def announced_until(job: TrainJob) -> tuple[Paper, ...]:
    """Every paper of the recorded days until ``until``; broken lines are reported."""
    papers: list[Paper] = []
    for folder in job.days:
        for day in recorded_days(folder):
            if day <= job.until:
                found, set_aside = read_day(folder, day)
                papers.extend(found)
                for line in set_aside:
                    job.report(line)
    return tuple(papers)


def listed_papers(job: TrainJob, entries: Iterable[Entry]) -> dict[str, Metadata | Paper]:
    """What is known of ``entries`` beside the list, by identifier; broken lines are reported."""
    listed: dict[str, Metadata | Paper] = {}
    for path in job.papers:
        found, set_aside = read_papers(path)
        listed |= {paper.arxiv_id: paper for paper in found}
        for line in set_aside:
            job.report(line)
    listed.update(job.remembered(entry.arxiv_id for entry in entries if entry.arxiv_id))
    return listed
