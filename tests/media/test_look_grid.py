"""Grid: its letter can be read, and no screen leaves its foot empty where words take the head alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from media.animatic_words import SIZES, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.treatments import load_picture

SMALL = {aspect: (width // 8 * 2, height // 8 * 2) for aspect, (width, height) in SIZES.items()}
PRICES = {"before": "€940,000", "after": "€865,000", "source": "Plus 3.57 % commission."}


def set_screen(beat: str, words: dict[str, str], aspect: str) -> Scene:
    return stage_scene(asked(beat, words, SMALL[aspect], look="grid"), [])


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("name", ["Lindqvist", "Northwater Savings Bank", "Минзухар"])
def test_the_letter_behind_a_name_is_whole(name: str, aspect: str) -> None:
    scene = set_screen("reveal", {"name": name}, aspect)
    letter = next(layer.box for layer in scene.layers if layer.group == "letter")
    width, height = scene.size
    assert letter.left >= 0 and letter.top >= 0 and letter.right <= width and letter.bottom <= height + 1
    assert letter.height > 0.4 * min(width, height)


@pytest.mark.parametrize(
    ("beat", "words"),
    [
        ("testimonial", {"quote": "Even my plants arrived.", "who": "Noa", "role": "Haifa"}),
        ("transformation", {"before": "Three days", "after": "One morning"}),
        ("transformation", PRICES),
        ("offer", {"deal": "~~instead of €89~~|full service €69"}),
    ],
)
@pytest.mark.parametrize("aspect", ["1:1", "4:5"])
def test_the_foot_of_a_screen_is_filled(beat: str, words: dict[str, str], aspect: str) -> None:
    scene = set_screen(beat, words, aspect)
    low = max(layer.box.bottom for layer in scene.layers if layer.role in ("texture", "headline", "label"))
    assert low > 0.8 * scene.size[1]


def test_a_mere_place_at_the_end_of_a_line_is_not_set_huge() -> None:
    words = [layer for layer in set_benefit("Solarwerk Harz in Goslar").layers if layer.role == "headline"]
    assert max(one.size for one in words) < 1.1 * min(one.size for one in words)
    words = [layer for layer in set_benefit("You pay once, and never again.").layers if layer.role == "headline"]
    assert max(one.size for one in words) > 1.5 * min(one.size for one in words)


def set_benefit(line: str) -> Scene:
    return stage_scene(asked("benefit", {"line": line}, SMALL["16:9"], look="grid", variant=1), [])


def test_a_new_price_stands_on_the_floor_of_a_wide_frame() -> None:
    scene = set_screen("transformation", PRICES, "16:9")
    new, old = (next(one for one in scene.layers if one.text == text) for text in ("€865,000", "€940,000"))
    assert new.box.bottom > 0.75 * scene.size[1] and old.size <= 0.6 * new.size


def test_a_long_name_takes_the_whole_width_of_the_last_card() -> None:
    words = {"name": "Lindqvist & Bergström-Haverkamp", "line": "Book a viewing", "url": "lindqvist.example"}
    scene = set_screen("end_card", words, "16:9")
    assert max(one.box.right for one in scene.layers if one.role == "headline") > 0.65 * scene.size[0]


@pytest.mark.parametrize("aspect", SIZES)
def test_the_marks_of_a_quotation_stand_clear_of_its_words(aspect: str) -> None:
    quote = "We lend what we are entrusted with, and not a cent more."
    scene = set_screen("testimonial", {"quote": quote, "who": "Henrike Brandt", "role": "chair"}, aspect)
    marks = [layer.box for layer in scene.layers if layer.group == "marks"]
    words = [layer.box for layer in scene.layers if layer.role == "headline"]
    gap = 0.02 * scene.size[1]
    assert marks and words
    assert all(a.bottom + gap <= b.top or a.right + gap <= b.left for a in marks for b in words)


@pytest.mark.parametrize("beat", ["hook", "proof", "testimonial", "end_card"])
def test_a_rule_draws_on_until_the_cut(beat: str) -> None:
    words = {
        "line": "Call us today",
        "name": "Zahnwerk",
        "quote": "I get home early.",
        "who": "Meryem",
        "number": "212,000",
    }
    scene = set_screen(beat, words, "16:9")
    rules = [layer for layer in scene.layers if layer.group == "rules"]
    drawn = [[one.find_pose(frame) for one in rules] for frame in range(30, scene.frames - 8)]
    assert all(before != after for before, after in pairwise(drawn)), "a frame stands still"


def test_an_emblem_and_its_field_change_their_colours_once() -> None:
    request = asked("hook", {"line": "Teeth"}, SMALL["9:16"], look="grid", variant=2)
    for frames, count in ((90, 2), (45, 1)):
        scene = stage_scene(replace(request, emblem="tooth", is_emblem_named=True, frames=frames), [])
        assert len([one for one in scene.layers if one.group == "letter"]) == count


@pytest.mark.parametrize("aspect", SIZES)
def test_no_ruler_and_no_bars_stand_under_words_of_a_film_with_an_emblem(aspect: str) -> None:
    figures = {"figures": "**4** days | **30** hours"}
    quote = {"quote": "I get home before my children do.", "who": "Meryem"}
    steps = {"steps": "Call us | Come for half a day | Decide"}
    for beat, words in (
        ("proof", {"number": "4 days", "label": "a week"}), ("proof", figures), ("testimonial", quote),
        ("demo", steps), ("hook", {"line": "The roof works,|while we sleep."}),
    ):  # fmt: skip
        for variant in range(3):
            request = replace(asked(beat, words, SMALL[aspect], look="grid", variant=variant), emblem="tooth")
            scene = stage_scene(request, [])
            assert not [layer for layer in scene.layers if layer.group == "light"], (beat, variant)
            if aspect == "9:16":
                assert [layer for layer in scene.layers if layer.group == "letter" or beat == "hook"], (beat, variant)


def test_an_emblem_that_its_field_cuts_off_keeps_its_head() -> None:
    request = asked("reveal", {"name": "Harbour Line"}, SMALL["9:16"], look="grid", variant=1)
    scene = stage_scene(replace(request, emblem="ferry", frames=45), [])
    ship = next(layer.box for layer in scene.layers if layer.group == "letter")
    assert ship.top > 0.4 * scene.size[1] and ship.bottom > 0.9 * scene.size[1]


def test_a_broad_photograph_keeps_its_sides_beside_a_short_line(tmp_path: Path) -> None:
    Image.linear_gradient("L").resize((960, 600)).convert("RGB").save(tmp_path / "room.png")
    room = load_picture(tmp_path / "room.png", "photo")
    scene = stage_scene(asked("demo", {"line": "Larch, glass, one fireplace."}, SMALL["16:9"], look="grid"), [room])
    assert next(layer.box for layer in scene.layers if layer.role == "picture").width >= scene.size[0]


def test_an_emblem_over_a_long_name_stands_clear_of_the_rule() -> None:
    request = asked("reveal", {"name": "Lindqvist & Bergström-Haverkamp"}, SMALL["16:9"], look="grid")
    scene = stage_scene(replace(request, emblem="key"), [])
    key = next(layer.box for layer in scene.layers if layer.group == "letter")
    rule = min(layer.box.top for layer in scene.layers if layer.group == "rules")
    assert key.bottom < rule
