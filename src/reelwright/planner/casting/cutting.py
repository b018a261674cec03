"""Joins the shots of a beat into takes as long as a model sells, with the words laid over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from reelwright.planner.ids import derive_id
from reelwright.reel.base.value import ShotId
from reelwright.reel.film.plan import Overlay, OwnFootage, Shot, Transition
from reelwright.units import Frames


def join_shots(beat: str, shots: Sequence[Shot], sold_frames: Sequence[int], least: int, spare: int = 0) -> list[Shot]:
    """Join ``shots`` of one beat, in order, into the fewest takes that are sold. ``sold_frames``: their lengths in
    frames, rising; empty: any length.

    Staged words become titles where they stood; cuts between shots of one take are gone. Every take but the last is
    shown whole, since the next one continues from its last frame; none is shorter than ``least``. ``spare``: frames by
    which the last may still grow.
    """
    total = sum(shot.length for shot in shots)
    into = shots[-1].transition
    cuts = _find_cuts(shots, total, into.length + spare, sold_frames, max(least, 2 * into.length))
    made: list[Shot] = []
    shown: set[ShotId] | None = set() if len(cuts) < len(shots) else None
    for index, (begin, end) in enumerate(zip((0, *cuts), (*cuts, total), strict=True)):
        last = index == len(cuts)
        made.append(_join_take(beat, shots, begin, end, into if last else Transition(), shown))
    return made


def _find_cuts(shots: Sequence[Shot], total: int, tail: int, sold: Sequence[int], least: int) -> list[int]:
    """Find the frames at which one take ends and the next begins: as few as possible, near to where words change.

    ``tail``: frames that the last take must bring beyond its window.
    """
    edges = list(accumulate(shot.length for shot in shots[:-1]))
    found: list[int] = []
    at = 0
    while sold and total - at + tail > sold[-1]:
        left = total - at
        fits = [length for length in sold if left - length >= least] or [min(sold[0], left // 2)]
        fewest = min(_count_takes(left - length + tail, sold[-1]) for length in fits)
        good = [length for length in fits if _count_takes(left - length + tail, sold[-1]) == fewest]
        at += min(good, key=lambda length: (min((abs(at + length - e) for e in edges), default=0), -length))
        found.append(at)
    return found


def _count_takes(frames: int, longest: int) -> int:
    return -(-frames // longest)


def _join_take(
    beat: str, shots: Sequence[Shot], begin: int, end: int, into: Transition, known: set[ShotId] | None
) -> Shot:
    """Join frames [begin, end) of the shots into one shot, with everything that is drawn over each of them.

    ``known``: shots that earlier takes of the beat show, which is added to. The take shows what most of its frames
    showed, of the others. None: the beat has more takes than shots; each shows the shot in which it begins.
    """
    at = 0
    inside: list[tuple[int, Shot]] = []
    for shot in shots:
        if at < end and at + shot.length > begin:
            inside.append((at, shot))
        at += shot.length
    start, shown = inside[0]
    if known is not None:
        start, shown = max(
            inside, key=lambda one: (one[1].id not in known, min(end, one[0] + one[1].length) - max(begin, one[0]))
        )
        known.add(shown.id)
    overlays: list[Overlay] = []
    for at, shot in inside:
        moved = (_move_overlay(overlay, at - begin, shot) for overlay in _list_drawn_overlays(beat, shot))
        overlays += [one for one in moved if one.start < end - begin and one.start + (one.length or 0) > 0]
    begun = start < begin
    return replace(
        shown,
        id=ShotId(derive_id("shot", shown.id, f"from {begin - start}")) if begun else shown.id,
        length=Frames(end - begin),
        overlays=tuple(overlays),
        words=dict(shown.words),
        text_mode="nothing",
        still=None,
        transition=into,
        markdown=tuple(written for at, shot in inside if at >= begin for written in shot.markdown),
    )


def _list_drawn_overlays(beat: str, shot: Shot) -> list[Overlay]:
    """List the overlays of a shot, and a title with the words that its picture carried."""
    title = Overlay(kind="title", text=beat, words=dict(shot.words), length=shot.length)
    return [*([title] if shot.words and shot.text_mode == "drawn" else []), *shot.overlays]


def _move_overlay(overlay: Overlay, by: int, shot: Shot) -> Overlay:
    """Move the overlay into a longer take. It ends where its shot ended; if it began before the take, it starts below
    0.
    """
    length = overlay.length if overlay.length is not None else Frames(shot.length - overlay.start)
    return replace(overlay, start=Frames(overlay.start + by), length=length)


def is_staged(shot: Shot, model: str) -> bool:
    """Return whether the shot is words alone, drawn by ``model``, with nothing of the person's own in it."""
    return not isinstance(shot.source, OwnFootage) and shot.source.model == model and not shot.source.subject_inputs


def find_photo(shot: Shot, model: str) -> str | None:
    """Return the person's own photo that fills a drawn shot, or None. A model may animate it."""
    if isinstance(shot.source, OwnFootage) or shot.source.model != model or shot.source.mode != "picture":
        return None
    return next((i.asset for i in shot.source.subject_inputs if i.asset), None)
