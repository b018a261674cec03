"""``make script.md --watch``: makes a small draft that costs nothing after every save, until Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from reelwright.cli.actions import format_message
from reelwright.cli.logs import print_notice
from reelwright.cli.output import print_json
from reelwright.errors import BadInput, ReelwrightError

if TYPE_CHECKING:
    from reelwright.studio.results import FilmResult
    from reelwright.studio.studio import AsyncStudio

SETTLED_MS = 60
"""Milliseconds without a change before a file is read: editors write a file in several steps."""


async def watch_script(
    studio: AsyncStudio, source: Mapping[str, Any], options: Mapping[str, Any], out: Path | None, *, json_out: bool
) -> int:
    """Make a draft film of a script, and another after each save of it or of a picture or clip beside it, until Ctrl-C.
    Never spends.

    Prints what is wrong with the script, and waits for the next save.
    """
    path = _find_script(source)
    draft = out or path.with_name(f"{path.stem}-draft.mp4")
    saved = asyncio.Event()
    saved.set()
    async with asyncio.TaskGroup() as group:
        group.create_task(_watch_files(path, draft, saved))  # notices saves also while a draft is being made
        while True:
            await saved.wait()
            saved.clear()
            await _make_draft(studio, path, options, draft, json_out=json_out)


def _find_script(source: Mapping[str, Any]) -> Path:
    script = source.get("script")
    if not isinstance(script, (str, Path)) or "\n" in str(script):
        raise BadInput("watch", "--watch", "only with a script file, such as script.md")
    path = Path(script).expanduser().absolute()
    if not path.is_file():
        raise BadInput("script", str(script), "a file that exists")
    return path


async def _make_draft(
    studio: AsyncStudio, path: Path, options: Mapping[str, Any], out: Path, *, json_out: bool
) -> None:
    began = time.monotonic()
    try:
        made = await studio.make(script=path, draft=True, out=out, **options)
    except ReelwrightError as error:
        print_notice(f"reelwright: {error}", logging.ERROR)
        if error.hint:
            print_notice(f"  {error.hint}")
        return
    if json_out:
        print_json(made)
    else:
        _print_draft(made, time.monotonic() - began)


def _print_draft(made: FilmResult, seconds: float) -> None:
    """Print one line for a draft: how many steps were made, and where the film is."""
    came = (
        f"{made.film.duration_s:.1f} s of film · {made.film.path}"
        if made.film
        else f"{made.state}: {format_message(made.message, made.reason)}"
    )
    typer.echo(f"{made.finished_steps} up to date, {made.new_steps} made in {seconds:.1f} s · {came}")


async def _watch_files(path: Path, draft: Path, saved: asyncio.Event) -> None:
    """Set ``saved`` after each change of the script, or of a picture or clip beside it; not of our own output."""
    from watchfiles import Change, awatch

    ours = {draft.with_suffix(ending).absolute() for ending in (".mp4", ".srt", ".vtt", ".ass")}

    def counts(change: Change, changed: str) -> bool:
        file = Path(changed)
        return (
            file not in ours
            and not file.name.startswith(".")
            and (file == path or file.suffix.casefold() in _MEDIA_SUFFIXES)
        )

    async for _ in awatch(path.parent, watch_filter=counts, debounce=400, step=SETTLED_MS):
        saved.set()


_MEDIA_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp4", ".m4v", ".mov", ".webm", ".mkv"))
"""File endings of pictures and clips that a script can use."""
