"""An ad and a short end to end on fakes that speak the providers' own wires: what is bought, when, and for what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.media.probe import probe
from reelwright.providers.fakes.script import filtered
from reelwright.studio.answers import FilmMade
from studio.worlds import AT_ONCE, KEYS, world

AD = "A 10 second ad for Fenn, a desk lamp that never flickers. Order at fenn.example"
SMALL: dict[str, Any] = {"short_side": 180, "aspect": "16:9", "length": 10}
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in KEYS.values():
        monkeypatch.setenv(variable, "a-key-of-a-test")
    yield


def finish(studio: Studio, made: FilmMade) -> FilmMade:
    return studio.accept(made.project) if made.state == "waiting" and "frozen" in made.said else made


def test_an_ad_of_stills_takes_voice_and_music_costs_what_its_providers_bill(tmp_path: Path) -> None:
    scripts = {"replicate": AT_ONCE, "elevenlabs": AT_ONCE}
    asked = {
        **SMALL,
        "models": ["hailuo_fast"],
        "stills": "flux-dev",
        "voice": "eleven_v3:JBFqnCBsd6RMkjVDRZzb",
        "music": "eleven-music",
    }
    with world(tmp_path / "home", scripts) as there, Studio(there.settings) as studio:
        quoted = studio.quote(AD, **asked)
        assert set(quoted.by_step) == {"still", "take", "voice", "bed"}
        made = finish(studio, studio.make(AD, **SURE, **asked))
        assert made.state == "done", made.said
        spent = studio.spend()
        assert there.billed == spent.micros <= quoted.micros
        by_step = {total.name: total.micros for total in spent.steps}
        assert set(by_step) >= {"still", "take", "voice", "bed"} and sum(by_step.values()) == there.billed
        beats = [shot for shot in made.shots if shot.beat not in ("end_card", "proof", "offer", "urgency")]
        assert there.submits("replicate") == 2 * len(beats), "a still and a take for each beat that is filmed"
        found = probe(made.path)
        assert found.audio is not None and found.frames >= 300
        assert studio.resume("last").made == 0 and there.billed == spent.micros


def test_a_shot_that_its_filter_keeps_back_is_drawn_where_that_was_chosen(tmp_path: Path) -> None:
    scripts = {"openrouter": AT_ONCE.on("submit", filtered(), calls=[1])}
    asked = {**SMALL, "models": ["openrouter-kling-v3-std"], "continuity": "loose", "on_stuck": "animatic"}
    with world(tmp_path / "home", scripts) as there, Studio(there.settings) as studio:
        made = finish(studio, studio.make(AD, **SURE, **asked))
        assert made.state == "done", made.said
        assert there.billed == studio.spend().micros
        assert there.submits("openrouter") == len([s for s in made.shots if s.beat not in ("end_card", "proof")])


def test_a_stuck_shot_waits_with_its_number_and_has_four_ways_on(tmp_path: Path) -> None:
    scripts = {"openrouter": AT_ONCE.on("submit", filtered(), calls=[1])}
    asked = {**SMALL, "models": ["openrouter-kling-v3-std"], "continuity": "loose"}
    with world(tmp_path / "home", scripts) as there, Studio(there.settings) as studio:
        made = studio.make(AD, **SURE, **asked)
        assert (made.state, made.why) == ("waiting", "decision") and "shot 1" in made.said
        bought = there.submits("openrouter")
        on = finish(studio, studio.edit("last", shot=1, prompt="A red kite over dunes", **SURE))
        assert on.state == "done", on.said
        assert there.submits("openrouter") == bought + 1
