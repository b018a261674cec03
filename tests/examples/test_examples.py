"""The scripts of examples/: each is a film that ends well; all of them in the lane, one for every change."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat
from tools.example_pictures import drawn

from reelwright import Studio
from reelwright.documents.read import read_script
from reelwright.settings import Settings

REAL_HANDS = True

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SCRIPTS = sorted(EXAMPLES.glob("*/script.md"))


def made(script: Path, home: Path) -> None:
    with Studio(Settings(home=home, hands=2)) as studio:
        film = studio.make(script=script, short_side=180, models=["animatic"])
    assert film.state == "done", film.message
    assert film.film and film.film.duration_s <= 60 and not film.findings


def test_there_are_twelve_of_them() -> None:
    assert len(SCRIPTS) == 12


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.parent.name)
def test_an_example_shows_its_own_words_and_no_others(script: Path, tmp_path: Path) -> None:
    text = script.read_text(encoding="utf-8")
    with Studio(Settings(home=tmp_path / "home")) as studio:
        plan = studio.plan(script=script).plan
    for shot in plan.shots:
        for words in shot.words.values():
            letters = iter(text)
            assert all(one in letters for one in words if not one.isspace() and one != "|")
    assert read_script(text).screens


def test_the_listing_is_a_film_that_ends_well(tmp_path: Path) -> None:
    made(EXAMPLES / "listing" / "script.md", tmp_path / "home")


def test_the_pictures_of_the_product_are_drawn_by_ourselves(tmp_path: Path) -> None:
    for path in drawn(tmp_path):
        with Image.open(path) as ours, Image.open(EXAMPLES / "voltcup" / path.name) as there:
            assert ours.size == there.size and ours.mode == there.mode
            apart = ImageStat.Stat(ImageChops.difference(ours.convert("RGB"), there.convert("RGB"))).mean
            assert max(apart) < 2


@pytest.mark.lane_examples
@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.parent.name)
def test_an_example_is_a_film_that_ends_well(script: Path, tmp_path: Path) -> None:
    made(script, tmp_path / "home")
