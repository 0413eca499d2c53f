"""The emulator as a program: ``python -m tests.arxiv_emulator --days DIR``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import get_args

from pipeline.errors import PipelineError
from tests.arxiv_emulator import (
    FAULTS,
    SIZES,
    Corpus,
    Emulator,
    corpus_of_days,
    make_corpus,
    weather,
)
from tests.arxiv_emulator.api import Era
from tests.arxiv_emulator.faults import every_fault
from tests.arxiv_emulator.made_up import FIRST_DAY
from tests.arxiv_emulator.rules import Rule


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; the exit status."""
    options = _parser().parse_args(arguments)
    if options.list_faults:
        for fault in FAULTS.values():
            variants = ", ".join(filter(None, fault.variants))
            print(
                f"{fault.code:<4} {fault.name}: {fault.meaning}" + f" [{variants}]" * bool(variants)
            )
        return 0
    try:
        faults: list[Rule | str] = [*options.fault]
        if options.weather:
            faults.append(weather(options.weather))
        emulator = Emulator(
            _corpus(options),
            now=options.now,
            speed=options.speed,
            seed=options.seed,
            faults=faults,
            records_per_page=options.page_size,
            era=options.era,
            strict_created=options.strict_created,
            bug_acm=options.bug_acm,
            port=options.port,
        )
    except (PipelineError, ValueError, OSError) as error:
        print(f"arxiv-emulator: {error}", file=sys.stderr)
        return 1
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with emulator:
        _tell(emulator, as_json=options.json)
        stopped.wait()
    return 0


def _tell(emulator: Emulator, *, as_json: bool) -> None:
    """Where it answers: for a person, or (one line) for a program that started it."""
    urls = {
        "oai_url": emulator.oai_url,
        "rss_url": emulator.rss_url,
        "api_url": emulator.api_url,
        "control_url": emulator.control_url,
    }
    if as_json:
        print(json.dumps(urls), flush=True)
        return
    print(f"# {len(emulator.corpus)} papers, {emulator.clock.now():%Y-%m-%d %H:%M} UTC\n[sources]")
    for name, url in urls.items():
        print(f"{'# ' if name == 'control_url' else ''}{name} = {json.dumps(url)}")
    print("spacing_seconds = 0", flush=True)


def _corpus(options: argparse.Namespace) -> Corpus:
    if options.days is not None:
        return corpus_of_days(options.days, first=options.first, last=options.last)
    size = SIZES[options.size]
    return make_corpus(seed=options.seed, first=options.first or FIRST_DAY, **size)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.arxiv_emulator",
        description="An arXiv on loopback: OAI-PMH, RSS and Atom, and the query API over one "
        "corpus and one virtual clock, with everything that was seen to go wrong.",
        epilog="While it runs, GET /__ctl says what it does; tests/arxiv_emulator/control.py "
        "has the other requests (clock, faults, log, oracle).",
    )
    what = parser.add_argument_group("what there is")
    what.add_argument("--days", type=Path, metavar="DIR", help="serve a folder of recorded days")
    what.add_argument(
        "--size", choices=SIZES, default="small", help="of the made-up corpus (default: small)"
    )
    what.add_argument("--first", type=_date, metavar="DAY", help="first announcement day")
    what.add_argument("--last", type=_date, metavar="DAY", help="last recorded day")
    what.add_argument("--seed", type=int, default=1, help="the same seed, the same arXiv")
    when = parser.add_argument_group("when")
    when.add_argument(
        "--now", type=_moment, metavar="TIME", help="virtual time to begin with, in UTC"
    )
    when.add_argument(
        "--speed", type=float, default=0.0, help="virtual seconds a real one (default: 0, stands)"
    )
    wrong = parser.add_argument_group("what goes wrong")
    wrong.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="F9:gzip",
        choices=sorted({*every_fault(), *FAULTS}),
        help="set a fault; may be repeated",
    )
    wrong.add_argument(
        "--weather", type=float, default=0.0, metavar="SHARE", help="share of faulty answers, 0..1"
    )
    wrong.add_argument("--list-faults", action="store_true", help="say what there is, and end")
    how = parser.add_argument_group("how")
    how.add_argument("--port", type=int, default=0, help="0 for a free one (default)")
    how.add_argument(
        "--page-size", type=int, default=2500, help="OAI-PMH records a page (default: 2500)"
    )
    how.add_argument(
        "--era",
        choices=get_args(Era),
        default="now",
        help="how the query API writes: now (default), or as it did until 2025-10",
    )
    how.add_argument(
        "--strict-created",
        action="store_true",
        help="OAI-PMH says a first version's date in <created>, as arXiv does not",
    )
    how.add_argument(
        "--bug-acm",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="OAI-PMH says the MSC class in <acm-class>, as arXiv does (default)",
    )
    how.add_argument("--json", action="store_true", help="say the addresses in one line of JSON")
    return parser


def _date(text: str) -> date:
    return date.fromisoformat(text)


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


if __name__ == "__main__":
    sys.exit(main())
