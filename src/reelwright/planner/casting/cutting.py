"""Shots as a model makes them: those of a beat joined into takes as long as it sells, with the words laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from reelwright.planner.ids import derived
from reelwright.reel.noun import ShotId
from reelwright.reel.plan import Overlay, Own, Shot, Transition
from reelwright.units import Frames


def joined(beat: str, shots: Sequence[Shot], sold: Sequence[int], least: int, spare: int = 0) -> list[Shot]:
    """``shots`` of one beat, in order, as the fewest takes that are sold. ``sold``: their lengths in frames, rising;
    empty: any length.

    Staged words become titles where they stood; cuts between shots of one take are gone. Every take but the last is
    shown whole, since the next one goes on from its last frame; none is shorter than ``least``. ``spare``: frames by
    which the last may still grow.
    """
    total = sum(shot.length for shot in shots)
    into = shots[-1].into
    cuts = _cuts(shots, total, into.over + spare, sold, max(least, 2 * into.over))
    made = []
    for index, (begin, end) in enumerate(zip((0, *cuts), (*cuts, total), strict=True)):
        last = index == len(cuts)
        made.append(_take(beat, shots, begin, end, into if last else Transition()))
    return made


def _cuts(shots: Sequence[Shot], total: int, tail: int, sold: Sequence[int], least: int) -> list[int]:
    """Frames at which a take ends and the next begins, as few as can be, near to where words change.

    ``tail``: frames that the last one must bring beyond its window.
    """
    edges = list(accumulate(shot.length for shot in shots[:-1]))
    found: list[int] = []
    at = 0
    while sold and total - at + tail > sold[-1]:
        left = total - at
        fits = [length for length in sold if left - length >= least] or [min(sold[0], left // 2)]
        fewest = min(_pieces(left - length + tail, sold[-1]) for length in fits)
        good = [length for length in fits if _pieces(left - length + tail, sold[-1]) == fewest]
        at += min(good, key=lambda length: (min((abs(at + length - e) for e in edges), default=0), -length))
        found.append(at)
    return found


def _pieces(frames: int, longest: int) -> int:
    return -(-frames // longest)


def _take(beat: str, shots: Sequence[Shot], begin: int, end: int, into: Transition) -> Shot:
    """Frames [begin, end) of the shots as one, with what is drawn over each of them."""
    at = 0
    inside: list[tuple[int, Shot]] = []
    for shot in shots:
        if at < end and at + shot.length > begin:
            inside.append((at, shot))
        at += shot.length
    start, first = inside[0]
    overlays: list[Overlay] = []
    for at, shot in inside:
        overlays += [_moved(overlay, at - begin, shot) for overlay in _drawn(beat, shot)]
    begun = start < begin
    return replace(
        first,
        id=ShotId(derived("shot", first.id, f"from {begin - start}")) if begun else first.id,
        length=Frames(end - begin),
        overlays=tuple(overlays),
        words=dict(first.words),
        shows="nothing",
        still=None,
        into=into,
        written=tuple(written for at, shot in inside if at >= begin for written in shot.written),
    )


def _drawn(beat: str, shot: Shot) -> list[Overlay]:
    """What was drawn over the shot, and the words that its picture carried."""
    title = Overlay(kind="title", text=beat, words=dict(shot.words), length=shot.length)
    return [*([title] if shot.words and shot.shows == "drawn" else []), *shot.overlays]


def _moved(overlay: Overlay, by: int, shot: Shot) -> Overlay:
    """The overlay in a longer take; it ends where its shot ended. One that began before starts below 0."""
    length = overlay.length if overlay.length is not None else Frames(shot.length - overlay.start)
    return replace(overlay, start=Frames(overlay.start + by), length=length)


def is_staged(shot: Shot, model: str) -> bool:
    """Whether the shot is words alone, drawn by ``model``: nothing of the person's own is in it."""
    return not isinstance(shot.source, Own) and shot.source.model == model and not shot.source.inputs


def photo_of(shot: Shot, model: str) -> str | None:
    """The person's own photo that fills a drawn shot: a model may let it move."""
    if isinstance(shot.source, Own) or shot.source.model != model or shot.source.mode != "picture":
        return None
    return next((i.asset for i in shot.source.inputs if i.asset), None)
