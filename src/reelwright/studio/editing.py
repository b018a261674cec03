"""The verbs ``edit`` and ``retake``: a change against where the project stands, and the price of each way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from reelwright.reel.choices import Choices
from reelwright.reel.graph import Graph
from reelwright.reel.operation import Standing
from reelwright.reel.plan import Plan, Shot
from reelwright.settings import Settings
from reelwright.studio import checked, edits
from reelwright.studio.answers import Quoted
from reelwright.studio.asked import Changes
from reelwright.studio.briefing import Taken, file_called, stills_of, take_in
from reelwright.studio.edits import Edit
from reelwright.studio.home import Home, takes_last_frame
from reelwright.studio.making import aimed, last_goal, quoted
from reelwright.studio.successors import Successors


async def edit_of(changes: Changes, scratch: Path, settings: Settings) -> tuple[Edit, Taken]:
    """The checked edit; new pictures or a clip in ``scratch``. Writes nothing else. Raises ``BadInput``."""
    edits.check(changes)
    taken = Taken()
    successors = Successors(changes.get("successor"), settings)
    if (by := changes.get("model")) is not None:
        changes = {**changes, "model": successors.sold(checked.text("model", by, 200))}
        taken.replaced(successors)
    material = None
    if (image := changes.get("image")) is not None:
        material = await take_in(taken, file_called("image", image), "picture", scratch)
    if (clip := changes.get("clip")) is not None:
        material = await take_in(taken, file_called("clip", clip), "clip", scratch)
    stills = await stills_of(taken, changes.get("storyboard") or {}, scratch, settings)
    said, instead = tuple(taken.said), taken.instead
    edit = Edit(changes=changes, material=material, stills=stills, ends_on=takes_last_frame, said=said, instead=instead)
    return edit, taken


def price(home: Home, standing: Standing, edit: Edit) -> Quoted:
    """What the edit would want. ``ways``: the price of each, where a later shot continues the edited one."""
    from reelwright.planner.casting.recast import unopened
    from reelwright.planner.casting.unsaid import unsaid

    plan, choices = edit.revised(standing)
    before = {shot.id: shot for shot in standing.plan.shots} if standing.plan else {}
    said = (*unopened(before, plan), *unsaid(shot for shot in plan.shots if shot != before.get(shot.id)))
    ways = {way: _supposed(home, standing, *revised).micros for way, revised in edit.ways(standing).items()}
    full = _supposed(home, standing, plan, choices)
    return replace(full, ways=ways, said=(*edit.said, *full.said, *said))


def graph_after(home: Home, standing: Standing, edit: Edit) -> Graph:
    """All steps of the edited film."""
    plan, choices = edit.revised(standing)
    return home.produce.graph(aimed(replace(standing, plan=plan, choices=choices), last_goal(standing)))


def price_of_retake(home: Home, standing: Standing, shot: Shot) -> Quoted:
    """One more round of a shot."""
    return _supposed(home, standing, *edits.retaken(standing, shot))


def _supposed(home: Home, standing: Standing, plan: Plan, choices: Choices) -> Quoted:
    return quoted(home, aimed(replace(standing, plan=plan, choices=choices), last_goal(standing)))
