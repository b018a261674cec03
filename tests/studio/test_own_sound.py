"""A model that brings its own sound: no music is bought for it, and what is heard of it is for the person to say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.catalogue.models import find_model
from reelwright.media.base.probe import probe
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from studio.shelf import Shelf

REAL_HANDS = True

BRIEF = "“It never flickers.” For “Fenn”, a lamp. Order at fenn.example"
SPEAKS, ASKED = "litellm-veo-3.1", "openrouter-kling-v3-std"
SMALL: dict[str, Any] = {"short_side": 180, "aspect": "9:16", "length": 4}
SURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def studio(shelf: Shelf, tmp_path: Path) -> Iterator[Studio]:
    with Studio(Settings(home=tmp_path / "home", hands=1), providers={"offline": Offline(), "shelf": shelf}) as opened:
        yield opened


@pytest.mark.parametrize(
    ("more", "heard", "music"),
    [
        ({}, "duck", "composer/2026.1"),
        ({"sound": True}, "keep", "composer/2026.1"),
        ({"music": "none"}, "keep", None),
        ({"music": "eleven-music"}, "duck", "eleven-music"),
    ],
    ids=["usual", "kept beside the bed", "alone", "under music that was asked for"],
)
def test_music_is_bought_for_takes_with_sound_of_their_own_only_where_it_is_asked_for(
    studio: Studio, more: dict[str, Any], heard: str, music: str | None
) -> None:
    """Source: systems.md S2-13 and G24."""
    assert find_model(SPEAKS).sound == "always"
    plan = studio.plan(BRIEF, models=[SPEAKS], **SMALL, **more).plan
    filmed = [shot for shot in plan.shots if getattr(shot.source, "model", "") == SPEAKS]
    assert filmed and {shot.sound for shot in filmed} == {heard}
    assert (plan.bed.request.model if plan.bed else None) == music
    assert ("bed" in studio.quote(BRIEF, models=[SPEAKS], **SMALL, **more).prices_by_step) is (music == "eleven-music")


def test_a_model_that_is_asked_for_sound_can_be_kept_silent(studio: Studio) -> None:
    assert find_model(ASKED).sound == "asked"
    for sound, level in ((False, "mute"), (True, "keep")):
        plan = studio.plan(BRIEF, models=[ASKED], sound=sound, **SMALL).plan
        assert {shot.sound for shot in plan.shots if getattr(shot.source, "model", "") == ASKED} == {level}


def test_a_film_of_takes_that_are_heard_alone_has_their_sound_and_buys_no_music(studio: Studio, shelf: Shelf) -> None:
    made = studio.make(BRIEF, models=[SPEAKS], music="none", **SMALL, **SURE)
    assert made.film and made.film.loudness_lufs == pytest.approx(-14, abs=0.5)
    assert probe(made.path).audio is not None and not shelf.asked("music")


def test_a_film_in_which_nothing_is_heard_says_so_before_its_price_and_is_made(studio: Studio) -> None:
    for models in (["animatic"], [ASKED]):
        notes = studio.quote(BRIEF, models=models, music="none", **SMALL).notes
        assert [one for one in notes if one.startswith("Nothing is heard in this film")]
    made = studio.make(BRIEF, music="none", **SMALL, **SURE)
    assert made.film and made.film.loudness_lufs is None and not [one for one in made.findings if one.is_fault]
    assert probe(made.path).audio is not None, "platforms want a sound track, if only of silence"


def test_a_brief_that_wants_no_music_has_none_until_a_mood_brings_it_back(studio: Studio) -> None:
    made = studio.make(f"{BRIEF} No music please.", **SMALL, **SURE)
    assert made.film and made.film.loudness_lufs is None
    assert studio.read_plan("last").plan.bed is None
    studio.edit("last", mood="chill")
    assert studio.read_plan("last").plan.bed is not None
    studio.edit("last", music="none")
    assert studio.read_plan("last").plan.bed is None
