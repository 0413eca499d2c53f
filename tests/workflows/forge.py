"""What lies outside of a job's machine: repositories, caches, artifacts, settings.

Repositories are bare ones in a folder. A push into one needs the token in the
environment of the step that pushes, as a push to GitHub needs it from the
credential helper; a hook in the repository holds that.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.workflows.machine import ROOT, git

TOKEN = "no-secret-of-anyone"
"""The one token that may write, whether it comes as ``LIST_TOKEN`` or as the job's own."""

HOOK = f"""#!/bin/sh
[ "$LIST_TOKEN" = {TOKEN} ] || {{ echo "this step has no token that may write" >&2; exit 1; }}
"""


@dataclass(kw_only=True)
class Forge:
    """One GitHub.

    Attributes:
        folder: Everything lies in it.
        repositories: The bare repository of each name (``owner/name``).
        variables: ``vars`` of the repository that the workflows run in.
        secrets: Its ``secrets``.
        api_url: Where its API answers; nowhere as long as it is empty.
    """

    folder: Path
    repositories: dict[str, Path] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    api_url: str = "http://127.0.0.1:9"
    _runs: count[int] = field(default_factory=lambda: count(1))

    @property
    def caches(self) -> Path:
        """One folder a key."""
        return self.folder / "caches"

    def artifacts(self, run_id: int) -> Path:
        """The artifacts of a run, one folder a name."""
        return self.folder / "artifacts" / str(run_id)

    def next_run(self) -> int:
        """Number of another run."""
        return next(self._runs)

    def add(self, name: str, work: Path) -> Path:
        """Take in a repository as a bare one that only the token may write to."""
        bare = self.folder / f"{name}.git"
        bare.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "clone", "-q", "--bare", work, bare], check=True)
        hook = bare / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(HOOK, encoding="utf-8")
        hook.chmod(0o755)
        # As GitHub does: any commit may be asked for that a branch or pull request has.
        git(bare, "config", "uploadpack.allowReachableSHA1InWant", "true")
        self.repositories[name] = bare
        return bare

    def configure(self, name: str, path: str, text: str, *, branch: str = "main") -> None:
        """Commit a file to a repository, as a person with write access does in the browser."""
        bare = self.repositories[name]
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            work = Path(folder)
            git(work, "clone", "-q", "--branch", branch, bare, work / "it")
            (work / "it" / path).parent.mkdir(parents=True, exist_ok=True)
            (work / "it" / path).write_text(text, encoding="utf-8")
            commit(work / "it", f"Change {path}")
            git(work / "it", "push", "-q", token=TOKEN)


def commit(work: Path, message: str) -> None:
    """Commit everything, as somebody."""
    git(work, "add", "--all")
    git(work, "-c", "user.name=T", "-c", "user.email=t@example.org", "commit", "-qm", message)


def project_copy(target: Path, config: str) -> Path:
    """The project as a repository of its own, with ``config`` as its config.toml."""
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if not name.startswith("tests/") and (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    (target / "config.toml").write_text(config, encoding="utf-8")
    git(target, "init", "-q", "-b", "main")
    commit(target, "Copy")
    return target
