"""Numbers that count up in a card: a ring shows a share, bars two values at their true ratio, a waveform the rest."""

from __future__ import annotations

import re
from typing import Final

from reelwright.media.drawing.drawables import Outline, skia
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Count, Mover
from reelwright.media.drawing.strokes import DONE, Pen
from reelwright.media.looks.signal.devices import show_picture
from reelwright.media.looks.signal.screen import Screen
from reelwright.media.staging.numbers import can_show_counted_thing, has_comparison, split_unit, typeset_count
from reelwright.media.staging.stage import Motion, Stage
from reelwright.media.staging.stagings import choose_composition

_OVER_MARK: Final = 0.64
"""Part of the height that a card takes over the thing that it counts, in a frame that is not wide."""

_CLEAR = 112
"""Pixels at 1080 between a card, which comes from 70 under its place, and what is drawn under it."""


def set_proof(stage: Stage) -> None:
    """Stage a number: it counts up in a card, a ring or bars show its share, two values stand at their true ratio."""
    picture = stage.choose_picture()
    is_low = picture is not None and stage.shape in ("square", "portrait")
    screen = Screen(stage, focus=(0.7, 0.5) if stage.shape == "wide" else (0.5, 0.4), has_head=not is_low)
    u, box = screen.u, screen.box
    if picture is not None:
        box = show_picture(screen, picture, share=0.36 if is_low else 0.44 if stage.shape == "tall" else 0)
    compares = has_comparison(stage)
    named = picture is None and can_show_counted_thing(stage)
    is_bare = picture is None and not compares and not named and choose_composition(stage.request, 2) == 1
    if named and not screen.wide:
        box = box._replace(bottom=box.top + _OVER_MARK * box.height)
    if is_bare:  # without a card, over the lamps of the lattice
        foot = stage.live.bottom if stage.shape == "tall" else box.top + 0.6 * (stage.height - box.top)
        box = box._replace(bottom=foot)
        screen.add_spectrum(Box(0, foot + 50 * u, stage.width, stage.height))
    else:
        screen.add_backdrop()
    pad = 0.0 if is_bare else (40 if picture is not None else 64) * u
    ground = stage.palette.bg if is_bare else screen.card
    come = screen.make_come(0, dy=70)
    number, unit = split_unit(stage)
    short = stage.get_words("unit") if not unit else ""
    inks = typeset_count(stage, is_alone=bool(unit) and bool(stage.get_words("unit")), number=number)
    aside = screen.wide and picture is None
    bars = (232 if picture is None else 204) * u if compares else 0.0
    inner_wide = box.width - 2 * pad
    share = _find_share(number, short) if not compares else None
    gauge = min(0.62 * box.height, 0.36 * inner_wide) if aside and (named or share is not None) else 0.0
    width = inner_wide - (gauge + 90 * u if gauge else 0)
    label = screen.fit(
        stage.get_words("label"), "label", width, (100 if compares else 150) * u, lines=3, largest=54, lead=1.3
    )
    widest, last = max(ink.width for ink in inks), inks[-1]
    guess = min(width / widest, 0.5 * (box.height - 2 * pad) / last.height, (460 if screen.wide else 400) * u)
    largest = 64 if compares else 96 if picture is not None else max(96, 0.54 * guess / u)
    largest = min(largest, 110) if named and not screen.wide else largest
    below = screen.fit(unit, "display", width, 0.3 * box.height, lines=2, largest=largest)
    em = stage.get_small_size("legal")
    small = screen.fit(stage.get_words("source"), "plain", inner_wide, 5 * em, lines=3, largest=em / u, lead=1.35)
    rest = [block for block in (label, below, small) if block.lines]
    gaps = (54 if picture is None and not compares else 34) * u
    room = box.height - 2 * pad - sum(block.height + gaps for block in rest) - (bars + gaps if bars else 0)
    size = min(width / widest, room / last.height, (460 if screen.wide else 400) * u)
    stage.record_fit(last.cap * size, 80 * u)
    strip = (
        min(0.2 * box.height, 190 * u)
        if not (compares or named or is_bare) and share is None and picture is None
        else 0.0
    )
    tall = last.height * size + sum(block.height + gaps for block in rest) + (bars + gaps if bars else 0) + 2 * pad
    beside = Box(box.left + 2 * pad + widest * size, 0, box.right - pad, 0)
    stands_beside = aside and strip > 0 and beside.width > 0.3 * box.width
    strip = 0.0 if stands_beside or tall + strip + gaps > box.height else strip
    tall = max(tall + (strip + gaps if strip else 0), gauge + 2 * pad if gauge else 0)
    top = box.top + (box.height - tall) * (0.5 if screen.wide else 0.2 if stage.shape == "tall" else 0.5)
    card = Box(box.left, top, box.right, top + tall)
    if not is_bare:
        screen.add_card(card, (come,), corner=44 * u)
    x, y = box.left + pad, top + pad
    length = stage.get_length("count")
    count = screen.stage.look.ease["count"]
    moves: tuple[Mover, ...] = (Count(-0.12 * length, length, count, len(inks) - 1), come)
    low = y - last.top * size
    stage.add_counter(inks, size, x, low, screen.tint, ground, Motion(moves=moves, group="number"))
    if stands_beside:
        screen.add_bars(beside._replace(top=y, bottom=y + last.height * size), has_head=False, first=0.1, last=0.96)
    y += last.height * size + gaps
    if below.lines:
        screen.put(below, x, y, stage.to_frames(8), ground=ground, group="unit", moves=(come,))
        y += below.height + gaps
    if label.lines:  # it goes on after the number: "71 % of tickets closed without a person"
        screen.put(label, x, y, 0, colour=stage.palette.dim, ground=ground, role="label", group="label", moves=(come,))
        y += label.height + gaps
    if compares:
        _add_tracks(screen, Box(x, y, box.right - pad, y + bars), come)
    at = Box(box.right - pad - gauge, card.centre[1] - gauge / 2, box.right - pad, card.centre[1] + gauge / 2)
    if gauge and named:
        screen.add_mark("", at)
    elif gauge and share is not None:
        _add_gauge(screen, at, share, come)
    if named and not screen.wide:
        screen.add_mark("", Box(box.left, card.bottom + _CLEAR * u, box.right, 0.95 * stage.height))
    elif strip:
        screen.add_bars(Box(x, y, box.right - pad, y + strip), has_head=False, first=0.1, last=0.96)
    screen.put(
        small, x, card.bottom - pad - small.height, stage.to_frames(12), colour=stage.palette.dim, ground=ground,
        role="legal", group="source", moves=(come,),
    )  # fmt: skip


def _find_share(number: str, unit: str) -> float | None:
    """Return the part of a whole that a percentage says; None for any other number."""
    digits = re.search(r"\d+(?:[.,]\d+)?", number)
    if digits is None or "%" not in number + unit:
        return None
    value = float(digits[0].replace(",", "."))
    return value / 100 if 0 < value <= 100 else None


def _add_gauge(screen: Screen, box: Box, share: float, come: Mover) -> None:
    """Draw a ring of which as much is lit as the share, from the top on."""
    stage = screen.stage
    place = stage.to_frame_box(*box)
    thick = 0.13 * place.width
    oval = skia.Rect.MakeLTRB(*place.grow(-thick / 2))
    track = skia.Path()
    track.addOval(oval)
    stage.add("shape", Outline(track, screen.rest, thick, 0.5), place, Motion(moves=(come,), group="gauge"))
    lit = skia.Path()
    lit.addArc(oval, -90, stage.reading_sign * 359.9 * share)
    count = Count(stage.to_frames(3), stage.get_length("count"), stage.look.ease["count"], DONE)
    stage.add("shape", Pen(lit, stage.palette.accent, thick), place, Motion(moves=(count, come), group="gauge"))


def _add_tracks(screen: Screen, box: Box, come: Mover) -> None:
    """Draw two values as bars at their true ratio, each under its words."""
    stage, u = screen.stage, screen.u
    ratio = int(stage.get_words("ratio_milli")) / 1000
    longest = max(1.0, ratio)
    row = box.height / 2
    for index, (part, role) in enumerate(((1 / longest, "a"), (ratio / longest, "b"))):
        y = box.top + index * row
        words = screen.fit(stage.get_words(role), "label", box.width, 42 * u, lines=1, largest=34)
        at = stage.to_frames(6 + 8 * index)
        is_new = index == 1
        tint = stage.palette.text if is_new else stage.palette.dim
        screen.put(
            words, box.left, y, at, colour=tint, ground=screen.card, role="label", group=f"bar {role}", moves=(come,)
        )
        top, thick = y + 56 * u, 34 * u
        track = Box(box.left, top, box.right, top + thick)
        screen.add_shape(screen.make_round(track, thick / 2), screen.edge, Motion(moves=(come,), group="bars"))
        bar = track._replace(right=box.left + max(thick, box.width * part))
        area = stage.make_wipe_area(bar.left - 1, top - 1, bar.right + 1, top + thick + 1)
        motion = Motion(moves=(stage.wipe(at, kind="count"), come), wipe_area=area, group="bars")
        colour = stage.palette.accent if is_new else screen.rest
        screen.add_shape(screen.make_round(bar, thick / 2), colour, motion)
