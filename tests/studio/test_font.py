"""The font of a film's display type: from an option, the script, the flavor or the home, and by an edit."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from reelwright import Studio
from reelwright.errors import BadInput, UnreadableMedia
from reelwright.media.typeset.faces import FONTS
from reelwright.planner.match import read_film_settings
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from reelwright.studio.batches.entries import build_rows
from reelwright.studio.runtime.scratch import open_scratch_folder
from studio.test_brand import BRIEF, SMALL

SCRIPT = "---\nfont: mine.ttf\n---\n\n# Fenn\n\nA lamp that never flickers\n\n[Order at fenn.example](https://fenn.example)\n"


@pytest.fixture
def font(tmp_path: Path) -> Path:
    return shutil.copyfile(FONTS / "playfair-400.ttf", tmp_path / "mine.ttf")


@pytest.fixture
def other(tmp_path: Path) -> Path:
    return shutil.copyfile(FONTS / "anton.ttf", tmp_path / "other.ttf")


def list_fonts(plan: Plan) -> set[str]:
    """The fonts of a plan and of its shots; empty text where there is none."""
    requests = [shot.source for shot in plan.shots if isinstance(shot.source, Request)]
    found = [[str(one.asset) for one in request.inputs if one.role == "font"] for request in requests]
    return {plan.font, *("".join(one) for one in found)}


def test_every_shot_with_words_is_set_in_the_font_and_films_without_one_stay_as_they_were(
    empty: Settings, font: Path, other: Path
) -> None:
    with Studio(empty) as studio:
        plain, first = studio.plan(BRIEF, **SMALL).plan, studio.plan(BRIEF, font=font, **SMALL).plan
        second = studio.plan(BRIEF, font=other, **SMALL).plan
    assert list_fonts(plain) == {""} and "font" not in str([shot.source for shot in plain.shots])
    assert len(list_fonts(first)) == len(list_fonts(second)) == 1 and list_fonts(first) != list_fonts(second) != {""}


def test_a_script_names_its_font_and_an_option_wins_over_it(empty: Settings, font: Path, other: Path) -> None:
    script = font.parent / "fenn.md"
    script.write_text(SCRIPT)
    with Studio(empty) as studio:
        written = studio.quote(script=script, **SMALL)
        plan = studio.plan(script=script, **SMALL).plan
        typed = studio.plan(script=script, font=other, **SMALL).plan
        neither = studio.plan(script=script, font="none", **SMALL).plan
        script.write_text(SCRIPT.replace("mine.ttf", "none"))
        unset = studio.plan(script=script, **SMALL).plan
        script.write_text(SCRIPT.replace("mine.ttf", "gone.ttf"))
        with pytest.raises(BadInput, check=lambda error: error.field == "fenn.md: font"):
            studio.plan(script=script, **SMALL)
        script.write_text(SCRIPT.replace("mine.ttf", "fenn.md"))
        with pytest.raises(BadInput, check=lambda error: error.field == "fenn.md: font" and "TTF" in error.accepted):
            studio.plan(script=script, **SMALL)
    assert any("licence note: Copyright 2017" in note for note in written.notes)
    assert list_fonts(plan) != list_fonts(typed) and {""} == list_fonts(neither) == list_fonts(unset)


def test_an_edit_gives_a_film_a_font_and_takes_it_away(empty: Settings, font: Path, other: Path) -> None:
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="cut", **SMALL)
        first = studio.read_plan(film.project).plan
        quote = studio.quote_edit(film.project, font=font)
        studio.edit(film.project, font=font)
        same = studio.quote_edit(film.project, font=font)
        set_in = studio.read_plan(film.project).plan
        studio.edit(film.project, font=other, look="riso")
        changed = studio.read_plan(film.project).plan
        studio.edit(film.project, length=8)
        longer = studio.read_plan(film.project).plan
        studio.edit(film.project, font="none", look=first.look)
        bare = studio.read_plan(film.project).plan
        revisions = studio.list_revisions(film.project)
    assert sum(step.startswith("take/") for step in quote.wanted_steps) == len(first.shots)
    assert "The film is so already: nothing changes." in same.notes and list_fonts(set_in) != {""}
    assert list_fonts(changed) == list_fonts(longer) != list_fonts(set_in), "another length keeps the font"
    assert list_fonts(bare) == {""}
    assert any("font" in revision.changes for revision in revisions)


def test_an_edit_of_the_marks_outlives_a_change_of_the_script_that_gives_them_as_before(
    empty: Settings, font: Path, other: Path
) -> None:
    Image.new("RGB", (64, 64), "red").save(font.parent / "mark.png")
    script = font.parent / "fenn.md"
    text = SCRIPT.replace("---\n\n", "logo: mark.png\n---\n\n")
    script.write_text(text)
    with Studio(empty) as studio:
        project = studio.make(script=script, goal="plan", **SMALL).project
        given = studio.read_plan(project).plan
        plans = {}
        for name, edit, mend in (
            ("other", {"font": other}, "always"),
            ("none", {"font": "none", "logo": "none"}, "seldom"),
        ):
            studio.edit(project, **edit)
            script.write_text(text.replace("never", mend))
            assert studio.make(script=script, goal="plan", **SMALL).project == project
            plans[name] = studio.read_plan(project).plan
        shutil.copyfile(other, font)
        studio.make(script=script, goal="plan", **SMALL)
        plans["anew"] = studio.read_plan(project).plan
    assert list_fonts(plans["other"]) not in (list_fonts(given), {""})
    assert read_film_settings(plans["other"]).logo == read_film_settings(given).logo is not None
    assert list_fonts(plans["none"]) == {""} and read_film_settings(plans["none"]).logo is None
    assert list_fonts(plans["anew"]) == list_fonts(plans["other"]), "another file of that name is another font"


def test_a_font_of_the_home_is_kept_and_a_flavor_s_wins_over_it(empty: Settings, font: Path, other: Path) -> None:
    folder = empty.flavors / "fenn"
    folder.mkdir(parents=True)
    shutil.copyfile(other, folder / "other.ttf")
    packaged = Path(__file__).parents[2] / "src/reelwright/planner/flavors/spot/pipeline_params.yaml"
    (folder / "pipeline_params.yaml").write_text(f"{packaged.read_text()}\nfont: other.ttf\n")
    with Studio(empty) as studio:
        brand = studio.set_brand(font=font)
        font.unlink()
        planned, flavored = studio.plan(BRIEF, **SMALL), studio.plan(BRIEF, flavor="fenn", **SMALL)
        film = studio.make(BRIEF, font="none", goal="plan", **SMALL)
        studio.edit(film.project, brand=True)
        branded = studio.read_plan(film.project).plan
        with pytest.raises(BadInput, check=lambda error: error.field == "font"):
            studio.set_brand(font=__file__)
        kept, bare = studio.read_brand(), studio.set_brand(font="none")
        (folder / "other.ttf").unlink()
        with pytest.raises(BadInput, check=lambda error: error.field == "fenn/pipeline_params.yaml: font"):
            studio.plan(BRIEF, flavor="fenn", **SMALL)
    assert brand.font and brand == kept and bare.font is None and "Copyright 2017" in brand.font.licence
    assert list_fonts(planned.plan) == {brand.font.asset} == list_fonts(branded)
    assert f"The font {brand.font.family} is by the home's brand." in planned.notes
    assert len(list_fonts(flavored.plan)) == 1 and list_fonts(flavored.plan) != {brand.font.asset}
    assert any(note.endswith("is by the flavor fenn.") for note in flavored.notes)


def test_letters_that_a_font_lacks_are_told_of(empty: Settings, font: Path) -> None:
    with Studio(empty) as studio:
        some = studio.quote("Fenn, a lamp of 5 Ω that never flickers. Order at fenn.example", font=font, **SMALL)
        none = studio.quote("लंबी सड़क", font=font, **SMALL)
        all_there = studio.quote(BRIEF, font=font, **SMALL)
    assert any("the font has no Ω;" in note for note in some.notes)
    assert any("none of the letters of this film's words" in note for note in none.notes)
    assert not any("the font has" in note for note in all_there.notes)


def test_a_film_file_holds_its_font_and_a_broken_one_is_refused(empty: Settings, font: Path, tmp_path: Path) -> None:
    with Studio(empty) as studio:
        film = studio.make(BRIEF, font=font, goal="plan", **SMALL)
        pulled = studio.pull(film.project, tmp_path / "film")
        text, kept = pulled.film.read_text(), tmp_path / "film" / "materials" / "mine.ttf"
        assert "materials/mine.ttf" in pulled.files and "  font: '@materials/mine.ttf'\n" in text
        pulled.film.write_text(text.replace("  font: '@materials/mine.ttf'\n", ""))
        studio.apply(tmp_path / "film")
        assert list_fonts(studio.read_plan(film.project).plan) == {""}
        broken = b"\0\1\0\0" + kept.read_bytes()[4:9000]
        digest = hashlib.sha256(kept.read_bytes()).hexdigest()
        kept.write_bytes(broken)
        pulled.film.write_text(text.replace(digest, hashlib.sha256(broken).hexdigest()))
        with pytest.raises(UnreadableMedia, check=lambda error: error.params["file"] == "mine.ttf"):
            studio.quote_apply(tmp_path / "film")


def test_the_font_of_a_film_file_is_one_that_was_taken_in(empty: Settings, font: Path, tmp_path: Path) -> None:
    with Studio(empty) as studio:
        pulled = studio.pull(studio.make(BRIEF, font=font, goal="plan", **SMALL).project, tmp_path / "film")
    text, kept = pulled.film.read_text(), tmp_path / "film" / "materials" / "mine.ttf"
    clean = hashlib.sha256(kept.read_bytes()).hexdigest()
    original = hashlib.sha256(font.read_bytes()).hexdigest()
    with Studio(replace(empty, home=tmp_path / "another")) as studio:
        assert studio.read_plan(studio.apply(tmp_path / "film").project).plan.font == clean
    kept.write_bytes(font.read_bytes())
    for changed in (text, text.replace("  font: '@materials/mine.ttf'\n", "")):  # a brief or a shot alone may name it
        pulled.film.write_text(changed.replace(clean, original))
        third = Studio(replace(empty, home=tmp_path / "third"))
        with third, pytest.raises(BadInput, check=lambda error: error.field == "film.yaml.plan.font"):
            third.apply(tmp_path / "film")
        assert not [path for path in (tmp_path / "third").rglob("*") if original[8:] in path.name]


def test_a_film_file_keeps_the_font_of_a_brief_whose_film_has_lost_it(
    empty: Settings, font: Path, tmp_path: Path
) -> None:
    with Studio(empty) as studio:
        film = studio.make(BRIEF, font=font, goal="plan", **SMALL)
        studio.edit(film.project, font="none")
        pulled = studio.pull(film.project, tmp_path / "film")
    assert "materials/mine.ttf" in pulled.files
    with Studio(replace(empty, home=tmp_path / "another")) as studio:
        assert list_fonts(studio.read_plan(studio.apply(tmp_path / "film").project).plan) == {""}


async def test_a_row_of_a_batch_finds_its_font_beside_the_file(font: Path) -> None:
    with open_scratch_folder() as scratch:
        entry = {"brief": BRIEF, "font": "mine.ttf", **SMALL}
        (row,) = await build_rows([entry], scratch, Settings(home=font.parent / "home"), beside=font.parent)
    assert row.row.brief.font and row.row.brief.font.name == "mine.ttf"
