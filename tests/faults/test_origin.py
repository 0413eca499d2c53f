"""The list's origin: others who are faster, a token that has expired, a server that is away."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.faults.machines import DAILY, End, Machines, assert_healed, end_of
from tests.faults.refusals import assert_one_line
from tests.pipeline.git.checkouts import git

pytestmark = [pytest.mark.slow]

# A person commits in the moment in which the push has arrived. In the quarantine of what
# is being pushed no branch may be moved, hence the clean environment.
_FASTER = """#!/bin/sh
while read old new ref; do
  test "$ref" = refs/heads/main || exit 0
done
test "$(cat left)" -gt 0 || exit 0
echo $(($(cat left) - 1)) > left
exec env -i PATH="$PATH" HOME="$HOME" sh -c '
  set -e
  git cat-file blob main:README.md | sed "s/Older Private Things/Older, more Private Things/" > text
  echo "<!-- $(cat left) -->" >> text
  blob=$(git hash-object -w text)
  GIT_INDEX_FILE=index git read-tree main
  GIT_INDEX_FILE=index git update-index --cacheinfo 100644,$blob,README.md
  tree=$(GIT_INDEX_FILE=index git write-tree)
  commit=$(git commit-tree $tree -p main -m "By hand")
  git update-ref refs/heads/main $commit
'
"""


def overtake(origin: Path, *, times: int) -> None:
    """Let a person be faster at the next pushes."""
    (origin / "left").write_text(str(times))
    hook = origin / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(_FASTER)
    hook.chmod(0o755)


@pytest.mark.parametrize("times", [1, 3])
def test_a_list_that_people_rewrite_between_read_and_push_gets_both(
    machines: Machines, undisturbed: End, times: int
) -> None:
    folder = machines.copy()
    overtake(folder / "origin.git", times=times)
    machines.type(folder, *DAILY)
    end = end_of(folder)
    assert end.commits == undisturbed.commits + times
    assert "Older, more Private Things" in end.lists["README.md"]
    assert end.lists["README.md"] == end.origin["README.md"]
    for arxiv_id in machines.approved:
        assert end.lists["README.md"].count(f"/abs/{arxiv_id})") == 1
    assert end.memory == undisturbed.memory


def test_a_push_that_is_rejected_ten_times_is_left_for_the_next_run(
    machines: Machines, undisturbed: End
) -> None:
    folder = machines.copy()
    overtake(folder / "origin.git", times=10)
    typed = machines.typed(folder, *DAILY)
    assert_one_line(typed, typed.end(), "10 times in a row", "nothing is lost; run again later")
    assert (folder / "origin.git" / "left").read_text().strip() == "0"
    machines.type(folder, *DAILY)
    end = end_of(folder)
    assert end.commits == undisturbed.commits + 10
    for arxiv_id in machines.approved:
        assert end.origin["README.md"].count(f"/abs/{arxiv_id})") == 1
    assert end.memory["candidates.jsonl"] == undisturbed.memory["candidates.jsonl"]


@contextmanager
def refusing_server(status: int) -> Iterator[str]:
    """A git server over HTTP that answers everybody so; its address, with a token in it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("WWW-Authenticate", 'Basic realm="GitHub"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_GET  # noqa: N815 the base class's names

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://x-access-token:s3cr3t-t0ken@127.0.0.1:{server.server_port}/list.git"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "Authentication failed"), (403, "403"), (502, "502"), (429, "429")],
    ids=["an expired token", "a token without rights", "a server error", "too many requests"],
)
def test_a_push_that_the_host_refuses_is_one_line_without_the_token(
    machines: Machines, undisturbed: End, status: int, said: str
) -> None:
    folder = machines.copy()
    before = git(folder / "list", "rev-parse", "HEAD")
    with refusing_server(status) as address:
        git(folder / "list", "remote", "set-url", "origin", address)
        typed = machines.typed(folder, *DAILY)
        assert_one_line(typed, typed.end(), said)
    assert "s3cr3t" not in typed.said()
    assert git(folder / "list", "rev-parse", "HEAD") == before
    git(folder / "list", "remote", "set-url", "origin", "../origin.git")
    assert_healed(machines, folder, undisturbed)


def test_an_origin_that_is_away_costs_a_run_and_nothing_else(
    machines: Machines, undisturbed: End
) -> None:
    folder = machines.copy()
    shutil.move(folder / "origin.git", folder / "away.git")
    typed = machines.typed(folder, *DAILY)
    assert_one_line(typed, typed.end())
    shutil.move(folder / "away.git", folder / "origin.git")
    assert_healed(machines, folder, undisturbed)


def test_a_lock_that_a_killed_git_left_on_the_branch_is_named(
    machines: Machines, undisturbed: End
) -> None:
    folder = machines.copy()
    lock = folder / "list" / ".git" / "refs" / "heads" / "main.lock"
    lock.touch()
    typed = machines.typed(folder, *DAILY)
    assert_one_line(typed, typed.end(), f"Unable to create '{lock}': File exists")
    lock.unlink()
    assert_healed(machines, folder, undisturbed)


def test_a_lock_that_a_killed_git_left_on_the_index_keeps_nothing_from_the_list(
    machines: Machines, undisturbed: End
) -> None:
    folder = machines.copy()
    lock = folder / "list" / ".git" / "index.lock"
    lock.touch()
    typed = machines.typed(folder, *DAILY)
    assert typed.end() == 0, typed.said()
    assert f"{lock} is there" in typed.said()
    lock.unlink()
    assert_healed(machines, folder, undisturbed)
