"""One take that fails is told once and paid once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.providers.fakes.script import fail_late, filter_samples
from reelwright.studio.quotes.tempo import Tempo
from reelwright.studio.results.results import Progress
from studio.test_ads_and_shorts import AD, SMALL, SURE
from studio.worlds import AT_ONCE, KEYS, world

REAL_HANDS = True


@pytest.mark.parametrize("behaviour", [fail_late(is_billed=True), filter_samples()], ids=["fails", "filtered"])
def test_a_take_that_fails_for_good_is_one_event_and_one_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behaviour: Any
) -> None:
    """Source: systems.md S2-55."""
    for variable in KEYS.values():
        monkeypatch.setenv(variable, "a-key-of-a-test")
    scripts = {"openrouter": AT_ONCE.add_rule("submit", behaviour, calls=[1])}
    asked = {**SMALL, "length": 4, "models": ["openrouter-kling-v3-std"], "continuity": "loose"}
    heard: list[Progress] = []
    with world(tmp_path / "home", scripts) as there, Studio(there.settings, tempo=Tempo(speed=600)) as studio:
        made = studio.make(AD, listen=heard.append, **SURE, **asked)
        assert made.state == "waiting" and "shot 1" in made.message
        kept = [event for event in studio.watch(made.project) if event.kind == "step.failed"]
        told = [event for event in heard if event.kind == "failed"]
        landed = [event.step for event in heard if event.kind == "landed"]
        (row,) = studio.show_spending().rows
    assert len(kept) == len(told) == 1 and kept[0].step == told[0].step == row.step
    assert "Provider returned error" in kept[0].message == told[0].message
    assert row.step not in landed and made.new_steps == len(landed), "what failed was not made"
    assert there.submits("openrouter") == 1 and row.micros == there.billed
