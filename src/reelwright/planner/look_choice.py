"""Chooses the look of a film: the one that a person names, else that of the flavor, else one for the film's tone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from reelwright.media.looks.registry import list_look_names, load_look

BY_TONE: Final = "auto"
"""The look of a flavor that leaves the choice to the tone."""
DEFAULT_LOOK: Final = "slam"
"""The look that films have unless their tone suits another one."""


def choose_look(name: str, usual: str, tone: str, tones_by_look: Mapping[str, tuple[str, ...]]) -> tuple[str, str]:
    """Return the name of the film's look, and why, as a sentence for the person; empty where there is nothing to say.

    There is for another look than ``DEFAULT_LOOK`` that the tone chose. ``name``: of the look that a person names, or
    empty. ``usual``: of the flavor. ``tones_by_look``: the tones that each look suits, the best first. A look whose
    first tone it is comes before one whose second it is; of equals the first in the alphabet. Pure.
    """
    if name or usual != BY_TONE:
        return name or usual, ""
    suited = sorted((tones.index(tone), look) for look, tones in tones_by_look.items() if tone in tones)
    chosen = suited[0][1] if suited else DEFAULT_LOOK
    return chosen, "" if chosen == DEFAULT_LOOK else f"The look is {chosen}, since it suits the tone {tone}."


def list_tones_by_look() -> dict[str, tuple[str, ...]]:
    """List the tones that each installed look suits, by the look's name."""
    return {name: load_look(name).tones for name in list_look_names()}
