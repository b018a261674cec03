"""Sweeps: many cases in one test, which goes on after a case that fails and at its end names every fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

Case = Callable[[object], AbstractContextManager[None]]


@contextmanager
def sweep() -> Iterator[Case]:
    """Yield ``case``: ``with case(name):`` checks one case. Fails at the end with the name and fault of each."""
    faults: list[str] = []

    @contextmanager
    def case(name: object) -> Iterator[None]:
        try:
            yield
        except (Exception, pytest.fail.Exception) as fault:  # noqa: BLE001  every fault is told at the end
            faults.append(f"{name}: {type(fault).__name__}: {fault}")

    yield case
    assert not faults, f"{len(faults)} cases:\n" + "\n".join(faults)
