"""An ad and a short end to end on fakes that speak the providers' own wires: what is bought, when, and for what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.media.base.probe import probe
from reelwright.providers.fakes.script import filter_samples
from reelwright.studio.quotes.tempo import Tempo
from studio.shelf import drawn_clip
from studio.worlds import AT_ONCE, KEYS, world

AD = "A 10 second ad for Fenn, a desk lamp that never flickers. Order at fenn.example"
SHORT = "A 12 second short for VoltCup, a travel mug that keeps coffee hot for 9 hours. Order at voltcup.example"
CHAIN = """
title: Fenn
aspect: "9:16"
short_side: 180
beats:
  - beat: demo
    shots:
      - {seconds: 9, words: It never flickers, prompt: A lamp on a desk}
      - {seconds: 8, words: Not once, prompt: A hand near a lamp}
  - beat: end_card
    shots:
      - {seconds: 2, words: {name: Fenn}}
"""
SMALL: dict[str, Any] = {"short_side": 180, "aspect": "16:9", "length": 10}
QUICK = Tempo(speed=600)
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for variable in KEYS.values():
        monkeypatch.setenv(variable, "a-key-of-a-test")
    yield


def test_an_ad_of_stills_takes_voice_and_music_costs_what_its_providers_bill(tmp_path: Path) -> None:
    scripts = {"replicate": AT_ONCE, "elevenlabs": AT_ONCE}
    asked = {
        **SMALL,
        "models": ["hailuo_fast"],
        "stills": "flux-dev",
        "voice": "eleven_v3:JBFqnCBsd6RMkjVDRZzb",
        "music": "eleven-music",
    }
    with world(tmp_path / "home", scripts) as there, Studio(there.settings, tempo=QUICK) as studio:
        quoted = studio.quote(AD, **asked)
        assert set(quoted.prices_by_step) == {"still", "take", "voice", "bed"}
        made = studio.make(AD, **SURE, **asked)
        assert made.state == "done", made.message
        spent = studio.show_spending()
        assert there.billed == spent.micros <= quoted.micros
        by_step = {total.name: total.micros for total in spent.steps}
        assert set(by_step) >= {"still", "take", "voice", "bed"} and sum(by_step.values()) == there.billed
        beats = [shot for shot in made.shots if shot.beat not in ("end_card", "proof", "offer", "urgency")]
        assert there.submits("replicate") == 2 * len(beats), "a still and a take for each beat that is filmed"
        found = probe(made.path)
        assert found.audio is not None and found.frames >= 300
        assert studio.resume("last").new_steps == 0 and there.billed == spent.micros


SPOT = files("reelwright.planner.flavors") / "spot" / "pipeline_params.yaml"


def test_hailuo_fast_alone_makes_a_film_where_a_setting_or_a_flavor_says_who_draws_stills(tmp_path: Path) -> None:
    """As S2 does it, whose model starts from a picture and whose call names no other."""
    small = {**SMALL, "length": 6}
    with world(tmp_path / "home", {"replicate": AT_ONCE}) as there:
        with Studio(there.settings, tempo=QUICK) as studio, pytest.raises(BadInput, match="stills") as refused:
            studio.quote(AD, models=["hailuo_fast"], **small)
        assert "image model" in refused.value.hint and refused.value.actions[0].params == {"model_kind": "image"}
        with Studio(replace(there.settings, stills="flux-dev"), tempo=QUICK) as studio:
            assert "still" not in studio.quote(AD, models=["kling-v2.5-turbo-pro"], **small).prices_by_step
            quoted = studio.quote(AD, models=["hailuo_fast"], **small)
            assert set(quoted.prices_by_step) == {"still", "take"}
            made = studio.make(AD, models=["hailuo_fast"], **small, **SURE)
            assert made.state == "done" and there.billed == studio.show_spending().micros == quoted.micros
        own = tmp_path / "home" / "flavors" / "mine"
        own.mkdir(parents=True)
        (own / "pipeline_params.yaml").write_text(f"{SPOT.read_text()}\nmodels: [hailuo_fast]\nstills: flux-dev\n")
        with Studio(there.settings, tempo=QUICK) as studio:
            assert not studio.quote(AD, flavor="mine", **small).prices_by_step, (
                "had: the same pictures by the same model"
            )
            another = AD.replace("Fenn", "Lumo").replace("fenn.", "lumo.")
            assert set(studio.quote(another, flavor="mine", **small).prices_by_step) == {"still", "take"}


def test_a_shot_that_its_filter_keeps_back_is_drawn_where_that_was_chosen(tmp_path: Path) -> None:
    scripts = {"openrouter": AT_ONCE.add_rule("submit", filter_samples(), calls=[1])}
    asked = {**SMALL, "models": ["openrouter-kling-v3-std"], "continuity": "loose", "on_stuck": "animatic"}
    with world(tmp_path / "home", scripts) as there, Studio(there.settings, tempo=QUICK) as studio:
        made = studio.make(AD, **SURE, **asked)
        assert made.state == "done", made.message
        assert there.billed == studio.show_spending().micros
        assert there.submits("openrouter") == len([s for s in made.shots if s.beat not in ("end_card", "proof")])


def test_an_edit_for_which_a_key_is_missing_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {**SMALL, "models": ["openrouter-kling-v3-std"], "continuity": "loose", "length": 4}
    with world(tmp_path / "home", {"openrouter": AT_ONCE, "replicate": AT_ONCE}) as there:
        with Studio(there.settings, tempo=QUICK) as studio:
            studio.make(AD, **SURE, **asked)
            before = studio.show("last").revision
        monkeypatch.delenv("REPLICATE_API_TOKEN")
        with Studio(there.settings, tempo=QUICK) as studio:
            with pytest.raises(BadInput, match="REPLICATE_API_TOKEN"):
                studio.edit("last", shot=1, model="kling-v2.5-turbo-pro", **SURE)
            assert studio.show("last").revision == before
        monkeypatch.delenv("OPENROUTER_API_KEY")
        with Studio(there.settings, tempo=QUICK) as studio:
            with pytest.raises(BadInput, match="OPENROUTER_API_KEY"):
                studio.retake("last", 1, **SURE)
            assert studio.edit("last", mood="luxury").state in ("done", "waiting"), "what needs no key is made without"


WAYS: dict[str, tuple[dict[str, Any], int]] = {
    "its words": ({"prompt": "A red kite over dunes"}, 1),
    "another model": ({"model": "openrouter-veo-3.1-fast"}, 1),
    "own footage": ({"clip": "own.mp4"}, 0),
    "its animatic": ({"model": "animatic"}, 0),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_stuck_shot_waits_with_its_number_and_has_four_ways_on(tmp_path: Path, way: str) -> None:
    scripts = {"openrouter": AT_ONCE.add_rule("submit", filter_samples(), calls=[1])}
    asked = {**SMALL, "models": ["openrouter-kling-v3-std"], "continuity": "loose"}
    changes, more = WAYS[way]
    if "clip" in changes:
        changes = {"clip": tmp_path / changes["clip"]}
        changes["clip"].write_bytes(drawn_clip((320, 180), 9000, "own", sound=False))
    with world(tmp_path / "home", scripts) as there, Studio(there.settings, tempo=QUICK) as studio:
        made = studio.make(AD, **SURE, **asked)
        stuck = re.search(r"shot (\d)", made.message)  # whichever of them was the first to arrive
        assert (made.state, made.wait_reason) == ("waiting", "decision") and stuck, made.message
        bought = there.submits("openrouter")
        on = studio.edit("last", shot=int(stuck[1]), **changes, **SURE)
        assert on.state == "done", on.message
        assert there.submits("openrouter") == bought + more and there.billed == studio.show_spending().micros


def test_a_stuck_shot_in_a_chain_is_drawn_and_what_went_on_from_it_opens_on_a_still_of_its_own(tmp_path: Path) -> None:
    """Of a model that starts from a picture, which has nothing to start from once the take before it is drawn."""
    plan = tmp_path / "plan.yaml"
    plan.write_text(CHAIN, encoding="utf-8")
    scripts = {"replicate": AT_ONCE.add_rule("submit", filter_samples(), calls=[2])}
    asked = {"models": ["hailuo_fast"], "stills": "flux-dev", "on_stuck": "animatic"}
    with world(tmp_path / "home", scripts) as there, Studio(there.settings, tempo=QUICK) as studio:
        made = studio.make("“It never flickers.” A film for “Fenn”, a lamp", plan=plan, **SURE, **asked)
        assert made.state == "done", made.message
        steps = {total.name: total.rows for total in studio.show_spending().steps}
        assert steps == {"still": 2, "take": 2} and there.billed == studio.show_spending().micros


def test_a_short_with_a_voice_and_a_flavor_is_upright_spoken_and_billed_by_step(tmp_path: Path) -> None:
    scripts = {"replicate": AT_ONCE, "elevenlabs": AT_ONCE}
    asked: dict[str, Any] = {
        "short_side": 180, "flavor": "default", "length": 12,
        "models": ["hailuo_fast"], "stills": "flux-dev", "voice": "eleven_v3:JBFqnCBsd6RMkjVDRZzb",
    }  # fmt: skip
    with world(tmp_path / "home", scripts) as there, Studio(there.settings, tempo=QUICK) as studio:
        quoted = studio.quote(SHORT, **asked)
        made = studio.make(SHORT, **SURE, **asked)
        assert made.state == "done", made.message
        found = probe(made.path)
        assert found.upright == (180, 320) and found.codec == "h264" and found.fps == 30 and found.audio is not None
        assert made.film and made.film.captions["srt"].read_text(encoding="utf-8").count("-->") >= 1
        assert made.shots[0].beat == "reveal" and made.shots[-1].beat == "end_card"
        spent = studio.show_spending()
        assert {total.name for total in spent.steps} == {"still", "take", "voice"}
        assert there.billed == spent.micros <= quoted.micros <= 1_500_000, "the flavor's budget"
        stills, speech = there.submits("replicate"), there.submits("elevenlabs")
        assert stills and speech == len([row for row in spent.rows if row.step.startswith("voice/")])
