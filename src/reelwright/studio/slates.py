"""Which files on this machine a rehearsal put there: anybody writes over a slate, and a slate over nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reelwright.errors import BadInput
from reelwright.reel.noun import Digest

FOLDER: Final = "rehearsal"
"""Where the home of rehearsals lies, inside of the user's."""
_DELIVERED: Final = "delivered"


class Slates:
    """The files that rehearsals of a home delivered, known by their bytes. ``rehearses``: ``home`` is a rehearsal's."""

    def __init__(self, home: Path, *, rehearses: bool) -> None:
        self.rehearses = rehearses
        self._folder = (home if rehearses else home / FOLDER) / _DELIVERED

    def add(self, digest: Digest) -> None:
        """Remember what is delivered now. Only a rehearsal has slates; what is bought is never one."""
        if self.rehearses:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / digest).touch()

    def has(self, path: Path) -> bool:
        """Whether the file at ``path`` is, byte for byte, one that a rehearsal delivered."""
        if not self._folder.is_dir():
            return False
        from reelwright.store.incoming import digest_of_file

        return (self._folder / digest_of_file(path)).is_file()

    def refuse_other(self, path: Path) -> None:
        """Raise ``BadInput`` where a rehearsal would write over a file that is no slate."""
        if self.rehearses and path.is_file() and path.stat().st_size and not self.has(path):
            hint = "a rehearsal writes over nothing but its own slates: name another place with --out"
            raise BadInput("out", str(path), "a name that is free, or a slate of a rehearsal", hint=hint)
