"""Nothing that was given is lost: every word of every role, and a picture of every kind, is in the display list."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

from media.animatic_lint import WORDS, lint
from media.animatic_words import LATIN, asked
from media.figure_words import FIGURES
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.drawables import Several
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.treatments import Picture, load_picture
from reelwright.media.looks.registry import list_look_names, load_look, load_stagings
from reelwright.media.staging.roles import STAGED_ROLES

STAGINGS = [
    (look, beat, variant)
    for look in list_look_names()
    for beat, rows in load_stagings(look).beats.items()
    for variant in range(len(rows))
]
OF_SLAM = [one for one in STAGINGS if one[0] == "slam"]
"""What is checked by the drawables that Slam uses; another look draws its strikes and pictures by its own."""
SMALL = {"source": "Source: audit of 2 March 2026."}
EXTRA = {
    "brand": {"name": "Strida"},
    "end_card": {"line": "Run softer"},
    "testimonial": {"role": "Runs in Ghent"},
}
SMALL_SIZES = [(270, 480), (480, 270), (270, 270), (270, 338)]
KINDS = ("cutout", "photo", "screen", "none")
NUMBERS = frozenset({"ratio_milli", "chart"})
"""Roles that are no text: how long a bar is, how figures are drawn."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Picture]]:
    folder = tmp_path_factory.mktemp("pictures")
    cutout = np.zeros((120, 70, 4), np.uint8)
    cutout[10:-10, 10:-10] = (120, 60, 40, 255)
    Image.fromarray(cutout, "RGBA").save(folder / "cutout.png")
    ramp = np.linspace(0, 255, 160 * 100 * 3).reshape(100, 160, 3).astype(np.uint8)
    Image.fromarray(ramp, "RGB").save(folder / "photo.png")
    Image.fromarray(ramp, "RGB").save(folder / "screen.png")
    return {kind: [load_picture(folder / f"{kind}.png", kind)] for kind in KINDS[:3]} | {"none": []}


def read_text(scene: Scene) -> str:
    """All that is read in a shot, without blanks and hyphens of line ends; a name may be the huge word of its shot."""
    return _bare("".join(layer.text for layer in scene.layers if layer.role in WORDS or layer.group == "word"))


def list_lost_words(words: dict[str, str], scene: Scene) -> list[str]:
    """The words of a request that stand nowhere in its display list."""
    shown = read_text(scene)
    return [
        f"{role}: {word}"
        for role, text in words.items()
        if role not in NUMBERS
        for word in re.split(r"[\s|]+", text)
        if _bare(word) not in shown
    ]


def _bare(text: str) -> str:
    return re.sub(r"[\s\-‐­]+", "", text).casefold()


@pytest.mark.sampled("turn")
@pytest.mark.parametrize("turn", range(len(SMALL_SIZES)))
@pytest.mark.parametrize("look", list_look_names())
def test_every_word_of_every_role_is_drawn_and_small_print_is_legible_and_touches_no_other(
    look: str, turn: int, pictures: dict[str, list[Picture]]
) -> None:
    """Every staging in every size and beside every picture; a ``turn`` pairs each size with one of them."""
    for number, (_, beat, variant) in enumerate(one for one in STAGINGS if one[0] == look):
        words = {**LATIN[beat], **EXTRA.get(beat, {}), **(SMALL if "source" in STAGED_ROLES[beat] else {})}
        for place, size in enumerate(SMALL_SIZES):
            kind = KINDS[(place + number + turn) % len(KINDS)]
            scene = stage_scene(asked(beat, words, size, look=look, variant=variant), pictures[kind])
            assert list_lost_words(words, scene) == [], (beat, variant, size, kind)
            if "source" in STAGED_ROLES[beat]:
                assert lint(scene) == [], (beat, variant, size, kind)


@pytest.mark.parametrize("look", list_look_names())
def test_source_and_legal_together_are_drawn_beside_a_picture(look: str, pictures: dict[str, list[Picture]]) -> None:
    words = {**LATIN["brand"], **SMALL, "legal": "Terms of 3 April 2025 apply."}
    for variant in range(len(load_stagings(look).beats["brand"])):
        for size in SMALL_SIZES:
            scene = stage_scene(asked("brand", words, size, look=look, variant=variant), pictures["photo"])
            assert list_lost_words(words, scene) == [] and lint(scene) == [], (variant, size)
            assert any(layer.role == "picture" for layer in scene.layers), (variant, size)


@pytest.mark.sampled
@pytest.mark.parametrize("look", list_look_names())
@pytest.mark.parametrize("kind", FIGURES)
def test_every_word_and_number_of_a_board_or_chart_is_drawn_as_it_is_written(look: str, kind: str) -> None:
    words, language = FIGURES[kind]
    shown = {role: text.replace(":**", "").replace("：**", "").replace("**", "") for role, text in words.items()}
    for size in SMALL_SIZES[:3]:
        scene = stage_scene(asked("proof", words, size, look=look, language=language, variant=2), [])
        assert list_lost_words(shown, scene) == [], size


@pytest.mark.parametrize(("look", "beat", "variant"), OF_SLAM)
@pytest.mark.parametrize("kind", ["cutout", "photo", "screen"])
def test_a_picture_of_every_kind_is_drawn(
    look: str, beat: str, variant: int, kind: str, pictures: dict[str, list[Picture]]
) -> None:
    for size in SMALL_SIZES:
        scene = stage_scene(asked(beat, LATIN[beat], size, look=look, variant=variant), pictures[kind])
        assert any(layer.role == "picture" for layer in scene.layers), size


LONG_ROLE = {"reveal": "name", "testimonial": "quote", "offer": "deal", "transformation": "after", "end_card": "name"}
"""The role of the longest words of a beat, where that is not its line."""


@pytest.mark.parametrize(
    ("look", "beat", "variant"), [one for one in OF_SLAM if STAGED_ROLES[one[1]] and one[1] != "proof"]
)
@pytest.mark.parametrize("text", ["No phones.|No photos.|No end.", "EUR 18|before midnight|at the door|only|tonight"])
def test_the_line_breaks_that_a_person_wrote_hold(look: str, beat: str, variant: int, text: str) -> None:
    """Techno, 0 s: three lines became two, and the joke is the third alone (2026-11-24)."""
    for size in SMALL_SIZES:
        words = {LONG_ROLE.get(beat, "line"): text}
        scene = stage_scene(asked(beat, words, size, look=look, variant=variant), [])
        shown = {_bare(layer.text) for layer in scene.layers if layer.role in WORDS}
        joined = [line for line in shown for part in text.split("|") if _bare(part) in line and line != _bare(part)]
        assert not joined, size


@pytest.mark.parametrize(
    ("look", "beat", "variant"), [one for one in OF_SLAM if STAGED_ROLES[one[1]] and one[1] != "proof"]
)
def test_a_line_that_is_struck_has_a_bar_through_each_of_its_lines(look: str, beat: str, variant: int) -> None:
    """Clinic, 16.5 s, and release, 31.2 s: a struck line stood on the screen as if it were meant (2026-11-24)."""
    for size in SMALL_SIZES:
        words = {LONG_ROLE.get(beat, "line"): "~~Four dashboards~~ | ~~every single morning~~"}
        scene = stage_scene(asked(beat, words, size, look=look, variant=variant), [])
        at = scene.poster_frame
        shown = [one for one in scene.layers if one.role in WORDS and one.find_pose(at)]
        bars = [one.box for one in scene.layers if one.group == "strike" and one.find_pose(scene.frames - 1)]
        for line in shown:
            through = any(box.top < line.box.centre[1] + line.size and box.bottom > line.box.top for box in bars)
            assert isinstance(line.drawable, Several) or through, (size, line.text)


@pytest.mark.parametrize(
    ("beat", "words"),
    [
        ("transformation", {"before": "~~EUR 25~~", "after": "EUR 18 before midnight"}),
        ("transformation", {"before": "~~Was EUR 1,250 a month~~", "after": "EUR 890 a month from May"}),
        ("offer", {"deal": "~~EUR 120~~ EUR 96 this week"}),
        ("offer", {"deal": "~~EUR 25~~|EUR 18 before midnight", "code": "EARLY"}),
    ],
)
def test_a_new_price_is_at_least_1_6_times_as_high_as_the_old_one(beat: str, words: dict[str, str]) -> None:
    """Techno, 18.4 s: the old price was 2.6 times as high as the new one, and not struck (2026-11-24)."""
    old, new = re.findall(r"\d[\d,]*", " ".join(words.values()))[:2]
    for size in SMALL_SIZES:
        scene = stage_scene(asked(beat, words, size), [])
        layers = [one for one in scene.layers if one.role in WORDS]
        struck = [one for one in layers if old in one.text]
        has_line = any(one.group == "strike" for one in scene.layers)
        assert struck and all(isinstance(one.drawable, Several) or has_line for one in struck)
        assert min(one.size for one in layers if new in one.text) >= 1.6 * max(one.size for one in struck), size


@pytest.mark.parametrize("look", list_look_names())
def test_no_shot_is_carried_into_a_beat_that_opens_on_more_than_one_colour(look: str) -> None:
    """Bakery, 5.8 s: five white frames between two black screens read as a flash (2026-11-24)."""
    found, stagings = load_look(look), load_stagings(look)
    for before, following in {(before, beat) for before, beats in found.carries.items() for beat in beats}:
        words = LATIN[following]
        grounds = {
            stage_scene(asked(following, words, (320, 180), look=look, variant=variant, after=before), []).ground
            for variant in range(len(stagings.beats[following]))
        }
        assert grounds == {found.palette.get_colour(found.opens[following])}, following
