"""What people see when something goes wrong."""

from __future__ import annotations

from tests.faults.commands import Typed

REFUSED = 1
_BEGIN = "shortlist: "


def assert_one_line(typed: Typed, status: int, *parts: str) -> str:
    """The commands ended as refused, with a reason in one line that has ``parts``; the line."""
    said = typed.said()
    assert status == REFUSED, said
    assert "Traceback" not in said, said
    lines = [line for line in said.splitlines() if line.startswith(_BEGIN)]
    assert lines, said
    for part in parts:
        assert any(part in line for line in lines), said
    return lines[-1].removeprefix(_BEGIN)
