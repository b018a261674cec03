"""Edits: only what depends on the change asks for anything new."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planner.briefs import WORKED
from planner.test_materials import material
from reelwright.errors import BadInput, NotFound
from reelwright.planner.edits.captioning import choose_captions, shift_captions
from reelwright.planner.edits.edit import (
    rebuild_requests,
    rematch,
    rescore,
    set_look,
    set_mood,
    set_music_level,
    set_piece,
    update_hits,
)
from reelwright.planner.edits.rewording import set_words
from reelwright.planner.plan_file.read import validate_plan
from reelwright.planner.rules import plan
from reelwright.reel.film.breakdown import FILM, build_graph
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import OwnFootage, Plan, compute_take_length, map_shots
from reelwright.reel.graph.request import Request
from reelwright.units import Frames

PHOTO, CLIP = material(7, "photo"), material(8, "clip", 9000)


def film() -> Plan:
    return plan(Brief(text=WORKED["A"], materials=(material(1, "photo"), material(2, "clip", 6000)))).plan


def changed(before: Plan, after: Plan) -> list[int]:
    """Places of shots whose source differs."""
    return [i for i, (a, b) in enumerate(zip(before.shots, after.shots, strict=True)) if a.source != b.source]


def test_an_edit_that_changes_nothing_changes_nothing() -> None:
    before = film()
    for shot in before.shots:
        after = rematch(before, shot.id, words={}, length=shot.length)
        assert changed(before, after) == []
        assert replace(after, author="rules") == before


def test_new_words_change_one_request_and_not_the_music() -> None:
    before = film()
    after = rematch(before, before.shots[1].id, words={"line": "Cold again?"})
    assert changed(before, after) == [1]
    assert after.shots[1].words["line"] == "Cold again?"
    assert isinstance(after.shots[1].source, Request)
    assert after.shots[1].source.extra["words"] == {"line": "Cold again?"}
    assert after.bed == before.bed


def test_an_empty_word_takes_its_role_away() -> None:
    before = film()
    end = before.shots[-1]
    assert "url" in end.words
    assert "url" not in rematch(before, end.id, words={"url": ""}).shots[-1].words


@pytest.mark.parametrize("length", [45, 61, 140])
def test_a_new_length_moves_what_follows_and_the_music_and_no_other_picture(length: int) -> None:
    before = film()
    after = rematch(before, before.shots[2].id, length=length)
    assert changed(before, after) == [2]
    assert after.length == before.length + length - before.shots[2].length
    assert isinstance(after.shots[2].source, Request)
    assert after.shots[2].source.extra["frames"] == compute_take_length(after.shots[2])
    assert after.bed
    assert after.bed.request != (before.bed and before.bed.request)
    assert after.bed.request.extra["button_ms"] == round(after.beats[-1].start * 1000 / 30)
    validate_plan(after, "plan")


def test_a_photo_or_a_clip_can_take_a_shots_place_and_a_staged_take_a_clips() -> None:
    before = film()
    photo = rematch(before, before.shots[0].id, material=PHOTO)
    assert isinstance(photo.shots[0].source, Request)
    assert photo.shots[0].source.mode == "picture"
    assert photo.shots[0].text_mode == "nothing", "its words lie over it as a title"
    assert dict(photo.shots[0].overlays[-1].words) == dict(before.shots[0].words)
    clip = rematch(before, before.shots[0].id, material=CLIP, clip_start=30)
    assert clip.shots[0].source == OwnFootage(asset=CLIP.asset, start=30)
    with pytest.raises(BadInput, match="clip-8"):
        rematch(before, before.shots[0].id, material=CLIP, clip_start=240)
    at = next(i for i, shot in enumerate(before.shots) if isinstance(shot.source, OwnFootage))
    back = rematch(before, before.shots[at].id, material=PHOTO)
    assert isinstance(back.shots[at].source, Request)


def test_another_mood_changes_only_the_bed_and_another_accent_everything_drawn() -> None:
    before = film()
    tense = set_mood(before, "tense")
    assert changed(before, tense) == []
    assert tense.bed
    assert tense.bed.mood == tense.bed.request.prompt == "tense"
    red = set_look(before, accent="#ff0000")
    drawn = [i for i, shot in enumerate(before.shots) if not isinstance(shot.source, OwnFootage)]
    assert changed(before, red) == drawn
    assert red.bed == before.bed
    with pytest.raises(BadInput, match="colour"):
        set_look(before, accent="red")
    with pytest.raises(BadInput, match="luxury"):
        set_mood(before, "jolly")


def test_another_piece_of_music_is_asked_for_by_its_number_and_the_first_comes_back() -> None:
    before = film()
    second = set_piece(before, "another")
    assert changed(before, second) == [] and second.bed and second.bed.request != before.bed.request  # type: ignore[union-attr]
    assert set_piece(second, "another").bed == set_piece(before, 3).bed
    assert replace(set_piece(second, 1), author="rules") == before
    assert rescore(second) == replace(second, author="person"), "a new length keeps the piece"
    for wrong in ("louder", 0, 100, True):
        with pytest.raises(BadInput, match="from 1 to 99"):
            set_piece(before, wrong)


def test_the_level_of_the_music_is_a_matter_of_the_mix_alone() -> None:
    before = film()
    heard = map_shots(before, lambda shot: replace(shot, sound="duck"))
    softer = set_music_level(heard, -6_000)
    old, new = (build_graph(one, "film").steps for one in (heard, softer))
    assert [key for key in new if new[key] != old[key]] == ["mix/film"]
    assert set_mood(softer, "tense").bed.level_milli_db == -6_000  # type: ignore[union-attr]
    assert replace(set_music_level(softer, 0), author="rules") == heard
    with pytest.raises(BadInput, match="music alone"):
        set_music_level(map_shots(before, lambda shot: replace(shot, sound="mute")), -6_000)


def test_another_caption_style_draws_again_the_segments_that_have_captions_and_no_other() -> None:
    before = captioned()
    boxed, without = choose_captions(before, "box"), choose_captions(before, "off")
    old = build_graph(before, "film").steps
    for after in (boxed, without):
        new = build_graph(after, "film").steps
        touched = {key for key in new if new[key] != old[key]}
        assert touched == {key for key in old if old[key].args.get("captions")} != set()
    drawn = [step.args for step in build_graph(boxed, "film").steps.values() if step.args.get("captions")]
    assert {args["style"] for args in drawn} == {"box"}
    assert not [step for step in build_graph(without, "film").steps.values() if step.args.get("captions")]
    assert build_graph(without, "film").steps[FILM].args["cues"] == old[FILM].args["cues"], "the files keep them"
    assert replace(choose_captions(boxed, "clean"), author="rules") == before
    with pytest.raises(BadInput, match="over its pictures"):
        choose_captions(map_shots(before, lambda shot: replace(shot, text_mode="drawn")), "box")


def test_captions_are_moved_together_on_the_picture_and_in_the_files_and_stay_inside_the_film() -> None:
    before = captioned()
    old = build_graph(before, "film").steps[FILM].args["cues"]
    later = shift_captions(before, 0.5)
    new = build_graph(later, "film").steps[FILM].args["cues"]
    frames = round(0.5 * before.fps[0] / before.fps[1])
    assert [cue["start"] - was["start"] for cue, was in zip(new, old, strict=True)] == [frames] * len(old)
    assert all(cue["start"] + cue["length"] <= before.length for cue in new)
    assert replace(shift_captions(later, 0), author="rules") == before
    short = replace(before, beats=before.beats[:1])
    with pytest.raises(BadInput, match="seconds from -"):
        shift_captions(short, -3 if short.length < 90 else -99)
    with pytest.raises(BadInput, match="a film with captions"):
        shift_captions(replace(before, beats=tuple(replace(beat, lines=()) for beat in before.beats)), 1)


def captioned() -> Plan:
    """A film in which every other shot has its captions over the picture."""
    made = plan(Brief(text=WORKED["A"], voice="eleven_v3:ana", materials=(material(1, "photo"),))).plan
    drawn = {shot.id for shot in made.shots[1::2]}
    return map_shots(made, lambda shot: replace(shot, text_mode="drawn" if shot.id in drawn else "caption"))


def test_normalising_again_finds_the_same_requests() -> None:
    before = plan(Brief(text=WORKED["A"], materials=(material(1, "photo"),))).plan
    assert rebuild_requests(before) == before
    assert changed(before, update_hits(before)) == []


@pytest.mark.parametrize("length", [0, -1, 18_001, 2.5, True])
def test_a_length_that_cannot_be_is_refused(length: object) -> None:
    before = film()
    with pytest.raises(BadInput, match="whole number of frames"):
        rematch(before, before.shots[0].id, length=length)  # type: ignore[arg-type]


def test_an_unknown_shot_or_role_is_refused() -> None:
    before = film()
    with pytest.raises(NotFound):
        rematch(before, "shot_nobody")
    with pytest.raises(BadInput, match="roles among"):
        rematch(before, before.shots[0].id, words={"logo": "x"})


def test_a_film_that_outgrows_all_music_that_is_sold_keeps_the_longest_of_it() -> None:
    before = film()
    assert before.bed
    bought = replace(before.bed, request=Request(model="musicgen", mode="music", prompt="calm", ms=29_000))
    beat = before.beats[-1]
    shots = (*beat.shots[:-1], replace(beat.shots[-1], length=Frames(beat.shots[-1].length + 900)))
    grown = replace(before, bed=bought, beats=(*before.beats[:-1], replace(beat, shots=shots)))
    assert grown.seconds > 30
    after = rebuild_requests(grown)
    assert after.bed and (after.bed.request.model, after.bed.request.ms) == ("musicgen", 30_000)


def test_a_role_that_nobody_knows_is_refused_with_those_of_the_shot() -> None:
    before = film()
    with pytest.raises(BadInput, match=r"words\.foo.*roles that this shot shows: name, descriptor, kicker, source$"):
        set_words(before, before.shots[0].id, {"foo": "Cold?"})


def test_words_are_strong_where_an_edit_spells_them_so() -> None:
    """The line that is read as a caption has them plain."""
    before = film()
    after = set_words(before, before.shots[0].id, "It **never** goes cold")
    assert after.shots[0].words["name"] == "It **never** goes cold"
    assert not any("*" in line.text for _, line in after.list_lines())
