"""The director with everything real but the film: builds, edits, retakes, failures, cancels, two at once."""

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


async def test_a_brief_becomes_a_film_and_every_step_is_made_once(rigged, tmp_path):
    log = tmp_path / "log"
    rig = rigged(extra={"log": str(log)}, own={"log": str(log)})
    standing = await rig.make("a >b c")
    assert standing.job.state == "done", standing.job.said
    assert await rig.film(standing.project) == (
        "body of [take a seed 0]\nbody of [take b seed 0 after first_frame:last_frame:take a seed 0]\n"
        "body of [take c seed 0]\nmix of bed calm"
    )
    assert sorted(log.read_text().split("\n")) == sorted(
        ["", "take a", "take b", "take c", "body a", "body b", "body c", "mix", "film"]
    )
    assert {p.state for p in await rig.purchases(standing.project)} == {"settled"}
