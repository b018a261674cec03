"""Runs a verb: opens the studio, also for a rehearsal, turns errors into messages and exit codes, handles Ctrl-C."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryFile
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, NoReturn

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.actions import suggest_next_steps
from reelwright.cli.output.logs import print_notice, set_up_logging
from reelwright.cli.output.output import format_json
from reelwright.cli.shared.command import get_parsed_path, name_option
from reelwright.cli.shared.signals import STOPPED_CODE, list_stop_signals
from reelwright.errors import BadInput, Billed, NotReconciled, ReelwrightError, Retry
from reelwright.messages import format_reason
from reelwright.net.redact import redact, redact_error
from reelwright.reason import Action, Reason, build_reason
from reelwright.settings import load_settings
from reelwright.studio.policy import REHEARSAL_SPEED
from reelwright.tracing import start_tracing, stop_tracing

if TYPE_CHECKING:
    from reelwright.studio.runtime.rehearsal import Rehearsal
    from reelwright.studio.studio import AsyncStudio


USAGE = typer.BadParameter.__mro__[2]
"""The base class of errors that the parser raises for a mistake on the command line."""
_STILL_STOPPING_S: Final = 3.0
_STILL_STOPPING: Final = "still stopping. Ctrl-C again ends the process at once; everything made so far is kept"
Verb = Callable[["AsyncStudio"], Awaitable[int | None]]


def run(
    verb: Verb,
    *,
    json_out: bool = False,
    csv_out: bool = False,
    rehearse: Callable[[], Rehearsal] | None = None,
    project: str | None = None,
    public_url: str | None = None,
    delivers_here: bool = False,
) -> NoReturn:
    """Open the studio, await ``verb`` with it, and exit the process with the code that it returns (None means 0).

    ``rehearse``: returns how to rehearse, and nothing is bought. The home of a rehearsal always rehearses. ``project``:
    the project or job as a person named it; it may belong to a rehearsal. ``public_url``: replaces that setting.
    ``delivers_here``: a new film is copied to the folder in which one stands, unless ``films_folder`` is set.
    """
    resume: list[Action] = []

    async def inside() -> int:
        async with await _build_studio(rehearse, project, public_url, delivers_here) as studio:
            _collect_garbage_from_now_on()
            try:
                code = await verb(studio) or 0
                if studio.rehearsal and not (json_out or csv_out):
                    typer.echo(f"  {describe_rehearsal(studio)}")
                return code
            except asyncio.CancelledError as cancelled:
                resume.extend(late.interruption.get_resume_actions(cancelled))
                raise

    code = run_with_exit_code(lambda: _run(inside), json_out=json_out, resume=resume)
    stop_tracing()
    sys.exit(code)


def _collect_garbage_from_now_on() -> None:
    """Count what exists as old, without a look through it, and collect garbage again (see ``__main__``)."""
    gc.freeze()
    gc.unfreeze()  # the server, which freezes once it has prepared its routes, asks whether anything is frozen
    gc.enable()


async def _build_studio(
    rehearse: Callable[[], Rehearsal] | None, project: str | None, public_url: str | None, delivers_here: bool
) -> AsyncStudio:
    settings = load_settings(public_url=public_url)
    set_up_logging(settings)
    if fault := start_tracing(os.environ, redact):
        _print_line("\n  ".join([format_reason(fault), suggest_next_steps(fault)]).rstrip())
    if delivers_here and not settings.films_folder:
        with suppress(OSError), TemporaryFile(dir=Path.cwd()):  # else films stay in the home
            settings = replace(settings, films_folder=str(Path.cwd()))
    if rehearse:
        return late.studio.AsyncStudio(settings, rehearse=rehearse())
    rehearsal = None if project is None else await late.rehearsed_projects.find_rehearsal(settings, project)
    return late.studio.AsyncStudio(settings, rehearse=rehearsal or False)


def _run(inside: Callable[[], Awaitable[int]]) -> int:
    """Run a coroutine as ``asyncio.run`` does. The second Ctrl-C ends the process at once: all state is on disk."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        task = loop.create_task(_await(inside))
        pressed = 0

        def stop(number: int, frame: FrameType | None) -> None:
            nonlocal pressed
            pressed += 1
            if pressed > 1:
                os._exit(STOPPED_CODE)
            if not task.done():
                loop.call_soon_threadsafe(cancel)

        def cancel() -> None:
            task.cancel()
            loop.call_later(_STILL_STOPPING_S, print_notice, _STILL_STOPPING)

        for name in list_stop_signals():  # not the loop's own handlers: they end with the loop, before the process does
            signal.signal(name, stop)
        try:
            return loop.run_until_complete(task)
        except asyncio.CancelledError as cause:
            raise KeyboardInterrupt from cause


async def _await(inside: Callable[[], Awaitable[int]]) -> int:
    return await inside()


class _Stopped(KeyboardInterrupt):
    """A stop by a signal. Under ``python -m``, a ``KeyboardInterrupt`` itself that was raised beneath ``exec``, as when
    a dataclass is made while modules are imported, ends the process as if killed by SIGINT, although caught.
    """


def run_blocking(act: Callable[[], int], *, json_out: bool) -> NoReturn:
    """Call ``act``, the work of a verb that needs no studio, and exit the process with the code that it returns.

    The first Ctrl-C raises a ``KeyboardInterrupt`` in ``act``, which clears up. The second ends the process at once.
    """
    pressed, is_done = 0, False

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed += 1
        if pressed > 1:
            os._exit(STOPPED_CODE)
        if not is_done:
            raise _Stopped

    def inside() -> int:
        nonlocal is_done
        _collect_garbage_from_now_on()
        for name in list_stop_signals():
            signal.signal(name, stop)
        try:
            return act()
        finally:
            is_done = True

    sys.exit(run_with_exit_code(inside, json_out=json_out))


def run_with_exit_code(act: Callable[[], int], *, json_out: bool, resume: Sequence[Action] = ()) -> int:
    """Run ``act`` and return its exit code; print any error as one message and return the code of the error.

    ``resume``: what continues after Ctrl-C; ``act`` may fill it while it runs.
    """
    try:
        return act()
    except ReelwrightError as error:
        return print_error(error, json_out=json_out)
    except KeyboardInterrupt:
        reason, message = Reason("interrupted", actions=tuple(resume)), "stopped by Ctrl-C or a signal"
        hint = suggest_next_steps(reason) or "to continue, run the same command again"
        _print_line(f"stopped; everything made so far is kept\n  {hint}")
        if json_out:
            _print_error("Interrupted", reason, message, hint, "later")
        return STOPPED_CODE
    except typer.Abort:
        _print_line("stopped; nothing was started")
        return STOPPED_CODE
    except Exception as error:  # noqa: BLE001  # a bug of ours must also end in one message, one object and an exit code
        return _report_usage_error(error, json_out=json_out) or _report_fault(error, json_out=json_out)


def _report_usage_error(error: Exception, *, json_out: bool) -> int | None:
    """Report what the parser refuses, such as an unknown option, and return 2. Return None for any other error."""
    if not isinstance(error, USAGE):
        return None
    message = str(error.format_message())  # type: ignore[attr-defined]  # typer keeps the class to itself
    where, param = getattr(error, "ctx", None), getattr(error, "param", None)
    hint = f"to see all options: {where.command_path if where else get_parsed_path()} --help"
    if message.startswith("Usage:"):  # no verb at all: the help itself, as it is
        print_notice(message, logging.ERROR)
        message = "no command was given"
    else:
        _print_line(f"{message}\n  {hint}")
    if json_out:
        field = param.name if param else ""
        reason = build_reason("usage_error", field=field, message=message)
        _print_error("BadInput", reason, message, hint, field=field or "", value="", accepted_values=hint)
    return 2


def _report_fault(error: Exception, *, json_out: bool) -> int:
    """Report a bug of ours with its traceback on standard error."""
    message = f"{type(error).__name__}: {error}"
    hint = "this is a bug in Reelwright; everything made so far is kept. Please report it with the lines above"
    print_notice("".join(traceback.format_exception(error)), logging.ERROR)
    _print_line(f"{message}\n  {hint}")
    if json_out:
        _print_error("Fault", redact_error(error), message, hint, "ask", "unknown")
    return 1


def print_error(error: ReelwrightError, *, json_out: bool) -> int:
    """Print an error on standard error, and with ``json_out`` as JSON on standard output; return its exit code."""
    reason, message = error.to_reason(), _format_error(error)
    hint = suggest_next_steps(reason, error.names)
    _print_line(message + (f"\n  {hint}" if hint else ""))
    if json_out:
        more: dict[str, Any] = {}
        if isinstance(error, BadInput):
            more = {"field": error.field, "value": reason.params["value"], "accepted_values": error.accepted}
        if isinstance(error, NotReconciled) and error.reconcile_report is not None:
            more = {"reconcile_report": error.reconcile_report}
        _print_error(type(error).__name__, reason, message, hint, error.retry, error.was_billed, **more)
    return error.exit_code


def _format_error(error: ReelwrightError) -> str:
    """Return the sentence of an error. It names an option as it is typed; the reason has the name of its field."""
    if not isinstance(error, BadInput):
        return error.message
    reason = error.to_reason()
    typed = {"field": name_option(error.field, error.value)}
    return format_reason(replace(reason, params={**reason.params, **typed}), error.names)


def _print_error(
    kind: str, reason: Reason, message: str, hint: str, retry: Retry = "never", billed: Billed = "no", **more: Any
) -> None:
    """Print an error as JSON. Programs read ``reason``; ``message`` and ``hint`` are for people."""
    fields = {"kind": kind, "reason": reason, "message": message, "hint": hint, "retry": retry, "was_billed": billed}
    result = late.error_result.ErrorResult.model_validate({"error": {**fields, "step": reason.step, **more}})
    typer.echo(redact(format_json(result, indent=2)))


def _print_line(text: str) -> None:
    print_notice(f"reelwright: {text}", logging.ERROR)


def build_rehearsal(
    rehearse: bool, speed: float | None, faults: float | None, *, quote: bool = False
) -> Callable[[], Rehearsal] | None:
    """Return a function that returns the rehearsal that the options describe; None without ``--rehearse``, and for a
    quote.

    Raises ``BadInput``, also for the options of a rehearsal without ``--rehearse``: a person who types them means to
    buy nothing.
    """
    for name, value in (("rehearse_speed", speed), ("rehearse_faults", faults)):
        if value is not None and not rehearse:
            raise BadInput(name, value, "only together with --rehearse; otherwise takes are really bought")
    if not rehearse:
        return None

    rehearsal = late.rehearsal.Rehearsal(speed=REHEARSAL_SPEED if speed is None else speed, faults=faults or 0.0)
    return None if quote else lambda: rehearsal


def find_rehearsals(rehearse: bool) -> Callable[[], Rehearsal] | None:
    """Return a function that reads the home's last rehearsal, for a verb that lists; None without ``--rehearse``."""
    if not rehearse:
        return None

    return lambda: late.rehearsal.read_last_rehearsal(load_settings().home)


def describe_rehearsal(studio: AsyncStudio) -> str:
    """Return in words that nothing was bought, how fast the rehearsal ran, and where its files are."""
    assert studio.rehearsal
    where = f"; its files are in {studio.home.settings.home}" if studio.home else ""
    speed = f"{studio.rehearsal.speed:g} times as fast as real ones"
    return f"a rehearsal: nothing was bought, and the providers were {speed}{where}"
