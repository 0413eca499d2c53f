from __future__ import annotations

import pytest

from pipeline.errors import ConfigError
from pipeline.sources.addresses import Addresses, place


@pytest.mark.parametrize("address", ["", "arxiv.org", "ftp://arxiv.org/", "http://arxiv.org:port/"])
def test_an_address_that_is_none_is_a_config_error(address: str) -> None:
    with pytest.raises(ConfigError, match="is no http or https address"):
        Addresses((address,))


def test_only_arxivs_own_hosts_over_https_count_as_arxiv() -> None:
    addresses = Addresses(("https://export.arxiv.org/api/query",))
    assert addresses.refusal("https://arxiv.org/abs/1") == ""
    assert addresses.refusal("https://rss.arxiv.org:8443/rss") == ""
    for url in (
        "https://arxiv.org.example.org/",
        "https://notarxiv.org/",
        "http://arxiv.org/",
        "https://arxiv.org@example.org/",
        "file:///etc/passwd",
    ):
        assert addresses.refusal(url)


def test_a_local_address_allows_neither_arxiv_nor_another_port() -> None:
    addresses = Addresses(("http://127.0.0.1:8080/api",))
    assert addresses.are_local
    assert addresses.refusal("http://127.0.0.1:8080/else") == ""
    assert addresses.refusal("http://127.0.0.1:8081/api")
    assert addresses.refusal("https://arxiv.org/")


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("http://localhost/", True),
        ("http://[::1]:9/", True),
        ("http://127.0.0.53/", True),
        ("http://10.0.0.1/", False),
        ("http://localhost.example.org/", False),
    ],
)
def test_only_this_machine_itself_is_local(address: str, local: bool) -> None:
    assert Addresses((address,)).are_local is local


def test_messages_show_an_address_without_its_query_on_one_line() -> None:
    assert place("http://a/b\nc\x1b?secret=1") == "http://a/b c"
    assert len(place("http://" + "a" * 5000)) == 120
