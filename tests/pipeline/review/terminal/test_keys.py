"""Bytes from a terminal as keys, however they are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.terminal.keys import KeyDecoder


def keys_of(*pieces: bytes) -> list[str]:
    decoder = KeyDecoder()
    keys = [key for piece in pieces for key in decoder.feed(piece)]
    return keys + decoder.settle()


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"arl", ["a", "r", "l"]),
        (b"\x1b[A\x1bOB\x1b[5~\x1b[H", ["up", "down", "pageup", "home"]),
        (b"\r\n\x7f\x08\x15", ["enter", "enter", "backspace", "backspace", "clear"]),
        (b"\x1b", ["esc"]),
        (b"\x1ba", ["esc", "a"]),
        (b"\x1b\x1b[A", ["esc", "up"]),
        ("é深".encode(), ["é", "深"]),
        (b"\x1b[1;5C\x1b[200xq", ["q"]),
        (b"\x1b[200~aaa\nq\x1b[201~r", ["r"]),
        (b"\x1b[200~never ends aaa", []),
        (b"\x00\x01\x1d", []),
        (b"\xff\xfea", ["\ufffd", "\ufffd", "a"]),
    ],
)
def test_what_is_typed_comes_as_keys(data, keys):
    assert keys_of(data) == keys


@pytest.mark.parametrize("data", [b"a\x1b[Ar\x1b[200~x\x1b[201~l", "é深\x1b[6~q".encode()])
def test_it_makes_no_difference_where_the_bytes_are_cut(data):
    whole = keys_of(data)
    assert all(keys_of(data[:at], data[at:]) == whole for at in range(len(data)))
    assert keys_of(*(bytes([byte]) for byte in data)) == whole


def test_an_escape_alone_waits_until_it_is_settled():
    decoder = KeyDecoder()
    assert decoder.feed(b"\x1b") == []
    assert decoder.is_undecided
    assert decoder.settle() == ["esc"]
    assert not decoder.is_undecided


@given(st.lists(st.binary(max_size=8), max_size=8))
def test_no_bytes_are_too_many(pieces):
    assert all(isinstance(key, str) and key for key in keys_of(*pieces))
