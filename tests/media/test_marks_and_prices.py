"""Marks, figures and prices as printers set them, in every look and aspect. Faults seen in the gallery (issue 33)."""

from __future__ import annotations

from typing import Any

import pytest

from media.animatic_lint import find_box, is_inside
from media.animatic_words import SMALL, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Layer, Scene
from reelwright.media.drawing.movers import Count
from reelwright.media.letters.quotation_marks import set_marks
from reelwright.media.looks.registry import list_look_names, load_stagings
from reelwright.media.staging.dates import find_date

EVERYWHERE = [(look, aspect) for look in list_look_names() for aspect in SMALL]
everywhere = pytest.mark.parametrize(("look", "aspect"), EVERYWHERE)


def stage(look: str, aspect: str, beat: str, words: dict[str, str], variant: int = 0, **more: Any) -> Scene:
    return stage_scene(asked(beat, words, SMALL[aspect], look=look, variant=variant, **more), [])


def list_variants(look: str, beat: str) -> range:
    return range(len(load_stagings(look).beats[beat]))


def read(scene: Scene) -> str:
    return " ".join(layer.text for layer in scene.layers if layer.text)


def is_read(scene: Scene, layer: Layer, frame: int) -> bool:
    """Whether words stand in the frame, near their place and more than half there."""
    pose = layer.find_pose(frame)
    near = 0.6 * layer.box.height if layer.clips else 0.5 * min(scene.size)
    return pose is not None and min(pose.alpha, pose.visible_part) > 0.5 and abs(pose.dy) < near


@everywhere
def test_a_quotation_in_straight_marks_opens_and_closes_as_its_language_prints_it(look: str, aspect: str) -> None:
    for variant in list_variants(look, "hook"):
        shown = read(stage(look, aspect, "hook", {"line": '"Where is it?"|Asked all day.'}, variant))
        assert "“" in shown and "”" in shown and '"' not in shown, variant


@pytest.mark.parametrize(
    ("language", "typed", "printed"),
    [
        ("en", 'He said "yes", and left.', "He said “yes”, and left."),
        ("de", '"Wo bleibt es?"', "„Wo bleibt es?“"),
        ("fr", '"Oui" et l\'ami', "«\u00a0Oui\u00a0» et l’ami"),
        ("pl", '("tak")', "(„tak”)"),
        ("en", 'A 27" screen, 5\'6" tall', 'A 27" screen, 5\'6" tall'),
        ("he", 'צה"ל "כן" ו"לא"', 'צה"ל "כן" ו"לא"'),
    ],
)
def test_marks_are_those_of_the_language_and_inches_stay(language: str, typed: str, printed: str) -> None:
    assert set_marks(typed, language) == printed


@everywhere
def test_an_arabic_zero_that_stands_alone_is_drawn_as_it_is_typed(look: str, aspect: str) -> None:
    words = {"figures": "**٤٨** كتاب|**١٢** لغة|**٠** رسوم"}
    texts = {one.text for one in stage(look, aspect, "proof", words, language="ar").layers}
    assert any("٠" in text.split() for text in texts) and "0" not in texts


@everywhere
def test_a_weekday_beside_a_large_date_keeps_no_comma(look: str, aspect: str) -> None:
    assert find_date("Saturday, 20 June 2026") == ("Saturday", "20", "June 2026", "")
    scene = stage(look, aspect, "urgency", {"line": "Saturday, 20 June 2026"})
    if look == "slam":  # a line of its headline, and no lock-up
        return
    assert not any(layer.text.endswith(",") for layer in scene.layers)


@everywhere
@pytest.mark.parametrize("beat", ["offer", "transformation"])
def test_an_old_price_stands_alone_and_large_until_the_new_one_takes_its_place(
    look: str, aspect: str, beat: str
) -> None:
    if look == "grid":
        pytest.skip("grid sets both prices side by side")
    words = {"deal": "~~£38~~ £29"} if beat == "offer" else {"before": "~~£38~~", "after": "£29 a month"}
    for variant in list_variants(look, beat):
        scene = stage(look, aspect, beat, words, variant, after="proof", frames=90)
        old, new = (next(one for one in scene.layers if text in one.text) for text in ("38", "29"))
        begin, end = (old.find_pose(frame) for frame in (10, 60))
        assert begin and end and begin.scale > 1.5 * end.scale, variant
        assert all(old.find_pose(frame) for frame in range(90)) and not is_seen(new, 12) and is_seen(new, 50), variant
        assert new.size > 1.15 * begin.scale * old.size > 2 * old.size, variant


def is_seen(layer: Layer, frame: int) -> bool:
    """Whether any part of a layer stands in the frame, also where its letters come by a count or by light."""
    pose = layer.find_pose(frame)
    counts = any(isinstance(one, Count) for one in layer.moves)
    return bool(pose) and frame > getattr(layer.drawable, "start", -1) and (pose.number > 0 or not counts)


@pytest.mark.parametrize("aspect", SMALL)
def test_the_ring_around_a_number_in_paper_keeps_within_the_safe_area(aspect: str) -> None:
    for variant in list_variants("paper", "proof"):
        scene = stage("paper", aspect, "proof", {"number": "3,80 €", "label": "für die Einzelfahrt"}, variant)
        rings = [one for one in scene.layers if one.group == "ring"]
        assert rings
        for one in rings:
            assert is_inside(find_box(one, one.find_pose(scene.poster_frame)), scene.live, slack=3), variant
