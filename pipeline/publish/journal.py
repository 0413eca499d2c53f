"""What a publication is about to do, written down before it does it.

A run may be killed at any moment. The journal lies in the git folder from
before the first list file is written until the commit is made and staged;
whoever finds one puts the checkout in order by comparing contents, and never
touches a file that holds anything but what the killed run wrote.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from pipeline.errors import GitError
from pipeline.lists.document import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.git import Repository

log = logging.getLogger(__name__)

JOURNAL_NAME = "shortlist-journal.json"
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """One list file of a publication.

    Attributes:
        path: Relative to the top of the work tree.
        mode: As git keeps it, ``"100644"``.
        after_sha256: Checksum of the file as it will be written.
        before: The file's bytes, kept here whole: git may clear away what no branch holds.
        blob_before: Blob that the head has for it.
        blob_after: Blob that the commit has for it.
    """

    path: str
    mode: str
    after_sha256: str
    before: bytes
    blob_before: str
    blob_after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """A publication that has begun; ``pid`` is the process that began it."""

    pid: int
    files: tuple[PlannedFile, ...]


def checksum(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def begin(repository: Repository, files: tuple[PlannedFile, ...]) -> None:
    """Write down that ``files`` are about to be published.

    Raises:
        EditError: The journal cannot be written.
    """
    rows = [asdict(file) | {"before": b64encode(file.before).decode()} for file in files]
    document = {"version": _VERSION, "pid": os.getpid(), "files": rows}
    path = repository.git_path(JOURNAL_NAME)
    _drop_unfinished(path)  # one of our own number, as in a container, would be in the way
    write_atomically(path, json.dumps(document).encode())


def finish(repository: Repository) -> None:
    """Forget the publication: nothing of it is half done."""
    with contextlib.suppress(OSError):  # found again, it finds nothing to do
        repository.git_path(JOURNAL_NAME).unlink(missing_ok=True)


def settle(repository: Repository) -> tuple[str, ...]:
    """Put in order what an interrupted publication left; the paths put back.

    A file that holds what the run wrote, but whose commit was never made, gets
    its old bytes. A commit that was made is completed in the index. A file
    that holds anything else is a person's now: it is left alone and named in
    the log.

    Raises:
        EditError: A file cannot be put back (disk full); the journal stays for the next try.
        GitError: git refused; likewise.
    """
    _drop_unfinished(repository.git_path(JOURNAL_NAME))
    journal = _read(repository)
    if journal is None:
        return ()
    repository.drop_own_lock()
    restored = tuple(file.path for file in journal.files if _put_back(repository, file))
    for file in journal.files:
        _drop_temporary(repository.root / file.path, journal.pid)
        _complete(repository, file)
    finish(repository)
    return restored


def _read(repository: Repository) -> Journal | None:
    path = repository.git_path(JOURNAL_NAME)
    try:
        document = json.loads(path.read_bytes())
        rows = document["files"] if document["version"] == _VERSION else ()
        files = (PlannedFile(**row | {"before": b64decode(row["before"])}) for row in rows)
        return Journal(pid=int(document["pid"]), files=tuple(files))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        log.warning("%s cannot be read (%s) and is ignored", path, error)
        return None


def _put_back(repository: Repository, file: PlannedFile) -> bool:
    path = repository.root / file.path
    current = _checksum_of(path)
    if _head_blob(repository, file) != file.blob_before:
        return False
    if current == file.after_sha256:
        write_atomically(path, file.before)
        return True
    if current != checksum(file.before):
        log.warning("%s was changed after a run was interrupted; it is left as it is", file.path)
    return False


def _complete(repository: Repository, file: PlannedFile) -> None:
    committed = _head_blob(repository, file) == file.blob_after
    if committed and repository.staged_blob(file.path) == file.blob_before:
        repository.stage({file.path: (file.mode, file.blob_after)})


def _head_blob(repository: Repository, file: PlannedFile) -> str | None:
    found = repository.blob_at("HEAD", file.path)
    return found[1] if found else None


def _checksum_of(path: Path) -> str | None:
    try:
        return checksum(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GitError("recover", f"{path}: {error.strerror}") from error


def _drop_unfinished(path: Path) -> None:
    """Remove journals that were never whole, of runs killed before they wrote to the list.

    Nobody else is writing one: whoever publishes or recovers holds the checkout's lock.
    """
    for unfinished in path.parent.glob(f".{path.name}.*.tmp"):
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)


def _drop_temporary(path: Path, pid: int) -> None:
    """Remove the file that :func:`write_atomically` was filling when its process ended."""
    with contextlib.suppress(OSError):
        path.with_name(f".{path.name}.{pid}.tmp").unlink(missing_ok=True)
