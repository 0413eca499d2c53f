"""The machine that a job gets: a clean folder, an empty home, a short environment.

Commands run as GitHub runs them (``bash -eo pipefail``), and see nothing of the
environment of the tests but the language.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_SHELLS = {"": ["bash", "-e"], "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"]}
"""Source: the documentation of ``jobs.<job_id>.steps[*].shell``."""

MAKE = f"""#!/bin/bash
# Stands in for the installation: the program of the checkout, with the packages of the tests.
[ "$*" = .venv/.installed ] || {{ echo "make $*: not made for that" >&2; exit 2; }}
mkdir -p .venv/bin
cat > .venv/bin/shortlist <<PROGRAM
#!/bin/bash
export PYTHONPATH=$PWD  # the checkout of this run, also where .venv came out of a cache
exec {sys.executable} -m pipeline "\\$@"
PROGRAM
chmod +x .venv/bin/shortlist
touch .venv/.installed
"""


def git(folder: Path, *arguments: str | Path, token: str = "") -> str:
    """What git printed; an error if it failed."""
    done = subprocess.run(
        ["git", "-C", folder, *arguments],
        env={**os.environ, "LIST_TOKEN": token},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"git {' '.join(map(str, arguments))}: {done.stderr}"
    return done.stdout.strip()


@dataclass(kw_only=True)
class Machine:
    """One job's machine.

    Attributes:
        folder: Made for it.
        variables: What GitHub sets in every step.
        log: What all commands printed.
    """

    folder: Path
    variables: dict[str, str]
    log: str = ""
    _exported: dict[str, str] = field(default_factory=dict)
    _path: list[str] = field(default_factory=list)
    _steps: int = 0

    def __post_init__(self) -> None:
        for each in (self.workspace, self.home, self.temporary, self._shims):
            each.mkdir(parents=True)
        (self._shims / "make").write_text(MAKE, encoding="utf-8")
        (self._shims / "make").chmod(0o755)

    @property
    def workspace(self) -> Path:
        """Where steps run; it is named as the repository, as on a hosted machine."""
        return self.folder / "work"

    @property
    def home(self) -> Path:
        """Empty at first."""
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        """``RUNNER_TEMP``."""
        return self.folder / "temp"

    @property
    def summary(self) -> str:
        """The job's page, of all steps."""
        pages = sorted(self.temporary.glob("summary-*"))
        return "".join(page.read_text(encoding="utf-8") for page in pages)

    @property
    def _shims(self) -> Path:
        return self.folder / "shims"

    def run(
        self, script: str, env: dict[str, str], *, shell: str = "", where: str = ""
    ) -> tuple[bool, dict[str, str]]:
        """Run a step's commands; whether they ended well, and the outputs they set."""
        self._steps += 1
        files = {
            f"GITHUB_{name}": self.temporary / f"{name.lower()}-{self._steps:03}"
            for name in ("ENV", "PATH", "OUTPUT")
        }
        files["GITHUB_STEP_SUMMARY"] = self.temporary / f"summary-{self._steps:03}"
        for file in files.values():
            file.touch()
        kept = {key: os.environ[key] for key in ("LANG",) if key in os.environ}
        done = subprocess.run(
            [*_SHELLS[shell], "-c", script],
            cwd=self.workspace / where,
            env={
                **kept,
                "OMP_NUM_THREADS": "1",
                "PATH": ":".join([*self._path, str(self._shims), "/usr/bin", "/bin"]),
                "HOME": str(self.home),
                **self.variables,
                **self._exported,
                **{name: str(file) for name, file in files.items()},
                **env,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        self.log += f"{done.stdout}{done.stderr}({done.returncode})\n"
        self._exported |= _assignments(files["GITHUB_ENV"])
        self._path = files["GITHUB_PATH"].read_text(encoding="utf-8").split("\n")[:-1] + self._path
        return done.returncode == 0, _assignments(files["GITHUB_OUTPUT"])


def _assignments(file: Path) -> dict[str, str]:
    """``name=value`` lines; the form of several lines is not made for."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        assert equals, f"{file.name}: {line!r} is no assignment"
        found[name] = value
    return found
