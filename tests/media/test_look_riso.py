"""Riso: a warm photograph is printed warm, whatever colour the film has; words keep clear of drawings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from media.animatic_words import asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.treatments import load_picture
from reelwright.media.looks.registry import load_look
from reelwright.media.looks.riso.plates import Print, make_inks, print_picture

BREAD = Path(__file__).resolve().parents[2] / "docs/gallery/scripts/pictures/bread.jpg"


@pytest.mark.parametrize("accent", [None, "#1496E1", "#0B7A4B", "#7A1FA2"])
def test_bread_is_not_printed_green(accent: str | None) -> None:
    """Yellow and blue make green: the bread of a blue film looked mouldy."""
    image = load_picture(BREAD, "photo").image
    source = (0.2 * image.width(), 0.3 * image.height(), 0.8 * image.width(), 0.8 * image.height())
    printed = print_picture(image, source, 240, 160, 6.0, 1, make_inks(load_look("riso", accent).palette))[1]
    red, green = (printed.toarray()[..., channel].astype(int) for channel in (2, 1))
    assert float(np.mean(red)) > float(np.mean(green)) + 15


def render_marks(scene: Scene, step: int) -> bytes:
    """The drawing under the words of a screen, as it stands in a step."""
    drawing = next(layer.drawable for layer in scene.layers if isinstance(layer.drawable, Print))
    return bytes(drawing._render(step).tobytes())


@pytest.mark.parametrize("size", [(480, 270), (270, 480), (270, 338)])
@pytest.mark.parametrize(
    ("beat", "words"),
    [
        ("proof", {"number": "30", "unit": "days", "label": "to give it back"}),
        ("proof", {"figures": "Rye sourdough | Butter plait | Poppy seed rolls"}),
        ("hook", {"line": "Bread needs time"}),
        ("reveal", {"name": "Semmel & Sohn"}),
        ("end_card", {"name": "Semmel & Sohn", "url": "semmel.example"}),
    ],
)
def test_a_drawing_goes_on_moving_until_the_cut(beat: str, words: dict[str, str], size: tuple[int, int]) -> None:
    """Lists and last cards stood still for two to four seconds (2026-11-29)."""
    variant = 2 if "figures" in words else 0
    scene = stage_scene(replace(asked(beat, words, size, look="riso", variant=variant), emblem="bread"), [])
    assert render_marks(scene, 20) != render_marks(scene, 21) != render_marks(scene, 22)


def test_the_emblem_stands_otherwise_beside_the_name_and_on_the_last_card() -> None:
    """Opener, name and last card showed one drawing in one way (2026-11-29)."""
    drawn = []
    for beat, words in (
        ("reveal", {"name": "Semmel & Sohn"}),
        ("end_card", {"name": "Semmel & Sohn", "url": "s.example"}),
    ):
        scene = stage_scene(replace(asked(beat, words, (480, 270), look="riso"), emblem="bread"), [])
        marks = next(layer.drawable.marks for layer in scene.layers if isinstance(layer.drawable, Print))
        lines = [mark.make(0).computeTightBounds() for mark in marks if mark.plate == "key"]
        drawn.append(max(one.height() for one in lines))
    assert drawn[1] > 1.5 * drawn[0], "a sheet of many, which the frame cuts off"


def test_a_photograph_is_printed_in_full_in_the_first_frame_of_a_film() -> None:
    photo = load_picture(BREAD, "photo")
    scene = stage_scene(asked("hook", {"line": "Warm at seven"}, (270, 338), look="riso"), [photo])
    assert len([layer for layer in scene.layers if layer.role == "picture"]) == 1
