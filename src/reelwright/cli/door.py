"""From a verb to the studio and back: runs it, turns errors into words and exit codes, keeps Ctrl-C kind."""

from __future__ import annotations

import asyncio
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from reelwright.cli.rehearsing import rehearsed
from reelwright.cli.stops import CODE, stops
from reelwright.cli.telling import spelled
from reelwright.errors import BadInput, NotReconciled, ReelwrightError
from reelwright.net.redact import redact

if TYPE_CHECKING:
    from reelwright.studio.rehearsing import Rehearsal
    from reelwright.studio.studio import AsyncStudio

USAGE = typer.BadParameter.__mro__[2]
"""What the parser raises for every mistake on the command line."""
Verb = Callable[["AsyncStudio"], Awaitable[int | None]]


def run(
    verb: Verb,
    *,
    json_out: bool = False,
    csv_out: bool = False,
    rehearse: Callable[[], Rehearsal] | None = None,
    project: str | None = None,
) -> NoReturn:
    """Open the studio, do the verb, exit with its code (None: 0). The only broad handler of the command line.

    ``rehearse``: nothing is bought; the home of a rehearsal goes on rehearsing in any case. ``project``: what a person
    calls the project or job in question, which may be a rehearsal's.
    """
    way_on = ""

    async def inside() -> int:
        nonlocal way_on
        async with await _studio(rehearse, project) as studio:
            try:
                code = await verb(studio) or 0
                if studio.rehearsal and not (json_out or csv_out):
                    typer.echo(f"  {rehearsed(studio)}")
                return code
            except asyncio.CancelledError:
                way_on = studio.way_on()
                raise

    code = guarded(lambda: _run(inside), json_out=json_out, interrupted=lambda: way_on)
    sys.exit(code)


async def _studio(rehearse: Callable[[], Rehearsal] | None, project: str | None) -> AsyncStudio:
    from reelwright.settings import load
    from reelwright.studio.rehearsing import rehearsal_called
    from reelwright.studio.studio import AsyncStudio

    settings = load()
    told = rehearse() if rehearse else await rehearsal_called(settings, project) if project is not None else None
    return AsyncStudio(settings, rehearse=told or False)


def _run(inside: Callable[[], Awaitable[int]]) -> int:
    """As ``asyncio.run``; the second Ctrl-C ends the process at once, since nothing durable lives in it."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        task = loop.create_task(_awaited(inside))
        pressed = 0

        def stop() -> None:
            nonlocal pressed
            pressed += 1
            if pressed > 1:
                os._exit(CODE)
            task.cancel()

        for name in stops():
            loop.add_signal_handler(name, stop)
        try:
            return loop.run_until_complete(task)
        except asyncio.CancelledError as cause:
            raise KeyboardInterrupt from cause


async def _awaited(inside: Callable[[], Awaitable[int]]) -> int:
    return await inside()


def guarded(act: Callable[[], int], *, json_out: bool, interrupted: Callable[[], str] = lambda: "") -> int:
    """Do ``act``; every error of ours becomes one message and its exit code."""
    try:
        return act()
    except ReelwrightError as error:
        return say(error, json_out=json_out)
    except KeyboardInterrupt:
        hint = interrupted()
        _err("stopped; what was made is kept." + (f" Go on with: {hint}" if hint else ""))
        if json_out:
            body = {"kind": "Interrupted", "message": "stopped by the person", "hint": hint, "retry": "later"}
            _out({"error": body | {"billed": "no", "step": None}})
        return CODE
    except typer.Abort:
        _err("stopped; nothing was started")
        return 130
    except Exception as error:  # noqa: BLE001  # the door: a fault of ours still ends in words, one object, a code
        return _misspelled(error, json_out=json_out) or _fault(error, json_out=json_out)


def _misspelled(error: Exception, *, json_out: bool) -> int | None:
    """What the parser refuses: an unknown verb or option, a value that is no number. None for any other error."""
    if not isinstance(error, USAGE):
        return None
    said = str(error.format_message())  # type: ignore[attr-defined]  # typer keeps the class to itself
    where, param = getattr(error, "ctx", None), getattr(error, "param", None)
    hint = f"{where.command_path if where else 'reelwright'} --help says what there is"
    if said.startswith("Usage:"):  # no verb at all: the help itself, as it is
        typer.echo(said, err=True)
        said = "a verb is missing"
    else:
        _err(f"{said}\n  {hint}")
    if json_out:
        body = {"kind": "BadInput", "message": said, "hint": hint, "retry": "never", "billed": "no", "step": None}
        _out({"error": body | {"field": param.name if param else "", "value": "", "accepted": hint}})
    return 2


def _fault(error: Exception, *, json_out: bool) -> int:
    """A fault of ours: all that is known of it goes to standard error."""
    said = f"{type(error).__name__}: {error}"
    hint = "this is a fault of Reelwright's, not yours; what was made is kept. Please report it with the lines above"
    typer.echo(redact("".join(traceback.format_exception(error))), err=True)
    _err(f"{said}\n  {hint}")
    if json_out:
        body = {"kind": "Fault", "message": said, "hint": hint, "retry": "ask", "billed": "unknown", "step": None}
        _out({"error": body})
    return 1


def say(error: ReelwrightError, *, json_out: bool) -> int:
    """Print one error where a person or a program looks for it; returns its exit code."""
    told = not error.step or error.step in error.message or " of shot " in error.message
    at = "" if told else f"{error.step}: "
    _err(f"{at}{error.message}" + (f"\n  {error.hint}" if error.hint else ""))
    if json_out:
        body: dict[str, Any] = {"kind": type(error).__name__, "message": error.message, "hint": error.hint}
        body |= {"retry": error.retry, "billed": error.billed, "step": error.step}
        if isinstance(error, BadInput):
            body |= {"field": error.field, "value": str(error.value)[:200], "accepted": error.accepted}
        if isinstance(error, NotReconciled) and error.found is not None:
            body |= {"found": error.found}
        _out({"error": body})
    return error.exit_code


def _err(text: str) -> None:
    typer.echo(redact(f"reelwright: {text}"), err=True)


def _out(value: dict[str, Any]) -> None:
    typer.echo(redact(spelled(value, indent=2)))
