"""A film that is asked for, before anything is written: its command, its first plan, and what it costs where it stands.

Every door asks here first, so that the price that is shown is the one of what will be done: of a project that the same
command has already, of what the account has, or of everything.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path

from reelwright.errors import BadInput
from reelwright.reel.brief import Brief, Goal
from reelwright.reel.command import Command, command_digest
from reelwright.reel.graph import PAID, Graph
from reelwright.reel.plan import Plan
from reelwright.reel.request import Request
from reelwright.settings import Settings
from reelwright.studio import checked, making
from reelwright.studio.account_orders import with_account
from reelwright.studio.answers import Quoted
from reelwright.studio.asked import Asked
from reelwright.studio.briefing import Taken, brief_of
from reelwright.studio.drive import carry_out_cancel
from reelwright.studio.film_budget import cast_within, with_spent
from reelwright.studio.first import first_plan, given_plan, quote_where, supposed, whole_way, with_a_key
from reelwright.studio.home import Home, hands_of
from reelwright.studio.scripts import Scripted, given_script, scripted
from reelwright.studio.telling import Listen
from reelwright.studio.words import opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """``plan``: given, or the one that the rules make. ``said``: what was repaired and decided for the person.

    ``script``: where one was given, which makes the next revision of the project that it has.
    """

    command: Command
    taken: Taken
    plan: Plan
    is_own_plan: bool
    said: tuple[str, ...]
    script: Scripted | None = None

    @property
    def graph(self) -> Graph:
        """All that a new project of it goes through."""
        return whole_way(self.command.brief, self.plan, self.command.brief.goal, own_plan=self.is_own_plan)


async def wish_of(
    brief: str | Brief, goal: Goal, plan: Plan | Path | None, asked: Asked, scratch: Path, settings: Settings, *,
    again: bool = False,
) -> Wish:  # fmt: skip
    """Read and plan what is asked for, its pictures taken into ``scratch``. Raises ``BadInput``. Spends nothing."""
    goal = checked.goal(goal)
    made, taken = await brief_of(brief, asked, scratch, settings)
    made = replace(cast_within(made), goal=goal)
    given = await asyncio.to_thread(given_plan, plan, made)
    planned = await asyncio.to_thread(first_plan, made, given)
    if made.variation and given is None:
        await asyncio.to_thread(_refuse_idle_variation, made, planned.plan)
    command = Command(
        name=planned.plan.title,
        brief=made,
        found_by=command_digest(made, given.plan if given else None, again=again),
        plan=given.plan if given else None,
        nth=0 if again else 1,
    )
    said = (*taken.said, *planned.said)
    return Wish(command=command, taken=taken, plan=planned.plan, is_own_plan=given is not None, said=said)


async def wish_of_script(
    script: str | Path, goal: Goal, asked: Asked, scratch: Path, settings: Settings, *, again: bool = False
) -> Wish:
    """As ``wish_of``, of a script: its plan is there, nobody has to write it."""
    made = await scripted(given_script(script), checked.goal(goal), asked, scratch, settings, again=again)
    plan, said = await asyncio.to_thread(made.plan, None)
    command = Command(name=made.title, brief=made.brief, found_by=made.found_by, plan=plan, nth=0 if again else 1)
    said = (*made.taken.said, *said)
    return Wish(command=command, taken=made.taken, plan=plan, is_own_plan=True, said=said, script=made)


async def price_of(
    home: Home | None, settings: Settings, wish: Wish, *, again: bool = False, new: bool = False,
    listen: Listen | None = None,
) -> Quoted:  # fmt: skip
    """What the wish costs now; ``project``: the one that the same command goes on with. Spends nothing.

    A pending cancel of that project is carried out first. ``home`` None: there is none yet, so nothing is had.
    """
    brief, goal = wish.command.brief, wish.command.brief.goal
    if home and (project := await making.found(home, wish.command, new=new, again=again)):
        await carry_out_cancel(home, project, listen)
        standing = making.aimed(await home.journal.standing_with_spent(home.account, project), goal)
        if wish.script:
            plan, said = await asyncio.to_thread(wish.script.plan, standing.plan)
            anew = replace(standing, plan=plan)
            quote = await with_spent(home, await making.quoted_on(home, home.produce, anew, hands_of(settings)))
            return replace(quote, said=(*wish.taken.said, *said, *quote.said))
        quote = await with_spent(home, await making.quoted_on(home, home.produce, standing, hands_of(settings)))
        changed = await making.changed_since(home, project)
        return replace(quote, said=(*wish.taken.said, *((changed,) if changed else ()), *quote.said))
    standing = supposed(settings, brief, wish.plan, nth=wish.command.nth)
    graph, notes = wish.graph, tuple[str, ...]()
    if home and wish.command.nth:
        had = await with_account(home, standing, lambda stands: graph)
        if brief.planner and not wish.is_own_plan and (written := opening(brief, had.standing.had).plan):
            graph = whole_way(brief, written, goal, own_plan=False)
            had = await with_account(home, replace(standing, plan=written), lambda stands: graph)
        standing, notes = had.standing, had.notes
    keyed = () if brief.models not in ((), ("animatic",)) else with_a_key(wish.plan)
    return quote_where(settings, standing, graph, (*notes, *wish.said), keyed)


def rebuilt(wish: Wish, before: Plan | None) -> Plan:
    """The plan of the wish's script where its project has ``before``. Pure."""
    assert wish.script
    return wish.script.plan(before)[0]


def _refuse_idle_variation(brief: Brief, plan: Plan) -> None:
    """Raise ``BadInput`` for a variation by which nothing else would be asked for: it would be had, or bought again."""
    before = first_plan(replace(brief, variation=0), None).plan
    if _requests(brief, plan) == _requests(replace(brief, variation=0), before):
        raise BadInput(
            "variation", brief.variation, "a variation by which something changes; with this brief none does",
            hint="--again makes another film of the very same",
        )  # fmt: skip


def _requests(brief: Brief, plan: Plan) -> list[Request | None]:
    """Everything that is asked of anybody, in order; what follows from a plan that a model is yet to write is not."""
    graph = opening(brief).graph if brief.planner else whole_way(brief, plan, brief.goal, own_plan=True)
    return [step.request for step in graph.steps.values() if step.kind in PAID]
