"""Works that hands can do, as picklable tasks, and the function with which every runner performs one."""

from __future__ import annotations

import importlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from reelwright.engine.hands.workroom import open_workroom
from reelwright.engine.policy import DISK_IS_FULL_BELOW_BYTES
from reelwright.engine.steps.interfaces import Vault
from reelwright.errors import BadInput, MediaError, StoreUnavailable, ToolMissing, WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.work import Report, Source, Work, WorkResult
from reelwright.reel.base.crashpoints import reach
from reelwright.reel.base.value import Digest, Fingerprint
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Input
from reelwright.store.database.disks import translate_disk_errors

WORKS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "words.plan": "reelwright.planner.rules:plan_work",
        "animatic.take": "reelwright.media.animatic.take:draw_take",
        "animatic.picture": "reelwright.media.animatic.picture:draw_picture",
        "animatic.still": "reelwright.media.animatic.still:draw_still",
        "composer.bed": "reelwright.media.sound.bed:compose_bed",
        "speech.line": "reelwright.media.speech.line:speak_line",
        "frame": "reelwright.media.pictures.framing:make_frame",
        "segment.body": "reelwright.media.video.segments:make_body",
        "segment.transition": "reelwright.media.video.segments:make_transition",
        "mix": "reelwright.media.sound.mix:make_mix",
        "film": "reelwright.media.video.film:join_film",
        "film.presets": "reelwright.media.animatic.unsafe_words:join_preset_film",
        "rehearsal.footage": "reelwright.media.rehearsal.footage:draw_footage",
    }
)
"""Work name to ``module:function``; the function is imported where the work is done, on first use."""

_COMPOSING = frozenset({"segment", "mix"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Work for a hand as plain values, so that it can be sent to any process on any machine. Idempotent by ``fp``.

    ``args`` hold every option that changes the bytes, also how pictures are encoded and the build of the encoder; the
    environment of a hand holds none. ``ffmpeg``: the program to run there, as in the settings.
    """

    account: str
    work: str
    target: str
    args: Mapping[str, Any]
    inputs: tuple[tuple[Input, Digest], ...]
    fp: Fingerprint
    ffmpeg: str = ""


def build_task(
    works: Mapping[str, str],
    account: str,
    work: str,
    args: Mapping[str, Any],
    inputs: tuple[tuple[Input, Digest], ...],
    fp: Fingerprint,
    program: str = "",
) -> Task:
    """Build the task for the work that ``works`` calls ``work``. Raises ``BadInput`` if ``works`` does not name it."""
    if work not in works:
        raise BadInput("work", work, f"one of {', '.join(sorted(works))}")
    return Task(account=account, work=work, target=works[work], args=dict(args), inputs=inputs, fp=fp, ffmpeg=program)


def load_work(target: str) -> Work:
    """Import and return the function that ``target`` names as ``module:function``."""
    module, _, name = target.partition(":")
    found: Work = getattr(importlib.import_module(module), name)
    return found


async def perform(task: Task, vault: Vault, rooms: Path, report: Callable[[float], None]) -> Outcome:
    """Run a task in this process: fetch its inputs from the vault, do the work in an empty folder, and store its files.
    Used by every runner.

    Raises ``ToolMissing`` if the ffmpeg here is of another build than the task's fingerprint says.
    """
    work = load_work(task.target)
    ffmpeg.choose_program(task.ffmpeg)
    _check_encoder(task.args.get("encoder", ""))
    with translate_disk_errors(rooms), open_workroom(rooms) as room:
        async with AsyncExitStack() as pulled:
            sources = [
                Source(
                    role=i.role, part=i.part, path=await pulled.enter_async_context(vault.open_local(task.account, d))
                )
                for i, d in task.inputs
            ]
            with _report_full_disk(rooms):
                made = _check_made(task, work(task.args, sources, room, _clamped(report)))
        if task.fp.partition(":")[0] in _COMPOSING:
            reach("C15")
        return await _push(task, vault, made)


def _check_encoder(wanted: str) -> None:
    """Raise ``ToolMissing`` unless ``wanted`` is the build of ffmpeg on this machine, or empty."""
    if wanted and (found := ffmpeg.read_build(ffmpeg.find_program())) != wanted:
        raise ToolMissing(code="encoder_differs", wanted=wanted, found=found)


@contextmanager
def _report_full_disk(rooms: Path) -> Iterator[None]:
    """Raise ``StoreUnavailable`` for an error on a full disk: tools seldom say that the disk is full."""
    try:
        yield
    except (MediaError, OSError) as error:
        has_reason = isinstance(error, OSError) and error.errno is not None  # NumPy counts bytes and names no reason
        if has_reason or shutil.disk_usage(rooms).free >= DISK_IS_FULL_BELOW_BYTES:
            raise
        raise StoreUnavailable(code="disk_full", folder=rooms) from error


def _clamped(report: Callable[[float], None]) -> Report:
    return lambda done: report(min(1.0, max(0.0, done)))


def _check_made(task: Task, made: WorkResult) -> WorkResult:
    absent = [file.path.name for file in made.files if not file.path.is_file()]
    if absent:
        raise WrongResult(code="work_incomplete", work=task.work, files=absent)
    if not made.files and not made.missing:
        raise WrongResult(code="work_empty", work=task.work)
    return made


async def _push(task: Task, vault: Vault, made: WorkResult) -> Outcome:
    digests = [await vault.put_file(task.account, file.path, file.mime) for file in made.files]
    files = {file.name: digest for file, digest in zip(made.files, digests, strict=True)}
    return Outcome(
        fingerprint=task.fp,
        assets=tuple(digests),
        missing=made.missing,
        facts={**made.facts, "files": files},
    )
