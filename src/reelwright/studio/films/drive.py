"""Runs one project's job until it ends or waits: in this process, or by following the process that already runs it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from reelwright.errors import CancelAtWork
from reelwright.messages import format_reason
from reelwright.reason import Action
from reelwright.reel.graph.wanted_steps import find_wanted_steps
from reelwright.reel.records.operation import Job, is_being_cancelled
from reelwright.studio.films.new_project import build_whole_graph, estimate_plan
from reelwright.studio.films.summaries import explain_stopped_job, to_public_state
from reelwright.studio.policy import CANCEL_LOOK_EVERY_S, CANCEL_WAIT_S, EVENT_LOOK_EVERY_S
from reelwright.studio.quotes.listener import guard_listener
from reelwright.studio.quotes.planning_steps import build_project_planning_steps, count_finished_words
from reelwright.studio.quotes.progress_reporter import (
    Listen,
    ProgressReporter,
    estimate_weights,
    number_shots,
    to_progress,
)
from reelwright.studio.quotes.quote import list_needed_steps
from reelwright.studio.results.results import Progress
from reelwright.studio.runtime.home import Home, count_hands

_CANCELLING: Final = (
    "the cancel that was asked for is carried out first: what a provider has in work is asked to stop, and what comes "
    "too late for that is kept"
)


async def drive(home: Home, project: str, job: str, listen: Listen | None) -> Job:
    """Run the project's jobs until they end or wait, spending at most what was consented to, and return ``job``.

    When cancelled, it stops running steps and releases the lease; the job stays
    for the next director.
    """
    async with _follow_project(home, project, listen) as hear:
        await home.driver.drive(home.account, project, hear)
    return await home.journal.read_job(home.account, job)


async def carry_out_cancel(home: Home, project: str, listen: Listen | None) -> None:
    """Finish a requested cancel of the project's next job, if there is one: ask providers to stop open work.

    A director that was killed leaves such a cancel pending.

    Every quote of a project comes after this: work that a provider stops now would have to be bought again, and work
    that it cannot stop any more is delivered. Buys nothing. It may take minutes; ``listen`` is told so first.

    A home that serves requests carries out nothing here: whoever drives the project does. It waits up to two seconds,
    then raises ``CancelAtWork``.
    """
    if home.is_serving:
        await _wait_for_cancel(home, project)
        return
    job = (await home.journal.read_standing(home.account, project)).job
    if job is None or not is_being_cancelled(job):
        return
    guard_listener(listen)(
        Progress(event_id=0, kind="job.cancelling", project=project, job=job.id, message=_CANCELLING)
    )
    async with _follow_project(home, project, listen) as hear:
        await home.driver.carry_out_cancel(home.account, project, hear)


async def _wait_for_cancel(home: Home, project: str) -> None:
    until = time.monotonic() + CANCEL_WAIT_S
    while is_being_cancelled(found := await home.journal.find_job_in_turn(home.account, project)):
        if found is not None and time.monotonic() >= until:
            raise CancelAtWork(code="cancel_at_work", job=found.id, actions=[Action("wait"), Action("retry_job")])
        await asyncio.sleep(CANCEL_LOOK_EVERY_S)


@asynccontextmanager
async def _follow_project(home: Home, project: str, listen: Listen | None) -> AsyncIterator[ProgressReporter]:
    """Tell ``listen`` in this block what directors of other processes do; the reporter tells what this one does."""
    telling = await _create_telling(home, project, listen)
    following = asyncio.create_task(_follow(home, project, telling))
    try:
        yield telling
    finally:
        following.cancel()
        await asyncio.wait({following})


async def _create_telling(home: Home, project: str, listen: Listen | None) -> ProgressReporter:
    """Count the steps to do. Before there is a plan, they are those of the plan that the rules would make."""
    standing = await home.journal.read_standing(home.account, project)
    plan = standing.plan
    if standing.is_recovered:
        graph = build_project_planning_steps(standing).graph
    else:
        plan = plan or await estimate_plan(home, standing)
        graph = build_whole_graph(
            standing.brief, plan, standing.goal, is_planned=standing.plan is not None, encoding=standing.encoding
        )
    want = find_wanted_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    keys = {step.key for step in (*want.certain, *want.possible)}
    before = count_finished_words(standing, graph)
    weights = estimate_weights(graph, keys, home.tempo)
    return ProgressReporter(
        listen,
        plan,
        weights,
        count_hands(home.settings),
        finished_steps=len(list_needed_steps(graph) - keys) + before,
        word_steps=before,
    )


async def _follow(home: Home, project: str, telling: ProgressReporter) -> None:
    """Pass on the events of the journal while no director of this process runs the project."""
    after = await home.journal.find_last_event(home.account, project)
    while True:
        await asyncio.sleep(EVENT_LOOK_EVERY_S)
        for event in await home.journal.list_events(home.account, after, project):
            after = event.id
            if not telling.is_driving:
                telling.forward_event(event)


async def watch_project(home: Home, project: str, after: int) -> AsyncIterator[Progress]:
    """Yield the project's events with an id above ``after``, old and new, until no job of it is queued or running.

    If a job runs in no living process, the last event is ``job.stopped``.
    """
    standing = await home.journal.read_standing(home.account, project)
    shots = number_shots(standing.plan)
    while True:
        jobs = await home.journal.list_runnable_jobs(home.account, project)
        driven = await home.journal.list_driven_projects(home.account) if jobs else frozenset()
        states = {to_public_state(job, driven) for job in jobs}
        while page := await home.journal.list_events(home.account, after, project):
            for event in page:
                after = event.id
                if event.kind == "plan.revised":
                    shots = number_shots((await home.journal.read_standing(home.account, project)).plan)
                yield to_progress(event, shots)
        if not states & {"queued", "running"}:
            if "stopped" in states:
                reason = explain_stopped_job(project)
                yield Progress(
                    event_id=0, kind="job.stopped", project=project, job=None, reason=reason,
                    message=format_reason(reason),
                )  # fmt: skip
            return
        await asyncio.sleep(EVENT_LOOK_EVERY_S)
