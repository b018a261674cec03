"""The sizes of headlines: few in a film, and the same share of the frame in a draft and in the film."""

from __future__ import annotations

import numpy as np
import pytest

from media.animatic_words import asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.looks.registry import load_look, load_stagings

LINES = (
    "Big garden",
    "two walks a day",
    "No call-out fee",
    "Nobody was asked why.",
    "Clay from the river, glaze from ash.",
    "We answer in 20 minutes, day and night",
)


def stage_line(look: str, beat: str, text: str, variant: int, size: tuple[int, int] = (1920, 1080)) -> Scene:
    return stage_scene(asked(beat, {"line": text}, size, look=look, variant=variant), [])


def measure_headline(scene: Scene) -> float:
    return max(layer.size for layer in scene.layers if layer.role == "headline")


@pytest.mark.parametrize("look", ["paper", "riso", "signal"])
def test_headlines_of_a_film_stand_in_few_sizes(look: str) -> None:
    sizes = load_look(look).headline_sizes
    for beat in ("hook", "benefit", "brand"):
        for variant in range(len(load_stagings(look).beats[beat])):
            for text in LINES:
                cap = measure_headline(stage_line(look, beat, text, variant))
                assert cap < sizes[0] or min(abs(cap - size) for size in sizes) < 1, (beat, variant, text, cap)


@pytest.mark.parametrize("look", ["riso", "grid"])
def test_a_draft_sets_a_headline_as_large_as_the_film_does(look: str) -> None:
    for beat in ("hook", "benefit", "brand"):
        for variant in range(len(load_stagings(look).beats[beat])):
            draft = measure_headline(stage_line(look, beat, LINES[0], variant, (640, 360)))
            film = measure_headline(stage_line(look, beat, LINES[0], variant))
            assert film == pytest.approx(3 * draft, rel=0.04), (beat, variant)


def test_a_wide_face_breaks_a_short_line_to_stand_larger() -> None:
    assert measure_headline(stage_line("riso", "benefit", "No call-out fee", 1)) >= 130


@pytest.mark.parametrize("look", ["riso", "paper", "signal", "slam", "noir"])
def test_no_last_word_of_a_sentence_stands_alone_among_many_lines(look: str) -> None:
    text = "Family ticket €18. Under threes free. Open Wednesday to Sunday, 10 to 6."
    scene = stage_line(look, "brand", text, 2, (540, 676))
    assert "free." not in [layer.text.casefold() for layer in scene.layers]


@pytest.mark.parametrize("beat", ["reveal", "end_card"])
def test_a_name_in_riso_stands_as_large_as_it_fits_in_an_upright_frame(beat: str) -> None:
    scene = stage_scene(asked(beat, {"name": "Backhaus Nord"}, (1080, 1920), look="riso"), [])
    lines = [layer for layer in scene.layers if layer.role == "headline"]
    assert max(layer.box.width for layer in lines) > 0.85 * scene.live.width


def test_words_in_an_upright_frame_of_riso_leave_no_gap_over_the_drawing_below_them() -> None:
    scene = stage_line("riso", "brand", "Every Saturday from 7 am", 0, (540, 960))
    lines = [layer.box for layer in scene.layers if layer.role == "headline"]
    above, below = min(box.top for box in lines) - scene.live.top, 0.6 * 960 - max(box.bottom for box in lines)
    assert above > 0.3 * (above + below)


def test_a_film_that_begins_with_its_name_shows_it_in_the_first_frame() -> None:
    words = {"name": "Kettle & Spoke"}
    scene = stage_scene(asked("reveal", words, (320, 180), look="slam"), [])
    frame = np.frombuffer(bytes(Painter(scene, grain_strength=0).render_frame(0)), np.uint8).reshape(180, 320, 4)
    assert (frame[:, :150, :3].min(axis=2) > 200).mean() > 0.03
    later = stage_scene(asked("reveal", words, (320, 180), look="slam", after="hook"), [])
    frame = np.frombuffer(bytes(Painter(later, grain_strength=0).render_frame(0)), np.uint8).reshape(180, 320, 4)
    assert (frame[:, :150, :3].min(axis=2) > 200).mean() < 0.01
