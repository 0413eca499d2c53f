"""Machines that share nothing but a bare origin: no decision is lost, none is there twice."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from db.dump import FORMAT
from db.engine import Engine, open_database
from db.ledger import Ledger
from db.queue import Queue
from db.records import Decision, EntryEdit, Fetch, FetchStatus, JobRun, State, Verdict
from pipeline.errors import StateError
from pipeline.git import Repository
from pipeline.state.branch import save_state
from pipeline.state.snapshot import (
    Loaded,
    Saved,
    load_snapshot,
    restore_snapshot,
    save_snapshot,
)
from tests.builders import DAY, NOW, make_candidate, make_paper
from tests.pipeline.git.checkouts import BOT, clone, git, make_list, make_origin

BRANCH = "shortlist-state"
DUMPS = Path(__file__).resolve().parents[2] / "db" / "dumps"
IDS = tuple(f"2206.000{number:02}" for number in range(1, 15))


@dataclass(kw_only=True)
class Machine:
    """A clone of the list with a database of its own."""

    repository: Repository
    engine: Engine
    name: str

    @property
    def queue(self) -> Queue:
        return Queue(self.engine)

    def load(self, **more) -> Loaded:
        return load_snapshot(self.engine, self.repository, BRANCH, **more)

    def save(self, *, push: bool = True) -> Saved:
        return save_snapshot(
            self.engine,
            self.repository,
            BRANCH,
            identity=BOT,
            push=push,
            now=NOW,
            sleep=lambda _seconds: None,
        )

    def decide(self, arxiv_id: str, verdict: Verdict = Verdict.APPROVE, **said) -> None:
        minutes = timedelta(minutes=len(self.queue.history(arxiv_id)) + 1)
        self.queue.decide(
            Decision(
                arxiv_id=arxiv_id,
                verdict=verdict,
                reviewer=self.name,
                decided_at=NOW + minutes,
                **said,
            )
        )

    def history(self, arxiv_id: str) -> list[tuple[Verdict, str]]:
        return [(line.verdict, line.reviewer) for line in self.queue.history(arxiv_id)]


class Hurried(Repository):
    """A repository before each of whose pushes something happens elsewhere."""

    meanwhile: Callable[[], object] = staticmethod(lambda: None)

    def push(self, remote: str, refspec: str) -> None:
        self.meanwhile()
        super().push(remote, refspec)


@pytest.fixture
def origin(tmp_path) -> Path:
    return make_origin(tmp_path / "origin.git")


@pytest.fixture
def machine(tmp_path, origin):
    made = []

    def make(name: str, *, kind: type[Repository] = Repository, shallow: bool = False) -> Machine:
        options = ("--depth=1", "--single-branch") if shallow else ()
        cloned = clone(origin, tmp_path / name, *options)
        engine = open_database(f"sqlite:///{tmp_path}/{name}.db")
        made.append(Machine(repository=kind(cloned.root), engine=engine, name=name))
        return made[-1]

    return make


@pytest.fixture
def begun(machine) -> Machine:
    """The machine that queued a day, and saved."""
    first = machine("first")
    papers = [make_paper(arxiv_id) for arxiv_id in (*IDS, "2206.00090")]
    candidates = [make_candidate(arxiv_id) for arxiv_id in IDS]
    first.queue.record(papers, candidates, now=NOW, sampled={})
    first.save()
    return first


def lines(origin: Path, name: str) -> list[dict]:
    text = git(origin, "show", f"{BRANCH}:{name}")
    return [json.loads(line) for line in text.splitlines()]


def decided(origin: Path) -> list[tuple[str, str, str]]:
    return [
        (line["arxiv_id"], line["verdict"], line["reviewer"])
        for line in lines(origin, "decisions.jsonl")
    ]


def test_a_save_on_top_of_what_others_saved_keeps_both(machine, begun, origin):
    ada, bo = machine("ada"), machine("bo")
    ada.load()
    bo.load()
    ada.decide(IDS[0])
    bo.decide(IDS[1], Verdict.REJECT, reason="off topic")
    assert (ada.save().merged, bo.save().merged) == (0, 1)
    assert decided(origin) == [(IDS[0], "approve", "ada"), (IDS[1], "reject", "bo")]
    # The machine that was slower knows what the other one did.
    assert bo.queue.get(IDS[0]).state is State.APPROVED
    assert git(origin, "rev-list", "--count", BRANCH) == "3"
    assert bo.save().commit == ""


def test_ten_rejections_in_a_row_cost_nothing(machine, begun, origin):
    slow, fast = machine("slow", kind=Hurried), machine("fast")
    slow.load()
    fast.load()
    waiting = list(IDS[1:11])

    def meanwhile() -> None:
        if waiting:
            fast.decide(waiting.pop(0))
            fast.save()

    slow.repository.meanwhile = meanwhile
    slow.decide(IDS[0], Verdict.REJECT)
    saved = slow.save()
    assert (saved.merged, saved.lost) == (10, ())
    assert sorted(decided(origin)) == sorted(
        [(IDS[0], "reject", "slow"), *((each, "approve", "fast") for each in IDS[1:11])]
    )
    assert git(origin, "rev-list", "--count", BRANCH) == "12"


def test_of_two_decisions_about_one_paper_the_first_saved_stands_and_the_other_is_named(
    machine, begun, origin
):
    ada, bo = machine("ada"), machine("bo")
    ada.load()
    bo.load()
    ada.decide(IDS[0])
    bo.decide(IDS[0], Verdict.REJECT)
    bo.decide(IDS[1])
    ada.save()
    saved = bo.save()
    assert [str(each) for each in saved.lost] == [
        f"{IDS[0]}: reject by bo came too late, it is already approved by ada"
    ]
    assert decided(origin) == [(IDS[0], "approve", "ada"), (IDS[1], "approve", "bo")]
    assert bo.queue.get(IDS[0]).state is State.APPROVED
    assert bo.history(IDS[0]) == [(Verdict.APPROVE, "ada")]


def test_two_who_say_the_same_are_one_decision_and_nobody_lost(machine, begun, origin):
    ada, bo = machine("ada"), machine("bo")
    ada.load()
    bo.load()
    ada.decide(IDS[0])
    bo.decide(IDS[0])
    ada.save()
    assert bo.save().lost == ()
    assert decided(origin) == [(IDS[0], "approve", "ada")]


def test_who_deferred_first_does_not_stop_who_decides_and_an_undo_goes_back_to_that(
    machine, begun, origin
):
    ada, bo = machine("ada"), machine("bo")
    ada.load()
    bo.load()
    ada.decide(IDS[0], Verdict.DEFER)
    bo.decide(IDS[0])
    ada.save()
    assert bo.save().lost == ()
    assert bo.history(IDS[0]) == [(Verdict.DEFER, "ada"), (Verdict.APPROVE, "bo")]
    assert bo.queue.undo(IDS[0], reviewer="bo", now=NOW).state is State.DEFERRED


def test_an_edit_and_an_approval_come_together(machine, begun):
    ada, bo = machine("ada"), machine("bo")
    ada.load()
    bo.load()
    ada.queue.edit(IDS[0], EntryEdit(venue="ICML 2022"), reviewer="ada", now=NOW)
    bo.decide(IDS[0], topic="Fairness")
    ada.save()
    assert bo.save().lost == ()
    both = bo.queue.get(IDS[0])
    assert (both.state, both.topic, both.edit.venue, both.reviewer) == (
        State.APPROVED,
        "Fairness",
        "ICML 2022",
        "bo",
    )
    before = make_candidate(IDS[0]).revision
    assert both.revision > before + 1


def test_what_stands_in_the_list_stands_whoever_saved_first(machine, begun, origin):
    begun.decide(IDS[0])
    begun.save()
    daily, ada = machine("daily"), machine("ada")
    daily.load()
    ada.load()
    daily.queue.mark_published([IDS[0]], commit="abc123", now=NOW)
    ada.queue.undo(IDS[0], reviewer="ada", now=NOW)
    ada.decide(IDS[0], Verdict.REJECT)
    ada.save()
    saved = daily.save()
    assert [(each.verdict, each.reviewer) for each in saved.lost] == [
        (Verdict.UNDO, "ada"),
        (Verdict.REJECT, "ada"),
    ]
    after = daily.queue.get(IDS[0])
    assert (after.state, after.commit, after.reviewer) == (State.PUBLISHED, "abc123", "first")


def test_two_daily_runs_that_publish_the_same_publish_it_once(machine, begun, origin):
    begun.decide(IDS[0])
    begun.save()
    one, two = machine("one"), machine("two")
    for each, commit in ((one, "abc123"), (two, "def456")):
        each.load()
        each.queue.mark_published([IDS[0]], commit=commit, now=NOW)
    one.save()
    assert two.save().lost == ()
    assert [line[1] for line in decided(origin)] == ["approve", "publish"]
    assert two.queue.get(IDS[0]).commit == "abc123"


def test_what_two_approved_and_one_published_is_approved_once(machine, begun, origin):
    daily, ada = machine("daily"), machine("ada")
    daily.load()
    ada.load()
    daily.decide(IDS[0])
    daily.queue.mark_published([IDS[0]], commit="abc123", now=NOW)
    ada.decide(IDS[0])
    ada.save()
    assert daily.save().lost == ()
    assert decided(origin) == [(IDS[0], "approve", "ada"), (IDS[0], "publish", "shortlist")]
    taken_out = daily.queue.undo(IDS[0], reviewer="ada", now=NOW, withdrawn=True)
    assert taken_out.state is State.PENDING


def test_what_expired_meanwhile_is_decided_after_all(machine, begun):
    daily, ada = machine("daily"), machine("ada")
    daily.load()
    ada.load()
    daily.queue.expire(before=NOW + timedelta(days=1), now=NOW)
    ada.decide(IDS[0])
    daily.save()
    assert ada.save().lost == ()
    assert ada.queue.get(IDS[0]).state is State.APPROVED
    assert ada.queue.get(IDS[1]).state is State.EXPIRED


def test_what_was_decided_meanwhile_does_not_expire(machine, begun):
    daily, ada = machine("daily"), machine("ada")
    daily.load()
    ada.load()
    daily.queue.expire(before=NOW + timedelta(days=1), now=NOW)
    ada.decide(IDS[0])
    ada.save()
    assert daily.save().lost == ()
    assert daily.history(IDS[0]) == [(Verdict.APPROVE, "ada")]
    assert daily.queue.get(IDS[1]).state is State.EXPIRED


def test_two_daily_runs_at_once_know_each_paper_once_and_each_line_of_the_ledger(
    machine, begun, origin
):
    one, two = machine("one"), machine("two")
    for each, later in ((one, 1), (two, 2)):
        each.load()
        fresh = [make_paper(f"2207.0000{number}") for number in range(5)]
        chosen = [make_candidate(f"2207.0000{number}") for number in range(later, 3)]
        each.queue.record(fresh, chosen, now=NOW, sampled={})
        fetch = Fetch(
            source=each.name, day=DAY, status=FetchStatus.COMPLETE, received=5, fetched_at=NOW
        )
        Ledger(each.engine).record([fetch])
        run = JobRun(
            job="daily", started_at=NOW, finished_at=NOW + timedelta(minutes=later), status="ok"
        )
        Ledger(each.engine).record_run(run)
        each.save()
    names = ("candidates.jsonl", "seen.jsonl", "waiting.jsonl")
    known = [line["arxiv_id"] for name in names for line in lines(origin, name)]
    assert sorted(known) == sorted({*IDS, "2206.00090", *(f"2207.0000{n}" for n in range(5))})
    queued = {line["arxiv_id"] for line in lines(origin, "candidates.jsonl")} - set(IDS)
    assert queued == {"2207.00001", "2207.00002"}
    assert [line["source"] for line in lines(origin, "fetches.jsonl")] == ["one", "two"]
    assert len(lines(origin, "job_runs.jsonl")) == 2


@pytest.mark.slow
def test_machines_that_decide_and_save_at_once_lose_nothing_and_double_nothing(
    machine, begun, origin
):
    machines = [machine(name) for name in ("ada", "bo", "cyd")]
    for each in machines:
        each.load()

    def work(one: Machine, mine: tuple[str, ...]) -> None:
        for arxiv_id in mine:
            one.decide(arxiv_id)
            one.save()

    threads = [
        threading.Thread(target=work, args=(one, IDS[number::3]))
        for number, one in enumerate(machines)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(arxiv_id for arxiv_id, _, _ in decided(origin)) == sorted(IDS)
    assert int(git(origin, "rev-list", "--count", BRANCH)) == len(IDS) + 1


def test_a_machine_that_dies_between_database_and_branch_merges_what_is_merged(
    machine, begun, origin, monkeypatch
):
    ada, bo = machine("ada"), machine("bo")
    ada.load()
    bo.load()
    ada.decide(IDS[0])
    bo.decide(IDS[1])
    ada.save()

    class DiedError(Exception):
        pass

    def die(*_arguments: object) -> None:
        raise DiedError

    monkeypatch.setattr("pipeline.state.snapshot.move_state", die)
    with pytest.raises(DiedError):
        bo.save()
    monkeypatch.undo()
    assert bo.save().lost == ()
    assert decided(origin) == [(IDS[0], "approve", "ada"), (IDS[1], "approve", "bo")]


def test_a_decision_made_while_a_save_merges_is_saved_too(machine, begun, origin, monkeypatch):
    ada, bo = machine("ada"), machine("bo")
    ada.load()
    bo.load()
    ada.decide(IDS[0])
    ada.save()
    bo.decide(IDS[1])
    from pipeline.state import snapshot

    real, once = snapshot.merge_dumps, []

    def slow_merge(*rows):
        if not once:
            once.append(True)
            bo.decide(IDS[2])
        return real(*rows)

    monkeypatch.setattr(snapshot, "merge_dumps", slow_merge)
    bo.save()
    assert [line[0] for line in decided(origin)] == [IDS[0], IDS[1], IDS[2]]


def test_what_was_saved_here_and_never_pushed_is_loaded_together_with_theirs(
    machine, begun, tmp_path, origin
):
    ada, bo = machine("ada"), machine("bo")
    ada.load()
    bo.load()
    ada.decide(IDS[0])
    ada.save(push=False)
    bo.decide(IDS[1])
    bo.save()
    ada.engine = open_database(f"sqlite:///{tmp_path}/anew.db")
    ada.load()
    assert ada.queue.get(IDS[0]).state is ada.queue.get(IDS[1]).state is State.APPROVED
    ada.save()
    assert sorted(decided(origin)) == [(IDS[0], "approve", "ada"), (IDS[1], "approve", "bo")]


def test_an_empty_database_never_replaces_a_queue(machine, begun):
    with pytest.raises(StateError, match="the database is empty, but shortlist-state holds"):
        machine("new").save()


def test_a_database_that_was_never_loaded_is_put_together_with_the_branch(machine, begun, origin):
    stranger = machine("stranger")
    stranger.queue.record(
        [make_paper("2207.00001")], [make_candidate("2207.00001")], now=NOW, sampled={}
    )
    stranger.save()
    assert len(lines(origin, "candidates.jsonl")) == len(IDS) + 1


def vandalise(origin: Path, folder: Path, name: str, edit: Callable[[str], str]) -> None:
    """Let a person edit a file of the state and push it."""
    work = clone(origin, folder, "--branch", BRANCH)
    path = work.root / name
    path.write_text(edit(path.read_text()))
    work.commit([name], "I know better", BOT)
    work.push("origin", f"refs/heads/{BRANCH}:refs/heads/{BRANCH}")


def cut(text: str) -> str:
    return text[: len(text) // 2]


@pytest.mark.parametrize("shallow", [False, True])
def test_a_damaged_state_is_refused_with_its_line_and_the_last_good_save_is_named(
    machine, begun, origin, tmp_path, shallow
):
    begun.decide(IDS[0])
    good = begun.save().commit
    vandalise(origin, tmp_path / "one", "candidates.jsonl", cut)
    vandalise(origin, tmp_path / "two", "seen.jsonl", lambda _text: "{half")
    other = machine("other", shallow=shallow)
    with pytest.raises(StateError) as refusal:
        other.load()
    problem, _, hint = str(refusal.value).partition(": the last good save is ")
    assert problem.startswith(f"{BRANCH}:candidates.jsonl:")
    assert "/tmp" not in problem
    assert hint.startswith(f"{good[:10]} of ")
    assert hint.endswith(f"UTC: `shortlist state load --commit {good[:10]}` goes on from there")
    assert other.queue.candidates() == ()

    restored = restore_snapshot(
        other.engine, other.repository, BRANCH, good[:10], identity=BOT, replace=False
    )
    assert restored.commit == good[:10]
    other.decide(IDS[1])
    other.save()
    assert decided(origin) == [(IDS[0], "approve", "first"), (IDS[1], "approve", "other")]
    # Nothing was forced: what was damaged is still there to be looked at.
    assert git(origin, "merge-base", "--is-ancestor", good, BRANCH) == ""
    subjects = git(origin, "log", "--format=%s", BRANCH).splitlines()
    assert subjects[1:4] == [f"Restore the state of {good[:10]}", *["I know better"] * 2]


def test_a_save_over_a_damaged_state_is_refused_and_changes_nothing(
    machine, begun, origin, tmp_path
):
    other = machine("other")
    other.load()
    other.decide(IDS[0])
    vandalise(origin, tmp_path / "one", "decisions.jsonl", lambda _text: "{half")
    tip = git(origin, "rev-parse", BRANCH)
    with pytest.raises(StateError, match="the last good save is"):
        other.save()
    assert git(origin, "rev-parse", BRANCH) == tip
    assert other.queue.get(IDS[0]).state is State.APPROVED


def test_where_no_save_is_whole_that_is_said(tmp_path, origin, machine):
    broken = make_list(tmp_path / "broken")
    save_state(broken, BRANCH, {"format.json": b"{"}, message="State", identity=BOT, push=False)
    one = Machine(
        repository=broken, engine=open_database(f"sqlite:///{tmp_path}/one.db"), name="one"
    )
    with pytest.raises(StateError, match="no earlier save is whole either"):
        one.load()


@pytest.mark.parametrize("version", [1, 2, 3])
def test_a_state_of_an_older_release_is_loaded_merged_and_saved_in_todays_format(
    machine, origin, version
):
    folder = DUMPS / f"format_{version}"
    old = {path.name: path.read_bytes() for path in folder.iterdir()}
    ada, bo = machine("ada"), machine("bo")
    save_state(ada.repository, BRANCH, old, message="State", identity=BOT, push=True)
    for one in (ada, bo):
        one.load()
    pending = [each.paper.arxiv_id for each in ada.queue.pending()]
    ada.decide(pending[0])
    bo.queue.record([make_paper("2207.00001")], [make_candidate("2207.00001")], now=NOW)
    ada.save()
    saved = bo.save()
    assert (saved.merged, saved.lost) == (1, ())
    assert (pending[0], "approve", "ada") in decided(origin)
    assert json.loads(git(origin, "show", f"{BRANCH}:format.json"))["format"] == FORMAT


def test_a_day_is_a_small_diff(machine, begun, origin):
    begun.decide(IDS[0])
    begun.save()
    changed = git(origin, "diff", "--numstat", f"{BRANCH}~1", BRANCH).splitlines()
    sizes = {line.split("\t")[2]: line.split("\t")[:2] for line in changed}
    assert sizes == {
        "candidates.jsonl": ["1", "1"],
        "decisions.jsonl": ["1", "0"],
        "format.json": ["1", "1"],
    }


def test_the_time_of_a_save_does_not_change_what_is_saved(machine, begun):
    later = datetime(2030, 1, 1, tzinfo=UTC)
    saved = save_snapshot(
        begun.engine, begun.repository, BRANCH, identity=BOT, push=True, now=later
    )
    assert saved.commit == ""
