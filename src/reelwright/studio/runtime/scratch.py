"""Temporary folders for one call each. A later call also removes the folders of calls that were killed."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reelwright.engine.hands.workroom import is_abandoned, mint_owner_mark
from reelwright.studio.policy import SCRATCH_SWEEP_EVERY_S

_PREFIX: Final = "reelwright-"
_swept_at: dict[str, float] = {}
"""By the folder of temporary files, when this process swept it last."""


class ScratchFolder:
    """A temporary folder for files that are not stored yet, created when its path is first asked for."""

    def __init__(self) -> None:
        self._made: tempfile.TemporaryDirectory[str] | None = None

    def get_path(self) -> Path:
        """Return the path of the folder, and create the folder if this is the first call."""
        if self._made is None:
            prefix = f"{_PREFIX}{mint_owner_mark()}~"
            self._made = tempfile.TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True)
        return Path(self._made.name)

    def remove(self) -> None:
        """Delete the folder with all that is in it, if it was created."""
        if self._made is not None:
            self._made.cleanup()
            self._made = None


@contextmanager
def open_scratch_folder() -> Iterator[ScratchFolder]:
    """Yield a temporary folder that is deleted when the block ends; also delete those that killed calls left."""
    if time.monotonic() - _swept_at.get(tempfile.gettempdir(), -SCRATCH_SWEEP_EVERY_S) >= SCRATCH_SWEEP_EVERY_S:
        sweep()
    folder = ScratchFolder()
    try:
        yield folder
    finally:
        folder.remove()


def sweep() -> None:
    """Delete the scratch folders that killed processes of this host left behind."""
    _swept_at[tempfile.gettempdir()] = time.monotonic()
    for left in find_abandoned_folders():
        shutil.rmtree(left, ignore_errors=True)


def find_abandoned_folders() -> list[Path]:
    """Return the scratch folders that processes of this host left behind when they ended; deletes none."""
    found = Path(tempfile.gettempdir()).glob(f"{_PREFIX}*~*")
    return sorted(path for path in found if path.is_dir() and not path.is_symlink() and is_abandoned(_mark_of(path)))


def _mark_of(folder: Path) -> str:
    return folder.name.removeprefix(_PREFIX).rpartition("~")[0]
