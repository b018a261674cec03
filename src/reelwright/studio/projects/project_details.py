"""The verb ``show``: the details of a project, read from the journal."""

from __future__ import annotations

from reelwright.studio.films import summaries
from reelwright.studio.films.project_run import aim_at_goal, find_film_path, quote_change
from reelwright.studio.projects.engine_waits import add_engine_wait, find_engine_waits
from reelwright.studio.results.listings import ProjectDetails
from reelwright.studio.runtime.home import Home


async def show(home: Home, project: str) -> ProjectDetails:
    """Read everything that the verb ``show`` prints of a project, with a quote of what it lacks. Writes nothing."""
    standing = await home.journal.read_standing_with_spending(home.account, project)
    job, plan = standing.job, standing.plan
    aim = aim_at_goal(standing, standing.goal)
    takes = await home.journal.list_takes(home.account, project)
    film = summaries.find_current_film(standing)
    files = summaries.find_film_files(standing, find_film_path(home, standing, job))
    entries = await home.ledger.list_entries(home.account, project)
    shots = summaries.build_shot_summaries(standing, takes)
    driven = await home.journal.list_driven_projects(home.account) if job else ()
    is_queued = job is not None and job.state == "queued"
    positions = await home.journal.list_positions(home.account, {project}) if is_queued else {}
    is_paused = is_queued and await home.journal.find_pause(home.account) is not None
    job_summary = (
        summaries.build_job_summary(job, driven, standing, positions.get(job.id), is_paused=is_paused) if job else None
    )
    if job_summary and job_summary.state == "running":
        job_summary = add_engine_wait(job_summary, await find_engine_waits(home))
    return ProjectDetails(
        project=project,
        title=plan.title if plan else standing.brief.text[:60],
        revision=standing.revision,
        brief=standing.brief.text,
        flavor=standing.brief.flavor,
        look=plan.look if plan else None,
        job=job_summary,
        shots=shots,
        takes=summaries.build_take_summaries(standing, takes),
        cut=summaries.build_cut_entries(job.cut) if job and job.cut else (),
        film=files[0] if film and files else None,
        films=files if plan and plan.formats else (),
        findings=summaries.list_film_findings(standing, film),
        micros=summaries.sum_spent(await home.ledger.list_purchases(home.account, project)),
        marking=film.facts.get("source_type") if film else None,
        quote=await quote_change(home, aim),
        money_warnings=tuple(
            f"{entry.step}: {notice}" for entry in entries for notice in entry.notices if not entry.adjustments
        ),
        is_rehearsal=home.tempo.is_rehearsal,
    )
