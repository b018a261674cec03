"""A change makes again what depends on it and nothing else; its price is shown first; choices are revisions."""

from __future__ import annotations

import asyncio
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from reelwright import Studio
from reelwright.errors import BadInput, StaleRevision
from reelwright.reel.base.value import Digest
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.choices import Choices, compute_round_fingerprint
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.wanted_steps import find_wanted_steps, resolve_steps
from reelwright.reel.records.operation import Standing
from reelwright.studio.edits import continuation, plan_changes, retakes
from reelwright.studio.films import project_run
from reelwright.studio.runtime.runtime import open_runtime
from studio.conftest import Home
from studio.frames import pictures, sound
from studio.plans import all_had, chained, plan, shot, standing


def encoded(log: Path) -> int:
    """Frames that ffmpeg encoded, copies left out."""
    runs = [json.loads(line) for line in log.read_text().splitlines()] if log.is_file() else []
    return sum(run["frames"] for run in runs if run["encoder"] not in ("copy", "") and "264" in run["encoder"])


def test_the_quote_of_an_edit_says_what_is_wanted_and_writes_nothing(studio: Studio, home: Home) -> None:
    second = home.made.shots[1].id
    quoted = studio.quote_edit("last", shot=2, words="Order now")
    said = quoted.to_json()
    assert set(said["wanted_steps"]) == {f"take/{second}", f"segment/{second}", "film/film"}
    assert (said["up_to_date"], said["usd"]) == (4, "0.00") and said["max_duration_s"] > 0
    assert studio.show("last").revision == 1


def test_an_edited_shot_encodes_only_what_it_touches(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "ffmpeg.log"
    monkeypatch.setenv("REELWRIGHT_FFMPEG_LOG", str(log))
    before = pictures(home.path / "films" / home.made.film.path.name)  # type: ignore[union-attr]
    heard = []
    with Studio(home.settings) as studio:
        made = studio.edit("last", shot=1, words="It never flickers", listen=heard.append)
    first = home.made.shots[0]
    landed = [one.step for one in heard if one.kind == "landed"]
    assert landed == [f"take/{first.id}", f"segment/{first.id}", "film/film"]
    touched = round(first.duration_s * 30)
    assert 0 < encoded(log) <= touched * 1.02
    after = pictures(made.path)
    assert after[touched:] == before[touched:] and after[:touched] != before[:touched]


def test_an_edit_taken_back_is_had_already(studio: Studio, home: Home) -> None:
    line = home.made.shots[0].words["line"]
    first = pictures(home.path / "films" / home.made.film.path.name)  # type: ignore[union-attr]
    studio.edit("last", shot=1, words="Something else")
    assert studio.quote_edit("last", shot=1, words=line).wanted_steps == ()
    back = studio.edit("last", shot=1, words=line)
    assert back.new_steps == 0 and pictures(back.path) == first


def test_words_change_by_their_role(studio: Studio) -> None:
    made = studio.edit("last", shot=2, words={"name": "Finn|One"})
    assert made.shots[1].words["name"] == "Finn|One"


@pytest.mark.parametrize(
    ("shows", "said", "now"),
    [
        ("drawn", "Hi", "Never|again"),
        ("drawn", "Oh. Hi. Hip.", "Oh. Never again. Hip."),
        ("drawn", "Something else", "Something else"),
    ],
)
def test_a_caption_that_says_the_old_words_says_the_new_ones(shows: str, said: str, now: str) -> None:
    made = plan(shot(1, text_mode=shows))
    (beat,) = made.beats
    made = replace(made, beats=(replace(beat, lines=(replace(beat.lines[0], text=said),)),))
    after = plan_changes.apply_changes(made, {"shot": 1, "words": "Never|again"}, None)
    assert after.beats[0].lines[0].text == now.replace("|", " ")


def test_another_mood_changes_the_sound_and_no_picture(studio: Studio, home: Home) -> None:
    path = home.path / "films" / home.made.film.path.name  # type: ignore[union-attr]
    seen, heard_before = pictures(path), sound(path)
    heard = []
    made = studio.edit("last", mood="luxury", listen=heard.append)
    assert [one.step for one in heard if one.kind == "landed"] == ["bed/film", "mix/film", "film/film"]
    assert pictures(made.path) == seen and sound(made.path) != heard_before


def test_an_accent_is_drawn_in_every_shot(studio: Studio) -> None:
    quoted = studio.quote_edit("last", accent="#D6323F")
    assert sum(key.startswith("take/") for key in quoted.wanted_steps) == 2


def test_a_longer_shot_makes_a_longer_film(studio: Studio) -> None:
    made = studio.edit("last", shot=2, length=3)
    assert made.film and made.film.frames == round(sum(one.duration_s for one in made.shots) * 30)
    assert made.shots[1].duration_s == 3.0


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, "edit"),
        ({"shot": 1}, "edit"),
        ({"words": "x"}, "shot"),
        ({"shot": 9, "words": "x"}, "shot"),
        ({"shot": 1, "words": {"nonsense": "x"}}, "words.nonsense"),
        ({"shot": 1, "words": " "}, "words"),
        ({"shot": 1, "length": 0}, "length"),
        ({"shot": 1, "length": "1000s"}, "length"),
        ({"shot": 1, "move": "sideways"}, "move"),
        ({"shot": 1, "move": "push"}, "move"),
        ({"shot": 1, "image": "missing.png"}, "image"),
        ({"shot": 1, "word": "x"}, "option"),
        ({"look": "vapour"}, "look"),
        ({"accent": "red"}, "accent"),
        ({"mood": "none such"}, "mood"),
        ({"voice": "eleven_v3:ana"}, "voice"),
        ({"captions": "fancy"}, "captions"),
        ({"captions": "box"}, "captions"),
        ({"caption_shift": 4}, "caption_shift"),
        ({"voice": "ana"}, "voice"),
        ({"voice": "no-such:ana"}, "voice"),
        ({"shot": 1, "words": "x", "continuation": "tunnel"}, "continuation"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_and_makes_no_revision(studio: Studio, changes, field) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput) as raised:
        studio.edit("last", **changes)
    assert raised.value.field == field
    assert studio.show("last").revision == 1


def test_a_retake_is_another_round_of_the_same_and_the_film_stays_as_it_is(studio: Studio, home: Home) -> None:
    before = pictures(home.path / "films" / home.made.film.path.name)  # type: ignore[union-attr]
    first = home.made.shots[0].id
    assert studio.quote_retake("last", 1).wanted_steps == (f"take/{first}",)
    made = studio.retake("last", 1)
    takes = [take for take in studio.show("last").takes if take.shot == first]
    assert [(take.n, take.round) for take in takes] == [(1, 1), (2, 2)] and takes[0].is_circled
    assert made.new_steps == 1 and pictures(made.path) == before, "nothing is used before it is circled"
    chosen = studio.circle("last", 1, 1)
    assert (chosen.revision, chosen.quote.wanted_steps) == (3, ())
    assert studio.resume("last").new_steps == 0


def _retaken() -> tuple[Standing, Digest]:
    """Two shots and their film; then another, different take of the first."""
    stands = standing(plan(), all_had(build_graph(plan(), "film")))
    made, choices = retakes.add_round(stands, plan().shots[0])
    (ask,) = choices.retakes
    other = Digest("f" * 64)
    had = {
        **stands.outcomes,
        compute_round_fingerprint(ask): Outcome(fingerprint=compute_round_fingerprint(ask), assets=(other,)),
    }
    return replace(stands, plan=made, choices=choices, outcomes=had), other


def test_a_new_take_is_used_when_it_is_circled_and_let_go_of_by_an_edit() -> None:
    stands, other = _retaken()
    first, second = plan().shots
    graph = build_graph(plan(), "film")
    assert find_wanted_steps(graph, stands.choices, stands.outcomes).certain == ()
    _, choices = retakes.circle_take(stands, first, other)
    keys = [step.key for group in find_wanted_steps(graph, choices, stands.outcomes)[:2] for step in group]
    assert set(keys) == {f"segment/{first.id}", f"segment/{first.id}/into", "film/film"}
    edited = plan_changes.map_shots(
        plan(), lambda one: replace(one, source=replace(one.source, prompt="other")) if one.id == first.id else one
    )
    after = resolve_steps(build_graph(edited, "film"), choices, stands.outcomes)
    assert after[f"take/{first.id}"].asset is None, "the circle was for what was asked before"  # type: ignore[index]
    assert after[f"take/{second.id}"].asset  # type: ignore[index]


def test_each_retake_is_a_round_of_its_own_and_an_unmade_shot_has_none() -> None:
    stands, _ = _retaken()
    _, choices = retakes.add_round(stands, plan().shots[0])
    assert [ask.round for ask in choices.retakes] == [2, 3]
    with pytest.raises(BadInput, match="has a take already"):
        retakes.add_round(standing(plan()), plan().shots[0])


@pytest.mark.parametrize("take", [0, 2, "ffff", None])
def test_a_take_that_is_not_there_cannot_be_circled(studio: Studio, take) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadInput) as raised:
        studio.circle("last", 1, take)
    assert raised.value.field == "take"


# continuation, both ways: no rule plans it yet, so that a plan of chained shots stands for one that a model made


def _chain(ends_on: bool = True):  # type: ignore[no-untyped-def]
    made = chained()
    stands = standing(made, all_had(build_graph(made, "takes")))
    first = made.shots[0]
    changed = plan_changes.map_shots(
        made, lambda one: replace(one, source=replace(one.source, prompt="other")) if one.id == first.id else one
    )
    return stands, changed, continuation.build_bridge(stands, changed, Choices(), first.id, lambda model: ends_on)


def _takes_wanted(stands, made, choices):  # type: ignore[no-untyped-def]
    asked = find_wanted_steps(build_graph(made, "takes"), choices, stands.outcomes)
    return [step.key for step in (*asked.certain, *asked.possible)]


def test_a_bridge_buys_one_shot_and_a_reflow_all_that_follow() -> None:
    stands, reflow, bridge = _chain()
    a, b, c = (f"take/{one.id}" for one in reflow.shots)
    assert _takes_wanted(stands, reflow, Choices()) == [a, b, c]
    assert _takes_wanted(stands, *bridge) == [a]


def test_a_bridge_ends_on_the_first_frame_of_the_kept_take() -> None:
    stands, _, (made, choices) = _chain()
    first, second = made.shots[:2]
    kept = resolve_steps(build_graph(stands.plan, "takes"), Choices(), stands.outcomes)[f"take/{second.id}"].asset
    _, last = first.source.inputs
    assert first.source.mode == "first_last_frame"
    assert (last.role, last.asset, last.part) == ("last_frame", kept, "first_frame")
    assert choices.circles[second.id].asset == kept


def test_there_is_no_bridge_where_the_model_takes_no_last_frame_or_nothing_follows() -> None:
    assert _chain(ends_on=False)[2] is None
    made = plan(shot(1), shot(2))
    stands = standing(made, all_had(build_graph(made, "takes")))
    assert continuation.build_bridge(stands, made, Choices(), made.shots[0].id, lambda model: True) is None


async def test_an_edit_that_was_overtaken_is_repeated_once_on_what_the_other_left(home: Home) -> None:
    project, calls = home.made.project, 0

    def overtake() -> None:
        async def theirs() -> None:
            runtime = await open_runtime(home.settings)
            other = runtime.get_home()
            stands = await other.journal.read_standing("local", project)
            assert stands.plan
            await other.journal.revise(
                "local", project, stands.revision, replace(stands.plan, title="theirs"), stands.choices, "person"
            )
            await runtime.close()

        asyncio.run(theirs())

    def change(stands: Standing) -> tuple[Plan, Choices]:
        nonlocal calls
        calls += 1
        if calls == 1:  # between our reading and our writing
            other = threading.Thread(target=overtake)
            other.start()
            other.join()
        assert stands.plan
        return replace(stands.plan, title=f"{stands.plan.title}, ours"), stands.choices

    runtime = await open_runtime(home.settings)
    opened = runtime.get_home()
    try:
        assert await project_run.revise(opened, project, change) == 3
        after = await opened.journal.read_standing("local", project)
        assert after.plan and (after.plan.title, calls) == ("theirs, ours", 2)
        with pytest.raises(StaleRevision):
            await opened.journal.revise("local", project, 1, after.plan, Choices(), "person")
    finally:
        await runtime.close()


def test_another_piece_of_music_keeps_its_mood_and_the_first_one_is_had_again(studio: Studio, home: Home) -> None:
    first, heard = sound(home.path / "films" / home.made.film.path.name), []  # type: ignore[union-attr]
    before = studio.read_plan("last").plan.bed
    made = studio.edit("last", music="another", listen=heard.append)
    assert [one.step for one in heard if one.kind == "landed"] == ["bed/film", "mix/film", "film/film"]
    bed = studio.read_plan("last").plan.bed
    assert sound(made.path) != first and bed and before
    assert (bed.piece_index, bed.mood) == (1, before.mood)
    assert studio.quote_edit("last", music=1).wanted_steps == (), "the first piece is had"
    with pytest.raises(BadInput) as error:
        studio.quote_edit("last", music_level=-6)
    assert error.value.field == "music_level" and "music alone" in error.value.accepted
