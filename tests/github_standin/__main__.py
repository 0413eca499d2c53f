"""``python -m tests.github_standin --port 0 --repository owner/list`` serves until stopped."""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.github_standin.server import GitHubStandIn


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.github_standin")
    parser.add_argument("--port", type=int, default=0, help="0 for a free one")
    parser.add_argument("--repository", default="owner/list", help="owner/name")
    parser.add_argument("--git", type=Path, help="the bare repository behind it")
    parser.add_argument(
        "--person", action="append", default=[], metavar="LOGIN:PERMISSION", help="repeatable"
    )
    parser.add_argument("--token", action="append", default=[], metavar="LOGIN:TOKEN")
    chosen = parser.parse_args()
    standin = GitHubStandIn(chosen.repository, git=chosen.git, port=chosen.port)
    for given in chosen.person:
        standin.world.person(*given.split(":"))
    for given in chosen.token:
        standin.world.token(*given.split(":"))
    print(standin.api_url, flush=True)
    standin.serve()


if __name__ == "__main__":
    main()
