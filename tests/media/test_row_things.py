"""The thing of each row: a list, steps and figures show one beside every row, and words stay as they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from media.animatic_contrast import measure_worst_contrast
from media.animatic_lint import lint
from media.animatic_words import SIZES, SMALL, asked
from media.figure_words import FIGURES
from reelwright.errors import BadInput
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.looks.registry import list_look_names, load_stagings
from reelwright.media.staging.shot_request import read_shot_request

ROWS: dict[str, tuple[str, Mapping[str, str], str]] = {
    kind: ("proof", words, language)
    for kind, (words, language) in FIGURES.items()
    if "chart" not in words and "rows" not in kind
}
ROWS["steps"] = ("demo", {"steps": "Sign up|Collect your lamp|Run"}, "en")
ROWS["long steps"] = (
    "demo",
    {"steps": "Press the lid once to wake it|Choose your favourite temperature|Forget it"},
    "en",
)
ROWS["hebrew steps"] = ("demo", {"steps": "מצלמים את הדירה|מקבלים מחיר סופי|שותים קפה"}, "he")
THINGS = ("dog", "piano", "umbrella", "ferry", "tooth", "bread")


def stage(look: str, kind: str, size: tuple[int, int], variant: int, things: tuple[str, ...] = THINGS) -> Scene:
    beat, words, language = ROWS[kind]
    count = (words.get("figures") or words["steps"]).count("|") + 1
    request = asked(beat, words, size, language=language, look=look, variant=variant, frames=180)
    return stage_scene(replace(request, things=things[:count], film_emblem="paw"), [])


def render(scene: Scene, frame: int) -> np.ndarray:
    return np.frombuffer(bytes(Painter(scene, grain_strength=0).render_frame(frame)), np.uint8)


@pytest.mark.sampled
@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("kind", ROWS)
@pytest.mark.parametrize("look", list_look_names())
def test_words_stay_live_and_apart_beside_the_things_of_rows(look: str, kind: str, aspect: str) -> None:
    for variant in range(max(3, len(load_stagings(look).beats[ROWS[kind][0]]))):
        scene = stage(look, kind, SIZES[aspect], variant)
        assert lint(scene) == [], variant
        assert scene.fit >= 0.55, variant


@pytest.mark.parametrize("kind", ["three", "list", "steps"])
@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", list_look_names())
def test_every_way_of_rows_shows_their_things(look: str, kind: str, aspect: str) -> None:
    for variant in range(3):
        one, other = (stage(look, kind, SMALL[aspect], variant, things) for things in (THINGS, THINGS[::-1]))
        frames = (20, one.poster_frame)
        assert any(not np.array_equal(render(one, frame), render(other, frame)) for frame in frames), variant


@pytest.mark.sampled
@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", list_look_names())
def test_words_can_be_read_beside_the_things_of_rows(look: str, aspect: str) -> None:
    turns = {"grid": (), "slam": ("list",)}  # other rows have the frame to themselves
    for kind in turns.get(look, ("list", "steps")):
        for variant in (0, 2) if kind == "list" else (1, 2):
            scene = stage(look, kind, SMALL[aspect], variant)
            low = {text: one for text, one in measure_worst_contrast(scene).items() if one < 4.4}
            assert not low, (kind, variant)


@pytest.mark.parametrize("things", ["dog", ["dog", "no such thing"], [7]])
def test_a_request_with_things_that_cannot_be_drawn_is_refused(things: object) -> None:
    with pytest.raises(BadInput, match="things"):
        read_shot_request({"staging": "proof", "size": [320, 180], "frames": 30, "things": things})
