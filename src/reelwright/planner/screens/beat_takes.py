"""Divides a film that is pictures alone into takes, as long as the model sells them, each with its beat."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement
from typing import Final

from reelwright.errors import BadInput
from reelwright.planner.tables import load_beats
from reelwright.reel.base.value import define_value

MAX_TAKE_S: Final = 8
"""Longest take where the model sells shorter ones too: a longer one drifts from its first frame."""
MAX_TAKES: Final = 80
_BEAT_MS: Final = 7_500
"""Usual length of a beat. Source: craft.md 1.3 (30 s: four beats that are not type), read 2026-11-25."""
_LEAST_SHOWN_MS, _STEP_MS = 1_500, 100
_MAX_SCENES, _LEAST_SCENE_MS = 4, 2_000
"""Most things that a film shows for their own sake, and the least length of one."""
_WANTED: Final = ("hook", "reveal", "demo", "benefit", "problem", "agitate", "transformation", "brand")
"""Beats by what a film misses most without them; none that needs words or a figure. Source: craft.md 1.3."""
_WANTED_CALM: Final = ("cold_open", "reveal", "demo", "brand", "benefit")
"""The same for tones in which nobody is pressed: craft.md 1.4."""
CALM_TONES: Final = ("luxury", "documentary", "emotional")
_LONGER: Final = ("demo", "benefit", "reveal", "brand", "problem")
"""Beats that take a second shot, in this order."""


@define_value
class BeatTake:
    """A take of a film of pictures: its beat, and how long it is shown."""

    beat: str
    ms: int


def divide_film(ms: int | None, sold_s: Sequence[int], tone: str, scenes: int = 1) -> tuple[BeatTake, ...]:
    """Divide a film of ``ms`` into takes whose sold lengths are least in sum, then fewest, then most alike. If the sum
    is longer than the film, the last takes of beats are shown shorter: nothing continues from their last frame.

    ``ms`` None: as long as one usual take. ``sold_s``: seconds of the lengths that are sold, rising; empty: any.
    ``scenes``: how many things the brief tells to show; each has a take if the length allows it. Raises ``BadInput``
    above ``MAX_TAKES``. Pure.
    """
    if ms is None:
        ms = 1000 * min(sold_s, key=lambda seconds: (abs(seconds - MAX_TAKE_S), seconds), default=MAX_TAKE_S)
    scenes = max(1, min(scenes, _MAX_SCENES, ms // _LEAST_SCENE_MS))
    lengths = _choose_lengths(ms, sold_s, scenes)
    beats = _choose_beats(len(lengths), max(scenes, round(ms / _BEAT_MS)), tone)
    ends = [n for n, beat in enumerate(beats) if beats[n + 1 : n + 2] != [beat]]
    surplus = max(0, sum(lengths) - ms)
    for n, end in enumerate(ends):
        fair = surplus // (len(ends) - n) // _STEP_MS * _STEP_MS
        cut = max(0, min(fair, lengths[end] - _LEAST_SHOWN_MS)) if n + 1 < len(ends) else surplus
        lengths[end], surplus = lengths[end] - cut, surplus - cut
    return tuple(BeatTake(beat=beat, ms=length) for beat, length in zip(beats, lengths, strict=True))


def _choose_lengths(ms: int, sold_s: Sequence[int], least: int) -> list[int]:
    if not sold_s:
        count = max(least, -(-ms // (MAX_TAKE_S * 1000)))
        each = -(-ms // (count * _STEP_MS)) * _STEP_MS
        return [each] * (count - 1) + [ms - each * (count - 1)]
    usual = [seconds for seconds in sold_s if seconds <= MAX_TAKE_S] or [sold_s[0]]
    whole = 0
    if ms > 8 * usual[-1] * 1000:  # far from the end the longest takes are the fewest
        whole = ms // (usual[-1] * 1000) - 6
    if whole + 8 > MAX_TAKES:
        raise BadInput("length", f"{ms / 1000:g} s", f"at most {(MAX_TAKES - 8) * usual[-1]} s without words")
    left = ms - whole * usual[-1] * 1000
    most = max(least, -(-left // (usual[0] * 1000)))
    found = min(
        (
            (sum(one), count, max(one) - min(one), tuple(sorted(one, reverse=True)))
            for count in range(1 if whole else least, most + 1)
            for one in combinations_with_replacement(usual[-4:] if len(usual) > 4 else usual, count)
            if sum(one) * 1000 >= left
        ),
    )[3]
    return [usual[-1] * 1000] * whole + [seconds * 1000 for seconds in found]


def _choose_beats(count: int, beats: int, tone: str) -> list[str]:
    """Choose at most ``beats`` beats of ``count`` takes in the order of the story; takes of one beat stand together."""
    wanted = _WANTED_CALM if tone in CALM_TONES else _WANTED
    most = min(count, max(1, beats), len(wanted))
    chosen = ("reveal",) if most == 1 else wanted[:most]
    counts = {beat: int(beat in chosen) for beat in load_beats()}
    growing: list[str] = [beat for beat in _LONGER if beat in chosen] or list(chosen)
    for n in range(count - most):
        counts[growing[n % len(growing)]] += 1
    return [beat for beat, takes in counts.items() for _ in range(takes)]
