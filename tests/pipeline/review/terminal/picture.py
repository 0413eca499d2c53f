"""The documents' picture of a terminal: ``python -m tests.pipeline.review.terminal.picture``.

Drawn from a real frame of the demo's queue, so that it shows what there is. Fonts are the reader's
own: the picture asks for nothing from elsewhere.
"""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path

from rich.console import Console

from pipeline import wiring
from pipeline.config import load_config
from pipeline.daily import run_daily
from pipeline.demo import DEMO_DAY, make_world
from tests.builders import NOW
from tests.pipeline.review.terminal.program import ROOT
from tests.pipeline.review.terminal.typed import TypedScreen, review

PICTURE = ROOT / "docs" / "terminal.svg"
COLUMNS, ROWS = 118, 32
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)


def draw(screen: TypedScreen) -> str:
    """The last frame as SVG."""
    console = Console(
        record=True,
        width=COLUMNS,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        markup=False,
        highlight=False,
    )
    for line in screen.drawn[-1]:
        console.print(line, no_wrap=True, overflow="crop", crop=True)
    svg = console.export_svg(title="shortlist review --terminal", unique_id="terminal")
    return _FONTS.sub("", svg).replace("Fira Code, monospace", "monospace") + "\n"


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as name:
        world = Path(name) / "world"
        make_world(world, world / "config.toml")
        settings = load_config(world / "config.toml")
        run_daily(wiring.make_daily_job(settings, day=DEMO_DAY, now=NOW))
        desk = wiring.make_desk(settings)
        PICTURE.write_text(draw(review(desk, "a", columns=COLUMNS, rows=ROWS)), encoding="utf-8")


if __name__ == "__main__":
    main()
