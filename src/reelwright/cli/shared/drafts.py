"""``make script.md --watch``: makes a small draft that costs nothing after every save, until Ctrl-C."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer

from reelwright.cli import late_modules as late
from reelwright.cli.output.actions import format_message
from reelwright.cli.output.logs import print_notice
from reelwright.cli.output.output import print_json
from reelwright.errors import BadInput, ReelwrightError
from reelwright.settings import load_settings

if TYPE_CHECKING:
    from reelwright.studio.results.results import FilmResult
    from reelwright.studio.studio import AsyncStudio

SETTLED_MS = 60
"""Milliseconds without a change before a file is read: editors write a file in several steps."""
_EMPTY_LOOKS: Final = 30
"""Looks at an empty file, so many milliseconds apart, after which it counts as a script without words."""


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
        ours = [draft.with_suffix(ending) for ending in (".mp4", ".srt", ".vtt", ".ass")]
        # notices saves also while a draft is being made
        group.create_task(_watch_files(path, [*ours, load_settings().home], saved))
        while True:
            await saved.wait()
            await _wait_for_content(path)
            saved.clear()
            await _make_draft(studio, path, options, draft, json_out=json_out)


async def _wait_for_content(path: Path) -> None:
    """Wait a little while the file is empty or gone: an editor empties it, then writes it."""
    for _ in range(_EMPTY_LOOKS):
        if path.is_file() and path.stat().st_size:
            return
        await asyncio.sleep(SETTLED_MS / 1000)


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
    began, before = time.monotonic(), _read_version(path)
    try:
        made = await studio.make(script=path, draft=True, out=out, **options)
    except ReelwrightError as error:
        if _read_version(path) != before:
            return  # it was read while it was being written; another draft follows
        print_notice(f"reelwright: {error}", logging.ERROR)
        if error.hint:
            print_notice(f"  {error.hint}")
        return
    if json_out:
        print_json(made)
    else:
        _print_draft(made, time.monotonic() - began)


def _read_version(path: Path) -> tuple[int, int] | None:
    """Return what changes whenever a file is written: size and time. None while it is not there."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_size, found.st_mtime_ns


def _print_draft(made: FilmResult, seconds: float) -> None:
    """Print one line for a draft: how many steps were made, and where the film is."""
    came = (
        f"{made.film.duration_s:.1f} s of film · {made.film.path}"
        if made.film
        else f"{made.state}: {format_message(made.message, made.reason)}"
    )
    typer.echo(f"{made.finished_steps} up to date, {made.new_steps} made in {seconds:.1f} s · {came}")


async def _watch_files(path: Path, ours: Sequence[Path], saved: asyncio.Event) -> None:
    """Set ``saved`` after each change of the script, or of a picture or clip beside it; not of the files and folders
    that we write ourselves.
    """
    written = {one.absolute() for one in ours}

    def counts(change: late.watchfiles.Change, changed: str) -> bool:
        file = Path(changed)
        return (
            written.isdisjoint((file, *file.parents))
            and not file.name.startswith(".")
            and (file == path or file.suffix.casefold() in _MEDIA_SUFFIXES)
        )

    async for _ in late.watchfiles.awatch(path.parent, watch_filter=counts, debounce=400, step=SETTLED_MS):
        saved.set()


_MEDIA_SUFFIXES = frozenset((".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp4", ".m4v", ".mov", ".webm", ".mkv"))
"""File endings of pictures and clips that a script can use."""
