"""Movers, colour and the camera: pure functions that must be exact, smooth and repeatable."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as some

from media.animatic_lint import is_inside
from reelwright.errors import BadInput
from reelwright.media.drawing import colour
from reelwright.media.drawing.camera import compute_travel, plan_move
from reelwright.media.drawing.easing import make_bezier
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import REST, Count, Drift, Hit, Slide, merge_poses
from reelwright.media.looks.registry import load_look
from reelwright.media.staging.shot_request import MOVES, read_shot_request

EASE = make_bezier(0.16, 1, 0.3, 1)
HEX = some.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")


@given(HEX, HEX)
def test_contrast_lies_between_1_and_21_and_has_no_order(one: str, other: str) -> None:
    assert 1 <= colour.compute_contrast(one, other) <= 21.01
    assert colour.compute_contrast(one, other) == colour.compute_contrast(other, one)


@given(HEX)
def test_a_brand_keeps_its_own_contrast_rules_on_the_look(brand: str) -> None:
    palette = load_look("slam", brand).palette
    assert colour.compute_contrast(palette.accent, palette.bg) >= 2.98
    assert colour.compute_contrast(palette.accent_text, palette.bg) >= 4.45
    assert colour.compute_contrast(palette.on_accent, palette.accent) >= 4.4


@given(HEX)
def test_oklch_there_and_back_is_the_same_colour(one: str) -> None:
    back = colour.from_oklch(*colour.to_oklch(one))
    assert max(abs(a - b) for a, b in zip(colour.to_rgb(one), colour.to_rgb(back), strict=True)) < 0.01


@given(some.floats(0, 1), some.floats(0, 1))
def test_an_ease_never_turns_back(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert EASE(low) <= EASE(high) + 1e-9
    assert EASE(0) == 0 and EASE(1) == 1


def test_what_has_landed_rests_exactly() -> None:
    moves = (Hit(4, 6, EASE), Slide(4, 8, EASE, dx=300))
    assert merge_poses(moves, 3).alpha == 0
    assert merge_poses(moves, 12) == REST


def test_a_counter_changes_on_whole_frames_only() -> None:
    count = Count(0, 22, EASE, 100)
    assert count.compute_pose(7.0) == count.compute_pose(7.4) == count.compute_pose(7.9)
    assert count.compute_pose(30).number == 100


def test_a_drift_starts_softly_and_goes_on_evenly() -> None:
    drift = Drift(0, 100, dx=1.0)
    steps = [drift.compute_pose(f + 1).dx - drift.compute_pose(f).dx for f in range(60)]
    assert steps[0] < 0.1
    assert steps[40] == pytest.approx(1.0) and steps[50] == pytest.approx(1.0)


@given(
    some.sampled_from(MOVES), some.integers(200, 4000), some.integers(200, 4000), some.floats(0, 1), some.floats(0, 1)
)
def test_a_camera_never_leaves_the_picture(move: str, wide: int, high: int, x: float, y: float) -> None:
    camera = plan_move((wide, high), (1080, 1920), (x, y), move, 3.0, 90)
    for frame in (0, 13, 44, 89):
        crop = camera.crop(frame)
        assert is_inside(crop, Box(0, 0, wide, high), slack=0.01)
        assert crop.width / crop.height == pytest.approx(1080 / 1920, rel=1e-6)


@given(some.sampled_from(("left", "right", "up", "down")))
def test_a_pan_moves_along_one_axis(move: str) -> None:
    camera = plan_move((3000, 3000), (1080, 1920), (0.4, 0.6), move, 3.0, 90)
    dx, dy = camera.last.left - camera.first.left, camera.last.top - camera.first.top
    assert (dx == 0) != (dy == 0)


def test_a_camera_gathers_and_loses_speed_over_a_tenth() -> None:
    speeds = [compute_travel((f + 1) / 100) - compute_travel(f / 100) for f in range(100)]
    assert speeds[0] < 0.2 * speeds[50] and speeds[-1] < 0.2 * speeds[50]
    assert max(speeds[12:88]) - min(speeds[12:88]) < 1e-9
    assert math.isclose(sum(speeds), 1.0)


def test_a_move_is_3_to_6_per_cent_a_second() -> None:
    camera = plan_move((4000, 4000), (1080, 1920), (0.5, 0.5), "push", 3.0, 90)
    assert 1 + 3 * 0.03 <= camera.first.width / camera.last.width <= 1 + 3 * 0.06


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("staging", "finale"),
        ("size", [181, 320]),
        ("size", [180]),
        ("frames", 0),
        ("fps", [30]),
        ("accent", "yellow"),
        ("hits", "0,14"),
        ("look", "gouache"),
        ("treatment", "sticker"),
        ("words", {"line": "x" * 500}),
    ],
)
def test_an_argument_that_cannot_be_used_is_named(field: str, value: object) -> None:
    good = {"staging": "hook", "size": [180, 320], "fps": [30, 1], "frames": 30, "words": {"line": "Go"}}
    with pytest.raises(BadInput) as caught:
        load_look(read_shot_request({**good, field: value}).look)
    assert str(caught.value).startswith(field)
