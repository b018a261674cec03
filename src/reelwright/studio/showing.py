"""The verb ``show``: all that a person opens a project for, read from the journal."""

from __future__ import annotations

from dataclasses import replace

from reelwright.studio import shown
from reelwright.studio.answers import Shown
from reelwright.studio.home import Home
from reelwright.studio.making import aimed, last_goal, path_of, quoted


async def show(home: Home, project: str) -> Shown:
    """Writes nothing."""
    standing = await home.journal.standing(home.account, project)
    job, plan = standing.job, standing.plan
    aim = aimed(standing, last_goal(standing))
    takes = await home.journal.takes(home.account, project)
    film = shown.film_had(standing)
    entries = await home.ledger.entries(home.account, project)
    shots = shown.shots_made(standing, takes)
    if job:
        job = replace(job, said=shown.with_takes(job.said, shots))
    told = shown.job_shown(job, await home.journal.driven(home.account), plan) if job else None
    return Shown(
        project=project,
        title=plan.title if plan else standing.brief.text[:60],
        revision=standing.revision,
        brief=standing.brief.text,
        flavor=standing.brief.flavor,
        look=plan.look if plan else None,
        job=told,
        shots=shots,
        takes=shown.takes_shown(standing, takes),
        cut=shown.edits_shown(job.cut) if job and job.cut else (),
        film=shown.film_file(film, path_of(home, standing, job)),
        findings=shown.found_in(standing, film),
        micros=shown.spent(await home.ledger.purchases(home.account, project)),
        marking=film.facts.get("source_type") if film else None,
        quote=quoted(home, aim),
        doubtful=tuple(f"{entry.step}: {said}" for entry in entries for said in entry.noticed if not entry.adjustments),
        rehearsed=home.tempo.rehearsed,
    )
