"""The end card: a text of the brand on the last screen, beside what stands there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.reel.film.plan import Plan
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


def list_takes(studio: Studio, project: str, **changes: str) -> list[str]:
    """The takes that an edit draws again, all of them for nothing."""
    quote = studio.quote_edit(project, **changes)  # type: ignore[arg-type]
    assert quote.micros == 0
    return [step for step in quote.wanted_steps if step.startswith("take/")]


@pytest.mark.parametrize("text", [CALLED, SHOWN, f"---\nend_card: first\n---\n\n{CALLED}"])
def test_an_edit_gives_a_film_an_end_card_another_and_none_and_draws_only_its_last_screen(
    empty: Settings, tmp_path: Path, text: str
) -> None:
    script = tmp_path / "fenn.md"
    script.write_text(text)
    with Studio(empty) as studio:
        film = studio.make(script=script, goal="cut", **SMALL)
        first = studio.read_plan(film.project).plan
        assert list_takes(studio, film.project, end_card=TEXT) == [f"take/{first.shots[-1].id}"]
        studio.edit(film.project, end_card=TEXT)
        given = studio.read_plan(film.project).plan
        studio.edit(film.project, end_card="Sofia")
        other = studio.read_plan(film.project).plan
        again = studio.quote_edit(film.project, end_card="Sofia")
        studio.edit(film.project, end_card="none")
        none = studio.read_plan(film.project).plan
        changes = [row.changes for row in studio.list_revisions(film.project)]
    own = {role: words for role, words in list_last_words(first).items() if words != "first"}
    assert own and list_last_words(none) == own, "the film's own words stay"
    for plan, words in ((given, TEXT), (other, "Sofia")):
        assert sorted(list_last_words(plan).values()) == sorted([*own.values(), words])
        assert [dict(one.words) for one in plan.shots[:-1]] == [dict(one.words) for one in first.shots[:-1]]
    assert "The film is so already: nothing changes." in again.notes
    assert [one for one in changes if "end_card" in one] == changes[:3]


def test_a_screen_of_the_end_card_s_own_says_another_text_and_goes_with_it(empty: Settings, tmp_path: Path) -> None:
    script = tmp_path / "fenn.md"
    script.write_text(SHOWN)
    with Studio(empty) as studio:
        studio.set_brand(end_card=TEXT)
        film = studio.make(script=script, goal="cut", **SMALL)
        studio.edit(film.project, end_card="Sofia")
        other = studio.read_plan(film.project).plan
        studio.edit(film.project, end_card="none")
        none = studio.read_plan(film.project).plan
        script.write_text(SHOWN.replace("never", "hardly ever"))
        studio.make(script=script, goal="cut", **SMALL)
        rewritten = studio.read_plan(film.project).plan
    assert list_last_words(other) == {"name": "Fenn", "line": "Sofia"}
    assert len(none.shots) == len(other.shots) - 1 and list_last_words(none) == {"line": "It lasts"}
    assert [list_last_words(rewritten), rewritten.end_card] == [{"line": "It lasts"}, ""]


def test_a_later_edit_keeps_the_end_card(empty: Settings, tmp_path: Path) -> None:
    script = tmp_path / "fenn.md"
    script.write_text(CALLED)
    with Studio(empty) as studio:
        briefed = studio.make(BRIEF, goal="cut", end_card="first", **SMALL).project
        scripted = studio.make(script=script, goal="cut", end_card="first", **SMALL).project
        for project in (briefed, scripted):
            studio.edit(project, end_card=TEXT)
            studio.edit(project, look="paper", accent="#00AA55")
        studio.edit(briefed, length=12)
        script.write_text(CALLED.replace("never", "hardly ever"))
        studio.make(script=script, goal="cut", end_card="first", **SMALL)
        found = [studio.read_plan(project).plan for project in (briefed, scripted)]
        studio.edit(briefed, end_card="none")
        studio.edit(briefed, length=9)
        without = studio.read_plan(briefed).plan
    for plan in found:
        assert list_last_words(plan)["legal"] == plan.end_card == TEXT
    assert without.end_card == "" and "legal" not in list_last_words(without)


def test_the_brand_of_the_home_gives_a_film_its_end_card(empty: Settings) -> None:
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="cut", **SMALL)
        studio.set_brand(end_card=TEXT)
        studio.edit(film.project, brand=True)
        branded = studio.read_plan(film.project).plan
        studio.edit(film.project, brand=True, end_card="Sofia")
        named = studio.read_plan(film.project).plan
    assert (branded.end_card, named.end_card) == (TEXT, "Sofia")


def test_a_last_screen_without_room_is_named_and_the_brand_leaves_it_as_it_is(empty: Settings, tmp_path: Path) -> None:
    script = tmp_path / "fenn.md"
    script.write_text(f"{CALLED}\n<!-- legal -->\nOnly in Bulgaria\n")
    with Studio(empty) as studio:
        film = studio.make(script=script, goal="cut", **SMALL)
        assert list_last_words(studio.read_plan(film.project).plan)["legal"] == "Only in Bulgaria"
        with pytest.raises(BadInput, check=lambda error: error.field == "end_card"):
            studio.quote_edit(film.project, end_card=TEXT)
        studio.set_brand(end_card=TEXT, accent="#00AA55")
        notes = studio.quote_edit(film.project, brand=True).notes
    assert any(TEXT in note for note in notes)


@pytest.mark.parametrize("text", ["", "x" * 121])
def test_an_edit_refuses_a_text_that_is_none_or_too_long(empty: Settings, text: str) -> None:
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="plan", **SMALL)
        with pytest.raises(BadInput, check=lambda error: error.field == "end_card"):
            studio.quote_edit(film.project, end_card=text)


def test_over_a_picture_it_is_a_title_and_an_edit_of_its_words_is_an_edit_of_it(
    empty: Settings, tmp_path: Path
) -> None:
    script = tmp_path / "fenn.md"
    Image.new("RGB", (320, 180), "navy").save(tmp_path / "lamp.jpg")
    script.write_text("# Fenn\n\n---\n\n![](lamp.jpg)\n")
    with Studio(empty) as studio:
        film = studio.make(script=script, goal="cut", **SMALL)
        studio.edit(film.project, end_card=TEXT)
        over = studio.read_plan(film.project).plan
        studio.edit(film.project, shot=2, words="Made in Sofia")
        reworded = studio.read_plan(film.project).plan
        studio.edit(film.project, end_card="none")
        none = studio.read_plan(film.project).plan
    assert [dict(one.words) for one in over.shots[-1].overlays] == [{"line": TEXT}]
    assert reworded.end_card == "Made in Sofia" and not none.shots[-1].overlays and not none.end_card


def store_as_before(settings: Settings) -> None:
    """Store every plan as the versions did that had no field ``end_card`` in it."""
    with closing(sqlite3.connect(settings.home / "journal.db")) as journal, journal:
        journal.execute("UPDATE revisions SET plan = json_remove(plan, '$.end_card')")


@pytest.mark.parametrize("text", [CALLED, "# Fenn\n\n---\n\nIt never lasts\n"])
def test_a_film_that_is_older_than_the_field_keeps_its_end_card_and_gets_another(
    empty: Settings, tmp_path: Path, text: str
) -> None:
    """Of three shots at most: a film so old has none whose length was chosen for a rhythm."""
    script = tmp_path / "fenn.md"
    script.write_text(text)
    with Studio(empty) as studio:
        studio.set_brand(end_card=TEXT)
        scripted = studio.make(script=script, goal="cut", **SMALL).project
        briefed = studio.make(BRIEF, goal="cut", **SMALL).project
        first = studio.read_plan(scripted).plan
    store_as_before(empty)
    with Studio(empty) as studio:
        assert not studio.read_plan(scripted).plan.end_card
        studio.make(script=script, goal="cut", **SMALL)
        assert studio.show(scripted).revision == 1
        script.write_text(text.replace("never", "hardly ever"))
        studio.make(script=script, goal="cut", **SMALL)
        rewritten = studio.read_plan(scripted).plan
        studio.edit(scripted, end_card="Sofia")
        other = studio.read_plan(scripted).plan
        without = studio.quote_edit(briefed, end_card="none")
        studio.edit(briefed, length=12)
        longer = studio.read_plan(briefed).plan
    assert list_last_words(rewritten) == list_last_words(first)
    assert [TEXT in row.before.values() and TEXT not in row.after.values() for row in without.text_changes] == [True]
    assert TEXT in list_last_words(longer).values() and longer.end_card == TEXT
    assert [*list_last_words(other).values()].count("Sofia") == 1 and TEXT not in list_last_words(other).values()


def test_what_the_last_screen_says_already_is_not_said_twice_and_stays(empty: Settings, tmp_path: Path) -> None:
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="cut", end_card=TEXT, **SMALL)
        first = list_last_words(studio.read_plan(film.project).plan)
        own = {role: words for role, words in first.items() if words != TEXT}
        assert own["url"] == "fenn.example"
        found = []
        for change in ("FENN.EXAMPLE", "none", "brand", "Sofia"):
            if change == "brand":
                studio.set_brand(end_card="Fenn.Example")
                assert not any("not shown" in note for note in studio.quote_edit(film.project, brand=True).notes)
                studio.edit(film.project, brand=True)
            else:
                studio.edit(film.project, end_card=change)
            plan = studio.read_plan(film.project).plan
            found.append((plan.end_card, list_last_words(plan)))
    assert found == [
        ("fenn.example", own), ("", own), ("fenn.example", own), ("Sofia", {**own, "legal": "Sofia"}),
    ]  # fmt: skip


def test_a_plan_file_may_name_an_end_card_that_its_last_shot_says_already(empty: Settings, tmp_path: Path) -> None:
    plan = tmp_path / "film.yaml"
    plan.write_text(
        "title: Fenn\nend_card: FENN.example\nbeats:\n- beat: end_card\n  shots:\n"
        "  - {seconds: 3, words: {name: Fenn, url: fenn.example}}\n"
    )
    with Studio(empty) as studio:
        film = studio.make("Fenn", plan=plan, goal="plan")
        made = studio.read_plan(film.project).plan
    assert (made.end_card, list_last_words(made)) == ("fenn.example", {"name": "Fenn", "url": "fenn.example"})


def test_a_plan_whose_last_shot_does_not_say_its_end_card_is_refused(empty: Settings, tmp_path: Path) -> None:
    plan = tmp_path / "kept" / "film.yaml"
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="cut", end_card=TEXT, **SMALL)
        studio.pull(film.project, plan.parent)
        text = plan.read_text()
        assert text.count(TEXT) > 1
        first, _, last = text.rpartition(f"end_card: {TEXT}")
        plan.write_text(f"{first}end_card: another{last}")
        with pytest.raises(BadInput, check=lambda error: error.field.endswith("end_card")):
            studio.quote_apply(plan.parent)
