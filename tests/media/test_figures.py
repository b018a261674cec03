"""Figures together: each comes at its own beat, units are half as high as digits, and bars are as long as values."""

from __future__ import annotations

import pytest

from media.animatic_lint import WORDS
from media.animatic_words import asked
from media.figure_words import FIGURES
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Scene
from reelwright.media.looks.registry import list_look_names

WIDE, TALL = (480, 270), (270, 480)
TOGETHER = [look for look in list_look_names() if look != "grid"]
"""Looks whose figures stand together; in grid each has the frame to itself in its turn (test_look_grid)."""


def stage(kind: str, look: str = "grid", size: tuple[int, int] = WIDE, frames: int = 150) -> Scene:
    words, language = FIGURES[kind]
    given = {"frames": frames, "hits": list(range(0, frames, 16))}
    return stage_scene(asked("proof", words, size, look=look, language=language, **given), [])


def find_first_frame(scene: Scene, text: str) -> int:
    """The first frame in which all layers of words with this text are seen."""
    layers = [layer for layer in scene.layers if layer.role in WORDS and layer.text == text]
    assert layers, text
    return next(
        at for at in range(scene.frames) if any((pose := one.find_pose(at)) and pose.alpha > 0.5 for one in layers)
    )


@pytest.mark.parametrize("look", ["slam", "riso", "signal"])
def test_figures_come_in_one_after_the_other_on_beats_and_stay(look: str) -> None:
    scene = stage("three", look)
    at = [find_first_frame(scene, digits) for digits in ("40", "12", "3")]
    assert at[0] == 0 and at[0] < at[1] < at[2] < 0.7 * scene.frames
    assert all(min(abs(one - hit) for hit in range(0, scene.frames, 16)) <= 4 for one in at)
    last = [layer for layer in scene.layers if layer.text in ("40", "12", "3")]
    assert all(layer.find_pose(scene.poster_frame) for layer in last)


@pytest.mark.parametrize("look", TOGETHER)
@pytest.mark.parametrize("size", [WIDE, TALL])
def test_all_digits_of_a_board_are_of_one_size_and_units_half_as_high(look: str, size: tuple[int, int]) -> None:
    scene = stage("three", look, size)
    digits = [layer.size for layer in scene.layers if layer.text in ("40", "12", "3")][-3:]
    unit = [layer for layer in scene.layers if layer.text == "%"][-1]
    assert max(digits) - min(digits) < 0.01 and unit.size == pytest.approx(0.5 * digits[0], rel=0.02)
    labels = [layer.size for layer in scene.layers if layer.text.casefold() in ("flavours", "sizes")]
    assert labels and all(one >= 12 * min(size) / 1080 for one in labels)


@pytest.mark.parametrize("look", list_look_names())
def test_each_figure_of_a_tall_board_stands_large_and_alone_before_all_stand_together(look: str) -> None:
    scene = stage("three", look, TALL)
    alone, together = ([layer for layer in scene.layers if layer.text == "40"][part] for part in (0, -1))
    assert alone.size > 1.5 * together.size and alone.span[1] <= together.span[0]


@pytest.mark.parametrize("look", ["slam", "grid", "signal"])
@pytest.mark.parametrize("kind", ["bars", "arabic bars"])
def test_bars_are_as_long_as_their_values_and_the_largest_is_in_the_accent(look: str, kind: str) -> None:
    scene = stage(kind, look)
    values = {"bars": (1204, 860, 2340, 95), "arabic bars": (1204, 2340, 860)}[kind]
    bars = [one for one in scene.layers if one.role == "shape" and one.group.startswith("row ")]
    bars = [one for one in bars if one.box.height > 4]
    assert len(bars) == len(values)
    longest = max(one.box.width for one in bars)
    for bar, value in zip(bars, values, strict=True):
        assert bar.box.width / longest == pytest.approx(value / max(values), abs=0.02)
    edges = {round(one.box.right if kind == "arabic bars" else one.box.left) for one in bars}
    assert len(edges) == 1
    colours = [one.drawable.colour for one in bars]  # type: ignore[attr-defined]  # all are filled
    best = values.index(max(values))
    assert colours.count(colours[best]) == 1


@pytest.mark.parametrize("look", list_look_names())
def test_a_chart_shows_no_number_that_is_not_written(look: str) -> None:
    """Also on the way: a value that counts up through others would be read by who pauses the film."""
    scene = stage("line", look)
    shown = {layer.text for layer in scene.layers if layer.role in WORDS and any(map(str.isdigit, layer.text))}
    assert shown == {"1,204", "1,560", "1,480", "3,115", "2021", "2022", "2023", "2024"}


def test_a_label_keeps_the_number_that_it_says() -> None:
    words = {"chart": "bar", "figures": "5 stars **5** | 4 stars **9** | 50+ **50**"}
    scene = stage_scene(asked("proof", words, WIDE, look="grid", frames=90), [])
    shown = {layer.text for layer in scene.layers if layer.role in WORDS}
    assert {"5 stars", "4 stars", "50+"} <= shown


@pytest.mark.parametrize("look", list_look_names())
@pytest.mark.parametrize("size", [WIDE, TALL])
def test_labels_of_rows_stand_in_one_column_or_over_what_they_say(look: str, size: tuple[int, int]) -> None:
    scene = stage("rows", look, size)
    words = {" ".join(layer.text.casefold().split()): layer for layer in scene.layers if layer.role in WORDS}
    labels = [words[text] for text in ("mon 18:30", "tue 7:00", "sat 10:00")]
    says = [words[text] for text in ("vinyasa", "sunrise flow", "family yoga")]
    assert max(one.box.left for one in labels) - min(one.box.left for one in labels) < 8
    assert max(one.box.left for one in says) - min(one.box.left for one in says) < 8
    pairs = zip(labels, says, strict=True)
    assert all(one.box.right < two.box.left or one.box.bottom < two.box.top + 4 for one, two in pairs)
    if look not in ("noir", "paper"):  # as for a list
        at = [find_first_frame(scene, one.text) for one in says]
        assert at[0] < at[1] < at[2] < 0.7 * scene.frames
    assert all(one.find_pose(scene.poster_frame) for one in (*labels, *says))


@pytest.mark.parametrize("look", TOGETHER)
@pytest.mark.parametrize("size", [WIDE, TALL])
@pytest.mark.parametrize("kind", ["list", "six items", "long items"])
def test_items_of_a_list_come_one_after_the_other_in_one_size_and_stand_together(
    look: str, size: tuple[int, int], kind: str
) -> None:
    scene = stage(kind, look, size)
    items = [item.strip() for item in FIGURES[kind][0]["figures"].split("|")]
    layers = {
        item: [one for one in scene.layers if one.role in WORDS and one.text and _is_part_of(one.text, item)]
        for item in items
    }
    sizes = {round(one.size, 2) for found in layers.values() for one in found}
    assert max(sizes) / min(sizes) < 1.02 and min(sizes) > 18 * min(size) / 1080
    if look not in ("noir", "paper"):  # light and ink uncover layers that stand from the first frame on
        at = [min(find_first_frame(scene, one.text) for one in found) for found in layers.values()]
        assert at == sorted(set(at)) and at[-1] < 0.7 * scene.frames
    assert all(one.find_pose(scene.frames - 20) for found in layers.values() for one in found)


def _is_part_of(text: str, item: str) -> bool:
    return "".join(text.split()).casefold() in "".join(item.split()).casefold()


@pytest.mark.parametrize("look", list_look_names())
@pytest.mark.parametrize("size", [WIDE, TALL])
def test_millions_and_their_unit_stand_on_one_line(look: str, size: tuple[int, int]) -> None:
    """Cooperative, 12 s: "млн." and "kWh" were lines of their own under 1,9 (2026-11-26)."""
    lines = [layer.text for layer in stage("millions", look, size).layers]
    assert not {"млн.", "kwh"} & {line.casefold() for line in lines}
    assert any("млн. kwh" in line.casefold() for line in lines)


@pytest.mark.parametrize("size", [WIDE, (270, 270), (270, 338)])
@pytest.mark.parametrize("look", list_look_names())
def test_a_line_runs_along_the_width_over_columns(look: str, size: tuple[int, int]) -> None:
    """In square frames it ran down a narrow column, and most of the frame was bare."""
    scene = stage("line", look, size)
    middles = [one.box.centre[0] for one in scene.layers if one.role == "shape" and one.group.startswith("row")]
    assert max(middles) - min(middles) > 0.5 * size[0]
    columns = [one.box for one in scene.layers if one.role == "shape" and one.box.width > 0.05 * size[0]]
    assert sum(one.height > 0.15 * size[1] for one in columns) >= 3


def test_a_unit_of_two_words_is_half_as_high_as_its_digits() -> None:
    words = {"figures": "**1,9 млн. kWh** за една година | **0,17 лв.** за киловатчас"}
    scene = stage_scene(asked("proof", words, (960, 540), look="grid", language="bg"), [])
    sizes = {layer.text: layer.size for layer in scene.layers if layer.text and layer.role == "headline"}
    assert sizes["млн. kWh"] == pytest.approx(0.5 * sizes["1,9"], rel=0.05)
    assert sizes["1,9"] > 0.15 * 540
