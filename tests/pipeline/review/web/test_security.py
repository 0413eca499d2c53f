"""Who may come in, from where, and what a browser is told it may do."""

from __future__ import annotations

import http.client
import re
import socket

import pytest

from db.records import State
from pipeline.desk import ReviewDesk
from pipeline.review.web.guard import MOST_BYTES
from pipeline.review.web.settings import WebSettings
from tests.pipeline.desk.worlds import make_world
from tests.pipeline.review.web.serving import Client, page_of

ONE = "/api/candidates/2206.00001"
APPROVE = {"verdict": "approve", "revision": 0}
TOKEN = "a-token-that-is-long-enough"


@pytest.fixture
def guarded(world):
    """The page as it is where others than this machine can reach it."""
    with page_of(world.desk, host="0.0.0.0", token=TOKEN) as client:
        yield client


# -- changes -------------------------------------------------------------------


def test_a_change_without_the_header_of_the_page_is_refused(world, page):
    answer = page.post(f"{ONE}/decision", APPROVE)
    assert (answer.status, "X-Shortlist-CSRF" in answer.json["problem"]) == (403, True)
    assert page.post(f"{ONE}/decision", APPROVE, X_Shortlist_CSRF="guess").status == 403
    assert world.desk.candidate("2206.00001").state is State.PENDING


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_that_another_site_asks_for_is_refused(world, signed, headers):
    client = Client(signed.base, {**signed.headers, **headers})
    assert client.post(f"{ONE}/decision", APPROVE).status == 403
    assert world.desk.candidate("2206.00001").state is State.PENDING


def test_a_change_of_the_page_itself_is_carried_out(signed):
    own = {"Origin": signed.base, "Sec-Fetch-Site": "same-origin"}
    browser = Client(signed.base, {**signed.headers, **own})
    assert browser.post(f"{ONE}/decision", APPROVE).status == 200


def test_a_form_of_another_site_cannot_be_a_change(world, signed):
    answer = signed.post(
        f"{ONE}/decision",
        b'{"verdict": "approve", "revision": 0}',
        Content_Type="text/plain",
    )
    assert answer.status == 422
    assert world.desk.candidate("2206.00001").state is State.PENDING


def test_a_page_of_another_site_cannot_read_the_queue(page):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    client = Client(page.base, headers)
    assert client.get("/api/queue").status == 403
    answer = page.get("/api/queue", Origin="https://evil.example")
    assert "access-control-allow-origin" not in answer.headers


def test_a_link_on_another_site_may_lead_here(page):
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert Client(page.base, headers).get("/").status == 200


# -- names ---------------------------------------------------------------------


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example"])
def test_a_name_of_another_site_that_points_here_is_refused(page, host):
    answer = page.get("/api/queue", Host=host)
    assert (answer.status, "problem" in answer.json) == (421, True)


def test_names_of_this_machine_are_served(page):
    for host in ("localhost:80", "127.0.0.1", "[::1]:8765", "LOCALHOST"):
        assert page.get("/api/queue", Host=host).status == 200


def test_a_page_for_others_is_served_under_addresses_and_names_of_its_config():
    settings = WebSettings(host="0.0.0.0", port=1, hosts=("review.example.org",), token="x")
    assert settings.serves("192.0.2.7")
    assert settings.serves("Review.Example.org")
    assert not settings.serves("evil.example")
    own = WebSettings(host="127.0.0.1", port=1)
    assert not own.serves("192.0.2.7")


# -- the token -----------------------------------------------------------------


def test_beyond_this_machine_nothing_is_shown_without_the_token(guarded):
    for path in ("/", "/history", "/model/report", "/api/queue", "/api/openapi.json"):
        answer = guarded.get(path)
        assert answer.status == 401
        assert "2206" not in answer.text
    assert guarded.get(f"/?token={TOKEN}x").status == 401
    assert guarded.get("/static/base.css").status == 200


def test_the_token_is_shown_once_and_a_cookie_stands_for_it(guarded):
    first = guarded.get(f"/history?reviewer=a%26b&token={TOKEN}")
    assert (first.status, first.headers["location"]) == (303, "/history?reviewer=a%26b")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert TOKEN not in cookie
    browser = Client(guarded.base, {"Cookie": cookie.partition(";")[0]})
    assert browser.get("/history").status == 200
    assert browser.signed().post(f"{ONE}/decision", APPROVE).status == 200


def test_the_cookie_of_another_token_opens_nothing(guarded):
    other = WebSettings(host="0.0.0.0", port=1, token="another").cookie
    assert guarded.get("/", Cookie=f"shortlist_review={other}").status == 401
    assert guarded.get("/", Cookie="shortlist_review=\xff").status == 401


def test_a_program_shows_the_token_with_each_request(guarded):
    program = Client(guarded.base, {"Authorization": f"Bearer {TOKEN}"})
    assert program.get("/api/queue").status == 200
    assert program.signed().post(f"{ONE}/decision", APPROVE).status == 200


def test_the_way_in_never_leads_to_another_site(guarded):
    host, port = guarded.base.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    try:
        connection.request("GET", f"//evil.example/?token={TOKEN}")
        assert connection.getresponse().getheader("location") == "/evil.example/"
    finally:
        connection.close()


def test_the_secrets_of_a_page_are_not_in_what_is_printed_of_it():
    settings = WebSettings(host="0.0.0.0", port=1, token=TOKEN)
    assert TOKEN not in repr(settings)
    assert repr(settings.secret) not in repr(settings)


# -- sizes and shapes ----------------------------------------------------------


def test_a_body_that_is_too_long_is_refused(signed):
    answer = signed.post(
        f"{ONE}/decision", b"x" * (MOST_BYTES + 1), Content_Type="application/json"
    )
    assert answer.status == 413


def test_a_body_that_does_not_say_how_long_it_is_is_bounded_too(signed):
    host, port = signed.base.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    try:
        connection.request(
            "POST",
            f"{ONE}/decision",
            body=iter([b'{"verdict": "' + b"x" * 1000] + [b"x" * 65536] * 8),
            headers={**signed.headers, "Content-Type": "application/json"},
            encode_chunked=True,
        )
        assert connection.getresponse().status in {400, 413}
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before all of it was sent
    finally:
        connection.close()


def test_what_is_no_json_is_refused_in_one_line(signed):
    for body in (b"{", b"\xff\xfe", b"[]", b'{"verdict": "\\ud800", "revision": 0}'):
        answer = signed.post(f"{ONE}/decision", body, Content_Type="application/json")
        assert answer.status in {400, 422}
        assert "\n" not in answer.json["problem"]


def test_what_speaks_no_http_ends_nothing(page):
    host, port = page.base.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(b"\x16\x03\x01\x00 nonsense\r\n\r\n")
        connection.recv(1000)
    assert page.get("/api/queue").status == 200


# -- what a browser is told ----------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/history", "/ledger", "/model", "/nothing", "/api/queue"])
def test_every_answer_forbids_all_that_the_page_does_not_need(page, path):
    headers = page.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "server" not in headers


@pytest.mark.parametrize("path", ["/", "/history", "/ledger", "/model"])
def test_no_page_has_a_script_or_style_of_its_own_or_an_address_elsewhere(page, path):
    html = page.get(path).text
    assert re.findall(r"<script(?![^>]*\ssrc=\"/static/)", html) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", html) == []
    assert re.findall(r"(?:src|href|action)=\"(?!/|#)", html) == []


def test_static_files_are_kept_and_asked_about_again(page):
    first = page.get("/static/base.css")
    assert first.headers["cache-control"] == "no-cache"
    again = page.get("/static/base.css", If_None_Match=first.headers["etag"])
    assert (again.status, again.text) == (304, "")


@pytest.mark.parametrize(
    "path", ["/static/../guard.py", "/static/%2e%2e/guard.py", "/static//etc/x"]
)
def test_no_file_beside_the_static_ones_is_served(page, path):
    host, port = page.base.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port))
    try:
        connection.request("GET", path)
        assert connection.getresponse().status == 404
    finally:
        connection.close()


def test_the_report_is_shown_with_its_own_style_and_nothing_else(world, page):
    path = world.folder / "var" / "report.html"
    path.parent.mkdir()
    path.write_text("<style>p { color: red }</style><p>fine</p><script>x()</script>", "utf-8")
    answer = page.get("/model/report")
    policy = answer.headers["content-security-policy"]
    assert answer.text.endswith("</script>")
    assert "script-src" not in policy
    assert re.search(r"style-src 'sha256-[A-Za-z0-9+/]{43}='", policy)
    assert "frame-ancestors 'self'" in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"


def test_there_is_no_page_of_documentation_that_loads_scripts_from_elsewhere(page):
    assert page.get("/docs").status == 404
    assert page.get("/redoc").status == 404
    assert page.get("/api/openapi.json").status == 200


class BrokenDesk(ReviewDesk):
    """A desk with a bug in it."""

    def progress(self):
        raise RuntimeError("a bug that names 2206.00001")


def test_a_bug_is_told_as_one_with_all_headers_and_nothing_of_what_failed(world, caplog):
    with page_of(BrokenDesk(world.desk._tools, "Mara")) as client:
        answer = client.get("/api/queue?text=asked-for")
    assert (answer.status, answer.json["problem"]) == (500, "this is a bug in Shortlist")
    assert "2206" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "RuntimeError" in caplog.text
    assert "asked-for" not in caplog.text


def test_a_hostile_title_is_text_in_the_html_of_its_entry(tmp_path):
    from tests.builders import make_candidate

    world = make_world(tmp_path / "hostile", candidates=0)
    title = "</details><script>alert(1)</script> [x](javascript:alert(2)) ![i](http://e/x.png)"
    world.add(make_candidate("2206.00001", title=title, abstract=f"We show {title}. It is bad."))
    with page_of(world.desk) as client:
        html = client.get(ONE).json["entry"]["html"]
    assert "<script" not in html
    assert "<img" not in html
    assert re.findall(r'href="(?!https://arxiv\.org/abs/)', html) == []
    assert html.count("<details>") == html.count("</details>") == 1
