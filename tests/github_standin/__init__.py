"""A GitHub on loopback that keeps real state, for tests.

``with GitHubStandIn("owner/list") as github:`` serves ``github.api_url``; what people do
there (tick a box, comment, merge) are methods of ``github.world``; what the program asked
stands in ``github.log``. As a process of its own::

    python -m tests.github_standin --port 0 --repository owner/list

prints its address, and takes the same acts as JSON at ``/_control/NAME``.

Written after GitHub's documentation, and never held against GitHub itself, which no test can
reach: what is told of each object is the part that Shortlist and its workflows read.
"""

from __future__ import annotations

from tests.github_standin.faults import Fault
from tests.github_standin.server import GitHubStandIn
from tests.github_standin.world import BOT, TOKEN, World

__all__ = ["BOT", "TOKEN", "Fault", "GitHubStandIn", "World"]
