"""Where beats begin: lengths solved, the two anchors on downbeats, the rest drawn to the music's grid."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from fractions import Fraction

from reelwright.planner.durations import clamps, solve
from reelwright.planner.grammar import SHORT_S
from reelwright.planner.music import FAR_S, Grid, tempo
from reelwright.planner.tables import Tone
from reelwright.reel.noun import noun
from reelwright.units import Frames, ms_to_frames


@noun
class Timeline:
    """Frames of each beat, in order, summing to the film exactly; and the grid of its music."""

    lengths: tuple[Frames, ...]
    grid: Grid

    @property
    def starts(self) -> tuple[Frames, ...]:
        """First frame of each beat."""
        return tuple(Frames(sum(self.lengths[:i])) for i in range(len(self.lengths)))


def timeline(
    names: Sequence[str], total: int, fps: tuple[int, int], tone: Tone, mood: str, least: Mapping[int, int]
) -> Timeline:
    """Solve, anchor, snap. ``least``: frames that a beat needs for its words, by its index."""
    latest = Fraction(tone.brand_by, 1000)
    lengths = solve(names, total, fps, tone, least=least, latest=latest)
    bounds = [int(sum(lengths[:i])) for i in range(len(names) + 1)]
    low = _lows(names, total, fps, least, lengths)
    grid = _anchor(names, bounds, low, fps, mood, latest)
    _snap(names, bounds, low, grid)
    made = tuple(Frames(b - a) for a, b in itertools.pairwise(bounds))
    return Timeline(lengths=made, grid=grid)


def _lows(
    names: Sequence[str], total: int, fps: tuple[int, int], least: Mapping[int, int], lengths: Sequence[int]
) -> list[int]:
    """Frames below which snapping may not shrink a beat."""
    total_ms = total * fps[1] * 1000 // fps[0]
    short = Fraction(total_ms, 1000) < SHORT_S
    lows = [1 if short else int(ms_to_frames(clamps(name, total_ms)[0], fps)) for name in names]
    return [min(max(low, least.get(i, 0)), lengths[i]) for i, low in enumerate(lows)]


def _anchor(
    names: Sequence[str], bounds: list[int], low: list[int], fps: tuple[int, int], mood: str, latest: Fraction
) -> Grid:
    """Choose the tempo and move reveal and end card onto its downbeats."""
    total, last = bounds[-1], len(names) - 1
    far = int(FAR_S * fps[0] / fps[1])
    play = max(
        0, min(far, bounds[last + 1] - bounds[last] - low[last], bounds[last] - bounds[last - 1] - low[last - 1])
    )
    at = names.index("reveal") if "reveal" in names else 0
    span = None
    if at:
        earliest = max(bounds[at - 1] + low[at - 1], -(-total * 20 // 100))
        span = (earliest, min(bounds[at + 1] - low[at], int(total * latest)))
        if at + 1 == last:
            play = min(play, 2)
    found = tempo(mood, bounds[last], bounds[at] if at else None, fps, play=play if last else 0, bounds=span)
    if last:
        bounds[last] = found.end
    if at and found.reveal is not None and span and span[0] <= found.reveal <= min(span[1], bounds[at + 1] - low[at]):
        bounds[at] = found.reveal
    return found.grid


def _snap(names: Sequence[str], bounds: list[int], low: list[int], grid: Grid) -> None:
    """Other beats start on the nearest bar or beat within half a beat, where both neighbours keep their least."""
    for i in range(1, len(names) - 1):
        if names[i] == "reveal":
            continue
        options = [(abs(at - bounds[i]) + grid.beat * weight / 2, at) for at, weight in _near(bounds[i], grid)]
        for cost, at in sorted(options):
            fits = bounds[i - 1] + low[i - 1] <= at <= bounds[i + 1] - low[i]
            if fits and abs(at - bounds[i]) * 2 <= grid.beat and cost >= 0:
                bounds[i] = at
                break


def _near(frame: int, grid: Grid) -> list[tuple[int, int]]:
    """(frame, 1 unless a downbeat) of the beats round a frame."""
    first = int(frame / grid.beat)
    return [(int((first + k) * grid.beat), int((first + k) % 4 != 0)) for k in range(-1, 3) if first + k > 0]
