"""``shortlist review``: the queue before a maintainer, in a browser or in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli import show
from pipeline.cli.options import DEFAULT_CONFIG, ConfigOption, read_config

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.config import Config


def add_to(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command("review", epilog="Example: shortlist review --port 8770 --open")(review)


def review(
    *,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen.", show_default="config")
    ] = "",
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="Its port; 0 for a free one.", show_default="config"),
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open", help="Open a browser on it.")] = False,
    in_terminal: Annotated[
        bool, typer.Option("--terminal", help="Review here instead, one key a decision.")
    ] = False,
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Review what waits, in a browser or in this terminal.

    The page is for this machine only, unless --host says otherwise; then whoever opens it has to
    know the token that SHORTLIST_REVIEW_TOKEN holds, or that is made and printed here. Ctrl-C
    ends it; nothing is lost.
    """
    if in_terminal:
        _review_here(config)
        return
    settings = read_config(config)
    _serve_page(
        settings,
        host or settings.review.host,
        settings.review.port if port is None else port,
        open_browser=open_browser,
    )


def _review_here(config: Path) -> None:
    if not show.is_terminal():
        show.print_error("review --terminal needs a terminal; in a pipe there is `shortlist queue`")
        raise typer.Exit(2)
    from pipeline import wiring
    from pipeline.review.terminal import review_in_terminal

    settings = read_config(config)
    with wiring.kept_open(settings):
        show.print_line(review_in_terminal(wiring.make_desk(settings)))


def _serve_page(settings: Config, host: str, port: int, *, open_browser: bool) -> None:
    import webbrowser
    from dataclasses import replace

    from pipeline import wiring
    from pipeline.review.web import make_app
    from pipeline.review.web.server import address_of, bind, serve

    asked, is_new = wiring.make_web_settings(settings, host=host, port=port)
    desk = wiring.make_desk(settings)
    desk.topics()  # a list that cannot be read is told here, not by every card
    listener = bind(host, port)
    web = replace(asked, port=listener.getsockname()[1])
    app = make_app(desk, web)

    def started() -> None:
        shown = address_of(web, token=web.token if is_new else "")
        show.print_line(f"review at {shown} (Ctrl-C ends it)")
        if open_browser:
            webbrowser.open(address_of(web, token=web.token))

    with wiring.kept_open(settings):
        serve(app, listener, started=started)
