"""Copies the example, a script with two pictures, to a folder in which a person can change it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput, ReelwrightError
from reelwright.studio.runtime.atomic_file import open_atomically

_HERE: Final = Path(__file__).resolve()
_INSTALLED: Final = _HERE.parent / "voltcup"
_IN_A_CLONE: Final = _HERE.parents[4] / "examples" / "voltcup"


def copy_example(folder: Path) -> Path:
    """Copy the example script and its pictures to ``folder``, created if needed; return the path of the script.

    Existing files stay as they are; each new file appears complete. Raises ``BadInput`` if ``folder`` cannot be
    written.
    """
    source = _INSTALLED if _INSTALLED.is_dir() else _IN_A_CLONE
    if not source.is_dir():
        raise ReelwrightError(code="example_missing")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(source.iterdir()):
            if file.suffix in (".md", ".png", ".jpg") and not (folder / file.name).exists():
                with open_atomically(folder / file.name) as part:
                    shutil.copyfile(file, part)
    except OSError as cause:
        raise BadInput("folder", str(folder), f"a folder that can be written to ({cause.strerror})") from cause
    return folder / "script.md"
