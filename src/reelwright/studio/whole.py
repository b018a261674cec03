"""A file that appears whole or not at all; what a writer that was killed left beside its place is swept away."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reelwright.engine.workroom import is_left, mark

_ENDING: Final = ".part"
_NAME_BYTES: Final = 80
"""Of the file's own name in that of its part, so that a long one leaves room for the mark (255 bytes in all)."""


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to write beside ``path``; synced and renamed to it when the block ends, else removed."""
    for left in parts_left_in(path.parent):
        if left.name.startswith(_beginning(path)):
            _remove(left)
    part = path.with_name(f"{_beginning(path)}{mark()}{_ENDING}")
    try:
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def parts_left_in(folder: Path) -> list[Path]:
    """Parts in ``folder`` whose writers are gone."""
    if not folder.is_dir():
        return []
    return sorted(part for part in folder.glob(f".*{_ENDING}") if is_left(_mark_of(part)))


def _beginning(path: Path) -> str:
    short = path.name.encode()[:_NAME_BYTES].decode("utf-8", "ignore")
    return f".{short}~"


def _mark_of(part: Path) -> str:
    return part.name.removesuffix(_ENDING).rpartition("~")[2]


def _remove(left: Path) -> None:
    with contextlib.suppress(OSError):  # somebody else's, or gone meanwhile
        left.unlink(missing_ok=True)
