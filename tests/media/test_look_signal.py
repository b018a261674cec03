"""Signal: words are typed and selected, what lives by the clock moves, cards and the button are what they are."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media.animatic_contrast import list_words, measure_worst_contrast
from media.animatic_words import ARABIC, LATIN, SIZES, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.drawables import Blit, skia
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.lettering import typeset_line
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.treatments import load_picture
from reelwright.media.looks.registry import load_look, load_stagings
from reelwright.media.looks.signal.typed_line import TypedLine
from reelwright.media.looks.signal.waves import Bars, Ring, Trace

STAGINGS = [(beat, variant) for beat, rows in load_stagings("signal").beats.items() for variant in range(len(rows))]
SMALL = (480, 270)


def draw(scene: Scene, frame: int) -> np.ndarray:
    pixels = np.frombuffer(bytes(Painter(scene, grain_strength=0).render_frame(frame)), np.uint8)
    return pixels.reshape(scene.size[1], scene.size[0], 4)[..., :3].astype(int)


@pytest.mark.parametrize("accent", [None, "#10131C", "#FFFFFF", "#7A0019"])
def test_words_are_legible_against_what_is_really_behind_them_in_every_brand(accent: str | None) -> None:
    for beat, variant in STAGINGS:
        scene = stage_scene(asked(beat, LATIN[beat], SMALL, look="signal", variant=variant, accent=accent), [])
        low = {text: one for text, one in measure_worst_contrast(scene).items() if one < 4.5}
        assert low == {}, (beat, variant)


def test_letters_come_one_by_one_and_joined_letters_are_scanned_in() -> None:
    def list_typed(words: dict[str, str], language: str) -> list[TypedLine]:
        request = asked("benefit", words, SMALL, look="signal", variant=1, language=language, after="hook")
        return [layer.drawable for layer in stage_scene(request, []).layers if isinstance(layer.drawable, TypedLine)]

    typed = list_typed(LATIN["benefit"], "en")
    assert [len(one.stops) for one in typed] == [len("Run further."), len("Hurt less.")]
    assert list_typed(ARABIC["benefit"], "ar") == []


@pytest.mark.parametrize(("emblem", "is_heard"), [("microphone", True), ("briefcase", False), ("", False)])
def test_bars_and_bursts_stand_only_in_films_about_what_is_heard(emblem: str, is_heard: bool) -> None:
    bursts, bars = set(), set()
    for beat, variant in STAGINGS:
        scene = stage_scene(asked(beat, LATIN[beat], SMALL, look="signal", variant=variant, emblem=emblem), [])
        drawn = [layer.drawable for layer in scene.layers]
        bursts |= {one.burst > 0 for one in drawn if isinstance(one, Trace)}
        bars |= {not one.is_even for one in drawn if isinstance(one, Ring)}
        bars |= {True for one in drawn if isinstance(one, Bars)}
    assert bursts == bars == {is_heard}, "nothing is counted there, and a chart of no figures says what is not so"


def test_the_first_frame_of_a_film_is_whole_and_later_shots_begin_to_type() -> None:
    first, later = (
        stage_scene(asked("hook", LATIN["hook"], SMALL, look="signal", variant=1, after=after), [])
        for after in (None, "problem")
    )
    light = [int((draw(scene, 0).min(2) > 200).sum()) for scene in (first, later)]
    assert light[0] > 1.5 * light[1] > 0


@pytest.mark.parametrize("aspect", SIZES)
def test_the_last_clause_of_a_hook_is_selected_with_a_handle_at_both_ends(aspect: str) -> None:
    scene = stage_scene(asked("hook", LATIN["hook"], SIZES[aspect], look="signal"), [])
    palette = load_look("signal").palette
    words = [layer for layer in list_words(scene) if layer.ground == palette.accent]
    assert "keep score" in " ".join(layer.text for layer in words)
    boxes = [layer.box for layer in scene.layers if layer.group == "line selection" and layer.role == "shape"]
    for layer in words:
        assert any(
            box.left < layer.box.left and box.right > layer.box.right and box.top < layer.box.top for box in boxes
        )
    assert len(boxes) == len(words) + 2


@pytest.mark.parametrize("beat", sorted(load_stagings("signal").beats))
def test_no_screen_stands_still(beat: str) -> None:
    """Of frames a tenth of a second apart at most half may show less than 0.08 % of their pixels changed."""
    for variant in range(len(load_stagings("signal").beats[beat])):
        scene = stage_scene(asked(beat, LATIN[beat], (240, 136), look="signal", variant=variant), [])
        frames = [draw(scene, frame) for frame in range(20, 74, 3)]
        moved = [float((np.abs(one - two).max(2) > 12).mean()) for one, two in pairwise(frames)]
        assert np.mean([part < 0.0008 for part in moved]) <= 0.5, (beat, variant)


@pytest.mark.parametrize("aspect", SIZES)
def test_an_old_price_is_struck_and_at_most_six_tenths_as_high_as_the_new(aspect: str) -> None:
    for beat, words in (
        ("offer", {"deal": "One year ~~€480~~ €290 until May"}),
        ("transformation", {"before": "€480", "after": "€290 until May"}),
    ):
        scene = stage_scene(asked(beat, words, SIZES[aspect], look="signal"), [])
        sizes = {layer.text: layer for layer in list_words(scene)}
        assert sizes["€290"].size >= 1.6 * sizes["€480"].size
        old = sizes["€480"].box
        cuts = [layer.box for layer in scene.layers if layer.group == "strike"]
        assert any(
            cut.left < old.left and cut.right > old.right and old.top < cut.centre[1] < old.bottom for cut in cuts
        )


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("beat", ["cta", "end_card"])
def test_the_call_is_a_button_of_a_twelfth_of_the_height_that_is_pressed(beat: str, aspect: str) -> None:
    words = {"line": "Start free", "url": "tally.example"}
    scene = stage_scene(asked(beat, words, SIZES[aspect], look="signal", frames=90), [])
    button = next(layer for layer in scene.layers if layer.role == "shape" and layer.group == "button")
    label = next(layer for layer in scene.layers if layer.role == "button")
    assert button.box.height >= 0.08 * scene.size[1]
    assert compute_contrast(label.colour, label.ground) >= 4.5
    scales = [pose.scale for frame in range(90) if (pose := button.find_pose(frame))]
    assert min(scales) < 0.96 and scales[-1] == 1
    assert any(layer.group == "cursor" for layer in scene.layers)


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("size", [(400, 250), (270, 570)])
def test_a_screenshot_stands_whole_in_its_device_until_the_words_have_come(
    aspect: str, size: tuple[int, int], tmp_path: Path
) -> None:
    Image.new("RGB", size, "#F4F4F4").save(tmp_path / "screen.png")
    picture = load_picture(tmp_path / "screen.png", "screen")
    scene = stage_scene(asked("demo", {"line": "One screen"}, SIZES[aspect], look="signal", frames=90), [picture])
    layer = next(one for one in scene.layers if one.role == "picture")
    assert isinstance(layer.drawable, Blit) and not layer.clips
    zooms = (aspect == "16:9") == (size[0] > size[1])
    for frame in (0, 20, 24) if zooms else (0, 20, 89):
        pose = layer.find_pose(frame)
        assert pose is not None
        box = layer.move_box(pose)
        assert box.left >= 0 and box.right <= scene.size[0] and box.top >= 0 and box.bottom <= scene.size[1]


def test_the_camera_moves_in_on_what_matters_of_a_screenshot_beside_words(tmp_path: Path) -> None:
    """Its words were too small to read (2026-11-29)."""
    Image.new("RGB", (400, 250), "#F4F4F4").save(tmp_path / "screen.png")
    picture = load_picture(tmp_path / "screen.png", "screen")
    for language in ("en", "ar"):
        words = {"line": "One screen" if language == "en" else "شاشة واحدة"}
        scene = stage_scene(asked("demo", words, SIZES["16:9"], look="signal", frames=90, language=language), [picture])
        device = next(one for one in scene.layers if one.role == "picture")
        before, after = (device.move_box(device.find_pose(frame)) for frame in (24, 89))  # type: ignore[arg-type]
        near = "left" if language == "en" else "right"
        assert abs(getattr(before, near) - getattr(after, near)) < 1, "it comes no nearer to the words"
        assert after.height > 1.2 * before.height and after.height > 0.7 * scene.size[1]


@pytest.mark.parametrize("aspect", ["1:1", "4:5", "9:16"])
def test_the_camera_moves_in_on_a_telephone_under_words_until_it_fills_the_width(aspect: str, tmp_path: Path) -> None:
    """The words of a chat were too small to read in square frames (2026-11-29)."""
    Image.new("RGB", (300, 400), "#F4F4F4").save(tmp_path / "screen.png")
    picture = load_picture(tmp_path / "screen.png", "screen")
    scene = stage_scene(asked("demo", {"line": "One chat"}, SIZES[aspect], look="signal", frames=90), [picture])
    device = next(one for one in scene.layers if one.role == "picture")
    before, after = (device.move_box(device.find_pose(frame)) for frame in (24, 89))  # type: ignore[arg-type]
    assert after.width > 0.8 * scene.size[0] > before.width and after.top > before.top - 0.05 * scene.size[1]


def test_the_edge_of_the_frame_cuts_no_words_of_a_screenshot(tmp_path: Path) -> None:
    """A column of figures ended in "1,87" (2026-11-29)."""
    image = np.full((250, 400, 3), 244, np.uint8)
    image[40:200, 264:345:4] = image[40:200, 265:345:4] = 20
    Image.fromarray(image).save(tmp_path / "screen.png")
    picture = load_picture(tmp_path / "screen.png", "screen")
    scene = stage_scene(asked("demo", {"line": "One screen"}, SIZES["16:9"], look="signal", frames=90), [picture])
    device = next(one for one in scene.layers if one.role == "picture")
    box = device.move_box(device.find_pose(89))  # type: ignore[arg-type]
    assert 345 / 400 < (scene.size[0] - box.left) / box.width < 0.95


def test_the_camera_of_a_telephone_covers_nothing_of_a_screenshot(tmp_path: Path) -> None:
    Image.new("RGB", (270, 570), "#F4F4F4").save(tmp_path / "screen.png")
    picture = load_picture(tmp_path / "screen.png", "screen")
    words = {"line": "One screen"}
    scene = stage_scene(asked("demo", words, (540, 540), look="signal", frames=90), [picture])
    box = next(one.box for one in scene.layers if one.role == "picture")
    lit = draw(scene, 60).min(2) > 200
    head = lit[round(box.top) : round(box.top + 0.25 * box.height), round(box.left + 0.42 * box.width)]
    assert head[np.argmax(head) :].all() and head.mean() > 0.5, "it is seen from its first row on"


def test_a_percentage_lights_its_share_of_the_ring_and_other_numbers_have_no_ring() -> None:
    def measure(number: str) -> float:
        scene = stage_scene(asked("proof", {"number": number, "label": "of builds"}, (960, 540), look="signal"), [])
        rings = [layer for layer in scene.layers if layer.group == "gauge"]
        if not rings:
            return 0.0
        track, lit = (skia.PathMeasure(layer.drawable.path, False).getLength() for layer in rings)
        return lit / track

    assert measure("75%") == pytest.approx(0.75, abs=0.01)
    assert measure("4") == 0


def test_two_runs_draw_equal_frames() -> None:
    for beat in ("hook", "problem", "end_card"):
        runs = [
            [draw(stage_scene(asked(beat, LATIN[beat], SMALL, look="signal", seed=5), []), at) for at in (0, 20, 60)]
            for _ in range(2)
        ]
        assert all((one == two).all() for one, two in zip(*runs, strict=True))


def test_labels_are_in_letters_of_one_width() -> None:
    kind = load_look("signal").type["label"]
    assert typeset_line("iiii", kind, "en").line.advance == typeset_line("MMMM", kind, "en").line.advance


def test_one_caret_types_at_a_time_on_a_later_screen() -> None:
    words = {"line": "Ask in your own words.|Every answer links to its source."}
    scene = stage_scene(asked("benefit", words, (480, 270), look="signal", frames=160, after="reveal"), [])
    typed = [one for one in scene.layers if isinstance(one.drawable, TypedLine)]
    for frame in range(60):
        poses = [(one, pose) for one in typed if (pose := one.find_pose(frame))]
        busy = [one for one, pose in poses if 0 < pose.number < len(one.drawable.stops)]
        assert len(busy) <= 1, frame
