"""The brand of the home: set once, in every film that says nothing else, and never in one that exists."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from PIL import Image

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.settings import Settings
from reelwright.studio.studio import AsyncStudio
from studio.test_brand import BRIEF, SMALL, list_accents, list_logos

SCRIPT = "# Fenn\n\nA lamp that never flickers\n\n[Order at fenn.example](https://fenn.example)\n"


def test_a_brand_is_set_in_parts_and_keeps_its_logo_when_the_file_is_gone(empty: Settings, logo: Path) -> None:
    with Studio(empty) as studio:
        assert studio.read_brand().accent is None and not empty.home.exists(), "reading makes no home"
        studio.set_brand(accent="#2244cc")
        marked = studio.set_brand(logo=logo)
        logo.unlink()
        film = studio.make(BRIEF, goal="cut", **SMALL)
        plan = studio.read_plan(film.project).plan
        bare = studio.set_brand(logo="none")
    assert (marked.accent, marked.logo and marked.logo.name) == ("#2244CC", "mark.png")
    assert list_logos(plan)[-1] == [marked.logo and marked.logo.asset] and list_accents(plan) == {"#2244CC"}
    assert (bare.accent, bare.logo) == ("#2244CC", None)


async def test_two_who_set_parts_of_it_at_one_moment_lose_neither(empty: Settings) -> None:
    async with AsyncStudio(empty) as studio:
        for number in range(5):
            accent, text = f"#00000{number}", f"text {number}"
            await asyncio.gather(studio.set_brand(accent=accent), studio.set_brand(end_card=text))
            brand = await studio.read_brand()
            assert (brand.accent, brand.end_card) == (accent, text)


def test_a_film_says_what_it_has_of_the_brand_and_its_own_words_win(empty: Settings, logo: Path) -> None:
    script = logo.parent / "fenn.md"
    script.write_text(f"---\naccent: '#00AA55'\n---\n\n{SCRIPT}")
    with Studio(empty) as studio:
        studio.set_brand(accent="#2244CC", logo=logo)
        quote = studio.quote(BRIEF, **SMALL)
        plan = studio.plan(script=script, **SMALL)
        neither = studio.quote(BRIEF, accent="none", logo="none", **SMALL)
    assert "The accent #2244CC and the logo mark.png are by the home's brand." in quote.notes
    assert list_accents(plan.plan) == {"#00AA55"} and list_logos(plan.plan)[-1]
    assert "The logo mark.png is by the home's brand." in plan.notes
    assert not any("brand" in note for note in neither.notes)


def test_a_flavor_s_brand_wins_over_the_home_s(empty: Settings, logo: Path) -> None:
    folder = empty.flavors / "fenn"
    folder.mkdir(parents=True)
    Image.new("RGB", (200, 200), (250, 10, 10)).save(folder / "red.png")
    packaged = Path(__file__).parents[2] / "src/reelwright/planner/flavors/spot/pipeline_params.yaml"
    text = packaged.read_text()
    (folder / "pipeline_params.yaml").write_text(f'{text}\naccent: "#aa0055"\nlogo: red.png\n')
    with Studio(empty) as studio:
        studio.set_brand(accent="#2244CC", logo=logo)
        planned = studio.plan(BRIEF, flavor="fenn", **SMALL)
        (folder / "red.png").unlink()
        with pytest.raises(BadInput, check=lambda error: error.field == "fenn/pipeline_params.yaml: logo"):
            studio.plan(BRIEF, flavor="fenn", **SMALL)
        (folder / "pipeline_params.yaml").write_text(f"{text}\naccent: red\n")
        with pytest.raises(BadInput, check=lambda error: "accent" in error.field):
            studio.plan(BRIEF, flavor="fenn", **SMALL)
    assert list_accents(planned.plan) == {"#AA0055"}
    assert "The accent #AA0055 and the logo red.png are by the flavor fenn." in planned.notes


def test_another_brand_remakes_no_film_until_an_edit_asks_for_it(empty: Settings, logo: Path) -> None:
    script = logo.parent / "fenn.md"
    script.write_text(SCRIPT)
    with Studio(empty) as studio:
        studio.set_brand(accent="#2244CC")
        briefed = studio.make(BRIEF, goal="cut", **SMALL)
        scripted = studio.make(script=script, goal="cut", **SMALL)
        studio.set_brand(accent="#00AA55", logo=logo)
        for again, given in ((briefed, {"brief": BRIEF}), (scripted, {"script": script})):
            quote = studio.quote(goal="cut", **given, **SMALL)  # type: ignore[arg-type]
            assert (quote.project, quote.wanted_steps) == (again.project, ())
        script.write_text(SCRIPT.replace("never", "hardly ever"))
        studio.make(script=script, goal="cut", **SMALL)
        changed = studio.read_plan(scripted.project).plan
        studio.edit(scripted.project, brand=True)
        branded = studio.read_plan(scripted.project).plan
    assert list_accents(changed) == {"#2244CC"} and not any(list_logos(changed))
    assert list_accents(branded) == {"#00AA55"} and list_logos(branded)[-1]


def test_an_edit_that_asks_for_a_brand_needs_one(empty: Settings) -> None:
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="plan", **SMALL)
        with pytest.raises(BadInput, check=lambda error: error.field == "brand"):
            studio.quote_edit(film.project, brand=True)


@pytest.mark.parametrize(("given", "field"), [({"accent": "red"}, "accent"), ({"logo": __file__}, "logo")])
def test_a_brand_that_is_refused_changes_nothing(empty: Settings, given: dict[str, str], field: str) -> None:
    with Studio(empty) as studio:
        studio.set_brand(accent="#2244CC")
        with pytest.raises(BadInput, check=lambda error: error.field == field):
            studio.set_brand(**given)
        assert studio.read_brand().accent == "#2244CC"


def test_rows_of_a_batch_have_the_brand(empty: Settings) -> None:
    with Studio(empty) as studio:
        studio.set_brand(accent="#2244CC")
        made = studio.batch([{"brief": BRIEF, "look": "slam", "until": "plan", **SMALL}])
        project = made.rows[0].project
        assert project
        assert list_accents(studio.read_plan(project).plan) == {"#2244CC"}


def test_a_sweep_leaves_the_logo_of_a_brand(empty: Settings, logo: Path) -> None:
    with Studio(empty) as studio:
        brand = studio.set_brand(logo=logo)
        studio.set_retention(unused_assets="0s")
        studio.set_retention(deployment=True, grace="0s")
        for _ in range(3):
            sweep(studio, empty)
        assert brand.logo and list_files(empty, brand.logo.asset)
        studio.set_brand(logo="none")
        for _ in range(3):
            sweep(studio, empty)
        assert not list_files(empty, brand.logo.asset), "what nothing names any more goes"


def sweep(studio: Studio, settings: Settings) -> None:
    """Sweep as if nobody had touched a file of the vault for a long time."""
    for one in settings.vault.rglob("*"):
        os.utime(one, (1_000_000_000, 1_000_000_000))
    studio.sweep_files()


def list_files(settings: Settings, asset: str) -> list[Path]:
    return [one for one in settings.vault.rglob("*") if one.is_file() and asset in one.name]
