"""Lists, steps and figures: they fill an upright frame, and what is still to come holds its place (issue 33)."""

from __future__ import annotations

import pytest

from media.animatic_lint import WORDS, lint
from media.animatic_words import SMALL, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Box, Layer, Scene
from reelwright.media.looks.registry import list_look_names, load_stagings

ROWS = {
    "list": ("proof", {"figures": "Rye | Butter plait | Poppy seed"}),
    "figures": ("proof", {"figures": "**10 km** through five bridges | **6,000** runners | **1** hill"}),
    "steps": ("demo", {"steps": "Sign up | Collect your lamp | Run"}),
}
PLACES = ("rows", "light", "labels", "numbers", "number", "cards", "stairs")
"""Groups of what holds the place of a row: its rule, label, number or card."""
UPRIGHT = ("9:16", "4:5")
TOGETHER = [look for look in list_look_names() if look != "grid"]
"""Looks whose rows stand together; in grid each has the frame to itself in its turn (test_look_grid)."""


def stage(look: str, aspect: str, kind: str, variant: int = 0) -> Scene:
    beat, words = ROWS[kind]
    more = {"frames": 150, "hits": list(range(0, 150, 16)), "after": "hook", "variant": variant}
    return stage_scene(asked(beat, words, SMALL[aspect], look=look, **more), [])


def list_variants(look: str, kind: str) -> range:
    return range(len(load_stagings(look).beats["demo"]) if kind == "steps" else 1)


def list_boxes(scene: Scene, frame: int, layers: list[Layer]) -> list[Box]:
    return [one.box for one in layers if (pose := one.find_pose(frame)) and pose.alpha > 0.5]


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("aspect", UPRIGHT)
@pytest.mark.parametrize("look", list_look_names())
def test_few_rows_share_the_height_of_an_upright_frame(look: str, aspect: str, kind: str) -> None:
    for variant in list_variants(look, kind):
        scene = stage(look, aspect, kind, variant)
        layers = [one for one in scene.layers if one.role in WORDS or one.group in PLACES or "numeral" in one.group]
        boxes = list_boxes(scene, scene.poster_frame, layers)
        tall = max(box.bottom for box in boxes) - min(box.top for box in boxes)
        assert tall > 0.66 * scene.live.height, variant


@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", TOGETHER)
def test_what_is_still_to_come_holds_its_place(look: str, aspect: str, kind: str) -> None:
    for variant in list_variants(look, kind):
        scene = stage(look, aspect, kind, variant)
        words = [one for one in scene.layers if one.role in WORDS and one.group not in PLACES]
        last = max(words, key=lambda one: (one.box.bottom, one.box.left)).box
        if any("numeral" in one.group for one in scene.layers) or (kind, aspect) == ("figures", "9:16"):
            continue  # each step, or figure of a tall frame, has the frame to itself
        held = [one for one in scene.layers if one.group in PLACES and one.role != "texture"]
        assert any(
            box.bottom > last.top - 2 * last.height and box.top < last.bottom + last.height
            for box in list_boxes(scene, 24, held)
        ), variant


@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", TOGETHER)
def test_lists_of_a_film_are_staged_in_rows_alone_and_in_fields_where_a_look_has_them(look: str, aspect: str) -> None:
    ways, grounds = [], []
    for variant in range(3):
        scene = stage(look, aspect, "list", variant)
        assert lint(scene) == [] and lint(scene, 60) == []
        words = [one for one in scene.layers if one.role in WORDS and one.text and one.find_pose(20)]
        ways.append(sorted((round(one.box.left), round(one.box.top)) for one in words))
        grounds.append({one.ground for one in scene.layers if one.role in WORDS and one.text})
    assert ways[0] != ways[1] and len(grounds[0]) == 1
    assert (ways[2] != ways[0]) == (len(grounds[2]) > 1)


def test_five_of_six_looks_set_a_list_in_fields() -> None:
    scenes = [stage(look, "16:9", "list", 2) for look in list_look_names()]
    found = [{one.ground for one in scene.layers if one.role in WORDS and one.text} for scene in scenes]
    assert sum(len(grounds) > 1 for grounds in found) == 5


@pytest.mark.parametrize("kind", ["list", "figures"])
@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", TOGETHER)
def test_a_second_list_shows_each_row_alone_and_then_all(look: str, aspect: str, kind: str) -> None:
    scene = stage(look, aspect, kind, 1)
    rows = ("Rye", "Butter", "Poppy") if kind == "list" else ("10", "6,000", "1")
    first = [one.text.strip() for one in scene.layers if one.find_pose(20) and one.role == "headline"]
    assert any(one.casefold().startswith(rows[0].casefold()) for one in first)
    assert not any(one.casefold().startswith(rows[1].casefold()) for one in first)
    assert lint(scene, 20) == [] and lint(scene) == []
    largest = max(one.size for one in scene.layers if one.role == "headline" and one.find_pose(20))
    assert largest > 1.15 * max(one.size for one in scene.layers if one.role in WORDS and one.find_pose(149))
