"""The brand's logo ends a film in every look: inside the safe area, on no word, clear on what is behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from media.animatic_lint import WORDS
from media.animatic_words import LATIN, SIZES, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.drawables import Fill
from reelwright.media.drawing.layers import Box, Layer, Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.treatments import Picture, load_picture
from reelwright.media.looks.registry import list_look_names, load_look, load_stagings
from reelwright.media.staging.plane import Plane

SHAPES = {"wide": (600, 120), "square": (200, 200), "tall": (60, 240)}


def draw_logo(folder: Path, size: tuple[int, int], colour: tuple[int, int, int] = (200, 30, 60)) -> Picture:
    picture = Image.new("RGBA", size, (*colour, 0))
    ImageDraw.Draw(picture).ellipse((2, 2, size[0] - 3, size[1] - 3), fill=(*colour, 255))
    picture.save(folder / "logo.png")
    return load_picture(folder / "logo.png", None)


def find_logo(scene: Scene) -> tuple[Layer, list[Layer]]:
    """The layer of the logo, and its plate if it has one."""
    (logo,) = [layer for layer in scene.layers if layer.group == "logo" and layer.role == "picture"]
    return logo, [layer for layer in scene.layers if layer.group == "logo" and layer.role == "shape"]


def overlaps(one: Box, other: Box) -> bool:
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    return wide > 1 and high > 1


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("look", list_look_names())
def test_a_logo_stands_in_the_safe_area_and_on_no_word(look: str, aspect: str, shape: str, tmp_path: Path) -> None:
    logo, words = draw_logo(tmp_path, SHAPES[shape]), LATIN["end_card"]
    for variant in range(len(load_stagings(look).beats["end_card"])):
        request = asked("end_card", words, SIZES[aspect], look=look, variant=variant)
        scene, live = stage_scene(request, [], logo), Plane(request, load_look(look)).live
        layer, _ = find_logo(scene)
        assert layer.box.left >= live.left - 1 and layer.box.right <= live.right + 1
        assert layer.box.top >= live.top - 1 and layer.box.bottom <= live.bottom
        read = [one for one in scene.layers if one.role in WORDS and one.text]
        assert not [one.text for one in read if overlaps(one.box, layer.box)]
        assert all(one.size > 0 for one in read), "no line is turned over where the room is small"


@pytest.mark.parametrize("look", list_look_names())
def test_a_logo_that_could_not_be_told_from_its_ground_stands_on_a_plate(look: str, tmp_path: Path) -> None:
    request = asked("end_card", LATIN["end_card"], SIZES["16:9"], look=look)
    ground = stage_scene(request, []).ground
    same = tuple(int(ground[at : at + 2], 16) for at in (1, 3, 5))
    _, (plate,) = find_logo(stage_scene(request, [], draw_logo(tmp_path, SHAPES["wide"], same)))  # type: ignore[arg-type]
    assert isinstance(plate.drawable, Fill) and compute_contrast(plate.drawable.colour, ground) >= 3


@pytest.mark.parametrize("look", list_look_names())
def test_a_plate_is_drawn_in_every_frame_also_where_its_look_swings_beyond_the_end(look: str, tmp_path: Path) -> None:
    request = asked("end_card", LATIN["end_card"], (320, 180), look=look)
    ground = stage_scene(request, []).ground
    same = tuple(int(ground[at : at + 2], 16) for at in (1, 3, 5))
    scene = stage_scene(request, [], draw_logo(tmp_path, SHAPES["wide"], same))  # type: ignore[arg-type]
    painter = Painter(scene, grain_strength=0)
    assert all(len(bytes(painter.render_frame(number))) for number in range(scene.frames))


def test_a_logo_that_is_clear_on_its_ground_has_no_plate(tmp_path: Path) -> None:
    request = asked("end_card", LATIN["end_card"], SIZES["16:9"])
    assert not find_logo(stage_scene(request, [], draw_logo(tmp_path, SHAPES["wide"], (255, 255, 255))))[1]
