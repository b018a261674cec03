"""From a verb to the studio and back: runs it, turns errors into words and exit codes, keeps Ctrl-C kind."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from reelwright.cli.stops import CODE, stops
from reelwright.errors import BadInput, ReelwrightError

if TYPE_CHECKING:
    from reelwright.studio.studio import AsyncStudio

Verb = Callable[["AsyncStudio"], Awaitable[int | None]]


def run(verb: Verb, *, json_out: bool = False) -> NoReturn:
    """Open the studio, do the verb, exit with its code (None: 0). The only broad handler of the command line."""
    from reelwright.studio.studio import AsyncStudio

    way_on = ""

    async def inside() -> int:
        nonlocal way_on
        async with AsyncStudio() as studio:
            try:
                return await verb(studio) or 0
            except asyncio.CancelledError:
                way_on = studio.way_on()
                raise

    code = guarded(lambda: _run(inside), json_out=json_out, interrupted=lambda: way_on)
    sys.exit(code)


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
            _out({"error": {"kind": "Interrupted", "message": "stopped by the person", "hint": hint}})
        return CODE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def say(error: ReelwrightError, *, json_out: bool) -> int:
    """Print one error where a person or a program looks for it; returns its exit code."""
    at = f"{error.step}: " if error.step and error.step not in error.message else ""
    _err(f"{at}{error.message}" + (f"\n  {error.hint}" if error.hint else ""))
    if json_out:
        body: dict[str, Any] = {"kind": type(error).__name__, "message": error.message, "hint": error.hint}
        body |= {"retry": error.retry, "billed": error.billed, "step": error.step}
        if isinstance(error, BadInput):
            body |= {"field": error.field, "value": str(error.value)[:200], "accepted": error.accepted}
        _out({"error": body})
    return error.exit_code


def _err(text: str) -> None:
    typer.echo(f"reelwright: {text}", err=True)


def _out(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
