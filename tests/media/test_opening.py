"""The first second of a film: whoever scrolls by reads its first screen whole."""

from __future__ import annotations

import pytest

from reelwright.media.looks.registry import load_look
from reelwright.media.staging.clock import Clock
from reelwright.media.staging.shot_request import ShotRequest


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("hits", [(), (0, 14, 28, 42), (0, 30, 60)])
def test_the_lines_of_a_first_shot_come_within_its_first_second(count: int, hits: tuple[int, ...]) -> None:
    first = ShotRequest(staging="hook", size=(180, 320), fps=(30, 1), frames=96, words={}, hits=hits)
    clock = Clock(first, load_look("slam"), 1.0, is_rtl=False)
    beats = clock.find_beats(count)
    assert len(beats) == count and beats[0] == 0 and beats == sorted(beats) and beats[-1] <= 28
