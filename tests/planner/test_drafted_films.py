"""The script of a brief makes the film that the brief makes: length, pictures and last card."""

from __future__ import annotations

import pytest

from reelwright.documents.read import read_script
from reelwright.planner.rules import plan
from reelwright.planner.screens.film import FilmingOptions, plan_script
from reelwright.reel.film.brief import Brief
from reelwright.studio.films.new_project import plan_by_rules

BRIEFS = [
    "Harrow & Finch is a bicycle repair workshop in Bristol. Spring tune-up for £45 instead of £70, until 30 April "
    "2027. Walk in at 14 Colston Lane, Bristol BS1 5AD, or ring 0117 496 0182. Your bike is back the same day.",
    "Kettler & Lohse ist eine Fahrradwerkstatt in Leipzig. Kommt vorbei in der Merseburger Straße 42, 04177 Leipzig, "
    "oder Anruf unter 0341 555 0198.",
    "Atelier Brune répare vos chaussures à Lyon. Passez au 12 rue des Tanneurs, 69005 Lyon, ou appelez le "
    "04 55 50 11 22.",
    "Skua Kayaks in Oban runs guided sea trips, £55 for three hours, every day in June 2027. Meet at the North Pier. "
    "Book on 01631 496 077.",
]


@pytest.mark.parametrize("brief", BRIEFS)
def test_a_brief_as_a_script_is_the_same_film(brief: str) -> None:
    made = plan_by_rules(Brief(text=brief))
    assert made.draft
    options = FilmingOptions(
        brief=Brief(text=""), name="script.md", title=made.plan.title, tone=made.plan.tone, language=made.plan.language,
        files={},
    )  # fmt: skip
    again = plan_script(read_script(made.draft.script), options).plan
    assert [int(one.length) for one in again.shots] == [int(one.length) for one in made.plan.shots]
    assert [dict(one.words) for one in again.shots] == [dict(one.words) for one in made.plan.shots]


def test_the_script_of_a_filmed_brief_says_what_its_takes_show() -> None:
    result = plan(Brief(text=f"{BRIEFS[3]} Show kayaks on calm water, a seal.", models=("kling",), stills="flux-dev"))
    assert result.script
    seen = [one.picture.description for one in result.script.screens if one.picture]
    assert seen[0].startswith("kayaks on calm water")
    assert any(one.startswith("a seal") for one in seen)
