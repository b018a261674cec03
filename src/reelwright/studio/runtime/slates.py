"""The files that a rehearsal delivered. Any film may replace a slate; a slate may replace only a slate."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from reelwright.errors import BadInput
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.store.vault.incoming import hash_file

FOLDER: Final = "rehearsal"
"""The folder of the rehearsals' home, inside the user's home."""
_DELIVERED: Final = "delivered"


class Slates:
    """A record of the files that rehearsals delivered (slates), by the digests of their bytes.

    ``is_rehearsal``: ``home`` belongs to a rehearsal.
    """

    def __init__(self, home: Path, *, is_rehearsal: bool) -> None:
        self.is_rehearsal = is_rehearsal
        self._folder = (home if is_rehearsal else home / FOLDER) / _DELIVERED

    def add(self, digest: Digest) -> None:
        """Record the file with this digest as a slate, before it is delivered; does nothing outside a rehearsal."""
        if self.is_rehearsal:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / digest).touch()

    def has(self, path: Path) -> bool:
        """Return whether the file at ``path`` is a slate, with the bytes of a file that a rehearsal delivered."""
        if not self._folder.is_dir():
            return False

        return (self._folder / hash_file(path)).is_file()

    def refuse_other(self, path: Path) -> None:
        """Raise ``BadInput`` if this is a rehearsal and the file at ``path`` is no slate, which it may not replace."""
        if self.is_rehearsal and path.is_file() and path.stat().st_size and not self.has(path):
            accepted = "a name that is free, or a slate of a rehearsal"
            raise BadInput("out", str(path), accepted, actions=[Action("choose_output")])
