"""The control interface under ``/__ctl``: everything the Python interface has, in JSON.

| request | what it does |
|---|---|
| ``GET /`` | addresses, time, size, faults in force |
| ``GET clock`` | the virtual time |
| ``POST clock`` | ``{"now": "2026-10-06T09:00:00Z"}``, or any of ``days``, ``hours``, \
``minutes``, ``seconds`` forward, or ``{"to_announcement_day": true}`` |
| ``GET faults`` | the catalogue, and the rules in force |
| ``POST fault`` | a rule, or a list: ``{"fault": "F9:gzip", "view": "oai", "nth": 2}``, or \
``{"match": {"view": "oai", "path_re": "skip", "nth": 2}, "fault": "F9:gzip", "args": {}, \
"times": 1}`` with ``every`` or ``prob`` (and ``seed``) for ``nth``; ``POST faults`` likewise |
| ``DELETE faults`` | no faults any more |
| ``GET log?spacing_seconds=3`` | the requests, and breaches of arXiv's terms |
| ``DELETE log`` | forget them |
| ``GET oracle?categories=cs.*,stat.ML&first=2026-10-05&last=2026-10-09`` | what must be held, \
what each view can show, and what was announced on those days |
| ``POST event`` | ``{"event": "touch", "arxiv_id": "..."}``; also ``revise``, ``withdraw``, \
``refer``, ``cross_list``, ``announce``, ``defer``, with ``day`` |
| ``POST reset`` | corpus, clock, faults and log as they were at the start |
| ``POST restart`` | ``{"seconds": 1}``: go away and come back |
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tests.arxiv_emulator.answers import Answer, says
from tests.arxiv_emulator.clock import eastern_day, next_announcement_day
from tests.arxiv_emulator.faults import FAULTS
from tests.arxiv_emulator.papers import View
from tests.arxiv_emulator.rules import Rule, rule_of

if TYPE_CHECKING:
    from tests.arxiv_emulator.emulator import Emulator

Row = Mapping[str, object]


class Control:
    """The control interface of one emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> Answer:
        """The answer, as JSON; 400 with a line that says what is wrong."""
        plain: dict[tuple[str, str], Callable[[], object]] = {
            ("GET", ""): self._status,
            ("GET", "clock"): self._clock,
            ("GET", "faults"): self._faults,
            ("DELETE", "faults"): self._clear_faults,
            ("GET", "log"): lambda: self._log(query),
            ("DELETE", "log"): self._clear_log,
            ("GET", "oracle"): lambda: self._oracle(query),
        }
        with_body: dict[str, Callable[[object], object]] = {
            "clock": self._move_clock,
            "fault": self._set_faults,
            "faults": self._set_faults,
            "event": self._event,
            "reset": self._reset,
            "restart": self._restart,
        }
        try:
            if (method, path) in plain:
                result = plain[method, path]()
            elif method == "POST" and path in with_body:
                result = with_body[path](json.loads(body or b"{}"))
            else:
                return _json(404, {"problem": f"there is no {method} {path!r} here"})
        except (ValueError, TypeError, KeyError) as error:
            return _json(400, {"problem": f"{type(error).__name__}: {error}"})
        return _json(200, result)

    def _status(self) -> object:
        emulator = self._emulator
        return {
            "oai_url": emulator.oai_url,
            "rss_url": emulator.rss_url,
            "api_url": emulator.api_url,
            "papers": len(emulator.corpus),
            "requests": len(emulator.log.requests),
            "faults": [_rule(*row) for row in emulator.faults.rules],
            "now": _stamp(emulator.clock.now()),
        }

    def _clock(self) -> object:
        return {"now": _stamp(self._emulator.clock.now())}

    def _move_clock(self, body: object) -> object:
        row = dict(_row(body))
        clock = self._emulator.clock
        if "now" in row:
            clock.set(datetime.fromisoformat(str(row["now"])))
        elif row.get("to_announcement_day"):
            clock.advance_to_announcement_day()
        else:
            clock.advance(**{name: float(str(value)) for name, value in row.items()})
        return self._clock()

    def _faults(self) -> object:
        catalogue = [
            {
                "code": fault.code,
                "name": fault.name,
                "meaning": fault.meaning,
                "variants": [variant for variant in fault.variants if variant],
            }
            for fault in FAULTS.values()
        ]
        rules = [_rule(*row) for row in self._emulator.faults.rules]
        return {"catalogue": catalogue, "in_force": rules}

    def _set_faults(self, body: object) -> object:
        rows = body if isinstance(body, list) else [body]
        self._emulator.faults.set(*[rule_of(_row(row)) for row in rows])
        return self._faults()

    def _clear_faults(self) -> object:
        self._emulator.faults.clear()
        return self._faults()

    def _log(self, query: dict[str, str]) -> object:
        log = self._emulator.log
        spacing = float(query.get("spacing_seconds", "3"))
        return {
            "requests": [row.as_json() for row in log.requests],
            "violations": list(log.violations(spacing_seconds=spacing)),
        }

    def _clear_log(self) -> object:
        self._emulator.log.clear()
        return {"requests": []}

    def _oracle(self, query: dict[str, str]) -> object:
        oracle = self._emulator.oracle
        categories = tuple(filter(None, query.get("categories", "").split(",")))
        today = eastern_day(self._emulator.clock.now())
        first = date.fromisoformat(query.get("first", today.isoformat()))
        last = date.fromisoformat(query.get("last", today.isoformat()))
        rows = oracle.announcements(first, last, categories)
        return {
            "now": _stamp(self._emulator.clock.now()),
            "papers": [held.as_json() for held in oracle.papers(categories).values()],
            "announced": sorted(
                [row.arxiv_id, row.version, row.day.isoformat(), row.action.value] for row in rows
            ),
            "reach": {view.value: sorted(oracle.reach(view, categories)) for view in View},
        }

    def _event(self, body: object) -> object:
        row = dict(_row(body))
        corpus, clock = self._emulator.corpus, self._emulator.clock
        event, arxiv_id = str(row.pop("event")), str(row.pop("arxiv_id", ""))
        given = row.pop("day", None)
        day = (
            date.fromisoformat(str(given))
            if given
            else next_announcement_day(eastern_day(clock.now()))
        )
        if arxiv_id and arxiv_id not in corpus:
            raise ValueError(f"there is no {arxiv_id}")
        texts = {name: str(value) for name, value in row.items()}
        events: dict[str, Callable[[], object]] = {
            "touch": lambda: corpus.touch(arxiv_id, clock.now()),
            "revise": lambda: corpus.revise(arxiv_id, day, comment=texts.get("comment")),
            "withdraw": lambda: corpus.withdraw(arxiv_id, day, **texts),
            "refer": lambda: corpus.refer(
                arxiv_id, day, journal_ref=texts["journal_ref"], doi=texts["doi"]
            ),
            "cross_list": lambda: corpus.cross_list(arxiv_id, day, texts["category"]),
            "announce": lambda: corpus.announce(day),
            "defer": lambda: corpus.defer(day),
        }
        made = events[event]()
        return {"arxiv_id": made if event == "announce" else arxiv_id, "day": day.isoformat()}

    def _reset(self, body: object) -> object:
        if _row(body):
            raise ValueError("reset takes no fields")
        self._emulator.reset()
        return self._status()

    def _restart(self, body: object) -> object:
        seconds = float(str(_row(body).get("seconds", 0)))
        self._emulator.restart(seconds=seconds)
        return {"seconds": seconds}


def _row(body: object) -> Row:
    if not isinstance(body, dict):
        raise TypeError(f"expected an object, found {body!r}")
    return body


def _rule(rule: Rule, struck: int) -> dict[str, object]:
    return {
        "fault": rule.fault,
        "view": str(rule.view) if rule.view else None,
        "path": rule.path,
        "nth": rule.nth,
        "every": rule.every,
        "probability": rule.probability,
        "times": rule.times,
        "hours": rule.hours,
        "seed": rule.seed,
        "arguments": {name: str(value) for name, value in rule.arguments.items()},
        "struck": struck,
    }


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _json(status: int, value: object) -> Answer:
    text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    return says(status, text, "application/json")
