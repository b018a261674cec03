"""The end card: a text of the brand on the last screen, beside what stands there."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.reel.plan import Plan
from reelwright.settings import Settings
from studio.test_brand import BRIEF, SMALL

CALLED = "# Fenn\n\nA lamp that never flickers\n\n[Order at fenn.example](https://fenn.example)\n"
SHOWN = "# Fenn\n\nA lamp that never flickers\n\n---\n\nIt lasts\n"
TEXT = "Made by hand in Sofia"


def list_last_words(plan: Plan) -> dict[str, str]:
    return dict(plan.shots[-1].words)


def plan_script(studio: Studio, folder: Path, text: str, **options: str) -> Plan:
    script = folder / "fenn.md"
    script.write_text(text)
    return studio.plan(script=script, **options, **SMALL).plan  # type: ignore[arg-type]


def test_it_joins_the_call_or_gets_a_screen_and_takes_no_word_away(empty: Settings, tmp_path: Path) -> None:
    with Studio(empty) as studio:
        bare, called = (plan_script(studio, tmp_path, CALLED, **given) for given in ({}, {"end_card": TEXT}))
        plain, shown = (plan_script(studio, tmp_path, SHOWN, **given) for given in ({}, {"end_card": TEXT}))
        briefed = studio.plan(BRIEF, end_card=TEXT, **SMALL).plan
    assert len(called.shots) == len(bare.shots) and list_last_words(called) == {**list_last_words(bare), "legal": TEXT}
    assert [dict(one.words) for one in shown.shots[:-1]] == [dict(one.words) for one in plain.shots]
    assert list_last_words(shown) == {"name": "Fenn", "line": TEXT}
    assert TEXT in list_last_words(briefed).values()


def test_it_stays_last_where_a_film_is_made_longer(empty: Settings) -> None:
    brief = "Lamp Fenn, from €49. Visit us in Sofia, ul. Shipka 6. 30 seconds"
    with Studio(empty) as studio:
        plan = studio.plan(brief, end_card=TEXT, **SMALL).plan
    assert TEXT in list_last_words(plan).values()


def test_script_flavor_and_home_may_name_it_and_the_nearest_wins(empty: Settings, tmp_path: Path) -> None:
    folder = empty.flavors / "fenn"
    folder.mkdir(parents=True)
    packaged = Path(__file__).parents[2] / "src/reelwright/planner/flavors/spot/pipeline_params.yaml"
    (folder / "pipeline_params.yaml").write_text(packaged.read_text() + "\nend_card: of the flavor\n")
    written = f"---\nend_card: of the script\n---\n\n{SHOWN}"
    with Studio(empty) as studio:
        studio.set_brand(end_card="of the home")
        found = [
            list_last_words(plan_script(studio, tmp_path, text, **given))["line"]
            for text, given in (
                (SHOWN, {}), (SHOWN, {"flavor": "fenn"}), (written, {"flavor": "fenn"}),
                (written, {"end_card": "of the option"}), (SHOWN, {"end_card": "none"}),
                (f"---\nend_card: none\n---\n\n{SHOWN}", {}),
            )
        ]  # fmt: skip
        notes = studio.quote(BRIEF, **SMALL).notes
    assert found == ["of the home", "of the flavor", "of the script", "of the option", "It lasts", "It lasts"]
    assert "The end card of the home is by the home's brand." in notes


def test_a_plan_file_has_end_card_and_logo(empty: Settings, tmp_path: Path, logo: Path) -> None:
    plan = tmp_path / "film.yaml"
    text = (
        "title: Fenn\nlogo: mark.png\nend_card: {0}\nbeats:\n- beat: {1}\n  shots:\n  - {{seconds: 3, words: Fenn}}\n"
    )
    with Studio(empty) as studio:
        plan.write_text(text.format(TEXT, "end_card"))
        film = studio.make("Fenn", plan=plan, images=[logo], goal="plan")
        made = studio.read_plan(film.project).plan
        plan.write_text(text.format(TEXT, "hook"))
        with pytest.raises(BadInput, check=lambda error: error.field.endswith("end_card")):
            studio.quote("Fenn", plan=plan, images=[logo])
    assert list_last_words(made) == {"line": "Fenn", "legal": TEXT}
    assert [one.role for one in made.shots[-1].source.inputs] == ["logo"]  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["", "x" * 121])
def test_a_text_that_is_none_or_too_long_is_refused(empty: Settings, text: str) -> None:
    with Studio(empty) as studio, pytest.raises(BadInput, check=lambda error: error.field == "end_card"):
        studio.plan(BRIEF, end_card=text)
