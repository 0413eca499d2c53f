"""Which addresses may be asked: those of the config, and arXiv's own beside them.

A redirect is an answer from outside; where it leads is decided here, by origin
(scheme, host and port), before anything is sent.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from pipeline.errors import ConfigError
from pipeline.sources.plain_text import plain_text

_PORTS = {"http": 80, "https": 443}
_SHOWN_CHARACTERS = 120


class Addresses:
    """The base addresses from config, and what they allow.

    Raises:
        ConfigError: One of them is no http or https address.
    """

    def __init__(self, addresses: tuple[str, ...]) -> None:
        self._origins = frozenset(_origin(address) for address in addresses)

    @property
    def are_local(self) -> bool:
        """Whether all of them are on this machine's loopback."""
        return all(_is_loopback(host) for _, host, _ in self._origins)

    def refusal(self, url: str) -> str:
        """Why ``url`` may not be asked, or "" if it may.

        Allowed are the origins of the config and, if one of them is arXiv's, all
        of arXiv's hosts over https.
        """
        try:
            origin = _origin(url)
        except ConfigError as error:
            return f"{error}, so it was not asked"
        scheme, host, _ = origin
        with_arxiv = any(_is_arxiv(known) for _, known, _ in self._origins)
        if origin in self._origins or (with_arxiv and scheme == "https" and _is_arxiv(host)):
            return ""
        return f"{place(url)} is not a configured address, so it was not asked"


def place(url: str) -> str:
    """An address as messages show it: without its query, on one line, not too long."""
    return plain_text(url.partition("?")[0])[:_SHOWN_CHARACTERS]


def _origin(address: str) -> tuple[str, str, int]:
    """Scheme, host and port of an address."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigError(f"{place(address)!r} is no http or https address")
    return parts.scheme, parts.hostname.rstrip("."), port or _PORTS[parts.scheme]


def _is_arxiv(host: str) -> bool:
    return host == "arxiv.org" or host.endswith(".arxiv.org")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
