"""When faults strike: rules over requests, counted and drawn from the seed.

``Rule("F9:gzip", view="oai", nth=2)`` resets the second OAI answer; a fault's
name alone is a rule with that fault's own habits. ``weather(0.05)`` lets passing
faults strike at random.
"""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.arxiv_emulator.answers import Answer, Request
from tests.arxiv_emulator.exchange import Arguments, Exchange, Memory, World
from tests.arxiv_emulator.fault import Fault
from tests.arxiv_emulator.faults import FAULTS, ONCE, find_fault
from tests.arxiv_emulator.papers import View

ANY = "any"
_MATCH = {
    "view": "view",
    "path_re": "path",
    "nth": "nth",
    "every": "every",
    "prob": "probability",
    "seed": "seed",
}
"""The reference page's words for when a rule matches, and ours."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault, and when it strikes.

    Attributes:
        fault: "F9", "F9:gzip", or "any" for one drawn each time: of the passing faults,
            or of those (without variants) that the argument ``of`` lists.
        view: Only there.
        path: Only where this pattern is found in the path with its query.
        nth: From the n-th request that matches on (1-based).
        every: Then each n-th one.
        probability: Chance of striking, drawn from the seed.
        times: How often in all; 0: no limit; ``None``: the fault's own habit.
        hours: Virtual hours from the first strike on; ``None``: the fault's own habit.
        seed: Of what is drawn; ``None``: from the emulator's.
        arguments: For the fault; the catalogue names them.
    """

    fault: str
    view: View | str | None = None
    path: str = ""
    nth: int = 1
    every: int = 1
    probability: float = 1.0
    times: int | None = None
    hours: float | None = None
    seed: int | None = None
    arguments: Arguments = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.fault != ANY:
            find_fault(self.fault)
        if self.view is not None:
            View(self.view)
        try:
            re.compile(self.path)
        except re.error as error:
            raise ValueError(f"path is no pattern: {error}") from error
        if self.nth < 1 or self.every < 1 or not 0 <= self.probability <= 1:
            raise ValueError("nth and every begin at 1, probability is in 0..1")


def weather(
    probability: float, *, view: View | str | None = None, of: tuple[str, ...] = ()
) -> Rule:
    """Passing faults (or those of ``of``) at random, in that share of all answers."""
    arguments = {"of": of} if of else {}
    return Rule(ANY, view=view, probability=probability, times=0, arguments=arguments)


def rule_of(row: Mapping[str, Any]) -> Rule:
    """A rule from JSON: the fields of :class:`Rule`, or those of the reference page.

    The page's are ``{match: {view, path_re, nth|every|prob, seed}, fault, args, times}``.
    What strikes every n-th time or by chance has no limit there but ``times``.

    Raises:
        ValueError: It has a key or a value that is none of a rule's.
    """
    try:
        return Rule(**_as_fields(row))
    except TypeError as error:
        raise ValueError(f"{dict(row)} is no rule: {error}") from error


def _as_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a row in either shape means."""
    if "match" not in row:
        return dict(row)
    match = row["match"]
    if not isinstance(match, Mapping) or not match.keys() <= _MATCH.keys():
        raise ValueError(f"a rule's match has {', '.join(_MATCH)}, found {match!r}")
    if wrong := row.keys() - {"match", "fault", "args", "times"}:
        raise ValueError(f"a rule with a match has no {sorted(wrong)} beside it")
    fields = {_MATCH[name]: value for name, value in match.items()}
    fields |= {"fault": row.get("fault", ""), "arguments": row.get("args", {})}
    often = 0 if match.keys() & {"every", "prob"} else None
    return {**fields, "times": row.get("times", often)}


class FaultBox:
    """The rules in force.

    Args:
        world: What they spoil.
        seed: Of what is drawn.
    """

    def __init__(self, world: World, *, seed: int) -> None:
        self._world = world
        self._seed = seed
        self._lock = threading.Lock()
        self._active: list[_Active] = []
        self._made = 0

    def set(self, *faults: Rule | str) -> None:
        """Add rules; those that belong to the corpus happen now.

        Raises:
            ValueError: One of them is no fault.
        """
        rules = [Rule(fault) if isinstance(fault, str) else fault for fault in faults]
        for rule in rules:
            if rule.fault != ANY and (prepare := find_fault(rule.fault)[0].prepare) is not None:
                prepare(self._world, rule.arguments)
        with self._lock:
            for rule in rules:
                self._made += 1
                seed = f"{self._seed}/{self._made}" if rule.seed is None else rule.seed
                self._active.append(_Active(rule, random.Random(seed)))

    def clear(self) -> None:
        """No faults any more. What happened to the corpus stays."""
        with self._lock:
            self._active.clear()

    def reset(self, *faults: Rule | str) -> None:
        """These, and dice as they were at first."""
        self.clear()
        self._made = 0
        self.set(*faults)

    @property
    def rules(self) -> tuple[tuple[Rule, int], ...]:
        """The rules in force, and how often each has struck."""
        with self._lock:
            return tuple((active.rule, active.struck) for active in self._active)

    def strike(
        self, request: Request, *, gap_seconds: float | None = None, others: int = 0
    ) -> tuple[Answer, str]:
        """The answer to a request, and the fault that made it ("" for the right one)."""
        with self._lock:
            for active in self._active:
                struck = active.strike(self._world, request, gap_seconds, others)
                if struck is not None:
                    return struck
        return self._world.answer(request), ""


class _Active:
    """A rule with its counts, its memory and its dice."""

    def __init__(self, rule: Rule, rng: random.Random) -> None:
        self.rule = rule
        self.struck = 0
        self._rng = rng
        self._matched = 0
        self._memories: dict[str, Memory] = {}
        self._began: datetime | None = None
        self._began_real = 0.0

    def strike(
        self, world: World, request: Request, gap_seconds: float | None, others: int
    ) -> tuple[Answer, str] | None:
        if not self._matches(world, request):
            return None
        fault, variant = self._draw(request)
        if fault.spoil is None or request.view not in fault.views or self._is_over(fault, world):
            return None
        name = f"{fault.code}:{variant}" if variant else fault.code
        exchange = Exchange(
            world=world,
            request=request,
            rng=self._rng,
            variant=variant,
            arguments=self.rule.arguments,
            memory=self._memories.setdefault(name, {}),
            gap_seconds=gap_seconds,
            others=others,
        )
        answer = fault.spoil(exchange)
        if answer is None:
            return None
        self.struck += 1
        if self._began is None:
            self._began, self._began_real = world.clock.now(), time.monotonic()
        return answer, name

    def _matches(self, world: World, request: Request) -> bool:
        rule = self.rule
        if rule.view is not None and request.view is not View(rule.view):
            return False
        target = request.headers.get(":target", request.path)
        if rule.path and not re.search(rule.path, target):
            return False
        if rule.fault != ANY and request.view not in find_fault(rule.fault)[0].views:
            return False
        self._matched += 1
        if self._matched < rule.nth or (self._matched - rule.nth) % rule.every:
            return False
        return rule.probability >= 1 or self._rng.random() < rule.probability

    def _draw(self, request: Request) -> tuple[Fault, str]:
        if self.rule.fault != ANY:
            return find_fault(self.rule.fault)
        of = self.rule.arguments.get("of")
        chosen = frozenset(of) if isinstance(of, list | tuple) else frozenset[str]()
        fits = [
            (fault, variant)
            for fault in FAULTS.values()
            if request.view in fault.views
            for variant in fault.variants
            if (fault.code in chosen if chosen else fault.passing or variant in ONCE)
        ]
        return self._rng.choice(fits) if fits else find_fault("F34")

    def _is_over(self, fault: Fault, world: World) -> bool:
        times = self.rule.times
        if times is None:
            variant = self.rule.fault.partition(":")[2]
            times = 1 if variant in ONCE else fault.times
        if times and self.struck >= times:
            return True
        if self._began is None:
            return False
        until: Callable[[datetime], datetime] | None = fault.lasts_until
        if self.rule.hours is not None:
            end = self._began + timedelta(hours=self.rule.hours)
        elif fault.lasts_seconds and self.rule.times is None:
            lasts = float(str(self.rule.arguments.get("seconds", fault.lasts_seconds)))
            return time.monotonic() >= self._began_real + lasts
        elif until is not None and self.rule.times is None:
            end = until(self._began)
        else:
            return False
        return world.clock.now() >= end
