"""Where the page is served and whom it lets in, as values. Knows no request."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
import socket
from dataclasses import dataclass, field

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """How the page is served.

    Attributes:
        host: The address it listens on.
        port: The port it listens on.
        hosts: More names it is reached under (behind a proxy), lower case, without port.
        token: What a browser has to show once, "" where everyone on the machine may.
        proxy_header: Header in which a trusted proxy names the reviewer, "" for none.
        trusted_proxies: Addresses or networks of those proxies.
        secret: Key of what proves that a change comes from the page; a new one a start.
    """

    host: str
    port: int
    hosts: tuple[str, ...] = ()
    token: str = field(default="", repr=False)
    proxy_header: str = ""
    trusted_proxies: tuple[str, ...] = ()
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def names(self) -> frozenset[str]:
        """Names that a request's ``Host`` may have, beside addresses (:meth:`serves`)."""
        own = {self.host.lower(), *self.hosts} | LOOPBACK_NAMES
        return frozenset(own if is_loopback(self.host) else {*own, socket.gethostname().lower()})

    def serves(self, host: str) -> bool:
        """Whether ``host`` (without port) is this page.

        A page of another site can point a name of its own at this machine (DNS
        rebinding), but no address: addresses pass where the page is not for this
        machine only.
        """
        name = host.lower().rstrip(".")
        if name in self.names:
            return True
        return not is_loopback(self.host) and _address(name) is not None

    def csrf_of(self, reviewer: str) -> str:
        """What the page of ``reviewer`` sends along with every change."""
        return _seal(self.secret, f"csrf:{reviewer}")

    @property
    def cookie(self) -> str:
        """What a browser that has shown the token keeps in its place."""
        return _seal(self.token.encode(), "cookie")

    def trusts(self, peer: str) -> bool:
        """Whether ``peer`` is a proxy that may name reviewers."""
        address = _address(peer)
        return address is not None and any(
            address in ipaddress.ip_network(each, strict=False) for each in self.trusted_proxies
        )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    address = _address(host)
    return host.lower() == "localhost" if address is None else address.is_loopback


def same(given: str, expected: str) -> bool:
    """Whether two secrets are the same, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "replace"), expected.encode())


def _seal(key: bytes, words: str) -> str:
    return hmac.new(key, words.encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
