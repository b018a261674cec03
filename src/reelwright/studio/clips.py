"""The verb ``clip``: one shot by one model, in a person's own words and pictures, and its takes as files."""

from __future__ import annotations

import asyncio
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

from reelwright.errors import BadInput
from reelwright.reel.brief import Brief, Reference
from reelwright.reel.choices import again
from reelwright.reel.noun import Fingerprint
from reelwright.reel.operation import Job, Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.wanted import known
from reelwright.settings import Settings
from reelwright.studio import checked, deliver
from reelwright.studio.answers import ClipFile, ClipMade, NotDelivered, Quoted
from reelwright.studio.asked import ClipTerms
from reelwright.studio.briefing import Taken, file_called, reference_of, refuse_heavy, refuse_small, take_in
from reelwright.studio.first import given_quote
from reelwright.studio.home import Home
from reelwright.studio.shown import spent
from reelwright.studio.successors import Successors
from reelwright.studio.telling import with_numbers
from reelwright.studio.whole import whole

if TYPE_CHECKING:
    from reelwright.planner.casting.clip import ClipAsked, ClipPlanned, Framed

_KEYS: Final = frozenset(ClipTerms.__annotations__)
_LET_GO: Final = ("no longer wanted", "the job ")
"""How a purchase begins to speak that was given back without being sent."""


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


def quote_for(settings: Settings, brief: Brief, clip: ClipPlanned, said: Sequence[str]) -> Quoted:
    """The price of every sample. Writes nothing."""
    quoted = given_quote(settings, brief, "takes", clip.plan, clip.choices, (*said, *clip.said))
    return replace(quoted, shots=tuple(replace(row, name="clip") if row.n else row for row in quoted.shots))


async def report(
    home: Home, standing: Standing, job: Job, out: Path | None, packed: bool, elapsed_s: float
) -> ClipMade:
    """The takes as files in the folder ``out``, and what did not come, with its reason."""
    asked = _asked_for(home, standing)
    rounds = [(samples, standing.had[name]) for name, samples in asked.items() if name in standing.had]
    purchases = await home.ledger.purchases(home.account, standing.project)
    folder = out or home.settings.films
    stem = f"{deliver.slug(standing.plan.title if standing.plan else 'clip')}-{deliver.short(standing.project)}"
    files, lost = await _files(home, rounds, folder, stem)
    landed = {outcome.fingerprint for _, outcome in rounds}
    lost += [
        NotDelivered(reason="refused", said=p.said)
        for p in purchases
        if p.state == "released" and p.fingerprint not in landed and not p.said.startswith(_LET_GO)
        for _ in range(asked.get(p.fingerprint, 1))
    ]
    return ClipMade(
        project=standing.project,
        job=job.id,
        state=job.state,
        files=tuple(files),
        missing=tuple(lost),
        archive=await _archive(files, folder / f"{stem}.zip") if packed and files else None,
        micros=spent(purchases),
        elapsed_s=round(elapsed_s, 3),
        why=job.why,
        said=with_numbers(job.said, standing.plan),
    )


def _asked_for(home: Home, standing: Standing) -> dict[Fingerprint, int]:
    """Samples of the first purchase and of every round, in their order."""
    assert standing.plan
    graph = home.produce.graph(standing)
    found = known(graph, standing.choices, standing.had, standing.gone)
    step = graph.goal[0]
    fp, request = found[step].fingerprint, graph.steps[step].request
    if fp is None or request is None:
        return {}
    return {fp: request.samples} | {again(ask): ask.samples for ask in standing.choices.asks if ask.of == fp}


async def _files(
    home: Home, rounds: Sequence[tuple[int, Outcome]], folder: Path, stem: str
) -> tuple[list[ClipFile], list[NotDelivered]]:
    """One take for each sample that was asked for; what a model delivers beyond that is kept, not handed over."""
    files: list[ClipFile] = []
    lost: list[NotDelivered] = []
    for samples, outcome in rounds:
        told = [NotDelivered(reason=m.reason, said=m.said) for m in outcome.missing]
        lost += told + told[-1:] * (samples - len(told) if not outcome.assets else 0)  # one word may be for all of them
        for asset in outcome.assets[:samples]:
            path = folder / f"{stem}-{len(files) + 1}.mp4"
            async with home.vault.local(home.account, asset) as source:
                await asyncio.to_thread(_copy, source, path)
            files.append(ClipFile(path=path, take=asset))
    return files, lost


def _copy(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part, source.open("rb") as read, part.open("wb") as write:
        shutil.copyfileobj(read, write, 1 << 20)


async def _archive(files: Sequence[ClipFile], path: Path) -> Path:
    def pack() -> None:
        with whole(path) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for file in files:
                archive.write(file.path, file.path.name)

    await asyncio.to_thread(pack)
    return path
