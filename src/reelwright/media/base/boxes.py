"""Boxes of an mp4 file: they are found, and added at the end without moving a byte of the rest."""

from __future__ import annotations

import os
import struct
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from reelwright.errors import MediaError, WrongResult

SKIPPED = b"free"
"""The kind of a box that means nothing."""
_HEADER = 8
_LONG_HEADER = 16


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


def find_sound_tracks(path: Path) -> tuple[int, ...]:
    """Return the byte offset of the box kind (``trak``) of each sound track in an mp4.

    A player skips a box whose kind is ``SKIPPED`` instead: with all of them replaced, the file has the same pictures at
    the same time, and is silent.
    """
    found: list[int] = []
    with path.open("rb") as source:
        for outer, at, size in _walk(source):
            if outer != b"moov":
                continue
            for kind, start, length in _walk(source, at, at + size):
                if kind == b"trak" and _read_handler(source, start, length) == b"soun":
                    source.seek(start - 4)
                    found.append(start - (4 if source.read(4) == kind else 12))  # a long size stands between
    return tuple(found)


def _read_handler(source: BinaryIO, at: int, size: int) -> bytes:
    """Read what a ``trak`` box holds: ``vide``, ``soun`` or another handler."""
    for outer, start, length in _walk(source, at, at + size):
        if outer == b"mdia":
            for kind, body, _ in _walk(source, start, start + length):
                if kind == b"hdlr":
                    source.seek(body + 8)
                    return source.read(4)
    return b""


def _walk(source: BinaryIO, at: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, first byte of the body, and size of the body of each box from ``at`` to ``end``, but for those inside
    them; ``end`` None: the file's. Stops where the file is broken.
    """
    end = source.seek(0, os.SEEK_END) if end is None else end
    while at + _HEADER <= end:
        source.seek(at)
        size, kind = struct.unpack(">I4s", source.read(_HEADER))
        header = _HEADER
        if size == 1:
            if at + _LONG_HEADER > end:
                return
            size, header = struct.unpack(">Q", source.read(8))[0], _LONG_HEADER
        elif size == 0:
            size = end - at
        if size < header or at + size > end:
            return
        yield kind, at + header, size - header
        at += size
