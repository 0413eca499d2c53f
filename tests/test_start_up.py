"""What is heavy is not loaded before it is needed."""

from __future__ import annotations

import subprocess
import sys

HEAVY = {
    "torch",
    "transformers",
    "sentence_transformers",
    "sklearn",
    "skops",
    "scipy",
    "arxiv",
    "feedparser",
    "alembic",
    "apscheduler",
    "pylatexenc",
    "fastapi",
    "starlette",
    "uvicorn",
    "jinja2",
    "github",
    "requests",
    "markdown_it",
}


def modules_after(*arguments: str, cwd) -> set[str]:
    code = (
        "import sys; sys.argv = ['shortlist', *sys.argv[1:]]\n"
        "from pipeline.__main__ import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=True,
    )
    return {name.partition(".")[0] for name in done.stderr.split()}


def test_importing_the_command_line_loads_nothing_heavy_and_no_database(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import pipeline.cli, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "typer" in loaded
    assert not loaded & (HEAVY | {"sqlalchemy", "pydantic", "numpy"})


def test_help_loads_nothing_heavy_and_no_database(tmp_path):
    assert not modules_after("--help", cwd=tmp_path) & (HEAVY | {"sqlalchemy", "pydantic", "numpy"})


def test_listing_the_queue_loads_nothing_heavy(world):
    modules_after("queue", "list", cwd=world)  # makes the database, which takes alembic
    assert not modules_after("queue", "list", cwd=world) & HEAVY
