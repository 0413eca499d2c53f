"""arXiv on loopback: three interfaces over one corpus and one clock, with faults.

>>> from tests.arxiv_emulator import Emulator, make_corpus
>>> with Emulator(make_corpus(seed=1), seed=1, faults=["F1"]) as emulator:
...     emulator.oai_url.endswith("/oai")
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Self

from tests.arxiv_emulator.answers import Answer, Request
from tests.arxiv_emulator.api import Api, Era
from tests.arxiv_emulator.clock import Clock, announced
from tests.arxiv_emulator.control import Control
from tests.arxiv_emulator.corpus import Corpus
from tests.arxiv_emulator.exchange import World
from tests.arxiv_emulator.log import Log, Logged
from tests.arxiv_emulator.oai import IDENTIFIERS_PER_PAGE, RECORDS_PER_PAGE, Oai
from tests.arxiv_emulator.oai_formats import Quirks
from tests.arxiv_emulator.oracle import Oracle
from tests.arxiv_emulator.rss import Rss
from tests.arxiv_emulator.rules import FaultBox, Rule
from tests.arxiv_emulator.server import CONTROL, HOST, Server


class Emulator:
    """The emulator, as a context manager.

    Attributes:
        corpus: The papers; its methods let things happen to them.
        clock: The virtual time; ``emulator.clock.advance(hours=3)``.
        faults: The rules in force; ``emulator.faults.set("F9:gzip")``, ``.clear()``.
        log: The requests; ``.requests``, ``.violations(spacing_seconds=0.03)``.
        oracle: What a client that loses nothing must hold.

    Args:
        corpus: What there is.
        now: Where the clock begins; by default after the last mailing is everywhere.
        speed: Virtual seconds for each real one; 0: the clock stands.
        seed: Of everything that is drawn.
        faults: Names ("F9:gzip") and rules, set at once.
        records_per_page: Of OAI-PMH; 2,500 in reality.
        identifiers_per_page: Of OAI-PMH; 20,000 in reality.
        era: How the query API writes: "now", or "2025-10" for as it did until then.
        strict_created: OAI-PMH without its bug about ``<created>``.
        bug_acm: OAI-PMH with its bug about ``<acm-class>``.
        port: 0 for a free one.
        on_request: Called for each request when it has arrived, before it is answered.
    """

    def __init__(
        self,
        corpus: Corpus,
        *,
        now: datetime | None = None,
        speed: float = 0.0,
        seed: int = 1,
        faults: Iterable[Rule | str] = (),
        records_per_page: int = RECORDS_PER_PAGE,
        identifiers_per_page: int = IDENTIFIERS_PER_PAGE,
        era: Era = "now",
        strict_created: bool = False,
        bug_acm: bool = True,
        port: int = 0,
        on_request: Callable[[Logged], None] | None = None,
    ) -> None:
        self.corpus = corpus
        self._begins = now or _after_everything(corpus)
        self._first_faults = tuple(faults)
        self._restore_corpus = corpus.remember()
        self.clock = Clock(self._begins, speed=speed)
        self.oracle = Oracle(corpus, self.clock)
        self.log = Log()
        world = World(
            corpus=corpus,
            clock=self.clock,
            oai=Oai(
                corpus,
                self.clock,
                records_per_page=records_per_page,
                identifiers_per_page=identifiers_per_page,
                quirks=Quirks(strict_created=strict_created, bug_acm=bug_acm),
            ),
            rss=Rss(corpus, self.clock),
            api=Api(corpus, self.clock, era=era),
        )
        self.faults = FaultBox(world, seed=seed)
        self.faults.set(*self._first_faults)
        self._server = Server(
            strike=self._strike,
            control=Control(self).answer,
            log=self.log,
            clock=self.clock,
            port=port,
            on_request=on_request,
        )

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://{HOST}:{self._server.port}"

    @property
    def oai_url(self) -> str:
        """Like ``https://oaipmh.arxiv.org/oai``."""
        return f"{self.url}/oai"

    @property
    def rss_url(self) -> str:
        """Like ``https://rss.arxiv.org/rss``: append ``/cs.LG``."""
        return f"{self.url}/rss"

    @property
    def atom_url(self) -> str:
        """Like ``https://rss.arxiv.org/atom``."""
        return f"{self.url}/atom"

    @property
    def api_url(self) -> str:
        """Like ``https://export.arxiv.org/api/query``."""
        return f"{self.url}/api/query"

    @property
    def control_url(self) -> str:
        """The control interface; ``control`` says what is there."""
        return f"{self.url}{CONTROL}"

    def reset(self) -> None:
        """As it began: corpus, clock and faults; the log is empty, and numbers from 1."""
        self._restore_corpus()
        self.clock.set(self._begins)
        self.faults.reset(*self._first_faults)
        self.log.clear()
        self._server.number_anew()

    def restart(self, *, seconds: float = 0.0) -> None:
        """Break all connections and refuse new ones for so long; the port stays (F40)."""
        self._server.go_away(seconds)

    def _strike(
        self, request: Request, gap_seconds: float | None, others: int
    ) -> tuple[Answer, str]:
        return self.faults.strike(request, gap_seconds=gap_seconds, others=others)


def _after_everything(corpus: Corpus) -> datetime:
    """Five hours after midnight ET of the last announcement day."""
    days = corpus.days()
    if not days:
        return datetime.now(UTC).replace(microsecond=0)
    return announced(days[-1]) + timedelta(hours=9)
