"""What stands in for each action that the workflows use, with the inputs they give it.

An action or an input that is not known here fails the test.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.workflows.forge import TOKEN, Forge
from tests.workflows.machine import Machine, git

Inputs = Mapping[str, str]


@dataclass(kw_only=True)
class Use:
    """One step that uses an action.

    Attributes:
        forge: Where it finds things.
        machine: Where it runs.
        repository: The one that the workflow runs in.
        ref: What ran it: a branch, or a pull request's merge.
        run_id: Of this run.
        inputs: What the step gives it.
        at_the_end: What it does when the job is over; given whether the job ended well.
    """

    forge: Forge
    machine: Machine
    repository: str
    ref: str
    run_id: int
    inputs: Inputs
    at_the_end: list[Callable[[bool], None]] = field(default_factory=list)

    def known(self, *names: str) -> None:
        """Refuse inputs that this stand-in does not heed."""
        assert self.inputs.keys() <= set(names), f"inputs {set(self.inputs) - set(names)}"


def check_out(use: Use) -> dict[str, str]:
    """actions/checkout: a fetch of one commit or of everything; never keeps a token."""
    use.known("repository", "ref", "path", "token", "fetch-depth", "persist-credentials")
    assert use.inputs.get("persist-credentials") == "false", "the token would stay in .git/config"
    assert use.inputs.get("token", TOKEN) == TOKEN, "the checkout has no token"
    source = use.forge.repositories[use.inputs.get("repository") or use.repository]
    target = use.machine.workspace / use.inputs.get("path", "")
    ref = use.inputs.get("ref") or (use.ref if not use.inputs.get("repository") else "")
    git(target.parent, "init", "-q", target)
    git(target, "remote", "add", "origin", f"file://{source}")
    branch = ref.removeprefix("refs/heads/") or git(source, "symbolic-ref", "--short", "HEAD")
    is_branch = f"refs/heads/{branch}" in git(source, "for-each-ref", "--format=%(refname)")
    wanted = f"refs/heads/{branch}:refs/remotes/origin/{branch}" if is_branch else ref
    if use.inputs.get("fetch-depth") == "0":
        every = "refs/heads/*:refs/remotes/origin/*"
        git(target, "fetch", "-q", "origin", f"+{every}", *([] if is_branch else [ref]))
        tip = f"refs/remotes/origin/{branch}" if is_branch else ref
    else:
        git(target, "fetch", "-q", "--no-tags", "--depth=1", "origin", f"+{wanted}")
        tip = "FETCH_HEAD"
    if is_branch:
        git(target, "checkout", "-q", "-B", branch, tip)
        git(target, "branch", "-q", f"--set-upstream-to=origin/{branch}")
    else:
        git(target, "checkout", "-q", "--detach", tip if len(tip) == 40 else "FETCH_HEAD")
    return {}


def set_up_python(use: Use) -> dict[str, str]:
    """actions/setup-python: the Python of the tests is there already."""
    use.known("python-version", "cache", "cache-dependency-path")
    return {"python-version": use.inputs["python-version"]}


def keep(use: Use) -> dict[str, str]:
    """actions/cache: kept only if the job ends well and the key is new."""
    use.known("path", "key", "restore-keys")
    key, path = use.inputs["key"], use.machine.workspace / use.inputs["path"]
    exact = use.forge.caches / _as_name(key)
    prefixes = [key, *use.inputs.get("restore-keys", "").split()]
    found = _newest(use.forge.caches, prefixes)
    if found is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _copy(found / "kept", path)

    def save(well: bool) -> None:
        if well and not exact.exists() and path.exists():
            half = exact.with_suffix(f".{use.run_id}")
            half.mkdir(parents=True)
            (half / "key").write_text(key, encoding="utf-8")
            _copy(path, half / "kept")
            half.rename(exact)

    use.at_the_end.append(save)
    return {"cache-hit": "true" if found == exact else "false" if found else ""}


def upload(use: Use) -> dict[str, str]:
    """actions/upload-artifact."""
    use.known("name", "path", "retention-days", "if-no-files-found")
    target = use.forge.artifacts(use.run_id) / use.inputs["name"]
    found = [use.machine.workspace / line for line in use.inputs["path"].split()]
    found = [path for path in found if path.exists()]
    assert found or use.inputs.get("if-no-files-found") != "error", "no files found"
    target.mkdir(parents=True)
    for path in found:
        # One folder gives its content, several paths keep their names.
        _copy(path, target if path.is_dir() and len(found) == 1 else target / path.name)
    return {}


def download(use: Use) -> dict[str, str]:
    """actions/download-artifact, also of another run, for which it needs a token."""
    use.known("name", "path", "run-id", "github-token")
    run_id = use.inputs.get("run-id") or str(use.run_id)
    assert run_id == str(use.run_id) or use.inputs["github-token"] == TOKEN
    source = use.forge.artifacts(int(run_id)) / use.inputs["name"]
    assert source.is_dir(), f"run {run_id} has no artifact {use.inputs['name']}"
    _copy(source, use.machine.workspace / use.inputs["path"])
    return {}


ACTIONS: dict[str, Callable[[Use], dict[str, str]]] = {
    "actions/checkout": check_out,
    "actions/setup-python": set_up_python,
    "actions/cache": keep,
    "actions/upload-artifact": upload,
    "actions/download-artifact": download,
}


def _as_name(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def _newest(caches: Path, prefixes: list[str]) -> Path | None:
    """The newest cache that begins with the first prefix that any begins with."""
    kept = sorted(caches.glob("*/key"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for prefix in prefixes:
        for file in kept:
            if file.read_text(encoding="utf-8").startswith(prefix) and not file.parent.suffix:
                return file.parent
    return None


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
