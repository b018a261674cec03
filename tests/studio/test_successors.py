"""A retired model is refused naming its successor, or that is asked in its place: at every door, and said.

Source: systems.md G05.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.planner import flavors
from reelwright.providers.offline import Offline
from reelwright.reel.base.document import to_public
from reelwright.reel.film.brief import Brief
from reelwright.settings import Settings
from reelwright.studio.quotes.quote_warnings import list_retirements
from studio.shelf import Shelf

BRIEF = "“It never flickers.” A 6 second film for “Fenn”, a lamp. Order at fenn.example"
SMALL: dict[str, Any] = {"short_side": 180, "aspect": "9:16", "length": 6}
UNSURE: dict[str, Any] = {"yes": True, "accept_unconfirmed": True}
GONE, NEXT = "veo-3.1-fast-generate-preview", "gemini-omni-1.1-flash"


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", hands=1)


@pytest.fixture
def studio(shelf: Shelf, settings: Settings) -> Iterator[Studio]:
    with Studio(settings, providers={"offline": Offline(), "shelf": shelf}) as opened:
        yield opened


def own_flavor(settings: Settings, name: str, **more: str) -> str:
    """A flavor of one's own that names models."""
    folder = settings.home / "flavors" / name
    shutil.copytree(Path(flavors.__file__).parent / "short", folder)
    with (folder / "pipeline_params.yaml").open("a", encoding="utf-8") as file:
        file.writelines(f"{key}: {value}\n" for key, value in more.items())
    return name


def in_place(said: tuple[str, ...]) -> list[str]:
    return [one for one in said if "is asked in its place" in one]


# an edit


def test_an_edit_by_a_retired_model_is_refused_or_asks_its_successor_and_the_film_keeps_both_names(
    studio: Studio, shelf: Shelf, tmp_path: Path
) -> None:
    studio.make(BRIEF, goal="takes", models=["openrouter-veo-3.1-fast"], **SMALL, **UNSURE)
    bought = len(shelf.sent)
    with pytest.raises(BadInput, match=NEXT):
        studio.quote_edit("last", shot=1, model=GONE)
    quoted = studio.quote_edit("last", shot=1, model=GONE, successor=True)
    assert len(in_place(quoted.notes)) == 1 and "a second" in in_place(quoted.notes)[0]
    made = studio.edit("last", shot=1, model=GONE, successor=True, **UNSURE)
    assert [request.model for request, _ in shelf.sent[bought:]] == [NEXT]
    assert in_place(made.notes) == in_place(quoted.notes)
    assert f"{GONE}: {NEXT}" in studio.pull("last", tmp_path / "pulled").film.read_text(encoding="utf-8")
    studio.edit("last", shot=1, prompt="A lamp, lit", **UNSURE)
    assert f"{GONE}: {NEXT}" in studio.pull("last", tmp_path / "later").film.read_text(encoding="utf-8")


def test_an_edit_that_draws_the_shot_asks_nobody_for_a_successor(studio: Studio) -> None:
    studio.make(BRIEF, goal="takes", models=["openrouter-veo-3.1-fast"], **SMALL, **UNSURE)
    quoted = studio.quote_edit("last", shot=1, model="animatic", successor=True)
    assert quoted.micros == 0 and not in_place(quoted.notes)


# a flavor


def test_a_flavor_that_names_retired_models_is_made_by_their_successors_where_that_is_wanted(
    studio: Studio, shelf: Shelf, settings: Settings, tmp_path: Path
) -> None:
    mine = own_flavor(settings, "mine", models=f"[{GONE}]")
    with pytest.raises(BadInput, match=NEXT):
        studio.quote(BRIEF, flavor=mine, **SMALL)
    planned = studio.plan(BRIEF, flavor=mine, successor=True, **SMALL)
    assert len(in_place(planned.notes)) == 1
    made = studio.make(BRIEF, goal="takes", flavor=mine, successor=True, **SMALL, **UNSURE)
    assert {request.model for request in shelf.asked("video")} == {NEXT}
    assert len(in_place(made.notes)) == 1
    film = studio.pull("last", tmp_path / "pulled").film.read_text(encoding="utf-8")
    assert f"replaced_models:\n    {GONE}: {NEXT}" in film
    assert f"- {GONE}" in film, "the flavor is kept as it was"


def test_what_a_brief_asks_for_itself_leaves_its_flavor_s_retired_model_alone(
    studio: Studio, settings: Settings
) -> None:
    mine = own_flavor(settings, "mine", models=f"[{GONE}]")
    quoted = studio.quote(BRIEF, flavor=mine, models=["openrouter-veo-3.1-fast"], successor=True, **SMALL)
    assert quoted.micros and not in_place(quoted.notes)


# a brief as a value, the usual model, the planner


def test_a_brief_that_is_given_as_a_value_and_the_usual_model_are_read_alike(shelf: Shelf, tmp_path: Path) -> None:
    told = Settings(home=tmp_path / "home", hands=1, retired="successor", model="veo-3.0")
    with Studio(told, providers={"offline": Offline(), "shelf": shelf}) as studio:
        for brief in (Brief(text=BRIEF, models=(GONE,)), BRIEF):
            assert len(in_place(studio.quote(brief, **SMALL).notes)) == 1
        with pytest.raises(BadInput, match=NEXT):
            studio.quote(Brief(text=BRIEF, models=(GONE,)), successor=False, **SMALL)


def test_a_plan_by_a_retired_language_model_is_quoted_by_its_successor(studio: Studio) -> None:
    with pytest.raises(BadInput, match=r"gpt-6\.1-sol"):
        studio.quote(BRIEF, goal="plan", planner="gpt-4")
    assert (
        "gpt-6.1-sol is asked in its place"
        in studio.quote(BRIEF, goal="plan", planner="gpt-4", successor=True).notes[0]
    )


def test_a_plan_of_ones_own_that_names_a_retired_model_is_refused_before_a_price(
    studio: Studio, tmp_path: Path
) -> None:
    planned = studio.plan(BRIEF, models=["vertex-veo-3.1-fast"], **SMALL)
    (tmp_path / "plan.yaml").write_text(json.dumps(to_public(planned.plan)).replace("vertex-veo-3.1-fast", GONE))
    for told in ({}, {"successor": True}):
        with pytest.raises(BadInput, match=NEXT):
            studio.quote(BRIEF, plan=tmp_path / "plan.yaml", **told)


# a batch


def test_a_word_is_no_yes_to_a_successor_in_a_batch(studio: Studio) -> None:
    """Any word would have bought it, also ``no``."""
    row = {"prompt": "a paper boat", "model": GONE}
    for said in ("no", "false", 2):
        with pytest.raises(BadInput, match="successor"):
            studio.quote_batch([row], successor=said)  # type: ignore[arg-type]


def test_a_batch_says_of_which_rows_a_model_was_replaced(studio: Studio) -> None:
    entries: list[Any] = [{"prompt": "a cat"}, {"prompt": "a dog"}, {"prompt": "a fox", "model": "openrouter-wan-3.0"}]
    with pytest.raises(BadInput, match=r"row 1: model(.|\n)*gemini-omni"):
        studio.quote_batch(entries, model=GONE)
    quoted = studio.quote_batch(entries, model=GONE, successor=True)
    assert [rows for said, rows in quoted.notes.items() if "in its place" in said] == [[1, 2]]
    mixed = [{"prompt": "a cat", "successor": False}]
    with pytest.raises(BadInput, match="gemini-omni"):
        studio.quote_batch(mixed, model=GONE, successor=True)


# what goes soon


def test_a_plan_tells_by_which_day_its_models_go(studio: Studio) -> None:
    planned = studio.plan(BRIEF, models=["vertex-veo-3.1-fast"], **SMALL)
    told = list_retirements(planned.plan, date(2026, 11, 1))
    assert told == (f"Veo 3.1 Fast (Vertex) retires on 2026-11-17, in 16 days; its successor is {NEXT}",)
    assert list_retirements(planned.plan, date(2026, 9, 1)) == ()
    assert any(
        "Wan 2.1 is deprecated" in said for said in studio.plan(BRIEF, models=["wan-2.1"], stills="flux-dev").notes
    )
