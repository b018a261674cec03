"""A director with everything real around it; its hands end with the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from engine.rig import Rig
from reelwright.store.database import Database

Rigging = Callable[..., Rig]


@pytest.fixture
async def rigged(db: Database, tmp_path: Path) -> AsyncIterator[Rigging]:
    made: list[Rig] = []

    def build(**more: Any) -> Rig:
        made.append(Rig(db, tmp_path, **more))
        return made[-1]

    yield build
    for rig in made:
        await rig.hands.close()
