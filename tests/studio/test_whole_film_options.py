"""Options of make that a made film takes: another aspect, another length, and what edits did stays where it can."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reelwright import Studio
from reelwright.errors import BadInput
from reelwright.media import looks
from reelwright.messages import format_notes
from reelwright.planner.edits.relengthening import is_planned_by_rules, plan_length, set_film_length
from reelwright.planner.edits.resizing import resize_plan
from reelwright.planner.match import is_drawn, read_film_settings
from reelwright.planner.roles import list_screen_words
from reelwright.reason import build_reason
from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.brief import Brief, Material, Still
from reelwright.reel.film.plan import OwnFootage, Plan, Shot, get_shot
from reelwright.reel.graph.request import Request
from reelwright.studio.edits import plan_changes
from studio.conftest import Home

TEXT = (
    'A lamp called "Fenn". It never flickers. 60 hours of light on one charge. 40% brighter than Glow. '
    "Order at fenn.example. 20% off until Friday with code LAMP."
)
PHOTO = Material(asset=Digest("a" * 64), name="desk.jpg", treatment="photo", width=1280, height=720)
CLIP = Material(asset=Digest("c" * 64), name="own.mp4", treatment="clip", width=1280, height=720, ms=9000)
BRIEF = Brief(text=TEXT, length_ms=20_000, aspect="9:16", short_side=180, materials=(PHOTO,))
FILMED = replace(BRIEF, models=("openrouter-veo-3.1-fast",))


def edited(made: Plan, what: Material | None = None, **changes: Any) -> Plan:
    return plan_changes.apply_changes(made, changes, what)  # type: ignore[arg-type]


def at(made: Plan, beat: str) -> int:
    return next(n for n, name in enumerate((b.name for b in made.beats for _ in b.shots), 1) if name == beat)


def is_filmed(shot: Shot) -> bool:
    return isinstance(shot.source, Request) and not is_drawn(shot.source)


def requests(made: Plan) -> list[Request]:
    return [shot.source for shot in made.shots if isinstance(shot.source, Request)]


# aspect


def test_a_film_in_another_aspect_keeps_words_lengths_and_music() -> None:
    made = edited(plan_length(BRIEF, None), shot=1, words="Lights out?")
    square = edited(made, aspect="1:1")
    assert square.size == (180, 180) and square.bed == made.bed
    assert [(s.id, s.length, list_screen_words(square, s)) for s in square.shots] == [
        (s.id, s.length, list_screen_words(made, s)) for s in made.shots
    ]
    assert {tuple(r.extra["size"]) for r in requests(square)} == {(180, 180)}
    back = edited(square, aspect="9:16")
    assert build_graph(back, "film").steps == build_graph(made, "film").steps, "what was drawn before is had"


def test_takes_are_asked_for_in_the_new_aspect_where_it_is_sold_and_kept_where_they_are_cropped_alike() -> None:
    made = plan_length(FILMED, None)
    takes = [r for r in requests(made) if not r.model.startswith("animatic/")]
    wide = [r for r in requests(resize_plan(made, "16:9")) if not r.model.startswith("animatic/")]
    assert {r.aspect for r in takes} == {"9:16"} and {r.aspect for r in wide} == {"16:9"}
    tall = [r for r in requests(resize_plan(made, "4:5")) if not r.model.startswith("animatic/")]
    assert tall == takes, "4:5 is cropped from the tall ones"


def test_own_clips_stay_and_are_cropped_again() -> None:
    made = edited(plan_length(BRIEF, None), CLIP, shot=1, clip="x")
    after = resize_plan(made, "16:9")
    assert isinstance(after.shots[0].source, OwnFootage) and after.shots[0] == made.shots[0]
    assert build_graph(after, "film").steps[f"segment/{made.shots[0].id}"].args["size"] == [320, 180]  # type: ignore[index]


# look


@pytest.fixture
def ugly(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(looks, "__path__", [*looks.__path__, str(Path(__file__).parents[1] / "media" / "looks")])
    return "ugly"


def test_a_look_that_is_given_wins_over_the_script_and_an_unknown_one_is_refused(tmp_path: Path, ugly: str) -> None:
    script = "---\nlook: slam\n---\nA lamp called **Fenn**\n\nSixty hours\n"
    with Studio(home=tmp_path) as studio:
        assert studio.plan(script=script).plan.look == "slam"
        made = studio.plan(script=script, look=ugly).plan
        assert made.look == ugly and {r.extra["look"] for r in requests(made)} == {ugly}
        assert studio.plan(TEXT, look=ugly).plan.look == ugly
        with pytest.raises(BadInput) as refused:
            studio.plan(script=script, look="uglier")
    assert (refused.value.field, refused.value.accepted) == ("look", "grid, noir, paper, riso, signal, slam, ugly")


def test_another_look_draws_again_and_buys_nothing(ugly: str) -> None:
    made = plan_length(FILMED, None)
    after = edited(made, look=ugly)
    bought = [r for r in requests(made) if not r.model.startswith("animatic/")]
    assert after.look == ugly and [r for r in requests(after) if not r.model.startswith("animatic/")] == bought
    assert {r.extra["look"] for r in requests(after) if r.model.startswith("animatic/")} <= {ugly}
    with pytest.raises(BadInput):
        edited(made, look="uglier")


# length


@pytest.mark.parametrize("brief", [BRIEF, FILMED])
@pytest.mark.parametrize("seconds", [6, 12, 18, 24])
def test_a_film_of_another_length_is_the_one_that_make_plans(brief: Brief, seconds: int) -> None:
    own = plan_length(brief, None)
    after, said = set_film_length(own, brief, None, seconds * 1000)
    fresh = plan_length(replace(brief, length_ms=seconds * 1000), None)
    assert after.length == seconds * 30 and str(said[0]).startswith(f"Planned anew from the brief for {seconds} s")
    assert [(s.length, dict(s.words)) for s in after.shots] == [(s.length, dict(s.words)) for s in fresh.shots]
    assert len({shot.id for shot in after.shots}) == len(after.shots)
    assert {shot.id for shot in after.shots} & {shot.id for shot in own.shots}, "shots of before keep their names"


def test_back_at_its_length_all_of_a_film_is_had() -> None:
    own = plan_length(BRIEF, None)
    there, _ = set_film_length(own, BRIEF, None, 12_000)
    back, _ = set_film_length(there, BRIEF, 12_000, 20_000)
    assert build_graph(back, "film").steps == build_graph(own, "film").steps


def test_a_take_that_both_lengths_ask_for_is_not_bought_again() -> None:
    own = plan_length(FILMED, None)
    after, _ = set_film_length(own, FILMED, None, 18_000)
    had = {repr(r) for r in requests(own) if not r.model.startswith("animatic/")}
    assert {repr(r) for r in requests(after) if not r.model.startswith("animatic/")} & had


@pytest.mark.parametrize("brief", [BRIEF, FILMED])
def test_edits_stay_where_their_shot_does_and_are_told_where_it_does_not(brief: Brief) -> None:
    own = plan_length(brief, None)
    end = len(own.shots)
    made = edited(edited(own, shot=at(own, "reveal"), words="Fenn Two"), shot=end, words={"line": "Order today"})
    made = edited(made, PHOTO, shot=at(own, "offer"), image="x")
    made = edited(made, accent="#D6323F", mood="luxury", aspect="1:1")
    shorter, said = set_film_length(made, brief, None, 6_000)
    assert list_screen_words(shorter, shorter.shots[at(shorter, "reveal") - 1])["name"] == "Fenn Two"
    assert list_screen_words(shorter, shorter.shots[-1])["line"] == "Order today"
    assert shorter.size == (180, 180) and shorter.bed and shorter.bed.mood == "luxury"
    assert build_reason("edit_lost_gone", shot=at(own, "offer")) in said
    assert build_reason("edits_kept", shots=[at(own, "reveal"), end]) in said
    longer, _ = set_film_length(made, brief, None, 24_000)
    offer = longer.shots[at(longer, "offer") - 1].source
    assert isinstance(offer, Request) and offer.mode == "picture" and offer.inputs[0].asset == PHOTO.asset


def test_a_length_that_was_set_of_a_shot_gives_way_and_is_told() -> None:
    made = edited(plan_length(BRIEF, None), shot=1, length=5)
    after, said = set_film_length(made, BRIEF, None, 24_000)
    assert after.length == 720 and build_reason("edit_lost_length", shots=[1]) in said


def test_formats_an_emblem_and_a_still_stay_at_another_length() -> None:
    """2026-11-30: a film in two aspects was cut in one, and had the emblem of its words again."""
    own = plan_length(FILMED, None)
    n, first = next((n, beat.shots[0]) for n, beat in enumerate(own.beats) if is_filmed(beat.shots[0]))
    still = Still(asset=PHOTO.asset, beat=own.beats[n].name, width=1280, height=720, name="desk.jpg")
    made = edited(edited(own, aspect="9:16,1:1"), emblem="tooth")
    opened = plan_changes.apply_changes(made, {"storyboard": {own.beats[n].name: "desk.jpg"}}, None, (still,))
    after, notes = set_film_length(opened, FILMED, None, 18_000)
    assert [one.size for one in after.formats] == [one.size for one in opened.formats] != []
    assert read_film_settings(after).emblem == "tooth"
    assert get_shot(after, first.id).opening.image == PHOTO.asset
    assert build_reason("edits_kept", shots=[at(own, own.beats[n].name)]) in notes


def test_an_order_that_was_set_of_the_shots_gives_way_and_is_told() -> None:
    own = plan_length(BRIEF, None)
    made = edited(own, order=[1, *range(3, len(own.shots) + 1)])
    after, notes = set_film_length(made, BRIEF, None, 24_000)
    assert after.length == 720 and build_reason("edit_lost_order") in notes


def test_a_caption_and_a_correction_stay_with_their_line() -> None:
    spoken = replace(BRIEF, voice="eleven_v3:JBFqnCBsd6RMkjVDRZzb")
    own = plan_length(spoken, None)
    n = at(own, "reveal")
    made = edited(own, shot=n, caption="Fenn, corrected")
    after, _ = set_film_length(made, spoken, None, 24_000)
    assert "Fenn, corrected" in after.shots[at(after, "reveal") - 1].corrections.values()


def test_a_film_that_the_rules_did_not_plan_is_not_planned_anew() -> None:
    own = plan_length(BRIEF, None)
    assert is_planned_by_rules(own, BRIEF)
    assert not is_planned_by_rules(edited(own, shot=1, words="Mine"), BRIEF)


def test_a_made_film_takes_another_length_and_aspect_and_makes_them(studio: Studio, home: Home) -> None:
    studio.edit("last", shot=1, words="Never dark")
    quoted = studio.quote_edit("last", length=6, aspect="1:1")
    assert any(said.startswith("Planned anew") for said in quoted.notes)
    sentences = format_notes(quoted.lost_edits)
    assert set(sentences) <= set(quoted.notes) and {one.code for one in quoted.lost_edits} <= {"edit_lost_gone"}
    made = studio.edit("last", length="0:06", aspect="1:1")
    assert made.film and (made.film.duration_s, made.film.width, made.film.height) == (6.0, 180, 180)
    assert made.project == home.made.project
    kept = studio.edit("last", length=4, aspect="9:16")
    assert kept.film and kept.film.duration_s == 4.0
    assert "Never dark" in kept.shots[0].words.values() or any("not kept" in note for note in kept.notes)
    with pytest.raises(BadInput) as error:
        studio.quote_edit("last", length=0)
    assert error.value.field == "length"


def test_a_film_of_a_plan_of_one_s_own_refuses_another_length(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text("title: Own\nbeats:\n  - beat: hook\n    shots:\n      - {seconds: 2, words: Hello}\n", "utf-8")
    studio.make("A film", plan=path, goal="plan")
    with pytest.raises(BadInput) as error:
        studio.quote_edit("last", length=6)
    assert error.value.field == "length" and "one shot" in error.value.hint
    assert studio.quote_edit("last", aspect="9:16").wanted_steps is not None
