"""Every kind of edit stays when the film's own script comes back, and at another length; or its loss has a code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from reelwright import Studio
from reelwright.planner.edits.relengthening import plan_length, set_film_length
from reelwright.reason import Reason
from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.brief import Brief, Material
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.graph import Step
from reelwright.studio.edits import plan_changes

TEXT = (
    'A lamp called "Fenn". It never flickers. 60 hours of light on one charge. 40% brighter than Glow. '
    "Order at fenn.example. 20% off until Friday with code LAMP."
)
SCRIPT = (
    "# Fenn\n\nIt never flickers.\n\n> It lasts all night.\n\n**60 hours** of light\n\n[Order](https://fenn.example)\n"
)
MODEL = "openrouter-veo-3.1-fast"
PHOTO = Material(asset=Digest("a" * 64), name="shop.png", treatment="photo", width=640, height=360)
EDITS: dict[str, list[dict[str, Any]]] = {
    "words": [{"shot": 1, "words": "Hullo"}, {"shot": 3, "words": "It never dims."}],
    "prompt": [{"shot": 2, "model": MODEL}, {"shot": 2, "prompt": "a dog in the snow"}],
    "length": [{"shot": 3, "length": 4}],
    "image": [{"shot": 3, "image": "shop.png"}],
    "move": [{"shot": 3, "image": "shop.png", "words": ""}, {"shot": 3, "move": "pull"}],
    "model": [{"shot": 2, "model": MODEL}],
    "look": [{"look": "noir"}],
    "accent": [{"accent": "#D6323F"}],
    "emblem": [{"emblem": "tooth"}],
    "logo": [{"logo": "shop.png"}],
    "end_card": [{"end_card": "Made in Ghent"}],
    "mood": [{"mood": "tense"}],
    "music": [{"music": "none"}],
    "aspect": [{"aspect": "9:16"}, {"aspect": "9:16,1:1"}],
    "order": [{"order": [1, 3, 2]}],
}
ELSEWHERE = {
    "clip": "as an image, in test_whole_film_options", "caption": "test_whole_film_options, of a voice",
    "font": "as a logo, in test_font", "brand": "the home's logo, accent and end card, in test_home_brand",
    "music_level": "of a film with a voice, in test_own_sound", "voice": "test_scripts", "captions": "test_changing",
    "caption_shift": "test_changing", "native": "test_formats", "storyboard": "test_whole_film_options",
}  # fmt: skip


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    Image.new("RGB", (640, 360), "#335577").save(tmp_path / "shop.png")
    with Studio(home=tmp_path / "home") as opened:
        yield opened


def list_steps(plan: Plan) -> dict[str, Step]:
    """List what is made for a film, but for its file, whose title follows the name in the script."""
    return {key: step for key, step in build_graph(plan, "film").steps.items() if key != "film/film"}


def test_every_kind_of_edit_is_tried() -> None:
    assert {*EDITS, *ELSEWHERE} == {*plan_changes._OF_A_SHOT, *plan_changes._OF_THE_FILM}


@pytest.mark.parametrize("kind", sorted(EDITS))
@pytest.mark.parametrize("source", [{"script": SCRIPT}, {"brief": TEXT}], ids=["script", "brief"])
def test_an_edit_stays_when_the_film_s_own_script_comes_back(
    studio: Studio, tmp_path: Path, kind: str, source: dict[str, Any]
) -> None:
    made = studio.make(**source, goal="plan", short_side=180, aspect="16:9").project
    shots = len(studio.read_plan(made).plan.shots)
    for edit in EDITS[kind]:
        files = {name: tmp_path / "shop.png" for name in ("image", "logo") if name in edit}
        order = {"order": [*edit["order"], *range(4, shots + 1)]} if "order" in edit else {}
        studio.edit(made, **{**edit, **files, **order}, yes=True, accept_unconfirmed=True)
    before = studio.read_plan(made).plan
    quoted = studio.quote_script(made, script=studio.read_script(made).script)
    assert quoted.plan and not quoted.lost_edits
    if kind == "order":  # what is drawn knows its neighbours, and the script names them as they stand now
        assert [shot.id for shot in quoted.plan.shots] == [shot.id for shot in before.shots]
    else:
        assert list_steps(quoted.plan) == list_steps(before)


@pytest.mark.parametrize("kind", sorted(EDITS))
def test_an_edit_stays_at_another_length_and_back_or_its_loss_has_a_code(kind: str) -> None:
    brief = Brief(text=TEXT, length_ms=20_000, aspect="16:9", short_side=180)
    before = plan_length(brief, None)
    for edit in EDITS[kind]:
        changes = {"order": [*edit["order"], *range(4, len(before.shots) + 1)]} if "order" in edit else edit
        logo = PHOTO if "logo" in edit else None
        before = plan_changes.apply_changes(before, changes, PHOTO if "image" in edit else None, (), logo, brief=brief)  # type: ignore[arg-type]
    there, lost = set_film_length(before, brief, None, 24_000)
    back, lost_again = set_film_length(there, brief, 24_000, 20_000)
    codes = [
        note.code for note in (*lost, *lost_again) if isinstance(note, Reason) and note.code.startswith("edit_lost")
    ]
    if kind in ("order", "length"):
        assert codes == [f"edit_lost_{kind}"]
    else:
        assert not codes and list_steps(back) == list_steps(before)
