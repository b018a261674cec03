"""The display lists of all beats: nothing leaves the safe area, overlaps, fades into its ground or grows too small."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest

from media.animatic_lint import WORDS, find_box, find_crowded_frames, find_moving_groups, lint
from media.animatic_words import LATIN, SETS, SIZES, SMALL, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.treatments import Picture, load_picture
from reelwright.media.looks.slam import STAGINGS
from reelwright.media.staging.shot_request import BEATS

ALL = [(beat, variant) for beat in BEATS for variant in range(len(STAGINGS.beats[beat]))]


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Picture]]:
    """None, an upright and a lying cut-out, a photo and a screen, all drawn here."""
    import numpy as np
    from PIL import Image

    folder = tmp_path_factory.mktemp("pictures")
    made: dict[str, list[Picture]] = {"none": []}
    for name, size, kind in (("upright", (60, 120), "cutout"), ("lying", (150, 90), "cutout")):
        pixels = np.zeros((size[1] + 20, size[0] + 20, 4), np.uint8)
        pixels[10:-10, 10:-10] = (120, 60, 40, 255)
        Image.fromarray(pixels, "RGBA").save(folder / f"{name}.png")
        made[name] = [load_picture(folder / f"{name}.png", kind)]
    for name, size in (("photo", (200, 200)), ("screen", (160, 100)), ("phone", (90, 190))):
        ramp = np.linspace(0, 255, size[0] * size[1] * 3).reshape(size[1], size[0], 3).astype(np.uint8)
        Image.fromarray(ramp, "RGB").save(folder / f"{name}.png")
        made[name] = [load_picture(folder / f"{name}.png", "photo" if name == "photo" else "screen")]
    return made


@pytest.mark.sampled
@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("kind", SETS)
def test_words_stay_live_legible_and_apart_in_every_script_length_and_aspect(kind: str, aspect: str) -> None:
    words, language = SETS[kind]
    for beat, variant in ALL:
        scene = stage_scene(asked(beat, words[beat], SIZES[aspect], language=language, variant=variant), [])
        assert lint(scene) == [], (beat, variant)
        assert scene.fit >= 0.55, (beat, variant)


@pytest.mark.parametrize("aspect", SIZES)
def test_words_that_are_few_are_set_large_where_there_is_no_picture(aspect: str) -> None:
    """One short word stands an eighth of the frame high at least, or a quarter of it wide."""
    words, _ = SETS["short"]
    for beat, variant in ALL:
        scene = stage_scene(asked(beat, words[beat], SIZES[aspect], variant=variant), [])
        boxes = [layer.box for layer in scene.layers if layer.role == "headline"]
        high = max((box.height / scene.size[1] for box in boxes), default=1.0)
        wide = max((box.width / scene.size[0] for box in boxes), default=1.0)
        assert max(high, wide / 2) >= 0.13, (beat, variant, round(high, 3), round(wide, 3))


PICTURES = ["upright", "lying", "photo", "screen", "phone"]


@pytest.mark.parametrize("kind", PICTURES)
def test_words_stay_live_legible_and_apart_beside_any_picture(kind: str, pictures: dict[str, list[Picture]]) -> None:
    check_words_beside(pictures[kind], SMALL)


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize("kind", PICTURES)
def test_words_stay_live_legible_and_apart_beside_any_picture_in_a_whole_frame(
    kind: str, pictures: dict[str, list[Picture]]
) -> None:
    check_words_beside(pictures[kind], SIZES)


def check_words_beside(picture: list[Picture], sizes: Mapping[str, tuple[int, int]]) -> None:
    """Check the words of every staging beside a picture in frames of these sizes."""
    for size in sizes.values():
        for beat, variant in ALL:
            scene = stage_scene(asked(beat, LATIN[beat], size, variant=variant), picture)
            assert lint(scene) == [], (beat, variant, size)


@pytest.mark.parametrize("kind", ["none", "lying"])
def test_at_most_three_things_move_at_once(kind: str, pictures: dict[str, list[Picture]]) -> None:
    for size in (SMALL["9:16"], SMALL["16:9"]):
        for beat, variant in ALL:
            scene = stage_scene(asked(beat, LATIN[beat], size, variant=variant), pictures[kind])
            assert find_crowded_frames(scene) == [], (beat, variant)


def test_the_largest_words_are_three_times_the_smallest() -> None:
    for beat in ("hook", "reveal", "proof", "offer", "end_card"):
        for size in (SIZES["9:16"], SIZES["16:9"]):
            scene = stage_scene(asked(beat, LATIN[beat], size), [])
            sizes = [layer.size for layer in _words(scene)]
            small = [layer.size for layer in _words(scene) if layer.role in ("label", "legal")]
            assert not small or max(sizes) >= 3 * max(small) or beat == "offer", beat


def test_a_frame_read_from_the_right_is_mirrored() -> None:
    left = stage_scene(asked("benefit", {"line": "Run"}, SIZES["9:16"]), [])
    right = stage_scene(asked("benefit", {"line": "اركض"}, SIZES["9:16"], language="ar"), [])
    assert right.is_rtl and not left.is_rtl
    assert _words(left)[0].box.left == pytest.approx(left.live.left, abs=1)
    assert _words(right)[0].box.right == pytest.approx(right.live.right, abs=1)
    assert right.live.left == pytest.approx(1080 - left.live.right)


def test_lines_land_on_the_hits_of_the_music() -> None:
    scene = stage_scene(asked("hook", {"line": "One|two|three"}, SIZES["9:16"], hits=[0, 17, 34], after="brand"), [])
    starts = [min(lay.span[0] for lay in scene.layers if lay.group == f"line {n}") for n in range(3)]
    assert starts == [0, 17, 34]


def test_the_first_frame_is_already_full_but_for_the_reveals_empty_hold() -> None:
    for beat in BEATS:
        if beat in ("cold_open", "reveal"):
            continue
        scene = stage_scene(asked(beat, LATIN[beat], SIZES["9:16"]), [])
        shown = [find_box(lay, pose) for lay in scene.layers if lay.role == "headline" and (pose := lay.find_pose(0))]
        assert sum(box.height for box in shown) >= 80, beat  # the title of steps is one line


def test_an_end_card_is_settled_by_six_tenths_of_a_second() -> None:
    scene = stage_scene(asked("end_card", LATIN["end_card"], SIZES["9:16"]), [])
    assert all(not find_moving_groups(scene, frame) for frame in range(18, scene.frames - 1))


def test_a_shot_before_a_colour_ends_in_it() -> None:
    carried = stage_scene(asked("cta", LATIN["cta"], before="end_card"), [])
    assert carried.layers[-1].group == "carry"
    last = find_box(carried.layers[-1], carried.layers[-1].find_pose(carried.frames - 1))  # type: ignore[arg-type]
    assert last.top <= 0 and last.bottom >= carried.size[1]


def test_words_too_small_beside_a_picture_push_it_out_and_say_so(pictures: dict[str, list[Picture]]) -> None:
    long = "B" + 44 * "r"
    scene = stage_scene(asked("benefit", {"line": long}, SIZES["16:9"]), pictures["upright"])
    assert not [layer for layer in scene.layers if layer.role == "picture"]
    assert any("picture" in note for note in scene.notes)
    assert not [found for found in lint(scene) if found.check == "safe area"]


def _words(scene: Scene) -> list:
    return [lay for lay in scene.layers if lay.role in WORDS and lay.find_pose(scene.poster_frame) is not None]


@pytest.mark.sampled
@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("variant", [0, 1])
@pytest.mark.parametrize(
    ("number", "unit", "language"),
    [
        ("12,000", "bottles a year", "en"), ("60", "Stunden Akku", "de"), ("69", "年間ありがとう", "ja"),
        ("3", "مرضى من كيس واحد", "ar"),
    ],
)  # fmt: skip
def test_what_a_number_counts_stands_under_it_where_both_would_make_a_thin_line(
    number: str, unit: str, language: str, variant: int, aspect: str
) -> None:
    words = {"number": number, "unit": unit, "label": "Own count"}
    scene = stage_scene(asked("proof", words, SIZES[aspect], language=language, variant=variant), [])
    assert lint(scene) == []
    said = [layer for layer in _words(scene) if layer.role == "headline"]
    counted = next(layer for layer in said if layer.text == number)
    assert counted.box.height >= 0.10 * scene.size[1] or counted.box.width >= 0.6 * scene.size[0]
    under = [layer for layer in said if layer is not counted]
    assert under and all(layer.box.top >= counted.box.bottom for layer in under)
    assert len({layer.text for layer in under}) <= 2


def test_a_short_unit_stands_beside_its_number() -> None:
    for variant in (0, 1):
        scene = stage_scene(asked("proof", {"number": "60", "unit": "°C"}, SIZES["9:16"], variant=variant), [])
        assert [layer.text for layer in _words(scene) if layer.role == "headline"] == ["60°C"]


@pytest.mark.parametrize("aspect", SIZES)
def test_a_number_leaves_room_for_what_it_counts(aspect: str) -> None:
    """Whatever stands under it: a unit, one line or two, bars, and who says so."""
    numbers, units = ("1", "40"), ("", "%", "hours")
    labels = ("", "at noon", "hours on one charge", "minutes from the station to the door of your office on foot")
    values = {"a": "Conventional vacuum flask", "b": "VoltCup Professional", "ratio_milli": "620"}
    said = "Independent laboratory test with 420 participants, Stuttgart, September 2026"
    for number, unit, label, source, bars in itertools.product(numbers, units, labels, ("", said), ({}, values)):
        given = {"number": number, "unit": unit, "label": label, "source": source, **bars}
        words = {name: text for name, text in given.items() if text}
        for variant in range(len(STAGINGS.beats["proof"])):
            scene = stage_scene(asked("proof", words, SIZES[aspect], variant=variant), [])
            assert lint(scene) == [], (variant, words)


@pytest.mark.parametrize("size", [(270, 480), (270, 270), (270, 338)])
@pytest.mark.parametrize(
    "line",
    [
        "Aforo limitado a 90 personas; quien llega tarde se queda en la calle con su perro",
        "Every Tuesday from six to nine, all year round, with soup and bread for whoever comes",
    ],
)
def test_no_word_of_a_paragraph_stands_on_the_picture_under_it(
    pictures: dict[str, list[Picture]], size: tuple[int, int], line: str
) -> None:
    """The leaning edge rose into the end of the last line, black on a dark picture (2026-11-26)."""
    request = asked("brand", {"line": line}, size, look="slam", variant=1)
    scene = stage_scene(request, pictures["photo"])
    (edge,) = (layer.clips[-1].path for layer in scene.layers if layer.role == "picture")
    words = [layer.box for layer in scene.layers if layer.role in WORDS]
    assert words and not any(edge.contains(box.right, box.bottom) for box in words)
