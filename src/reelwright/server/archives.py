"""Archives: all files of a job as one ZIP, made while it is sent, and the same bytes for every download.

The files are stored as they are, so every byte of the ZIP has a known place: its length is known before it is sent,
any part of it can be sent alone, and nothing of it is ever on a disk or in memory. ``zipfile`` cannot write the middle
of an archive without its beginning, and streaming libraries send no ranges; the four records of the format are short.
"""

from __future__ import annotations

import asyncio
import hashlib
import struct
import zlib
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fastapi import Request
from fastapi.responses import Response

from reelwright.server.downloads import Finish, build_content_answer, read_at
from reelwright.server.policy import CHECKSUMS_CACHED, READ_CHUNK_BYTES

if TYPE_CHECKING:
    from reelwright.studio.results.video_job import VideoJob
    from reelwright.studio.runtime.home import Home

_DATE: Final = 1 << 5 | 1
"""1980-01-01, the day of every entry, so that two downloads are equal."""
_ZIP64: Final = 45
"""The version of the format that has lengths of 64 bits."""
_MOST: Final = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of an archive: its name there, its place on disk, and what its records say of it."""

    name: bytes
    path: Path
    size: int
    crc: int

    def build_header(self) -> bytes:
        """Build the record before the bytes of the file."""
        extra = struct.pack("<HHQQ", 1, 16, self.size, self.size) if self.size >= _MOST else b""
        size, version = (_MOST, _ZIP64) if extra else (self.size, 20)
        fields = (version, 0, 0, 0, _DATE, self.crc, size, size, len(self.name), len(extra))
        return struct.pack("<4sHHHHHLLLHH", b"PK\3\4", *fields) + self.name + extra

    def build_index_row(self, offset: int) -> bytes:
        """Build the record of the file in the index at the end. ``offset``: where its header begins."""
        large = [value for value in (self.size, self.size, offset) if value >= _MOST]
        extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
        size, place = min(self.size, _MOST), min(offset, _MOST)
        version = _ZIP64 if large else 20
        rest = (len(self.name), len(extra), 0, 0, 0, 0, place)
        fields = (3 << 8 | version, version, 0, 0, 0, _DATE, self.crc, size, size, *rest)
        return struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\1\2", *fields) + self.name + extra


class Archive:
    """A ZIP of files on disk whose bytes are computed when they are read, at any position; the ZIP itself is never
    stored.

    ``tag`` changes with the bytes.
    """

    def __init__(self, entries: Sequence[_Entry]) -> None:
        parts: list[bytes | _Entry] = []
        index, offset = b"", 0
        for entry in entries:
            header = entry.build_header()
            index += entry.build_index_row(offset)
            parts += [header, entry]
            offset += len(header) + entry.size
        parts.append(index + _build_end(len(entries), len(index), offset))
        self._parts = [part for part in parts if (part.size if isinstance(part, _Entry) else part)]
        sizes = [part.size if isinstance(part, _Entry) else len(part) for part in self._parts]
        self._starts = [sum(sizes[:n]) for n in range(len(sizes))]
        self.size = sum(sizes)
        self.modified_at = max((entry.path.stat().st_mtime for entry in entries), default=0.0)
        self.tag = hashlib.sha256(b"".join(part for part in parts if isinstance(part, bytes))).hexdigest()

    def open(self, stack: ExitStack) -> Callable[[int, int], bytes]:
        """Open all files until ``stack`` closes; return ``read(position, size)``, which returns up to ``size`` bytes of
        the ZIP.
        """
        files = {
            n: stack.enter_context(part.path.open("rb", buffering=0))
            for n, part in enumerate(self._parts)
            if isinstance(part, _Entry)
        }

        def read(position: int, size: int) -> bytes:
            chunk = b""
            while size and position < self.size:
                n = bisect_right(self._starts, position) - 1
                part, start = self._parts[n], position - self._starts[n]
                found = part[start : start + size] if isinstance(part, bytes) else read_at(files[n], start, size)
                if not found:
                    raise OSError(f"a file of the archive is shorter than it was: {n}")
                chunk += found
                position, size = position + len(found), size - len(found)
            return chunk

        return read


def _build_end(count: int, size: int, offset: int) -> bytes:
    """Build the last records: how many files there are, and the place and the length of the index."""
    long = b""
    if offset >= _MOST or size >= _MOST:
        fields = (44, _ZIP64, _ZIP64, 0, 0, count, count, size, offset)
        long = struct.pack("<4sQHHLLQQQQ", b"PK\6\6", *fields)
        long += struct.pack("<4sLQL", b"PK\6\7", 0, offset + size, 1)
    short = (0, 0, count, count, min(size, _MOST), min(offset, _MOST), 0)
    return long + struct.pack("<4sHHHHLLH", b"PK\5\6", *short)


def build_entry(name: str, path: Path) -> _Entry:
    """Build the ZIP entry ``name`` for a file whose bytes never change. They are read once per process for their
    checksum.
    """
    return _Entry(name.encode(), path, path.stat().st_size, _compute_crc(path))


@lru_cache(maxsize=CHECKSUMS_CACHED)
def _compute_crc(path: Path) -> int:
    crc = 0
    with path.open("rb") as file:
        while part := file.read(READ_CHUNK_BYTES):
            crc = zlib.crc32(part, crc)
    return crc


async def build_archive(
    request: Request, home: Home, job: VideoJob, name: str, on_sent: Finish | None = None
) -> Response:
    """Build the HTTP response with the videos and pictures of a job as one ZIP, or with the byte range that was
    requested.
    """

    def collect() -> Archive:
        entries: list[_Entry] = []
        for label, digests, suffix in (("video", job.files, "mp4"), ("picture", job.pictures, "jpg")):
            for n, digest in enumerate(digests, 1):
                path = home.vault.get_verified_path(home.account, digest)
                entries.append(build_entry(f"{label}-{n}.{suffix}", path))
        return Archive(entries)

    archive = await asyncio.to_thread(collect)
    return build_content_answer(request, archive, archive.tag, name, "application/zip", on_sent)
