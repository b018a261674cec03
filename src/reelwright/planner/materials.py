"""The person's own pictures and clips: which beat shows which, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from reelwright.planner.match import Picture, clip_frames
from reelwright.reel.brief import Material
from reelwright.reel.noun import noun
from reelwright.units import Frames

HOLD_MS: Final = 1600
"""Least time of a photo on screen. Source: craft.md 8.5, read 2026-11-20."""
LONGEST_MS: Final = 4500
SHORTEST_CLIP_MS: Final = 500
TAKES_IN: Final = ("cold_open", "demo", "benefit", "transformation", "problem", "brand", "agitate")
"""Beats that can be told by a picture alone, in the order in which they are given one."""
HEROES: Final = ("reveal", "end_card", "cta", "hook", "offer", "brand")


@noun
class Allotment:
    """Who goes where: pictures and clips by beat index, heroes and screens by beat index, and who has no place."""

    fills: dict[int, tuple[Material, ...]]
    heroes: dict[int, Material]
    screens: dict[int, tuple[Material, ...]]
    left: tuple[tuple[Material, str], ...]


def allot(
    names: Sequence[str], lengths: Sequence[int], materials: Sequence[Material], fps: tuple[int, int]
) -> Allotment:
    """Give every material a beat. Deterministic; in the order given, along the film."""
    fills = [m for m in materials if m.treatment in ("photo", "clip")]
    cutouts = [m for m in materials if m.treatment == "cutout"]
    screens = [m for m in materials if m.treatment == "screen"]
    left: list[tuple[Material, str]] = []
    usable = []
    for material in fills:
        if material.treatment == "clip" and (material.ms or 0) < SHORTEST_CLIP_MS:
            left.append((material, f"it is shorter than {SHORTEST_CLIP_MS} ms"))
        else:
            usable.append(material)
    hold = HOLD_MS * fps[0] // (fps[1] * 1000)
    shown = _screens(names, screens)
    stations = _stations(names, lengths, len(usable), hold, frozenset(shown))
    given = [(index, usable[k]) for k, index in enumerate(sorted(stations))]
    left += [(material, "the film is too short for it") for material in usable[len(stations) :]]
    left += [(m, "no beat of this film shows a screen") for m in screens if not any(m in row for row in shown.values())]
    by_beat: dict[int, tuple[Material, ...]] = {}
    for index, material in given:
        by_beat[index] = (*by_beat.get(index, ()), material)
    heroes, spare = _heroes(names, cutouts, frozenset((*by_beat, *shown)))
    left += [(material, "every place for a cut-out is taken") for material in spare]
    return Allotment(fills=by_beat, heroes=heroes, screens=shown, left=tuple(left))


def _stations(names: Sequence[str], lengths: Sequence[int], wanted: int, hold: int, taken: frozenset[int]) -> list[int]:
    """Beat indexes, one for each of ``wanted`` pictures as far as they fit: first one each, then more."""
    room = {i: lengths[i] // hold for i, name in enumerate(names) if name in TAKES_IN and i not in taken}
    order = sorted(room, key=lambda i: (TAKES_IN.index(names[i]), i))
    found: list[int] = []
    while len(found) < wanted and (open_ := [i for i in order if found.count(i) < room[i]]):
        least = min(found.count(i) for i in open_)
        found.append(next(i for i in open_ if found.count(i) == least))
    hooks = [i for i, name in enumerate(names) if name == "hook" and i not in found]
    if len(found) < wanted and hooks and lengths[hooks[0]] >= hold * 3 // 4:
        found.append(hooks[0])
    return found


def _screens(names: Sequence[str], screens: Sequence[Material]) -> dict[int, tuple[Material, ...]]:
    """Screens go to demo, one shot each; where there is no demo, into the reveal or the benefit."""
    for beat in ("demo", "benefit", "reveal", "hook", "end_card"):
        places = [i for i, name in enumerate(names) if name == beat]
        if places and screens:
            shown: dict[int, tuple[Material, ...]] = {}
            for k, material in enumerate(screens):
                index = places[k % len(places)]
                shown[index] = (*shown.get(index, ()), material)
            return shown if beat in ("demo", "benefit") else {places[0]: tuple(screens[:1])}
    return {}


def _heroes(
    names: Sequence[str], cutouts: Sequence[Material], taken: frozenset[int]
) -> tuple[dict[int, Material], tuple[Material, ...]]:
    """The first cut-out is the hero of the reveal; more of them take turns."""
    places = sorted(
        (i for i, name in enumerate(names) if name in HEROES and i not in taken), key=lambda i: HEROES.index(names[i])
    )
    if not cutouts:
        return {}, ()
    return {i: cutouts[k % len(cutouts)] for k, i in enumerate(places)}, tuple(cutouts[len(places) :])


def moves() -> Iterator[str]:
    """Camera moves that alternate push and pull, with a pan now and then; never one direction more than twice."""
    while True:
        yield from ("push", "pull", "right", "push", "pull", "left")


def staged(material: Material) -> Picture:
    """The material as the hero of a staged shot."""
    treatment = "photo" if material.treatment == "clip" else material.treatment
    return Picture(asset=material.asset, treatment=treatment)


def limits(material: Material | None, need: int, total: int, fps: tuple[int, int]) -> tuple[int, int]:
    """Least and most frames of a shot with this material; None: a staged shot whose words need ``need`` frames."""
    if material is None:
        return need, total
    hold = HOLD_MS * fps[0] // (fps[1] * 1000)
    if material.treatment == "clip":
        most = int(clip_frames(material.ms or 0, fps))
        return min(hold, most), max(1, most)
    return hold, max(hold, LONGEST_MS * fps[0] // (fps[1] * 1000))


def own_length(material: Material, fps: tuple[int, int]) -> Frames:
    """Frames of a clip that can be shown."""
    return clip_frames(material.ms or 0, fps)
