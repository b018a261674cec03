"""Temporary folders for one call each. A later call also removes the folders of calls that were killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reelwright.engine.workroom import is_abandoned, mint_owner_mark

_PREFIX: Final = "reelwright-"
_SWEEP_S: Final = 60.0
"""Seconds after which a call of the same process looks again for what other processes left: a server has many calls."""
_swept_at: dict[str, float] = {}
"""By the folder of temporary files, when this process swept it last."""


@contextmanager
def open_scratch_folder() -> Iterator[Path]:
    """Create a temporary folder for the length of the block. It lies outside the home, which must not change yet."""
    if time.monotonic() - _swept_at.get(tempfile.gettempdir(), -_SWEEP_S) >= _SWEEP_S:
        sweep()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{mint_owner_mark()}~", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def sweep() -> None:
    """Remove the folders of calls that were killed."""
    _swept_at[tempfile.gettempdir()] = time.monotonic()
    for left in find_abandoned_folders():
        shutil.rmtree(left, ignore_errors=True)


def find_abandoned_folders() -> list[Path]:
    """Return the scratch folders of processes of this host that have ended."""
    found = Path(tempfile.gettempdir()).glob(f"{_PREFIX}*~*")
    return sorted(path for path in found if path.is_dir() and not path.is_symlink() and is_abandoned(_mark_of(path)))


def _mark_of(folder: Path) -> str:
    return folder.name.removeprefix(_PREFIX).rpartition("~")[0]
