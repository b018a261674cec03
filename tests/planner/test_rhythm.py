"""How a film is cut: the tone's pace, varied lengths, cuts on the music, and pictures where they belong."""

from __future__ import annotations

import statistics
from fractions import Fraction

import pytest

from planner.briefs import BRIEFS, WORKED
from planner.test_materials import SETS, material
from reelwright.planner.grammar import check
from reelwright.planner.rhythm import most_shots
from reelwright.planner.rules import plan
from reelwright.reel.brief import Brief
from reelwright.reel.plan import Own, Plan, Shot

MUG, PLATFORM = material(1, "cutout"), material(2, "photo")


def voltcup(ms: int = 20_000) -> Plan:
    return plan(Brief(text=WORKED["A"], length_ms=ms, materials=(MUG, PLATFORM))).plan


def seconds(film: Plan) -> list[float]:
    return [shot.length * film.fps[1] / film.fps[0] for shot in film.shots]


def asset_of(shot: Shot) -> str | None:
    return shot.source.asset if isinstance(shot.source, Own) else next((i.asset for i in shot.source.inputs), None)


@pytest.mark.parametrize("ms", [20_000, 30_000])
def test_an_energetic_film_is_cut_fast_and_never_evenly(ms: int) -> None:
    film = voltcup(ms)
    lengths = seconds(film)
    assert len(lengths) == most_shots(ms)
    assert 0.33 <= statistics.pstdev(lengths) / statistics.mean(lengths) <= 0.7
    held = [shot.length for beat in film.beats if beat.name not in ("reveal", "cta", "end_card") for shot in beat.shots]
    assert max(held) <= 2.6 * 30
    assert check(film) == ()


def test_slow_tones_keep_their_long_shots() -> None:
    assert statistics.mean(seconds(plan(Brief(text=WORKED["B"])).plan)) > 3
    assert statistics.mean(seconds(plan(Brief(text=WORKED["E"])).plan)) > 3


@pytest.mark.parametrize("name", BRIEFS)
@pytest.mark.parametrize("ms", [6000, 15_000, 30_000, 60_000])
def test_no_film_has_more_shots_than_the_table_and_its_pictures_allow(name: str, ms: int) -> None:
    assert len(plan(Brief(text=BRIEFS[name], length_ms=ms)).plan.shots) <= most_shots(ms)


def test_most_cuts_fall_on_the_music() -> None:
    film = voltcup(30_000)
    assert film.bed and film.bed.bpm_milli
    half = Fraction(30 * 30_000, film.bed.bpm_milli)
    starts = [start for start, _ in film.windows().values()][1:]
    on = [at for at in starts if abs(at - round(at / half) * half) <= 1]
    assert len(on) * 10 >= len(starts) * 8


def test_a_photo_is_the_world_before_and_a_cut_out_the_hero() -> None:
    places: dict[str, set[str]] = {}
    film = voltcup()
    for beat in film.beats:
        for shot in beat.shots:
            places.setdefault(str(asset_of(shot)), set()).add(beat.name)
    assert places[str(PLATFORM.asset)] == {"problem"}
    assert {"hook", "reveal", "proof", "end_card"} <= places[str(MUG.asset)]
    assert "problem" not in places[str(MUG.asset)]


def test_a_hook_opens_on_its_line_and_shows_the_hero_then() -> None:
    first, second = voltcup().beats[0].shots
    assert asset_of(first) is None
    assert asset_of(second) == MUG.asset


def test_no_bug_is_drawn_where_the_product_is_seen_early() -> None:
    assert not any(shot.overlays for shot in voltcup().shots)
    bare = plan(Brief(text=WORKED["A"])).plan
    assert [o.text for shot in bare.shots for o in shot.overlays] == ["VoltCup"]


def test_a_picture_named_after_the_product_stands_after_its_reveal() -> None:
    named = material(3, "photo")
    object.__setattr__(named, "name", "voltcup-in-hand.jpg")
    film = plan(Brief(text=WORKED["A"], materials=(named,))).plan
    names = [beat.name for beat in film.beats]
    at = next(i for i, beat in enumerate(film.beats) for shot in beat.shots if asset_of(shot) == named.asset)
    assert at > names.index("reveal")


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("ms", [10_000, 20_000, 45_000])
def test_no_shot_is_too_short_to_be_seen(name: str, ms: int) -> None:
    film = plan(Brief(text=WORKED["A"], length_ms=ms, materials=SETS[name])).plan
    least = 18 if name != "clips" and name != "one of each" else 14
    assert min(shot.length for shot in film.shots) >= least


def test_shots_of_one_beat_show_different_things() -> None:
    for text in BRIEFS.values():
        for beat in plan(Brief(text=text, length_ms=30_000)).plan.beats:
            words = [tuple(sorted(shot.words.items())) for shot in beat.shots]
            assert len(set(words)) == len(words), (text, words)
