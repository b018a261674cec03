"""Lengths of beats: weights, clamps and an exact sum, all in whole frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from reelwright.planner.tables import Tone, beats, sequences
from reelwright.units import Frames, ms_to_frames

LENIENT_OVER_MS = 45_000
"""From here on the longest length of a beat grows with the film; the table's clamps are those of up to 45 s."""
WEIGHED_FROM_MS = 10_000
"""Shorter films have no time to give: their beats last what they must."""
SINGLE = frozenset({"hook", "reveal", "proof", "testimonial", "offer", "urgency", "cta", "end_card"})
"""Beats that make one statement: they never last more than twice their usual longest, and are not cut up."""
FIRST_TO_GIVE = ("demo", "benefit", "reveal")


def clamps(name: str, total_ms: int) -> tuple[int, int]:
    """Least and most milliseconds of a beat in a film of ``total_ms``."""
    rule = beats()[name]
    longer = rule.max_ms * max(total_ms, LENIENT_OVER_MS) // LENIENT_OVER_MS
    return rule.min_ms, min(longer, 2 * rule.max_ms) if name in SINGLE else longer


def solve(
    names: Sequence[str],
    total: int,
    fps: tuple[int, int],
    tone: Tone,
    *,
    least: Mapping[int, int] | None = None,
    latest: Fraction = Fraction(2, 5),
) -> list[Frames]:
    """Frames of each beat, summing to ``total`` exactly.

    ``least``: frames that the beat at an index needs at least, where that is more than its clamp. ``latest``: part
    of the film by which the reveal starts; it never starts before a fifth of it. Source: craft.md 1.1 and 1.4.
    """
    total_ms = int(Fraction(total * fps[1] * 1000, fps[0]))
    low = [int(ms_to_frames(clamps(n, total_ms)[0], fps)) for n in names]
    high = [int(ms_to_frames(clamps(n, total_ms)[1], fps)) for n in names]
    for index, need in (least or {}).items():
        low[index] = max(low[index], need)
        high[index] = max(high[index], low[index])
    weights = [_weight(n, total_ms, tone) for n in names]
    lengths = _share(names, weights, low, high, total)
    if "reveal" in names and (at := names.index("reveal")):
        before = sum(lengths[:at])
        bound = min(max(before, -(-total * 21 // 100)), int(total * (latest - Fraction(1, 100))))
        if bound != before:
            head = _share(names[:at], weights[:at], low[:at], high[:at], bound)
            lengths = head + _share(names[at:], weights[at:], low[at:], high[at:], total - bound)
    return [Frames(n) for n in lengths]


def _weight(name: str, total_ms: int, tone: Tone) -> int:
    """Weight of a beat: its length in the nearest default sequence, else the middle of its share."""
    near = min(sequences(), key=lambda ms: abs(ms - total_ms))
    usual = sequences()[near].order.get(name)
    base = usual * 1000 // near if usual else beats()[name].weight * 10
    own = tone.weights.get(name, 100) if total_ms >= WEIGHED_FROM_MS else 100
    return max(1, base * own)


def _share(names: Sequence[str], weights: list[int], low: list[int], high: list[int], total: int) -> list[int]:
    order = sorted(range(len(names)), key=lambda i: FIRST_TO_GIVE.index(names[i]) if names[i] in FIRST_TO_GIVE else 9)
    return share(weights, low, high, total, order)


def share(
    weights: Sequence[int], low: Sequence[int], high: Sequence[int], total: int, order: Sequence[int] | None = None
) -> list[int]:
    """Whole numbers by weight within [low, high] that sum to ``total``; bounds that cannot hold give way.

    The last units are handed out one by one, in ``order`` (places in the list), first come first.
    """
    count = len(weights)
    low = list(low) if sum(low) <= total else [1] * count
    high = list(high) if sum(high) >= total else [total] * count
    fixed: dict[int, int] = {}
    shares: dict[int, Fraction] = {}
    while len(fixed) < count:
        free = [i for i in range(count) if i not in fixed]
        left, weight = total - sum(fixed.values()), sum(weights[i] for i in free)
        shares = {i: Fraction(left * weights[i], weight) for i in free}
        lack = sum((_beyond(low[i] - shares[i]) - _beyond(shares[i] - high[i]) for i in free), Fraction(0))
        bad = {i for i in free if (shares[i] < low[i] if lack >= 0 else shares[i] > high[i])}
        if not bad:
            break
        fixed.update({i: low[i] if lack >= 0 else high[i] for i in bad})
    lengths = [fixed.get(i, int(shares.get(i, Fraction(0)))) for i in range(count)]
    return _settle(lengths, low, high, total, range(count) if order is None else order)


def _beyond(value: Fraction) -> Fraction:
    return max(value, Fraction(0))


def _settle(lengths: list[int], low: Sequence[int], high: Sequence[int], total: int, order: Sequence[int]) -> list[int]:
    while (rest := total - sum(lengths)) != 0:
        step = 1 if rest > 0 else -1
        fit = [i for i in order if low[i] <= lengths[i] + step <= high[i]]
        fit = fit or [i for i in order if lengths[i] + step >= 1]
        for i in fit[: abs(rest)]:
            lengths[i] += step
    return lengths
