"""The loader of skia, also on a machine that has no libEGL and libGL."""

from __future__ import annotations

import ctypes
import platform
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from reelwright.errors import ToolMissing

STUBS: Final = Path(__file__).parents[1] / "stubs"
STAND_INS: Final = ("libEGL.so.1", "libGL.so.1")
REMEDY: Final = "apt-get install -y libegl1 libgl1 libexpat1"


@lru_cache(maxsize=1)
def load_skia() -> Any:
    """Load the ``skia`` module, for drawing into memory.

    Its wheel is linked against libEGL.so.1 and libGL.so.1, which a bare container lacks. We never use a GPU context, so
    that our own empty libraries of the same soname (``stubs/``) do when the system has none. Raises ``ToolMissing``
    naming the one command that helps.
    """
    try:
        import skia
    except ImportError as first:
        _preload(first)
        try:
            import skia
        except ImportError as cause:
            raise _missing(cause) from cause
    return skia


def _preload(cause: ImportError) -> None:
    folder = STUBS / platform.machine()
    if not any(name in str(cause) for name in STAND_INS) or not folder.is_dir():
        raise _missing(cause) from cause
    for name in STAND_INS:
        if not _on_system(name):
            # By soname and globally: the loader then takes these for the missing dependencies.
            ctypes.CDLL(str(folder / name), mode=ctypes.RTLD_GLOBAL)


def _on_system(name: str) -> bool:
    try:
        ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True


def _missing(cause: ImportError) -> ToolMissing:
    return ToolMissing(code="library_missing", library="skia", last_words=str(cause), hint=REMEDY)
