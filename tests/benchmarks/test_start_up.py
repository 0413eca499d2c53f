"""How long a person waits for the command line."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest


@pytest.mark.benchmark
def test_help_takes_at_most_three_times_as_long_as_importing_typer():
    def seconds(*arguments: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        return time.perf_counter() - began

    pairs = [(seconds("-m", "pipeline", "--help"), seconds("-c", "import typer")) for _ in range(7)]
    ratio = sorted(ours / theirs for ours, theirs in pairs)[len(pairs) // 2]
    print(f"shortlist --help: {ratio:.2f} times `import typer`")
    assert ratio <= 3.0
