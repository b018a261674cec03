"""A film in several aspects is one project with a film in each: one price, shared takes, voice, music and words."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput, OverBudget
from reelwright.media.base.probe import probe
from reelwright.providers.offline import Offline
from reelwright.reel.graph.request import Request
from reelwright.settings import Settings
from reelwright.studio.results.results import FilmResult
from studio.shelf import Shelf

SCRIPT = "---\nlength: 5 s\n---\n\n# Fenn\n\n---\n\nIt never flickers\n"
SMALL: dict[str, Any] = {"short_side": 90}
STATED = "16:9, 9:16, 1:1, 4:5, or several of them, each once, with commas between"


def list_kinds(steps: tuple[str, ...]) -> list[str]:
    """The kind of each step, and the format that it is made for alone."""
    return sorted(f"{step.partition('/')[0]} {step.rpartition('/')[2]}" for step in steps)


@pytest.mark.parametrize(
    "given", ["16:9,5:4", "16:9,16:9", "", ["9:16", "9:16"], "16x9", 3], ids=lambda given: repr(given)
)
def test_a_wrong_or_a_double_aspect_is_refused_with_what_is_accepted(given: Any, empty: Settings) -> None:
    with Studio(empty) as studio:
        for verb in (studio.quote, studio.plan):
            with pytest.raises(BadInput) as caught:
                verb("A film about a lamp", aspect=given)
            assert (caught.value.field, caught.value.accepted) == ("aspect", STATED)
        with pytest.raises(BadInput, match="native") as caught:
            studio.quote("A film about a lamp", aspect="16:9", native=True)
    assert not empty.home.exists()


def test_one_project_makes_a_film_in_each_aspect_and_an_edit_adds_or_takes_one(empty: Settings, tmp_path: Path) -> None:
    script = tmp_path / "fenn.md"
    script.write_text(SCRIPT.replace("length: 5 s", "length: 5 s\naspect: 16:9, 9:16"))
    with Studio(empty) as studio:
        quoted = studio.quote(script=script, **SMALL)
        made = studio.make(script=script, out=tmp_path, **SMALL)
        assert made.state == "done", made.message
        assert (quoted.micros, made.micros, made.new_steps) == (0, 0, len(quoted.wanted_steps))
        sizes = [(film.aspect, film.width, film.height, film.frames) for film in made.films]
        assert sizes == [("16:9", 160, 90, 150), ("9:16", 90, 160, 150)] and made.film == made.films[0]
        name = f"fenn-{made.project[-6:]}"
        assert [film.path.name for film in made.films] == [f"{name}-16x9.mp4", f"{name}-9x16.mp4"]
        assert [film.loudness_lufs for film in made.films] == [pytest.approx(-14, abs=0.3)] * 2, "each is measured"
        assert [probe(film.path).width for film in made.films] == [160, 90]
        assert studio.show(made.project).films == made.films
        assert studio.deliver(made.project) == tuple(film.path for film in made.films)
        assert not studio.quote(script=script, **SMALL).wanted_steps

        worded = studio.quote_edit(made.project, shot=2, words="It lasts")
        assert {row.n for row in worded.shots if row.wanted_steps} == {2, None}
        more = studio.quote_edit(made.project, aspect="16:9,9:16,1:1")
        assert more.micros == 0 and {kind.split()[1] for kind in list_kinds(more.wanted_steps)} == {"1x1"}
        assert not studio.quote_edit(made.project, aspect="9:16,16:9").wanted_steps, "their order moves no take"
        with pytest.raises(BadInput, match="native"):
            studio.edit(made.project, aspect="16:9", native=True)

        alone = studio.edit(made.project, aspect="16:9")
        assert (alone.new_steps, alone.films) == (0, ()) and alone.film
        assert alone.film.path.name == f"{name}.mp4", "a film in one aspect has the name that it always had"
        again = studio.edit(made.project, aspect=["16:9", "9:16"])
        assert (again.new_steps, [film.aspect for film in again.films]) == (0, ["16:9", "9:16"])

        archive = studio.export(made.project, tmp_path / "fenn.zip").path
    names = set(zipfile.ZipFile(archive).namelist())
    assert names == {"film-16x9.mp4", "film-9x16.mp4", "film.yaml"}


def test_a_script_that_is_changed_keeps_the_formats_of_its_film(empty: Settings, tmp_path: Path) -> None:
    script = tmp_path / "fenn.md"
    script.write_text(SCRIPT)
    with Studio(empty) as studio:
        project = studio.make(script=script, aspect="9:16,1:1", goal="plan", **SMALL).project
        studio.edit(project, aspect="9:16,16:9")
        script.write_text(SCRIPT.replace("never flickers", "lasts"))
        again = studio.make(script=script, aspect="9:16,1:1", goal="plan", **SMALL)
        plan = studio.read_plan(project).plan
    assert again.project == project and [one.size for one in plan.formats] == [(160, 90)]
    assert "It lasts" in plan.shots[-1].words.values()


FILMED = "---\nlength: 6 s\n---\n\n# Fenn\n\n![a fox runs over a frozen pond]()\n\nIt never flickers\n"
VEO: dict[str, Any] = {"short_side": 90, "models": ["openrouter-veo-3.1-fast"]}
FORMATS = "16:9,9:16,1:1"


def open_shelf(home: Path, shelf: Shelf) -> Studio:
    return Studio(Settings(home=home, hands=2), providers={"offline": Offline(), "shelf": shelf})


def finish(studio: Studio, made: FilmResult) -> FilmResult:
    """What checks find in gradients is nothing that a test of buying looks at."""
    return studio.accept(made.project) if made.state == "waiting" and made.wait_reason == "decision" else made


def test_a_bought_take_serves_all_formats_and_a_changed_shot_is_bought_once(tmp_path: Path) -> None:
    shelf, script = Shelf(smooth=True), tmp_path / "fenn.md"
    script.write_text(FILMED)
    with open_shelf(tmp_path / "home", shelf) as studio:
        alone = studio.quote(script=script, aspect="16:9", **VEO)
        quoted = studio.quote(script=script, aspect=FORMATS, **VEO)
        assert 0 < quoted.micros == alone.micros == quoted.prices_by_framing["reframed"], "a format costs nothing"
        assert quoted.prices_by_framing["native"] == 2 * alone.micros, "16:9 and 9:16 are sold, 1:1 is cropped"
        assert not alone.prices_by_framing
        made = finish(studio, studio.make(script=script, aspect=FORMATS, yes=True, **VEO))
        assert made.state == "done" and made.micros == quoted.micros == shelf.spent
        assert [(film.width, film.height) for film in made.films] == [(160, 90), (90, 160), (90, 90)]
        assert len(shelf.sent) == 1
        shot = next(row.n for row in made.shots if row.prompt)
        changed = studio.quote_edit(made.project, shot=shot, prompt="a fox sleeps")
        assert changed.micros == alone.micros, "one changed shot is one shot, not one for each aspect"
        native = studio.quote_edit(made.project, native=True)
        assert native.micros == alone.micros == native.prices_by_framing["native"]
        assert native.prices_by_framing["reframed"] == 0


def test_native_takes_are_bought_in_each_aspect_that_is_sold_and_never_twice(tmp_path: Path) -> None:
    shelf, script = Shelf(smooth=True), tmp_path / "fenn.md"
    script.write_text(FILMED)
    with open_shelf(tmp_path / "home", shelf) as studio:
        quoted = studio.quote(script=script, aspect=FORMATS, native=True, **VEO)
        assert quoted.micros == quoted.prices_by_framing["native"] == 2 * quoted.prices_by_framing["reframed"]
        made = finish(studio, studio.make(script=script, aspect=FORMATS, native=True, yes=True, **VEO))
        assert made.state == "done" and made.micros == quoted.micros == shelf.spent
        assert sorted(str(request.aspect) for request, _ in shelf.sent) == ["16:9", "9:16"]
        fewer = studio.quote_edit(made.project, aspect="16:9,9:16", native=False)
        assert (fewer.micros, fewer.prices_by_framing) == (0, {"reframed": 0, "native": 0}), "both takes are there"


class Landscape(Shelf):
    """Makes every picture 16:9, whatever aspect is ordered."""

    def _made(self, request: Request, turn: int, shown: Mapping[str, bytes]) -> tuple[bytes, str, dict[str, Any]]:
        return super()._made(replace(request, aspect="16:9"), turn, shown)


def test_a_native_take_of_another_shape_than_ordered_is_asked_about_before_a_film_is_made_of_it(
    tmp_path: Path,
) -> None:
    """2026-11: only takes of the first aspect were compared; the other film was done, of a cut-out of what was paid."""
    shelf, script = Landscape(smooth=True), tmp_path / "fenn.md"
    script.write_text(FILMED)
    with open_shelf(tmp_path / "home", shelf) as studio:
        made = studio.make(script=script, aspect="16:9,9:16", native=True, yes=True, **VEO)
        assert (made.state, made.wait_reason) == ("waiting", "decision")
        assert "9:16" not in {one.aspect for one in made.films}, "that of the first aspect may be made by then"
        (finding,) = made.findings
        assert (finding.check, finding.aspect) == ("shape", "9:16") and "9:16 was ordered" in finding.message
        assert made.reason and "retake_shot" not in {one.kind for one in made.reason.actions}
        accepted = studio.accept(made.project, finding.id)
        assert len(accepted.films) == 2 and next(one for one in accepted.findings if one.check == "shape").is_accepted
        assert len(shelf.sent) == 2


def test_a_cap_holds_for_native_takes(tmp_path: Path) -> None:
    shelf, script = Shelf(smooth=True), tmp_path / "fenn.md"
    script.write_text(FILMED)
    with open_shelf(tmp_path / "home", shelf) as studio:
        price = studio.quote(script=script, aspect=FORMATS, **VEO).micros
        budget = f"{price / 1_000_000 + 0.01:.2f}"
        with pytest.raises(OverBudget):
            studio.make(script=script, aspect=FORMATS, native=True, budget=budget, **VEO)
    assert not shelf.sent
