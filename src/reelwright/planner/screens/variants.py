"""Chooses the composition of each screen: a film shows a motif again only once it has shown the others."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_USUAL_COUNT: Final = 3
"""Compositions of a beat of which a look names no motifs."""
_MOST_VARIANTS: Final = 8
"""As many compositions of a beat are told apart; by eights a variant counts what a person asked for."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen, as far as its composition depends on it. ``start``: a number of its words, so that films differ.

    ``earlier_variant``: that in which it is drawn already; it stays.
    """

    role: str
    start: int
    has_picture: bool = False
    earlier_variant: int | None = None


def choose_variants(
    screens: Sequence[Screen], motifs: Mapping[str, tuple[str, ...]], unfit: Collection[str] = ()
) -> list[int]:
    """Choose the variant of each screen; a variant is the place of a composition in its beat.

    ``motifs``: for each beat what a look draws in its compositions; ``unfit``: those that name another trade, which are
    taken last. Of those that the film showed least often it takes the one that it showed longest ago, and among equals
    the first from the screen's ``start`` on.
    """
    shown: list[str] = []
    made: list[int] = []

    def rank(motif: str) -> tuple[bool, int, int]:
        return motif in unfit, shown.count(motif), _find_last(shown, motif)

    for screen in screens:
        names = _list_motifs(screen, motifs)
        variant = screen.earlier_variant
        if variant is None:
            count = min(len(names), _MOST_VARIANTS)
            turned = [(screen.start + step) % count for step in range(count)]
            variant = min(turned, key=lambda place: rank(names[place]))
        made.append(variant)
        shown.append(names[(variant % _MOST_VARIANTS + variant // _MOST_VARIANTS) % len(names)])
    return made


def _list_motifs(screen: Screen, motifs: Mapping[str, tuple[str, ...]]) -> Sequence[str]:
    if screen.has_picture:  # it takes the place of the motif
        return [f"picture {place}" for place in range(_USUAL_COUNT)]
    return motifs.get(screen.role) or [f"{screen.role} {place}" for place in range(_USUAL_COUNT)]


def _find_last(shown: Sequence[str], motif: str) -> int:
    return max((place for place, name in enumerate(shown) if name == motif), default=-1)
