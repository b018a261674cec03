"""Shots of one beat look different, settled frames stir on the music and hold in between, long words are broken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from media.animatic_lint import find_moving_groups
from media.animatic_words import LATIN, SETS, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.hyphens import hyphenate_words
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.looks.slam import STAGINGS
from reelwright.media.staging.shot_request import BEATS, ShotRequest
from reelwright.media.staging.stagings import choose_composition

_HITS = list(range(0, 120, 14))
_AGAIN = ("hook", "problem", "demo", "benefit", "proof", "cta", "brand", "agitate")


def _long(beat: str, variant: int = 0, **more: object) -> ShotRequest:
    return asked(beat, LATIN[beat], frames=112, hits=_HITS, variant=variant, **more)


@pytest.mark.parametrize("size", [(180, 320), (320, 180)])
@pytest.mark.parametrize("beat", _AGAIN)
def test_shots_of_one_beat_in_a_row_never_look_alike(beat: str, size: tuple[int, int]) -> None:
    count = len(STAGINGS.beats[beat])
    assert count >= 2
    frames = [_drawn(stage_scene(asked(beat, LATIN[beat], size, variant=variant), [])) for variant in range(count)]
    for index in range(count):
        other = frames[(index + 1) % count]
        assert np.abs(frames[index].astype(int) - other).mean() > 30, (beat, index)


@given(some.integers(0, 6), some.integers(0, 40), some.integers(2, 3))
def test_the_next_shot_of_a_beat_has_another_composition(shot: int, again: int, count: int) -> None:
    one, other = (_long("benefit", variant=again * 8 + k) for k in (shot, shot + 1))
    assert choose_composition(one, count) != choose_composition(other, count)


@pytest.mark.parametrize("beat", [beat for beat in BEATS if beat not in ("cold_open", "end_card", "urgency")])
def test_a_settled_frame_stirs_again_and_keeps_its_holds(beat: str) -> None:
    for variant in range(len(STAGINGS.beats[beat])):
        scene = stage_scene(_long(beat, variant), [])
        stirring = [_stirs(scene, frame) for frame in range(scene.frames - 1)]
        if beat not in ("testimonial", "offer", "transformation"):
            assert any(stirring[50:]), (beat, variant)
        still = [not find_moving_groups(scene, frame) for frame in range(scene.frames - 1)]
        least = 6 if beat == "problem" else 12  # lines of its band leap on each hit
        assert _longest(still) >= least, (beat, variant)


def test_the_last_frames_before_a_cut_are_quiet() -> None:
    for beat in _AGAIN:
        scene = stage_scene(_long(beat), [])
        assert not any(find_moving_groups(scene, frame) for frame in range(108, 111)), beat


def test_no_frame_before_the_name_or_of_it_is_empty() -> None:
    """A quarter of a second of black before each name read as a fault (2026-11-29)."""
    before = stage_scene(_long("problem", before="reveal"), [])
    assert all(np.ptp(_drawn(before, frame)) > 100 for frame in range(98, 112))
    after = stage_scene(asked("reveal", LATIN["reveal"], after="problem"), [])
    assert np.ptp(_drawn(after, 0)) > 100


@pytest.mark.parametrize("size", [(180, 320), (320, 180), (180, 180)])
@pytest.mark.parametrize(
    ("beat", "words"),
    [
        ("transformation", {"before": "~~£38~~", "after": "£29 until May"}),
        ("proof", {"figures": "**10 km** by night | **6,000** runners"}),
        ("end_card", {"name": "Midnight Ten", "line": "Get your number", "url": "midnightten.example"}),
    ],
)
def test_a_settled_frame_of_slam_goes_on_moving(beat: str, words: dict[str, str], size: tuple[int, int]) -> None:
    """Dots travel, tapes run, fields climb: prices and boards stood still for three seconds (2026-11-29)."""
    scene = stage_scene(asked(beat, words, size, frames=112, hits=_HITS), [])
    assert _longest([not _stirs(scene, frame) for frame in range(20, 104)]) <= (30 if size[0] >= size[1] else 3)


def test_a_reveal_whose_hit_comes_late_builds_up_to_it() -> None:
    scene = stage_scene(asked("reveal", LATIN["reveal"], hits=[8, 34], after="problem"), [])
    lit = [float((_drawn(scene, frame).max(-1) > 60).mean()) for frame in (1, 4, 7, 9)]
    assert 0 < lit[0] < lit[1] < lit[2] < lit[3]


@pytest.mark.parametrize("frames", [50, 60, 90])
def test_name_and_address_of_an_end_card_stand_a_second_and_a_half(frames: int) -> None:
    scene = stage_scene(asked("end_card", LATIN["end_card"], frames=frames), [])
    words = [layer for layer in scene.layers if layer.text]
    for layer in words:
        settled = max(0, frames - 46)
        assert layer.find_pose(settled + 1) == layer.find_pose(frames - 1), layer.text
    url = next(layer for layer in words if layer.text == "strida.run")
    assert url.box.height >= 0.026 * scene.size[1]


def test_a_word_too_long_for_a_frame_is_broken_before_a_syllable() -> None:
    assert hyphenate_words("Der Donaudampfschifffahrtskapitän") == "Der Donaudampfschiff-|fahrtskapitän"
    assert hyphenate_words("Short words stay") == "Short words stay"
    assert hyphenate_words("www.voltcup-professional.example") == "www.voltcup-professional.example"


@given(some.text(min_size=1, max_size=60))
def test_a_break_adds_hyphens_and_line_ends_and_nothing_else(text: str) -> None:
    if "-|" not in text:
        assert hyphenate_words(text).replace("-|", "") == text


def test_every_script_has_a_word_to_set_huge() -> None:
    for words, language in SETS.values():
        for beat, variant in (("benefit", 2), ("brand", 1), ("demo", 2)):
            scene = stage_scene(asked(beat, words[beat], language=language, variant=variant), [])
            assert scene.layers, (beat, language)


def _drawn(scene: Scene, frame: int | None = None) -> np.ndarray:
    wide, high = scene.size
    at = scene.poster_frame if frame is None else frame
    pixels = np.frombuffer(bytes(Painter(scene, grain_strength=0).render_frame(at)), np.uint8)
    return pixels.reshape(high, wide, 4)[..., 2::-1]


def _stirs(scene: Scene, frame: int) -> bool:
    """Whether anything moves by more than a breath, textures too."""
    for layer in scene.layers:
        one, other = layer.find_pose(frame), layer.find_pose(frame + 1)
        if (one is None) != (other is None):
            return True
        if one and other:
            gone = abs(one.dx - other.dx) + abs(one.dy - other.dy) + abs(one.visible_part - other.visible_part)
            if gone + abs(one.scale - other.scale) * layer.box.width > 0.2:
                return True
    return False


def _longest(flags: list[bool]) -> int:
    best = run = 0
    for flag in flags:
        run = run + 1 if flag else 0
        best = max(best, run)
    return best
