"""How well topics are told apart on a list as it is, before anyone trusts them with it."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.arxiv_id import id_order
from pipeline.errors import SetupError
from pipeline.git import Repository
from pipeline.lists.reader import parse_list
from pipeline.sources.recorded import read_papers
from pipeline.triage.embed import embed_texts
from pipeline.triage.examples import examples_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from db.vectors import VectorCache
    from models.validation import HeldOut
    from pipeline.lists.entry import Entry
    from pipeline.ports import Encoder, Progress
    from pipeline.triage.examples import LabelledText

BLOCKS = 5
"""Parts of the list in the order of time; the first is only learned from."""

FEW_OF_TOPIC = 5
"""A topic with fewer entries is absent from some fold."""

ENOUGH_FOR_SETS = 100
"""With fewer abstracts the prediction sets are wide for want of evidence."""

DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateJob:
    """What scoring a list needs.

    Attributes:
        list_repo: The list's git repository; what is scored is its head.
        list_names: Names of its list files; those that are absent are passed over.
        papers: Files with abstracts of listed papers.
        aliases: Other names of topics.
        coverage: How often a prediction set shall hold the right topic, 0..1 without 1.
        repeats: How many times the folds are dealt.
        today: For the age of entries, which topics do not ask for.
        encoder: Text to vectors.
        cache: Where vectors are kept.
        report: Called with one line for each thing worth knowing.
        progress: Called while texts are encoded and folds are scored.
    """

    list_repo: Path
    list_names: tuple[str, ...]
    papers: tuple[Path, ...]
    aliases: Mapping[str, str]
    coverage: float
    repeats: int
    today: date
    encoder: Encoder
    cache: VectorCache
    report: Callable[[str], None]
    progress: Progress | None = None


def evaluate_topics(job: EvaluateJob) -> dict[str, Any]:
    """Scores of the topic model on the list as it is, as a document.

    Raises:
        SetupError: There is no list, or it has no entries.
        ModelsError: There is too little to score.
    """
    import numpy as np

    from models.calibration import FOLDS, SEED
    from models.validation import MEASURES, Listed, cross_validate, predict_later

    commit, entries = _entries_at_head(job)
    examples = examples_of(
        entries, _abstracts(job), job.aliases, until=job.today, half_life_days=1.0
    )
    with_abstract = np.array([example.has_abstract for example in examples], dtype=np.bool_)
    job.report(
        f"{len(examples)} entries of {commit[:10]} ({int(with_abstract.sum())} with abstract)"
    )
    texts = [example.text for example in examples]
    listed = Listed(
        texts=texts,
        vectors=embed_texts(texts, job.encoder, job.cache, progress=job.progress),
        topics=[example.topic for example in examples],
        alike=with_abstract,
    )
    step = _counted(job.progress, job.repeats * FOLDS + BLOCKS - 1)
    dealt = [
        cross_validate(listed, coverage=job.coverage, seed=SEED + number, progress=step)
        for number in range(job.repeats)
    ]
    later = predict_later(listed, _blocks(examples), coverage=job.coverage, progress=step)
    everything = [held.scores(with_abstract) for held in dealt]
    return {
        "list": commit,
        "requested_coverage": job.coverage,
        **_scores(dealt, with_abstract),
        "intervals": {
            measure: [round(bound, DIGITS) for bound in bounds]
            for measure, bounds in dealt[0].intervals(with_abstract).items()
        },
        "repeats": {
            "n": job.repeats,
            **{measure: _spread([getattr(s, measure) for s in everything]) for measure in MEASURES},
        },
        "by_time": _scores([later], with_abstract),
        "without_abstract": _scores(dealt, ~with_abstract),
        "reliability": [
            {"said": round(said, DIGITS), "happened": round(happened, DIGITS), "n": n}
            for said, happened, n in dealt[0].reliability(with_abstract)
        ],
        "confusion": dealt[0].confusion(with_abstract),
        "notes": _notes(examples),
    }


def _scores(dealt: Sequence[HeldOut], rows: NDArray[np.bool_]) -> dict[str, Any]:
    """The keys of the contract, each the mean over ``dealt``: one deal is chance.

    ``None`` for what was measured on no paper.
    """
    found = [asdict(held.scores(rows)) for held in dealt]
    if found[0]["n"] == 0:
        return {key: {} if key == "per_topic" else None for key in found[0]} | {"n": 0}
    return _mean(found)


def _mean(found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Values of the same keys as their mean, at any depth; counts are the same in all."""
    made: dict[str, Any] = {}
    for key, value in found[0].items():
        values = [one[key] for one in found]
        if isinstance(value, dict):
            made[key] = _mean(values)
        else:
            made[key] = (
                value if isinstance(value, int) else round(sum(values) / len(values), DIGITS)
            )
    return made


def _spread(values: Sequence[float]) -> dict[str, float]:
    import numpy as np

    return {
        "mean": round(float(np.mean(values)), DIGITS),
        "sd": round(float(np.std(values)), DIGITS),
        "min": round(min(values), DIGITS),
        "max": round(max(values), DIGITS),
    }


def _blocks(examples: Sequence[LabelledText]) -> NDArray[np.intp]:
    """A block for each entry by its identifier's time, as many in each; -1 without one."""
    import numpy as np

    dated = sorted(
        (row for row, example in enumerate(examples) if example.arxiv_id),
        key=lambda row: id_order(examples[row].arxiv_id),
    )
    blocks = np.full(len(examples), -1, dtype=np.intp)
    for place, row in enumerate(dated):
        blocks[row] = place * BLOCKS // len(dated)
    return blocks


def _notes(examples: Sequence[LabelledText]) -> list[str]:
    """What such a list cannot show, one sentence each."""
    notes = []
    counts = Counter(example.topic for example in examples)
    if len(counts) == 1:
        notes.append("The list has one topic: every paper is put there, and nothing is measured.")
    few = sorted(topic for topic, n in counts.items() if n < FEW_OF_TOPIC)
    if few:
        notes.append(
            f"Topics with fewer than {FEW_OF_TOPIC} entries, absent from some fold: "
            f"{', '.join(few)}."
        )
    with_abstract = sum(example.has_abstract for example in examples)
    if with_abstract < ENOUGH_FOR_SETS:
        notes.append(
            f"{with_abstract} entries have an abstract: scores are rough, and prediction sets "
            "are wide for want of evidence."
        )
    return notes


def _entries_at_head(job: EvaluateJob) -> tuple[str, tuple[Entry, ...]]:
    repository = Repository.open(job.list_repo)
    commit = repository.head()
    if commit is None:
        raise SetupError(f"{job.list_repo} has no commit", hint="commit the list first")
    files = [
        parse_list(job.list_repo / name, repository.show(commit, name))
        for name in dict.fromkeys(job.list_names)
        if repository.blob_at(commit, name) is not None
    ]
    entries = tuple(entry for file in files for entry in file.entries)
    if not entries:
        raise SetupError(
            f"{job.list_repo} at {commit[:10]} has no entries in {', '.join(job.list_names)}",
            hint="--list names the repository, [list] preview and full its files",
        )
    return commit, entries


def _abstracts(job: EvaluateJob) -> dict[str, str]:
    abstracts: dict[str, str] = {}
    for path in job.papers:
        found, set_aside = read_papers(path)
        abstracts |= {paper.arxiv_id: paper.abstract for paper in found if paper.abstract}
        for line in set_aside:
            job.report(line)
    return abstracts


def _counted(progress: Progress | None, total: int) -> Callable[[], None]:
    done = 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(done, total)

    return step
