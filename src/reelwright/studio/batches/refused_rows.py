"""Refusal of all faulty rows of a batch in one error, so that a person corrects the file once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from reelwright.errors import BadInput
from reelwright.studio.policy import REFUSED_ROWS_SHOWN


class RefusedRows:
    """Collects the ``BadInput`` of each row of a batch, to raise all as one.

    ``is_single``: the call has a single entry, so its error does not name a row.
    """

    def __init__(self, *, is_single: bool = False) -> None:
        self._alone = is_single
        self._refused: list[tuple[int, BadInput]] = []

    @contextmanager
    def collect_row(self, number: int) -> Iterator[None]:
        """Catch a ``BadInput`` that this block raises, and keep it as the error of the row ``number``, from 1."""
        try:
            yield
        except BadInput as error:
            self._refused.append((number, error))

    def refuse(self) -> None:
        """Raise one ``BadInput`` that names every row with a caught error; do nothing if there is none."""
        if not self._refused:
            return
        (number, first), *others = self._refused
        if self._alone:
            raise first
        lines = [f"Row {n}: {error}" for n, error in others[:REFUSED_ROWS_SHOWN]]
        if len(others) > REFUSED_ROWS_SHOWN:
            lines.append(f"Rows {', '.join(str(n) for n, _ in others[REFUSED_ROWS_SHOWN:])} are refused as well")
        raise BadInput(
            f"row {number}: {first.field}",
            first.value,
            first.accepted,
            hint="\n  ".join([*lines, *filter(None, [first.advice])]),
            actions=first.actions,
        ) from first
