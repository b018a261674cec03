"""An empty folder for one call, gone afterwards; those of calls that were killed are swept away by the next one."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reelwright.engine.workroom import is_left, mark

_PREFIX: Final = "reelwright-"


@contextmanager
def scratch() -> Iterator[Path]:
    """In the system's place for temporary files: what nobody agreed to leaves nothing behind in the home."""
    sweep()
    with tempfile.TemporaryDirectory(prefix=f"{_PREFIX}{mark()}~", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def sweep() -> None:
    """Remove what calls that were killed left behind."""
    for left in left_behind():
        shutil.rmtree(left, ignore_errors=True)


def left_behind() -> list[Path]:
    """Scratch folders of processes of this host that are gone."""
    found = Path(tempfile.gettempdir()).glob(f"{_PREFIX}*~*")
    return sorted(path for path in found if path.is_dir() and not path.is_symlink() and is_left(_mark_of(path)))


def _mark_of(folder: Path) -> str:
    return folder.name.removeprefix(_PREFIX).rpartition("~")[0]
