"""Summaries for people: shots with their takes, the film with its findings, jobs, projects, and what was spent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from reelwright.errors import BadInput
from reelwright.messages import PLAIN, Names, format_step_reason
from reelwright.planner.presets import load_presets
from reelwright.planner.roles import list_screen_words
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.value import Digest, Fingerprint, ShotId, StepKey
from reelwright.reel.film.breakdown import FILM, build_graph, make_take_key
from reelwright.reel.film.brief import Goal
from reelwright.reel.film.cut import Cut
from reelwright.reel.film.plan import OwnFootage, list_aspects
from reelwright.reel.graph.choices import compute_round_fingerprint
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.outcome import Outcome, Take
from reelwright.reel.graph.wanted_steps import prepare_walk, resolve_steps
from reelwright.reel.records.operation import Job, Project, Purchase, Standing
from reelwright.reel.records.priority import name_priority
from reelwright.studio import late_modules as late
from reelwright.studio.films import deliver
from reelwright.studio.quotes.progress_reporter import build_names, fill_actions, find_shot_number, number_shots
from reelwright.studio.results.inventory import FlavorSummary, PresetSummary
from reelwright.studio.results.listings import CutEntry, JobSummary, ProjectSummary, PublicJobState, TakeSummary
from reelwright.studio.results.results import FilmFile, Finding, ShotSummary
from reelwright.studio.results.spending_report import ReusedStep
from reelwright.studio.runtime.produce import find_film, find_films, list_findings
from reelwright.studio.runtime.quality import describe_measures, list_take_measures
from reelwright.studio.scripts.flavoring import list_added_flavors
from reelwright.studio.scripts.own_looks import find_looks_beside, list_own_folders, list_usable_looks
from reelwright.units import Frames, Micros, convert_frames_to_seconds

if TYPE_CHECKING:
    from reelwright.planner.flavors import Flavor


def build_shot_summaries(standing: Standing, takes: Sequence[Take] = ()) -> tuple[ShotSummary, ...]:
    """List every shot of the newest revision in film order, with times in seconds and the take that it uses."""
    plan = standing.plan
    if plan is None:
        return ()
    found = resolve_steps(
        build_graph(plan, "takes", standing.encoding), standing.choices, standing.outcomes, standing.deleted_assets
    )
    windows = plan.compute_windows()
    measures = list_take_measures(standing) if standing.is_clip else {}
    rows = []
    for n, (beat, shot) in enumerate(((turn, one) for turn in plan.beats for one in turn.shots), 1):
        own = isinstance(shot.source, OwnFootage)
        take = shot.source.asset if isinstance(shot.source, OwnFootage) else found[make_take_key(shot.id)].asset
        planned_s = round(float(convert_frames_to_seconds(shot.length, plan.fps)), 3)
        rows.append(
            ShotSummary(
                n=n,
                id=shot.id,
                beat=beat.name,
                start_s=round(float(convert_frames_to_seconds(windows[shot.id][0], plan.fps)), 3),
                duration_s=measures[take].ms / 1000 if take in measures else planned_s,
                prompt=shot.prompt,
                words=list_screen_words(plan, shot),
                take=take,
                take_count=1 if own else sum(1 for one in takes if one.shot == shot.id),
            )
        )
    return tuple(rows)


def name_parts(standing: Standing) -> Names:
    """Build the functions that name a project's steps and takes for a person, such as ``take of shot 2``."""
    takes = {str(row.take): row.n for row in build_shot_summaries(standing) if row.take}
    return build_names(number_shots(standing.plan), takes)


def explain(standing: Standing, reason: Reason | None) -> Reason | None:
    """Return a job's reason with project id and shot number filled into the actions that it offers; None gives None.

    ``edit_shot`` also has ``can_be_drawn``: whether the shot has words, which can be drawn in its place.
    """
    plan = standing.plan
    filled = fill_actions(reason, standing.project, number_shots(plan))
    if filled is None or plan is None:
        return filled

    def add_choice(action: Action) -> Action:
        shot = action.params.get("shot")
        if action.kind != "edit_shot" or not isinstance(shot, int) or not 1 <= shot <= len(plan.shots):
            return action  # an edit since may have left fewer shots
        words = list_screen_words(plan, plan.shots[shot - 1])
        return Action("edit_shot", {**action.params, "can_be_drawn": bool(words)})

    return replace(filled, actions=tuple(map(add_choice, filled.actions)))


def build_take_summaries(standing: Standing, takes: Sequence[Take]) -> tuple[TakeSummary, ...]:
    """List every take of every shot, numbered from 1 within its shot by age, and within a purchase by sample.

    ``is_circled``: the film uses this take.
    """
    plan = standing.plan
    if plan is None:
        return ()
    found = resolve_steps(
        build_graph(plan, "takes", standing.encoding), standing.choices, standing.outcomes, standing.deleted_assets
    )
    used = {ShotId(key.removeprefix("take/")): one.asset for key, one in found.items() if key.startswith("take/")}
    measures = list_take_measures(standing)
    counts: dict[ShotId, int] = {}
    rows = []
    began: dict[Fingerprint, str] = {}
    for take in takes:  # ids sort by creation time; within one moment their order is random
        began[take.fingerprint] = min(take.id, began.get(take.fingerprint, take.id))
    ordered = sorted(takes, key=lambda one: (one.shot, began[one.fingerprint], one.sample))
    circled = _find_circled(standing, used, ordered)
    for take in ordered:
        counts[take.shot] = counts.get(take.shot, 0) + 1
        rows.append(
            TakeSummary(
                n=counts[take.shot],
                shot=take.shot,
                asset=take.asset,
                round=take.round,
                sample=take.sample,
                is_circled=circled.get(take.shot) == take.id,
                purchase=take.purchase,
                id=take.id,
                **(describe_measures(measures[take.asset]) if take.asset in measures else {}),
            )
        )
    return tuple(rows)


def _find_circled(standing: Standing, used: Mapping[ShotId, Digest | None], takes: Sequence[Take]) -> dict[ShotId, str]:
    """Return the id of the take that each shot uses. Of several with the same bytes: the circled one, or the first."""
    found: dict[ShotId, str] = {}
    for take in takes:
        circle = standing.choices.circles.get(take.shot)
        if take.asset == used.get(take.shot) and (take.shot not in found or (circle and circle.take == take.id)):
            found[take.shot] = take.id
    return found


def build_cut_entries(cut: Cut) -> tuple[CutEntry, ...]:
    """List the entries of a cut in the order of the film, with times in seconds."""
    rows, at = [], Frames(0)
    for n, edit in enumerate(cut.edits, 1):
        at_s, from_s, seconds, over_s = (
            round(float(convert_frames_to_seconds(frames, cut.fps)), 3)
            for frames in (at, edit.start, edit.length, edit.transition_length)
        )
        rows.append(
            CutEntry(
                n=n,
                shot=edit.shot,
                asset=edit.asset,
                start_s=at_s,
                source_start_s=from_s,
                duration_s=seconds,
                transition=edit.transition,
                transition_s=over_s,
            )
        )
        at = Frames(at + edit.length)
    return tuple(rows)


def find_current_film(standing: Standing) -> Outcome | None:
    """Return the outcome of the step that made the newest revision's film; None if there is no such file."""
    # Most of the time of a list would go into graphs of projects that have no film of any revision.
    if standing.plan is None or not any(fingerprint.startswith("film:") for fingerprint in standing.outcomes):
        return None
    film = find_film(standing, build_graph(standing.plan, "film", standing.encoding))
    return film if film and not set(film.assets) & standing.deleted_assets else None


def find_current_films(standing: Standing) -> dict[str, Outcome]:
    """Return the newest revision's film by aspect, the first format first, without those that are not made.

    A film in a single aspect has an empty text in its place.
    """
    plan = standing.plan
    if plan is None or not plan.formats:
        film = find_current_film(standing)
        return {"": film} if film else {}
    made = find_films(standing, build_graph(plan, "film", standing.encoding))
    keys = (FILM, *(f"{FILM}/{one.name}" for one in plan.formats))
    found = ((aspect, made.get(StepKey(key))) for aspect, key in zip(list_aspects(plan), keys, strict=True))
    return {aspect: film for aspect, film in found if film and not set(film.assets) & standing.deleted_assets}


def list_film_findings(standing: Standing, film: Outcome | None) -> tuple[Finding, ...]:
    """List what the checks found in ``film``, a film of the newest revision, and in the takes; empty without a plan."""
    if standing.plan is None:
        return ()
    goal: Goal = "film" if film else "takes"
    return list_findings(standing, build_graph(standing.plan, goal, standing.encoding), film)


def find_film_files(standing: Standing, path: Path) -> tuple[FilmFile, ...]:
    """Describe the delivered film file of each format, each beside ``path``. A file that is not there is left out."""
    found = (
        (aspect, deliver.find_delivered_film(film.facts, deliver.add_format(path, aspect)))
        for aspect, film in find_current_films(standing).items()
    )
    return tuple(file.replace(aspect=aspect) for aspect, file in found if file)


def list_reused_steps(graph: Graph, standing: Standing) -> tuple[ReusedStep, ...]:
    """List the steps of ``graph`` whose result another project of the account bought, with what it cost there."""
    shots = number_shots(standing.plan)
    rows = []
    for key, found in resolve_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets).items():
        names = [found.fingerprint] if found.fingerprint else []
        names += [
            compute_round_fingerprint(ask) for ask in standing.choices.retakes if ask.fingerprint == found.fingerprint
        ]
        for name in names:
            source = standing.outcomes[name].facts.get("reused_from") if name in standing.outcomes else None
            if source:
                at = source["at_ms"]
                rows.append(
                    ReusedStep(
                        step=key,
                        shot=find_shot_number(key, shots),
                        reused_from=source["project"],
                        purchase=source["purchase"],
                        micros=Micros(source["micros"]),
                        bought_at=datetime.fromtimestamp(at / 1000, UTC) if at else None,
                    )
                )
    return tuple(rows)


def sum_spent(purchases: Sequence[Purchase]) -> Micros:
    """Add up what was paid or may be for purchases, as the ledger does."""
    return Micros(sum(p.spent_micros for p in purchases))


def list_sent_purchases(purchases: Sequence[Purchase]) -> frozenset[str]:
    """Return the ids of the purchases that were sent to a provider and not released again."""
    return frozenset(p.id for p in purchases if p.state not in ("released", "intent"))


def sum_spent_since(purchases: Sequence[Purchase], sent_before: Collection[str] | None) -> Micros:
    """Add up what was paid or may be for purchases whose id is not in ``sent_before``; 0 if that is None."""
    return sum_spent([p for p in purchases if sent_before is not None and p.id not in sent_before])


def to_public_state(job: Job, driven: Collection[str]) -> PublicJobState:
    """Return the job's state, or ``stopped`` if it is running and ``driven``, project ids, lacks its project."""
    return "stopped" if job.state == "running" and job.project not in driven else job.state


def explain_stopped_job(project: str) -> Reason:
    """Build the reason of a job that was started and that no living process works on; it offers to resume."""
    return build_reason("job_stopped", actions=[Action("resume_job", {"project": project})])


def build_job_summary(
    job: Job,
    driven: Collection[str],
    standing: Standing | None = None,
    position: int | None = None,
    *,
    is_paused: bool = False,
) -> JobSummary:
    """Convert a job to a row of the list of jobs.

    ``standing``: of its project; gives shots their numbers in its message. ``driven``: projects that a process drives.
    ``position``: its place in the queue, from 1; None if it is not queued. ``is_paused``: the account's queue is.
    """
    state = to_public_state(job, driven)
    reason = explain_stopped_job(job.project) if state == "stopped" else job.reason
    if state == "queued" and is_paused:
        reason = Reason("queue_paused")
    names = PLAIN
    if standing is not None:
        reason, names = explain(standing, reason), name_parts(standing)
    return JobSummary(
        id=job.id,
        project=job.project,
        goal=job.goal,
        state=state,
        position=position,
        wait_reason=job.wait_reason,
        reason=reason,
        message=format_step_reason(reason, names),
        created_at=job.created_at,
        finished_at=job.finished_at,
        batch_key=job.batch_key,
        ordered_by=late.payers.get_key(job.options),
        priority=name_priority(job.priority),
    )


def build_project_summary(
    project: Project, standing: Standing, driven: Collection[str], micros: Micros
) -> ProjectSummary:
    """Convert a project to a row of the list of projects. ``driven``: ids of projects that a living process drives;
    ``micros``: what it has cost.
    """
    plan, film = standing.plan, find_current_film(standing)
    made = Digest(film.assets[0]) if film else None
    return ProjectSummary(
        id=project.id,
        title=plan.title if plan else project.name,
        revision=standing.revision,
        state=to_public_state(standing.job, driven) if standing.job else None,
        duration_s=_measure_length(standing),
        film=made,
        created_at=project.created_at,
        micros=micros,
        picture=made or _find_first_take(standing),
    )


def _find_first_take(standing: Standing) -> Digest | None:
    """Find the first take of a project; no shot behind it is looked at, and no graph where nothing was made."""
    plan = standing.plan
    if plan is None:
        return None
    own = (shot.source.asset for shot in plan.shots if isinstance(shot.source, OwnFootage))
    if not (standing.outcomes or standing.choices.circles):
        return next(own, None)
    graph = build_graph(plan, "takes", standing.encoding)
    resolve = prepare_walk(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    for shot in plan.shots:
        is_own = isinstance(shot.source, OwnFootage)
        if take := next(own) if is_own else resolve(make_take_key(shot.id)).asset:
            return take
    return None


def _measure_length(standing: Standing) -> float | None:
    """Return the length of a project in seconds: of a clip, as its take came; else as planned; None without a plan."""
    if standing.plan is None:
        return None
    if standing.is_clip and (shots := build_shot_summaries(standing)):
        return shots[0].duration_s
    return round(float(standing.plan.seconds), 3)


def list_flavors(folder: Path | None = None) -> tuple[FlavorSummary, ...]:
    """List the packaged flavors and a person's own in ``folder``, sorted by name.

    A broken one has its error in ``fault``.
    """
    looks = list_usable_looks(find_looks_beside(folder))
    found = {name: build_flavor_summary(one) for name, one in late.flavors.load_flavors().items()}
    for name, path in list_added_flavors(folder).items():
        is_own = name in list_own_folders(folder)
        try:
            found[name] = build_flavor_summary(
                late.flavors.build_flavor(name, late.flavors.read_parts(path, looks), looks)
            ).replace(is_own=is_own)
        except BadInput as error:
            found[name] = FlavorSummary(
                name=name,
                aspect="",
                look="",
                duration_s=0.0,
                has_voice=False,
                description="",
                is_own=is_own,
                fault=str(error),
            )
    return tuple(found[name] for name in sorted(found))


def list_presets() -> tuple[PresetSummary, ...]:
    """List the delivery presets, in the order of their file."""
    return tuple(
        PresetSummary(
            name=one.name, title=one.title, aspect=one.aspect, width=one.size[0], height=one.size[1],
            fps=one.fps[0] / one.fps[1] if one.fps else None, max_s=one.max_s, lufs=one.lufs, dbtp=one.dbtp,
            unsafe_areas=one.unsafe_areas, checked_on=one.checked_on, source=one.source,
        )
        for one in load_presets().values()
    )  # fmt: skip


def build_flavor_summary(one: Flavor) -> FlavorSummary:
    """Convert a flavor to a row of the list of flavors."""
    return FlavorSummary(
        name=one.name,
        aspect=one.aspect,
        look=one.look,
        duration_s=one.length_ms / 1000,
        has_voice=one.has_voice or one.voice_model is not None,
        description=one.about,
    )
