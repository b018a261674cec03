"""A film in another aspect: what is drawn is drawn anew, clips are cropped, takes are asked for where that is sold."""

from __future__ import annotations

from dataclasses import replace

from reelwright.catalogue.models import model
from reelwright.planner.casting.recast import freed
from reelwright.planner.casting.requests import at_length, needed_ms
from reelwright.planner.casting.terms import aspect_of
from reelwright.planner.edit import redrawn
from reelwright.planner.match import house_of, is_drawn
from reelwright.reel.plan import Own, Plan, Shot, each_shot
from reelwright.reel.request import Request
from reelwright.units import Aspect, size_of


def resized(plan: Plan, aspect: Aspect) -> Plan:
    """``plan`` in ``aspect``, its shorter side as it was. Words, lengths and music stay.

    A take that was made to end on another is free again: that one is another now. Raises ``BadInput`` where a model no
    longer sells what it is asked for. Never spends.
    """
    size = size_of(aspect, min(plan.size))
    if size == plan.size:
        return plan
    made = replace(plan, size=size, author="person")
    house = house_of(made)

    def anew(shot: Shot) -> Shot:
        if isinstance(shot.source, Own) or is_drawn(shot.source):
            return redrawn(shot, house)
        free = freed(made, shot)
        assert isinstance(free.source, Request), "own footage was handled above"
        still = free.still and _in(made, free.still)
        row = model(free.source.model)
        return replace(free, source=at_length(_in(made, free.source), row, needed_ms(made, free)), still=still)

    return each_shot(made, anew)


def _in(plan: Plan, request: Request) -> Request:
    """The request in the film's aspect, or in the one of its model's that must be cropped least."""
    return replace(request, aspect=aspect_of(plan.size, model(request.model)))
