"""Rows of a batch that cannot be made, all in one refusal: whoever mends a file mends it once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from reelwright.errors import BadInput

_TOLD: Final = 20
"""Refused rows that are spelled out; of the others their numbers are."""


class RefusedRows:
    """Collects what each row is refused for. ``alone``: the call asks for one thing, which nobody calls a row."""

    def __init__(self, *, alone: bool = False) -> None:
        self._alone = alone
        self._refused: list[tuple[int, BadInput]] = []

    @contextmanager
    def row(self, number: int) -> Iterator[None]:
        """Within it a ``BadInput`` is kept for the row of that number, and the next row is looked at."""
        try:
            yield
        except BadInput as error:
            self._refused.append((number, error))

    def refuse(self) -> None:
        """Raise ``BadInput`` of all rows that were refused, the first as its own; nothing where there were none."""
        if not self._refused:
            return
        (number, first), *others = self._refused
        if self._alone:
            raise first
        told = [f"Row {n}: {error}" for n, error in others[:_TOLD]]
        if len(others) > _TOLD:
            told.append(f"Rows {', '.join(str(n) for n, _ in others[_TOLD:])} are refused as well")
        raise BadInput(
            f"row {number}: {first.field}",
            first.value,
            first.accepted,
            hint="\n  ".join([*told, *filter(None, [first.hint])]),
        ) from first
