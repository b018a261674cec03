"""A home with one small finished film in it, made once with real parts and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from reelwright import Studio
from reelwright.settings import Settings
from reelwright.studio.results.results import FilmResult

BRIEF = "“It never flickers.” For “Fenn”. Order at fenn.example"
SMALL = {"short_side": 180, "aspect": "9:16", "length": 4}


@dataclass(frozen=True)
class Home:
    path: Path
    made: FilmResult

    @property
    def settings(self) -> Settings:
        return Settings(home=self.path, hands=1)


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Never written to by a test: use ``home``."""
    path = tmp_path_factory.mktemp("finished") / "home"
    with Studio(Settings(home=path, hands=2)) as studio:
        return Home(path, studio.make(BRIEF, **SMALL))


@pytest.fixture
def home(finished: Home, tmp_path: Path) -> Home:
    """A copy of the home with one finished film."""
    shutil.copytree(finished.path, tmp_path / "home")
    return Home(tmp_path / "home", finished.made)


@pytest.fixture
def studio(home: Home) -> Iterator[Studio]:
    with Studio(home.settings) as opened:
        yield opened


@pytest.fixture
def empty(tmp_path: Path) -> Settings:
    """Settings of a home that does not exist yet."""
    return Settings(home=tmp_path / "new home ü", hands=2)


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """A logo as a cut-out."""
    path = tmp_path / "mark.png"
    picture = Image.new("RGBA", (300, 90))
    ImageDraw.Draw(picture).ellipse((2, 2, 297, 87), fill=(20, 80, 200, 255))
    picture.save(path)
    return path
