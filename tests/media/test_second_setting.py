"""A film's opening has an event by its half, its last card one after the button, and no screen stands and waits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from media.animatic_contrast import measure_worst_contrast
from media.animatic_lint import lint
from media.animatic_words import LATIN, SMALL, asked
from reelwright.media.animatic.camera_steps import MOST_REST_S
from reelwright.media.animatic.card_event import LOCK_UP_S
from reelwright.media.animatic.events import list_events
from reelwright.media.animatic.scene_builder import stage_take
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.looks.registry import list_look_names
from reelwright.media.staging.shot_request import ShotRequest

LINES = {"en": "Our year in four figures", "ar": "كتاب واحد يكفي لتبدأ", "ja": "何もしない贅沢"}
PARTED = "signal"
"""It answers the first words of a line with the last ones, typed, and sets none again."""
OTHER_SEED = 7
"""A seed by which a film differs from one of seed 0."""


def stage_with(emblem: str, request: ShotRequest) -> Scene:
    return stage_take(replace(request, emblem=emblem), [])


def draw(scene: Scene, frame: int) -> np.ndarray:
    pixels = np.frombuffer(bytes(Painter(scene, grain_strength=0).render_frame(frame)), np.uint8)
    return pixels.reshape(scene.size[1], scene.size[0], 4)[..., :3].astype(int)


def ask_opening(look: str, aspect: str, language: str = "en", seed: int = 0) -> ShotRequest:
    line = {"line": LINES[language]}
    hits = list(range(0, 90, 22))
    return asked("hook", line, SMALL[aspect], look=look, language=language, frames=90, seed=seed, hits=hits)


@pytest.mark.sampled
@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("language", LINES)
@pytest.mark.parametrize("look", [name for name in list_look_names() if name != PARTED])
def test_an_opening_is_another_picture_by_its_half_in_which_its_words_stand_as_well(
    look: str, language: str, aspect: str
) -> None:
    for seed in (0, OTHER_SEED):
        scene = stage_with("castle", ask_opening(look, aspect, language, seed))
        changed = np.abs(draw(scene, 40) - draw(scene, 60)).sum(axis=2) > 60
        assert changed.mean() > 0.1, seed
        for frame in (20, 85):
            assert lint(scene, frame) == [], (seed, frame)
            shown = "".join(one.text for one in scene.layers if one.role == "headline" and one.find_pose(frame))
            letters = "".join(LINES[language].casefold().split())
            assert set(letters) <= set("".join(shown.casefold().split())), (seed, frame)


@pytest.mark.parametrize("look", list_look_names())
def test_the_words_of_a_second_setting_are_legible(look: str) -> None:
    for aspect in SMALL:
        for seed in (0, OTHER_SEED):
            scene = stage_with("castle", ask_opening(look, aspect, seed=seed))
            found = measure_worst_contrast(scene, 85)
            assert found and min(found.values()) >= 3.0, (aspect, seed, found)


@pytest.mark.parametrize("look", [name for name in list_look_names() if name != PARTED])
def test_two_films_of_one_look_open_with_two_events(look: str) -> None:
    one, other = (stage_with("castle", ask_opening(look, "16:9", seed=seed)) for seed in (0, OTHER_SEED))
    assert (np.abs(draw(one, 80) - draw(other, 80)).sum(axis=2) > 60).mean() > 0.05


def test_an_opening_that_is_set_again_is_the_same_film_twice() -> None:
    one, other = (stage_with("castle", ask_opening("grid", "16:9")) for _ in range(2))
    for frame in (0, 41, 44, 80):
        assert np.array_equal(draw(one, frame), draw(other, frame))


@pytest.mark.parametrize("look", list_look_names())
def test_a_button_is_pressed_on_the_last_card_which_then_stands_still(look: str) -> None:
    words = {"name": "Strida", "line": "Try it for a month", "url": "strida.example"}
    for seed in (0, OTHER_SEED):
        request = asked("end_card", words, SMALL["16:9"], look=look, frames=150, seed=seed, hits=[])
        scene = stage_with("castle", request)
        buttons = replace(scene, layers=tuple(one for one in scene.layers if one.group in ("button", "ring")))
        assert max(list_events(buttons, 30)) >= 50, seed
        assert max(list_events(scene, 30)) <= 150 - 30 * LOCK_UP_S, seed


@pytest.mark.parametrize("look", list_look_names())
def test_a_screen_that_waits_for_its_voice_has_a_further_event(look: str) -> None:
    for beat in ("reveal", "proof", "testimonial", "brand"):
        scene = stage_with("castle", asked(beat, LATIN[beat], SMALL["16:9"], look=look, frames=240, after="hook"))
        events = [0, *list_events(scene, 30), 240]
        rests = [after - before for before, after in pairwise(events)]
        assert max(rests) <= 30 * (MOST_REST_S + 0.3), beat
        for frame in range(0, 240, 40):
            found = [one for one in lint(scene, frame) if one.check == "safe area"]
            assert found == [], (beat, frame)


@pytest.mark.parametrize("look", list_look_names())
def test_films_of_one_look_end_on_unlike_cards(look: str) -> None:
    words = {"name": "Strida", "line": "Try it for a month", "url": "strida.example"}
    pictures = {
        draw(stage_with("castle", asked("end_card", words, SMALL["16:9"], look=look, seed=7 * turn)), 70).tobytes()
        for turn in range(3)
    }
    assert len(pictures) >= 2
