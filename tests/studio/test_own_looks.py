"""Looks of one's own: data in the home over an installed look, checked with its line, and copied into each film."""

from __future__ import annotations

import io
import shutil
from dataclasses import replace
from operator import sub
from pathlib import Path

import pytest
from PIL import Image

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.media.typeset.faces import FONTS
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from reelwright.studio.machine.backup import back_up, restore
from studio.test_brand import BRIEF, SMALL
from studio.test_font import list_fonts

ROOT = Path(__file__).parents[2]
GROUND = (0xD8, 0xE4, 0xEA)
"""The ground of the look in docs/guides/looks.md."""
LOOK = 'based_on: paper\nabout: Sea fog.\npalette: {bg: "#DCE6EC", surface: "#EEF4F7", accent: "#0B5C7A"}\n'
SCRIPT = (
    "---\nlook: fog\n---\n\n# Fenn\n\nA lamp that never flickers\n\n[Order at fenn.example](https://fenn.example)\n"
)


def write_look(settings: Settings, text: str = LOOK, name: str = "fog") -> Path:
    file = settings.home / "looks" / name / "look.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def list_drawn(plan: Plan) -> set[str]:
    return {str(shot.source.extra["look"]) for shot in plan.shots if isinstance(shot.source, Request)}


def test_a_folder_in_the_home_is_a_look_at_once_and_a_broken_one_says_why(empty: Settings) -> None:
    write_look(empty)
    write_look(empty, LOOK.replace("accent", "akzent"), "broken")
    write_look(empty, LOOK, "slam")
    with Studio(empty) as studio:
        rows = {row.name: row for row in studio.list_looks()}
        sheet = Image.open(io.BytesIO(studio.draw_look_sheet("fog", aspect="1:1")))
        with pytest.raises(BadInput, check=lambda error: "broken, fog, grid" in error.accepted):
            studio.plan(BRIEF, look="smog", **SMALL)
        with pytest.raises(BadInput, match=r"broken/look\.yaml line 3: palette: 'akzent'"):
            studio.plan(BRIEF, look="broken", **SMALL)
    assert rows["fog"].is_own and not rows["fog"].fault and rows["fog"].palette["bg"] == "#DCE6EC"
    assert rows["fog"].description == "Sea fog." and not rows["fog"].tones
    assert "broken/look.yaml line 3" in rows["broken"].fault and not rows["slam"].is_own
    assert "grid, noir, paper, riso, signal, slam are installed" in rows["looks/slam"].fault
    assert sheet.size[0] > 1000


@pytest.mark.parametrize(
    ("text", "field", "accepted"),
    [
        ("about: a\n", "based_on", "grid, noir, paper"),
        ("based_on: fog\n", "line 1: based_on", "grid, noir, paper"),
        ("based_on: paper\nmotifs: {hook: [sheet]}\n", "line 2", "keys among id, based_on"),
        ("based_on: paper\nid: other\n", "line 2: id", "fog"),
        ("based_on: paper\n\npalette:\n  bg: red\n", "line 4: palette.bg", "#RRGGBB"),
        ("based_on: paper\npalette: {bg: '#333333'}\n", "line 2: palette.text", "contrast of 4.5"),
        ("based_on: paper\ntype: {display: {faces: [comic]}}\n", "line 2: type.display.faces", "alegreya-500"),
        ("based_on: paper\nframes: {hit: 0}\n", "line 2: frames.hit", "1 to 45"),
        ("based_on: paper\nease: {hit: [2, 0, 0, 1]}\n", "line 2: ease.hit", "x from 0 to 1"),
        ("based_on: paper\nown: {leaf: green}\n", "line 2: own.leaf", "#66734F"),
        ("based_on: paper\nown: {approach: 9}\n", "line 2: own.approach", "0.044"),
        ("based_on: grid\npalette: {shade: '#FFFFFF'}\n", "line 2: palette.shade", "contrast of 4.5"),
        ("based_on: slam\npalette: {pale: '#202020'}\n", "line 2: palette.pale", "contrast of 4.5"),
        ("based_on: slam\npalette: {dim: '#0B0B0C'}\n", "line 2: palette.dim", "contrast of 4.5"),
        ("based_on: paper\npalette: {pale: '#2A211B'}\n", "line 2: palette.pale", "contrast of 4.5"),
        ("based_on: paper\nown: {meadow: '#FFF0E0'}\n", "line 2: own.meadow", "contrast of 4.5"),
        ("based_on: paper\nsizes: {label: 400}\n", "line 2: sizes.label", "17 to 68"),
        ("based_on: paper\nheadline_sizes: [500]\n", "line 2: headline_sizes", "43 to 460"),
        ("based_on: paper\nframes: {rise: 100}\n", "line 2: frames.rise", "1 to 45"),
        ("based_on: paper\ntype: {display: {tracking: 900}}\n", "line 2: type.display.tracking", "-100 to 300"),
        ("based_on: slam\nhalftone: {cell: 0}\n", "line 2: halftone", "cell (from 1"),
        ("based_on: paper\nkinds: [foood]\n", "line 2: kinds", "food"),
        ("based_on: paper\ntones: [nonsense]\n", "line 2: tones", "luxury"),
        ('based_on: paper\nfont: "a\\0b"\n', "line 2: font", "a font file"),
        ("based_on: paper\na: &x 1\nb: *x\n", "line 2", "no anchors"),
        ("based_on: [paper\n", "line 1", "YAML"),
        ("- paper\n", "fog/look.yaml", "a mapping"),
    ],
)
def test_a_look_that_cannot_be_drawn_is_refused_with_file_line_and_what_is_accepted(
    empty: Settings, text: str, field: str, accepted: str
) -> None:
    write_look(empty, text)
    with Studio(empty) as studio, pytest.raises(BadInput, match=r"fog/look\.yaml") as refused:
        studio.quote(BRIEF, look="fog", **SMALL)
    assert field in refused.value.field and accepted in refused.value.accepted


def test_a_look_may_have_dots_that_stand_in_rows_and_a_broken_one_breaks_no_film_that_names_none(
    empty: Settings,
) -> None:
    write_look(empty, "based_on: slam\nhalftone: {angle: 0}\n")
    write_look(empty, 'based_on: paper\nfont: "a\\0b"\n', "broken")
    with Studio(empty) as studio:
        assert not {row.name: row for row in studio.list_looks()}["fog"].fault
        assert studio.plan(BRIEF, **SMALL).plan.look


def test_a_film_is_drawn_in_the_look_and_only_a_changed_look_draws_it_again(empty: Settings) -> None:
    file = write_look(empty)
    script = empty.home.parent / "fenn.md"
    script.write_text(SCRIPT, encoding="utf-8")
    with Studio(empty) as studio:
        made = studio.make(script=script, goal="takes", **SMALL)
        plan = studio.read_plan(made.project).plan
        same = studio.quote(script=script, goal="takes", **SMALL)
        file.write_text(f"# a comment\n{LOOK}use_when: it is foggy\n", encoding="utf-8")
        reworded = studio.quote(script=script, goal="takes", **SMALL)
        file.write_text(f"{LOOK}kinds: [food]\ntones: [luxury]\n", encoding="utf-8")
        suited = studio.quote(script=script, goal="takes", **SMALL)
        file.write_text(LOOK.replace("#DCE6EC", "#E6DCEC"), encoding="utf-8")
        changed = studio.quote(script=script, goal="takes", **SMALL)
        again = studio.make(script=script, goal="takes", **SMALL)
        after = studio.read_plan(again.project).plan
    assert plan.look == "fog" and list_drawn(plan) == {plan.own_look} and "#DCE6EC" in plan.own_look
    assert not same.wanted_steps and not reworded.wanted_steps and not suited.wanted_steps
    assert sum(step.startswith("take/") for step in changed.wanted_steps) == len(plan.shots) and not changed.micros
    assert again.project == made.project and "#E6DCEC" in after.own_look and list_drawn(after) == {after.own_look}


def test_an_edit_gives_a_film_the_look_as_it_is_now_and_takes_it_away(empty: Settings) -> None:
    file = write_look(empty)
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="plan", look="riso", **SMALL)
        studio.edit(film.project, look="fog")
        first = studio.read_plan(film.project).plan
        file.write_text(LOOK.replace("#DCE6EC", "#E6DCEC"), encoding="utf-8")
        kept = studio.read_plan(film.project).plan
        studio.edit(film.project, look="fog")
        second = studio.read_plan(film.project).plan
        studio.edit(film.project, length=8)
        longer = studio.read_plan(film.project).plan
        studio.edit(film.project, look="grid")
        last = studio.read_plan(film.project).plan
        with pytest.raises(BadInput, check=lambda error: error.field == "look" and "fog" in error.accepted):
            studio.edit(film.project, look="smog")
        changes = [revision.changes for revision in studio.list_revisions(film.project)]
    assert kept == first and first.look == second.look == longer.look == "fog"
    assert first.own_look != second.own_look == longer.own_look and list_drawn(longer) == {second.own_look}
    assert last.look == "grid" and not last.own_look and list_drawn(last) == {"grid"}
    assert sum("look" in one for one in changes) == 3


def test_a_look_is_chosen_for_a_film_that_names_none_only_where_it_says_for_which(empty: Settings) -> None:
    write_look(empty)
    with Studio(empty) as studio:
        silent = studio.plan(f"A luxury film. {BRIEF}", **SMALL).plan
        write_look(empty, f"{LOOK}tones: [luxury]\nkinds: [goods]\n")
        write_look(empty, "based_on: nobody\n", "broken")
        chosen = studio.plan(f"A luxury film. {BRIEF}", **SMALL).plan
    assert silent.look != "fog" and chosen.look == "fog" and chosen.own_look


def test_a_flavor_names_a_look_of_ones_own_and_an_unknown_one_is_refused_with_its_line(empty: Settings) -> None:
    write_look(empty)
    folder = empty.home / "flavors" / "mine"
    folder.mkdir(parents=True)
    text = 'about: "Mine."\naspect: "9:16"\nlength_ms: 9000\nlook: fog\ntone: neutral\nvoice: false\nfps: [30, 1]\n'
    text += "captions: clean\nanimatic: animatic/2026.1\ncomposer: composer/2026.1\n"
    (folder / "pipeline_params.yaml").write_text(text, encoding="utf-8")
    with Studio(empty) as studio:
        plan = studio.plan(BRIEF, flavor="mine", **SMALL).plan
        other = studio.plan(BRIEF, flavor="mine", look="grid", **SMALL).plan
        (folder / "pipeline_params.yaml").write_text(text.replace("fog", "smog"), encoding="utf-8")
        with pytest.raises(BadInput, match=r"mine/pipeline_params\.yaml line 4: look") as refused:
            studio.plan(BRIEF, flavor="mine", **SMALL)
    assert plan.look == "fog" and list_drawn(plan) == {plan.own_look} and other.look == "grid"
    assert "fog" in refused.value.accepted


def test_a_wrong_look_of_a_script_is_refused_although_a_call_names_another(empty: Settings) -> None:
    with Studio(empty) as studio:
        with pytest.raises(BadInput, match="look: 'fog' is not accepted"):
            studio.plan(script=SCRIPT, look="grid", **SMALL)
        with pytest.raises(BadInput, match="look: ''"):
            studio.plan(BRIEF, look="", **SMALL)


def test_the_look_of_the_guide_is_drawn_as_it_stands_there_and_says_its_own_colours(empty: Settings) -> None:
    guide = (ROOT / "docs" / "guides" / "looks.md").read_text(encoding="utf-8")
    write_look(empty, guide.split("```yaml\n")[1].split("```")[0])
    script = empty.home.parent / "fenn.md"
    script.write_text(SCRIPT, encoding="utf-8")
    with Studio(empty) as studio:
        sheet = Image.open(io.BytesIO(studio.try_looks(script)))
        look = {row.name: row for row in studio.list_looks()}["fog"]
        still = Image.open(io.BytesIO(studio.draw_look_sheet("fog", aspect="1:1"))).convert("RGB")
    assert sheet.size[0] > 1000 and not look.fault and look.use_when
    close = [count for count, colour in still.getcolors(2**24) or () if max(map(abs, map(sub, colour, GROUND))) < 12]  # type: ignore[arg-type, call-overload]
    assert sum(close) > still.width * still.height / 10, "the ground of the guide's palette fills much of the sheet"


def test_a_plan_file_names_a_look_of_ones_own_and_one_that_was_tampered_with_is_refused(empty: Settings) -> None:
    write_look(empty)
    file = empty.home.parent / "plan.yaml"
    text = "title: Fenn\nlook: fog\nshort_side: 180\nbeats:\n- beat: hook\n  shots:\n  - {seconds: 2, words: Fenn}\n"
    file.write_text(text, encoding="utf-8")
    with Studio(empty) as studio:
        plan = studio.read_plan(studio.make("Fenn", plan=file, goal="plan").project).plan
        for change in ({"own_look": '{"id": "fog"}'}, {"own_look": "{"}, {"look": "grid"}, {"own_look": ""}):
            with pytest.raises(BadInput, check=lambda error: error.field.startswith(("plan.look", "plan.own_look"))):
                studio.quote("Fenn", plan=replace(plan, **change))
        file.write_text(text.replace("fog", "smog"), encoding="utf-8")
        with pytest.raises(BadInput, check=lambda error: error.field == "plan.yaml.look" and "fog" in error.accepted):
            studio.quote("Fenn", plan=file)
    assert plan.look == "fog" and list_drawn(plan) == {plan.own_look}


def test_a_film_keeps_its_look_in_film_yaml_where_the_folder_is_gone_and_a_backup_has_the_folder(
    empty: Settings, tmp_path: Path
) -> None:
    file = write_look(empty)
    with Studio(empty) as studio:
        film = studio.make(BRIEF, goal="plan", look="fog", **SMALL)
        plan = studio.read_plan(film.project).plan
        back_up(empty, tmp_path / "backup")
        file.unlink()
        pulled = studio.pull(film.project, tmp_path / "pulled").folder
        brief, mark, rest = (pulled / "film.yaml").read_text(encoding="utf-8").partition("\nplan:")
        (pulled / "film.yaml").write_text(brief + mark + rest.replace("flickers", "blinks"), encoding="utf-8")
        quote = studio.quote_apply(pulled)
        assert studio.make(BRIEF, goal="plan", **SMALL).project != film.project
    restored = Settings(home=tmp_path / "new", hands=1)
    restore(restored, tmp_path / "backup")
    assert (restored.looks / "fog" / "look.yaml").read_text(encoding="utf-8") == LOOK
    assert {str(one.extra["look"]) for one in quote.requests if "look" in one.extra} == {plan.own_look}


def test_a_look_brings_a_font_file_which_leaves_the_film_with_the_look(empty: Settings) -> None:
    file = write_look(empty, f"{LOOK}font: mine.ttf\n")
    script = empty.home.parent / "fenn.md"
    script.write_text(SCRIPT, encoding="utf-8")
    with Studio(empty) as studio:
        with pytest.raises(BadInput, match=r"fog/look\.yaml line 4: font"):
            studio.plan(script=script, **SMALL)
        plain = studio.draw_look_sheet("paper", aspect="1:1")
        shutil.copyfile(FONTS / "anton.ttf", file.parent / "mine.ttf")
        sheet = studio.draw_look_sheet("fog", aspect="1:1")
        made = studio.make(script=script, goal="takes", **SMALL)
        plan = studio.read_plan(made.project).plan
        same = studio.quote(script=script, goal="takes", **SMALL)
        bare = studio.plan(script=script, font="none", **SMALL).plan
        studio.edit(made.project, look="grid")
        other = studio.read_plan(made.project).plan
        studio.edit(made.project, look="fog")
        back = studio.read_plan(made.project).plan
    assert list_fonts(plan) == {plan.font} == list_fonts(back) != {""} and plan.font in plan.own_look
    assert not same.wanted_steps and list_fonts(bare) == list_fonts(other) == {""} and sheet != plain


def test_a_changed_look_buys_no_take_of_a_script_again_and_another_accent_does(empty: Settings) -> None:
    file, script = write_look(empty), empty.home.parent / "fenn.md"
    text = SCRIPT.replace("A lamp", "![a street in the rain]()\n\nA lamp")
    script.write_text(text, encoding="utf-8")
    asked = {**SMALL, "goal": "plan", "models": ["openrouter-veo-3.1-fast"]}
    prompts = []
    with Studio(empty) as studio:
        for look in (LOOK, LOOK.replace("#0B5C7A", "#7A0B2C"), LOOK.replace("#0B5C7A", "#2C7A0B"), None):
            if look:
                file.write_text(look, encoding="utf-8")
            else:
                script.write_text(text.replace("look: fog", 'look: fog\naccent: "#D6323F"'), encoding="utf-8")
            for _ in range(2):
                project = studio.make(script=script, yes=True, **asked).project
                shots = studio.read_plan(project).plan.shots
                sources = [shot.source for shot in shots if isinstance(shot.source, Request)]
                prompts.append([one.prompt for one in sources if not one.model.startswith("animatic/")])
    assert prompts[0] and all(one == prompts[0] for one in prompts[:6]) and "accents of deep blue" in str(prompts[0])
    assert prompts[6] == prompts[7] != prompts[0] and "accents of red" in str(prompts[6])
