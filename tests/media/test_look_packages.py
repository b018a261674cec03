"""A look is a folder: one that nobody knows draws every beat as soon as it lies on the path, and touches nothing."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media.animatic_lint import find_crowded_frames, lint
from media.animatic_words import LATIN, SETS, SIZES, SMALL, asked
from media.figure_words import FIGURES
from reelwright.errors import BadInput
from reelwright.media import looks
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.treatments import Picture, load_picture
from reelwright.media.looks.registry import list_look_names, load_look, load_stagings
from reelwright.media.staging.key_words import find_initials
from reelwright.media.staging.stagings import Stagings
from reelwright.reel.film.beats import BEATS

FOLDER = Path(__file__).parent / "looks"
GUIDE = Path(__file__).parents[2] / "docs" / "adding" / "look.md"
LOOKS = [*(name for name in list_look_names() if name != "slam"), "ugly", "mine"]
"""Every look but slam, whose layout has tests of its own; ``mine`` is the one that the guide writes."""


@pytest.fixture(scope="module")
def folder_of_mine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The look of the guide, written as it stands there."""
    folder = tmp_path_factory.mktemp("looks") / "mine"
    folder.mkdir()
    blocks = dict(re.findall(r"^```(yaml|python)\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.S | re.M))
    (folder / "look.yaml").write_text(blocks["yaml"], encoding="utf-8")
    (folder / "__init__.py").write_text(blocks["python"], encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def own_looks(monkeypatch: pytest.MonkeyPatch, folder_of_mine: Path) -> None:
    monkeypatch.setattr(looks, "__path__", [*looks.__path__, str(FOLDER), str(folder_of_mine.parent)])


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


def list_stagings(look: str) -> list[tuple[str, int]]:
    """Every staging of a look: its beat and its number."""
    return [(beat, variant) for beat, rows in load_stagings(look).beats.items() for variant in range(len(rows))]


@pytest.mark.sampled
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("kind", SETS)
def test_a_look_draws_every_beat_in_every_script_and_aspect(look: str, kind: str, aspect: str) -> None:
    words, language = SETS[kind]
    for beat, variant in list_stagings(look):
        scene = stage_scene(asked(beat, words[beat], SIZES[aspect], language=language, look=look, variant=variant), [])
        assert lint(scene) == [], (beat, variant)
        assert scene.fit >= 0.55, (beat, variant)


@pytest.mark.sampled
@pytest.mark.parametrize("look", [*LOOKS, "slam"])
@pytest.mark.parametrize("kind", FIGURES)
def test_a_look_draws_boards_and_charts_in_every_script_and_aspect(look: str, kind: str) -> None:
    words, language = FIGURES[kind]
    for size in SIZES.values():
        scene = stage_scene(asked("proof", words, size, language=language, look=look), [])
        assert lint(scene) == [], size
        assert scene.fit >= 0.55, size
        assert len(find_crowded_frames(scene)) == 0 or size != SIZES["9:16"]


@pytest.mark.sampled
@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("kind", ["cutout", "photo", "screen"])
def test_it_shows_a_picture_of_every_kind_beside_its_words(
    look: str, kind: str, pictures: dict[str, list[Picture]]
) -> None:
    for size in SMALL.values():
        for beat, variant in list_stagings(look):
            scene = stage_scene(asked(beat, LATIN[beat], size, look=look, variant=variant), pictures[kind])
            assert lint(scene) == [], (beat, variant, size)
            assert any(layer.role == "picture" for layer in scene.layers), (beat, variant, size)


@pytest.mark.parametrize("look", LOOKS)
def test_at_most_three_things_move_at_once(look: str, pictures: dict[str, list[Picture]]) -> None:
    check_movers_beside_a_photo(look, (SMALL["9:16"], SMALL["16:9"]), pictures)


@pytest.mark.sampled(count=1)
@pytest.mark.parametrize("look", LOOKS)
def test_at_most_three_things_move_at_once_in_a_whole_frame(look: str, pictures: dict[str, list[Picture]]) -> None:
    check_movers_beside_a_photo(look, (SIZES["9:16"], SIZES["16:9"]), pictures)


def check_movers_beside_a_photo(
    look: str, sizes: tuple[tuple[int, int], ...], pictures: dict[str, list[Picture]]
) -> None:
    """Check every staging of a look with a photograph in frames of these sizes."""
    for size in sizes:
        for beat, variant in list_stagings(look):
            scene = stage_scene(asked(beat, LATIN[beat], size, look=look, variant=variant), pictures["photo"])
            assert find_crowded_frames(scene) == [], (beat, variant)
            assert lint(scene) == [], (beat, variant, size)
            assert any(layer.role == "picture" for layer in scene.layers), (beat, variant, size)


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("look", list_look_names())
def test_the_call_of_a_last_screen_is_a_button_of_a_twelfth_of_the_height(look: str, aspect: str) -> None:
    words = {"name": "Midnight Ten", "line": "Get your number", "url": "midnightten.example"}
    scene = stage_scene(asked("end_card", words, SIZES[aspect], look=look), [])
    label = next(layer for layer in scene.layers if layer.role == "button")
    shapes = [layer.box for layer in scene.layers if layer.role != "button" and layer.group == label.group]
    assert label.text == "Get your number" and compute_contrast(label.colour, label.ground) >= 4.5
    assert max(box.height for box in shapes) >= 0.08 * scene.size[1]


@pytest.mark.parametrize("aspect", ["9:16", "1:1", "4:5"])
def test_the_letter_of_a_last_screen_in_riso_is_printed_whole(aspect: str) -> None:
    words = {"name": "달빛 로스터스", "line": "구독 시작하기", "url": "dalbit.example"}
    size = (SIZES[aspect][0] // 4 * 2, SIZES[aspect][1] // 4 * 2)
    scene = stage_scene(asked("end_card", words, size, look="riso", language="ko", variant=0), [])
    pixels = np.frombuffer(bytes(Painter(scene, grain_strength=0).render_frame(scene.frames - 20)), np.uint8)
    pixels = pixels.reshape(size[1], size[0], 4).astype(int)
    foot = pixels[round(size[1] * 0.9) : round(size[1] * 0.97), size[0] // 2 - 40 : size[0] // 2 + 40]
    assert ((foot[..., 0] - foot[..., 2]) > 60).mean() < 0.05, "blue is the letter's plate, and pieces of confetti"


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Hafenlinie 62", "H"),
        ("Clara & Tomás", "C&T"),
        ("Hollow Oak Shelter", "HO"),
        ("Dr. Amara Osei", "AO"),
        ("Mr & Mrs Smith", "M&M"),
        ("Herr & Frau Müller", "H&F"),
        ("Dr & Son", "D&S"),
        ("ING Bank", "IB"),
        ("Museum of How", "MH"),
        ("달빛 로스터스", "달"),
        ("", ""),
    ],
)
def test_a_number_in_a_name_is_no_initial(name: str, letters: str) -> None:
    assert find_initials(name) == letters


def test_a_look_that_draws_every_beat_is_under_300_lines() -> None:
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in (FOLDER / "ugly").glob("*.*")) < 300


def test_a_look_is_found_by_its_folder_and_an_unknown_one_is_refused_with_the_names() -> None:
    assert "ugly" in list_look_names() and load_look("ugly").id == "ugly"
    assert set(load_stagings("ugly").beats) == set(BEATS)
    with pytest.raises(BadInput) as refused:
        load_look("uglier")
    assert refused.value.field == "look" and refused.value.accepted == " | ".join(list_look_names())


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("grain: 1.1", "grian: 1.1", "broken/look.yaml"),
        ("id: slam", "id: slim", "broken/look.yaml: id"),
        (
            "display: {role: display,",
            "display: {role: display, faces: [comic], ",
            "broken/look.yaml: type.display.faces",
        ),
        ('accent: "#FFE600"', 'accent: "yellow"', "broken/look.yaml: palette.accent"),
    ],
)
def test_a_broken_look_is_refused_by_file_and_key(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, old: str, new: str, field: str
) -> None:
    shutil.copytree(Path(looks.__path__[0]) / "slam", tmp_path / "broken")
    file = tmp_path / "broken" / "look.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    if "id:" not in old:
        text = text.replace("id: slam", "id: broken", 1)
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(looks, "__path__", [*looks.__path__, str(tmp_path)])
    with pytest.raises(BadInput) as refused:
        load_look("broken")
    assert refused.value.field == field


def test_a_folder_of_the_same_name_replaces_none_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    shutil.copytree(FOLDER / "ugly", tmp_path / "slam")
    monkeypatch.setattr(looks, "__path__", [*looks.__path__, str(tmp_path)])
    assert load_look("slam").palette.accent == "#FFE600"


def test_stagings_that_leave_out_a_beat_are_refused() -> None:
    with pytest.raises(BadInput) as refused:
        Stagings(beats={beat: (lambda stage: None,) for beat in BEATS if beat != "offer"})
    assert refused.value.field == "beats" and refused.value.value == "offer"


@pytest.mark.parametrize("look", list_look_names())
def test_a_look_names_the_motif_of_each_composition_of_a_beat(look: str) -> None:
    """The planner chooses by these names: one too few, and a composition is never drawn. Several rounds of them may say
    what else changes from shot to shot.
    """
    motifs, beats = load_look(look).motifs, load_stagings(look).beats
    assert not {beat: names for beat, names in motifs.items() if len(names) % len(beats[beat])}
    assert {"hook", "benefit", "brand"} <= motifs.keys()
