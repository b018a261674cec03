"""The emblem, a drawing of what the film is about: each look shows it beside the name, and words stay as they were."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from media.animatic_contrast import measure_worst_contrast
from media.animatic_lint import WORDS, find_crowded_frames, lint
from media.animatic_words import LATIN, SETS, SIZES, SMALL, asked
from reelwright.errors import BadInput
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.base.skia_loader import load_skia
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.strokes import add_edge, fill_holes
from reelwright.media.emblems import CLOCK_FACES, DAYS, FACE, FIRST_CLOCK, FIRST_PAGE, load_emblems
from reelwright.media.looks.registry import list_look_names, load_look, load_stagings
from reelwright.media.looks.slam.motifs import show_emblem
from reelwright.media.staging.dates import find_clock_face, find_day
from reelwright.media.staging.shot_request import ShotRequest, read_shot_request
from reelwright.media.staging.stage import Stage
from reelwright.media.typeset.faces import load_face

skia = load_skia()

_SHOWING = ("reveal", "end_card")


def stage_with(emblem: str, request: ShotRequest) -> Scene:
    return stage_scene(replace(request, emblem=emblem), [])


def render(scene: Scene) -> np.ndarray:
    return np.frombuffer(bytes(Painter(scene, grain_strength=0).render_frame(scene.poster_frame)), np.uint8)


def test_the_face_holds_the_emblems_and_nothing_else() -> None:
    glyphs = {emblem.glyph for emblem in load_emblems().values()}
    pages = {chr(ord(FIRST_PAGE) + day) for day in range(DAYS + 1)}
    clocks = {chr(ord(FIRST_CLOCK) + face) for face in range(CLOCK_FACES)}
    assert {chr(code) for code in load_face(FACE).characters} == glyphs | pages | clocks
    assert len(glyphs) == len(load_emblems())


def test_what_stands_beside_a_thing_is_another_emblem() -> None:
    for name, emblem in load_emblems().items():
        beside = emblem.beside.split()
        assert set(beside) <= load_emblems().keys() - {name} and len(set(beside)) == len(beside), name


def test_the_edge_of_a_cut_out_is_round_about_its_corners() -> None:
    """Film of a night run, 2026-11-30: white splinters stood out around a sticker where its edge turned."""
    square = skia.Path()
    square.addRect(skia.Rect.MakeLTRB(0, 0, 100, 100))
    whole = fill_holes(add_edge(square, 20))
    for x, y in ((-13, -13), (113, -13), (113, 113), (-13, 113)):
        assert whole.contains(x, y), (x, y)
    assert not whole.contains(-16, -16)


@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", list_look_names())
def test_the_name_and_the_last_screen_show_the_emblem(look: str, aspect: str) -> None:
    for beat in _SHOWING:
        for variant in range(3):
            request = asked(beat, LATIN[beat], SMALL[aspect], look=look, variant=variant)
            tooth, ferry, bare = (render(stage_with(emblem, request)) for emblem in ("tooth", "ferry", ""))
            if look == "paper" and beat == "end_card" and np.array_equal(tooth, bare):
                continue  # a wreath around the initials
            assert not np.array_equal(tooth, bare) and not np.array_equal(tooth, ferry), (beat, variant)


@pytest.mark.sampled
@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize("look", list_look_names())
def test_words_stay_live_and_apart_beside_an_emblem(look: str, kind: str, aspect: str) -> None:
    words, language = SETS[kind]
    for beat, rows in load_stagings(look).beats.items():
        for variant in range(max(3, len(rows))):
            request = asked(beat, words[beat], SIZES[aspect], language=language, look=look, variant=variant)
            scene = stage_with("ferry", request)
            assert lint(scene) == [], (beat, variant)
            assert scene.fit >= 0.55, (beat, variant)


@pytest.mark.parametrize("look", list_look_names())
def test_a_screen_shows_the_thing_that_its_words_name_in_every_composition(look: str) -> None:
    for size in SMALL.values():
        for beat in ("hook", "agitate", "benefit", "demo", "brand"):
            for variant in range(3):
                words = {"line": LATIN[beat]["line"]}
                request = replace(asked(beat, words, size, look=look, variant=variant), is_emblem_named=True)
                scene = stage_with("umbrella", request)
                assert lint(scene) == [], (beat, variant, size)
                assert not np.array_equal(render(scene), render(stage_with("piano", request))), (beat, variant)


@pytest.mark.sampled
@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize("look", list_look_names())
def test_a_number_stands_beside_the_thing_that_it_counts(look: str, kind: str, aspect: str) -> None:
    words, language = SETS[kind]
    number = {role: text for role, text in words["proof"].items() if role not in ("a", "b", "ratio_milli")}
    for variant in range(4):
        request = asked("proof", number, SIZES[aspect], language=language, look=look, variant=variant)
        request = replace(request, is_emblem_named=True)
        scene = stage_with("dog", request)
        assert lint(scene) == [], variant
        assert scene.fit >= 0.55, variant
        bare = {role: text for role, text in number.items() if role != "source"}
        if kind != "long":  # words, and what is small, come first where a frame has no room for all
            request = replace(request, words=bare)
            assert not np.array_equal(render(stage_with("dog", request)), render(stage_with("piano", request))), variant


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("Sat 4 Oct and Sat 11 Oct, 8.30-12.30", 4),
        ("On May 21st", 21),
        ("sobota 17 maja, godz. 19", 17),
        ("10月1日から", 1),
        ("30日間無料", None),
        ("Saturday the 19th, 2 to 4", 19),
        ("mardi 1er juillet", 1),
        ("from 6 to 14 on Mondays", None),
        ("في ١٢ مايو", None),
        ("39 May Road", None),
        ("रविवार, 16 नवंबर 2025", 16),
        ("12 травня о 19:00", 12),
    ],
)
def test_the_page_of_a_calendar_shows_the_day_that_the_line_names(line: str, day: int | None) -> None:
    assert find_day(line) == day
    stage = Stage(
        replace(asked("benefit", {"line": line}, SMALL["16:9"], look="grid"), emblem="calendar"), load_look("grid"), []
    )
    assert stage.typeset_emblem("").text == chr(ord(FIRST_PAGE) + (day or 0))


@pytest.mark.parametrize(
    ("line", "hour"),
    [
        ("火曜 19:30", 7.5),
        ("Dienstag bis Sonntag 10–18 Uhr", 10),
        ("4-6pm", 4),
        ("11am - 3pm", 11),
        ("Doors 12.10 pm", 0),
        ("शाम 6 बजे", 6),
        ("من 4 إلى 8 مساءً", 4),
        ("下午3点", 3),
        ("à 20h30", 8.5),
        ("Buses 4 and 17", None),
        ("from €12.50 to €18", None),
        ("rooms 4 to 8", None),
        ("at 9.50 €", None),
        ("Week 2 starts Monday", None),
        ("Every Tuesday at 5 locations", None),
        ("Sundays at 12 Elm Road", None),
        ("Friday: 12h of music", None),
        ("月曜日は2時間無料", None),
        ("ab 20 h", 8),
    ],
)
def test_the_hands_of_a_clock_show_the_hour_that_the_line_names(line: str, hour: float | None) -> None:
    assert find_clock_face(line) == (None if hour is None else hour * 2)
    stage = Stage(
        replace(asked("benefit", {"line": line}, SMALL["16:9"], look="grid"), emblem="clock"), load_look("grid"), []
    )
    own = load_emblems()["clock"].glyph
    assert stage.typeset_emblem("").text == (own if hour is None else chr(ord(FIRST_CLOCK) + round(hour * 2)))


@pytest.mark.parametrize("look", ["grid", "paper", "riso"])
def test_an_emblem_that_a_line_names_stands_whole_inside_a_wide_frame(look: str) -> None:
    wide, high = SMALL["16:9"]

    def draw_last(emblem: str, variant: int) -> np.ndarray:
        words = asked("benefit", {"line": "A bed"}, SMALL["16:9"], look=look, variant=variant)
        scene = stage_with(emblem, replace(words, is_emblem_named=True))
        frame = bytes(Painter(scene, grain_strength=0).render_frame(words.frames - 1))
        return np.frombuffer(frame, np.uint8).reshape(high, wide, -1).astype(int)

    for variant in range(5):
        columns = np.abs(draw_last("bed", variant) - draw_last("ring", variant)).max((0, 2)) > 40
        places = np.flatnonzero(columns)
        assert len(places) and 0.01 * wide < places[0] and places[-1] < 0.985 * wide, (variant, places[[0, -1]])


@pytest.mark.parametrize(
    ("address", "emblem"),
    [("07700 900 265", "phone"), ("jo@mill.example", "letter"), ("mill.example", "globe"), ("Lindenweg 8", "pin")],
)
@pytest.mark.parametrize("look", list_look_names())
def test_a_last_card_without_a_name_shows_its_address_largest(look: str, address: str, emblem: str) -> None:
    for aspect, size in SIZES.items():
        words = {"line": "Write to us", "url": address}
        request = read_shot_request({"staging": "end_card", "words": words, "size": size, "frames": 75, "look": look})
        assert request.emblem == emblem
        scene = stage_scene(request, [])
        assert lint(scene) == [], aspect
        sizes = {
            text: max(one.size for one in scene.layers if one.text and one.text.casefold() in text.casefold())
            for text in (address, words["line"])
        }
        if look != "slam":  # it sets the call largest, and the address on its button
            assert sizes[address] > sizes[words["line"]], aspect


@pytest.mark.parametrize("look", list_look_names())
def test_a_last_card_with_nothing_but_a_number_shows_it_large(look: str) -> None:
    """Waterworks, 2026-11-29: an empty panel of ``grid`` with the number on a small button."""
    for aspect, size in SIZES.items():
        words = {"url": "0800 555 0199"}
        request = read_shot_request({"staging": "end_card", "words": words, "size": size, "frames": 75, "look": look})
        scene = stage_scene(request, [])
        assert lint(scene) == [], aspect
        largest = max((one for one in scene.layers if one.role in WORDS), key=lambda one: one.size)
        assert largest.text.replace("\u00a0", " ") == "0800 555 0199", aspect
        assert largest.box.width > 0.25 * size[0], aspect


@pytest.mark.sampled
@pytest.mark.parametrize("emblem", ["tooth", "castle", "fireworks"])
@pytest.mark.parametrize("look", list_look_names())
def test_words_are_legible_before_an_emblem(look: str, emblem: str) -> None:
    for size in SMALL.values():
        for beat in (*_SHOWING, "hook", "brand"):
            for variant in range(3):
                scene = stage_with(emblem, asked(beat, LATIN[beat], size, look=look, variant=variant))
                bare = stage_with("", asked(beat, LATIN[beat], size, look=look, variant=variant))
                usual = measure_worst_contrast(bare)
                for text, contrast in measure_worst_contrast(scene).items():
                    assert contrast >= min(4.5, usual.get(text, 4.5)), (beat, variant, size, text)


@pytest.mark.parametrize("look", list_look_names())
def test_at_most_three_things_move_at_once_beside_an_emblem(look: str) -> None:
    for size in (SMALL["9:16"], SMALL["16:9"]):
        for beat in _SHOWING:
            for variant in range(3):
                scene = stage_with("castle", asked(beat, LATIN[beat], size, look=look, variant=variant))
                assert find_crowded_frames(scene) == [], (beat, variant)


@pytest.mark.parametrize("beat", ["hook", "demo", "benefit", "brand", "offer"])
def test_slam_shows_an_emblem_whole_and_strewn_in_turn(beat: str) -> None:
    words = {"deal": "Brake service 25 euros"} if beat == "offer" else {"line": "Most repairs take 40 minutes"}
    kinds = set()
    for variant in range(len(load_look("slam").motifs[beat])):
        request = replace(asked(beat, words, SMALL["16:9"], look="slam", variant=variant), emblem="wrench")
        stage = Stage(request, load_look("slam"), [])
        show_emblem(stage)
        (picture,) = stage.pictures
        kinds.add(id(picture.image))
        assert picture.is_sticker and not stage.has_own_picture
    assert len(kinds) == 2


@pytest.mark.parametrize(
    ("look", "beat"), [("riso", "demo"), ("riso", "benefit"), ("grid", "benefit"), ("paper", "brand")]
)
def test_a_screen_that_names_nothing_shows_what_the_film_is_about_in_some_composition(look: str, beat: str) -> None:
    requests = [
        asked(
            beat, {"line": "Look around and take all the time in the world"}, SMALL["16:9"], look=look, variant=variant
        )
        for variant in range(len(load_look(look).motifs[beat]))
    ]
    bare = [render(stage_with("", request)) for request in requests]
    shown = [render(stage_with("note", request)) for request in requests]
    assert sum(not np.array_equal(one, other) for one, other in zip(bare, shown, strict=True)) * 3 >= len(requests)


def test_an_emblem_that_is_none_of_ours_is_refused_with_the_names() -> None:
    args = {"staging": "reveal", "size": [180, 320], "frames": 30, "words": {"name": "Juno"}, "emblem": "gryphon"}
    with pytest.raises(BadInput) as refused:
        read_shot_request(args)
    assert refused.value.field == "emblem" and "tooth" in refused.value.accepted
