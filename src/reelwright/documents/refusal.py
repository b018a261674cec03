"""The error for a script that cannot be read. It names the file, the line, the text there and what is accepted."""

from __future__ import annotations

from typing import Final, NoReturn

from reelwright.errors import BadInput

_SHOWN: Final = 60


class Refuser:
    """Raises ``BadInput`` for a line of the file ``name``."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, line: int, stands: str, accepted: str, *, hint: str = "") -> NoReturn:
        shown = " ".join(stands.split())
        shown = shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
        raise BadInput(f"{self.name} line {line}", shown, accepted, hint=hint)
