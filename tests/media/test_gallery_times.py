"""Each film of the gallery gives time by importance: prices stand, nothing waits, and no film is long for its words."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml
from tools.gallery.films import SCRIPTS
from tools.gallery.timing import ScreenTimes, measure_films, measure_screens

from reelwright.catalogue.own_voices import VoiceFolder
from reelwright.media.animatic.card_event import LOCK_UP_S
from reelwright.media.drawing.layers import Scene
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.request import Request

SPOKEN: dict[str, int] = yaml.safe_load(Path(__file__).with_name("gallery_voice.yaml").read_text(encoding="utf-8"))
LONGEST_S = 42
PRICE_S = 1.95
"""Two seconds, but for a frame or two in which its last edge settles."""
MOST_REST_S = 3.5
A_FRAME = 0.04

pytestmark = [pytest.mark.sampled, pytest.mark.parametrize("script", SCRIPTS, ids=lambda one: one.stem)]


@lru_cache(maxsize=1)
def measure(script: Path) -> tuple[Plan, list[Scene], list[ScreenTimes]]:
    """Plan a film of the gallery as it is spoken, and measure its screens."""
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as home:
        patch.setattr(VoiceFolder, "find_missing", lambda self, language="": "")
        _, plan, scenes = next(measure_films([script], _speak, Path(home)))
    return plan, scenes, list(measure_screens(plan, scenes))


def _speak(request: Request) -> int:
    return SPOKEN.get(request.prompt, 2500)


def test_nothing_of_the_words_is_shorter_than_it_is_read_or_said(script: Path) -> None:
    _, _, screens = measure(script)
    for one in screens:
        assert one.length >= max(one.reading, one.voice) - A_FRAME, one.text


def test_no_screen_stands_for_long_after_its_last_event(script: Path) -> None:
    _, _, screens = measure(script)
    assert not [one.text for one in screens if one.text and one.rest > MOST_REST_S]


def test_a_film_is_no_longer_than_its_words_take(script: Path) -> None:
    _, _, screens = measure(script)
    assert sum(one.length for one in screens) <= LONGEST_S
    needed = sum(max(one.reading, one.voice) for one in screens)
    assert sum(one.length for one in screens) <= 1.5 * needed + 3


def test_a_price_stands_two_seconds_once_it_is_whole(script: Path) -> None:
    plan, scenes, _ = measure(script)
    shots = [shot for beat in plan.beats for shot in beat.shots]
    for shot, scene in zip(shots, scenes, strict=True):
        words = shot.words.get("deal") or (shot.words.get("after", "") if "before" in shot.words else "")
        found = re.findall(r"[€£$₹]\s?[\d.,]*\d|[\d.,]*\d\s?[€₪원]", words)
        if found:
            amount = re.sub(r"\D", "", found[-1])
            layers = [one for one in scene.layers if one.role == "headline" and amount in re.sub(r"\D", "", one.text)]
            whole = [
                frame
                for frame in range(scene.frames)
                if any((pose := one.find_pose(frame)) and pose.alpha > 0.9 and pose.scale < 1.02 for one in layers)
            ]
            assert whole and (scene.frames - whole[0]) * plan.fps[1] / plan.fps[0] >= PRICE_S, words


def test_the_last_card_stands_still_at_its_end(script: Path) -> None:
    _, _, screens = measure(script)
    assert screens[-1].rest >= LOCK_UP_S - A_FRAME


def test_an_opening_has_an_event_by_its_half(script: Path) -> None:
    _, _, screens = measure(script)
    first = screens[0]
    if first.text:
        assert [at for at in first.events if 0.25 * first.length < at <= 0.62 * first.length], first
