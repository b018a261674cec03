"""Changes a film's aspects: redraws drawn shots, crops clips, requests takes in an aspect that is sold; its formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from reelwright.catalogue.limits import check_request
from reelwright.catalogue.models import find_model, get_sold_model
from reelwright.errors import BadInput
from reelwright.planner.casting.recast import remove_last_frame
from reelwright.planner.casting.requests import compute_needed_ms, fit_length
from reelwright.planner.casting.terms import choose_aspect
from reelwright.planner.edits.edit import redraw_shot
from reelwright.planner.match import is_drawn, read_film_settings
from reelwright.planner.presets import keep_fitting_presets
from reelwright.reel.film.formats import derive_format_plan
from reelwright.reel.film.plan import Format, OwnFootage, Plan, Shot, map_shots
from reelwright.reel.graph.request import Request
from reelwright.units import Aspect, compute_size, find_nearest_aspect


def resize_plan(plan: Plan, aspect: Aspect) -> Plan:
    """Return ``plan`` in ``aspect``, with its shorter side as it was. Words, lengths and music stay.

    A take that was made to end on another take is requested without that end, because the other take changes too.
    Raises ``BadInput`` if a model no longer sells what is requested. Never spends.
    """
    size = compute_size(aspect, min(plan.size))
    if size == plan.size:
        return plan
    made = replace(plan, size=size, author="person", formats=tuple(one for one in plan.formats if one.size != size))
    settings = read_film_settings(made)

    def anew(shot: Shot) -> Shot:
        if isinstance(shot.source, OwnFootage) or is_drawn(shot.source):
            return redraw_shot(shot, settings)
        free = remove_last_frame(made, shot)
        assert isinstance(free.source, Request), "own footage was handled above"
        still = free.still and _set_aspect(made, free.still)
        row = get_sold_model(free.source.model)
        return replace(
            free, source=fit_length(_set_aspect(made, free.source), row, compute_needed_ms(made, free)), still=still
        )

    return map_shots(made, anew)


def _set_aspect(plan: Plan, request: Request) -> Request:
    """Return the request in the film's aspect, or in the aspect of its model that is cropped least."""
    return replace(request, aspect=choose_aspect(plan.size, get_sold_model(request.model)))


def set_aspects(plan: Plan, aspects: Sequence[Aspect], *, is_native: bool) -> Plan:
    """Return the film cut in these aspects. Where its own is among them, that stays the first, and its takes stay.

    ``is_native``: takes are bought in each aspect. Raises ``BadInput`` as ``resize_plan`` does. Never spends.
    """
    own = find_nearest_aspect(plan.size)
    first = own if own in aspects else aspects[0]
    return set_formats(resize_plan(plan, first), [one for one in aspects if one != first], is_native=is_native)


def set_formats(plan: Plan, aspects: Sequence[Aspect], *, is_native: bool) -> Plan:
    """Return the plan with these further formats, and no other. Raises ``BadInput`` if a model sells none of them."""
    short_side = min(plan.size)
    formats = tuple(Format(size=compute_size(one, short_side), is_native=is_native) for one in aspects)
    return update_formats(keep_fitting_presets(replace(plan, formats=formats)))


def update_formats(plan: Plan) -> Plan:
    """Return the plan whose native formats ask each of its models for the aspect that is nearest to theirs.

    Raises ``BadInput`` if a model does not sell a shot in it.
    """
    if not any(one.is_native for one in plan.formats):
        return plan
    formats = tuple(replace(one, model_aspects=_choose_aspects(plan, one)) for one in plan.formats)
    for one in formats:
        for request in _list_bought(derive_format_plan(plan, one)):
            try:
                check_request(request)
            except BadInput as error:
                accepted = f"a model that sells its shots so; {request.model} does not: {error.field} {error.accepted}"
                raise BadInput("native", True, accepted, hint="leave it out: takes are then reframed") from error
    return replace(plan, formats=formats)


def _choose_aspects(plan: Plan, shape: Format) -> dict[str, str]:
    if not shape.is_native:
        return {}
    return {name: choose_aspect(shape.size, find_model(name)) or "" for name in _list_models(plan)}


def _list_models(plan: Plan) -> list[str]:
    return sorted({request.model for request in _list_bought(plan)})


def _list_bought(plan: Plan) -> list[Request]:
    """List the requests of the plan that an AI model answers with pictures."""
    pairs = [(shot.source, shot.still) for shot in plan.shots]
    return [one for pair in pairs for one in pair if isinstance(one, Request) and not one.is_local]


def has_paid_pictures(plan: Plan) -> bool:
    """Return whether AI models make takes or stills of the film, which could be bought in each of its aspects."""
    return bool(_list_bought(plan))
