"""The second level of type: units, addresses, attributions and legal lines are read on a phone, too (issue 33)."""

from __future__ import annotations

import pytest

from media.animatic_words import SMALL, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.looks.registry import list_look_names, load_stagings

SCREENS = {
    "reveal": ({"name": "Semmel & Sohn", "descriptor": "Bakery since 1911"}, ("Sem", "Bakery"), 0.31),
    "testimonial": ({"quote": "I cried on the last bridge. Then I signed up again.", "who": "Ada Obi"},
                    ("cried", "Ada"), 0.31),
    "end_card": ({"name": "Semmel & Sohn", "line": "Order bread", "url": "semmel.example"}, ("Sem", "semmel.ex"), 0.31),
    "proof": ({"number": "36", "unit": "hours", "label": "of battery in the cold"}, ("36", "hours"), 0.44),
}  # fmt: skip
"""Words of a beat; the large ones, the second ones, and how high these are at least, as a part of the large ones."""


def measure(look: str, beat: str, words: dict[str, str], aspect: str, variant: int, text: str) -> float:
    """Return the height of the largest capitals of the words in which ``text`` stands, in pixels."""
    scene = stage_scene(asked(beat, words, SMALL[aspect], look=look, variant=variant, after="hook"), [])
    return max(one.size for one in scene.layers if text.casefold() in one.text.casefold().replace("\xad", ""))


@pytest.mark.parametrize("beat", SCREENS)
@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", list_look_names())
def test_what_stands_second_is_a_third_of_the_main_words_and_a_unit_half_of_its_digits(
    look: str, aspect: str, beat: str
) -> None:
    words, (first, second), least = SCREENS[beat]
    for variant in range(len(load_stagings(look).beats[beat])):
        large, small = (measure(look, beat, words, aspect, variant, text) for text in (first, second))
        assert small > least * large, (variant, small / large)


@pytest.mark.parametrize("beat", ["brand", "end_card"])
@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", list_look_names())
def test_legal_lines_are_a_fortieth_of_the_height(look: str, aspect: str, beat: str) -> None:
    words = {"name": "Strida", "line": "Keep the light on", "legal": "Closed on Mondays and on holidays."}
    for variant in range(len(load_stagings(look).beats[beat])):
        em = measure(look, beat, words, aspect, variant, "Closed") / 0.64
        assert em > 0.024 * SMALL[aspect][1], variant


@pytest.mark.parametrize("look", list_look_names())
def test_what_a_chart_counts_is_its_title_and_no_year(look: str) -> None:
    words = {"kicker": "Passengers", "label": "2025", "chart": "bar", "figures": "May **8,400** | June **9,150**"}
    title, year = (measure(look, "proof", words, "1:1", 0, text) for text in ("Passengers", "2025"))
    assert title > year


@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", list_look_names())
def test_a_share_of_a_ring_stands_beside_its_name(look: str, aspect: str) -> None:
    words = {"chart": "ring", "figures": "Roofs **58 %** | Water **27 %** | Grid **15 %**"}
    scene = stage_scene(asked("proof", words, SMALL[aspect], look=look, after="hook"), [])
    name = next(one for one in scene.layers if one.text.casefold() == "water")
    value = next(one for one in scene.layers if one.text == "27")
    assert 0 < value.box.left - name.box.right < 0.12 * SMALL[aspect][0]
    assert name.size > 0.03 * min(SMALL[aspect])


@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", ["noir", "paper", "signal"])
def test_a_long_name_is_broken_and_stands_over_what_it_is(look: str, aspect: str) -> None:
    words = {"name": "Maison Verlaine-Aubertin & Fils", "descriptor": "Watchmakers in the valley of Joux-Dessus"}
    for variant in range(len(load_stagings(look).beats["reveal"])):
        name, says = (measure(look, "reveal", words, aspect, variant, text) for text in ("aubertin", "watchmakers"))
        assert name > 1.25 * says and name > 0.04 * min(SMALL[aspect]), variant
