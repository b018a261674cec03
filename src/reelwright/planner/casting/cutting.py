"""Shots as a model makes them: those of a beat joined into takes as long as it sells, with the words laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reelwright.planner.ids import derived
from reelwright.reel.noun import ShotId
from reelwright.reel.plan import Overlay, Own, Shot, Transition
from reelwright.units import Frames


def joined(beat: str, shots: Sequence[Shot], most: int | None, spare: int = 0) -> list[Shot]:
    """``shots`` of one beat, in order, as the fewest takes of at most ``most`` frames (None: any length).

    Staged words become titles where they stood; cuts between shots of one take are gone. ``spare``: frames by which
    the last may still grow. A take that is too long is parted where words change, else in equal pieces.
    """
    total = sum(shot.length for shot in shots)
    over, into = shots[-1].into.over, shots[-1].into
    pieces = 1 if most is None else max(1, -(-(total + over + spare) // most))
    cuts = _cuts(shots, total, over + spare, pieces, most or total)
    made = []
    for index, (begin, end) in enumerate(zip((0, *cuts), (*cuts, total), strict=True)):
        last = index == len(cuts)
        made.append(_take(beat, shots, begin, end, into if last else Transition()))
    return made


def _cuts(shots: Sequence[Shot], total: int, tail: int, pieces: int, most: int) -> list[int]:
    """Frames at which a take ends and the next begins: a place where words change that is near, else equal parts.

    ``tail``: frames that the last one must bring beyond its window.
    """
    edges, at = [], 0
    for shot in shots[:-1]:
        at += shot.length
        edges.append(at)
    found: list[int] = []
    for n in range(1, pieces):
        before = found[-1] if found else 0
        wanted = min(before + (total + tail - before) // (pieces - n + 1), total - (pieces - n))
        fits = [e for e in edges if before < e <= before + most and total + tail - e <= most * (pieces - n)]
        near = min(fits, key=lambda e: abs(e - wanted), default=wanted)
        found.append(near if abs(near - wanted) * 3 <= wanted - before else wanted)
    return found


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
