"""The person's own pictures among the shots of a film from a brief: beside words, or alone between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from reelwright.documents.script import Picture
from reelwright.documents.write import write_picture
from reelwright.planner.roles import PICTURELESS
from reelwright.planner.screens.parts import Part
from reelwright.reel.brief import Material
from reelwright.reel.canonical import digest_of

SHORTEST_CLIP_MS: Final = 500
_HEROES: Final = ("reveal", "hook", "benefit", "demo", "proof", "brand", "offer", "cta", "end_card")
"""Beats beside whose words a cut-out or an interface stands, in the order in which they are given one."""


def with_own(
    parts: Sequence[Part], files: Mapping[str, Material], *, seen: str = ""
) -> tuple[tuple[Part, ...], tuple[str, ...]]:
    """``parts`` with each of ``files`` shown once, in the order given; and why one is not shown, in plain sentences.

    A cut-out and an interface stand beside words where there are any; a photo and a clip stand alone. ``seen``: what a
    video model that opens on a photo is told; empty: none does. Pure.
    """
    made = list(parts)
    said = [
        f"{name} is not shown: it is shorter than {SHORTEST_CLIP_MS} ms."
        for name, one in files.items()
        if one.treatment == "clip" and (one.ms or 0) < SHORTEST_CLIP_MS
    ]
    beside = [name for name, one in files.items() if one.treatment in ("cutout", "screen")]
    open_ = [n for n, one in enumerate(made) if one.words and one.role in _HEROES and one.role not in PICTURELESS]
    open_.sort(key=lambda n: (_HEROES.index(made[n].role), n))
    for n, name in zip(open_, beside, strict=False):
        made[n] = replace(made[n], picture=Picture(file=name))
    alone = [
        name for name, one in files.items()
        if one.treatment in ("photo", "clip") and not (one.treatment == "clip" and (one.ms or 0) < SHORTEST_CLIP_MS)
    ]  # fmt: skip
    alone += beside[len(open_) :]
    ends = bool(made) and made[-1].role == "end_card"
    told = len(made) - ends
    for k, name in enumerate(alone):
        at = min(len(made) - ends, (k + 1) * told // (len(alone) + 1) + k + bool(told))
        told_of = seen if files[name].treatment == "photo" else ""
        made.insert(at, _alone(name, told_of, made[at - 1] if at else None))
    return tuple(made), tuple(said)


def _alone(name: str, seen: str, before: Part | None) -> Part:
    picture = Picture(file=name, seen=seen)
    return Part(
        line=0, turn=before.turn if before else 0, role="brand" if before else "cold_open",
        key=digest_of(["own", name]), written=write_picture(picture), picture=picture,
    )  # fmt: skip
