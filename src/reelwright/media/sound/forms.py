"""The three forms of a bed: stop-start, build and through-composed; a film has the one that its seed draws."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, get_args

from reelwright.media.sound.chance import make_generator

Form = Literal["stop", "build", "through"]
"""``stop``: silence before the lift and before the button. ``build``: no silence; lines enter one after another, and
swells lead to the lift and to the button. ``through``: no silence, no drop, no swell; the harmony moves on, and the
last bar slows down."""
FORMS: Final[tuple[Form, ...]] = get_args(Form)
LEAST_BEATS: Final[Mapping[Form, int]] = {"stop": 0, "build": 16, "through": 8}
"""A bed of fewer beats has no room for the form: it takes another that suits its mood, or ``stop``."""
RITARD: Final = 50
"""Permille by which the last bar of a through-composed bed slows down at least."""
BUILT_FROM: Final = 2.0
BUILT_TO: Final = 5.7
BUILT_BY: Final = 0.85
"""A build goes from the first energy to the second, evenly, until this part of the film before its button."""
OPENING: Final = 2
"""Lines that open a build beside those that always play."""
RISE_DB: Final[Mapping[Form, float]] = {"stop": 3.0, "build": 1.0, "through": 3.0}
"""By how much a bed grows from its first sample to its button, beyond what its lines do: a build does it by them."""


def choose_form(mood: str, weights: Mapping[Form, int], seed: int, beats: int) -> Form:
    """Choose the form of a film's bed by ``seed``, each as often as its weight for the mood says.

    ``beats``: before the button; a form that needs more of them is not chosen.
    """
    fitting: list[Form] = [form for form in FORMS if weights.get(form) and beats >= LEAST_BEATS[form]]
    drawn = float(make_generator(seed, mood, "form").random()) * sum(weights[form] for form in fitting)
    for form in fitting:
        drawn -= weights[form]
        if drawn < 0:
            return form
    return "stop"


def compute_built_energy(part: float) -> float:
    """Compute the energy of a build where ``part`` of the film before its button, 0 to 1, is over."""
    return BUILT_FROM + (BUILT_TO - BUILT_FROM) * min(1.0, part / BUILT_BY)
