"""Riso: a photograph keeps its own colours, whatever colour the film has; words keep clear of drawings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from media.animatic_lint import lint
from media.animatic_words import asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.treatments import load_picture
from reelwright.media.looks.registry import load_look
from reelwright.media.looks.riso.plates import Print

BREAD = Path(__file__).resolve().parents[2] / "docs/gallery/scripts/pictures/bread.jpg"


@pytest.mark.parametrize("accent", [None, "#1496E1", "#0B7A4B", "#7A1FA2"])
def test_a_photograph_keeps_its_own_colours(accent: str | None) -> None:
    """Screened in three inks, bread was green in a blue film and peas were brown (2026-11-30)."""
    request = replace(asked("hook", {"line": "Warm at seven"}, (270, 338), look="riso"), accent=accent)
    scene = stage_scene(request, [load_picture(BREAD, "photo")])
    shown = next(one for one in scene.layers if one.role == "picture").drawable.image.toarray()[..., :3]
    photo = load_picture(BREAD, "photo").image.toarray()[..., :3]
    assert np.allclose(np.median(shown, (0, 1)), np.median(photo, (0, 1)), atol=30)
    assert float(shown[..., 2].mean()) > float(shown[..., 1].mean()) + 15


def render_marks(scene: Scene, step: int) -> bytes:
    """The drawing under the words of a screen, as it stands in a step."""
    drawing = next(layer.drawable for layer in scene.layers if isinstance(layer.drawable, Print))
    return bytes(drawing._render(step).tobytes())


@pytest.mark.parametrize("size", [(480, 270), (270, 480), (270, 338)])
@pytest.mark.parametrize(
    ("beat", "words"),
    [
        ("proof", {"number": "30", "unit": "days", "label": "to give it back"}),
        ("proof", {"figures": "Rye sourdough | Butter plait | Poppy seed rolls"}),
        ("hook", {"line": "Bread needs time"}),
        ("reveal", {"name": "Semmel & Sohn"}),
        ("end_card", {"name": "Semmel & Sohn", "url": "semmel.example"}),
    ],
)
def test_a_drawing_goes_on_moving_until_the_cut(beat: str, words: dict[str, str], size: tuple[int, int]) -> None:
    """Lists and last cards stood still for two to four seconds (2026-11-29)."""
    variant = 2 if "figures" in words else 0
    scene = stage_scene(replace(asked(beat, words, size, look="riso", variant=variant), emblem="bread"), [])
    assert render_marks(scene, 20) != render_marks(scene, 21) != render_marks(scene, 22)


def test_the_emblem_stands_otherwise_beside_the_name_and_on_the_last_card() -> None:
    """Opener, name and last card showed one drawing in one way (2026-11-29)."""
    drawn = []
    for beat, words, plate in (
        ("reveal", {"name": "Semmel & Sohn"}, "key"),
        ("end_card", {"name": "Semmel & Sohn", "url": "s.example"}, "hot"),
    ):
        scene = stage_scene(replace(asked(beat, words, (480, 270), look="riso"), emblem="bread"), [])
        marks = next(layer.drawable.marks for layer in scene.layers if isinstance(layer.drawable, Print))
        lines = [mark.make(0).computeTightBounds() for mark in marks if mark.plate == plate]
        drawn.append(max(one.height() for one in lines))
    assert drawn[1] > 1.5 * drawn[0], "a sheet of many, which the frame cuts off"


def test_a_photograph_is_printed_in_full_in_the_first_frame_of_a_film() -> None:
    photo = load_picture(BREAD, "photo")
    scene = stage_scene(asked("hook", {"line": "Warm at seven"}, (270, 338), look="riso"), [photo])
    assert len([layer for layer in scene.layers if layer.role == "picture"]) == 1


def test_a_number_stands_over_the_emblem_of_the_film_where_it_has_one() -> None:
    """A plain sun stood for the hour at which a table is laid (2026-11-29)."""
    asked_for = asked(
        "proof", {"number": "12 h 15", "label": "le service commence"}, (270, 338), look="riso", variant=1
    )
    with_emblem, plain = (stage_scene(replace(asked_for, emblem=name), []) for name in ("plate", ""))
    assert render_marks(with_emblem, 5) != render_marks(plain, 5)


@pytest.mark.parametrize("size", [(270, 270), (270, 338), (270, 480), (480, 270)])
def test_a_line_that_leads_with_a_day_stands_on_the_leaf_of_a_calendar(size: tuple[int, int]) -> None:
    """The day was small words beside a calendar, since marks of Hindi ended its month (2026-11-30)."""
    words = {"line": "केवल 5 नवंबर तक|गोदौलिया चौक, वाराणसी", "source": "एक ग्राहक को अधिकतम तीन साड़ियाँ।"}
    scene = stage_scene(asked("brand", words, size, look="riso", variant=2, language="hi"), [])
    shown = {layer.text: layer.box for layer in scene.layers if layer.text}
    assert lint(scene) == [] and shown["5"].height > 2 * shown["नवंबर तक"].height
    assert size[0] > size[1] or shown["केवल"].bottom <= shown["नवंबर तक"].top, "it is read before the day"


@pytest.mark.parametrize("size", [(270, 270), (270, 338), (270, 480)])
def test_small_print_stands_over_the_drawing_and_never_on_it(size: tuple[int, int]) -> None:
    words = {"line": "त्योहार तक खुला|गोदौलिया चौक, वाराणसी", "source": "एक ग्राहक को अधिकतम तीन साड़ियाँ।"}
    request = asked("brand", words, size, look="riso", variant=2, language="hi")
    scene = stage_scene(replace(request, emblem="pin", is_emblem_named=True), [])
    foot = max(layer.box.bottom for layer in scene.layers if layer.role == "legal")
    marks = next(layer.drawable.marks for layer in scene.layers if isinstance(layer.drawable, Print))
    assert foot <= min(mark.make(0).computeTightBounds().top() for mark in marks if mark.plate == "key")


@pytest.mark.parametrize("size", [(480, 270), (270, 270), (270, 480)])
def test_an_old_price_keeps_clear_of_the_new_one_whose_digits_hop(size: tuple[int, int]) -> None:
    words = {"deal": "Saturday plait ~~€6.40~~ **€4.90**", "terms": "Until sold out."}
    scene = stage_scene(asked("offer", words, size, look="riso"), [])
    old, new = ([one for one in scene.layers if one.group == name] for name in ("old", "new"))
    assert min(one.box.top for one in new) - max(one.box.bottom for one in old) > 0.05 * max(one.size for one in new)


def test_a_list_has_strips_from_the_start_and_a_seal_that_comes_with_each_item() -> None:
    """Seals stood alone on flat yellow for two seconds (2026-11-30)."""
    words = {"figures": "Rye sourdough|Butter plait|Poppy seed rolls"}
    scene = stage_scene(asked("proof", words, (480, 270), look="riso", frames=120), [])
    assert len([one for one in scene.layers if one.group == "rows" and one.find_pose(24)]) == 3
    for index in range(3):
        seal, item = (
            next(one for one in scene.layers if one.group == f"figure {index}" and one.role in roles)
            for roles in (("shape",), ("headline", "label"))
        )
        first = [next(n for n in range(120) if one.find_pose(n)) for one in (seal, item)]
        assert abs(seal.box.width - seal.box.height) < 2 and abs(first[0] - first[1]) < 6
    assert scene.ground != load_look("riso").palette.bg


@pytest.mark.parametrize("size", [(360, 640), (640, 360)])
def test_a_month_with_a_word_behind_it_stands_under_its_day(size: tuple[int, int]) -> None:
    words = {"line": "केवल 5 नवंबर तक|गोदौलिया चौक, वाराणसी"}
    scene = stage_scene(asked("urgency", words, size, look="riso", language="hi"), [])
    tops = {layer.text: layer.box.top for layer in scene.layers if layer.text}
    assert lint(scene) == [] and tops["केवल"] < tops["5"] < tops["नवंबर तक"], "only 5 November until"
