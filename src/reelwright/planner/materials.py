"""The person's own pictures and clips: which beat shows which, and for how long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import regex

from reelwright.planner.match import Picture, clip_frames
from reelwright.reel.brief import Material
from reelwright.reel.noun import noun
from reelwright.units import Frames

HOLD_MS: Final = 1600
"""Least time of a photo on screen. Source: craft.md 8.5, read 2026-11-20."""
LONGEST_MS: Final = 4500
SHORTEST_CLIP_MS: Final = 500
EARLY: Final = ("cold_open", "problem", "hook", "benefit", "transformation", "demo", "brand", "agitate")
"""Beats that take a picture, in the order in which they are given one: a photo stands for the world before."""
LATE: Final = ("demo", "benefit", "transformation", "brand", "cold_open", "problem", "hook", "agitate")
"""The same for a picture whose name says that it shows the thing itself, and for clips."""
HEROES: Final = ("reveal", "end_card", "cta", "hook", "proof", "demo", "offer", "brand")


@noun
class Allotment:
    """Who goes where: pictures and clips by beat index, heroes and screens by beat index, and who has no place."""

    fills: dict[int, tuple[Material, ...]]
    heroes: dict[int, Material]
    screens: dict[int, tuple[Material, ...]]
    left: tuple[tuple[Material, str], ...]


def allot(
    names: Sequence[str],
    lengths: Sequence[int],
    materials: Sequence[Material],
    fps: tuple[int, int],
    spoken: frozenset[str] = frozenset(),
) -> Allotment:
    """Give every material a beat. Deterministic; in the order given, along the film.

    ``spoken``: words that the brief calls the thing itself by; a picture that is named so stands after its reveal.
    """
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
    room = {i: lengths[i] // hold for i, name in enumerate(names) if name in EARLY and i not in shown}
    for i, name in enumerate(names):
        if name == "hook" and i in room:  # a hook opens on its line: no more than one picture, and none beside a hero
            room[i] = 0 if cutouts else min(1, lengths[i] * 4 // (hold * 3))
    by_beat, rest = _stations(names, usable, room, spoken)
    left += [(material, "the film is too short for it") for material in rest]
    left += [(m, "no beat of this film shows a screen") for m in screens if not any(m in row for row in shown.values())]
    heroes, spare = _heroes(names, cutouts, frozenset((*by_beat, *shown)))
    left += [(material, "every place for a cut-out is taken") for material in spare]
    return Allotment(fills=by_beat, heroes=heroes, screens=shown, left=tuple(left))


def _stations(
    names: Sequence[str], usable: Sequence[Material], room: dict[int, int], spoken: frozenset[str]
) -> tuple[dict[int, tuple[Material, ...]], list[Material]]:
    """Pictures by beat: each goes to the emptiest beat that its sort likes best; and those without a place."""
    found: dict[int, tuple[Material, ...]] = {}
    rest = []
    for material in usable:
        likes = LATE if material.treatment == "clip" or named_in(material.name) & spoken else EARLY
        open_ = [i for i in room if len(found.get(i, ())) < room[i]]
        if not open_:
            rest.append(material)
            continue
        best = min(open_, key=lambda i: (len(found.get(i, ())), likes.index(names[i]), i))
        found[best] = (*found.get(best, ()), material)
    return found, rest


def named_in(name: str) -> frozenset[str]:
    """Words of a file's name, in the singular."""
    bare = name.rsplit(".", 1)[0]
    parted = regex.sub(r"(?<=\p{Ll})(?=\p{Lu})", " ", bare)
    words = regex.findall(r"\p{L}{3,}", f"{bare} {parted}")
    return frozenset(singular(word) for word in words)


def singular(word: str) -> str:
    """A word as it is compared: small, without the s of a plural."""
    low = word.casefold()
    return low[:-1] if low.endswith("s") and not low.endswith("ss") and len(low) > 3 else low


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


def limits(
    material: Material | None, need: int, total: int, fps: tuple[int, int], hold_ms: int = HOLD_MS
) -> tuple[int, int]:
    """Least and most frames of a shot with this material; None: a staged shot whose words need ``need`` frames."""
    if material is None:
        return need, total
    hold = hold_ms * fps[0] // (fps[1] * 1000)
    if material.treatment == "clip":
        most = int(clip_frames(material.ms or 0, fps))
        return min(hold, most), max(1, most)
    return hold, max(hold, LONGEST_MS * fps[0] // (fps[1] * 1000))


def own_length(material: Material, fps: tuple[int, int]) -> Frames:
    """Frames of a clip that can be shown."""
    return clip_frames(material.ms or 0, fps)
