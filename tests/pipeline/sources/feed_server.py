"""arXiv's feeds on loopback: one body for each category, and others for their twins."""

from __future__ import annotations

from collections.abc import Mapping

from tests.pipeline.sources.rss_feeds import feed_xml
from tests.pipeline.sources.server import LoopbackServer

XML = {"Content-Type": "application/rss+xml; charset=utf-8"}


class FeedServer(LoopbackServer):
    """``feeds`` by category; ``twins`` are served where the same is asked for in Atom.

    A category without a feed has one without items. ``broken`` is what a
    category answers, always: status and body.
    """

    def __init__(
        self,
        feeds: Mapping[str, bytes] | None = None,
        *,
        twins: Mapping[str, bytes] | None = None,
        broken: Mapping[str, tuple[int, bytes]] | None = None,
    ) -> None:
        super().__init__()
        self.feeds = dict(feeds or {})
        self.twins = dict(twins or {})
        self.broken = dict(broken or {})

    @property
    def rss_url(self) -> str:
        """Where its feeds are."""
        return self.url.replace("/api/query", "/rss")

    @property
    def asked(self) -> list[str]:
        """What was asked for, as ``rss/cs.LG`` or ``atom/cs.LG``."""
        return [request.path.removeprefix("/") for request in self.requests]

    def respond(self, _: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """The feed that the last request asks for: the client has one connection."""
        kind, _, category = self.asked[-1].partition("/")
        if category in self.broken:
            status, body = self.broken[category]
            return status, XML, body
        served = self.twins if kind == "atom" and category in self.twins else self.feeds
        return 200, XML, served.get(category) or feed_xml(category=category)
