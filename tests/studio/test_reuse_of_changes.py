"""What another film of the account bought costs nothing, also where a change or a film.yaml asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reelwright import Studio
from reelwright.providers.offline import Offline
from reelwright.settings import Settings
from studio.shelf import Shelf
from studio.test_price_of_the_rest import PLAN, QUOTE


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def studio(tmp_path: Path, shelf: Shelf) -> Iterator[Studio]:
    settings = Settings(home=tmp_path / "home", hands=1)
    with Studio(settings, providers={"offline": Offline(), "shelf": shelf}) as opened:
        yield opened


def make(studio: Studio, folder: Path, name: str, plan: str) -> str:
    path = folder / f"{name}.yaml"
    path.write_text(plan, encoding="utf-8")
    film = {"plan": path, "models": ["openrouter-veo-3.1-fast"], "continuity": "loose"}
    return studio.make(name, **film, yes=True, accept_unconfirmed=True).project


def test_a_pulled_film_that_is_applied_as_a_new_one_costs_nothing(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    pulled = studio.pull(make(studio, tmp_path, "Fenn", PLAN), tmp_path / "film")
    lines = pulled.film.read_text(encoding="utf-8").splitlines(keepends=True)
    rest = [line for line in lines if not line.startswith(("project:", "revision:"))]
    pulled.film.write_text("".join(rest), encoding="utf-8")
    quoted, sent = studio.quote_apply(pulled.folder), len(shelf.sent)
    assert quoted.micros == 0 and any("used again" in note for note in quoted.notes)
    applied = studio.apply(pulled.folder, budget="0.10", accept_unconfirmed=True)
    assert applied.state == "done" and len(shelf.sent) == sent


def test_an_edit_that_another_film_had_costs_nothing(studio: Studio, shelf: Shelf, tmp_path: Path) -> None:
    made, other = make(studio, tmp_path, "Fenn", PLAN), make(studio, tmp_path, "Other", PLAN)
    studio.edit(made, shot=1, prompt="A lamp in a hall", yes=True, accept_unconfirmed=True)
    quoted, sent = studio.quote_edit(other, shot=1, prompt="A lamp in a hall"), len(shelf.sent)
    assert quoted.micros == 0 and any("used again" in note for note in quoted.notes)
    edited = studio.edit(other, shot=1, prompt="A lamp in a hall", budget="0.10", accept_unconfirmed=True)
    assert edited.state == "done" and len(shelf.sent) == sent
    assert studio.quote_edit(made, shot=1, prompt="A lamp in a shed").micros == QUOTE
    assert studio.quote_retake(other, 1).micros == QUOTE, "another take is another take"
