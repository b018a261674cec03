"""The person's own pictures and clips are shown, or it is said that one is not."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Literal

import pytest

from planner.briefs import UNCERTAIN, WORKED
from planner.films import VEO, broken, made_up, seen, shown, unsaid
from reelwright.errors import BadInput
from reelwright.planner.match import clip_frames
from reelwright.planner.rules import plan
from reelwright.planner.screens.figures import split_figures
from reelwright.reel.base.value import Digest
from reelwright.reel.film.brief import Brief, Material
from reelwright.reel.film.plan import OwnFootage, Plan, compute_take_length
from reelwright.reel.graph.request import Request

Treatment = Literal["cutout", "screen", "photo", "clip"]


def material(number: int, treatment: Treatment, ms: int | None = None, *, sound: bool = False) -> Material:
    name = f"{treatment}-{number}"
    return Material(
        asset=Digest(f"{number:064x}"), name=name, treatment=treatment, width=1200, height=900, ms=ms, has_sound=sound
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


def film(name: str, **asked: object) -> Plan:
    return plan(Brief(text=WORKED["A"], materials=SETS[name], **asked)).plan  # type: ignore[arg-type]


@pytest.mark.parametrize("ms", [None, 3000, 6000, 20_000, 30_000, 45_000])
@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("brief", ["A", "B", "bumper"])
def test_every_material_is_seen_or_its_absence_is_said(name: str, ms: int | None, brief: str) -> None:
    text = {**WORKED, "bumper": 'For "Tern".'}[brief]
    try:
        planned = plan(Brief(text=text, length_ms=ms, materials=SETS[name]))
    except BadInput as refused:
        assert refused.field == "length" and ms
        return
    assert not unsaid(planned, SETS[name])
    assert broken(planned.plan) == [] and made_up(planned.plan, text) == []
    is_shorter = any("fill at most" in said for said in planned.messages)
    assert ms is None or is_shorter or planned.plan.length == ms * 30 // 1000


@pytest.mark.parametrize("name", SETS)
def test_where_no_length_is_asked_for_all_of_them_find_a_place(name: str) -> None:
    for text in ('For "Tern". "Carry less."', UNCERTAIN["lighthouse"]):
        planned = plan(Brief(text=text, materials=SETS[name]))
        wanted = {one.asset for one in SETS[name] if one.ms is None or one.ms >= 500}
        assert set(seen(planned.plan)) == wanted


def test_a_clip_that_is_too_short_to_be_seen_is_told_by_name() -> None:
    said = plan(Brief(text=WORKED["A"], materials=SETS["clips"])).messages
    assert [one for one in said if "is not shown" in one] == ["clip-3 is not shown: it is shorter than 500 ms."]


def test_a_picture_is_seen_or_told_by_name_where_there_is_little_time() -> None:
    planned = plan(Brief(text=WORKED["A"], length_ms=4000, materials=SETS["a photo"]))
    assert any("Not in 4 s" in one for one in planned.messages)
    assert seen(planned.plan) or any("“photo-1”" in one for one in planned.messages)


@pytest.mark.parametrize("ms", [None, 6000, 20_000, 30_000, 45_000])
@pytest.mark.parametrize("name", ["clips", "one of each"])
def test_a_clip_is_never_asked_for_more_than_it_has(name: str, ms: int | None) -> None:
    lengths = {one.asset: one.ms or 0 for one in SETS[name]}
    for shot in film(name, length_ms=ms).shots:
        if isinstance(shot.source, OwnFootage):
            assert shot.source.start + compute_take_length(shot) <= clip_frames(lengths[shot.source.asset], (30, 1))


def test_a_photo_stands_alone_and_moves_and_each_its_own_way() -> None:
    moves = []
    for shot in film("six photos").shots:
        if not isinstance(shot.source, OwnFootage) and shot.source.mode == "picture":
            assert not shot.words and shot.text_mode == "caption"
            moves.append(shot.source.extra["move"])
    assert len(moves) == 6 and len(set(moves)) > 1


def test_photos_stand_between_the_words_and_the_last_card_stays_last() -> None:
    made = film("six photos", length_ms=45_000)
    alone = [not shot.words for shot in made.shots]
    assert not alone[0] and not alone[-1] and made.beats[-1].name == "end_card"
    told = [n for n, one in enumerate(alone) if one]
    assert max(b - a for a, b in pairwise(told)) <= 4, "not all in one place"
    assert _list_words(made) == _list_words(plan(Brief(text=WORKED["A"])).plan)


def _list_words(film: Plan) -> list[dict[str, str]]:
    return [one for shot in film.shots if shot.words for one in split_figures(shot.words) or [dict(shot.words)]]


def test_a_cut_out_stands_beside_the_name_and_an_interface_beside_words() -> None:
    made = film("a cut-out")
    heroes = [shot for shot in made.shots if not isinstance(shot.source, OwnFootage) and shot.source.inputs]
    assert {hero.text_mode for hero in heroes} == {"drawn"}
    assert [hero for hero in heroes if hero.words.get("name") == "VoltCup"]
    for shot in film("screens").shots:
        if not isinstance(shot.source, OwnFootage) and shot.source.inputs:
            assert shot.words and shot.source.extra["words"] == shot.words


def test_pictures_that_stand_alone_come_in_the_order_in_which_they_are_given() -> None:
    alone = [shot.source for shot in film("six photos").shots if not shot.words]
    assert [one.inputs[0].asset for one in alone if isinstance(one, Request)] == [
        one.asset for one in SETS["six photos"]
    ]


HUT = (
    "The mountain hut Silbergrat. 24 beds. Open from June to October. Three hours on foot from Lower Marten. "
    "A bed costs 48 euros. Reserve at silbergrat.example."
)


def _list_pictures(count: int) -> list[Digest | None]:
    made = plan(Brief(text=HUT, materials=tuple(material(i, "photo") for i in range(count)))).plan
    sources = [shot.source for shot in made.shots]
    return [one.inputs[0].asset if isinstance(one, Request) and one.inputs else None for one in sources]


@pytest.mark.parametrize(("count", "part"), [(1, 0.4), (2, 0.6), (3, 0.9)])
def test_photographs_come_again_beside_words_and_never_twice_in_a_row(count: int, part: float) -> None:
    shown = _list_pictures(count)
    assert shown[-1], "the last card shows what is sold"
    assert sum(one is not None for one in shown) >= len(shown) * part
    assert all(one is None or one != other for one, other in pairwise(shown))
    assert max(map(shown.count, set(shown) - {None})) <= len(shown) // count + 1, "each as often as the others"


def test_a_photograph_stands_beside_the_words_that_its_file_is_named_after() -> None:
    brief = "Casa Lola. Gazpacho. Arroz al horno. Flan casero. Abierto de lunes a viernes. Reservas en casalola.example"
    files = [replace(material(n, "photo"), name=f"{name}.png") for n, name in enumerate(("flan", "arroz-2", "IMG_1"))]
    made = plan(Brief(text=brief, materials=tuple(files))).plan
    beside = {
        str(shot.words["line"]): shot.source.inputs[0].asset
        for shot in made.shots[:-1]
        if isinstance(shot.source, Request) and shot.source.inputs and "line" in shot.words
    }
    assert beside["Flan casero"] == files[0].asset and beside["Arroz al horno"] == files[1].asset
    assert set(beside.values()) - {files[2].asset} == {files[0].asset, files[1].asset}
    assert sum(one in (files[0].asset, files[1].asset) for one in beside.values()) == 2, "and beside no other words"


def test_a_clip_with_sound_is_ducked_and_one_without_is_silent() -> None:
    sounds = {shot.source.asset: shot.sound for shot in film("clips").shots if isinstance(shot.source, OwnFootage)}
    assert sounds == {SETS["clips"][0].asset: "duck", SETS["clips"][1].asset: "mute"}


def test_two_files_of_one_name_are_both_shown() -> None:
    one, other = material(1, "photo"), material(2, "photo")
    object.__setattr__(other, "name", one.name)
    made = plan(Brief(text=WORKED["A"], materials=(one, other))).plan
    assert set(seen(made)) == {one.asset, other.asset}


@pytest.mark.parametrize("name", SETS)
def test_a_video_model_takes_no_own_picture_away(name: str) -> None:
    planned = plan(Brief(text='For "Tern". "Carry less."', materials=SETS[name], models=(VEO,)))
    wanted = {one.asset for one in SETS[name] if one.ms is None or one.ms >= 500}
    assert set(seen(planned.plan)) == wanted and made_up(planned.plan, 'For "Tern". "Carry less."') == []
    assert shown(planned.plan)


def test_beside_a_clip_too_short_to_be_shown_the_words_of_a_brief_are_the_film() -> None:
    blink = Material(asset=Digest("e" * 64), name="blink.mp4", treatment="clip", width=1920, height=1080, ms=300)
    planned = plan(Brief(text=UNCERTAIN["lighthouse"], materials=(blink,)))
    assert any("blink.mp4 is not shown: it is shorter than 500 ms" in said for said in planned.messages)
    assert seen(planned.plan) == [] and shown(planned.plan)


@pytest.mark.parametrize("ms", [6001, 6016, 6034, 6999])
def test_a_length_between_two_frames_is_kept_to_the_frame(ms: int) -> None:
    film = plan(Brief(text=WORKED["A"], length_ms=ms)).plan
    assert abs(1000 * film.seconds - ms) <= 17
