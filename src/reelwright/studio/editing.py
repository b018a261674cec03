"""The verbs ``edit`` and ``retake``: a change against where the project stands, and the price of each way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from reelwright.errors import BadInput
from reelwright.reel.brief import Material, Still
from reelwright.reel.choices import Choices
from reelwright.reel.graph import Graph
from reelwright.reel.noun import ShotId
from reelwright.reel.operation import Standing
from reelwright.reel.plan import Plan, Shot
from reelwright.reel.request import Request
from reelwright.settings import Settings
from reelwright.studio import checked, continuation, edits, quality
from reelwright.studio.answers import Quoted, Reworded
from reelwright.studio.asked import Changes
from reelwright.studio.briefing import Taken, file_called, stills_of, take_in
from reelwright.studio.home import Home, takes_last_frame
from reelwright.studio.making import aimed, last_goal, quoted, with_plan
from reelwright.studio.successors import Successors
from reelwright.units import frames_to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A checked edit. ``material``: the picture or clip that a shot is to show from now on; ``stills``: what beats are
    to open on. ``said``: what was repaired in it or replaced. ``instead``: a retired model with the one taken in its
    place. ``planned_ms``: the length that the film was planned for, where it is to have another; None: its brief's own.
    """

    changes: Changes
    material: Material | None
    stills: tuple[Still, ...]
    ends_on: continuation.EndsOn
    said: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)
    planned_ms: int | None = None

    @property
    def film_ms(self) -> int | None:
        """The length that the whole film is to have; None where it keeps its own."""
        return checked.milliseconds("length", self.changes.get("length")) if _is_of_the_film(self.changes) else None

    def _at_length(self, standing: Standing) -> tuple[Plan, tuple[str, ...]]:
        """The film at the length that it is to have, and what a person should know of that."""
        assert standing.plan
        if (ms := self.film_ms) is None:
            return standing.plan, ()
        from reelwright.planner.relengthening import relengthened

        return relengthened(standing.plan, standing.brief, self.planned_ms, ms)

    def told(self, standing: Standing) -> tuple[str, ...]:
        """What a person should know of the film at its new length, or in its new aspect."""
        return (*self._at_length(standing)[1], *cropped(standing.plan, self.changes.get("aspect")))

    def revised(self, standing: Standing, way: Literal["bridge", "reflow"] | None = None) -> tuple[Plan, Choices]:
        """The next revision where the project stands. Pure; raises ``BadInput`` where it cannot be.

        ``way`` None: the one that was asked for; else a bridge where there can be one.
        """
        assert standing.plan
        plan = edits.changed(self._at_length(standing)[0], self.changes, self.material, self.stills)
        touched = edits.moved(standing.plan, plan)
        choices = replace(
            standing.choices,
            accepted=quality.still_accepted(standing.choices, touched),
            instead={**standing.choices.instead, **self.instead},
        )
        asked = self.changes.get("way")
        named = frozenset(edits.shots_named(plan, self.changes))
        at = self._at(standing.plan, plan)
        if asked:
            continuation.refuse_idle(standing, plan, at, asked, self.ends_on)
        for shot in at:
            if (way or asked) == "reflow":
                plan, choices = continuation.reflowed(standing, plan, choices, shot)
                continue
            choices = continuation.left_behind(standing, plan, choices, shot, named)
            plan, choices = continuation.bridged(standing, plan, choices, shot, self.ends_on) or (plan, choices)
        return plan, choices

    def _at(self, before: Plan, plan: Plan) -> tuple[ShotId, ...]:
        """The shots that it is about: those that were named, and those that open on another still."""
        old = {shot.id: shot.opening for shot in before.shots}
        opened = (one.id for one in plan.shots if self.stills and one.opening != old.get(one.id))
        return tuple(dict.fromkeys((*edits.shots_named(plan, self.changes), *opened)))

    def ways(self, standing: Standing) -> dict[str, tuple[Plan, Choices]]:
        """Both ways where a later shot continues the edited one and its take can be kept; else nothing."""
        made = {way: self.revised(standing, way) for way in ("bridge", "reflow")}
        return made if made["bridge"] != made["reflow"] else {}


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


def _is_of_the_film(changes: Changes) -> bool:
    return changes.get("shot") is None and changes.get("length") is not None


async def with_planned(home: Home, standing: Standing, edit: Edit) -> Edit:
    """The edit with the length that the film was planned for, where it is to have another: what edits changed is told
    by that. Raises ``BadInput`` where the rules did not plan it.
    """
    if edit.film_ms is None or standing.plan is None:
        return edit
    from reelwright.planner.relengthening import follows_the_rules

    first, _ = await home.journal.revision(home.account, standing.project, 1)
    if standing.brief.planner or not await asyncio.to_thread(follows_the_rules, first, standing.brief):
        who = standing.brief.planner or "a plan of its own, or rules of another version"
        raise BadInput(
            "length", edit.changes.get("length"), f"a film that the rules planned; this one follows {who}",
            hint="--shot N --length changes one shot; reelwright make BRIEF --length plans another film",
        )  # fmt: skip
    if standing.plan.brief == first.brief:
        return edit
    earliest = standing.plan
    for number in range(standing.revision - 1, 1, -1):
        plan, _ = await home.journal.revision(home.account, standing.project, number)
        if plan.brief != standing.plan.brief:
            break
        earliest = plan
    return replace(edit, planned_ms=frames_to_ms(earliest.length, earliest.fps))


def cropped(before: Plan | None, aspect: str | None) -> tuple[str, ...]:
    """A sentence for every model of the film that does not make its new aspect."""
    from reelwright.catalogue.models import models

    wanted = checked.aspect(aspect)
    if before is None or wanted is None:
        return ()
    made = {shot.source.model for shot in before.shots if isinstance(shot.source, Request)}
    rows = [row for name in sorted(made) if (row := models().get(name)) and row.aspects and wanted not in row.aspects]
    return tuple(f"{row.name} makes {', '.join(row.aspects)}; it is cropped to {wanted}." for row in rows)


def price(home: Home, standing: Standing, edit: Edit) -> Quoted:
    """What the edit would want. ``ways``: the price of each, where a later shot continues the edited one."""
    from reelwright.planner.casting.recast import unopened
    from reelwright.planner.casting.unsaid import unsaid

    plan, choices = edit.revised(standing)
    before = {shot.id: shot for shot in standing.plan.shots} if standing.plan else {}
    said = [
        *edit.told(standing),
        *unopened(before, plan),
        *unsaid(shot for shot in plan.shots if shot != before.get(shot.id)),
    ]
    if standing.plan and (replace(plan, author=standing.plan.author), choices) == (standing.plan, standing.choices):
        said.append("The film is so already: nothing changes.")
    ways = {way: _supposed(home, standing, *revised).micros for way, revised in edit.ways(standing).items()}
    full = _supposed(home, standing, plan, choices)
    words = reworded(standing.plan, plan) if standing.plan else ()
    return replace(full, ways=ways, words=words, said=(*edit.said, *full.said, *said))


def reworded(before: Plan, after: Plan) -> tuple[Reworded, ...]:
    """What is read on screen before and after, of every shot in which that differs."""
    from reelwright.planner.roles import on_screen

    old = {shot.id: on_screen(before, shot) for shot in before.shots}
    rows = []
    for n, shot in enumerate(after.shots, 1):
        now, was = on_screen(after, shot), old.get(shot.id, {})
        if now != was:
            rows.append(Reworded(n=n, shot=shot.id, before=was, after=now))
    return tuple(rows)


def graph_after(home: Home, standing: Standing, edit: Edit) -> Graph:
    """All steps of the edited film."""
    plan, choices = edit.revised(standing)
    return home.produce.graph(aimed(replace(standing, plan=plan, choices=choices), last_goal(standing)))


async def highest_of(home: Home, standing: Standing, shot: Shot) -> int:
    """The number of the account's last order of what the shot asks for; 0 where there is none."""
    order = edits.order_of(standing, shot)
    return await home.ledger.highest(home.account, order) if order else 0


@dataclass(frozen=True, slots=True)
class Retake:
    """One more round of each of ``shots``, by id, after the account's highest of each."""

    shots: Mapping[ShotId, int]

    def revised(self, standing: Standing) -> tuple[Plan, Choices]:
        """The next revision where the project stands. Pure; raises ``BadInput`` where it cannot be."""
        for shot, highest in self.shots.items():
            plan, choices = edits.retaken(standing, edits.found(with_plan(standing)[1], shot), highest)
            standing = replace(standing, plan=plan, choices=choices)
        return with_plan(standing)[1], standing.choices

    def price(self, home: Home, standing: Standing) -> Quoted:
        """What the takes cost."""
        return _supposed(home, standing, *self.revised(standing))


async def retake_of(home: Home, standing: Standing, called: int | str | Sequence[int | str]) -> Retake:
    """A retake of the shots that are called so. Raises ``BadInput``."""
    plan = with_plan(standing)[1]
    named = edits.shots_named(plan, {"shot": called})
    if not named:
        raise BadInput("shot", called, f"a number from 1 to {len(plan.shots)}, or a shot's id")
    return Retake({shot: await highest_of(home, standing, edits.found(plan, shot)) for shot in named})


def _supposed(home: Home, standing: Standing, plan: Plan, choices: Choices) -> Quoted:
    return quoted(home, aimed(replace(standing, plan=plan, choices=choices), last_goal(standing)))
