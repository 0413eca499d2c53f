"""Whose name is kept with a decision, and whom the page believes about it."""

from __future__ import annotations

import pytest

from pipeline.review.web.settings import WebSettings
from tests.pipeline.review.web.serving import page_of

ONE = "/api/candidates/2206.00001"
PROXY = {"proxy_header": "X-Forwarded-User", "trusted_proxies": ("127.0.0.0/8",)}


def test_without_a_proxy_the_config_says_who_reviews(page):
    assert page.get("/api/session").json["reviewer"] == "Mara"
    assert page.get("/api/session", X_Forwarded_User="Noor").json["reviewer"] == "Mara"


def test_a_trusted_proxy_says_who_reviews(world):
    with page_of(world.desk, **PROXY) as page:
        page.headers["X-Forwarded-User"] = "Noor"
        assert page.get("/api/session").json["reviewer"] == "Noor"
        page.signed().post(f"{ONE}/decision", {"verdict": "reject", "revision": 0})
    assert world.desk.candidate("2206.00001").reviewer == "Noor"


def test_a_proxy_that_is_not_trusted_is_not_believed(world):
    with page_of(
        world.desk, proxy_header="X-Forwarded-User", trusted_proxies=("192.0.2.1",)
    ) as page:
        assert page.get("/api/session", X_Forwarded_User="Noor").json["reviewer"] == "Mara"


@pytest.mark.parametrize("name", ["", "  ", "\x01"])
def test_a_trusted_proxy_that_names_nobody_lets_nobody_in(world, name):
    with page_of(world.desk, **PROXY) as page:
        headers = {"X-Forwarded-User": name} if name.strip() else {}
        assert page.get("/api/queue", **headers).status in {400, 401}
        assert page.get("/api/queue").status == 401


def test_what_one_reviewer_was_given_does_not_sign_for_another(world):
    with page_of(world.desk, **PROXY) as page:
        noor = page.get("/api/session", X_Forwarded_User="Noor").json["csrf"]
        answer = page.post(
            f"{ONE}/decision",
            {"verdict": "reject", "revision": 0},
            X_Forwarded_User="Olu",
            X_Shortlist_CSRF=noor,
        )
        assert answer.status == 403


def test_a_name_in_utf_8_is_read_as_it_was_meant(world):
    with page_of(world.desk, **PROXY) as page:
        name = "Zoë Ångström".encode().decode("latin-1")
        assert page.get("/api/session", X_Forwarded_User=name).json["reviewer"] == "Zoë Ångström"


def test_networks_are_trusted_as_a_whole():
    settings = WebSettings(host="127.0.0.1", port=1, trusted_proxies=("10.0.0.0/8", "::1"))
    assert settings.trusts("10.2.3.4")
    assert settings.trusts("::1")
    assert not settings.trusts("11.0.0.1")
    assert not settings.trusts("")
