"""A drawing taken apart: each emblem has a body with its sides in light and shade, and each look draws them large."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from media.animatic_words import SMALL, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.lettering import Ink, typeset_in_face
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.relief import (
    DIFFERENCE,
    apply_operation,
    cut_sides,
    list_pieces,
    make_hatching,
    make_relief,
    measure_area,
    sweep,
)
from reelwright.media.emblems import FACE, load_emblems
from reelwright.media.looks.registry import list_look_names

skia = load_skia()

_EDGE = 0.02
"""Part of a drawing's area by which curves that are cut anew may miss one another."""


def make_square(left: float, top: float, side: float) -> Any:
    path = skia.Path()
    path.addRect(skia.Rect.MakeXYWH(left, top, side, side))
    return path


def typeset(name: str) -> Ink:
    return typeset_in_face(load_emblems()[name].glyph, FACE)


@pytest.mark.parametrize("name", list(load_emblems())[::9])
def test_light_and_shade_lie_on_a_drawing(name: str) -> None:
    relief = make_relief(typeset(name))
    whole = measure_area(relief.silhouette)
    for part in (relief.lines, relief.body, relief.pieces, relief.shade, relief.light):
        assert measure_area(apply_operation(part, relief.silhouette, DIFFERENCE)) < _EDGE * whole, name
    assert measure_area(relief.shade) < 0.6 * whole


def test_most_drawings_have_a_side_in_the_shade_and_an_inner_piece() -> None:
    reliefs = [make_relief(typeset(name)) for name in list(load_emblems())[::9]]
    assert sum(not one.shade.isEmpty() for one in reliefs) > 0.9 * len(reliefs)
    assert sum(not one.pieces.isEmpty() for one in reliefs) > 0.6 * len(reliefs)


def test_what_is_thin_has_no_shade() -> None:
    stroke = make_square(0, 0, 400)
    stroke.addRect(skia.Rect.MakeXYWH(500, 0, 4, 400))
    shade, light = cut_sides(list_pieces(stroke))
    assert not shade.isEmpty() and not light.isEmpty()
    assert shade.getBounds().right() <= 400 and light.getBounds().right() <= 400


def test_the_shade_lies_away_from_the_light() -> None:
    relief = make_relief(typeset("egg"))
    shade, light = (one.computeTightBounds() for one in (relief.shade, relief.light))
    assert shade.centerX() > light.centerX() and shade.centerY() > light.centerY()


def test_a_drawing_keeps_its_parts_where_it_is_moved() -> None:
    relief = make_relief(typeset("house"))
    moved = relief.move(960, 100, 50)
    assert moved.size == 960
    assert measure_area(moved.shade) == pytest.approx(4 * measure_area(relief.shade), rel=0.02)
    assert moved.silhouette.getBounds().left() == pytest.approx(100 + 2 * relief.silhouette.getBounds().left(), abs=0.5)


def test_a_shadow_covers_all_that_a_shape_passes_over() -> None:
    swept = sweep(make_square(0, 0, 10), 64, 64)
    assert swept.contains(5, 5) and swept.contains(40, 40) and not swept.contains(60, 5)


def test_fine_lines_stay_inside_what_they_shade() -> None:
    square = make_square(10, 10, 100)
    lines = make_hatching(square, 10, 2)
    assert 0.05 * 10_000 < measure_area(lines) < 0.3 * 10_000
    assert make_square(9, 9, 102).getBounds().contains(lines.getBounds())
    assert make_hatching(skia.Path(), 10, 2).isEmpty()


@pytest.mark.parametrize("look", list_look_names())
def test_a_large_drawing_has_more_tones_than_its_lines(look: str) -> None:
    """The nearest noun's icon in one colour was no picture of anything (art director, 2026-12-01)."""
    found = []
    for beat, words in (("reveal", {"name": "Alba"}), ("end_card", {"name": "Alba", "url": "alba.example"}),
                        ("benefit", {"line": "We carry it."})):  # fmt: skip
        for variant in range(3):
            one = replace(asked(beat, words, SMALL["1:1"], look=look, variant=variant), emblem="lorry")
            scene = stage_scene(replace(one, is_emblem_named=beat == "benefit"), [])
            without = stage_scene(replace(one, emblem=""), [])
            found.append(count_tones(scene) - count_tones(without))
    assert max(found) >= 1, (look, found)


def count_tones(scene: Any) -> int:
    """Count the colours that cover a part of the frame, rounded."""
    frame = Painter(scene, grain_strength=0).render_frame(scene.poster_frame)
    pixels = np.frombuffer(bytes(frame), np.uint8).reshape(-1, 4)[:, :3] >> 4
    return int((np.unique(pixels, axis=0, return_counts=True)[1] > 0.002 * len(pixels)).sum())
