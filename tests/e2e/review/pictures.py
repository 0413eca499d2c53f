"""The pictures of the review page in ``docs/``: ``python -m tests.e2e.review.pictures``.

Made of the demo, so that they show what a newcomer sees: titles, authors and identifiers are
facts, every abstract and digest was written for it.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.e2e.review.chromium import CHROMIUM, DESKTOP, FLAGS, PHONE
from tests.e2e.review.png import small_png
from tests.e2e.review.server import ReviewServer, make_demo
from tests.e2e.review.tab import APPROVE, REJECT, Tab

DOCS = Path(__file__).resolve().parents[3] / "docs"
MOST_BYTES = 150_000
DECIDED = (APPROVE, REJECT, APPROVE)
"""What was decided before: the picture shows a day under way."""


def take_pictures(browser: Browser, server: ReviewServer, folder: Path) -> list[Path]:
    """Write ``review-*.png`` into ``folder``: desktop and phone, light and dark."""
    taken = []
    decided = False
    for device, settings in (
        ("desktop", DESKTOP),
        ("phone", {**PHONE, "device_scale_factor": 2}),
    ):
        for scheme in ("light", "dark"):
            context = browser.new_context(**settings, color_scheme=scheme, reduced_motion="reduce")
            tab = Tab(context, server.url).open()
            if not decided:
                tab.press(*DECIDED)
                tab.settle()
                tab.open("/history").open()
                decided = True
            tab.page.mouse.move(0, 0)
            path = folder / f"review-{device}-{scheme}.png"
            shot = tab.page.screenshot(animations="disabled", caret="hide")
            path.write_bytes(small_png(shot))
            taken.append(path)
            context.close()
    return taken


def main() -> None:
    """Make the demo, serve it, and take the pictures anew."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        world = make_demo(Path(name) / "world")
        server = ReviewServer(world, Path(name) / "served")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            for path in take_pictures(browser, server, DOCS):
                print(f"{path} ({path.stat().st_size:,} bytes)")
        finally:
            browser.close()
            server.stop()


if __name__ == "__main__":
    main()
