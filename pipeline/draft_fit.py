"""Where the weights of drafting come from: fitted to what maintainers wrote, once, by hand.

``python -m pipeline.draft_fit REPO FILE`` prints what :mod:`pipeline.triage.digest`
and :mod:`pipeline.triage.keywords` hold as ``WEIGHTS``. Nothing of it runs in
service. Papers that :func:`pipeline.draft_evaluation.is_unseen` knows are kept
out, so that there is something to measure on.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.draft_evaluation import is_unseen, read_pairs
from pipeline.lists.rules.keywords import keyword_key
from pipeline.lists.tex import plain_title
from pipeline.triage.digest import runs_of, sentences_of
from pipeline.triage.keywords import candidates_of
from pipeline.triage.vocabulary import vocabulary_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.lists.entry import Entry
    from pipeline.sources.recorded import Metadata

_DIGEST_PENALTY = 0.01
_KEYWORD_PENALTY = 0.001
_RUN_OF = 3
"""Sentences from which an abstract leaves a choice of runs."""


def fit_digest(pairs: Iterable[tuple[Entry, Metadata]]) -> tuple[float, ...]:
    """Weights that choose the runs most like the maintainers' digests, to one decimal.

    Five-fold scores on the same papers chose the penalty among 0.001 to 0.03.
    """
    import numpy as np

    from models.choice import Choices, fit_one_of_many
    from models.rouge import rouge_l

    cases = []
    for entry, paper in pairs:
        sentences = sentences_of(paper.abstract or "")
        if entry.digest and len(sentences) >= _RUN_OF:
            runs = runs_of(sentences, paper.title)
            likeness = [rouge_l(" ".join(run.sentences), entry.digest) for run in runs]
            features = np.array([run.features for run in runs])
            cases.append(Choices(features=features, rewards=np.array(likeness)))
    return _rounded(fit_one_of_many(cases, penalty=_DIGEST_PENALTY))


def fit_keywords(
    pairs: Iterable[tuple[Entry, Metadata]], listed: Sequence[Entry]
) -> tuple[float, ...]:
    """Weights that give the maintainers' key words the highest probability, to one decimal.

    Args:
        pairs: Entries with their papers.
        listed: The list; each paper is looked at with a vocabulary without its own entry.
    """
    import numpy as np

    from models.choice import fit_each

    features, chosen = [], []
    for entry, paper in pairs:
        others = vocabulary_of(e for e in listed if e.arxiv_id != entry.arxiv_id)
        wanted = {keyword_key(keyword) for keyword in entry.keywords}
        title = plain_title(paper.title)
        for candidate in candidates_of(title, paper.abstract or "", entry.topic, others):
            features.append(candidate.features)
            chosen.append(keyword_key(candidate.keyword) in wanted)
    return _rounded(fit_each(np.array(features), np.array(chosen), penalty=_KEYWORD_PENALTY))


def _rounded(weights: Iterable[float]) -> tuple[float, ...]:
    return tuple(round(float(weight), 1) + 0.0 for weight in weights)


def _main(repo: Path, papers: Path) -> None:
    listed, pairs = read_pairs(repo, (papers,))
    seen = [(entry, paper) for entry, paper in pairs if not is_unseen(paper.arxiv_id)]
    sys.stdout.write(f"digest {fit_digest(seen)}\n")
    sys.stdout.write(f"keywords {fit_keywords(seen, listed)}\n")


if __name__ == "__main__":
    _main(Path(sys.argv[1]), Path(sys.argv[2]))
