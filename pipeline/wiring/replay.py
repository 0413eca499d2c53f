"""Where config becomes a replay of the past.

Everything is made lazily: what a command does not use is neither opened nor imported.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from pipeline.wiring.memory import make_encoder, open_cache

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from pathlib import Path

    from pipeline.config import Config
    from pipeline.ports import Progress
    from pipeline.replay.measure import RankedDay


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
