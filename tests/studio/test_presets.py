"""Films that are made for platforms: aspect, loudness and frame rate by preset, and findings where one covers words."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.media.base.probe import probe
from reelwright.media.sound.measure_loudness import measure
from reelwright.planner import flavors
from reelwright.planner.presets import load_presets
from reelwright.settings import Settings

SCRIPT = "---\nlength: 5 s\n---\n\n# Fenn\n\n---\n\nIt never flickers\n"
SMALL: dict[str, Any] = {"short_side": 90}


def write_script(folder: Path, *settings: str) -> Path:
    path = folder / "fenn.md"
    path.write_text(SCRIPT.replace("length: 5 s", "\n".join(("length: 5 s", *settings))), encoding="utf-8")
    return path


def test_one_project_makes_a_film_for_television_and_one_for_reels_each_at_its_loudness(
    empty: Settings, tmp_path: Path
) -> None:
    script = write_script(tmp_path)
    with Studio(empty) as studio:
        made = studio.make(script=script, presets="broadcast,reels", out=tmp_path, **SMALL)
        assert made.state == "done", made.message
        plain = studio.make(script=script, aspect="16:9", out=tmp_path / "plain.mp4", **SMALL)
    assert made.project != plain.project
    assert [(film.aspect, film.fps) for film in made.films] == [("16:9", 25.0), ("9:16", 25.0)]
    assert [film.loudness_lufs for film in made.films] == [pytest.approx(-23, abs=0.5), pytest.approx(-14, abs=0.5)]
    heard = [measure(film.path) for film in made.films]
    assert [found.lufs for found in heard] == [pytest.approx(-23, abs=0.5), pytest.approx(-14, abs=0.5)]
    assert all(found.dbtp is not None and found.dbtp <= -1 for found in heard)
    assert probe(made.films[0].path).width == 160


def test_the_setting_of_a_script_says_what_its_film_is_for_and_an_error_names_it(
    empty: Settings, tmp_path: Path
) -> None:
    with Studio(empty) as studio:
        planned = studio.plan(script=write_script(tmp_path, "for: tiktok, youtube"), **SMALL).plan
        assert [one.name for one in planned.presets] == ["tiktok", "youtube"]
        assert (planned.size, [one.size for one in planned.formats]) == ((90, 160), [(160, 90)])
        with pytest.raises(BadInput) as caught:
            studio.plan(script=write_script(tmp_path, "for: vimeo"))
        assert caught.value.field == "fenn.md: for"
        with pytest.raises(BadInput) as caught:
            studio.plan(script=write_script(tmp_path, "for: tiktok", "aspect: 16:9"))
        assert caught.value.field == "fenn.md: aspect" and "tiktok" in caught.value.accepted


def test_a_flavor_may_name_presets_and_an_aspect_that_is_asked_for_wins_over_it(tmp_path: Path) -> None:
    folder = tmp_path / "home" / "flavors"
    for name, presets in (("mine", "[reels, youtube]"), ("broken", "[youtube]"), ("strange", "[vimeo]")):
        shutil.copytree(Path(flavors.__file__).parent / "short", folder / name)
        with (folder / name / "pipeline_params.yaml").open("a", encoding="utf-8") as file:
            file.write(f"presets: {presets}\n")
    brief = "“It never flickers.” For “Fenn”, a lamp. Order at fenn.example"
    with Studio(Settings(home=tmp_path / "home", hands=1)) as studio:
        faults = {row.name: row.fault for row in studio.list_flavors()}
        assert not faults["mine"] and "9:16" in faults["broken"] and "vimeo" in faults["strange"]
        planned = studio.plan(brief, flavor="mine", **SMALL).plan
        assert ([one.name for one in planned.presets], len(planned.formats)) == (["reels", "youtube"], 1)
        tall = studio.plan(brief, flavor="mine", aspect="9:16", **SMALL).plan
        assert ([one.name for one in tall.presets], tall.formats) == (["reels"], ())
        script = write_script(tmp_path, "for: tiktok")
        project = studio.make(script=script, flavor="mine", goal="plan", **SMALL).project
        text = script.read_text(encoding="utf-8").replace("for: tiktok\n", "").replace("never flickers", "lasts")
        studio.replace_script(project, script=text, goal="plan")
        assert [one.name for one in studio.read_plan(project).plan.presets] == ["tiktok"], "the film's own stay"
        assert not studio.plan(brief, flavor="mine", aspect="1:1", **SMALL).plan.presets


def test_words_under_a_platform_s_buttons_are_a_finding_that_fails_no_film(empty: Settings, tmp_path: Path) -> None:
    """The house keeps words clear of every preset that ships: here half of the frame is covered."""
    script = write_script(tmp_path)
    with Studio(empty) as studio:
        planned = studio.plan(script=script, presets="tiktok", **SMALL).plan
        half = replace(load_presets()["tiktok"], title="Halfway", unsafe_areas=((0, 0, 1080, 960),))
        made = studio.make("A lamp", plan=replace(planned, presets=(half,)), out=tmp_path / "a.mp4")
        clear = studio.make("A lamp", plan=planned, out=tmp_path / "b.mp4")
        assert (made.state, clear.state) == ("done", "done")
        found = [one for one in made.findings if one.check == "safe_area"]
        assert found and not any(one.is_fault for one in found)
        assert all(one.shot and "Halfway" in one.message for one in found)
        assert not [one for one in clear.findings if one.check == "safe_area"]
        pulled = studio.pull(made.project, tmp_path / "pulled").folder
        assert "Halfway" in (pulled / "film.yaml").read_text(encoding="utf-8")
        assert [one.title for one in studio.read_plan(made.project).plan.presets] == ["Halfway"]


def test_a_film_that_outgrows_a_platform_is_said_in_its_quote_and_in_its_findings(
    empty: Settings, tmp_path: Path
) -> None:
    script = write_script(tmp_path)
    with Studio(empty) as studio:
        with pytest.raises(BadInput) as caught:
            studio.quote(script=write_script(tmp_path, "for: reels").read_text().replace("5 s", "200 s"))
        assert caught.value.field.endswith("length") and "180 s" in caught.value.accepted
        planned = studio.plan(script=script, presets="tiktok", **SMALL).plan
        short = replace(load_presets()["tiktok"], title="Blink", max_s=2)
        quoted = studio.quote("A lamp", plan=replace(planned, presets=(short,)))
        assert any("5 s" in note and "Blink takes at most 2 s" in note for note in quoted.notes)
        made = studio.make("A lamp", plan=replace(planned, presets=(short,)), out=tmp_path / "a.mp4")
        assert made.state == "done" and [one.check for one in made.findings] == ["too_long"]


def test_a_new_length_and_a_new_script_of_the_project_leave_what_the_film_is_for(
    empty: Settings, tmp_path: Path
) -> None:
    with Studio(empty) as studio:
        script = write_script(tmp_path, "for: tiktok")
        project = studio.make(script=script, goal="plan", **SMALL).project
        text = script.read_text(encoding="utf-8").replace("never flickers", "lasts")
        for changed in (text, text.replace("for: tiktok\n", "")):
            studio.replace_script(project, script=changed, goal="plan")
            assert [one.name for one in studio.read_plan(project).plan.presets] == ["tiktok"]
        with pytest.raises(BadInput, match="tiktok, as the project has it"):
            studio.replace_script(project, script=text.replace("for: tiktok", "for: reels"), goal="plan")
        brief = 'TikTok for "Fenn", a lamp. "It never flickers". Order at fenn.example'
        drawn = studio.make(brief, goal="plan", **SMALL).project
        studio.edit(drawn, length=7)
        assert [one.name for one in studio.read_plan(drawn).plan.presets] == ["tiktok"]
        assert studio.edit(drawn, aspect="1:1").state == "done"
        assert not studio.read_plan(drawn).plan.presets


def test_a_plan_in_the_short_form_names_presets_of_its_aspect(empty: Settings, tmp_path: Path) -> None:
    path = tmp_path / "film.yaml"
    text = """title: Fenn
aspect: "16:9"
short_side: 90
presets: broadcast
beats:
  - beat: hook
    shots: [{seconds: 2, words: Fenn}]
"""
    path.write_text(text, encoding="utf-8")
    with Studio(empty) as studio:
        planned = studio.quote("A lamp", plan=path)
        assert not planned.micros
        path.write_text(text.replace("16:9", "9:16"), encoding="utf-8")
        with pytest.raises(BadInput) as caught:
            studio.quote("A lamp", plan=path)
        assert caught.value.field == "presets" and "16:9" in caught.value.accepted


@pytest.mark.parametrize("presets", ["youtube,reels", "reels,youtube", "reels"])
def test_a_plan_of_ones_own_keeps_its_aspects_whatever_presets_it_is_made_for(presets: str, tmp_path: Path) -> None:
    with Studio(Settings(home=tmp_path / "home", hands=1)) as studio:
        brief = "“It never flickers.” For “Fenn”, a lamp. Order at fenn.example"
        plan = studio.plan(brief, aspect="16:9,9:16", **SMALL).plan
        made = studio.read_plan(studio.make(brief, plan=plan, presets=presets, goal="plan").project).plan
    assert [one.name for one in made.presets] == presets.split(",")
    assert (made.size, made.formats) == (plan.size, plan.formats)
