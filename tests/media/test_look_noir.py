"""Noir: foil stays legible in every brand, the light comes back over the words, prices and calls are what they are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media.animatic_contrast import list_words, measure_worst_contrast
from media.animatic_words import LATIN, SIZES, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.drawables import Fill
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.treatments import Picture, load_picture
from reelwright.media.looks.noir.drawn import Lit
from reelwright.media.looks.noir.light import make_foil
from reelwright.media.looks.registry import load_look, load_stagings

STAGINGS = [(beat, variant) for beat, rows in load_stagings("noir").beats.items() for variant in range(len(rows))]
SMALL = (480, 270)


@pytest.fixture(scope="module")
def meadow(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    """A bright photograph: a plain sky, and a busy house on the right."""
    file = tmp_path_factory.mktemp("pictures") / "meadow.png"
    pixels = np.full((600, 900, 3), (236, 224, 200), np.uint8)
    pixels[150:, 560:] = np.random.default_rng(3).integers(0, 255, (450, 340, 3))
    Image.fromarray(pixels, "RGB").save(file)
    return load_picture(file, "photo")


@pytest.mark.parametrize("accent", [None, "#10131C", "#FFFFFF", "#7A0019", "#0057FF", "#39FF14"])
def test_foil_of_any_brand_is_legible_in_its_darkest_part(accent: str | None) -> None:
    palette = load_look("noir", accent).palette
    foil = make_foil(palette.accent, palette.bg)
    assert min(compute_contrast(stop, palette.bg) for stop in foil) >= 4.5
    assert compute_contrast("#0B0A09", foil.dark) >= 4.5, "the words on a button"


@pytest.mark.parametrize("aspect", ["16:9", "9:16"])
def test_words_are_legible_against_the_light_that_is_really_behind_them(aspect: str) -> None:
    size = tuple(side // 8 * 2 for side in SIZES[aspect])
    for beat, variant in STAGINGS:
        scene = stage_scene(asked(beat, LATIN[beat], size, look="noir", variant=variant), [])
        low = {text: one for text, one in measure_worst_contrast(scene).items() if one < 4.5}
        assert low == {}, (beat, variant)


@pytest.mark.parametrize("aspect", SIZES)
def test_words_on_a_photograph_are_legible(aspect: str, meadow: Picture) -> None:
    size = tuple(side // 4 * 2 for side in SIZES[aspect])
    scene = stage_scene(asked("hook", {"line": "A quiet evening in May"}, size, look="noir"), [meadow])
    assert min(measure_worst_contrast(scene).values()) >= 4.5


@pytest.mark.parametrize("aspect", SIZES)
def test_a_photograph_takes_most_of_the_frame(aspect: str, meadow: Picture) -> None:
    size = tuple(side // 8 * 2 for side in SIZES[aspect])
    for beat, variant in STAGINGS:
        scene = stage_scene(asked(beat, LATIN[beat], size, look="noir", variant=variant), [meadow])
        picture = next(layer for layer in scene.layers if layer.role == "picture")
        assert picture.box.width * picture.box.height >= 0.6 * size[0] * size[1], (beat, variant)


@pytest.mark.parametrize("aspect", SIZES)
def test_an_old_price_is_cut_and_at_most_six_tenths_as_high_as_the_new(aspect: str) -> None:
    words = {"deal": "One night ~~€480~~ €290 until May"}
    for variant in range(3):
        scene = stage_scene(asked("offer", words, SIZES[aspect], look="noir", variant=variant), [])
        sizes = {layer.text: layer.size for layer in list_words(scene)}
        assert sizes["€290"] >= 1.6 * sizes["€480"]
        old = next(layer.box for layer in list_words(scene) if layer.text == "€480")
        cuts = [layer.box for layer in scene.layers if layer.group == "strike"]
        assert any(cut.left < old.left and cut.right > old.right and old.top < cut.top < old.bottom for cut in cuts)


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("beat", ["cta", "end_card"])
def test_the_call_is_a_button_of_a_twelfth_of_the_height(beat: str, aspect: str) -> None:
    words = {"line": "Book a table", "url": "velvet.example/table"}
    scene = stage_scene(asked(beat, words, SIZES[aspect], look="noir"), [])
    button = next(layer for layer in scene.layers if layer.role == "shape" and layer.group == "button")
    label = next(layer for layer in scene.layers if layer.role == "button")
    assert button.box.height >= 0.08 * scene.size[1]
    assert compute_contrast(label.colour, label.ground) >= 4.5
    said = " ".join(layer.text for layer in list_words(scene))
    assert "velvet.example/table" in said and "Book a table" in said


@pytest.mark.parametrize("beat", ["hook", "proof", "testimonial", "cta"])
def test_the_light_comes_back_in_the_second_half_of_a_screen(beat: str) -> None:
    def count_bright(frame: int) -> int:
        scene = stage_scene(asked(beat, LATIN[beat], SMALL, look="noir", frames=90, after="proof"), [])
        lit = Scene(
            size=scene.size, frames=scene.frames, ground=scene.ground, shake=scene.shake, live=scene.live,
            poster_frame=0, layers=tuple(layer for layer in scene.layers if layer.role == "headline"),
        )  # fmt: skip
        pixels = np.frombuffer(bytes(Painter(lit, grain_strength=0).render_frame(frame)), np.uint8).reshape(-1, 4)
        return int((pixels[:, :3].min(1) > 215).sum())

    assert max(count_bright(frame) for frame in (56, 60, 64, 68)) > 1.05 * count_bright(46)


def test_the_dark_has_no_bands() -> None:
    """A gradient of 20 levels over a frame has steps of 50 pixels; grain that stands still breaks each of them."""
    scene = stage_scene(asked("cold_open", {}, (960, 540), look="noir", variant=2), [])
    frame = np.frombuffer(bytes(Painter(scene, grain_strength=0).render_frame(0)), np.uint8).reshape(540, 960, 4)
    flat = [int(max(np.diff(np.flatnonzero(np.diff(row.astype(int)))), default=960)) for row in frame[20:520:25, :, 1]]
    assert max(flat) < 24


def test_two_runs_draw_equal_frames() -> None:
    def draw(beat: str) -> list[bytes]:
        painter = Painter(stage_scene(asked(beat, LATIN[beat], SMALL, look="noir", seed=5), []), grain_strength=1)
        return [bytes(painter.render_frame(frame)) for frame in (0, 20, 60)]

    for beat in ("hook", "offer", "end_card"):
        first = draw(beat)
        assert draw(beat) == first
        assert first[0] != first[1]


@pytest.mark.parametrize("aspect", ["16:9", "4:5", "1:1", "9:16"])
def test_the_head_of_a_portrait_stays_in_the_light(aspect: str, tmp_path: Path) -> None:
    """A dark wall has no detail, and neither has hair: the words of a portrait stood on its head."""
    down, across = np.mgrid[0:600, 0:500]
    pixels = np.full((600, 500, 3), (70, 66, 62), np.uint8)
    pixels[np.hypot(across - 250, down - 200) < 85] = (150, 30, 20)
    pixels[down > 420 + (across - 250) ** 2 / 700] = (90, 90, 120)
    Image.fromarray(pixels, "RGB").save(tmp_path / "portrait.png")
    portrait = load_picture(tmp_path / "portrait.png", "photo")
    size = tuple(side // 8 * 2 for side in SIZES[aspect])
    request = asked("benefit", {"line": "Portraits by appointment only."}, size, look="noir")
    scene = stage_scene(request, [portrait])
    drawn = bytes(Painter(scene, grain_strength=0).render_frame(scene.poster_frame))
    frame = np.frombuffer(drawn, np.uint8).reshape(size[1], size[0], 4)
    red, green = frame[..., 2].astype(int), frame[..., 1].astype(int)
    lit = int(((red > 75) & (red > 2 * green)).sum())
    picture = next(layer.box for layer in scene.layers if layer.role == "picture")
    whole = np.pi * (85 * max(picture.width / 500, picture.height / 600)) ** 2
    assert lit > 0.6 * whole, f"{lit / whole:.0%} of the head is seen"


@pytest.mark.parametrize(
    ("picture", "frame"), [((1365, 2048), (270, 480)), ((667, 1000), (270, 480)), ((1920, 1275), (270, 338))]
)
def test_a_photograph_of_any_sides_is_cropped(tmp_path: Path, picture: tuple[int, int], frame: tuple[int, int]) -> None:
    """The grid's height is rounded by itself: by the scale of its width, the foot of the crop lay below it."""
    Image.linear_gradient("L").resize(picture).convert("RGB").save(tmp_path / "photo.png")
    given = [load_picture(tmp_path / "photo.png", "photo")]
    assert stage_scene(asked("hook", {"line": "The tide leaves"}, frame, look="noir"), given).layers


def test_the_letters_of_a_line_move_apart_until_the_cut_and_stay_in_their_box() -> None:
    scene = stage_scene(asked("hook", {"line": "A second is a long time."}, SMALL, look="noir"), [])
    words = [layer for layer in scene.layers if isinstance(layer.drawable, Lit) and layer.role == "headline"]
    assert words
    for layer in words:
        asides = [aside for _, _, aside in layer.drawable.parts]  # type: ignore[attr-defined]
        assert max(map(abs, asides)) > 0.04 * layer.box.width
        assert max(map(abs, asides)) < 0.1 * layer.box.width


def test_the_emblem_stands_beside_the_name_on_every_last_card_and_where_a_film_opens() -> None:
    words = {"name": "Ilse Marchetti", "url": "ilse.example"}

    def draw(beat: str, emblem: str, variant: int = 0) -> bytes:
        said = {"line": "I stay."} if beat == "hook" else words
        asked_for = asked(beat, said, SMALL, look="noir", variant=variant, after=None)
        return bytes(Painter(stage_scene(replace(asked_for, emblem=emblem), []), grain_strength=0).render_frame(40))

    for beat in ("reveal", "end_card", "hook"):
        for variant in range(3):
            assert draw(beat, "camera", variant) != draw(beat, "", variant), (beat, variant)


@pytest.mark.parametrize("aspect", SIZES)
def test_a_photograph_under_words_keeps_its_light(aspect: str, meadow: Picture) -> None:
    size = tuple(side // 8 * 2 for side in SIZES[aspect])
    for variant in range(3):
        request = asked("benefit", {"line": "The tide leaves for six hours."}, size, look="noir", variant=variant)
        scene = stage_scene(request, [meadow])
        drawn = bytes(Painter(scene, grain_strength=0).render_frame(scene.poster_frame))
        frame = np.frombuffer(drawn, np.uint8).reshape(size[1], size[0], 4)[..., :3]
        assert (frame.max(2) < 20).mean() < 0.12, f"{(frame.max(2) < 20).mean():.0%} of the frame is black"
        assert frame.mean() > 150, "words on a light place are dark, and it is not darkened"


def test_a_name_after_a_photograph_alone_has_a_ring_and_no_drawing() -> None:
    request = replace(asked("reveal", {"name": "Ilse Marchetti"}, SMALL, look="noir"), emblem="camera")
    alone, after = (stage_scene(replace(request, previous_beat=beat), []) for beat in ("hook", "cold_open"))
    kinds = [{type(layer.drawable).__name__ for layer in scene.layers} for scene in (alone, after)]
    assert "Metal" in kinds[1] and "Metal" not in kinds[0]


def test_a_film_about_watches_shows_a_dial_with_hands() -> None:
    request = replace(asked("reveal", {"name": "Maison Verlaine"}, (320, 180), look="noir"), emblem="watch")
    scene = stage_scene(request, [])
    assert (
        not [one for one in scene.layers if one.role == "echo"]
        and sum(isinstance(one.drawable, Fill) for one in scene.layers) >= 2
    )


def test_a_name_on_the_last_card_is_not_broken_at_its_hyphen() -> None:
    words = {"name": "Maison Verlaine-Aubertin & Fils", "url": "verlaine.example"}
    shown = [one.text for one in stage_scene(asked("end_card", words, (960, 540), look="noir"), []).layers if one.text]
    assert not any(one.rstrip().endswith("-") for one in shown)
