"""Top-level boxes of an mp4 file: they are read, and added at the end without moving a byte of the rest."""

from __future__ import annotations

import os
import struct
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from reelwright.errors import MediaError, WrongResult

_HEADER = 8


def append_box(path: Path, name: uuid.UUID, body: bytes) -> None:
    """Add a ``uuid`` box at the end; players skip boxes that they do not know.

    Raises ``MediaError`` when it cannot be.
    """
    box = struct.pack(">I4s", _HEADER + 16 + len(body), b"uuid") + name.bytes + body
    try:
        with path.open("ab") as out:
            out.write(box)
            out.flush()
            os.fsync(out.fileno())
    except OSError as cause:
        raise MediaError(code="file_not_written", file=path.name, cause=cause.strerror) from cause
    if read_box(path, name) != body:
        raise WrongResult(code="record_lost", file=path.name)


def read_box(path: Path, name: uuid.UUID) -> bytes | None:
    """Return the body of the last ``uuid`` box of that name, or None."""
    found = None
    with path.open("rb") as source:
        for kind, start, size in _walk(source):
            if kind == b"uuid" and size >= 16:
                source.seek(start)
                if source.read(16) == name.bytes:
                    found = source.read(size - 16)
    return found


def _walk(source: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, first byte of the body, and size of the body of each top-level box,
    until the file ends or is broken.
    """
    end = source.seek(0, os.SEEK_END)
    at = 0
    while at + _HEADER <= end:
        source.seek(at)
        size, kind = struct.unpack(">I4s", source.read(_HEADER))
        header = _HEADER
        if size == 1:
            size, header = struct.unpack(">Q", source.read(8))[0], 16
        elif size == 0:
            size = end - at
        if size < header or at + size > end:
            return
        yield kind, at + header, size - header
        at += size
