"""Lists, lone digits, line ends and prices as they are read: faults seen in the gallery on 2026-12-01."""

from __future__ import annotations

import pytest

from media.animatic_words import SMALL, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Layer, Scene
from reelwright.media.drawing.lettering import fit_stack
from reelwright.media.drawing.painter import Painter
from reelwright.media.looks.registry import list_look_names, load_look

UPRIGHT = [aspect for aspect, (width, height) in SMALL.items() if width <= height]
STEPS = {"steps": "Call us|Come for half a day|Decide over coffee"}


def stage(look: str, aspect: str, beat: str, words: dict[str, str], frames: int = 150, **more: object) -> Scene:
    return stage_scene(asked(beat, words, SMALL[aspect], look=look, frames=frames, **more), [])


def list_words_at(scene: Scene, frame: float) -> list[Layer]:
    return [one for one in scene.layers if one.text and one.span[0] <= frame < one.span[1]]


@pytest.mark.parametrize("aspect", UPRIGHT)
def test_steps_that_were_said_stand_over_the_one_that_is_said_now(aspect: str) -> None:
    last = list_words_at(stage("grid", aspect, "demo", STEPS), 149)
    places = {step: min(one.box.top for one in last if one.text in step) for step in STEPS["steps"].split("|")}
    assert list(places.values()) == sorted(places.values())


@pytest.mark.parametrize("look", list_look_names())
def test_an_arabic_zero_is_no_speck_and_what_it_counts_stands_beside_it(look: str) -> None:
    words = {"figures": "**٤٨** كتاب|**١٢** لغة|**٠** درهم رسوم الاشتراك"}
    found = stage(look, "16:9", "proof", words, language="ar").layers
    zeros = [one for one in found if one.text == "٠"]
    units = [one for one in found if one.text == "درهم"]
    assert zeros and units
    zero = max(zeros, key=lambda one: one.box.height).box
    assert zero.height > 0.03 * SMALL["16:9"][1]
    assert any(one.box.right <= zero.left + 1 for one in units)


@pytest.mark.parametrize(
    ("language", "text", "small"),
    [
        ("bg", "докато спим.", "докато"),
        ("de", "während wir schlafen", "während"),
        ("es", "mientras dormimos", "mientras"),
    ],
)
def test_a_small_word_never_has_a_line_of_a_poster_to_itself(language: str, text: str, small: str) -> None:
    lines = fit_stack(text, load_look("slam").type["display"], language, 900, 700, 20, 4)
    assert small not in [line.ink.text.strip().casefold() for line in lines]


@pytest.mark.parametrize("aspect", SMALL)
def test_dark_words_of_a_change_stand_on_no_dots(aspect: str) -> None:
    scene = stage("slam", aspect, "transformation", {"before": "three days", "after": "one morning"})
    after = [one.box for one in scene.layers if one.text and one.text.casefold() in "one morning"]
    dots = [one.box for one in scene.layers if one.role == "texture" and one.group == "after"]
    assert after and all(dot.top >= max(box.bottom for box in after) - 0.06 * scene.size[1] for dot in dots)


def test_the_words_of_a_ticket_stand_clear_of_its_punched_sides() -> None:
    scene = stage("riso", "1:1", "offer", {"deal": "한 달 ~~32,000원~~ **24,900원**"}, language="ko")
    words = [one.box for one in scene.layers if one.text]
    assert min(box.left for box in words) > 0.12 * scene.size[0]
    assert max(box.right for box in words) < 0.88 * scene.size[0]


@pytest.mark.parametrize("look", list_look_names())
def test_every_row_of_a_long_list_is_there_soon_after_half_of_its_screen(look: str) -> None:
    words = {"figures": "Adele Hobbs|Sam Okafor|Lin Tran"}
    layers = stage(look, "1:1", "proof", words, frames=300, variant=0).layers
    shown = [(one.text.casefold(), one.span[0]) for one in layers if one.text]
    rows = words["figures"].casefold().split("|")
    first = [min(begin for text, begin in shown if text in row) for row in rows]
    assert max(first) <= 0.7 * 300


@pytest.mark.parametrize("look", list_look_names())
def test_columns_beside_a_short_title_fill_the_frame(look: str) -> None:
    words = {"kicker": "Profit", "figures": "2021 **38.9**|2022 **44.2**|2023 **57.0**|2024 **61.3**", "chart": "line"}
    scene = stage(look, "16:9", "proof", words)
    columns = [one.box.height for one in scene.layers if one.group == "row 3" and one.role == "shape"]
    assert max(columns) > 0.42 * scene.size[1]


def test_two_films_with_a_date_or_an_ending_in_one_look_need_not_be_alike() -> None:
    words = {"line": "Friday 13 November|23:00 until it is light"}
    for aspect in SMALL:
        both = [stage("slam", aspect, "demo", words, emblem="calendar", seed=seed, variant=1) for seed in (0, 7)]
        figures = [max(one.box.height for one in scene.layers if one.text) for scene in both]
        assert figures[1] > 1.5 * figures[0], aspect
        shown = " ".join(one.text for one in both[1].layers if one.text).casefold()
        assert all(word in shown for word in "friday 13 november 23:00 until it is light".split())
    card = {"name": "Moonlight Roasters", "line": "Subscribe", "url": "moonlight.example"}
    cards = [stage("riso", "1:1", "end_card", card, emblem="coffee", seed=7 * seed) for seed in range(4)]
    prints = {bytes(Painter(scene, grain_strength=0).render_frame(89)) for scene in cards}
    assert len(prints) == 4
