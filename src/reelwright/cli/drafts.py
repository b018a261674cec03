"""``make script.md --watch``: a small draft that costs nothing, made again on every save, until Ctrl-C."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from reelwright.cli.telling import put_json
from reelwright.errors import BadInput, ReelwrightError

if TYPE_CHECKING:
    from reelwright.studio.answers import FilmMade
    from reelwright.studio.studio import AsyncStudio

SETTLED_MS = 60
"""Editors write a file in several steps: how long nothing changes before it is read."""


async def watched(
    studio: AsyncStudio, told: Mapping[str, Any], asked: Mapping[str, Any], out: Path | None, *, json_out: bool
) -> int:
    """Make a draft, then another after each save of the script or of a file beside it. Never spends.

    What is wrong with the script is said, and the next save is waited for.
    """
    path = _file_of(told)
    draft = out or path.with_name(f"{path.stem}-draft.mp4")
    saved = asyncio.Event()
    saved.set()
    async with asyncio.TaskGroup() as group:
        group.create_task(_notice(path, draft, saved))  # also what is saved while a draft is made
        while True:
            await saved.wait()
            saved.clear()
            await _draft(studio, path, asked, draft, json_out=json_out)


def _file_of(told: Mapping[str, Any]) -> Path:
    script = told.get("script")
    if not isinstance(script, (str, Path)) or "\n" in str(script):
        raise BadInput("watch", "--watch", "a script in a file, such as script.md")
    path = Path(script).expanduser().absolute()
    if not path.is_file():
        raise BadInput("script", str(script), "a file that exists")
    return path


async def _draft(studio: AsyncStudio, path: Path, asked: Mapping[str, Any], out: Path, *, json_out: bool) -> None:
    began = time.monotonic()
    try:
        made = await studio.make(script=path, draft=True, out=out, **asked)
    except ReelwrightError as error:
        typer.echo(f"reelwright: {error}", err=True)
        if error.hint:
            typer.echo(f"  {error.hint}", err=True)
        return
    if json_out:
        put_json(made)
    else:
        _put(made, time.monotonic() - began)


def _put(made: FilmMade, seconds: float) -> None:
    """One line a draft: what was had, what was made, where it is."""
    came = f"{made.film.duration_s:.1f} s of film · {made.film.path}" if made.film else f"{made.state}: {made.said}"
    typer.echo(f"{made.had} had, {made.made} made in {seconds:.1f} s · {came}")


async def _notice(path: Path, draft: Path, saved: asyncio.Event) -> None:
    """Set ``saved`` after each change of the script, or of a picture or clip beside it; not of what we deliver."""
    from watchfiles import Change, awatch

    ours = {draft.with_suffix(ending).absolute() for ending in (".mp4", ".srt", ".vtt", ".ass")}

    def counts(change: Change, changed: str) -> bool:
        file = Path(changed)
        return file not in ours and not file.name.startswith(".") and (file == path or file.suffix.casefold() in _SHOWN)

    async for _ in awatch(path.parent, watch_filter=counts, debounce=400, step=SETTLED_MS):
        saved.set()


_SHOWN = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp4", ".m4v", ".mov", ".webm", ".mkv"))
"""Endings of what a script may show."""
