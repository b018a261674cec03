"""The example that a first film is made of: a script with two pictures, copied to where it can be changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput, ReelwrightError
from reelwright.studio.whole import whole

_HERE: Final = Path(__file__).resolve()
_INSTALLED: Final = _HERE.parent / "voltcup"
_IN_A_CLONE: Final = _HERE.parents[3] / "examples" / "voltcup"


def copied_example(folder: Path) -> Path:
    """The script in ``folder``, which is made if it is not there; what stands there already stays as it is.

    Each file appears whole. Raises ``BadInput`` where they cannot be written there.
    """
    source = _INSTALLED if _INSTALLED.is_dir() else _IN_A_CLONE
    if not source.is_dir():
        raise ReelwrightError("the example is missing from this installation; install reelwright again")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in sorted(source.iterdir()):
            if file.suffix in (".md", ".png", ".jpg") and not (folder / file.name).exists():
                with whole(folder / file.name) as part:
                    shutil.copyfile(file, part)
    except OSError as cause:
        raise BadInput("folder", str(folder), f"a folder that can be written to ({cause.strerror})") from cause
    return folder / "script.md"
