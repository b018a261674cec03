"""Nothing that was given is lost: every word of every role, and a picture of every kind, is in the display list."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image

from media.animatic_lint import WORDS, lint
from media.animatic_words import LATIN, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.treatments import Picture, load_picture
from reelwright.media.looks.registry import list_look_names, load_stagings
from reelwright.media.staging.roles import STAGED_ROLES

STAGINGS = [
    (look, beat, variant)
    for look in list_look_names()
    for beat, rows in load_stagings(look).beats.items()
    for variant in range(len(rows))
]
SMALL = {"source": "Source: audit of 2 March 2026."}
EXTRA = {
    "brand": {"name": "Strida"},
    "end_card": {"line": "Run softer"},
    "testimonial": {"role": "Runs in Ghent"},
}
SMALL_SIZES = [(270, 480), (480, 270), (270, 270), (270, 338)]
NUMBERS = frozenset({"ratio_milli"})
"""Roles that are no text: how long a bar is."""


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Picture]]:
    folder = tmp_path_factory.mktemp("pictures")
    cutout = np.zeros((120, 70, 4), np.uint8)
    cutout[10:-10, 10:-10] = (120, 60, 40, 255)
    Image.fromarray(cutout, "RGBA").save(folder / "cutout.png")
    ramp = np.linspace(0, 255, 160 * 100 * 3).reshape(100, 160, 3).astype(np.uint8)
    Image.fromarray(ramp, "RGB").save(folder / "photo.png")
    Image.fromarray(ramp, "RGB").save(folder / "screen.png")
    return {kind: [load_picture(folder / f"{kind}.png", kind)] for kind in ("cutout", "photo", "screen")} | {"none": []}


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


@pytest.mark.parametrize(("look", "beat", "variant"), STAGINGS)
def test_every_word_of_every_role_is_drawn(
    look: str, beat: str, variant: int, pictures: dict[str, list[Picture]]
) -> None:
    words = {**LATIN[beat], **EXTRA.get(beat, {}), **(SMALL if "source" in STAGED_ROLES[beat] else {})}
    for size in SMALL_SIZES:
        for kind, given in pictures.items():
            scene = stage_scene(asked(beat, words, size, look=look, variant=variant), given)
            assert list_lost_words(words, scene) == [] and lint(scene) == [], (size, kind)


@pytest.mark.parametrize(("look", "beat", "variant"), STAGINGS)
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
    ("look", "beat", "variant"), [one for one in STAGINGS if STAGED_ROLES[one[1]] and one[1] != "proof"]
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
