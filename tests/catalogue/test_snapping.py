"""What is wanted becomes what is sold, by rule, and is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.catalogue.models import find_model, load_models
from reelwright.catalogue.snapping import is_size_sold, snap_frames, snap_length, snap_size
from reelwright.errors import BadInput


@pytest.mark.parametrize(
    ("model", "ms", "given_", "sold"),
    [
        ("hailuo-2.3-fast", 5_000, {}, 6_000),
        ("hailuo-2.3-fast", 6_001, {}, 10_000),
        ("vertex-veo-3.1", 5_000, {}, 6_000),
        ("vertex-veo-3.1", 1, {}, 4_000),
        ("vertex-veo-3.1", 5_000, {"resolution": "1080p"}, 8_000),
        ("vertex-veo-3.1", 4_000, {"roles": ("first_frame", "last_frame")}, 8_000),
        ("vertex-veo-3.1", 4_000, {"roles": ("reference",)}, 8_000),
        ("gemini-omni-1.2-flash", 14_100, {}, 15_000),
        ("gemini-omni-1.2-flash", 2_000, {}, 3_000),
    ],
)
def test_a_length_becomes_the_next_that_is_sold(model: str, ms: int, given_: dict[str, object], sold: int) -> None:
    row = find_model(model)
    assert snap_length(row, ms, **given_) == sold  # type: ignore[arg-type]


def test_a_length_above_the_longest_is_refused_with_the_longest() -> None:
    with pytest.raises(BadInput, match="at most 10 s"):
        snap_length(find_model("hailuo-2.3-fast"), 10_001)
    with pytest.raises(BadInput, match="at most 6 s"):
        snap_length(find_model("hailuo-2.3-fast"), 7_000, resolution="1080p")


@pytest.mark.parametrize(("asked", "sold"), [(84, 85), (85, 85), (1, 7), (163, 163), (80, 85)])
def test_mochi_makes_6k_plus_1_frames(asked: int, sold: int) -> None:
    found = snap_frames(find_model("local-mochi-1"), asked)
    assert found.value == sold and bool(found.message) == (asked != sold)


def test_more_frames_than_a_clip_has_are_refused() -> None:
    with pytest.raises(BadInput, match="at most 163"):
        snap_frames(find_model("local-mochi-1"), 164)
    assert snap_frames(find_model("vertex-veo-3.1"), 999).value == 999  # it sells seconds


def test_a_size_becomes_the_nearest_that_is_made_and_says_so() -> None:
    found = snap_size(find_model("local-mochi-1"), (1920, 1080))
    assert found.value == (848, 480) and "1920x1080 becomes 848x480" in found.message
    assert snap_size(find_model("local-video"), (1080, 1920)).value == (1088, 1920)
    assert snap_size(find_model("local-video"), (832, 480)).message == ""


SIZED = sorted(name for name, row in load_models().items() if row.sizes)
FRAMED = sorted(name for name, row in load_models().items() if row.frames)


@given(st.sampled_from(SIZED), st.integers(1, 5000), st.integers(1, 5000))
def test_whatever_size_is_wanted_a_size_that_is_sold_comes_of_it(model: str, width: int, height: int) -> None:
    row = find_model(model)
    found = snap_size(row, (width, height))
    assert is_size_sold(row, found.value) and (found.message == "") == (found.value == (width, height))
    assert snap_size(row, found.value).value == found.value


@given(st.sampled_from(FRAMED), st.integers(0, 600))
def test_whatever_frames_are_wanted_no_fewer_come_of_it_and_the_rule_holds(model: str, frames: int) -> None:
    rule = find_model(model).frames
    assert rule
    if frames > rule.most:
        return
    value = snap_frames(find_model(model), frames).value
    assert value >= frames and (value - rule.plus) % rule.step == 0 and rule.least <= value <= rule.most


@given(st.sampled_from(sorted(name for name, row in load_models().items() if row.seconds)), st.integers(1, 700_000))
def test_a_length_sold_holds_what_is_wanted(model: str, ms: int) -> None:
    row = find_model(model)
    try:
        sold = snap_length(row, ms)
    except BadInput:
        assert ms > row.seconds[-1] * 1000
        return
    assert sold >= ms and sold // 1000 in row.seconds and sold % 1000 == 0
