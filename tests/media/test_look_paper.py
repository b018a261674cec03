"""Paper: nothing that was given is lost, the new price is the large one, and words are legible on photographs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from media.animatic_lint import WORDS
from media.animatic_words import LATIN, SIZES, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.colour import compute_contrast
from reelwright.media.drawing.layers import Layer, Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.treatments import Picture, load_picture
from reelwright.media.looks.registry import load_stagings
from reelwright.media.staging.dates import find_date

STAGINGS = [(beat, variant) for beat, rows in load_stagings("paper").beats.items() for variant in range(len(rows))]
STRANGERS = {"source": "Counted in March", "terms": "While they last", "legal": "Registered charity", "who": "Samir"}
"""Words that few beats ask for and that a script may give to any."""


@pytest.fixture(scope="module")
def meadow(tmp_path_factory: pytest.TempPathFactory) -> Picture:
    """A bright photograph: a plain sky, and a busy house on the right."""
    file = tmp_path_factory.mktemp("pictures") / "meadow.png"
    pixels = np.full((600, 900, 3), (236, 224, 200), np.uint8)
    pixels[150:, 560:] = np.random.default_rng(3).integers(0, 255, (450, 340, 3))
    Image.fromarray(pixels, "RGB").save(file)
    return load_picture(file, "photo")


def list_words(scene: Scene) -> list[Layer]:
    return [layer for layer in scene.layers if layer.role in WORDS]


def say(scene: Scene) -> str:
    """All words of a scene, in the order in which they were set, with single spaces."""
    return " ".join(" ".join(layer.text for layer in list_words(scene)).replace("-\xad", "").split())


@pytest.mark.parametrize("aspect", SIZES)
def test_every_role_of_every_beat_is_drawn_also_those_that_no_staging_asks_for(aspect: str) -> None:
    for beat, variant in STAGINGS:
        words = {**LATIN[beat], **{role: text for role, text in STRANGERS.items() if role not in LATIN[beat]}}
        scene = stage_scene(asked(beat, words, SIZES[aspect], look="paper", variant=variant), [])
        said = sorted("".join(char for char in say(scene).casefold() if char.isalnum()))
        for role, text in words.items():
            if role != "ratio_milli":
                for word in text.replace("|", " ").split():
                    letters = "".join(char for char in word.casefold() if char.isalnum())
                    assert letters in "".join(char for char in say(scene).casefold() if char.isalnum()), (beat, role)
        assert said, beat


@pytest.mark.parametrize("aspect", SIZES)
def test_an_old_price_is_struck_and_at_most_six_tenths_as_high_as_the_new(aspect: str) -> None:
    words = {"deal": "Six rolls ~~€4.80~~ €3.60 before nine"}
    scene = stage_scene(asked("offer", words, SIZES[aspect], look="paper"), [])
    sizes = {layer.text: layer.size for layer in list_words(scene)}
    assert sizes["€3.60"] >= 1.6 * sizes["€4.80"]
    old = next(layer.box for layer in list_words(scene) if layer.text == "€4.80")
    strokes = [layer.box for layer in scene.layers if layer.role == "shape"]
    assert any(box.left < old.left and box.right > old.right and box.height < old.height for box in strokes)


def test_what_is_said_under_a_change_is_larger_than_what_was() -> None:
    scene = stage_scene(asked("transformation", {"before": "No gifts", "after": "Bring a song"}, look="paper"), [])
    sizes = {layer.group.split()[0]: layer.size for layer in list_words(scene)}
    assert sizes["after"] >= 1.6 * sizes["before"]


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("beat", ["cta", "end_card"])
def test_the_call_is_a_button_of_a_twelfth_of_the_height(beat: str, aspect: str) -> None:
    words = {"line": "Say yes by 1 May", "url": "clara.example/rsvp"}
    scene = stage_scene(asked(beat, words, SIZES[aspect], look="paper"), [])
    button = next(layer for layer in scene.layers if layer.role == "shape" and layer.group == "button")
    label = next(layer for layer in scene.layers if layer.role == "button")
    assert button.box.height >= 0.08 * scene.size[1]
    assert compute_contrast(label.colour, label.ground) >= 4.5
    assert "clara.example/rsvp" in say(scene) and "Say yes by 1 May" in say(scene)


@pytest.mark.parametrize("aspect", ["1:1", "4:5"])
def test_plants_beside_words_in_the_middle_end_under_them(aspect: str) -> None:
    scene = stage_scene(asked("brand", {"line": "No more waiting on the phone"}, SIZES[aspect], look="paper"), [])
    words = [layer.box for layer in list_words(scene)]
    edge = (min(box.left for box in words) + 20, max(box.right for box in words) - 20)
    plants = [
        one.box for one in scene.layers if one.role == "shape" and (one.box.left < edge[0] or one.box.right > edge[1])
    ]
    assert plants and min(box.top for box in plants) > max(box.bottom for box in words) - 0.06 * scene.size[1]


def test_a_telephone_number_is_said_once() -> None:
    words = {"name": "Semmel", "line": "Call 0511 555 0142", "url": "+495115550142"}
    scene = stage_scene(asked("end_card", words, SIZES["16:9"], look="paper"), [])
    assert say(scene).count("0142") == 1


@pytest.mark.parametrize("aspect", SIZES)
def test_words_on_a_photograph_are_legible_against_what_is_behind_them(aspect: str, meadow: Picture) -> None:
    request = asked("hook", {"line": "A quiet morning in May"}, SIZES[aspect], look="paper")
    scene = stage_scene(request, [meadow])
    bare = Scene(
        size=scene.size, frames=scene.frames, ground=scene.ground, shake=scene.shake, live=scene.live, poster_frame=0,
        layers=tuple(layer for layer in scene.layers if layer.role not in WORDS and layer.group != "pen"),
    )  # fmt: skip
    frame = np.frombuffer(bytes(Painter(bare, grain_strength=0).render_frame(60)), np.uint8)
    frame = frame.reshape(scene.size[1], scene.size[0], 4)
    for layer in list_words(scene):
        left, top, right, bottom = (max(0, round(edge)) for edge in layer.box)
        behind = frame[top:bottom, left:right, 2::-1].reshape(-1, 3).astype(float)
        light = behind @ (0.2126, 0.7152, 0.0722)
        worst = behind[np.argsort(light)[int(len(light) * 0.95)]]
        colour = "#" + "".join(f"{round(part):02X}" for part in worst)
        assert compute_contrast(layer.colour, colour) >= 4.5, (layer.text, colour)


@pytest.mark.parametrize("beat", ["hook", "offer", "end_card"])
def test_two_runs_draw_equal_frames(beat: str) -> None:
    def draw() -> list[bytes]:
        painter = Painter(stage_scene(asked(beat, LATIN[beat], look="paper", seed=5), []), grain_strength=1)
        return [bytes(painter.render_frame(frame)) for frame in (0, 20, 60)]

    first = draw()
    assert draw() == first
    assert first[0] != first[1]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Saturday 12 June 2027|The Mill Barn|3 o'clock", ("Saturday", "12", "June 2027", "The Mill Barn|3 o'clock")),
        ("Samstag, 12. Juni", ("Samstag", "12.", "Juni", "")),
        ("12. Juni, Leeds", ("", "12.", "Juni", "Leeds")),
        ("June 12, 2027", ("June", "12", "2027", "")),
        ("السبت 12 يونيو|الساعة الخامسة", ("السبت", "12", "يونيو", "الساعة الخامسة")),
        ("केवल 5 नवंबर तक|गोदौलिया चौक", ("केवल", "5", "नवंबर तक", "गोदौलिया चौक")),
        ("12 loaves in June", None),
        ("We baked 12 June loaves for all of the neighbours", None),
    ],
)
def test_a_date_is_found_only_where_it_leads(text: str, found: tuple[str, ...] | None) -> None:
    assert find_date(text) == found


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("variant", [row for beat, row in STAGINGS if beat == "benefit"])
def test_small_print_stands_on_the_paper_that_its_colour_is_for(variant: int, aspect: str) -> None:
    words = {"line": "Bicycles cost nothing.", "source": "Before nine only where there is room."}
    size = (SIZES[aspect][0] * 2 // 3, SIZES[aspect][1] * 2 // 3)
    scene = stage_scene(asked("benefit", words, size, look="paper", variant=variant), [])
    bare = replace(scene, layers=tuple(layer for layer in scene.layers if layer.role not in WORDS))
    frame = np.frombuffer(bytes(Painter(bare, grain_strength=0).render_frame(scene.frames // 2)), np.uint8)
    frame = frame.reshape(scene.size[1], scene.size[0], 4)
    small = next(layer for layer in list_words(scene) if layer.role == "legal")
    left, top, right, bottom = (max(0, round(edge)) for edge in small.box)
    red, green, blue = np.median(frame[top:bottom, left:right, 2::-1].reshape(-1, 3), axis=0)
    assert compute_contrast(small.colour, f"#{int(red):02X}{int(green):02X}{int(blue):02X}") >= 4


@pytest.mark.parametrize("aspect", SIZES)
def test_the_meadow_of_an_invitation_stays_out_of_its_small_print(aspect: str) -> None:
    words = {"line": "Saturday 16 May, 10 to 4|Oak Lane 2", "source": "Registered charity no. 5550199. Fees may apply."}
    scene = stage_scene(asked("brand", words, SIZES[aspect], look="paper"), [])
    small = next(layer.box for layer in list_words(scene) if layer.role == "legal")
    plants = [layer.box for layer in scene.layers if layer.role == "shape" and layer.group.startswith("branch")]
    assert plants and not any(
        box.bottom > small.top and box.top < small.bottom and box.right > small.left and box.left < small.right
        for box in plants
    )


def test_plants_sway_and_the_light_of_the_window_travels_until_the_cut() -> None:
    scene = stage_scene(asked("hook", {"line": "Please bring no presents."}, (480, 270), look="paper"), [])
    for group in ("branch", "window"):
        layer = next(one for one in scene.layers if one.group == group)
        poses = [layer.find_pose(frame) for frame in range(30, scene.frames)]
        assert all(before != after for before, after in pairwise(poses)), group


def test_the_last_card_has_the_emblem_with_what_stands_with_it_or_alone_on_a_sheet_or_a_seal() -> None:
    sheets = []
    for variant in range(3):
        asked_for = asked("end_card", {"name": "Hollow Oak"}, (480, 270), look="paper", variant=variant)
        groups = [layer.group for layer in stage_scene(replace(asked_for, emblem="paw"), []).layers]
        sheets.append(sum(group.startswith("sheet") for group in groups))
        assert ("seal" in groups) == (variant == 2)
    assert sheets[0] > sheets[1] > sheets[2] == 0


QUOTE = "We came for a kitten and left with a fourteen-year-old."


def test_figures_a_list_and_a_quotation_stand_on_coloured_papers_and_without_the_emblem() -> None:
    figures, steps = {"figures": "**63** dogs|**9** cats"}, {"figures": "Walk a dog|Foster|Adopt for good"}
    grounds = []
    for beat, words in (("proof", figures), ("proof", steps), ("testimonial", {"quote": QUOTE, "who": "The Okonkwos"})):
        scene = stage_scene(replace(asked(beat, words, (540, 676), look="paper", variant=1), emblem="paw"), [])
        grounds.append(next(layer.ground for layer in scene.layers if layer.role == "headline"))
        corner = [layer.box for layer in scene.layers if layer.group.startswith("sheet") and layer.box.bottom > 676]
        assert not corner
    assert len(set(grounds)) == 3


def test_lines_of_italics_are_flush_by_their_small_letters() -> None:
    scene = stage_scene(asked("testimonial", {"quote": QUOTE, "who": "The Okonkwos"}, (540, 676), look="paper"), [])
    lefts = {layer.text[:5]: layer.box.left for layer in scene.layers if layer.role == "headline"}
    assert max(lefts.values()) - min(lefts.values()) > 2, "a letter reaches out under its line"


def test_no_line_ends_inside_a_word_where_it_gets_no_larger_for_it() -> None:
    scene = stage_scene(asked("testimonial", {"quote": QUOTE, "who": "The Okonkwos"}, (540, 676), look="paper"), [])
    assert not [layer.text for layer in scene.layers if layer.text and layer.text.endswith("-")]


def test_words_beside_a_date_are_balanced_and_what_it_is_for_stands_over_it() -> None:
    words = {"line": "Open day: Saturday 16 May, 10 to 4"}
    scene = stage_scene(asked("brand", words, (540, 676), look="paper", after="proof"), [])
    what, day, left, right = (
        next(one.box for one in scene.layers if one.text == text) for text in ("Open day", "16", "Saturday", "May")
    )
    assert what.bottom < day.top
    assert abs((left.centre[0] + right.centre[0]) / 2 - day.centre[0]) < 8
