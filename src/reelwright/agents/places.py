"""Places where an agent may have files written, and from which it may have scripts read."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.studio.films.deliver import SIDECARS


class Places:
    """The folders in which agents may write new files and read scripts. Nothing is written elsewhere, and no existing
    file is replaced.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        found = [folder.expanduser().resolve() for folder in folders]
        self.folders = tuple(folder for folder in dict.fromkeys(found) if folder != Path(folder.anchor))

    def check_new_file(self, out: str | Path | None) -> Path | None:
        """Return the checked path of a file that an agent wants written; None for None. Raises ``BadInput`` outside the
        folders, or if anything is there.
        """
        if out is None:
            return None
        path = self._resolve("out", out)
        if path.suffix.lower() == ".mp4":
            for beside in (path.with_suffix(f".{kind}") for kind in SIDECARS):
                _refuse_existing(beside)
        _refuse_existing(path)
        return path

    def check_script(self, script: str) -> str:
        """Return ``script`` unchanged if it is text, or the checked path if it names a file in the folders. Raises
        ``BadInput`` for any other file.

        A script comes back as text, so it must not be a way to read other files of the person.
        """
        return script if "\n" in script else str(self._resolve("script", script))

    def _resolve(self, field: str, value: str | Path) -> Path:
        if "\x00" in str(value):
            raise BadInput(field, "a path with a zero byte", "a path")
        path = Path(value).expanduser().absolute()
        real = path.resolve() if field == "script" else path.parent.resolve() / path.name
        if not any(real.is_relative_to(folder) for folder in self.folders):
            inside = ", ".join(map(str, self.folders)) or "none"
            raise BadInput(field, str(value), f"a file in a folder that agents may use ({inside})")
        return real


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise BadInput("out", str(path), "a name that is free: agents replace no file")
