"""Strong words stand out and struck ones are struck in every composition; code stands as it was written."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from reelwright.media.animatic import scene_builder
from reelwright.media.drawing import colour
from reelwright.media.drawing.drawables import Several
from reelwright.media.drawing.emphasis import choose_second_colour
from reelwright.media.drawing.layers import Layer, Scene
from reelwright.media.looks.registry import load_look
from reelwright.media.looks.slam import STAGINGS
from reelwright.media.staging.key_words import has_key_word, typeset_key_word
from reelwright.media.staging.roles import STAGED_ROLES
from reelwright.media.staging.shot_request import read_shot_request
from reelwright.media.staging.stage import Stage
from reelwright.media.words.titles import draw_title
from reelwright.planner.roles import CORE_ROLES

COMPOSITIONS = [
    (beat, n)
    for beat, rows in STAGINGS.beats.items()
    for n in range(len(rows))
    if STAGED_ROLES[beat] and beat != "proof"
]


def scene_of(beat: str, variant: int, words: dict[str, str], size: tuple[int, int], language: str = "en") -> Scene:
    args = {
        "staging": beat, "size": list(size), "frames": 60, "words": words, "variant": variant, "hits": [0, 20],
        "language": language,
    }  # fmt: skip
    return scene_builder.stage_scene(read_shot_request(args), ())


def _says(layer: Layer) -> bool:
    return "never" in layer.text.casefold()


@pytest.mark.parametrize("size", [(360, 640), (640, 360)], ids=["tall", "wide"])
@pytest.mark.parametrize(("beat", "variant"), COMPOSITIONS)
def test_strong_words_stand_out_in_every_composition(beat: str, variant: int, size: tuple[int, int]) -> None:
    role = next(iter(CORE_ROLES.get(beat, STAGED_ROLES[beat])))
    lines = [one for one in scene_of(beat, variant, {role: "It **never** goes cold"}, size).layers if _says(one)]
    assert lines
    for line in lines:
        assert isinstance(line.drawable, Several) or line.drawable.colour != line.colour, "another colour, or a bar"


@pytest.mark.parametrize(("beat", "variant"), COMPOSITIONS)
def test_struck_words_have_a_bar_through_them_in_every_composition(beat: str, variant: int) -> None:
    role = next(iter(CORE_ROLES.get(beat, STAGED_ROLES[beat])))
    lines = [
        one.drawable for one in scene_of(beat, variant, {role: "Was ~~never~~ cold"}, (360, 640)).layers if _says(one)
    ]
    assert lines
    for line in lines:
        assert isinstance(line, Several)
        letters, bar = (part.path.computeTightBounds() for part in (line.parts[0], line.parts[-1]))
        assert letters.top() < bar.centerY() < letters.bottom() and bar.height() < 0.5 * letters.height()


@pytest.mark.parametrize("size", [(360, 640), (640, 360)], ids=["tall", "wide"])
@pytest.mark.parametrize(("beat", "variant"), COMPOSITIONS)
@pytest.mark.parametrize("words", ["~~€6.90~~ €4.90", "€4.90 instead of ~~€16.90~~"])
def test_an_old_price_is_struck_wherever_it_stands_and_never_larger_than_the_new(
    beat: str, variant: int, size: tuple[int, int], words: str
) -> None:
    role = next(iter(CORE_ROLES.get(beat, STAGED_ROLES[beat])))
    layers = scene_of(beat, variant, {role: words}, size).layers
    has_line = any(one.group == "strike" for one in layers)
    for one in layers:
        old = "6.90" in one.text
        assert not old or has_line or isinstance(one.drawable, Several), (one.group, one.text)


@pytest.mark.parametrize("words", ["€4.90 instead of ~~€16.90~~", "~~€16.90~~|€4.90", "Now €4.90, not ~~€16.90~~"])
def test_a_struck_word_stands_for_no_line(words: str) -> None:
    request = read_shot_request({"staging": "benefit", "size": [640, 360], "frames": 60, "words": {"line": words}})
    stage = Stage(request, load_look("slam", None), ())
    assert "16.90" not in typeset_key_word(stage, stage.get_words("line")).text


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("No phones.|No photos.|No end.", "No end"),
        ("The city sleeps.|You don't.", "You don’t"),
        ("Schluss mit Warten. Nie wieder.", "Nie wieder"),
        ("Nothing is free. Guaranteed.", "Guaranteed"),
    ],
)
def test_a_word_of_which_it_is_said_that_it_is_not_stands_for_no_line_alone(words: str, shown: str) -> None:
    request = read_shot_request({"staging": "hook", "size": [640, 360], "frames": 60, "words": {"line": words}})
    stage = Stage(request, load_look("slam", None), ())
    assert typeset_key_word(stage, stage.get_words("line")).text.casefold() == shown.casefold()
    assert has_key_word("Never late") is False and has_key_word("Always early") is True


def test_what_a_comparison_replaces_is_struck() -> None:
    layers = scene_of("transformation", 0, {"before": "~~€6.90~~", "after": "€4.90"}, (640, 360)).layers
    line = next(one.box for one in layers if one.group == "strike")
    old, new = (next(one.box for one in layers if text in one.text) for text in ("6.90", "4.90"))
    assert old.top < line.centre[1] < old.bottom and line.left <= old.left and line.right >= old.right
    assert not new.top < line.centre[1] < new.bottom


@pytest.mark.parametrize("accent", [None, "#0038FF", "#FFFFFF", "#101010", "#7A7A7A"])
def test_the_second_colour_is_legible_and_another(accent: str | None) -> None:
    palette = load_look("slam", accent).palette
    for ground in (palette.bg, palette.accent, palette.paper, palette.pale):
        for first in (palette.text, palette.shade, palette.on_accent):
            if other := choose_second_colour(first, ground, palette):
                assert colour.compute_contrast(other, ground) >= 3 and colour.measure_distance(other, first) >= 0.2


@pytest.mark.parametrize("language", ["en", "ar"])
def test_code_stands_column_by_column_as_it_was_written(language: str) -> None:
    """Letters of one width, indented, with all their signs, from the left in every language."""
    words = {"listing": "for a in b:|    go(a)|    a \\| \\*\\*b"}
    scene = scene_of("demo", 0, words, (720, 1280), language)
    lines = [one for one in scene.layers if one.group == "listing"]
    assert [one.text for one in lines] == ["for a in b:", "go(a)", "a | **b"]
    first, second, third = (one.box for one in lines)
    assert abs(second.left - third.left) < 0.5 * (first.right - first.left) / 11
    assert second.left - first.left > 3 * (first.right - first.left) / 12
    assert first.top < second.top < third.top and first.left >= 0 and third.right <= 720


def test_strong_words_of_a_title_over_footage_are_in_the_second_colour() -> None:
    def yellow(words: str) -> int:
        made = draw_title({"line": words}, "benefit", 0, 30, 30, size=(360, 640), language="en", look="slam")
        pixels = [np.asarray(Image.open(io.BytesIO(one.image_png)).convert("RGBA")).astype(int) for one in made]
        return sum(int(((one[..., 0] > 200) & (one[..., 2] < 60) & (one[..., 3] > 200)).sum()) for one in pixels)

    assert yellow("It **never** goes cold at noon") > 1.2 * yellow("It never goes cold at noon")
