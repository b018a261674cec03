"""The verb ``clip``: plans one shot for one model from a prompt and pictures, and delivers its takes as files."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeGuard

from reelwright.errors import BadInput, StaleRevision
from reelwright.messages import format_reason, format_step_reason
from reelwright.providers.protocol import Provider
from reelwright.reason import Action
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.film.breakdown import build_graph, make_take_key
from reelwright.reel.film.brief import Brief, Reference
from reelwright.reel.film.command import Command, compute_command_digest
from reelwright.reel.film.plan import map_shots
from reelwright.reel.graph.choices import RetakeRequest
from reelwright.reel.graph.graph import Step, compute_step_fingerprint
from reelwright.reel.graph.orders import NumberedOrder
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.records.ledger import ExistingOrder
from reelwright.reel.records.operation import Job, Standing
from reelwright.settings import Settings
from reelwright.studio import late_modules as late
from reelwright.studio.clips.take_delivery import check_take_path
from reelwright.studio.files.project_files import name_damage
from reelwright.studio.films import deliver, project_run
from reelwright.studio.films.drive import carry_out_cancel
from reelwright.studio.films.failed_takes import request_failed_takes
from reelwright.studio.films.new_project import build_new_standing, build_whole_graph, quote_graph
from reelwright.studio.films.summaries import (
    explain,
    list_reused_steps,
    name_parts,
    sum_spent,
    sum_spent_since,
)
from reelwright.studio.policy import REVISION_TRIES
from reelwright.studio.quotes import validation
from reelwright.studio.quotes.progress_reporter import Listen
from reelwright.studio.results.results import ClipFile, ClipResult, FilmResult, ProjectQuote, UndeliveredSample
from reelwright.studio.results.verb_options import ClipTerms
from reelwright.studio.runtime.account_orders import include_account_orders
from reelwright.studio.runtime.atomic_file import open_atomically
from reelwright.studio.runtime.clip_samples import (
    count_deleted_samples,
    find_returned_purchases,
    get_commanded_clip,
    is_clip,
    is_edited,
    list_requested_rounds,
    request_missing_samples,
)
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.quality import describe_take
from reelwright.studio.runtime.scratch import ScratchFolder
from reelwright.studio.runtime.slates import Slates
from reelwright.studio.runtime.successors import Successors
from reelwright.studio.scripts.briefing import (
    IntakeResult,
    find_file,
    read_reference,
    refuse_large_file,
    refuse_small_picture,
    take_in,
)

PLACE: Final = "place"
"""Option of a clip's job: where its files were wanted. ``out`` is that of a film, which may be made of it later."""

if TYPE_CHECKING:
    from reelwright.planner.casting.clip import ClipPicture, ClipPlan, ClipRequest


async def plan_clip(
    prompt: str, terms: ClipTerms, settings: Settings, scratch: ScratchFolder,
    sellers: Mapping[str, Provider] | None = None,
) -> tuple[ClipPlan, IntakeResult]:  # fmt: skip
    """Plan a clip of one shot by its model, and import its pictures into ``scratch``. Buys nothing.

    ``sellers``: whom a retired model may be bought from under another name; None: it may not. Writes nothing else.
    Raises ``BadInput``.
    """
    taken = IntakeResult()
    successors = Successors(terms.get("successor"), settings, sellers, needs_references=bool(terms.get("references")))
    request = await _build_clip_request(prompt, terms, settings, taken, scratch, successors)
    return late.clip.plan_clip(request), taken  # half a millisecond: a thread costs as much


async def _build_clip_request(
    prompt: str, terms: ClipTerms, settings: Settings, taken: IntakeResult, scratch: ScratchFolder,
    successors: Successors,
) -> ClipRequest:  # fmt: skip

    seconds = validation.parse_milliseconds("seconds", terms.get("seconds"))
    negative = terms.get("negative")
    guides, sizes = await _read_references(terms.get("references", {}), settings, taken, scratch)
    aspect = terms.get("aspect")
    named = terms.get("model") or settings.model or None
    if named is None:
        ways = [Action("list_models", {"model_kind": "video"})]
        raise BadInput("model", None, "a video model, at the call or in the settings", actions=ways)
    model = successors.resolve_model(validation.check_text("model", named, 200))
    taken.note_replacements(successors)
    return late.clip.ClipRequest(
        prompt=validation.check_text("prompt", prompt, 20_000),
        model=model,
        samples=terms.get("samples", 1),
        has_separate_purchases=terms.get("apart", False),
        seconds=None if seconds is None else Fraction(seconds, 1000),
        aspect=None if aspect in (None, "auto") else validation.check_text("aspect", aspect, 10),
        resolution=terms.get("resolution"),
        negative=validation.check_text("negative", negative, 2000) if negative is not None else None,
        seed=terms.get("seed"),
        sound=terms.get("sound"),
        first_frame=await _read_picture("image", terms.get("image"), settings, taken, scratch),
        last_frame=await _read_picture("last_frame", terms.get("last_frame"), settings, taken, scratch),
        references=guides,
        reference_sizes=sizes,
    )


async def _read_picture(
    field: str, path: str | Path | None, settings: Settings, taken: IntakeResult, scratch: ScratchFolder
) -> ClipPicture | None:
    if path is None:
        return None
    file = find_file(field, path)
    refuse_large_file(field, file, settings)
    material = await take_in(taken, file, "picture", scratch, field)
    refuse_small_picture(field, file, (material.width, material.height), settings)
    return late.clip.ClipPicture(asset=material.asset, width=material.width, height=material.height)


async def _read_references(
    given: Mapping[str, str | Path], settings: Settings, taken: IntakeResult, scratch: ScratchFolder
) -> tuple[tuple[Reference, ...], tuple[tuple[int, int], ...]]:
    guides: list[Reference] = []
    sizes: list[tuple[int, int]] = []
    for label, path in given.items():
        guide, size = await read_reference(taken, label, path, scratch, settings)
        guides.append(guide)
        sizes.append(size)
    return tuple(guides), tuple(sizes)


def build_clip_brief(prompt: str, clip: ClipPlan, intake: IntakeResult) -> Brief:
    """Build the brief that is stored with a clip's project: the prompt, the model, and the imported pictures."""
    request = clip.plan.shots[0].source
    model = getattr(request, "model", "")
    return Brief(
        text=prompt,
        goal="takes",
        models=(model,),
        materials=tuple(intake.materials),
        replaced_models=intake.replaced_models,
    )


def build_clip_command(brief: Brief, clip: ClipPlan, *, again: bool, is_own_order: bool) -> Command:
    """Build a clip's command; by its digest, an equal call later finds the same project instead of a new one.

    ``again``: the command of another clip of the very same. ``is_own_order``: a clip that no other command finds, and
    whose order gets its number when it is bought.
    """
    if is_own_order:
        return Command(name=clip.plan.title, brief=brief, plan=clip.plan, choices=clip.choices, order_number=0)
    digest = compute_command_digest(brief, clip.plan, clip.choices, is_repeat=again)
    return Command(name=clip.plan.title, brief=brief, digest=digest, plan=clip.plan, choices=clip.choices)


async def number_clip_orders(home: Home, command: Command, *, again: bool, first: int = 1) -> Command:
    """Choose which orders of the account a clip's samples come from, and return the command with them. Reads only.

    ``again``: use no existing order; request new ones only. ``first``: the number of the first order that may be used.
    """
    assert command.plan
    shot = command.plan.shots[0]
    assert isinstance(shot.source, Request)
    rounds = (shot.source.samples, *(ask.samples for ask in command.choices.retakes))
    most, left = max(rounds), sum(rounds)
    step = build_graph(command.plan, "takes").steps[make_take_key(shot.id)]
    order = _compute_fingerprint(step, 1)
    there = {one.purchase.n: one for one in await home.ledger.find_orders(home.account, [order])}
    chosen: list[tuple[int, int]] = []
    n = 1 + await home.ledger.find_last_order_number(home.account, order) if again else first
    while left:
        samples = min(left, _count_takes(there[n]) if n in there else most)
        if samples:
            chosen.append((n, samples))
            left -= samples
        n += 1
    # A project requests its first order only until it has any take, and a later round until that round has one. So
    # orders that have takes come first, and orders that another project has sent come last.
    (nth, at_first), *rest = sorted(chosen, key=lambda one: _rank_readiness(there.get(one[0])))
    source = replace(shot.source, samples=at_first)
    plan = map_shots(command.plan, lambda one: replace(one, source=source))
    name = _compute_fingerprint(step, at_first)
    asks = tuple(RetakeRequest(fingerprint=name, round=n, samples=samples) for n, samples in rest)
    return replace(command, plan=plan, choices=replace(command.choices, retakes=asks), order_number=nth)


async def open_clip_project(home: Home, command: Command, *, again: bool) -> str:
    """Open the project of a clip's command, or find it; see ``project_run.open_command_project``. Buys nothing.

    ``again``: the orders are new ones, which nobody else gets from then on; where somebody was quicker since the quote,
    they are numbered anew.
    """
    if not again:
        return await project_run.open_command_project(home, command)
    for _ in range(REVISION_TRIES - 1):
        with suppress(StaleRevision):
            return await project_run.open_command_project(home, command, again=True, orders=_list_orders(command))
        command = await number_clip_orders(home, command, again=True)
    return await project_run.open_command_project(home, command, again=True, orders=_list_orders(command))


def _list_orders(command: Command) -> list[NumberedOrder]:
    """Return the orders that a numbered command chose."""
    assert command.plan
    step = build_graph(command.plan, "takes").steps[make_take_key(command.plan.shots[0].id)]
    order = _compute_fingerprint(step, 1)
    return [(order, n) for n in (command.order_number, *(ask.round for ask in command.choices.retakes))]


def add_undelivered_samples(standing: Standing, command: Command, result: ClipResult) -> ClipResult:
    """Return a clip's result that lists the samples as undelivered which an edit after the command left out.

    The command's samples are not bought with the edited prompt: an edit has only as many samples as its first order.
    """
    wanted = get_commanded_clip(command)
    if not is_edited(standing, wanted):
        return result
    short = max(0, wanted.samples - len(result.files) - len(result.missing))
    count = f"{len(result.files)} of {wanted.samples}"
    message = f"the edit has {count}; retake its shot for more"
    return result.replace(
        missing=(*result.missing, *(UndeliveredSample(reason="edited", message=message) for _ in range(short)))
    )


async def find_last_order_number(home: Home | None, command: Command, project: str | None) -> int:
    """Return the highest order number that a clip uses, from its project, or from the command if it has none yet."""
    nth, choices = command.order_number, command.choices
    if home and project:
        standing = await home.journal.read_standing(home.account, project)
        nth, choices = standing.order_number, standing.choices
    return max((nth, *(ask.round for ask in choices.retakes)))


def _rank_readiness(one: ExistingOrder | None) -> int:
    """Rank an order: 0 has an outcome; 1 is to be bought; 2 is sent, or its state is unknown."""
    if one is None or one.has_failed:
        return 1
    return 0 if one.outcome else 2


def _count_takes(one: ExistingOrder) -> int:
    """Count the takes that an order has or will have, also if it is tried again; 0 if they were deleted."""
    if one.has_failed:
        return one.purchase.samples
    if one.deleted_at:
        return 0
    return len(one.outcome.assets) if one.outcome else one.purchase.samples


def _compute_fingerprint(step: Step, samples: int) -> Fingerprint:
    assert step.request
    name = compute_step_fingerprint(replace(step, request=replace(step.request, samples=samples)), {})
    assert name, "a clip reads nothing that is not there"
    return name


async def quote_clip(
    home: Home | None, settings: Settings, command: Command, notes: Sequence[str], *, again: bool = False,
    first: int = 1, listen: Listen | None = None,
) -> tuple[Command, ProjectQuote]:  # fmt: skip
    """Quote the samples of a clip that the account lacks; also return the command with its order numbers chosen.

    ``ProjectQuote.project``: the project that the same command continues; a pending cancel of it is carried out first.
    ``first``: the number of the first order that may be used. ``notes``: put before the notes of the quote. Spends
    nothing.
    """
    is_own_order = not command.digest
    if (
        home
        and not is_own_order
        and (project := await project_run.find_command_project(home, command, new=False, again=again))
    ):
        await carry_out_cancel(home, project, listen)
        standing = project_run.aim_at_goal(
            await home.journal.read_standing_with_spending(home.account, project), "takes"
        )
        wanted = get_commanded_clip(command)
        standing = await request_missing_samples(home.ledger, standing, wanted)
        standing = await request_failed_takes(home.ledger, standing, is_asked=False)
        quoted = _rename_rows(await project_run.quote_with_account(home, standing))
        deleted = count_deleted_samples(standing, list_requested_rounds(standing))
        if deleted and quoted.wanted_steps and not is_edited(standing, wanted):
            note = f"the files of {deleted} takes of this clip were deleted; missing samples are made again, at a price"
            quoted = quoted.replace(notes=(note, *quoted.notes))
        if is_edited(standing, wanted):
            now = f"this clip was edited since: it is revision {standing.revision} that you get"
            quoted = quoted.replace(notes=(f"{now}; the option again buys what you typed", *quoted.notes))
        return command, quoted
    if home and not is_own_order:
        command = await number_clip_orders(home, command, again=again, first=first)
    assert command.plan
    standing = build_new_standing(settings, command.brief, command.plan, command.choices, nth=command.order_number)
    graph = build_whole_graph(command.brief, command.plan, "takes", is_planned=True)
    reuse: tuple[str, ...] = ()
    if home:
        had = await include_account_orders(home, standing, lambda stands: graph)
        standing, reuse = had.standing, had.notes
    return command, _rename_rows(quote_graph(settings, standing, graph, (*notes, *reuse)))


def _rename_rows(quoted: ProjectQuote) -> ProjectQuote:
    shots = tuple(row.model_copy(update={"name": "clip"}) if row.n else row for row in quoted.shots)
    return quoted.model_copy(update={"shots": shots})


async def check_files(home: Home | None, slates: Slates, command: Command, out: Path | None) -> None:
    """Raise ``BadInput`` if a clip's takes cannot be written to the file name ``out``, or would replace other files.

    Call it before anything is bought. ``home`` None: there is no home yet.
    """
    if _is_file(out):
        samples = get_commanded_clip(command).samples
        for n in range(1, samples + 1):
            await check_take_path(home, slates, _build_file_namer(out, samples)(n))


def _is_file(out: Path | None) -> TypeGuard[Path]:
    return out is not None and out.suffix.lower() == ".mp4" and not out.is_dir()


def _build_file_namer(place: Path, samples: int) -> Callable[[int], Path]:
    """Return the function that names the file of a sample, from 1: ``place``, or numbered next to it if several."""
    return lambda n: place if samples == 1 else place.with_name(f"{_get_stem(place)}-{n}.mp4")


def _get_stem(place: Path) -> str:
    return place.name.removesuffix(place.suffix) if place.suffix.lower() == ".mp4" else place.name


async def report(
    home: Home, standing: Standing, command: Command, job: Job, out: Path | None, wants_archive: bool, elapsed_s: float,
    sent_before: Collection[str],
) -> ClipResult:  # fmt: skip
    """Copy a clip's takes to files, and return the clip's result, with a reason for every missing sample.

    ``out``: a folder, a file name, or None for the films folder of the home. ``wants_archive``: also write a ZIP file
    of all files. ``sent_before``: purchases that were sent before this call.
    """
    requested = list_requested_rounds(standing)
    purchases = await home.ledger.list_purchases(home.account, standing.project)
    place = _choose_place(home, standing, out)
    files, lost = await deliver_takes(home, standing, out)
    back = find_returned_purchases(purchases, standing, requested)
    short = max(0, get_commanded_clip(command).samples - len(files) - len(lost))
    lost += [
        UndeliveredSample(reason="refused", message=format_reason(p.reason)) for p in back for _ in range(p.samples)
    ][:short]
    if job.state == "done":
        short = max(0, get_commanded_clip(command).samples - len(files) - len(lost))
        message = "it was made, and its file was deleted; resume the project to make it again, at a price"
        lost += [UndeliveredSample(reason="deleted", message=message)] * min(
            short, count_deleted_samples(standing, requested)
        )
    return ClipResult(
        project=standing.project,
        job=job.id,
        state=job.state,
        files=tuple(files),
        missing=tuple(lost),
        archive=await _write_archive(files, place.with_name(f"{_get_stem(place)}.zip"))
        if wants_archive and files
        else None,
        micros=sum_spent(purchases),
        now_micros=sum_spent_since(purchases, sent_before),
        elapsed_s=round(elapsed_s, 3),
        wait_reason=job.wait_reason,
        reason=explain(standing, job.reason),
        message=format_step_reason(job.reason, name_parts(standing)),
        reused_steps=list_reused_steps(home.producer.build_graph(standing), standing),
        is_rehearsal=home.tempo.is_rehearsal,
    )


def _choose_place(home: Home, standing: Standing, out: Path | None) -> Path:
    """Return the path that the names of the clip's files are made from: ``out`` itself, or a name in a folder."""
    if _is_file(out):
        return out
    title = standing.plan.title if standing.plan else "clip"
    folder = out or Path(home.settings.films_folder or home.settings.films)
    return folder / f"{deliver.make_slug(title)}-{deliver.shorten_id(standing.project)}"


async def deliver_with_result(home: Home, film: FilmResult, out: str | Path | None) -> FilmResult:
    """Copy the takes of a clip to files, if ``film`` is the result of a job that made a clip; else return it as it is.

    ``out``: a folder or a file name; None: where the clip was delivered before.
    """
    if film.state != "done" or film.film is not None:
        return film
    standing = await home.journal.read_standing(home.account, film.project)
    if not is_clip(standing):
        return film
    where = await find_place(home, film.project, out)
    files, _ = await deliver_takes(home, project_run.aim_at_goal(standing, "takes"), where)
    return film.replace(files=tuple(files))


async def find_place(home: Home, project: str, out: str | Path | None = None) -> Path | None:
    """Return where the files of a clip go: to ``out``, else where they were wanted before; None: nobody said."""
    jobs = await home.journal.list_jobs(home.account, project)  # the newest first
    wanted = [one.options[name] for name in (PLACE, "out") for one in jobs if name in one.options]
    place = out if out is not None else next(iter(wanted), None)
    return None if place is None else Path(place).expanduser().absolute()


async def deliver_takes(
    home: Home, standing: Standing, out: Path | None = None
) -> tuple[list[ClipFile], list[UndeliveredSample]]:
    """Copy a clip's takes from the vault to files at ``out``; return the files, and the samples without a take.

    ``out``: as in ``report``.
    """
    requested = list_requested_rounds(standing)
    rounds = [(samples, standing.outcomes[name]) for name, samples in requested.items() if name in standing.outcomes]
    called = _build_file_namer(_choose_place(home, standing, out), sum(requested.values()) if _is_file(out) else 0)
    if _is_file(out):  # names of our own in a folder hold what was delivered before
        for n in range(1, sum(requested.values()) + 1):
            await check_take_path(home, home.slates, called(n))
    return await _copy_takes(home, standing, rounds, called)


async def _copy_takes(
    home: Home, standing: Standing, rounds: Sequence[tuple[int, Outcome]], called: Callable[[int], Path]
) -> tuple[list[ClipFile], list[UndeliveredSample]]:
    """Copy one take for each requested sample whose file was not deleted. Extra takes stay in the vault only."""
    files: list[ClipFile] = []
    lost: list[UndeliveredSample] = []
    for samples, outcome in rounds:
        missing = [UndeliveredSample(reason=m.reason, message=m.message) for m in outcome.missing]
        if not outcome.assets:  # one reason may stand for all of them
            missing += missing[-1:] * (samples - len(missing))
        lost += missing[: max(0, samples - len(outcome.assets))]  # fewer may be wanted now than were ordered then
        for asset in [one for one in outcome.assets if one not in standing.deleted_assets][:samples]:
            path = called(len(files) + 1)
            with name_damage(f"take {len(files) + 1} of the clip", Action("make_again")):
                await deliver.copy(home, asset, path)
            files.append(ClipFile(path=path, take=asset, **describe_take(standing, asset)))
    return files, lost


async def _write_archive(files: Sequence[ClipFile], path: Path) -> Path:
    def pack() -> None:
        with open_atomically(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for file in files:
                archive.write(file.path, file.path.name)

    with deliver.write_failures(path):
        await asyncio.to_thread(pack)
    return path
