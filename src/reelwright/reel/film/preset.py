"""Delivery presets: what one platform takes of a film, how loud, and what it draws over the picture. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reelwright.reel.base.value import define_value
from reelwright.reel.film.loudness_target import WEB_DBTP, WEB_LUFS
from reelwright.units import Aspect, find_nearest_aspect

Rectangle = tuple[int, int, int, int]
"""Left, top, right and bottom in pixels; right and bottom are outside."""


@define_value
class Preset:
    """A delivery preset: what a platform takes, as it was when the brief was made. ``title``: what people call it.

    ``size``: of its frame in pixels. ``unsafe_areas``: parts of a frame of that size under its buttons and captions, or
    outside its safe area; for a language that is read from the right, their mirror image is. ``fps``: the frame rate
    that it requires; None: any. ``max_s``: the longest film that it shows as what it is; None: no limit that a film
    here could reach. ``lufs`` and ``dbtp``: loudness and highest true peak. ``checked_on``: the day, and ``source``:
    where these facts were read.
    """

    name: str
    title: str
    size: tuple[int, int]
    unsafe_areas: tuple[Rectangle, ...] = ()
    fps: tuple[int, int] | None = None
    max_s: int | None = None
    lufs: int = WEB_LUFS
    dbtp: int = WEB_DBTP
    checked_on: str
    source: str

    @property
    def aspect(self) -> Aspect:
        """The aspect of its frame."""
        return find_nearest_aspect(self.size)


def select_presets(presets: Sequence[Preset], aspects: Iterable[str]) -> tuple[Preset, ...]:
    """Return those of ``presets`` for which a film in one of ``aspects`` is made."""
    wanted = set(aspects)
    return tuple(one for one in presets if one.aspect in wanted)


def choose_loudness(presets: Sequence[Preset], size: tuple[int, int]) -> tuple[int, int]:
    """Return loudness and highest true peak, in LUFS and dBTP, of the film of ``size`` that ``presets`` are for.

    Those of one aspect agree about the loudness: the planner refuses others.
    """
    found = select_presets(presets, (find_nearest_aspect(size),))
    return (found[0].lufs, min(one.dbtp for one in found)) if found else (WEB_LUFS, WEB_DBTP)
