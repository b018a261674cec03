"""A photograph that stays for a whole film: it lies elsewhere on the next screen, and no word lies on or beyond it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from media.animatic_lint import WORDS, lint
from media.animatic_words import asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Layer, Scene
from reelwright.media.drawing.treatments import Picture, load_picture

SIZES = {"16:9": (640, 360), "1:1": (360, 360), "4:5": (360, 450)}
PLACES = {
    ("grid", "16:9"): 2,
    ("grid", "1:1"): 2,
    ("grid", "4:5"): 2,
    ("signal", "16:9"): 2,
    ("signal", "1:1"): 1,
    ("signal", "4:5"): 1,
}
"""In how many places a photograph lies on three screens, where they are not three."""
PRINT = "Commission for buyers 3.57 % incl. VAT. Energy certificate: demand, 84 kWh/(m²a), gas, class C."


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    """A busy photograph, so that no look lays words on a quiet part of it."""
    file = tmp_path_factory.mktemp("pictures") / "house.png"
    pixels = np.random.default_rng(5).integers(0, 255, (400, 420, 3)).astype(np.uint8)
    Image.fromarray(pixels, "RGB").save(file)
    return load_picture(file, "photo")


def find_photo(scene: Scene) -> Layer:
    return next(layer for layer in scene.layers if layer.role == "picture")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("look", ["grid", "paper", "signal"])
def test_a_photograph_lies_elsewhere_on_the_next_screen(look: str, aspect: str, language: str, house: Picture) -> None:
    words = {"number": "198", "label": "غرف" if language == "ar" else "square metres"}
    places = set()
    for variant in range(3):
        scene = stage_scene(
            asked("proof", words, SIZES[aspect], look=look, variant=variant, language=language), [house]
        )
        x, y = find_photo(scene).box.centre
        places.add(
            (round(4 * x / scene.size[0]), round(4 * y / scene.size[1]), round(find_photo(scene).box.width / 40))
        )
        assert lint(scene) == [], variant
    assert len(places) == PLACES.get((look, aspect), 3)


@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
@pytest.mark.parametrize("beat", ["hook", "benefit", "brand"])
def test_a_photograph_fills_the_frame_of_two_screens_in_three_in_slam(
    beat: str, size: tuple[int, int], house: Picture
) -> None:
    scenes = [
        stage_scene(asked(beat, {"line": "Open from June"}, size, look="slam", variant=variant), [house])
        for variant in range(3)
    ]
    boxes = [find_photo(scene).box for scene in scenes]
    assert sum(box.width >= size[0] and box.height >= size[1] for box in boxes) >= 2
    assert not any(lint(scene) for scene in scenes)


@pytest.mark.parametrize("variant", range(3))
@pytest.mark.parametrize("beat", ["end_card", "reveal", "transformation", "brand"])
@pytest.mark.parametrize("look", ["grid", "paper", "signal", "slam"])
def test_small_print_beside_a_photograph_stays_in_the_frame_and_off_it(
    look: str, beat: str, variant: int, house: Picture
) -> None:
    words = {
        "end_card": {"name": "Haus am Schilf", "line": "Arrange a viewing", "url": "04522 555010"},
        "reveal": {"name": "Haus am Schilf", "descriptor": "A lake house near Plön"},
        "transformation": {"before": "€890,000", "after": "€790,000"},
        "brand": {"line": "Wake up on the water, five rooms and one long table for everybody you know"},
    }[beat]
    role = "legal" if beat == "end_card" else "source"
    scene = stage_scene(asked(beat, {**words, role: PRINT}, (960, 540), look=look, variant=variant), [house])
    small = [layer for layer in scene.layers if layer.role in WORDS and layer.text and layer.text in PRINT]
    assert small and all(scene.live.left - 2 <= one.box.left <= one.box.right <= scene.live.right + 2 for one in small)
    assert lint(scene) == []


def test_no_columns_are_drawn_over_a_photograph_between_two_prices(house: Picture) -> None:
    words = {"before": "€890,000", "after": "€790,000"}
    scene = stage_scene(asked("transformation", words, (960, 540), look="grid"), [house])
    photo = find_photo(scene).box
    assert not [layer for layer in scene.layers if layer.role == "texture" and layer.box.right > photo.left + 60]


@pytest.mark.parametrize("aspect", ["1:1", "4:5"])
def test_a_photograph_over_words_in_paper_keeps_its_half_beside_two_kinds_of_small_print(
    aspect: str, house: Picture
) -> None:
    words = {"line": "Wake up on the water", "source": PRINT, "legal": PRINT.replace("84", "85")}
    bare = stage_scene(asked("brand", {"line": words["line"]}, SIZES[aspect], look="paper", variant=1), [house])
    scene = stage_scene(asked("brand", words, SIZES[aspect], look="paper", variant=1), [house])
    assert find_photo(scene).box.height > 0.8 * find_photo(bare).box.height and lint(scene) == []


def test_long_small_print_in_paper_is_as_large_as_short_small_print() -> None:
    words = {"name": "Haus am Schilf", "line": "Arrange a viewing"}
    sizes = []
    for text in (PRINT, f"{PRINT} {PRINT} All figures were given by the owner."):
        scene = stage_scene(asked("end_card", {**words, "legal": text}, (1920, 1080), look="paper"), [])
        sizes.append({round(one.size) for one in scene.layers if one.role == "legal"})
    assert sizes[0] == sizes[1]
