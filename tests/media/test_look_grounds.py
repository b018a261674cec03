"""The grounds of a look: a film in another accent stands on another ground, on which all its words can be read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from media.animatic_contrast import measure_worst_contrast
from media.animatic_words import LATIN, SMALL, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.colour import LEGIBLE, compute_contrast
from reelwright.media.looks.own_look import check_legibility
from reelwright.media.looks.registry import build_own_look, list_look_names, load_look
from reelwright.media.staging.shot_request import read_shot_request

GROUNDS = [(look, accent) for look in list_look_names() for accent in load_look(look).grounds]
_BEATS = ("hook", "reveal", "benefit", "testimonial", "offer", "end_card")


@pytest.mark.parametrize(("look", "accent"), GROUNDS)
def test_words_are_legible_on_the_ground_of_each_accent(look: str, accent: str) -> None:
    found = load_look(look, accent)
    check_legibility(found, look)
    assert compute_contrast(found.palette.accent_text, found.palette.bg) >= LEGIBLE - 0.05
    aspect = sorted(SMALL)[len(accent + look) % len(SMALL)]
    for beat in _BEATS:
        request = replace(asked(beat, LATIN[beat], SMALL[aspect], look=look), accent=accent, emblem="tooth")
        low = {text: one for text, one in measure_worst_contrast(stage_scene(request, [])).items() if one < 4.4}
        assert not low, beat


@pytest.mark.parametrize("look", sorted({look for look, _ in GROUNDS}))
def test_no_two_accents_of_a_look_share_a_ground(look: str) -> None:
    found = load_look(look)
    named = {*found.accents, *found.subject_accents, found.palette.accent}
    assert set(found.grounds) <= named
    palettes = [load_look(look, accent).palette for accent in found.grounds]
    assert len({(one.bg, one.text) for one in palettes}) == len(palettes)


def test_a_look_of_one_s_own_and_an_accent_that_belongs_to_none_keep_their_ground() -> None:
    row = {"id": "mine", "based_on": "paper", "about": "Ours."}
    assert not build_own_look("mine", row).grounds
    assert load_look("paper", "#123456").palette.bg == load_look("paper").palette.bg


def test_small_print_is_three_per_cent_of_the_shorter_side_or_more() -> None:
    for look in list_look_names():
        sizes = load_look(look).sizes
        assert min(sizes["legal"], sizes["legal_tall"]) >= 36, look


def test_a_last_card_says_what_the_name_is_and_when_in_every_look() -> None:
    words = {"name": "Rotor", "line": "Tickets", "url": "rotor.example"}
    for look in list_look_names():
        for size in SMALL.values():
            for variant in range(3):
                args = {
                    "staging": "end_card", "words": words, "size": list(size), "frames": 90, "look": look,
                    "variant": variant, "about": "Techno in the boiler house|Friday 13 November, 23:00",
                }  # fmt: skip
                texts = " ".join(layer.text for layer in stage_scene(read_shot_request(args), []).layers)
                assert "boiler" in texts and "13 November" in texts, (look, size, variant)
