"""Screens of few words: they are large, and nothing is left bare around them. Seen in twelve films, 2026-11-27."""

from __future__ import annotations

import pytest

from media.animatic_words import asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Box, Scene
from reelwright.media.letters.stacks import choose_stack
from reelwright.media.looks.registry import load_look, load_stagings
from reelwright.media.looks.slam.compositions import band
from reelwright.media.staging.lines import split_closer
from reelwright.media.typeset.fitting import fit_block
from reelwright.planner.look_choice import find_kind

WIDE, TALL = (960, 540), (540, 960)


def stage(beat: str, words: dict[str, str], size: tuple[int, int], look: str, variant: int = 0) -> Scene:
    return stage_scene(asked(beat, words, size, look=look, variant=variant), [])


def list_boxes(scene: Scene, *roles: str) -> list[Box]:
    return [layer.box for layer in scene.layers if layer.role in roles]


@pytest.mark.parametrize("look", ["riso", "grid"])
def test_few_words_take_more_lines_where_an_upright_frame_stays_bare(look: str) -> None:
    for variant in range(len(load_stagings(look).beats["demo"])):
        boxes = list_boxes(stage("demo", {"line": "Nobody was asked why."}, TALL, look, variant), "headline")
        tall = max(box.bottom for box in boxes) - min(box.top for box in boxes)
        assert len(boxes) > 2 and tall > 0.4 * (0.65 - 0.14) * TALL[1], variant


def test_a_short_quotation_in_grid_stands_on_the_rule_of_its_speaker() -> None:
    words = {"quote": "I fell asleep. In a dentist's chair.", "who": "Maureen"}
    scene = stage("testimonial", words, WIDE, "grid")
    words_foot = max(box.bottom for box in list_boxes(scene, "headline"))
    speaker = min(layer.box.top for layer in scene.layers if layer.text == "Maureen")
    assert speaker - words_foot < 0.1 * WIDE[1]


@pytest.mark.parametrize("name", ["Brightwater Dental", "Haulaway Brothers", "City of Harrowgate"])
def test_the_name_on_the_last_card_of_grid_is_as_wide_as_its_columns(name: str) -> None:
    scene = stage("end_card", {"name": name, "line": "Book a visit", "url": "name.example"}, WIDE, "grid")
    widest = max(box.right for box in list_boxes(scene, "headline")) - scene.live.left
    assert widest > 0.54 * scene.live.width


@pytest.mark.parametrize("variant", range(5))
def test_a_line_in_grid_leaves_no_half_of_a_wide_frame_bare(variant: int) -> None:
    line = {"line": "Kommt mit allen Fragen. Auch mit den peinlichen."}
    scene = stage_scene(asked("benefit", line, WIDE, look="grid", variant=variant, language="de"), [])
    fields = [one.box for one in scene.layers if one.group == "field"]
    full = [box for box in (*list_boxes(scene, "headline"), *fields) if box.bottom - box.top > 4]
    rows = {y for box in full for y in range(max(0, int(box.top)), min(WIDE[1], int(box.bottom)))}
    columns = {x for box in full for x in range(max(0, int(box.left)), min(WIDE[0], int(box.right)))}
    assert len(rows) > 0.65 * WIDE[1] and len(columns) > 0.65 * WIDE[0]
    words = list_boxes(scene, "headline")
    assert max(box.right for box in words) - min(box.left for box in words) > 0.6 * scene.live.width


def test_a_price_cut_in_grid_has_a_field_beside_it() -> None:
    scene = stage("offer", {"deal": "First visit ~~£60~~ £25", "terms": "Until 31 March."}, WIDE, "grid")
    fields = [one.box for one in scene.layers if one.group == "field"]
    assert any(box.left > 0.6 * WIDE[0] and box.height > 0.9 * WIDE[1] for box in fields)


@pytest.mark.parametrize("text", ["夜十一時まで営業", "二〇二六年三月十二日開店", "平日17時から19時まで"])
def test_no_line_ends_inside_a_number_of_japanese(text: str) -> None:
    for width in (300, 500, 865):
        block = fit_block(text, choose_stack("display", "ja"), width, 900, max_lines=5, language="ja")
        shown = "|".join(line.text for line in block.lines)
        assert not any(
            pair in shown for pair in ("十|一", "一|時", "二|〇", "〇|二", "六|年", "三|月", "十|二", "7|時")
        )


def test_a_closing_phrase_begins_with_its_own_small_word() -> None:
    assert split_closer("Breakfast until noon") == ("Breakfast", "until noon")
    assert split_closer("for water main replacement") == ("", "for water main replacement"), (
        "no noun torn from its noun"
    )
    assert split_closer("10 000 km") == ("", "10 000 km") and split_closer("iPhone 15 Pro") == ("", "iPhone 15 Pro")
    assert split_closer("We sold 412 lamps") == ("We sold", "412 lamps")


def test_slam_sets_no_single_word_of_a_long_sentence_huge(monkeypatch: pytest.MonkeyPatch) -> None:
    asked_for = []
    monkeypatch.setattr(band, "typeset_key_word", lambda stage, text: asked_for.append(text) or stage.typeset(text))
    for variant in range(len(load_stagings("slam").beats["brand"])):
        stage("brand", {"line": "Every frame leaves with your name on it."}, WIDE, "slam", variant)
    assert asked_for == []


def test_a_watch_and_a_city_stand_in_no_film_about_perfume() -> None:
    kind = find_kind("A perfume of jasmine from Damascus")
    themes = load_look("noir").themes
    assert kind == "beauty" and kind not in themes["dial"] and kind not in themes["skyline"]


def test_short_steps_in_grid_reach_over_most_of_the_columns() -> None:
    scene = stage("demo", {"steps": "Tell us your rooms|Get a fixed price|Hand us the keys"}, WIDE, "grid")
    assert max(box.right for box in list_boxes(scene, "headline")) > 0.7 * WIDE[0]


@pytest.mark.parametrize(
    ("look", "beat", "variant", "line", "share"),
    [
        ("signal", "demo", 1, "Be seen.|Be even.", 0.12),
        ("noir", "benefit", 3, "One drink. One table. One night.", 0.14),
    ],
)
def test_two_short_lines_are_large_in_an_upright_frame(
    look: str, beat: str, variant: int, line: str, share: float
) -> None:
    scene = stage(beat, {"line": line}, TALL, look, variant)
    assert max(layer.size for layer in scene.layers if layer.role == "headline") > share * TALL[0]


def test_the_first_frame_of_a_contrast_in_grid_has_words_across_half_of_it() -> None:
    scene = stage("hook", {"line": "Afraid of the chair?|So was our founder."}, WIDE, "grid", 1)
    first = [layer.box for layer in scene.layers if layer.text == "Afraid of the chair?"]
    assert first and first[0].width > 0.5 * WIDE[0]
