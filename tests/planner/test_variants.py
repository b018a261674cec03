"""Compositions of the screens of a film: none comes twice while the look has others, and what is drawn stays."""

from __future__ import annotations

import os
import subprocess
import sys

from reelwright.media.looks.registry import load_look
from reelwright.planner.match import read_place
from reelwright.planner.rules import plan_without_models
from reelwright.planner.screens.variants import Screen, choose_variants
from reelwright.reel.film.brief import Brief

MOTIFS = {"benefit": ("waves", "fruit", "arches"), "brand": ("fruit", "seal")}


def choose(*screens: Screen) -> list[str]:
    """Return what each screen shows."""
    variants = choose_variants(screens, MOTIFS)
    return [MOTIFS[one.role][variant] for one, variant in zip(screens, variants, strict=True)]


def test_no_motif_comes_again_while_its_beat_has_one_that_was_not_shown() -> None:
    for start in range(6):
        assert len({*choose(Screen(role="benefit", start=start), Screen(role="brand", start=start))}) == 2
        assert len({*choose(*(Screen(role="benefit", start=start + n * n) for n in range(3)))}) == 3


def test_where_a_motif_must_come_again_it_is_the_one_that_was_shown_longest_ago() -> None:
    shown = choose(*(Screen(role="benefit", start=n * 7) for n in range(6)))
    assert shown[:3] == shown[3:] and len(set(shown)) == 3


def test_a_screen_that_is_drawn_keeps_its_composition_and_counts() -> None:
    assert choose_variants(
        [
            Screen(role="benefit", start=0, earlier_variant=1),
            Screen(role="brand", start=0),
            Screen(role="benefit", start=1),
        ],
        MOTIFS,
    ) == [1, 1, 2]


def test_films_of_one_look_begin_with_different_compositions() -> None:
    assert len({tuple(choose(Screen(role="benefit", start=start))) for start in range(3)}) == 3


def test_a_bakery_shows_no_motif_of_its_look_twice_beside_words() -> None:
    text = (
        "Ad for Marlow & Finch, a small bakery in Tarrant Street. Sourdough baked at 4 every morning, cinnamon buns on "
        "Saturdays. Open Tuesday to Sunday. Come early: marlowfinch.example"
    )
    plan = plan_without_models(Brief(text=text)).plan
    motifs = load_look("riso").motifs
    places = [read_place(shot.source) for shot in plan.shots]  # type: ignore[arg-type]
    shown = [motifs[one.beat][one.variant] for one in places if one.beat in ("benefit", "brand", "hook")]
    assert len(shown) >= 3 and len(set(shown)) == len(shown)


def test_fruit_stands_in_films_about_food_alone() -> None:
    assert choose_variants([Screen(role="brand", start=0)] * 3, MOTIFS, ["fruit"]) == [1, 1, 1]
    text = (
        "“Rasa”: hand-woven saris. One loom. Six yards. No two alike. Woven in a week. Dyed with indigo. rasa.example"
    )
    plan = plan_without_models(Brief(text=text, look="riso")).plan
    places = [read_place(shot.source) for shot in plan.shots]  # type: ignore[arg-type]
    motifs = load_look("riso").motifs
    assert "orchard" not in [motifs[one.beat][one.variant] for one in places if one.beat in ("benefit", "brand")]


def test_what_a_film_is_about_does_not_hang_on_the_order_of_a_set() -> None:
    code = (
        "from reelwright.planner.look_choice import find_kind as kind; print(*map(kind, ('jazz band', 'soup kitchen')))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "4")
    }
    assert len(found) == 1
