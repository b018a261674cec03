"""Changes a film's aspect: redraws drawn shots, crops clips, and requests takes in an aspect that is sold."""

from __future__ import annotations

from dataclasses import replace

from reelwright.catalogue.models import get_sold_model
from reelwright.planner.casting.recast import remove_last_frame
from reelwright.planner.casting.requests import compute_needed_ms, fit_length
from reelwright.planner.casting.terms import choose_aspect
from reelwright.planner.edit import redraw_shot
from reelwright.planner.match import is_drawn, read_film_settings
from reelwright.reel.plan import OwnFootage, Plan, Shot, map_shots
from reelwright.reel.request import Request
from reelwright.units import Aspect, compute_size


def resize_plan(plan: Plan, aspect: Aspect) -> Plan:
    """Return ``plan`` in ``aspect``, with its shorter side as it was. Words, lengths and music stay.

    A take that was made to end on another take is requested without that end, because the other take changes too.
    Raises ``BadInput`` if a model no longer sells what is requested. Never spends.
    """
    size = compute_size(aspect, min(plan.size))
    if size == plan.size:
        return plan
    made = replace(plan, size=size, author="person")
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
