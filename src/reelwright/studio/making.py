"""One project on its way: opened from a brief, brought to its goal by a job, delivered, and reported on."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from reelwright.errors import BadInput, ReelwrightError, StaleRevision
from reelwright.reel.brief import Brief, Goal
from reelwright.reel.choices import Choices
from reelwright.reel.operation import LIVE_JOBS, Consent, Job, Standing
from reelwright.reel.plan import Plan
from reelwright.studio import deliver, shown
from reelwright.studio.answers import FilmFile, FilmMade, Progress, Quoted
from reelwright.studio.drive import drive
from reelwright.studio.home import Home, hands_of
from reelwright.studio.listener import harmless
from reelwright.studio.quote import in_full, on_the_way
from reelwright.studio.telling import Listen, with_numbers
from reelwright.units import Micros

Revised = Callable[[Standing], tuple[Plan, Choices]]
"""An edit as a function of where the project stands: the next revision's plan and choices. Pure."""


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


def last_goal(standing: Standing) -> Goal:
    """How far a change is brought: as far as the project was brought before."""
    return standing.job.goal if standing.job else standing.brief.goal


# opening and changing


async def open_from(home: Home, brief: Brief, plan: Plan, own_plan: bool) -> str:
    """A new project; ``own_plan``: the plan was given, so that no words are wanted."""
    project = await home.journal.open_project(home.account, plan.title, brief)
    if own_plan:
        await home.journal.revise(home.account, project, 0, plan, Choices(), "person")
    return project


async def unfinished(home: Home, brief: Brief, plan: Plan | None, goal: Goal) -> Job | None:
    """The job of a project with the very same brief (and plan, where one is given): the same call goes on.

    One that lives; or one that is done, with nothing edited since, whose film does not stand where it was to be: the
    call was killed in between, and what is had is never obtained a second time for that.
    """
    for job in await home.journal.jobs(home.account):
        if job.state not in (*LIVE_JOBS, "done") or job.goal != goal or job.cancel:
            continue
        standing = await home.journal.standing(home.account, job.project)
        if standing.brief != brief or (plan is not None and plan != standing.plan):
            continue
        if job.state != "done" or _to_hand_over(home, standing, job):
            return job
    return None


async def written(home: Home, brief: Brief) -> Job | None:
    """The job that had the plan of the very same brief written by a language model: its words are bought already."""
    for job in await home.journal.jobs(home.account):
        if job.state == "done" and job.goal == "plan":
            standing = await home.journal.standing(home.account, job.project)
            if standing.brief == brief and standing.plan is not None and _asked_for_words(standing):
                return job
    return None


def _asked_for_words(standing: Standing) -> bool:
    """Whether words were obtained for it: a plan that was given has none."""
    return any(name.partition(":")[0] == "words" for name in standing.had)


def said_written(job: Job) -> str:
    """That nothing is bought for a plan that was written before, and how to have another."""
    return f"written before, in project {job.project}: nothing is bought; another variation asks for another plan"


def _to_hand_over(home: Home, standing: Standing, job: Job) -> bool:
    """Whether the first film of a project is had, and does not lie where its job was to put it."""
    return job.goal == "film" and standing.revision == 1 and not path_of(home, standing, job).is_file()


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


# jobs


async def enqueue(home: Home, project: str, goal: Goal, consent: Consent, out: str | Path | None) -> str:
    """A job for ``goal``: the one that waits for a person if there is one, else a new one.

    ``out`` is remembered, so that going on after a crash, or a change, delivers to the same place.
    """
    jobs = await home.journal.jobs(home.account, project)
    for job in jobs:
        if job.state == "waiting" and job.goal == goal:
            await queue_again(home, job, consent)
            return job.id
    before = next((job.options["out"] for job in jobs if "out" in job.options), None)
    path = str(Path(out).expanduser().absolute()) if out is not None else before
    options = {"out": path} if path is not None else {}
    return await home.journal.enqueue(home.account, project, goal, consent, options)


async def queue_again(home: Home, job: Job, consent: Consent) -> None:
    """A job that waits, failed or was cancelled, agreed to anew for what it spent and what is wanted now.

    A budget is what a person says now, also where more was agreed to before; a yes takes nothing back.
    """
    purchases = await home.ledger.purchases(home.account, job.project)
    before = job.consent.ceiling if job.consent else Micros(0)
    now = consent.ceiling + shown.spent(purchases, job.id)
    ceiling = Micros(now if consent.by == "budget" else max(before, now))
    anew = replace(consent, ceiling=ceiling)
    if job.state != "waiting":  # one that has ended cannot be agreed to
        await home.journal.requeue(home.account, job.id)
    if job.consent is None or replace(anew, by=job.consent.by) != job.consent:
        await home.journal.approve(home.account, job.id, anew)
    await home.journal.requeue(home.account, job.id)


async def cap_lower(home: Home, job: Job, consent: Consent) -> None:
    """A job that is queued or runs: a lower budget, from what it spent on, holds from now on.

    Never a higher one: the same call after a crash says the same budget again, and means all of it.
    """
    if consent.by != "budget" or job.consent is None:
        return
    ceiling = Micros(consent.ceiling + shown.spent(await home.ledger.purchases(home.account, job.project), job.id))
    if ceiling < job.consent.ceiling:
        with suppress(BadInput):  # it has ended meanwhile
            await home.journal.approve(home.account, job.id, replace(job.consent, ceiling=ceiling, by="budget"))


async def bring(home: Home, project: str, job: str, out: str | Path | None, listen: Listen | None) -> FilmMade:
    """Drive the job to its rest, deliver its film, say what came of it. Raises what made it fail."""
    began = time.monotonic()
    made = 0
    spans: dict[str, list[float]] = {}
    tell = harmless(listen)

    def hear(progress: Progress) -> None:
        nonlocal made
        made += progress.kind == "landed"
        if progress.step and progress.kind in ("started", "landed"):
            now = time.monotonic()
            span = spans.setdefault(progress.step.partition("/")[0], [now, now])
            span[1] = now
        tell(progress)

    ended = await drive(home, project, job, hear)
    film = await report(home, ended, out, time.monotonic() - began, made)
    return replace(film, step_s={kind: round(end - start, 3) for kind, (start, end) in spans.items()})


async def report(home: Home, job: Job, out: str | Path | None, elapsed_s: float, made: int) -> FilmMade:
    """What came of ``job``; its film is delivered, also one that waits for a person. Raises where it failed."""
    standing = aimed(await home.journal.standing(home.account, job.project), job.goal)
    if job.state == "failed":
        shots = shown.shots_made(standing)
        said = shown.with_takes(with_numbers(job.said or "the job failed", standing.plan), shots)
        step = said.partition(": ")[0] if " of shot " in said.partition(": ")[0] else job.step
        hint = f"reelwright retry {job.project}"
        if bad := next((shot.n for shot in shots if f"the take of shot {shot.n} cannot be read" in said), None):
            called = f"{deliver.short(job.project)} --shot {bad}"
            hint = f"another take: reelwright retake {called}, then circle it; or edit {called} --model … or --clip …"
        raise ReelwrightError(said, hint=hint, step=step)
    takes = await home.journal.takes(home.account, job.project)
    film = shown.film_had(standing) if job.goal == "film" else None
    file = await _delivered(home, standing, job, out) if film else None
    return FilmMade(
        project=job.project,
        job=job.id,
        state=job.state,
        film=file,
        micros=shown.spent(await home.ledger.purchases(home.account, job.project), job.id),
        elapsed_s=round(elapsed_s, 3),
        shots=shown.shots_made(standing, takes),
        made=made,
        had=max(0, len(on_the_way(home.produce.graph(standing))) - made),
        why=job.why,
        said=with_numbers(job.said, standing.plan),
        findings=shown.found_in(standing, film),
    )


async def _delivered(home: Home, standing: Standing, job: Job, out: str | Path | None) -> FilmFile | None:
    film = shown.film_had(standing)
    if film is None:
        return None
    return await deliver.deliver(home.vault, home.account, film, path_of(home, standing, job, out))


def path_of(home: Home, standing: Standing, job: Job | None, out: str | Path | None = None) -> Path:
    """Where the project's film stands: as asked now, else as asked when the job was queued, else in the home."""
    remembered = job.options.get("out") if job else None
    title = standing.plan.title if standing.plan else "film"
    return deliver.place(out if out is not None else remembered, home.settings.films, title, standing.project)
