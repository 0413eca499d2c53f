"""A screenshot made small: at most 256 colours, a palette, and zlib's best.

Reads what Chromium writes (8 bits, not interlaced) and nothing more.
Source of the format: PNG specification, third edition, https://www.w3.org/TR/png-3/.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}
MOST_COLOURS = 256


def small_png(png: bytes) -> bytes:
    """The same picture with its most frequent colours, every other one as the nearest of them."""
    pixels = _pixels_of(png)
    height, width, _ = pixels.shape
    colours, indexes, counts = np.unique(
        pixels.reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    frequent = np.sort(np.argsort(-counts)[:MOST_COLOURS])
    palette = colours[frequent]
    apart = colours[:, None, :].astype(np.int32) - palette[None, :, :].astype(np.int32)
    nearest = (apart**2).sum(axis=2).argmin(axis=1).astype(np.uint8)
    rows = nearest[indexes.reshape(height, width)]
    unfiltered = np.zeros((height, 1), dtype=np.uint8)
    body = zlib.compress(np.hstack([unfiltered, rows]).tobytes(), 9)
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return _SIGNATURE + b"".join(
        _chunk(kind, data)
        for kind, data in (
            (b"IHDR", header),
            (b"PLTE", palette.tobytes()),
            (b"IDAT", body),
            (b"IEND", b""),
        )
    )


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    assert png.startswith(_SIGNATURE)
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _pixels_of(png: bytes) -> np.ndarray:
    """Rows of red, green and blue."""
    width, height = size_of(png)
    bits, colour, _, _, interlaced = png[24:29]
    assert (bits, interlaced) == (8, 0)
    channels = _CHANNELS[colour]
    data = zlib.decompress(b"".join(_data(png, b"IDAT")))
    rows = np.frombuffer(data, dtype=np.uint8).reshape(height, 1 + width * channels)
    pixels = np.zeros((height, width * channels), dtype=np.uint8)
    above = np.zeros(width * channels, dtype=np.uint8)
    for number, row in enumerate(rows):
        above = _unfiltered(int(row[0]), row[1:], above, channels)
        pixels[number] = above
    return pixels.reshape(height, width, channels)[:, :, :3]


def _unfiltered(kind: int, row: np.ndarray, above: np.ndarray, step: int) -> np.ndarray:
    """A row without its filter (specification, 9.2)."""
    if kind == 0:
        return row.copy()
    if kind == 2:
        return row + above
    if kind == 1:
        return np.cumsum(row.reshape(-1, step), axis=0, dtype=np.uint8).reshape(-1)
    line, up, out = row.tolist(), above.tolist(), [0] * len(row)
    for at, value in enumerate(line):
        left = out[at - step] if at >= step else 0
        corner = up[at - step] if at >= step else 0
        guess = (left + up[at]) // 2 if kind == 3 else _paeth(left, up[at], corner)
        out[at] = (value + guess) % 256
    return np.array(out, dtype=np.uint8)


def _paeth(left: int, up: int, corner: int) -> int:
    estimate = left + up - corner
    return min((left, up, corner), key=lambda value: abs(estimate - value))


def _data(png: bytes, wanted: bytes) -> list[bytes]:
    found, at = [], len(_SIGNATURE)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        if kind == wanted:
            found.append(png[at + 8 : at + 8 + length])
        at += 12 + length
    return found


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
