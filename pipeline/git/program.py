"""One git command: started, ended, and its refusal put into a line. Knows no repository's shape.

A command gets a clean environment (no inherited ``GIT_*``, English messages,
no prompts), literal paths, and an end: one that hangs is stopped together with
its children. Nothing goes through a shell.

The maintainers' hooks do not run: they are written for a person at a keyboard
(they reformat, ask, need tools that a runner has not), and what is committed
here has been proven byte by byte before.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import signal
import subprocess
from typing import TYPE_CHECKING

from pipeline.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

log = logging.getLogger(__name__)

LOCAL_TIMEOUT_SECONDS = 60.0
NETWORK_TIMEOUT_SECONDS = 300.0
_MOST_CONFLICTS = 127
GRACE_SECONDS = 2.0
"""How long a command that was told to stop may take to remove its lock files."""

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.quotePath=false",
    "core.fsmonitor=false",
    "gc.auto=0",  # a collection in the background would outlive the command
    "maintenance.auto=false",
    "i18n.commitEncoding=UTF-8",
    "i18n.logOutputEncoding=UTF-8",
    "log.showSignature=false",  # would print between the messages
    "log.diffMerges=separate",
)
# How git and its servers word a push that lost a race; any other refusal
# (a protected branch, a server's hook) would be refused again.
_LOST_RACE = re.compile(
    r"\[rejected\]|cannot lock ref|failed to update ref|incorrect old value|fetch first"
)


class GitSetupError(GitError):
    """There is no git program, or no repository where one was named."""

    def __init__(self, problem: str, *, hint: str) -> None:
        super().__init__("", problem, hint=hint)


class PushRejectedError(GitError):
    """The remote branch has commits that the pushed one does not contain."""


def run_git(
    folder: Path,
    *arguments: str,
    stdin: bytes = b"",
    more: Mapping[str, str] | None = None,
    timeout_seconds: float = LOCAL_TIMEOUT_SECONDS,
) -> bytes:
    """What git prints in ``folder``; ``more`` is added to its environment.

    Raises:
        GitError: It refused, or did not end in time.
    """
    return _output(arguments, _execute(folder, arguments, stdin, more, timeout_seconds))


def ask_git(folder: Path, *arguments: str, more: Mapping[str, str] | None = None) -> bytes | None:
    """Likewise for a question: ``None`` if git says no (status 1)."""
    done = _execute(folder, arguments, b"", more, LOCAL_TIMEOUT_SECONDS)
    return None if done.returncode == 1 else _output(arguments, done)


def merge_git(folder: Path, ours: Path, base: Path, theirs: Path) -> bytes | None:
    """``ours`` with what changed from ``base`` to ``theirs``; ``None`` in a conflict."""
    command = ("merge-file", "--stdout", "--quiet", str(ours), str(base), str(theirs))
    done = _execute(folder, command, b"", None, LOCAL_TIMEOUT_SECONDS)
    # The status is the number of conflicts, at most 127; of an error it is more.
    return None if 0 < done.returncode <= _MOST_CONFLICTS else _output(command, done)


def push_git(folder: Path, remote: str, refspec: str, *, lease: str = "") -> None:
    """Push ``refspec`` to ``remote``, nothing else.

    With a ``lease`` (``REF:COMMIT``) also if that takes commits away, but only while the
    remote's ref is at that commit; with nothing behind the colon, only while there is none.

    Raises:
        PushRejectedError: The remote has commits that this one does not contain.
        GitError: The remote cannot be reached, or refuses for another reason.
    """
    options = ("--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no")
    leased = (f"--force-with-lease={lease}",) if lease else ()
    command = ("push", *options, *leased, "--", remote, refspec)
    done = _execute(folder, command, b"", None, NETWORK_TIMEOUT_SECONDS)
    if done.returncode == 0:
        return
    lines = _text(done.stdout).split("\n")
    refusals = [line[1:].strip().replace("\t", " ") for line in lines if line.startswith("!")]
    if any(_LOST_RACE.search(line) for line in refusals):
        raise PushRejectedError("push", refusals[0])
    raise GitError("push", refusals[0] if refusals else _reason(done.stderr))


def _output(arguments: tuple[str, ...], done: subprocess.CompletedProcess[bytes]) -> bytes:
    if done.returncode == 0:
        return done.stdout
    log.debug("git %s ended with %s: %s", arguments[0], done.returncode, _text(done.stderr))
    raise GitError(arguments[0], _reason(done.stderr))


def _execute(
    folder: Path,
    arguments: tuple[str, ...],
    stdin: bytes,
    more: Mapping[str, str] | None,
    timeout_seconds: float,
) -> subprocess.CompletedProcess[bytes]:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    command = ["git", "--literal-pathspecs", *settings, *arguments]
    try:
        # A session of its own: ssh finds no terminal to ask at, there is one
        # group to stop, and a kill of ours lets git end in good order.
        process = subprocess.Popen(  # noqa: S603 - fixed program, no shell
            command,
            cwd=folder,
            env=_environment() | dict(more or {}),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise _no_start(folder, arguments[0], error) from error
    with process:
        try:
            out, err = process.communicate(stdin, timeout=timeout_seconds)
        except subprocess.TimeoutExpired as error:
            _stop(process)
            raise GitError(arguments[0], f"no end after {timeout_seconds:.0f} s") from error
        except BaseException:
            _stop(process)
            raise
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def _stop(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        os.killpg(process.pid, signal.SIGKILL)


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    kept.pop("LANGUAGE", None)
    return kept | {
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "SSH_ASKPASS_REQUIRE": "never",
    }


def _no_start(folder: Path, command: str, error: OSError | ValueError) -> GitError:
    if isinstance(error, ValueError):  # a NUL in an argument
        return GitError(command, str(error))
    if isinstance(error, FileNotFoundError) and folder.is_dir():
        return GitSetupError("there is no git program", hint="install it (`apt-get install git`)")
    problem = f"git cannot be started in {folder} ({error.strerror})"
    return GitSetupError(problem, hint="check that it is a folder you may enter")


def _text(data: bytes) -> str:
    # An address may carry a password, which must not reach a log.
    return re.sub(r"://[^/@\s]+@", "://***@", data.decode("utf-8", "replace")).strip()


def _reason(stderr: bytes) -> str:
    """The line of git's answer that says what is wrong."""
    lines = [line.strip() for line in _text(stderr).split("\n") if line.strip()]
    named = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (named or lines or [""])[0].removeprefix("fatal:").removeprefix("error:").strip()
