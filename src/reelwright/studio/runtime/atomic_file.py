"""Atomic writing: a file appears complete or not at all. Parts left by a writer that was killed are removed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reelwright.engine.hands.workroom import is_abandoned, mint_owner_mark
from reelwright.errors import BadInput

_ENDING: Final = ".part"
_NAME_BYTES: Final = 80
"""Bytes of the file's name within the name of its part, so that the mark fits too (255 bytes in all)."""


@contextmanager
def open_atomically(path: Path) -> Iterator[Path]:
    """Yield a temporary path to write to; it is synced and renamed to ``path`` if the block succeeds, else removed."""
    for left in find_abandoned_parts(path.parent):
        if left.name.startswith(_beginning(path)):
            _remove(left)
    part = path.with_name(f"{_beginning(path)}{mint_owner_mark()}{_ENDING}")
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def write_atomically(path: Path, content: bytes) -> None:
    """Write ``content`` as the file ``path``, and create its folder. Raises ``BadInput`` where it cannot be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_atomically(path) as part:
            part.write_bytes(content)
    except OSError as cause:
        raise BadInput("out", str(path), f"a place that can be written to ({cause.strerror})") from cause


def find_abandoned_parts(folder: Path) -> list[Path]:
    """Return the ``.part`` files in ``folder`` that ``open_atomically`` left behind in a process that has ended."""
    if not folder.is_dir():
        return []
    return sorted(part for part in folder.glob(f".*{_ENDING}") if is_abandoned(_mark_of(part)))


def _beginning(path: Path) -> str:
    short = path.name.encode()[:_NAME_BYTES].decode("utf-8", "ignore")
    return f".{short}~"


def _mark_of(part: Path) -> str:
    return part.name.removesuffix(_ENDING).rpartition("~")[2]


def _remove(left: Path) -> None:
    with contextlib.suppress(OSError):  # not permitted, or gone meanwhile
        left.unlink(missing_ok=True)
