"""What is deployed: the unit is one that systemd takes, and it lets the service do little."""

from __future__ import annotations

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import app as _app  # noqa: F401 the command that the unit starts
from tests.docs import ROOT, commands

UNIT = ROOT / "docs" / "deploy" / "shortlist.service"
MOST_EXPOSED = 2.0
"""systemd's own measure, 0 to 10; it calls less than 2 safe for a service with network."""


@pytest.fixture
def analyze():
    """``systemd-analyze``; skips where there is none."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not here")

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *map(str, arguments)], capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture
def installed(tmp_path) -> Path:
    """The unit with a program that is here in the place of the one that is installed."""
    text = UNIT.read_text(encoding="utf-8")
    assert "/opt/shortlist/bin/shortlist" in text
    path = tmp_path / UNIT.name
    path.write_text(
        re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", text), encoding="utf-8"
    )
    return path


def test_systemd_takes_the_unit_without_a_word(analyze, installed):
    done = analyze("verify", "--man=no", installed)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_systemd_would_name_a_setting_that_is_none(analyze, installed):
    text = installed.read_text(encoding="utf-8")
    installed.write_text(text.replace("ProtectHome=", "ProtectHomes="), encoding="utf-8")
    assert "ProtectHomes" in analyze("verify", "--man=no", installed).stderr


def test_the_service_may_do_little(analyze, installed):
    done = analyze("security", "--offline=true", "--no-pager", installed)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze cannot judge a file")
    exposed = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert exposed, done.stdout + done.stderr
    assert float(exposed[1]) < MOST_EXPOSED


def test_it_starts_a_command_that_exists():
    unit = configparser.RawConfigParser(strict=False)
    unit.read(UNIT, encoding="utf-8")
    _program, *arguments = unit["Service"]["ExecStart"].split()
    assert f"shortlist {arguments[0]}" in dict(commands())
