"""Frames, milliseconds, sizes and dollars: rounding is stated, and nothing is lost on the way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reasons import has_field
from reelwright.errors import BadInput
from reelwright.units import (
    ASPECTS,
    Aspect,
    compute_size,
    convert_frames_to_ms,
    convert_frames_to_seconds,
    convert_ms_to_frames,
    convert_seconds_to_frames,
    format_usd,
    parse_usd,
)

rates = st.sampled_from([(24, 1), (25, 1), (30, 1), (24000, 1001), (30000, 1001), (60, 1)])


@given(st.integers(0, 10**7), rates)
def test_frames_survive_the_way_through_milliseconds(frames: int, fps: tuple[int, int]):
    assert convert_ms_to_frames(convert_frames_to_ms(frames, fps), fps) == frames


@given(st.integers(0, 10**7), rates)
def test_frames_survive_the_way_through_seconds(frames: int, fps: tuple[int, int]):
    assert convert_seconds_to_frames(convert_frames_to_seconds(frames, fps), fps) == frames


@given(st.integers(0, 10**12))
def test_money_survives_being_shown(micros: int):
    assert parse_usd(format_usd(micros)) == micros
    assert len(format_usd(micros).partition(".")[2]) >= 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "five",
        "-1",
        "NaN",
        "inf",
        "1e9",
        "0.0000001",
        "$",
        "1,50",
        "1_000",
        "\u0661",
        "1e3",
        "+5",
        "$+5",
        "\uff15",
        "5.",
        "0x10",
        "1 000",
        "5 USD",
        "--5",
        "1.2.3",
    ],
)
def test_an_amount_that_is_none_is_refused_by_its_field(text: str):
    with pytest.raises(BadInput, check=has_field("budget")):
        parse_usd(text)


@pytest.mark.parametrize(("text", "micros"), [("5", 5_000_000), ("$1.25", 1_250_000), (" 0.40 ", 400_000), ("0", 0)])
def test_an_amount_is_read_as_people_write_it(text: str, micros: int):
    assert parse_usd(text) == micros


@given(st.sampled_from(ASPECTS), st.integers(16, 4320))
def test_sizes_are_even_and_as_wide_as_their_aspect_says(aspect: Aspect, short: int):
    width, height = compute_size(aspect, short)
    across, up = (int(part) for part in aspect.split(":"))
    assert width % 2 == height % 2 == 0
    assert abs(min(width, height) - short) <= 1 and abs(width * up - height * across) <= 2 * max(across, up)
