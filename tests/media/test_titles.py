"""Titles over footage: every word is readable on any picture, comes in from where reading starts, and then stands."""

from __future__ import annotations

import io
import itertools
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from reelwright.errors import BadInput
from reelwright.media.drawing.colour import compute_contrast, to_rgb
from reelwright.media.looks.registry import build_own_look, list_look_names, load_look
from reelwright.media.pictures.placed_picture import PlacedPicture
from reelwright.media.words.captions import draw_captions
from reelwright.media.words.safe_area import compute_safe_area
from reelwright.media.words.title_roles import merge_roles
from reelwright.media.words.titles import _rows, draw_title

TALL, WIDE = (540, 960), (960, 540)


def titles(
    words: dict[str, str], beat: str = "hook", size: tuple[int, int] = TALL, **more: object
) -> list[PlacedPicture]:
    asked = {"start": 0, "length": 60, "elapsed": 0, "language": "en", "look": "slam", **more}
    start, length, elapsed = asked.pop("start"), asked.pop("length"), asked.pop("elapsed")
    return draw_title(words, beat, start, length, elapsed, size=size, **asked)  # type: ignore[arg-type]


def over(made: list[PlacedPicture], size: tuple[int, int], shade: int) -> np.ndarray:
    frame = Image.new("RGBA", size, (shade, shade, shade, 255))
    for one in made:
        frame.alpha_composite(Image.open(io.BytesIO(one.image_png)).convert("RGBA"), (one.x, one.y))
    return np.asarray(frame.convert("RGB")).astype(float)


@pytest.mark.parametrize("size", [TALL, WIDE])
@pytest.mark.parametrize(
    "words",
    [
        {"line": "Cold coffee?"},
        {"line": "From hot|to cold."},
        {"name": "VoltCup", "descriptor": "Travel mug"},
        {"quote": "I take it everywhere", "who": "Ana Petrova"},
        {"line": "Order yours", "url": "voltcup.example"},
        {"number": "9", "unit": "hours", "label": "Hot for"},
        {"line": "Keeps coffee hot for nine long hours on the road and then some more of it"},
    ],
)
def test_words_stand_inside_the_live_box_on_their_ground(size: tuple[int, int], words: dict[str, str]) -> None:
    ground, *lines = titles(words, size=size)
    box = compute_safe_area(size)
    assert ground.length == 60 and ground.x == 0 and lines
    for one in lines:
        alpha = np.asarray(Image.open(io.BytesIO(one.image_png)).convert("RGBA"))[..., 3] > 250
        rows, columns = np.flatnonzero(alpha.any(1)) + one.y, np.flatnonzero(alpha.any(0)) + one.x
        assert box.left - 3 <= columns[0] and columns[-1] <= box.right + 3
        assert rows[0] >= 0 and rows[-1] <= box.bottom + 3


@pytest.mark.parametrize("look", list_look_names())
@pytest.mark.parametrize("shade", [255, 128, 0])
@pytest.mark.parametrize(
    ("beat", "words"),
    [
        ("problem", {"line": "From hot|to cold."}),
        ("reveal", {"name": "VoltCup", "descriptor": "Travel mug"}),
        ("proof", {"number": "9", "unit": "hours", "label": "Hot for"}),
        ("cta", {"line": "Order yours", "url": "voltcup.example"}),
    ],
)
def test_words_of_each_look_keep_their_contrast_on_any_picture(
    look: str, shade: int, beat: str, words: dict[str, str]
) -> None:
    style = load_look(look)
    rows = _rows(merge_roles(words), beat, compute_safe_area(TALL), TALL, "en", style, False)
    made = titles(words, beat, look=look)
    frame = over(made, TALL, shade)
    for row, line in zip(rows, made[-len(rows) :], strict=True):
        part = frame[line.y : line.y + TALL[1], line.x : line.x + TALL[0]]
        height, width = np.asarray(Image.open(io.BytesIO(line.image_png))).shape[:2]
        part = part[:height, :width]
        ink = np.abs(part - np.asarray(to_rgb(row.colour)) * 255).max(-1) < 8
        assert ink.sum() > 20
        near = np.zeros_like(ink)
        for dy, dx in itertools.product(range(-3, 4), repeat=2):
            near |= np.roll(np.roll(ink, dy, 0), dx, 1)
        ring = np.median(part[near & ~ink], axis=0).round().astype(int)
        behind = "#" + "".join(f"{one:02X}" for one in ring)
        assert compute_contrast(row.colour, behind) >= 3, (line, behind)


def test_lines_come_one_after_the_other_and_then_stand() -> None:
    ground, first, second = titles({"line": "From hot|to cold."})
    assert (ground.slide_frames, first.slide_frames > 0, second.start > first.start) == (0, True, True)
    assert first.start + first.length == second.start + second.length == 60
    stands = titles({"line": "From hot|to cold."}, elapsed=40)
    assert [one.slide_frames for one in stands] == [0, 0, 0] and all(one.start == 0 for one in stands)


def test_lines_that_read_from_the_right_come_from_the_right() -> None:
    arabic = titles({"line": "قهوة ساخنة|طوال اليوم"}, language="ar")
    assert arabic[1].slide_distance < 0 < titles({"line": "From hot|to cold."})[1].slide_distance


def test_a_brand_s_colour_carries_the_plate() -> None:
    plain, branded = titles({"line": "Now"}), titles({"line": "Now"}, accent="#1F5F8B")
    assert plain[1].image_png != branded[1].image_png


def test_nothing_is_drawn_where_nothing_is_said() -> None:
    assert titles({}) == [] and titles({"line": "  "}) == [] and titles({"line": "Hi"}, length=0) == []


def test_a_title_is_laid_among_captions_and_overlays() -> None:
    title = {"kind": "title", "text": "hook", "words": {"line": "Hi"}, "start": 3, "length": 20, "elapsed": 0}
    bug = {"kind": "bug", "text": "Fenn", "start": 0, "length": 30}
    made = draw_captions([], [title, bug], size=TALL, language="en", look="slam", style="clean")
    assert len(made) == 3 and made[0].start == 3


def test_a_look_of_ones_own_changes_one_thing_of_how_words_stand_over_takes() -> None:
    mine = build_own_look("mine", {"based_on": "paper", "titles": {"plates": "loud"}})
    assert mine.titles == replace(load_look("paper").titles, plates="loud")
    with pytest.raises(BadInput) as caught:
        build_own_look("mine", {"based_on": "paper", "titles": {"plates": "two"}})
    assert "titles" in caught.value.field and "loud" in str(caught.value.accepted)
