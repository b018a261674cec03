"""A budget that casting keeps: the same film by cheaper models, at less resolution, with fewer shots by a model."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from reelwright.catalogue.model import Model
from reelwright.catalogue.price import price_of
from reelwright.errors import BadInput
from reelwright.planner.casting import own_stills
from reelwright.planner.casting.cast import DRAWN, Cast, cast
from reelwright.planner.casting.terms import NO_MUSIC, Terms, brings_sound, terms_of
from reelwright.planner.flavors import Flavor, flavor_of
from reelwright.reel.breakdown import breakdown
from reelwright.reel.brief import Brief
from reelwright.reel.noun import noun
from reelwright.reel.plan import Plan
from reelwright.units import Micros, usd

FIRST_TO_DRAW: Final = (
    "agitate",
    "transformation",
    "brand",
    "cta",
    "testimonial",
    "demo",
    "benefit",
    "problem",
    "cold_open",
)
"""Beats that become type first where money is short: what is left last is the hook, the reveal and the demo."""
_OURS: Final = ("animatic/", "composer/", "rules/")


@noun
class Way:
    """One way to cast a film. ``said``: how it differs from what was asked, empty for that itself."""

    terms: Terms
    drawn: tuple[str, ...]
    said: str


def cast_for(plan: Plan, brief: Brief, chosen: Flavor | None = None) -> Cast:
    """``plan`` cast as brief and flavor ask, within the brief's ``max_price`` or the flavor's budget.

    Where neither asks for a model it stays as it is, and what is asked of takes alone is refused. The first way that
    the budget pays for is taken and said. Where none does the film stays as it was asked for, and what is said names
    both prices; nothing is spent over it. Raises ``BadInput``. Never spends.
    """
    chosen = chosen or flavor_of(brief, "short" if plan.size[1] * 10 > plan.size[0] * 15 else "spot")
    terms = terms_of(brief, chosen)
    if brief.storyboard and (terms is None or terms.video is None):
        raise BadInput(
            own_stills.FIELD,
            own_stills.said(brief.storyboard[0]),
            "nothing in a film that is drawn: takes of a model open on stills",
            hint="--model MODEL films it; --image shows a picture in a film that is drawn",
        )
    if (brief.music or chosen.music) == NO_MUSIC:
        plan = _without_bed(plan, terms)
    if terms is None:
        _refuse_idle(brief)
        return Cast(plan=plan)
    asked = cast(plan, terms)
    if terms.video is None:
        _refuse_idle(brief)
    most = chosen.budget if brief.max_price is None else brief.max_price
    if most is None or terms.video is None:
        return asked
    whole = price_of_plan(asked.plan)
    if whole is None or whole <= most:
        return asked
    least: tuple[Micros, Way] | None = None
    for way in _ways(plan, terms, fixed=(brief.resolution or chosen.resolution) is not None):
        try:
            made = cast(plan, way.terms, way.drawn)
        except BadInput:
            continue  # this model does not do that: the next way
        price = price_of_plan(made.plan)
        if price is None:
            continue
        if price <= most:
            said = f"To keep ${usd(most)} of the ${usd(whole)} that it would cost: {way.said}."
            return Cast(plan=made.plan, said=(*made.said, said))
        if least is None or price < least[0]:
            least = price, way
    return Cast(plan=asked.plan, said=(*asked.said, _cannot(most, whole, least)))


def _without_bed(plan: Plan, terms: Terms | None) -> Plan:
    """The plan without music. Raises ``BadInput`` where nothing else would be heard."""
    heard = terms and (
        terms.voice or (terms.video and terms.sound is not False and brings_sound(terms.video, terms.sound))
    )
    if not heard:
        raise BadInput(
            "music",
            NO_MUSIC,
            "the composed bed or a music model: nothing else would be heard in this film",
            hint="a model that brings its own sound (reelwright models), --sound where it can be asked for, or --voice",
        )
    return replace(plan, bed=None)


def _refuse_idle(brief: Brief) -> None:
    """Raise ``BadInput`` for what is asked of takes in a film whose shots are drawn: it would change nothing."""
    asked = {
        "references": ", ".join(guide.name for guide in brief.references) or None,
        "stills": brief.stills,
        "resolution": brief.resolution,
        "sound": brief.sound,
        "continuity": "loose" if brief.continuity == "loose" else None,
    }
    for name, value in asked.items():
        if value is not None:
            accepted = "nothing in a film that is drawn: no video model is asked for"
            raise BadInput(
                name, value, accepted, hint="--model MODEL films it; `reelwright models --kind video` lists them"
            )


def _cannot(most: Micros, whole: Micros, least: tuple[Micros, Way] | None) -> str:
    said = f"${usd(most)} cannot be kept: as asked it costs ${usd(whole)}"
    return f"{said}; the least is ${usd(least[0])}, {least[1].said}." if least and least[0] < whole else f"{said}."


def _ways(plan: Plan, terms: Terms, *, fixed: bool) -> Iterator[Way]:
    """From little to much given up: another of the models named, less resolution, then beats drawn one by one."""
    assert terms.video, "only a film by a model has ways to be cheaper"
    rows = [terms.video, *terms.spares]
    tried: list[tuple[Terms, str]] = []
    for row in rows:
        resolutions = (terms.resolution,) if fixed else (None, *_below(row))
        for resolution in resolutions:
            parts = [f"made by {row.name}"] if row is not terms.video else []
            parts += [f"at {resolution}"] if resolution and not fixed else []
            variant = replace(terms, video=row, resolution=resolution)
            tried.append((variant, " ".join(parts)))
            if parts:
                yield Way(terms=variant, drawn=DRAWN, said=" ".join(parts))
    names = {beat.name for beat in plan.beats}
    given: list[str] = []
    for name in FIRST_TO_DRAW:
        if name not in names:
            continue
        given.append(name)
        for variant, other in tried:
            said = ", ".join(part for part in (other, f"drawn, not filmed: {_list(given)}") if part)
            yield Way(terms=variant, drawn=(*DRAWN, *given), said=said)


def _below(row: Model) -> list[str]:
    """Resolutions below the one that is taken where nobody asks for any."""
    sides = {name: _side(name) for name in row.resolutions}
    usual = sides[row.resolutions[0]] if row.resolutions else 0
    return sorted((name for name, side in sides.items() if side < usual), key=lambda name: -sides[name])


def _side(resolution: str) -> int:
    digits = "".join(c for c in resolution if c.isdigit())
    return int(digits or 0) * (540 if resolution.endswith("k") else 1)


def _list(names: Collection[str]) -> str:
    return ", ".join(names)


def price_of_plan(plan: Plan) -> Micros | None:
    """What all that is bought for the film costs at most; None where nobody knows a part of it."""
    total = 0
    for step in breakdown(plan, "film").steps.values():
        if step.request is None or step.request.model.startswith(_OURS):
            continue
        each = price_of(step.request)
        if each.micros is None:
            return None
        total += each.micros
    return Micros(total)
