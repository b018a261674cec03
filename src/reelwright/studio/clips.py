"""The verb ``clip``: one shot by one model, in a person's own words and pictures, and its takes as files."""

from __future__ import annotations

import asyncio
import zipfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeGuard

from reelwright.errors import BadInput
from reelwright.reel.breakdown import breakdown, take_key
from reelwright.reel.brief import Brief, Reference
from reelwright.reel.choices import Ask
from reelwright.reel.command import Command, command_digest
from reelwright.reel.graph import Step, fingerprint
from reelwright.reel.ledger import OrderHad
from reelwright.reel.noun import Fingerprint
from reelwright.reel.operation import Job, Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.plan import each_shot
from reelwright.reel.request import Request
from reelwright.settings import Settings
from reelwright.studio import checked, deliver, making
from reelwright.studio.account_orders import with_account
from reelwright.studio.answers import ClipFile, ClipMade, NotDelivered, Quoted
from reelwright.studio.asked import ClipTerms
from reelwright.studio.briefing import Taken, file_called, reference_of, refuse_heavy, refuse_small, take_in
from reelwright.studio.clip_samples import asked_for, asked_for_what_is_short, given_back, is_edited, samples_of
from reelwright.studio.drive import carry_out_cancel
from reelwright.studio.first import quote_where, supposed, whole_way
from reelwright.studio.handover import damage_named
from reelwright.studio.home import Home, hands_of
from reelwright.studio.shown import reused_in, spent, spent_since
from reelwright.studio.slates import Slates
from reelwright.studio.successors import Successors
from reelwright.studio.taking import check_place
from reelwright.studio.telling import Listen, with_numbers
from reelwright.studio.whole import whole

if TYPE_CHECKING:
    from reelwright.planner.casting.clip import ClipAsked, ClipPlanned, Framed

_KEYS: Final = frozenset(ClipTerms.__annotations__)


async def planned(prompt: str, terms: ClipTerms, settings: Settings, scratch: Path) -> tuple[ClipPlanned, Taken]:
    """The clip's plan, with its pictures taken into ``scratch``. Writes nothing else. Raises ``BadInput``."""
    from reelwright.planner.casting.clip import clip_plan

    if unknown := set(terms) - _KEYS:
        raise BadInput("clip", min(unknown), ", ".join(sorted(_KEYS)))
    taken = Taken()
    asked = await _asked(prompt, terms, settings, taken, scratch)
    return await asyncio.to_thread(clip_plan, asked), taken


async def _asked(prompt: str, terms: ClipTerms, settings: Settings, taken: Taken, scratch: Path) -> ClipAsked:
    from reelwright.planner.casting.clip import ClipAsked

    seconds = checked.milliseconds("seconds", terms.get("seconds"))
    negative = terms.get("negative")
    guides, sizes = await _references(terms.get("references", {}), settings, taken, scratch)
    aspect = terms.get("aspect")
    successors = Successors(terms.get("successor"), settings)
    named = terms.get("model") or settings.model or None
    if named is None:
        raise BadInput(
            "model", None, "a video model, --model or REELWRIGHT_MODEL", hint="`reelwright models` lists them"
        )
    model = successors.sold(checked.text("model", named, 200))
    taken.replaced(successors)
    return ClipAsked(
        prompt=checked.text("prompt", prompt, 20_000),
        model=model,
        samples=checked.whole("samples", terms.get("samples", 1), 1, 4),
        apart=_apart(terms.get("apart", False)),
        seconds=None if seconds is None else Fraction(seconds, 1000),
        aspect=None if aspect in (None, "auto") else checked.text("aspect", aspect, 10),
        resolution=terms.get("resolution"),
        negative=checked.text("negative", negative, 2000) if negative is not None else None,
        seed=terms.get("seed"),
        sound=terms.get("sound"),
        first=await _picture("image", terms.get("image"), settings, taken, scratch),
        last=await _picture("last_frame", terms.get("last_frame"), settings, taken, scratch),
        references=guides,
        reference_sizes=sizes,
    )


def _apart(value: object) -> bool:
    if not isinstance(value, bool):
        raise BadInput("apart", value, "true or false")
    return value


async def _picture(
    field: str, path: str | Path | None, settings: Settings, taken: Taken, scratch: Path
) -> Framed | None:
    from reelwright.planner.casting.clip import Framed

    if path is None:
        return None
    file = file_called(field, path)
    refuse_heavy(field, file, settings)
    material = await take_in(taken, file, "picture", scratch)
    refuse_small(field, file, (material.width, material.height), settings)
    return Framed(asset=material.asset, width=material.width, height=material.height)


async def _references(
    given: Mapping[str, str | Path], settings: Settings, taken: Taken, scratch: Path
) -> tuple[tuple[Reference, ...], tuple[tuple[int, int], ...]]:
    guides: list[Reference] = []
    sizes: list[tuple[int, int]] = []
    for said, path in given.items():
        guide, size = await reference_of(taken, said, path, scratch, settings)
        guides.append(guide)
        sizes.append(size)
    return tuple(guides), tuple(sizes)


def brief_for(prompt: str, clip: ClipPlanned, taken: Taken) -> Brief:
    """The brief that the project keeps."""
    request = clip.plan.shots[0].source
    model = getattr(request, "model", "")
    return Brief(text=prompt, goal="takes", models=(model,), materials=tuple(taken.materials), instead=taken.instead)


def command_of(brief: Brief, clip: ClipPlanned, *, again: bool) -> Command:
    """What the clip's project is found by: all that was asked for, whatever of it the account has."""
    digest = command_digest(brief, clip.plan, clip.choices, again=again)
    return Command(name=clip.plan.title, brief=brief, found_by=digest, plan=clip.plan, choices=clip.choices)


async def counted(home: Home, command: Command, *, again: bool, first: int = 1) -> Command:
    """The command with its samples counted: those that the account has are taken, and only the rest is asked for.

    ``again``: none is taken; every one is another order. ``first``: the number of the first order that is counted.
    """
    assert command.plan
    shot = command.plan.shots[0]
    assert isinstance(shot.source, Request)
    rounds = (shot.source.samples, *(ask.samples for ask in command.choices.asks))
    most, left = max(rounds), sum(rounds)
    step = breakdown(command.plan, "takes").steps[take_key(shot.id)]
    order = _fingerprint(step, 1)
    there = {one.purchase.n: one for one in await home.ledger.orders_of(home.account, [order])}
    chosen: list[tuple[int, int]] = []
    n = max(there, default=0) + 1 if again else first
    while left:
        samples = min(left, _brought(there[n]) if n in there else most)
        if samples:
            chosen.append((n, samples))
            left -= samples
        n += 1
    # A project asks for its first order only until it has any take, and for a later round until that one is had. So
    # what is had stands first, and what another project has on its way last.
    (nth, at_first), *rest = sorted(chosen, key=lambda one: _readiness(there.get(one[0])))
    source = replace(shot.source, samples=at_first)
    plan = each_shot(command.plan, lambda one: replace(one, source=source))
    name = _fingerprint(step, at_first)
    asks = tuple(Ask(of=name, round=n, samples=samples) for n, samples in rest)
    return replace(command, plan=plan, choices=replace(command.choices, asks=asks), nth=nth)


def as_edited(standing: Standing, command: Command, told: ClipMade) -> ClipMade:
    """``told``, with the samples that a clip that was edited since is short of: what was typed is not bought of other
    words, and an edit has as many samples as its first order.
    """
    if not is_edited(standing, command):
        return told
    short = max(0, samples_of(command) - len(told.files) - len(told.missing))
    why = f"the edit has {len(told.files)} of {samples_of(command)}; reelwright retake {standing.project[-6:]} --shot 1"
    return replace(told, missing=(*told.missing, *(NotDelivered(reason="edited", said=why) for _ in range(short))))


async def last_number(home: Home | None, command: Command, project: str | None) -> int:
    """The number of the last order that a clip is of, in its project or as it would be opened."""
    nth, choices = command.nth, command.choices
    if home and project:
        standing = await home.journal.standing(home.account, project)
        nth, choices = standing.nth, standing.choices
    return max((nth, *(ask.round for ask in choices.asks)))


def _readiness(one: OrderHad | None) -> int:
    """0: had; 1: to be bought; 2: on its way, or nobody knows."""
    if one is None or one.is_in_vain:
        return 1
    return 0 if one.outcome else 2


def _brought(one: OrderHad) -> int:
    """How many takes an order has or will have, also where it is tried again; 0 where they were deleted."""
    if one.is_in_vain:
        return one.purchase.samples
    if one.gone_at:
        return 0
    return len(one.outcome.assets) if one.outcome else one.purchase.samples


def _fingerprint(step: Step, samples: int) -> Fingerprint:
    assert step.request
    name = fingerprint(replace(step, request=replace(step.request, samples=samples)), {})
    assert name, "a clip reads nothing that is not there"
    return name


async def price_of(
    home: Home | None, settings: Settings, command: Command, said: Sequence[str], *, again: bool = False,
    first: int = 1, listen: Listen | None = None,
) -> tuple[Command, Quoted]:  # fmt: skip
    """The price of every sample that is not had, and the command as it would be opened. Spends nothing.

    ``Quoted.project``: the project that the same command goes on with; a pending cancel of it is carried out first.
    ``first``: as of ``counted``.
    """
    if home and (project := await making.found(home, command, new=False, again=again)):
        await carry_out_cancel(home, project, listen)
        standing = making.aimed(await home.journal.standing_with_spent(home.account, project), "takes")
        standing = await asked_for_what_is_short(home, standing, command)
        quoted = _named(await making.quoted_on(home, home.produce, standing, hands_of(settings)))
        if is_edited(standing, command):
            now = f"this clip was edited since: it is revision {standing.revision} that you get"
            quoted = replace(quoted, said=(f"{now}; --again buys what you typed", *quoted.said))
        return command, quoted
    if home:
        command = await counted(home, command, again=again, first=first)
    assert command.plan
    standing = supposed(settings, command.brief, command.plan, command.choices, nth=command.nth)
    graph = whole_way(command.brief, command.plan, "takes", own_plan=True)
    notes: tuple[str, ...] = ()
    if home:
        had = await with_account(home, standing, lambda stands: graph)
        standing, notes = had.standing, had.notes
    return command, _named(quote_where(settings, standing, graph, (*said, *notes)))


def _named(quoted: Quoted) -> Quoted:
    return replace(quoted, shots=tuple(replace(row, name="clip") if row.n else row for row in quoted.shots))


async def check_files(home: Home | None, slates: Slates, command: Command, out: Path | None) -> None:
    """Raise ``BadInput`` before any money where a file that was named stands in the way. ``home`` None: none yet."""
    if _is_file(out):
        samples = samples_of(command)
        for n in range(1, samples + 1):
            await check_place(home, slates, _called(out, samples)(n))


def _is_file(out: Path | None) -> TypeGuard[Path]:
    return out is not None and out.suffix.lower() == ".mp4" and not out.is_dir()


def _called(place: Path, samples: int) -> Callable[[int], Path]:
    """The file of each sample, from 1: ``place`` itself where only one was asked for, else numbered beside it."""
    return lambda n: place if samples == 1 else place.with_name(f"{_stem(place)}-{n}.mp4")


def _stem(place: Path) -> str:
    return place.name.removesuffix(place.suffix) if place.suffix.lower() == ".mp4" else place.name


async def report(
    home: Home, standing: Standing, command: Command, job: Job, out: Path | None, packed: bool, elapsed_s: float,
    sent: Collection[str],
) -> ClipMade:  # fmt: skip
    """The takes as files in the folder ``out`` or under that name, and what did not come, with its reason.

    ``sent``: purchases that were sent before.
    """
    asked = asked_for(home, standing)
    rounds = [(samples, standing.had[name]) for name, samples in asked.items() if name in standing.had]
    purchases = await home.ledger.purchases(home.account, standing.project)
    own_name = f"{deliver.slug(standing.plan.title if standing.plan else 'clip')}-{deliver.short(standing.project)}"
    place = out if _is_file(out) else (out or home.settings.films) / own_name
    called = _called(place, sum(asked.values()) if _is_file(out) else 0)
    there = [(samples, outcome) for samples, outcome in rounds if not set(outcome.assets) & standing.gone]
    files, lost = await _files(home, there, called)
    back = given_back(purchases, standing, asked)
    short = max(0, samples_of(command) - len(files) - len(lost))
    lost += [NotDelivered(reason="refused", said=p.said) for p in back for _ in range(p.samples)][:short]
    return ClipMade(
        project=standing.project,
        job=job.id,
        state=job.state,
        files=tuple(files),
        missing=tuple(lost),
        archive=await _archive(files, place.with_name(f"{_stem(place)}.zip")) if packed and files else None,
        micros=spent(purchases),
        now_micros=spent_since(purchases, sent),
        elapsed_s=round(elapsed_s, 3),
        why=job.why,
        said=with_numbers(job.said, standing.plan),
        reused=reused_in(home.produce.graph(standing), standing),
        rehearsed=home.tempo.rehearsed,
    )


async def _files(
    home: Home, rounds: Sequence[tuple[int, Outcome]], called: Callable[[int], Path]
) -> tuple[list[ClipFile], list[NotDelivered]]:
    """One take for each sample that was asked for; what a model delivers beyond that is kept, not handed over."""
    files: list[ClipFile] = []
    lost: list[NotDelivered] = []
    for samples, outcome in rounds:
        told = [NotDelivered(reason=m.reason, said=m.said) for m in outcome.missing]
        lost += told + told[-1:] * (samples - len(told) if not outcome.assets else 0)  # one word may be for all of them
        for asset in outcome.assets[:samples]:
            path = called(len(files) + 1)
            with damage_named(f"take {len(files) + 1} of the clip", "another one: the same clip --again"):
                await deliver.copy(home, asset, path)
            files.append(ClipFile(path=path, take=asset))
    return files, lost


async def _archive(files: Sequence[ClipFile], path: Path) -> Path:
    def pack() -> None:
        with whole(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for file in files:
                archive.write(file.path, file.path.name)

    with deliver.write_failures(path):
        await asyncio.to_thread(pack)
    return path
