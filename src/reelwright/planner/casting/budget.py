"""Casts a film within a budget: by cheaper models, at a lower resolution, or with fewer shots made by a model."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Final

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.price import compute_price
from reelwright.errors import BadInput
from reelwright.planner.casting import own_stills
from reelwright.planner.casting.cast import DRAWN_BEATS, Cast, cast
from reelwright.planner.casting.terms import NO_MUSIC, UNLESS_OWN_SOUND, Terms, has_own_sound, resolve_terms
from reelwright.planner.flavors import Flavor, choose_flavor
from reelwright.planner.screens.name_cards import drop_beats
from reelwright.reason import Action
from reelwright.reel.base.value import define_value
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan, has_other_sound
from reelwright.reel.graph.request import LOCAL_MODEL_PREFIXES
from reelwright.units import Micros, format_usd

DRAW_ORDER: Final = (
    "agitate", "transformation", "brand", "cta", "testimonial", "demo", "benefit", "problem", "cold_open",
)  # fmt: skip
"""Beats that become type first if money is short. Hook and reveal are not among them: they are always filmed."""


@define_value
class CastOption:
    """A cheaper way to cast a film. ``difference``: how it differs from what was requested."""

    terms: Terms
    drawn_beats: tuple[str, ...]
    difference: str


def cast_within_budget(plan: Plan, brief: Brief, flavor: Flavor | None = None) -> Cast:
    """Cast ``plan`` as brief and flavor ask, within the brief's ``max_price`` or the flavor's budget.

    If neither asks for a model, the plan stays as it is, and options that concern takes alone are refused. The first
    way that the budget pays for is taken, and a message says so. If there is none, the film stays as requested, and a
    message names both prices; nothing is spent beyond the budget. Raises ``BadInput``. Never spends.
    """
    flavor = flavor or choose_flavor(brief, "short" if plan.size[1] * 10 > plan.size[0] * 15 else "spot")
    terms = resolve_terms(brief, flavor)
    if brief.storyboard and (terms is None or terms.video is None):
        raise BadInput(
            own_stills.STILL_FIELD,
            own_stills.format_still(brief.storyboard[0]),
            "only together with model, a video model whose takes open on it",
            hint="choose a video model to film it, or show it as an image in a film that is drawn",
        )
    music = brief.music or flavor.music
    if music == NO_MUSIC or (music == UNLESS_OWN_SOUND and _makes_own_sound(terms)):
        plan = replace(plan, bed=None)
    if terms is None:
        _refuse_unused_options(brief)
        return Cast(plan=plan, messages=_describe_silence(plan))
    preferred = cast(plan, terms)
    preferred = replace(preferred, messages=(*preferred.messages, *_describe_silence(preferred.plan)))
    if terms.video is None:
        _refuse_unused_options(brief)
    most = flavor.budget if brief.max_price is None else brief.max_price
    if most is None or terms.video is None:
        return preferred
    full_price = price_plan(preferred.plan)
    if full_price is None or full_price <= most:
        return preferred
    least: tuple[Micros, CastOption] | None = None
    for way in _list_options(plan, terms, fixed=(brief.resolution or flavor.resolution) is not None):
        try:
            # a beat without words has nothing to be drawn: it is dropped, before anybody sees a price
            shorter = drop_beats(plan, frozenset(way.drawn_beats) - {*DRAWN_BEATS})
            made = cast(shorter, way.terms, way.drawn_beats)
        except BadInput:
            continue  # this model does not do that: the next way
        price = price_plan(made.plan)
        if price is None:
            continue
        if price <= most:
            message = (
                f"To keep ${format_usd(most)} of the ${format_usd(full_price)} that it would cost: {way.difference}."
            )
            if shorter.length < plan.length:
                kept_s, all_s = (float(one.length * one.fps[1] / one.fps[0]) for one in (shorter, plan))
                message += f" Beats without words are left out: the film is {kept_s:g} s long, not {all_s:g} s."
            return Cast(plan=made.plan, messages=(*made.messages, message))
        if least is None or price < least[0]:
            least = price, way
    return Cast(plan=preferred.plan, messages=(*preferred.messages, _format_over_budget(most, full_price, least)))


def _makes_own_sound(terms: Terms | None) -> bool:
    """Return whether the takes of a film come with a sound that is heard."""
    video = terms.video if terms else None
    return bool(terms and video and terms.sound is not False and has_own_sound(video, terms.sound))


def _describe_silence(plan: Plan) -> tuple[str, ...]:
    """Return the sentence that tells a person that nothing is heard in the film; empty where something is."""
    if plan.bed or has_other_sound(plan):
        return ()
    return ("Nothing is heard in this film: it has no music, nobody speaks, and its pictures bring no sound.",)


def _refuse_unused_options(brief: Brief) -> None:
    """Raise ``BadInput`` for options that concern takes in a film whose shots are drawn: they would change nothing."""
    options = {
        "references": ", ".join(guide.name for guide in brief.references) or None,
        "stills": brief.stills,
        "resolution": brief.resolution,
        "sound": brief.sound,
        "continuity": "loose" if brief.continuity == "loose" else None,
    }
    for name, value in options.items():
        if value is not None:
            accepted = "only together with model, a video model; this film is drawn"
            ways = [
                Action("pass_option", {"option": "model", "value": "MODEL"}),
                Action("list_models", {"model_kind": "video"}),
            ]
            raise BadInput(name, value, accepted, actions=ways)


def _format_over_budget(most: Micros, full_price: Micros, least: tuple[Micros, CastOption] | None) -> str:
    sentence = f"The film costs ${format_usd(full_price)}, more than the budget of ${format_usd(most)}"
    return (
        f"{sentence}; the cheapest way costs ${format_usd(least[0])}, {least[1].difference}."
        if least and least[0] < full_price
        else f"{sentence}."
    )


def _list_options(plan: Plan, terms: Terms, *, fixed: bool) -> Iterator[CastOption]:
    """Yield ways to spend less, from little to much given up: another named model, less resolution, then beats drawn
    one by one.
    """
    assert terms.video, "only a film by a model has ways to be cheaper"
    rows = [terms.video, *terms.spares]
    tried: list[tuple[Terms, str]] = []
    for row in rows:
        resolutions = (terms.resolution,) if fixed else (None, *_list_lower_resolutions(row))
        for resolution in resolutions:
            parts = [f"made by {row.name}"] if row is not terms.video else []
            parts += [f"at {resolution}"] if resolution and not fixed else []
            variant = replace(terms, video=row, resolution=resolution)
            tried.append((variant, " ".join(parts)))
            if parts:
                yield CastOption(terms=variant, drawn_beats=DRAWN_BEATS, difference=" ".join(parts))
    names = {beat.name for beat in plan.beats}
    given: list[str] = []
    for name in DRAW_ORDER:
        if name not in names:
            continue
        given.append(name)
        for variant, other in tried:
            difference = ", ".join(part for part in (other, f"drawn, not filmed: {_join_names(given)}") if part)
            yield CastOption(terms=variant, drawn_beats=(*DRAWN_BEATS, *given), difference=difference)


def _list_lower_resolutions(row: Model) -> list[str]:
    """List the resolutions below the model's default one."""
    sides = {name: _parse_short_side(name) for name in row.resolutions}
    usual = sides[row.resolutions[0]] if row.resolutions else 0
    return sorted((name for name, side in sides.items() if side < usual), key=lambda name: -sides[name])


def _parse_short_side(resolution: str) -> int:
    digits = "".join(c for c in resolution if c.isdigit())
    return int(digits or 0) * (540 if resolution.endswith("k") else 1)


def _join_names(names: Collection[str]) -> str:
    return ", ".join(names)


def price_plan(plan: Plan) -> Micros | None:
    """Compute the highest price, in micro-dollars, of all that a film buys; None if a part has no known price."""
    total = 0
    for step in build_graph(plan, "film").steps.values():
        if step.request is None or step.request.model.startswith(LOCAL_MODEL_PREFIXES):
            continue
        each = compute_price(step.request)
        if each.micros is None:
            return None
        total += each.micros
    return Micros(total)
