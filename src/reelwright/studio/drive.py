"""Brings one project's job to its rest: drives it here, or follows whoever drives it already."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from reelwright.errors import NotFound
from reelwright.reel.operation import Job, is_being_cancelled
from reelwright.reel.wanted import wanted
from reelwright.studio.answers import Progress
from reelwright.studio.first import first_planned, whole_way
from reelwright.studio.home import Home, hands_of
from reelwright.studio.listener import harmless
from reelwright.studio.produce import goal_of
from reelwright.studio.quote import on_the_way
from reelwright.studio.rates import pace_of
from reelwright.studio.shown import state_shown, stopped_words
from reelwright.studio.telling import Listen, Telling, from_event, numbers, weights_of
from reelwright.studio.words import opening_of, words_had

if TYPE_CHECKING:
    from reelwright.engine.director import Director

LOOK_S: Final = 0.5
"""Seconds between two looks at what another director wrote."""
_CANCELLING: Final = (
    "the cancel that was asked for is carried out first: what a provider has in work is asked to stop, and what comes "
    "too late for that is kept"
)


async def drive(home: Home, project: str, job: str, listen: Listen | None) -> Job:
    """Drive ``project`` and no other until ``job`` has ended or waits. Spends what was consented to.

    When cancelled, what runs is stopped, the lease is let go, and the job stays for the next director.
    """
    async with _director(home, project, listen) as director:
        await director.run(only=project)
    return await job_of(home, project, job)


async def carry_out_cancel(home: Home, project: str, listen: Listen | None) -> None:
    """Carry out a cancel of the project's job in turn that was asked for before, as a killed director leaves it undone.

    Every price of a project comes after this: what is stopped at a provider now would be bought again, and what comes
    too late to be stopped is had. Sends nothing. It may take minutes, which ``listen`` is told first.
    """
    job = (await home.journal.standing(home.account, project)).job
    if job is None or not is_being_cancelled(job):
        return
    harmless(listen)(Progress(at=0, kind="job.cancelling", project=project, job=job.id, said=_CANCELLING))
    async with _director(home, project, listen) as director:
        await director.carry_out_cancel(project)


@asynccontextmanager
async def _director(home: Home, project: str, listen: Listen | None) -> AsyncIterator[Director]:
    """A director of the home's, and the listener told of what it or another one does with the project meanwhile."""
    from reelwright.engine.director import Director

    telling = await _telling(home, project, listen)
    following = asyncio.create_task(_follow(home, project, telling))
    try:
        yield Director(
            home.journal, home.ledger, home.vault, home.hands, home.providers, home.settings, home.produce, telling,
            send_again_s=home.tempo.send_again_s, pace_of=lambda model: home.tempo.scaled(pace_of(model)),
            pace=home.tempo.pace,
        )  # fmt: skip
    finally:
        following.cancel()
        await asyncio.wait({following})


async def job_of(home: Home, project: str, job: str) -> Job:
    """The job as it stands now."""
    for one in await home.journal.jobs(home.account, project):
        if one.id == job:
            return one
    raise NotFound(f"there is no job {job} here", hint="`reelwright jobs` lists them")


async def _telling(home: Home, project: str, listen: Listen | None) -> Telling:
    """Before there is a plan, the one that the rules will make tells how long the way is."""
    standing = await home.journal.standing(home.account, project)
    plan = standing.plan
    if standing.recovered:
        graph = opening_of(standing).graph
    else:
        plan = plan or (await asyncio.to_thread(first_planned, standing.brief)).plan
        graph = whole_way(standing.brief, plan, goal_of(standing), own_plan=standing.plan is not None)
    asked = wanted(graph, standing.choices, standing.had, standing.gone)
    keys = {step.key for step in (*asked.certain, *asked.possible)}
    before = words_had(standing, graph)
    weights = weights_of(graph, keys, home.tempo)
    return Telling(
        listen, plan, weights, hands_of(home.settings), had=len(on_the_way(graph) - keys) + before, words=before
    )


async def _follow(home: Home, project: str, telling: Telling) -> None:
    """Pass on what the journal tells while nothing is driven here."""
    after = await last_event(home, project)
    while True:
        await asyncio.sleep(LOOK_S)
        for event in await home.journal.events(home.account, after, project):
            after = event.id
            if not telling.driving:
                telling.hear(event)


async def watching(home: Home, project: str, after: int) -> AsyncIterator[Progress]:
    """What the journal tells of a project from event ``after`` on, until none of its jobs is queued or running.

    A job that no living process works on has stopped: that is told, and is the end as well.
    """
    standing = await home.journal.standing(home.account, project)
    shots = numbers(standing.plan)
    while True:
        jobs = await home.journal.jobs(home.account, project)
        states = {state_shown(job, await home.journal.driven(home.account)) for job in jobs}
        while page := await home.journal.events(home.account, after, project):
            for event in page:
                after = event.id
                if event.kind == "plan.revised":
                    shots = numbers((await home.journal.standing(home.account, project)).plan)
                yield from_event(event, shots)
        if not states & {"queued", "running"}:
            if "stopped" in states:
                yield Progress(at=0, kind="job.stopped", project=project, job=None, said=stopped_words(project))
            return
        await asyncio.sleep(LOOK_S)


async def last_event(home: Home, project: str | None) -> int:
    """The newest event's id, 0 where there is none."""
    after = 0
    while page := await home.journal.events(home.account, after, project):
        after = page[-1].id
    return after
