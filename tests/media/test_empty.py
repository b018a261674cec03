"""A frame that stands and shows next to nothing for more than a second and a half fails, and its shot is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from media.animatic_words import SETS, asked
from media.test_film import film, mixed
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.checks.failing import FAILING_CHECKS
from reelwright.media.checks.frame_stats import compute_grid_size
from reelwright.media.checks.measure import _uniform
from reelwright.media.drawing.painter import Painter
from reelwright.media.looks.slam import STAGINGS
from reelwright.media.staging.shot_request import BEATS
from reelwright.media.video.encoding import FrameEncoder

SIZE, FPS = (90, 160), (30, 1)
ASPECTS = {"9:16": (180, 320), "16:9": (320, 180), "1:1": (180, 180)}


def grey(at: int) -> Image.Image:
    return Image.new("RGB", SIZE, (201, 201, 198))


def grained(at: int) -> Image.Image:
    noise = np.random.default_rng(at // 2).integers(-6, 7, (SIZE[1], SIZE[0], 1))
    return Image.fromarray(np.clip(np.asarray(grey(at)).astype(int) + noise, 0, 255).astype(np.uint8))


def with_word(at: int) -> Image.Image:
    """A word of a third of the frame's width."""
    image = grey(at)
    ImageDraw.Draw(image).rectangle((8, 60, 40, 84), fill="black")
    return image


def breathing(at: int) -> Image.Image:
    """A plain frame that goes from grey to blue: it does not stand."""
    return Image.new("RGB", SIZE, (201 - at, 201 - at, 198))


def segment(path: Path, frame: Callable[[int], Image.Image], frames: int) -> Path:
    with FrameEncoder(path, SIZE, FPS, frames) as encoder:
        for at in range(frames):
            rgb = np.asarray(frame(at))
            encoder.write(np.dstack([rgb[..., ::-1], np.full(rgb.shape[:2], 255, np.uint8)]).tobytes())
    return path


def found(
    room: Path, parts: Sequence[tuple[Callable[[int], Image.Image], int]], **more: object
) -> list[tuple[str, str]]:
    lengths = [frames for _, frames in parts]
    paths = [segment(room / f"{n}.mp4", frame, frames) for n, (frame, frames) in enumerate(parts)]
    made = film(room / "room", paths, mixed(room / "mix", sum(lengths), FPS), lengths, **more)
    return [(one["check"], one["shot"]) for one in made.facts["findings"]]


@pytest.mark.parametrize("frame", [grey, grained])
def test_a_drawn_shot_without_anything_in_it_is_empty(frame: Callable[[int], Image.Image], tmp_path: Path) -> None:
    parts = [(with_word, 60), (frame, 60)]
    assert found(tmp_path, parts, holds=(0, 1)) == [("empty", "shot_1")]
    assert "empty" in FAILING_CHECKS


def test_a_second_and_a_half_of_it_is_a_breath(tmp_path: Path) -> None:
    assert found(tmp_path, [(with_word, 60), (grey, 45)], holds=(0, 1)) == []


def test_a_word_that_is_large_enough_fills_its_frame(tmp_path: Path) -> None:
    assert found(tmp_path, [(with_word, 90)], holds=(0,)) == []


def test_a_plain_frame_whose_colour_goes_over_into_another_is_not_empty(tmp_path: Path) -> None:
    assert found(tmp_path, [(breathing, 90)], holds=(0,)) == []


def test_footage_that_stands_is_told_once(tmp_path: Path) -> None:
    assert found(tmp_path, [(grey, 90)]) == [("frozen", "shot_0")]


def test_a_plain_picture_of_one_s_own_that_is_held_was_asked_for(tmp_path: Path) -> None:
    assert found(tmp_path, [(grey, 90)], drawn=(0,)) == []


@pytest.mark.parametrize("kind", SETS)
def test_no_settled_frame_of_any_beat_is_nearly_uniform_however_few_its_words(kind: str) -> None:
    words, language = SETS[kind]
    for aspect, size in ASPECTS.items():
        for beat in BEATS:
            for variant in range(len(STAGINGS.beats[beat])):
                scene = stage_scene(asked(beat, words[beat], size, language=language, variant=variant), [])
                pixels = np.frombuffer(
                    bytes(Painter(scene, grain_strength=0).render_frame(scene.poster_frame)), np.uint8
                )
                rgb = Image.fromarray(pixels.reshape(size[1], size[0], 4)[..., 2::-1])
                grid = np.asarray(rgb.resize(compute_grid_size(size), Image.Resampling.BOX))
                assert _uniform(grid[None]) == [False], (beat, variant, aspect)
