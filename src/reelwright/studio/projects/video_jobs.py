"""Video jobs: a clip or a film as the programs of a server see it, with its state, its progress and its files."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from reelwright.catalogue.lifecycle import describe_replacement
from reelwright.catalogue.models import load_models
from reelwright.errors import NotFound
from reelwright.messages import format_step_reason
from reelwright.reason import Action, Reason, build_reason
from reelwright.reel.base.value import Digest, Fingerprint
from reelwright.reel.film.command import Command
from reelwright.reel.graph.request import Request
from reelwright.reel.graph.wanted_steps import find_wanted_steps
from reelwright.reel.records.operation import Consent, Job, Purchase, Standing
from reelwright.reel.records.priority import name_priority, parse_priority
from reelwright.reel.records.retention import RetentionPolicies
from reelwright.studio.films import summaries
from reelwright.studio.policy import MAX_PROGRESS_KEPT
from reelwright.studio.projects.engine_waits import add_engine_wait, find_engine_waits
from reelwright.studio.quotes.duration_estimates import estimate_model_latency
from reelwright.studio.quotes.quote import list_needed_steps
from reelwright.studio.results.video_job import VideoJob, VideoPhase
from reelwright.studio.runtime import quality
from reelwright.studio.runtime.clip_samples import list_requested_rounds
from reelwright.studio.runtime.home import Home
from reelwright.units import convert_frames_to_seconds

if TYPE_CHECKING:
    from reelwright.store.jobs.requests import CreatedJob

NO_POLICIES: Final = RetentionPolicies()
_MOST_WHILE_MADE: Final = 99
"""Percent: only a job that is done is at 100."""


def refuse_removed(job: Job) -> None:
    """Raise ``NotFound`` for a job that a program deleted: nobody reads it any more, so nobody may retry it."""
    if job.is_removed:
        raise NotFound(code="job_not_found", job=job.id, actions=[Action("list_jobs")])


async def read_video_job(home: Home, job: str, *, has_position: bool = True) -> VideoJob:
    """Read the state, progress and files of a job by its id. Raises ``NotFound``.

    ``has_position``: with its position in the queue, for which every job that waits is counted.
    """
    found, standing, is_driven = await home.journal.read_job_view(home.account, job)
    refuse_removed(found)
    driven = frozenset({found.project}) if is_driven else frozenset[str]()
    purchases = await list_round_purchases(home, found, standing)
    made = build_video_job(home, found, standing, driven, purchases, await home.read_policies())
    if made.state == "running":
        return add_engine_wait(made, await find_engine_waits(home))
    if found.state != "queued" or not has_position:
        return made
    positions = await home.journal.list_positions(home.account, {found.project})
    return made.replace(position=positions.get(found.id))


def build_new_video_job(
    home: Home, new_job: CreatedJob, command: Command, consent: Consent, options: Mapping[str, object]
) -> VideoJob:
    """Build the state of a job that was just created, as ``read_video_job`` would return it, without reading it."""
    job = Job(
        id=new_job.job,
        account=home.account,
        project=new_job.project,
        goal=command.brief.goal,
        state="queued",
        consent=consent,
        options=options,
        priority=parse_priority(options.get("priority", 0)),
        created_at=new_job.created_at,
    )
    standing = Standing(
        account=home.account,
        project=new_job.project,
        brief=command.brief,
        revision=1 if command.plan else 0,
        plan=command.plan,
        choices=command.choices,
        job=job,
        outcomes={},
        deleted_assets=frozenset(),
        order_number=command.order_number,
        encoding=home.encoding,
    )
    return build_video_job(home, job, standing, frozenset())


async def list_round_purchases(home: Home, job: Job, standing: Standing) -> Sequence[Purchase]:
    """Read the purchases of a clip's project, which tell what each job bought; empty where there is one alone."""
    has_rounds = job.goal == "takes" and (len(standing.outcomes) > 1 or standing.revision > 1)
    return await home.ledger.list_purchases(home.account, job.project) if has_rounds else ()


def build_video_job(
    home: Home,
    job: Job,
    standing: Standing,
    driven: frozenset[str],
    purchases: Sequence[Purchase] = (),
    policies: RetentionPolicies = NO_POLICIES,
) -> VideoJob:
    """Compute the state, progress and files of a job from its project's standing.

    ``driven``: projects that a living director holds. ``purchases``: those of the project, by which its files are told
    from those of its other jobs. ``policies``: they say when the files end.
    """
    plan, is_clip = standing.plan, job.goal == "takes"
    files, is_deleted = list_job_files(standing, job, purchases)
    policy = policies.find_for(job.account, job.project) if job.finished_at else None
    expires_at = policy.compute_end(job.finished_at, job.downloaded_at) if policy else None
    if job.collected_at and not is_past(expires_at):
        expires_at = job.expired_at  # None: a program deleted them
    if job.collected_at or is_past(expires_at):
        files, is_deleted = (), True
    has_started = bool(standing.outcomes) or any(_is_sent(one) for one in standing.open_purchases)
    came = [one for name, one in quality.list_take_measures(standing).items() if is_clip and name in files]
    width, height = plan.size if plan else (0, 0)
    if came:  # of several, the least: never more than what came
        width, height = min(((one.width, one.height) for one in came), key=lambda size: size[0] * size[1])
    state = summaries.to_public_state(job, driven)
    reason = summaries.explain(standing, job.reason) or (
        explain_provider_wait(standing) if state == "running" else None
    )
    source = plan.shots[0].source if plan and is_clip else None
    return VideoJob(
        job=job.id,
        project=job.project,
        video_kind="clip" if is_clip else "film",
        state=state,
        priority=name_priority(job.priority),
        wait_reason=job.wait_reason,
        has_started=has_started or (not is_clip and job.state == "running"),
        phase=_find_phase(standing, job),
        retry_count=max((one.attempts for one in standing.open_purchases if one.state == "intent"), default=0),
        progress=_estimate_progress(home, job, standing, source),
        model=source.model if isinstance(source, Request) else standing.brief.flavor or "film",
        replacement=_describe_replacements(standing),
        prompt=standing.brief.text,
        duration_s=min(one.ms for one in came) / 1000 if came else _measure_length(standing, source),
        width=width,
        height=height,
        files=files,
        shortfalls=quality.describe_shortfalls(source, *came),
        missing=_describe_missing(standing, len(files)) if is_clip and job.state == "done" and not is_deleted else "",
        is_deleted=is_deleted,
        expires_at=expires_at,
        pictures=tuple(i.asset for i in source.inputs if i.asset and i.role != "font")
        if isinstance(source, Request)
        else (),
        created_at=job.created_at,
        finished_at=job.finished_at,
        reason=reason,
        message=format_step_reason(reason, summaries.name_parts(standing)) if reason else "",
        labels=job.options.get("labels", {}),
    )


def explain_provider_wait(standing: Standing) -> Reason | None:
    """Explain that a provider which did not accept an order is asked again later; None: none of the project's waits."""
    due = {p.not_before: p for p in standing.open_purchases if p.state == "intent" and p.not_before is not None}
    if not due or (left_s := min(due).timestamp() - time.time()) < 1:
        return None
    cause = due[min(due)].reason or Reason("not_accepted_now")
    return build_reason("resent_later", cause=cause, left_s=round(left_s))


def list_job_files(standing: Standing, job: Job, purchases: Sequence[Purchase] = ()) -> tuple[tuple[Digest, ...], bool]:
    """Return the digests of the files that a job made and that still exist, and whether one of them was deleted."""
    if job.goal != "takes":
        return _list_film_files(standing, job)
    own = {one.fingerprint: one.samples for one in purchases if one.job == job.id}
    others = {one.fingerprint for one in purchases if one.job != job.id} - own.keys()
    is_newest = standing.job is not None and standing.job.id == job.id
    return list_clip_files(standing, own, others, is_newest=is_newest)


def is_past(at: datetime | None) -> bool:
    """Return whether the time ``at`` is not later than now; False for None."""
    return at is not None and at.timestamp() <= time.time()


def _describe_missing(standing: Standing, count: int) -> str:
    """Describe the samples of a clip that did not come: ``3 of 4: 1 filtered, the provider's words``."""
    source = standing.plan.shots[0].source if standing.plan else None
    if not isinstance(source, Request):
        return ""
    wanted = source.samples + sum(ask.samples for ask in standing.choices.retakes if not ask.retry)
    lost = [one for outcome in standing.outcomes.values() for one in outcome.missing]
    if count >= wanted or not lost:
        return ""
    causes = Counter((one.reason, one.message) for one in lost[: wanted - count])
    parts = [f"{number} {reason}{message and f', {message}'}" for (reason, message), number in causes.items()]
    return f"{count} of {wanted}: {'; '.join(parts)}"


def _describe_replacements(standing: Standing) -> str:
    models = load_models()
    replaced = [(models.get(name), models.get(then)) for name, then in standing.brief.replaced_models.items()]
    return "; ".join(describe_replacement(row, then) for row, then in replaced if row and then)


def _find_phase(standing: Standing, job: Job) -> VideoPhase:
    """Return the phase of the purchase that is furthest behind; a clip is fetched until its job is done."""
    is_answered = any(one.state == "submitted" and one.answered_at for one in standing.open_purchases)
    states = {one.state for one in standing.open_purchases if one.state != "submitted" or not one.answered_at}
    if states & {"intent", "posting"}:
        return "sending"
    if states & {"submitted", "unknown"}:
        return "generating"
    if is_answered or "succeeded" in states:
        return "fetching"
    return "fetching" if job.state == "running" and job.goal == "takes" and _has_landed(standing) else "none"


def _has_landed(standing: Standing) -> bool:
    """Whether all rounds of a clip have an outcome, and one of them brought a file."""
    rounds = list_requested_rounds(standing) if standing.plan else {}
    found = [standing.outcomes[name] for name in rounds if name in standing.outcomes]
    return len(found) == len(rounds) and any(one.assets for one in found)


def _is_sent(purchase: Purchase) -> bool:
    return purchase.state != "intent"


def list_clip_files(
    standing: Standing,
    own: Mapping[Fingerprint, int] = MappingProxyType({}),
    others: Collection[Fingerprint] = (),
    *,
    is_newest: bool = True,
) -> tuple[tuple[Digest, ...], bool]:
    """List the takes that were asked for and are there; also whether one of them was deleted.

    ``own``: the samples that a job of the project bought, by the fingerprint of the round; they stay its files when the
    clip is changed. ``others``: fingerprints of rounds that other jobs of the project bought. ``is_newest``: whether it
    is the project's newest job, which has what is asked for now, whoever bought it.
    """
    if standing.plan is None or not standing.outcomes:
        return (), False
    rounds = list_requested_rounds(standing)
    if own and not own.keys() & rounds.keys():
        rounds = dict(own)
    elif others and not own and not rounds.keys() - set(others):
        if is_newest:
            others = ()
        else:  # it has what another project bought
            rounds = {name: len(made.assets) for name, made in standing.outcomes.items() if name not in others}
    takes = [
        asset
        for name, samples in rounds.items()
        if name in standing.outcomes and name not in others
        for asset in standing.outcomes[name].assets[:samples]
    ]
    return tuple(one for one in takes if one not in standing.deleted_assets), bool({*takes} & standing.deleted_assets)


def _list_film_files(standing: Standing, job: Job) -> tuple[tuple[Digest, ...], bool]:
    """Return the film that the job made, if it is there, in each of its formats; also whether it was deleted.

    Of a film that was changed since, it is the first format alone.
    """
    if job.film is None:
        return (), False
    if job.film in standing.deleted_assets:
        return (), True
    if standing.plan is None or not standing.plan.formats:
        return (job.film,), False
    films = [one.chosen_asset or one.assets[0] for one in summaries.find_current_films(standing).values()]
    return (job.film, *films[1:]) if job.film in films[:1] else (job.film,), False


def _measure_length(standing: Standing, source: object) -> float:
    """Return the seconds of the video: as they were requested of a model, otherwise as they are planned."""
    if isinstance(source, Request) and source.ms:
        return source.ms / 1000
    plan = standing.plan
    return round(float(convert_frames_to_seconds(plan.length, plan.fps)), 3) if plan else 0.0


def _estimate_progress(home: Home, job: Job, standing: Standing, source: object) -> int:
    """Estimate the percent that is done: by the usual time of an AI model, or by the steps that exist.

    Both are stored, so that it does not fall when a server starts again. An edit may want more steps than before:
    while this process runs, it does not fall then either.
    """
    if job.state == "done":
        home.progress.pop(job.id, None)
        return 100
    floor = home.progress.pop(job.id, 0)  # put back as the newest
    percent = home.progress[job.id] = max(floor, _estimate_running(home, job, standing, source))
    if len(home.progress) > MAX_PROGRESS_KEPT:
        del home.progress[next(iter(home.progress))]
    return percent


def _estimate_running(home: Home, job: Job, standing: Standing, source: object) -> int:
    if job.started_at is None or standing.plan is None:
        return 0
    if isinstance(source, Request) and source.model in load_models():
        usual_s = home.tempo.scale_seconds(estimate_model_latency(source.model))
        return min(_MOST_WHILE_MADE, round(100 * job.sent_s / max(usual_s, 0.1)))
    graph = home.producer.build_graph(standing)
    needed = list_needed_steps(graph)
    want = find_wanted_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    missing = needed & {step.key for step in (*want.certain, *want.possible)}
    return min(_MOST_WHILE_MADE, round(100 * (1 - len(missing) / max(1, len(needed)))))
