"""Runs a project: opens it for a command, enqueues and runs its job, delivers its film, and reports the result."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from reelwright.errors import BadInput, DamagedAsset, DecisionNeeded, ReelwrightError, StaleRevision
from reelwright.messages import format_step_reason
from reelwright.reason import Action, Reason
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.brief import Goal
from reelwright.reel.film.command import Command
from reelwright.reel.film.plan import OwnFootage, Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.orders import NumberedOrder
from reelwright.reel.graph.wanted_steps import find_wanted_steps, walk_graph
from reelwright.reel.records.operation import CAPS, Consent, Job, PurchaseState, Standing, is_being_cancelled
from reelwright.studio.films import deliver, summaries
from reelwright.studio.films.drive import carry_out_cancel, drive
from reelwright.studio.films.film_repair import rebuild_film
from reelwright.studio.films.format_prices import add_framing_prices
from reelwright.studio.films.new_project import estimate_plan
from reelwright.studio.quotes.listener import guard_listener
from reelwright.studio.quotes.planning_steps import build_project_planning_steps, count_finished_words
from reelwright.studio.quotes.progress_reporter import Listen, StepTimer
from reelwright.studio.quotes.quote import build_project_quote, list_needed_steps
from reelwright.studio.results.results import FilmFile, FilmResult, Progress, ProjectQuote
from reelwright.studio.runtime.account_orders import adopt, include_account_orders
from reelwright.studio.runtime.clip_samples import is_clip, list_requested_rounds
from reelwright.studio.runtime.home import Home, count_hands
from reelwright.units import Micros, format_usd

ReviseFunction = Callable[[Standing], tuple[Plan, Choices]]
"""An edit as a pure function: from a project's standing to plan and choices of its next revision."""
SENT_STATES: Final[tuple[PurchaseState, ...]] = ("posting", "submitted", "succeeded", "failed")
"""States of sent purchases that a director finishes without a person's decision."""
# standings and quotes


def require_plan(standing: Standing) -> tuple[Standing, Plan]:
    """Return a standing together with its plan; raise ``BadInput`` if it has none yet."""
    if standing.plan is None:
        actions = [Action("resume_job", {"project": standing.project})]
        raise BadInput("project", standing.project, "a project that has a plan", actions=actions)
    return standing, standing.plan


def aim_at_goal(standing: Standing, goal: Goal) -> Standing:
    """Return the standing as if a job up to ``goal`` were queued, for a quote. Writes nothing."""
    job = Job(id="", account=standing.account, project=standing.project, goal=goal, state="queued")
    return replace(standing, job=job)


def quote_standing(home: Home, standing: Standing) -> ProjectQuote:
    """Quote the steps up to the goal that the project itself does not have yet. Spends nothing."""
    graph = home.producer.build_graph(standing)
    walk = walk_graph(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    return build_project_quote(
        standing, graph, home.producer.quote(standing, graph, walk), project=standing.project,
        hands=count_hands(home.settings), wanted_steps=walk[0],
    )  # fmt: skip


async def quote_change(home: Home, standing: Standing) -> ProjectQuote:
    """Quote the steps of a changed plan up to the goal that neither the project nor its account has. Spends nothing."""
    had = await include_account_orders(home, standing)
    quote = quote_standing(home, had.standing)
    return quote.replace(notes=(*had.notes, *quote.notes))


async def add_film_price(home: Home, quote: ProjectQuote, standing: Standing, change: ReviseFunction) -> ProjectQuote:
    """Return the quote of a change with the film's price after it, where the project was not ordered as a film yet.

    A clip has no film. Spends nothing.
    """
    if standing.goal == "film" or standing.is_clip:
        return quote
    plan, choices = change(standing)
    film = await quote_with_account(home, aim_at_goal(replace(standing, plan=plan, choices=choices), "film"))
    return quote if film.unknown_price_steps else quote.replace(film_micros=film.micros)


async def quote_with_account(home: Home, standing: Standing, hands: int | None = None) -> ProjectQuote:
    """Quote the steps up to the goal that neither the project nor its account has yet. Spends nothing.

    Before there is a plan, the quote covers the whole film, by the plan that the rules would make: writing the plan
    alone costs little or nothing, but the takes after it are bought with the same consent. ``hands``: how many steps
    the estimated time counts as running at once; None: those of the settings.
    """
    producer = home.producer
    had = await include_account_orders(home, standing, producer.build_graph)
    standing = had.standing
    graph = producer.build_graph(standing)
    if standing.plan is None and not standing.is_recovered and not build_project_planning_steps(standing).faults:
        plan = await estimate_plan(home, standing)
        rest = build_graph(plan, standing.goal, standing.encoding)
        graph = Graph(steps={**graph.steps, **rest.steps}, goal=(*graph.goal, *rest.goal))
        standing = replace(standing, plan=plan)
        had = await include_account_orders(home, standing, lambda stands: graph)
        standing = had.standing
    walk = walk_graph(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    quoted = build_project_quote(
        standing, graph, producer.quote(standing, graph, walk), project=standing.project or None,
        hands=hands or count_hands(home.settings), notes=had.notes, wanted_steps=walk[0],
    )  # fmt: skip
    return add_framing_prices(quoted, standing, producer.quote)


# opening and changing


async def find_command_project(home: Home, command: Command, *, new: bool, again: bool) -> str | None:
    """Return the id of the project that an equal earlier command opened and this one continues; None: a new project.

    ``again``: another film of the very same was requested; the earlier project is continued only while its film is not
    delivered. ``new``: always a new project.
    """
    project = await home.journal.find_project(home.account, command.digest)
    if project is None or new or (again and await _is_delivered(home, project, command.brief.goal)):
        return None
    return project


async def open_command_project(
    home: Home,
    command: Command,
    *,
    new: bool = False,
    again: bool = False,
    orders: Collection[NumberedOrder] = (),
) -> str:
    """Open a project for the command, or find the one that an equal command opened; return its id. Buys nothing.

    ``new`` and ``again``: as in ``find_command_project``. If another call opened a project since the quote, ``again``
    continues that one while it is not delivered. ``orders``: those whose numbers nobody else may get;
    raises ``StaleRevision`` where somebody has.
    """
    before = await home.journal.find_project(home.account, command.digest) if new or again else None
    if before and not new and not await _is_delivered(home, before, command.brief.goal):
        return before
    return (await home.journal.open_for_command(home.account, command, before, orders))[0]


async def _is_delivered(home: Home, project: str, goal: Goal) -> bool:
    job = await home.journal.find_newest_job(home.account, project, goal)
    return job is not None and job.state == "done" and job.delivered_at is not None


async def describe_later_edits(home: Home, project: str) -> str:
    """Return a sentence that a person edited the project after its command; an empty string if nobody did."""
    standing = await home.journal.read_standing(home.account, project)
    if standing.revision < 2:
        return ""
    authors = await home.journal.list_authors(home.account, project)
    if "person" not in authors[1:]:
        return ""
    return (
        f"this film was edited since: it is revision {standing.revision} that you get; the option new starts a new film"
    )


async def revise(home: Home, project: str, change: ReviseFunction) -> int:
    """Write what ``change`` makes of the project as its next revision, and return the number. Retries once if stale."""
    try:
        return await _revise(home, project, change)
    except StaleRevision:
        return await _revise(home, project, change)


async def _revise(home: Home, project: str, change: ReviseFunction) -> int:
    standing = await home.journal.read_standing(home.account, project)
    plan, choices = change(standing)
    if plan == standing.plan and choices == standing.choices:
        return standing.revision
    return await home.journal.revise(home.account, project, standing.revision, plan, choices, "person", home.key)


async def describe_up_to_date(home: Home, project: str) -> str:
    """Return a sentence for a project with nothing left to make: when it was bought, and for how much."""
    purchases = await home.ledger.list_purchases(home.account, project)
    standing = await home.journal.read_standing(home.account, project)
    reused = [source for one in standing.outcomes.values() if (source := one.facts.get("reused_from"))]
    paid = summaries.sum_spent(purchases) + sum(int(source["micros"]) for source in reused)
    how = "rehearsed" if home.tempo.is_rehearsal else "bought"
    if not paid:
        return "Up to date: nothing had to be made."
    times = [
        entry.ended_at
        for entry in await home.ledger.list_entries(home.account, project)
        if entry.ended_at and entry.has_landed
    ]
    times += [datetime.fromtimestamp(source["at_ms"] / 1000, UTC) for source in reused if source["at_ms"]]
    when = f" on {max(times):%Y-%m-%d}" if times else ""
    return f"Up to date: {how}{when} for ${format_usd(paid)}. Nothing was {how} now."


# jobs


async def enqueue(
    home: Home, project: str, goal: Goal, quote: ProjectQuote, consent: Consent, out: str | Path | None,
    options: Mapping[str, object] = MappingProxyType({}),
) -> str:  # fmt: skip
    """Queue a job of the project up to ``goal``, or give its live job the new consent; return the job's id.

    ``out``, else for a project's first job the setting ``films_folder``, is stored with the job, so that a later call,
    after a crash or a change, delivers to the same place.
    """
    await home.refuse_full_space()
    wants = await adopt(home, project)
    jobs = await home.journal.list_jobs(home.account, project)
    before = next((job.options["out"] for job in jobs if "out" in job.options), None)
    place = out if out is not None else before or (home.settings.films_folder if not jobs else "")
    path = str(Path(place).expanduser().absolute()) if place else None
    options = wants.add_wants(add_key(home, {**options, **({"out": path} if path is not None else {})}))
    renew, spent = make_renewal(consent, quote.spent_by_job), sum(quote.spent_by_job.values())
    return await home.journal.enqueue_once(home.account, project, goal, consent, options, renew, spent)


def mark_agreed(quote: ProjectQuote, job: Job | None) -> ProjectQuote:
    """Return the quote, marked as agreed to if the ``job`` waits with a budget that a person gave it, and that budget
    covers the price. A price that nobody knows or confirms is always asked about.

    The budget of a job that was made after ``reconcile`` is the rest after what a lost journal had spent; of an earlier
    one that is subtracted here, and where its own project has the purchases, ``reconcile`` has done so.
    """
    if job is None or job.state != "waiting" or job.consent is None or job.consent.by not in CAPS:
        return quote
    left = job.consent.ceiling - quote.spent_by_job.get(job.id, Micros(0))
    is_known = not quote.unknown_price_steps and (job.consent.may_buy_unconfirmed or not quote.unconfirmed_price_steps)
    lost = sum(
        micros for by, micros in quote.recovered_by_job.items() if by > job.id and by not in quote.spent_by_job
    )  # ids sort by time
    return quote.replace(is_agreed=is_known and 0 < quote.micros <= left - lost)


async def refuse_unpayable(home: Home, consent: Consent) -> None:
    """Raise ``OverBudget`` if the home's payer, such as an API key, can never pay what was agreed to. Writes nothing.

    For a price before a project is opened for it; the journal decides again when it queues the job.
    """
    if home.key is not None and consent.by not in CAPS:
        await home.journal.refuse_new_order(home.account, "", home.key, consent.ceiling)


def add_key(home: Home, options: Mapping[str, object] = MappingProxyType({})) -> Mapping[str, object]:
    """Return a job's options with the home's payer added, such as an API key or wallet, if it has one."""
    return {**options, "key": home.key} if home.key is not None else dict(options)


async def take_up(
    home: Home, project: str, goal: Goal, quote: ProjectQuote, consent: Consent, out: str | Path | None,
    listen: Listen | None, options: Mapping[str, object] = MappingProxyType({}),
) -> tuple[Job, bool]:  # fmt: skip
    """Queue the project's job for ``goal`` again, or a new one, unless all exists; return it, and if it must run.

    ``options``: of a new job.
    """
    adopted = await adopt(home, project)
    job = await home.journal.find_newest_job(home.account, project, goal)
    job = await finish_cancel(home, job, listen) if job else None
    if (
        job
        and job.state == "done"
        and not (quote.wanted_steps or adopted.outcome_count or await has_sent(home, project))
        and not await _made_another(home, job)
    ):
        return job, False
    if (
        job
        and job.state != "done"
        and await home.journal.requeue_with_consent(
            home.account, job.id, make_renewal(consent, quote.spent_by_job), adopted.add_wants(add_key(home, options))
        )
    ):
        return job, True
    made = await enqueue(home, project, goal, quote, consent, out, options)
    return await home.journal.read_job(home.account, made), True


async def _made_another(home: Home, job: Job) -> bool:
    """Return whether a film or clip was changed back since ``job`` made it: programs get each by its own job."""
    standing = aim_at_goal(await home.journal.read_standing(home.account, job.project), job.goal)
    if standing.revision < 2:
        return False
    if job.goal == "film":
        film = summaries.find_current_film(standing)
        return film is not None and job.film is not None and job.film not in film.assets
    if not is_clip(standing):
        return False
    bought = await home.ledger.list_purchases(home.account, job.project)
    own = {one.fingerprint for one in bought if one.job == job.id}
    return bool(own) and not own & list_requested_rounds(standing).keys()


async def has_sent(home: Home, project: str, states: Collection[PurchaseState] = SENT_STATES) -> bool:
    """Return whether a purchase of the project is in one of ``states``; by default, sent and not finished."""
    return any(one.state in states for one in await home.ledger.list_purchases(home.account, project))


async def finish_cancel(home: Home, job: Job, listen: Listen | None) -> Job | None:
    """Finish a requested cancel of the job, if there is one, and return the job as it is then.

    Jobs before it in the queue of its project run as they were agreed to. Returns None in a home that serves requests:
    a new job then waits behind the cancelled one, which whoever drives the project ends first. An edit or a retake is
    written by now, and a client that got an error would request it a second time.
    """
    if not is_being_cancelled(job):
        return job
    if home.is_serving:
        return None
    await carry_out_cancel(home, job.project, listen)
    job = await home.journal.read_job(home.account, job.id)
    if not is_being_cancelled(job):
        return job
    return await drive(home, job.project, job.id, listen)


def make_renewal(consent: Consent, spent_by_job: Mapping[str, Micros]) -> Callable[[Job], Consent | None]:
    """Return a function from a job to its new consent after a person agreed to a price again; None: it stays.

    ``spent_by_job``: what each job had spent when that price was computed. Purchases since then are part of the price,
    so they must not be added a second time.
    """

    def renew(job: Job) -> Consent | None:
        before = spent_by_job.get(job.id, Micros(0))
        return (_compute_consent_while_running if job.state in ("queued", "running") else _compute_consent_at_restart)(
            job, consent, before
        )

    return renew


def _compute_consent_at_restart(job: Job, consent: Consent, spent: Micros) -> Consent | None:
    """Return the consent of a job that waits, failed or was cancelled: what it has spent, plus the new price.

    A new budget replaces the earlier consent, also if that was higher. A yes never lowers it, and a price of 0 leaves
    it as it is. A consent before a cancel has ended with the cancel.
    """
    before = None if job.is_cancel_requested else job.consent
    if consent.by == "free":
        return None if before else consent
    now = consent.ceiling + spent
    ceiling = Micros(now if consent.by == "budget" or before is None else max(before.ceiling, now))
    return replace(consent, ceiling=ceiling)


def _compute_consent_while_running(job: Job, consent: Consent, spent: Micros) -> Consent | None:
    """Return the new consent of a job that is queued or running, or None if it stays.

    A lower budget, added to what the job has spent, takes effect. A yes to more, such as to the price of an edit, is
    added to what the job had spent. A higher budget has no effect: the same call after a crash repeats its budget, and
    means the whole of it.
    """
    if job.consent is None:
        return None
    ceiling = Micros(consent.ceiling + spent)
    if consent.by == "budget" and ceiling < job.consent.ceiling:
        return replace(job.consent, ceiling=ceiling, by="budget")
    is_more = consent.by == "yes" and job.consent.by != "budget" and ceiling > job.consent.ceiling
    return replace(consent, ceiling=ceiling) if is_more else None


async def run_job(home: Home, project: str, job: str, out: str | Path | None, listen: Listen | None) -> FilmResult:
    """Run a job, spending at most its consent, until it ends or waits; deliver its film and return the result.

    Spends what was consented to. Raises if the job failed.
    """
    began = time.monotonic()
    made = 0
    sent = summaries.list_sent_purchases(await home.ledger.list_purchases(home.account, project))
    at_work = StepTimer()
    tell = guard_listener(listen)

    def hear(progress: Progress) -> None:
        nonlocal made
        made += progress.kind == "landed"
        at_work.record_progress(progress)
        tell(progress)

    ended = await drive(home, project, job, hear)
    film = await report(home, ended, out, time.monotonic() - began, made, sent)
    return film.replace(seconds_by_step=at_work.get_seconds())


async def report(
    home: Home,
    job: Job,
    out: str | Path | None,
    elapsed_s: float,
    new_steps: int,
    sent_before: Collection[str] | None = None,
) -> FilmResult:
    """Copy the film of ``job``, done or waiting, to ``out`` and return the job's result. Raises if the job failed.

    ``new_steps``: the number of steps that this call obtained. ``sent_before``: purchases that were sent before this
    call; None: all of them.
    """
    standing = aim_at_goal(await home.journal.read_standing(home.account, job.project), job.goal)
    refuse_failed(standing, job)
    takes = await home.journal.list_takes(home.account, job.project)
    film = summaries.find_current_film(standing) if job.goal == "film" else None
    files: list[FilmFile] = []
    for aspect, made in summaries.find_current_films(standing).items() if job.goal == "film" else ():
        path = deliver.add_format(find_film_path(home, standing, job, out), aspect)
        try:
            files.append((await deliver.deliver(home, made, path)).replace(aspect=aspect))
        except DamagedAsset as error:
            again = await rebuild_film(home, job, made, error)
            return await report(home, again, out, elapsed_s, new_steps, sent_before)
    if job.state == "done" and not job.delivered_at:
        await home.journal.mark_delivered(home.account, job.id)
    purchases = await home.ledger.list_purchases(home.account, job.project)
    graph = home.producer.build_graph(standing)
    want = find_wanted_steps(graph, standing.choices, standing.outcomes, standing.deleted_assets)
    unmade_steps = len({step.key for steps in want for step in steps})
    needed_steps = len(list_needed_steps(graph)) + count_finished_words(standing, graph)
    reason = (
        Reason("recovered_purchases")
        if standing.is_recovered and job.state == "done"
        else summaries.explain(standing, job.reason)
    )
    return FilmResult(
        project=job.project,
        job=job.id,
        state=job.state,
        film=files[0] if film else None,
        films=tuple(files) if files and files[0].aspect else (),
        micros=summaries.sum_spent(purchases),
        now_micros=summaries.sum_spent_since(purchases, sent_before),
        elapsed_s=round(elapsed_s, 3),
        shots=summaries.build_shot_summaries(standing, takes),
        new_steps=new_steps,
        finished_steps=max(0, needed_steps - unmade_steps - new_steps),
        unmade_steps=unmade_steps,
        wait_reason=job.wait_reason,
        reason=reason,
        message=format_step_reason(reason, summaries.name_parts(standing)),
        findings=summaries.list_film_findings(standing, film),
        reused_steps=summaries.list_reused_steps(graph, standing),
        is_rehearsal=home.tempo.is_rehearsal,
    )


async def refuse_missing_takes(home: Home, standing: Standing) -> None:
    """Raise ``DecisionNeeded`` if the file of a take that the project uses is gone, though nobody deleted it.

    Nothing else reads a take that a job delivers as it is. Looks only whether the file is there.
    """
    for shot in summaries.build_shot_summaries(standing):
        if shot.take is None or shot.take in standing.deleted_assets or await home.vault.has(home.account, shot.take):
            continue
        is_own = standing.plan is not None and isinstance(standing.plan.shots[shot.n - 1].source, OwnFootage)
        way = Action("give_file_again" if is_own else "retake_shot", {"project": standing.project, "shot": shot.n})
        gone = DamagedAsset(shot.take, name=f"the take of shot {shot.n}", is_missing=True, actions=[way])
        raise DecisionNeeded.from_reason(gone.to_reason()) from gone


def refuse_failed(standing: Standing, job: Job) -> None:
    """Raise the job's own error if ``job`` failed, with the shot's number and what a person can do; else do nothing.

    What a provider has accepted may be billed although the job failed here, and the next call fetches it.
    """
    if job.state != "failed":
        return
    shots, reason = summaries.build_shot_summaries(standing), job.reason or Reason("job_failed", step=job.step)
    unreadable = reason.params.get("file") if reason.code == "file_unreadable" else None
    if bad := next((shot.n for shot in shots if shot.take and shot.take == unreadable), None):
        actions: tuple[Action, ...] = (Action("retake_shot", {"shot": bad}), Action("edit_shot", {"shot": bad}))
    else:
        actions = (*reason.actions, Action("retry_job"))
    explained = summaries.explain(standing, replace(reason, actions=actions))
    assert explained
    error = ReelwrightError.from_reason(explained, summaries.name_parts(standing))
    if any(one.state in ("unknown", *SENT_STATES) for one in standing.open_purchases):
        error.was_billed, error.retry = "unknown", "later"
    raise error


def find_film_path(home: Home, standing: Standing, job: Job | None, out: str | Path | None = None) -> Path:
    """Return where the project's film is or will be written: ``out``, else the job's ``out``, else the films folder."""
    remembered = job.options.get("out") if job else None
    title = standing.plan.title if standing.plan else "film"
    return deliver.choose_film_path(
        out if out is not None else remembered, home.settings.films, title, standing.project
    )
