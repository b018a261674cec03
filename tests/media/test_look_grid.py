"""Grid: its letter can be read, and no screen leaves its foot empty where words take the head alone."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from media.animatic_contrast import measure_worst_contrast
from media.animatic_lint import WORDS, find_box, find_crowded_frames, lint
from media.animatic_words import SIZES, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.drawables import Counter, Fill, Several, skia
from reelwright.media.drawing.layers import Box, Scene
from reelwright.media.drawing.lettering import typeset_in_face
from reelwright.media.drawing.treatments import Picture, load_picture
from reelwright.media.emblems import FACE, FIRST_CLOCK, load_emblems
from reelwright.media.looks.grid.pictograms import Pictogram, list_hours
from reelwright.media.looks.registry import build_own_look, load_look
from reelwright.media.staging.shot_request import ShotRequest
from reelwright.media.staging.stage import Stage

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
    filled = [
        one for one in scene.layers if one.role in ("headline", "label") or one.group in ("marks", "field", "word")
    ]
    low = max(layer.box.bottom for layer in filled)
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
    pairs = [(a, b) for a in marks for b in words]
    assert all(a.bottom + gap <= b.top or a.right + gap <= b.left or b.bottom + gap <= a.top for a, b in pairs)


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


def test_an_emblem_that_its_field_cuts_off_at_the_foot_keeps_its_sides_while_it_drifts() -> None:
    """A tooth was sliced by an edge that nobody saw (2026-11-30)."""
    request = asked("hook", {"line": "Teeth"}, SMALL["9:16"], look="grid", variant=2)
    scene = stage_scene(replace(request, emblem="tooth", is_emblem_named=True), [])
    shown = [one for one in scene.layers if one.group == "letter" and one.clips]
    assert shown
    for layer in shown:
        clip = layer.clips[0].path.getBounds()
        for frame in range(scene.frames):
            if (pose := layer.find_pose(frame)) is not None:
                box = find_box(layer, pose)
                assert clip.left() <= box.left and box.right <= clip.right()


@pytest.mark.parametrize("aspect", SIZES)
def test_the_emblem_of_a_film_stands_where_it_begins_at_the_name_and_at_the_end_alone(aspect: str) -> None:
    """A tooth stood on seven of eight screens (2026-11-29)."""
    lines = {"line": "We open at dawn."}
    for beat, words, after, is_shown in (
        ("hook", lines, None, True), ("reveal", {"name": "Zahnwerk"}, "hook", True),
        ("end_card", {"name": "Zahnwerk", "url": "zahnwerk.example"}, "cta", True),
        ("proof", {"number": "4 days", "label": "a week"}, "hook", False), ("benefit", lines, "hook", False),
        ("testimonial", {"quote": "I get home early.", "who": "Meryem"}, "hook", False),
        ("demo", {"steps": "Call us | Come by | Decide"}, "hook", False), ("offer", {"deal": "€12"}, "hook", False),
    ):  # fmt: skip
        for variant in range(3):
            request = asked(beat, words, SMALL[aspect], look="grid", variant=variant, after=after)
            drawn = stage_with(replace(request, emblem="tooth"))
            assert is_shown == (drawn != stage_with(request)), (beat, variant)


def stage_with(request: ShotRequest) -> list[tuple[float, ...]]:
    drawn = [getattr(one.drawable, "parts", [one.drawable])[-1] for one in stage_scene(request, []).layers]
    paths = [one.path.getBounds() for one in drawn if isinstance(one, Fill)]
    return [(one.left(), one.top(), one.right(), one.bottom()) for one in paths]


@pytest.mark.parametrize("accent", ["#7A1FA2", "#0B5B41", "#0E9384", "#FFD84A", "#101010"])
@pytest.mark.parametrize("aspect", SIZES)
def test_a_drawing_stands_out_from_its_field(aspect: str, accent: str) -> None:
    """Lines in purple on black had a contrast of 2.3 (2026-11-29)."""
    for beat, words in (("hook", {"line": "We open at dawn."}), ("reveal", {"name": "Zahnwerk"}),
                        ("end_card", {"name": "Zahnwerk"}), ("demo", {"line": "Call us"})):  # fmt: skip
        for variant in range(3):
            request = replace(asked(beat, words, SMALL[aspect], look="grid", variant=variant), accent=accent)
            scene = stage_scene(replace(request, emblem="tooth", is_emblem_named=beat == "demo"), [])
            drawings = [n for n, one in enumerate(scene.layers) if one.group in ("letter", "letters")]
            assert drawings, (beat, variant)
            for number in drawings:
                drawing = scene.layers[number]
                fills = drawing.drawable.parts[::-1] if isinstance(drawing.drawable, Several) else [drawing.drawable]
                if fills[-1].alpha < 1:  # a large one: its shadow, its body, and two more tones on that
                    fills = [fills[-2]]
                under = [one.drawable.colour for one in scene.layers[:number]
                         if isinstance(one.drawable, Fill) and is_over(one.box, drawing.box)]  # fmt: skip
                colours = [one.colour for one in fills] + under[::-1] + [scene.ground]
                assert compute_contrast(*colours[:2]) >= 2.95, (beat, variant)


def is_over(field: Box, drawing: Box) -> bool:
    x, y = drawing.centre
    return field.left <= x <= field.right and field.top <= y <= field.bottom


def test_a_drawing_of_lines_is_filled_and_keeps_the_lines_inside() -> None:
    for name, least in (("tooth", 2.5), ("ferry", 1.2), ("key", 2), ("books", 1.1)):
        ink = typeset_in_face(load_emblems()[name].glyph, FACE)
        lines, solid = (count_ink(one.make_path(200, 20, 220)) for one in (ink, Pictogram(ink.line)))
        assert solid > least * lines, name


def count_ink(path: Any) -> int:
    surface = skia.Surface(300, 300)
    surface.getCanvas().drawPath(path, skia.Paint(Color=0xFFFFFFFF))
    return int((surface.makeImageSnapshot().toarray()[..., 0] > 127).sum())


THINGS = {
    "list": ("proof", {"figures": "Rye | Butter plait | Poppy seed"}, ("Rye", "Butter", "Poppy")),
    "figures": ("proof", {"figures": "**17 m²** of glass | **212,000** tiles | **1987** built"}, ("17", "212", "1987")),
    "steps": ("demo", {"steps": "Sign up | Collect your lamp | Run"}, ("Sign", "Collect", "Run")),
}  # fmt: skip


@pytest.mark.parametrize("kind", THINGS)
@pytest.mark.parametrize("aspect", SIZES)
def test_each_thing_of_a_list_fills_the_frame_in_its_turn_and_stays_small_after_it(aspect: str, kind: str) -> None:
    beat, words, begin = THINGS[kind]
    for variant in range(3):
        scene = stage_scene(asked(beat, words, SMALL[aspect], look="grid", variant=variant, frames=150), [])
        assert find_crowded_frames(scene) == []
        for turn, frame in enumerate((40, 90, 149)):
            shown = [one for one in scene.layers if one.role in WORDS and one.text and one.find_pose(frame)]
            sizes = [max((one.size for one in shown if one.text.startswith(word)), default=0) for word in begin]
            assert lint(scene, frame) == [] and sizes[turn] > 1.7 * max([*sizes[:turn], 0.001]), (variant, frame)
            assert all(sizes[: turn + 1]) and not any(sizes[turn + 1 :]), (variant, frame)
            large = [one.box for one in shown if one.size >= 0.5 * max(sizes)]
            assert max(box.right for box in large) - min(box.left for box in large) > 0.3 * scene.live.width


def test_the_amount_of_a_line_fills_the_frame() -> None:
    line = {"line": "A dividend of €1.15 per share, payable on 22 May 2026."}
    scene = stage_scene(asked("benefit", line, SMALL["16:9"], look="grid", after="proof"), [])
    sizes = {one.text: one.size for one in scene.layers if one.role in WORDS}
    assert sizes["€1.15"] > 0.35 * scene.size[1] and sizes["€1.15"] == max(sizes.values()) and lint(scene) == []


def test_the_hands_of_a_clock_run_from_one_hour_of_a_line_to_the_other() -> None:
    request = asked("benefit", {"line": "From 5:20 to 7:00"}, SMALL["1:1"], look="grid", after="hook")
    request = replace(request, emblem="clock", is_emblem_named=True)
    assert [one.text for one in list_hours(Stage(request, load_look("grid"), []))] == [
        chr(ord(FIRST_CLOCK) + face) for face in (11, 12, 13, 14)
    ]
    assert any(isinstance(one.drawable, Counter) for one in stage_scene(request, []).layers if one.group == "letter")


def make_photo(folder: Path, *, subject: tuple[int, int, int, int]) -> Picture:
    picture = Image.linear_gradient("L").resize((960, 600)).convert("RGB")
    stripes = Image.effect_noise((subject[2] - subject[0], subject[3] - subject[1]), 120).convert("RGB")
    picture.paste(stripes, subject[:2])
    picture.save(folder / "room.png")
    return load_picture(folder / "room.png", "photo")


def find_photo(scene: Scene) -> Box:
    return next(layer.box for layer in scene.layers if layer.role == "picture")


@pytest.mark.parametrize("beat", ["hook", "benefit", "brand", "end_card"])
def test_words_stand_on_the_quiet_part_of_a_photograph_that_fills_the_frame(beat: str, tmp_path: Path) -> None:
    """A white box stood on the best picture of a film (2026-11-29)."""
    house = make_photo(tmp_path, subject=(600, 180, 860, 420))
    words = {"name": "Lindq", "url": "lindq.example"} if beat == "end_card" else {"line": "You hear the lake."}
    scene = stage_scene(asked(beat, words, SMALL["16:9"], look="grid", after="proof"), [house])
    assert find_photo(scene).width >= scene.size[0] and find_photo(scene).height >= scene.size[1]
    assert lint(scene) == [] and all(one >= 4.4 for one in measure_worst_contrast(scene).values())
    assert max(one.box.right for one in scene.layers if one.role in WORDS) < 0.55 * scene.size[0]


def test_a_short_line_stands_at_the_foot_of_a_photograph_that_is_full_of_its_subject(tmp_path: Path) -> None:
    """A strip over the line cut a sofa in half (2026-11-29)."""
    room = make_photo(tmp_path, subject=(60, 100, 900, 440))
    scene = stage_scene(asked("demo", {"line": "Larch, glass, one fireplace."}, SMALL["16:9"], look="grid"), [room])
    assert find_photo(scene).height >= scene.size[1] and lint(scene) == []
    assert min(one.box.top for one in scene.layers if one.role in WORDS) > 0.7 * scene.size[1]


def test_a_photograph_lies_over_all_columns_above_a_price_and_above_a_long_name_at_the_end(tmp_path: Path) -> None:
    house = make_photo(tmp_path, subject=(600, 180, 860, 420))
    card = {"name": "Lindqvist & Bergström-Haverkamp", "line": "Book a viewing", "url": "lindqvist.example"}
    for beat, words in (("transformation", PRICES), ("end_card", card)):
        scene = stage_scene(asked(beat, words, SMALL["16:9"], look="grid"), [house])
        first = min(one.box.top for one in scene.layers if one.role in WORDS)
        assert find_photo(scene).width >= scene.size[0] and find_photo(scene).bottom <= first and lint(scene) == []


def test_a_look_of_a_person_has_none_of_the_colours_that_grid_gives_to_subjects() -> None:
    row = {"id": "mine", "based_on": "grid", "about": "Ours.", "palette": {"accent": "#114499"}}
    assert load_look("grid").subject_accents and not build_own_look("mine", row).subject_accents


def test_an_emblem_over_a_long_name_stands_clear_of_the_rule() -> None:
    request = asked("reveal", {"name": "Lindqvist & Bergström-Haverkamp"}, SMALL["16:9"], look="grid")
    scene = stage_scene(replace(request, emblem="key"), [])
    key = next(layer.box for layer in scene.layers if layer.group == "letter")
    rule = min(layer.box.top for layer in scene.layers if layer.group == "rules")
    assert key.bottom < rule
