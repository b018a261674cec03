"""A director with everything real around it; its hands end with the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from engine.rig import Rig
from reelwright.store.database.database import Database

Rigging = Callable[..., Rig]


@pytest.fixture
async def rigged(request: pytest.FixtureRequest, db: Database, tmp_path: Path) -> AsyncIterator[Rigging]:
    """Builds rigs. A file of tests in which only purchases run beside one another says ``HANDS = 1``: one process less
    is started for each of them."""
    made: list[Rig] = []

    def build(**more: Any) -> Rig:
        made.append(Rig(db, tmp_path, **{"hands": getattr(request.module, "HANDS", 2), **more}))
        return made[-1]

    yield build
    for rig in made:
        await rig.hands.close()
