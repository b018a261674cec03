"""One project on its way: opened from a brief, brought to its goal by a job, delivered, and reported on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from reelwright.errors import BadInput, DamagedAsset, ReelwrightError, StaleRevision
from reelwright.reel.breakdown import breakdown
from reelwright.reel.brief import Goal
from reelwright.reel.choices import Choices
from reelwright.reel.command import Command
from reelwright.reel.graph import Graph
from reelwright.reel.operation import Consent, Job, PurchaseState, Standing, is_being_cancelled
from reelwright.reel.plan import Plan
from reelwright.studio import deliver, shown
from reelwright.studio.account_orders import adopt, with_account
from reelwright.studio.answers import FilmFile, FilmMade, Progress, Quoted
from reelwright.studio.drive import carry_out_cancel, drive, job_of
from reelwright.studio.first import first_planned
from reelwright.studio.home import Home, hands_of
from reelwright.studio.join_again import join_again
from reelwright.studio.listener import harmless
from reelwright.studio.produce import Produce, goal_of
from reelwright.studio.quote import in_full, on_the_way
from reelwright.studio.telling import AtWork, Listen, with_numbers
from reelwright.studio.words import opening_of, words_had
from reelwright.units import Micros, usd

Revised = Callable[[Standing], tuple[Plan, Choices]]
"""An edit as a function of where the project stands: the next revision's plan and choices. Pure."""
ON_ITS_WAY: Final[tuple[PurchaseState, ...]] = ("posting", "submitted", "succeeded", "failed")
"""States of what was sent that a director brings to its end without asking anybody."""
_HOLDS: Final = (
    "nothing is left to do: it holds what was sent for a project that this journal does not have; the same brief or "
    "clip typed again uses it"
)


# where a project stands, or would stand


def with_plan(standing: Standing) -> tuple[Standing, Plan]:
    """Raises ``BadInput`` where there is no plan to change yet."""
    if standing.plan is None:
        raise BadInput("project", standing.project, "a project that has a plan", hint="reelwright resume")
    return standing, standing.plan


def aimed(standing: Standing, goal: Goal) -> Standing:
    """The same project under a job for ``goal``."""
    job = Job(id="", account=standing.account, project=standing.project, goal=goal, state="queued")
    return replace(standing, job=job)


def quoted(home: Home, standing: Standing) -> Quoted:
    """What is wanted where the project stands, and its price."""
    graph = home.produce.graph(standing)
    quote = home.produce.quote(standing, graph)
    return in_full(standing, graph, quote, project=standing.project, hands=hands_of(home.settings))


async def quoted_on(home: Home, produce: Produce, standing: Standing, hands: int) -> Quoted:
    """As ``quoted``, for who goes on, with what the account has: before there is a plan, of the whole way, by the one
    that the rules make of the brief. Its words alone cost little or nothing, and what they lead to is bought as it was
    agreed to before.
    """
    had = await with_account(home, standing, produce.graph)
    standing = had.standing
    graph = produce.graph(standing)
    if standing.plan is None and not standing.recovered and not opening_of(standing).spent:
        plan = (await asyncio.to_thread(first_planned, standing.brief)).plan
        rest = breakdown(plan, goal_of(standing))
        graph = Graph(steps={**graph.steps, **rest.steps}, goal=(*graph.goal, *rest.goal))
        standing = replace(standing, plan=plan)
        had = await with_account(home, standing, lambda stands: graph)
        standing = had.standing
    full = in_full(standing, graph, produce.quote(standing, graph), project=standing.project or None, hands=hands)
    return replace(full, said=(*had.notes, *full.said))


def last_goal(standing: Standing) -> Goal:
    """How far a change is brought: as far as the project was brought before."""
    return standing.job.goal if standing.job else standing.brief.goal


# opening and changing


async def found(home: Home, command: Command, *, new: bool, again: bool) -> str | None:
    """The project that the same command has, which it goes on with; None where it is to have a fresh one.

    ``again``: another one of the same was asked for on purpose. While the one of before has not been delivered, the
    same command goes on with that. ``new``: a fresh project in any case.
    """
    project = await home.journal.find_project(home.account, command.found_by)
    if project is None or new or (again and await _is_delivered(home, project, command.brief.goal)):
        return None
    return project


async def open_for(home: Home, command: Command, *, new: bool = False, again: bool = False) -> str:
    """The command's project. Of two that ask for it at one moment, the second has the project of the first.

    ``new`` and ``again`` as of ``found``: a fresh one in place of the one that it has, which another call may have
    opened since the price was made; of ``again`` that one is gone on with then.
    """
    before = await home.journal.find_project(home.account, command.found_by) if new or again else None
    if before and not new and not await _is_delivered(home, before, command.brief.goal):
        return before
    return (await home.journal.open_once(home.account, command, before))[0]


async def _is_delivered(home: Home, project: str, goal: Goal) -> bool:
    job = await _job_for(home, project, goal)
    return job is not None and job.state == "done" and job.delivered is not None


async def changed_since(home: Home, project: str) -> str:
    """What a person is told where the project of a command was edited; empty where it was not."""
    standing = await home.journal.standing(home.account, project)
    if standing.revision < 2:
        return ""
    authors = await home.journal.authors(home.account, project)
    if "person" not in authors[1:]:
        return ""
    return f"this film was edited since: it is revision {standing.revision} that you get; --new starts afresh"


async def revise(home: Home, project: str, change: Revised) -> int:
    """The next revision. Where somebody else was faster it is read again and repeated, once."""
    try:
        return await _revise(home, project, change)
    except StaleRevision:
        return await _revise(home, project, change)


async def _revise(home: Home, project: str, change: Revised) -> int:
    standing = await home.journal.standing(home.account, project)
    plan, choices = change(standing)
    if plan == standing.plan and choices == standing.choices:
        return standing.revision
    return await home.journal.revise(home.account, project, standing.revision, plan, choices, "person")


async def up_to_date(home: Home, project: str) -> str:
    """What a person is told where nothing was left to do: when it was bought, and for how much."""
    purchases = await home.ledger.purchases(home.account, project)
    standing = await home.journal.standing(home.account, project)
    reused = [source for one in standing.had.values() if (source := one.facts.get("reused_from"))]
    paid = shown.spent(purchases) + sum(int(source["micros"]) for source in reused)
    how = "rehearsed" if home.tempo.rehearsed else "bought"
    if not paid:
        return "Up to date: nothing had to be made."
    times = [entry.ended for entry in await home.ledger.entries(home.account, project) if entry.ended and entry.landed]
    times += [datetime.fromtimestamp(source["at_ms"] / 1000, UTC) for source in reused if source["at_ms"]]
    when = f" on {max(times):%Y-%m-%d}" if times else ""
    return f"Up to date: {how}{when} for ${usd(paid)}. Nothing was {how} now."


# jobs


async def enqueue(home: Home, project: str, goal: Goal, quote: Quoted, consent: Consent, out: str | Path | None) -> str:
    """Take up the project's live job for ``goal``, or queue a new one. Returns its id.

    ``out`` is remembered, so that going on after a crash, or a change, delivers to the same place.
    """
    await adopt(home, project)
    jobs = await home.journal.jobs(home.account, project)
    before = next((job.options["out"] for job in jobs if "out" in job.options), None)
    path = str(Path(out).expanduser().absolute()) if out is not None else before
    options = {"out": path} if path is not None else {}
    renew, spent = renewal(consent, quote.spent), sum(quote.spent.values())
    return await home.journal.enqueue_once(home.account, project, goal, consent, options, renew, spent)


async def _job_for(home: Home, project: str, goal: Goal) -> Job | None:
    """The newest job of the project for this goal."""
    return next((job for job in await home.journal.jobs(home.account, project) if job.goal == goal), None)


async def take_up(
    home: Home, project: str, goal: Goal, quote: Quoted, consent: Consent, out: str | Path | None,
    listen: Listen | None,
) -> tuple[Job, bool]:  # fmt: skip
    """The job that the same command goes on with, and whether it is to be driven; False: all of it is had already."""
    adopted = await adopt(home, project)
    job = await _job_for(home, project, goal)
    job = await when_cancelled(home, job, listen) if job else None
    if job and job.state == "done" and not (quote.wanted or adopted or await has_sent(home, project)):
        return job, False
    if job and job.state != "done" and await home.journal.take_up(home.account, job.id, renewal(consent, quote.spent)):
        return job, True
    made = await enqueue(home, project, goal, quote, consent, out)
    return await job_of(home, project, made), True


async def has_sent(home: Home, project: str, states: Collection[PurchaseState] = ON_ITS_WAY) -> bool:
    """Whether something the project sent is still to be brought to its end, also where no edit wants it any more."""
    return any(one.state in states for one in await home.ledger.purchases(home.account, project))


async def when_cancelled(home: Home, job: Job, listen: Listen | None) -> Job:
    """The job, once a cancel of it is carried out that came after its price: who asks for it wants it again.

    What stands before it in the queue of its project is driven as it was agreed to.
    """
    if not is_being_cancelled(job):
        return job
    await carry_out_cancel(home, job.project, listen)
    job = await job_of(home, job.project, job.id)
    return await drive(home, job.project, job.id, listen) if is_being_cancelled(job) else job


def renewal(consent: Consent, spent: Mapping[str, Micros]) -> Callable[[Job], Consent | None]:
    """The consent of a job that is taken up after somebody agreed to a price.

    ``spent``: what each job had spent when that price was made. What was sent since then is part of the price, so it
    must not be added a second time.
    """

    def renew(job: Job) -> Consent | None:
        before = spent.get(job.id, Micros(0))
        return (_while_it_runs if job.state in ("queued", "running") else _at_restart)(job, consent, before)

    return renew


def _at_restart(job: Job, consent: Consent, spent: Micros) -> Consent | None:
    """The consent of a job that waits, failed or was cancelled: what it spent, and what is wanted now.

    A budget is what a person says now, also where more was agreed to before; a yes takes nothing back, and where
    nothing new is asked for, what was agreed to stands. Not what was agreed to before a cancel: that ended with it.
    """
    before = None if job.cancel else job.consent
    if consent.by == "free":
        return None if before else consent
    now = consent.ceiling + spent
    ceiling = Micros(now if consent.by == "budget" or before is None else max(before.ceiling, now))
    return replace(consent, ceiling=ceiling)


def _while_it_runs(job: Job, consent: Consent, spent: Micros) -> Consent | None:
    """The consent of a job that is queued or runs. A lower budget, from what it spent on, holds from now on; a yes to
    more, as to the price of an edit, counts from what it had sent.

    Never a higher budget: the same call after a crash says the same one again, and means all of it.
    """
    if job.consent is None:
        return None
    ceiling = Micros(consent.ceiling + spent)
    if consent.by == "budget" and ceiling < job.consent.ceiling:
        return replace(job.consent, ceiling=ceiling, by="budget")
    is_more = consent.by == "yes" and job.consent.by != "budget" and ceiling > job.consent.ceiling
    return replace(consent, ceiling=ceiling) if is_more else None


async def bring(home: Home, project: str, job: str, out: str | Path | None, listen: Listen | None) -> FilmMade:
    """Drive the job to its rest, deliver its film, say what came of it. Raises what made it fail."""
    began = time.monotonic()
    made = 0
    sent = shown.sent_of(await home.ledger.purchases(home.account, project))
    at_work = AtWork()
    tell = harmless(listen)

    def hear(progress: Progress) -> None:
        nonlocal made
        made += progress.kind == "landed"
        at_work.hear(progress)
        tell(progress)

    ended = await drive(home, project, job, hear)
    film = await report(home, ended, out, time.monotonic() - began, made, sent)
    return replace(film, step_s=at_work.seconds())


async def report(
    home: Home, job: Job, out: str | Path | None, elapsed_s: float, made: int, sent: Collection[str] | None = None
) -> FilmMade:
    """What came of ``job``; its film is delivered, also one that waits for a person. Raises where it failed.

    ``sent``: purchases that were sent before this call; None: all of them.
    """
    standing = aimed(await home.journal.standing(home.account, job.project), job.goal)
    refuse_failed(standing, job)
    takes = await home.journal.takes(home.account, job.project)
    film = shown.film_had(standing) if job.goal == "film" else None
    try:
        file = await _delivered(home, standing, job, out) if film else None
    except DamagedAsset as damaged:
        assert film
        return await report(home, await join_again(home, job, film, damaged), out, elapsed_s, made, sent)
    if job.state == "done" and not job.delivered:
        await home.journal.mark_delivered(home.account, job.id)
    purchases = await home.ledger.purchases(home.account, job.project)
    graph = home.produce.graph(standing)
    return FilmMade(
        project=job.project,
        job=job.id,
        state=job.state,
        film=file,
        micros=shown.spent(purchases),
        now_micros=shown.spent_since(purchases, sent),
        elapsed_s=round(elapsed_s, 3),
        shots=shown.shots_made(standing, takes),
        made=made,
        had=max(0, len(on_the_way(graph)) + words_had(standing, graph) - made),
        why=job.why,
        said=_HOLDS if standing.recovered and job.state == "done" else with_numbers(job.said, standing.plan),
        findings=shown.found_in(standing, film),
        reused=shown.reused_in(graph, standing),
        rehearsed=home.tempo.rehearsed,
    )


def refuse_failed(standing: Standing, job: Job) -> None:
    """Raise what made ``job`` fail, naming the shot and the way on; nothing happens where it did not."""
    if job.state == "failed":
        shots = shown.shots_made(standing)
        said = with_numbers(shown.with_takes(job.said or "the job failed", shots), standing.plan)
        step = said.partition(": ")[0] if " of shot " in said.partition(": ")[0] else job.step
        hint = f"reelwright retry {job.project}"
        if bad := next((shot.n for shot in shots if f"the take of shot {shot.n} cannot be read" in said), None):
            called = f"{deliver.short(job.project)} --shot {bad}"
            hint = f"another take: reelwright retake {called}, then circle it; or edit {called} --model … or --clip …"
        raise ReelwrightError(said, hint=hint, step=step)


async def _delivered(home: Home, standing: Standing, job: Job, out: str | Path | None) -> FilmFile | None:
    film = shown.film_had(standing)
    if film is None:
        return None
    return await deliver.deliver(home, film, path_of(home, standing, job, out))


def path_of(home: Home, standing: Standing, job: Job | None, out: str | Path | None = None) -> Path:
    """Where the project's film stands: as asked now, else as asked when the job was queued, else in the home."""
    remembered = job.options.get("out") if job else None
    title = standing.plan.title if standing.plan else "film"
    return deliver.place(out if out is not None else remembered, home.settings.films, title, standing.project)
