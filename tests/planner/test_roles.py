"""Where words can be said to a shot: the tables of roles hold what the stagings draw."""

from __future__ import annotations

import pytest

from reelwright.errors import BadInput
from reelwright.media.animatic import scene_builder
from reelwright.media.looks.slam import STAGINGS
from reelwright.media.staging.roles import STAGED_ROLES
from reelwright.media.staging.shot_request import ShotRequest, read_shot_request
from reelwright.media.staging.stage import Stage
from reelwright.planner.edits.edit import ROLES
from reelwright.planner.match import FilmSettings, Place, match_shot
from reelwright.planner.roles import (
    CORE_ROLES,
    PICTURELESS_STAGINGS,
    choose_staging,
    list_core_roles,
    list_roles,
)
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.plan import Shot
from reelwright.units import Frames

EVERY = dict.fromkeys(ROLES, "Word") | {
    "number": "60",
    "ratio_milli": "2000",
    "steps": "One|Two",
    "line": "One two",
}
HOUSE = FilmSettings(fps=(30, 1), size=(180, 320), look="slam", language="en")
COMPOSITIONS = [(beat, n) for beat, rows in STAGINGS.beats.items() for n in range(len(rows))]


def drawn(beat: str, variant: int, words: dict[str, str]) -> None:
    asked = ShotRequest(
        staging=beat, size=(180, 320), fps=(30, 1), frames=60, words=words, variant=variant, hits=(0, 20)
    )
    scene_builder.stage_scene(asked, ())


def shot(beat: str, variant: int, words: dict[str, str]) -> Shot:
    source = match_shot("", words, 60, Place(beat=beat, variant=variant), HOUSE)
    return Shot(id=ShotId("shot_1"), prompt="", length=Frames(60), source=source, words=words, text_mode="drawn")


def read_by(monkeypatch: pytest.MonkeyPatch, beat: str, variant: int, words: dict[str, str]) -> set[str]:
    """Roles of ``words`` that the composition looks at."""
    read: set[str] = set()
    says = Stage.get_words

    def heard(stage: Stage, role: str) -> str:
        read.add(role)
        return says(stage, role)

    monkeypatch.setattr(Stage, says.__name__, heard)
    drawn(beat, variant, words)
    return read & set(words)


def test_every_staging_has_its_roles() -> None:
    assert (
        set(STAGED_ROLES) == set(STAGINGS.beats)
        and set(CORE_ROLES) <= set(STAGED_ROLES)
        and set(PICTURELESS_STAGINGS) <= set(STAGED_ROLES)
    )


@pytest.mark.parametrize(("beat", "variant"), COMPOSITIONS)
@pytest.mark.parametrize("without", [(), ("listing",), ("listing", "steps", "figures", "chart")])
def test_a_shot_takes_just_the_roles_that_its_composition_draws(
    monkeypatch: pytest.MonkeyPatch, beat: str, variant: int, without: tuple[str, ...]
) -> None:
    words = {role: text for role, text in EVERY.items() if role not in without}
    found = read_by(monkeypatch, beat, variant, words)
    assert found == set(list_roles(shot(beat, variant, words))) & set(words)


@pytest.mark.parametrize(("beat", "variant"), COMPOSITIONS)
def test_a_staging_draws_its_core_alone_and_nothing_less(beat: str, variant: int) -> None:
    core = list_core_roles(shot(beat, variant, {}))
    for role in core:
        drawn(beat, variant, {role: EVERY[role]})
    others = {
        role: text
        for role, text in EVERY.items()
        if role not in core and role not in ("steps", "prefix", "unit", "listing")
    }
    if core and beat not in ("demo", "transformation"):
        with pytest.raises((BadInput, ValueError)):
            drawn(beat, variant, others)


@pytest.mark.parametrize("beat", [*STAGED_ROLES, "before"])
@pytest.mark.parametrize("words", [{}, {"line": "One"}, {"name": "Fenn", "descriptor": "Lamp"}, {"url": "a.example"}])
def test_words_of_a_title_are_drawn_by_roles_that_their_staging_knows(beat: str, words: dict[str, str]) -> None:
    to, said = choose_staging(beat, words)
    drawn(to, 0, said)


@pytest.mark.parametrize("look", ["grid", "noir", "paper", "riso", "signal", "slam"])
def test_a_call_that_is_its_address_alone_is_drawn(look: str) -> None:
    asked = read_shot_request(
        {"staging": "cta", "look": look, "size": [180, 320], "frames": 60, "words": {"url": "shop@tern.example"}}
    )
    scene_builder.stage_scene(asked, ())
    assert asked.words == {"line": "shop@tern.example"}
