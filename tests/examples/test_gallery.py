"""The scripts of docs/gallery are planned without a warning, and nothing of them is lost."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from PIL import Image
from tools.gallery.films import GALLERY, SCRIPTS

from reelwright import Studio
from reelwright.documents.read import read_script
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings

KEPT_BYTES = 60_000


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with Studio(Settings(home=tmp_path_factory.mktemp("home"))) as studio:
        yield studio


def _bare(text: str) -> str:
    return re.sub(r"[\s\-‐­|*~\u200e\u200f]+", "", text).casefold()


def _list_texts(script: Path) -> list[str]:
    """List what a viewer is to read of a script: words, numbers, who said it, addresses without their scheme."""
    texts = []
    for screen in read_script(script.read_text(encoding="utf-8")).screens:
        address = re.sub(r"^(https?://|tel:.*)", "", screen.url)
        said = [run.text for run in screen.runs]
        texts += [*" ".join(said).split(), *screen.speaker.split(), *address.split()]
        texts += screen.number.split() if screen.form != "step" else []
    return texts


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_script_of_the_gallery_is_planned_without_a_warning_or_a_loss(script: Path, studio: Studio) -> None:
    planned = studio.plan(script=script)
    assert all(note.startswith("The look is ") for note in planned.notes)
    shown = _bare(" ".join(text for shot in planned.plan.shots for text in shot.words.values()))
    assert not [word for word in _list_texts(script) if _bare(word).strip(",.،") not in shown]
    given = {one.picture.file for one in read_script(script.read_text(encoding="utf-8")).screens if one.picture}
    requests = [shot.source for shot in planned.plan.shots if isinstance(shot.source, Request)]
    assert len({one.asset for request in requests for one in request.inputs}) == len(given)


def test_the_gallery_shows_what_a_script_can_hold() -> None:
    texts = {script.stem: script.read_text(encoding="utf-8") for script in SCRIPTS}
    settings = {name: yaml.load(text.split("---")[1], yaml.BaseLoader) for name, text in texts.items()}
    assert len(texts) == 20 and not any("look" in one for one in settings.values())
    aspects = Counter(one["aspect"] for one in settings.values())
    assert min(aspects[one] for one in ("16:9", "9:16", "1:1", "4:5")) >= 3
    for sign in ("~~", "<!-- legal -->", "<!-- chart -->", "](tel:", "\n- ", "\n1. ", "\n> — ", "```"):
        assert any(sign in text for text in texts.values())
    letters = {"ا": "Arabic", "の": "Japanese", "и": "Cyrillic", "क": "Devanagari", "ה": "Hebrew", "다": "Korean"}
    assert {name for letter, name in letters.items() for text in texts.values() if letter in text} == {
        *letters.values()
    }
    assert sum(".jpg" in text for text in texts.values()) >= 6 and sum(".png" in text for text in texts.values()) >= 2


def test_pictures_and_sheets_of_the_gallery_are_small() -> None:
    for path in [*(GALLERY / "scripts" / "pictures").iterdir(), *GALLERY.glob("*.webp")]:
        assert path.stat().st_size <= KEPT_BYTES, path.name
        with Image.open(path) as picture:
            assert picture.width <= 1600
