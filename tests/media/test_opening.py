"""The first second of a film: whoever scrolls by reads its first screen whole, from its first frame on."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from media.animatic_lint import lint
from media.animatic_words import SMALL, asked
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.animatic.still import render_still
from reelwright.media.drawing.drawables import skia
from reelwright.media.drawing.layers import Scene
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.treatments import Picture
from reelwright.media.looks.registry import list_look_names, load_look, load_stagings
from reelwright.media.looks.signal.typed_line import TypedLine
from reelwright.media.staging.clock import Clock
from reelwright.media.staging.shot_request import ShotRequest


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("hits", [(), (0, 14, 28, 42), (0, 30, 60)])
def test_the_lines_of_a_first_shot_come_within_its_first_second(count: int, hits: tuple[int, ...]) -> None:
    first = ShotRequest(staging="hook", size=(180, 320), fps=(30, 1), frames=96, words={}, hits=hits)
    clock = Clock(first, load_look("slam"), 1.0, is_rtl=False)
    beats = clock.find_beats(count)
    assert len(beats) == count and beats[0] == 0 and beats == sorted(beats) and beats[-1] <= 28


def count_ink(scene: Scene, frame: int) -> int:
    """Count the pixels of headlines alone in a frame; signal types words under those that it selects later."""
    words = tuple(layer for layer in scene.layers if layer.role == "headline" or isinstance(layer.drawable, TypedLine))
    bare = replace(scene, layers=words, ground="#7F00FF", shake=replace(scene.shake, starts=()))
    drawn = np.frombuffer(bytes(Painter(bare, grain_strength=0).render_frame(frame)), np.uint8)
    far = np.abs(drawn.reshape(-1, 4)[:, :3].astype(int) - (255, 0, 127)).sum(axis=1)
    return int((far > 60).sum())


@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", list_look_names())
def test_the_first_frame_of_a_film_has_every_word_of_its_first_screen(look: str, aspect: str) -> None:
    for beat in ("hook", "benefit"):
        for variant in range(len(load_stagings(look).beats[beat])):
            for line in ("The city sleeps.|You do not.", "A dog has waited here for 411 days."):
                scene = stage_scene(asked(beat, {"line": line}, SMALL[aspect], look=look, variant=variant), [])
                assert count_ink(scene, 0) > 0.85 * count_ink(scene, 40), (beat, variant, line)
    change = asked("transformation", {"before": "Overtime", "after": "Closed at five"}, SMALL[aspect], look=look)
    scene = stage_scene(change, [])
    assert count_ink(scene, 0) > 0.85 * count_ink(scene, 40)


@pytest.mark.parametrize("aspect", SMALL)
def test_a_film_that_opens_on_a_photograph_has_it_and_what_lies_under_its_words_in_its_first_frame(aspect: str) -> None:
    pixels = np.full((90, 120, 4), (200, 120, 60, 255), np.uint8)
    photo = Picture("photo", skia.Image.fromarray(pixels), (0.5, 0.5))
    for look, variant in (("grid", 0), ("grid", 1), ("slam", 1)):
        line = {"line": "You hear the lake before you see it."}
        scene = stage_scene(asked("hook", line, SMALL[aspect], look=look, variant=variant), [photo])
        wiped = [one for one in scene.layers if one.group in ("picture", "panel", "slab") and one.find_pose(40)]
        assert wiped and all((pose := one.find_pose(0)) and pose.visible_part > 0.99 for one in wiped), (look, variant)


@pytest.mark.parametrize("aspect", SMALL)
def test_a_film_in_slam_that_opens_on_a_thing_has_it_in_its_first_frame(aspect: str) -> None:
    for beat, variants in (("hook", 3), ("reveal", 1)):
        for variant in range(variants):
            words = {"line": "Your coffee goes cold", "name": "Voltcup"}
            request = replace(asked(beat, words, SMALL[aspect], look="slam", variant=variant), emblem="coffee")
            shown = [one for one in stage_scene(request, []).layers if one.role == "picture"]
            assert shown and all((pose := one.find_pose(0)) and abs(pose.dx) < 9 for one in shown), (beat, variant)


@pytest.mark.parametrize("look", list_look_names())
def test_the_words_of_a_later_screen_come_one_after_another(look: str) -> None:
    words = {"line": "The city sleeps.|You do not."}
    scene = stage_scene(asked("benefit", words, SMALL["9:16"], look=look, after="hook"), [])
    assert count_ink(scene, 0) < 0.85 * count_ink(scene, 40)


def test_lines_of_a_band_in_slam_stand_from_the_first_frame_and_leap_one_after_another_on_hits() -> None:
    line = {"line": "No phones.|No photos.|No end."}
    scene = stage_scene(asked("hook", line, SMALL["9:16"], look="slam", variant=2, frames=78, hits=[]), [])
    lines = [layer for layer in scene.layers if layer.role == "headline"]
    places = [[pose.dx for frame in range(78) if (pose := layer.find_pose(frame))] for layer in lines]
    assert places[0].index(max(places[0])) < places[1].index(max(places[1]))
    assert all(one[0] == one[1] and len(one) == 78 for one in places)


@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize("look", ["slam", "riso"])
def test_the_lines_of_a_first_screen_come_one_by_one_and_each_once(look: str, aspect: str) -> None:
    hits = list(range(0, 120, 14))
    for variant in range(3):
        words = {"line": "No phones.|No photos.|No end."}
        request = asked("hook", words, SMALL[aspect], look=look, variant=variant, frames=112, hits=hits)
        scene = stage_scene(request, [])
        shown = ["".join(read_frame(scene, frame)) for frame in range(112)]
        turns = [one for one, after in pairwise([*shown, ""]) if one.endswith(".") and one != after]
        assert shown[0] == "nophones." and turns == ["nophones.", "nophotos.", "noend."], variant
        assert scene.poster_frame < 45


def read_frame(scene: Scene, frame: int) -> list[str]:
    """Read the headlines of a frame, from the last layer that covers all others on."""
    covers = [n for n, one in enumerate(scene.layers) if one.role == "field" and one.find_pose(frame)]
    shown = scene.layers[covers[-1] if covers and frame > 26 else 0 :]
    words = [one.text.casefold().replace(" ", "") for one in shown if one.role == "headline" and one.find_pose(frame)]
    return list(dict.fromkeys(words))  # slam has some twice, in the colours of two grounds


@pytest.mark.parametrize("look", ["noir", "paper", "signal"])
def test_the_last_words_of_a_first_screen_come_alone_and_large_in_quiet_looks(look: str) -> None:
    words = {"line": "“Where is my parcel”|Asked 4,000 times."}
    scene = stage_scene(asked("hook", words, (270, 338), look=look, frames=130, hits=list(range(0, 130, 26))), [])
    first, last = (
        {one.text: one.size for one in scene.layers if one.role == "headline" and one.find_pose(frame)}
        for frame in (0, 128)
    )
    assert "Where" in "".join(first) and "Asked" not in "".join(first)
    assert "Asked" in "".join(last) and max(last.values()) > 0.9 * max(first.values())


@pytest.mark.parametrize("aspect", SMALL)
@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "“Where is my parcel?”|Asked 4,000 times a day."),
        ("ar", "أين طردي؟|أربعة آلاف مرة في اليوم."),
        ("ja", "荷物はどこ？|一日四千回聞かれます。"),
    ],
)
def test_a_question_in_signal_stands_in_a_bubble_and_what_follows_in_one_of_the_accent(
    language: str, line: str, aspect: str
) -> None:
    question, _, closer = line.partition("|")
    hits = list(range(0, 130, 26))
    request = asked("hook", {"line": line}, SMALL[aspect], look="signal", language=language, frames=130, hits=hits)
    scene = stage_scene(request, [])
    accent = load_look("signal").palette.accent
    first, last = (
        ["".join(one.text for one in scene.layers if one.role == "headline" and one.ground == ground).replace(" ", "")]
        for ground in (next(one.ground for one in scene.layers if one.group == "opener 0"), accent)
    )
    assert first == [question.replace(" ", "")] and last == [closer.replace(" ", "")]
    opening = [one for one in scene.layers if one.role == "headline" and one.find_pose(0)]
    assert "".join(one.text for one in opening).replace(" ", "") == first[0]
    assert lint(scene) == []


@pytest.mark.parametrize("look", ["noir", "paper", "riso", "slam"])
def test_a_first_line_that_its_writer_did_not_part_stands_whole(look: str) -> None:
    words = {"line": "We get up at three so that you do not"}
    scene = stage_scene(asked("hook", words, (270, 338), look=look, frames=130, hits=list(range(0, 130, 26))), [])
    assert count_ink(scene, 0) > 0.85 * count_ink(scene, 128)


@pytest.mark.parametrize("look", list_look_names())
def test_a_still_of_a_films_first_words_shows_all_of_them(look: str) -> None:
    words = {"line": "Your coffee is cold.|Again."}
    request = asked("hook", words, (270, 338), look=look, frames=130, hits=list(range(0, 130, 26)))
    _, scene = render_still(request, [])
    shown = " ".join(one.text for one in scene.layers if one.find_pose(scene.poster_frame)).casefold()
    assert "coffee" in shown and "again" in shown


def test_a_first_screen_with_a_photograph_or_one_that_is_short_is_not_answered() -> None:
    words = {"line": "No phones.|No end."}
    photo = Picture("photo", skia.Image.fromarray(np.full((90, 120, 4), 200, np.uint8)), (0.5, 0.5))
    for frames, pictures in ((112, [photo]), (70, [])):
        scene = stage_scene(asked("hook", words, SMALL["1:1"], look="slam", frames=frames), pictures)
        assert scene.poster_frame > 28


def test_the_lines_of_one_slab_in_slam_come_together() -> None:
    line = {"line": "Friday 13 November|23:00 until it is light"}
    scene = stage_scene(asked("demo", line, SMALL["9:16"], look="slam", variant=1), [])
    slab = [one for one in scene.layers if one.role == "headline" and one.group != "line 0"]
    first = [next(frame for frame in range(75) if one.find_pose(frame)) for one in slab]
    places = [[one.find_pose(frame) for frame in range(first[0], 40)] for one in slab]
    assert len(slab) == 2 and [pose.dx for pose in places[0] if pose] == [pose.dx for pose in places[1] if pose]
