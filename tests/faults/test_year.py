"""A year of the daily life of a list, in minutes: kills, faults, hands and second thoughts."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from tests.arxiv_emulator import Emulator, make_corpus
from tests.faults.accounts import (
    Commits,
    branch_size,
    forgotten_decisions,
    lost_papers,
    wrong_in_list,
)
from tests.faults.year import STATE_BRANCH, Year
from tests.pipeline.git.checkouts import isolate_git

FIRST = date(2026, 1, 5)
DAYS, CALM_DAYS = 261, 3
NEW_A_DAY = 30
MOST_DATABASE, MOST_STATE = 200_000_000, 20_000_000
SEED = int(os.environ.get("YEAR_SEED", "7"))
"""Of all that is drawn; another one: ``YEAR_SEED=8 pytest tests/faults/test_year.py``."""


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_a_year_of_faults_kills_and_hands_loses_nothing_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate_git(tmp_path, monkeypatch)
    print(f"seed {SEED}")
    corpus = make_corpus(
        seed=SEED, first=FIRST, days=DAYS + CALM_DAYS, new=NEW_A_DAY, replaced=15, known=40
    )
    days = [day for day in corpus.days() if day >= FIRST]
    with Emulator(corpus, seed=SEED) as emulator:
        year = Year(emulator=emulator, folder=tmp_path, seed=SEED)
        commits = Commits(tmp_path / "origin.git")
        for day in days[:DAYS]:
            year.day(day)
            assert forgotten_decisions(year) == [], f"seed {SEED}, {day}"
            assert list(commits.problems()) == [], f"seed {SEED}, {day}"
        year.hands.name_again("Fairness")
        reports = [year.calm_day(day) for day in days[DAYS:]]
        assert (reports[-1].problems, reports[-1].failed) == ((), False)
        assert list(commits.problems()) == []
        assert forgotten_decisions(year) == []
        assert list(wrong_in_list(year)) == []
        assert lost_papers(year, FIRST, days[-1]) == [], f"seed {SEED}, {year.diary}"
    database = (tmp_path / "machine" / "shortlist.db").stat().st_size
    state = branch_size(tmp_path / "origin.git", STATE_BRANCH, tmp_path / "state.git")
    print(dict(year.happened), year.hands.edits, f"{commits.checked} commits of the list")
    print(f"database {database / 1e6:.1f} MB, state branch {state / 1e6:.1f} MB")
    assert database < MOST_DATABASE
    assert state < MOST_STATE
