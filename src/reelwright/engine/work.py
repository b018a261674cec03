"""What hands can do: named works as picklable tasks, and the one way in which any runner performs them."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from reelwright.engine.waist import Vault
from reelwright.engine.workroom import workroom
from reelwright.errors import BadInput, MediaError, StoreUnavailable, WrongResult
from reelwright.media.work import Made, Report, Source, Work
from reelwright.reel.crashpoints import reach
from reelwright.reel.noun import Digest, Fingerprint
from reelwright.reel.outcome import Outcome
from reelwright.reel.request import Input
from reelwright.store.disks import disk_words

WORKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "words.plan": "reelwright.planner.rules:plan_work",
        "animatic.take": "reelwright.media.animatic.take:draw_take",
        "animatic.picture": "reelwright.media.animatic.picture:draw_picture",
        "animatic.still": "reelwright.media.animatic.still:draw_still",
        "composer.bed": "reelwright.media.sound.bed:compose_bed",
        "frame": "reelwright.media.framing:make_frame",
        "segment.body": "reelwright.media.segments:make_body",
        "segment.transition": "reelwright.media.segments:make_transition",
        "mix": "reelwright.media.sound.mix:make_mix",
        "film": "reelwright.media.film:join_film",
        "rehearsal.footage": "reelwright.media.rehearsal.footage:draw_footage",
    }
)
"""Work name to ``module:function``; the function is imported where the work is done, on first use."""

_COMPOSING = frozenset({"segment", "mix"})
_FULL_BYTES: Final = 64 << 10
"""Less than this is left of a disk on which a tool failed: it failed for want of room."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One work to do: plain values only, so that it travels to any process on any machine. Idempotent by ``fp``."""

    account: str
    work: str
    target: str
    args: Mapping[str, Any]
    inputs: tuple[tuple[Input, Digest], ...]
    fp: Fingerprint


def task_of(
    works: Mapping[str, str],
    account: str,
    work: str,
    args: Mapping[str, Any],
    inputs: tuple[tuple[Input, Digest], ...],
    fp: Fingerprint,
) -> Task:
    """The task for ``work``. Raises ``BadInput`` when ``works`` does not name it."""
    if work not in works:
        raise BadInput("work", work, f"one of {', '.join(sorted(works))}")
    return Task(account=account, work=work, target=works[work], args=dict(args), inputs=inputs, fp=fp)


def resolve(target: str) -> Work:
    """The function that ``module:function`` names."""
    module, _, name = target.partition(":")
    found: Work = getattr(importlib.import_module(module), name)
    return found


async def perform(task: Task, vault: Vault, rooms: Path, report: Callable[[float], None]) -> Outcome:
    """Pull the inputs, run the work in an empty room of its own, push what it made. Used by every runner."""
    work = resolve(task.target)
    with disk_words(rooms), workroom(rooms) as room:
        async with AsyncExitStack() as pulled:
            sources = [
                Source(role=i.role, part=i.part, path=await pulled.enter_async_context(vault.local(task.account, d)))
                for i, d in task.inputs
            ]
            with _room_left(rooms):
                made = _checked(task, work(task.args, sources, room, _clamped(report)))
        if task.fp.partition(":")[0] in _COMPOSING:
            reach("C15")
        return await _push(task, vault, made)


@contextmanager
def _room_left(rooms: Path) -> Iterator[None]:
    """A tool seldom says that a disk is full: some stop, some leave out what they could not write."""
    try:
        yield
    except (MediaError, OSError) as error:
        told = isinstance(error, OSError) and error.errno is not None  # NumPy counts bytes and names no reason
        if told or shutil.disk_usage(rooms).free >= _FULL_BYTES:
            raise
        raise StoreUnavailable(f"{rooms}: the disk is full", hint="free some space, then go on") from error


def _clamped(report: Callable[[float], None]) -> Report:
    return lambda done: report(min(1.0, max(0.0, done)))


def _checked(task: Task, made: Made) -> Made:
    absent = [file.path.name for file in made.files if not file.path.is_file()]
    if absent:
        raise WrongResult(f"{task.work} named {', '.join(absent)} but did not write it")
    if not made.files and not made.missing:
        raise WrongResult(f"{task.work} made nothing and gave no reason")
    return made


async def _push(task: Task, vault: Vault, made: Made) -> Outcome:
    digests = [await vault.put_file(task.account, file.path, file.mime) for file in made.files]
    files = {file.name: digest for file, digest in zip(made.files, digests, strict=True)}
    return Outcome(
        fingerprint=task.fp,
        assets=tuple(digests),
        missing=made.missing,
        facts={**made.facts, "files": files},
    )
