"""The person's own pictures and clips become shots, and each is seen or its absence is said."""

from __future__ import annotations

from typing import Literal

import pytest

from planner.briefs import WORKED
from reelwright.planner.grammar import check
from reelwright.planner.match import clip_frames
from reelwright.planner.rules import plan
from reelwright.reel.brief import Brief, Material
from reelwright.reel.noun import Digest
from reelwright.reel.plan import Own, Plan, footage

Treatment = Literal["cutout", "screen", "photo", "clip"]


def material(number: int, treatment: Treatment, ms: int | None = None, *, sound: bool = False) -> Material:
    name = f"{treatment}-{number}"
    return Material(
        asset=Digest(f"{number:064x}"), name=name, treatment=treatment, width=1200, height=900, ms=ms, sound=sound
    )


SETS = {
    "a photo": (material(1, "photo"),),
    "six photos": tuple(material(i, "photo") for i in range(6)),
    "twenty photos": tuple(material(i, "photo") for i in range(20)),
    "a cut-out": (material(1, "cutout"),),
    "nine cut-outs": tuple(material(i, "cutout") for i in range(9)),
    "screens": (material(1, "screen"), material(2, "screen"), material(3, "screen")),
    "clips": (material(1, "clip", 4000, sound=True), material(2, "clip", 900), material(3, "clip", 100)),
    "one of each": (
        material(1, "cutout"), material(2, "photo"), material(3, "screen"), material(4, "clip", 12_000, sound=True),
    ),
}  # fmt: skip


def seen(film: Plan) -> set[str]:
    found: set[str] = set()
    for shot in film.shots:
        if isinstance(shot.source, Own):
            found.add(shot.source.asset)
        else:
            found.update(i.asset for i in shot.source.inputs if i.asset)
    return found


@pytest.mark.parametrize("ms", [1000, 3000, 6000, 20_000, 30_000, 60_000])
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("brief", ["A", "B"])
def test_every_material_is_seen_or_its_absence_is_said(name: str, ms: int, brief: str) -> None:
    planned = plan(Brief(text=WORKED[brief], length_ms=ms, materials=SETS[name]))
    shown = seen(planned.plan)
    for one in SETS[name]:
        assert one.asset in shown or any(said.startswith(f"{one.name} is not shown") for said in planned.said)
    assert check(planned.plan) == ()
    assert planned.plan.length == ms * 30 // 1000


@pytest.mark.parametrize("name", ["a photo", "a cut-out", "clips", "one of each"])
def test_a_few_materials_all_find_a_place_in_thirty_seconds(name: str) -> None:
    planned = plan(Brief(text=WORKED["A"], materials=SETS[name]))
    wanted = {one.asset for one in SETS[name] if one.ms is None or one.ms >= 500}
    assert seen(planned.plan) >= wanted


@pytest.mark.parametrize("ms", [6000, 20_000, 30_000, 60_000, 180_000])
@pytest.mark.parametrize("name", ["clips", "one of each"])
def test_a_clip_is_never_asked_for_more_than_it_has(name: str, ms: int) -> None:
    film = plan(Brief(text=WORKED["D"], length_ms=ms, materials=SETS[name])).plan
    lengths = {one.asset: one.ms or 0 for one in SETS[name]}
    for shot in film.shots:
        if isinstance(shot.source, Own):
            assert shot.source.start + footage(shot) <= clip_frames(lengths[shot.source.asset], film.fps)


def test_photos_move_and_no_direction_comes_three_times_in_a_row() -> None:
    film = plan(Brief(text=WORKED["A"], length_ms=60_000, materials=SETS["six photos"])).plan
    moves = [s.source.extra["move"] for s in film.shots if not isinstance(s.source, Own) and s.source.mode == "picture"]
    assert len(moves) >= 6
    assert all(len(set(moves[i : i + 3])) > 1 for i in range(len(moves) - 2))


def test_a_filling_picture_carries_captions_and_a_staged_take_its_own_words() -> None:
    film = plan(Brief(text=WORKED["A"], materials=SETS["one of each"])).plan
    for shot in film.shots:
        if isinstance(shot.source, Own) or shot.source.mode == "picture":
            assert shot.shows == "caption"
        else:
            assert shot.shows == "drawn"
            assert shot.source.extra["words"] == shot.words


def test_a_cut_out_is_the_hero_of_reveal_and_end_card() -> None:
    film = plan(Brief(text=WORKED["A"], materials=SETS["a cut-out"])).plan
    heroes = {
        beat.name
        for beat in film.beats
        for shot in beat.shots
        if not isinstance(shot.source, Own) and shot.source.extra.get("treatment") == "cutout"
    }
    assert {"reveal", "end_card"} <= heroes


def test_a_clip_with_sound_is_ducked_where_the_tone_lets_it_be_heard() -> None:
    quiet = plan(Brief(text=WORKED["D"], length_ms=30_000, materials=SETS["clips"])).plan
    assert any(shot.sound == "duck" for shot in quiet.shots)
    loud = plan(Brief(text=WORKED["A"], materials=SETS["clips"])).plan
    assert all(shot.sound == "mute" for shot in loud.shots)
