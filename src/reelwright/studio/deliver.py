"""Puts a film and its sidecars where a person looks for them: whole, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput, StoreUnavailable
from reelwright.reel.noun import Digest
from reelwright.reel.outcome import Outcome
from reelwright.store.incoming import digest_of_file
from reelwright.studio import checked
from reelwright.studio.answers import FilmFile
from reelwright.studio.slates import Slates
from reelwright.studio.whole import whole

if TYPE_CHECKING:
    from reelwright.studio.home import Home

SIDECARS: Final = ("srt", "vtt", "ass")
_SLUG_CHARS: Final = 40


def place(out: str | Path | None, films: Path, title: str, project: str) -> Path:
    """The film's file: ``out`` itself, or a name of its own in the folder ``out`` or ``films``."""
    own_name = f"{slug(title)}-{short(project)}.mp4"
    if out is None:
        return films / own_name
    path = Path(out).expanduser().absolute()
    return path / own_name if path.is_dir() else path


def check(out: str | Path | None, slates: Slates | None = None) -> None:
    """Raise ``BadInput`` before any work where ``out`` could not be written afterwards. ``slates``: of the home."""
    path = checked.place("out", out)
    if path is None:
        return
    folder = path if path.is_dir() else path.parent
    if path != folder and path.suffix.lower() != ".mp4":
        raise BadInput("out", str(out), "a file name that ends in .mp4, or a folder that exists")
    if not folder.is_dir():
        raise BadInput("out", str(out), "a place in a folder that exists", hint=f"mkdir -p '{folder}'")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise BadInput("out", str(out), "a place in a folder that you may write to")
    if path != folder:
        refuse_foreign(path, slates)


def refuse_foreign(path: Path, slates: Slates | None) -> None:
    """Raise ``BadInput`` rather than write over a file that is no film of ours; a rehearsal over any but a slate."""
    from reelwright.media.marking import is_ours

    if slates:
        slates.refuse_other(path)
    if path.is_file() and path.stat().st_size and not is_ours(path) and not (slates and slates.has(path)):
        hint = "name another place; a film that is made already is kept: reelwright resume --out FILE"
        raise BadInput("out", str(path), "a name that is free, or a film that Reelwright made", hint=hint)


def slug(title: str) -> str:
    """The title as a short file name in ASCII letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:_SLUG_CHARS].strip("-") or "film"


def short(project: str) -> str:
    """The last six characters of an id: what a person types."""
    return project[-6:]


async def deliver(home: Home, film: Outcome, path: Path) -> FilmFile:
    """Copy the film and its sidecars beside ``path``; each file appears whole. Sidecars first, the film last."""
    refuse_foreign(path, home.slates)
    files: Mapping[str, str] = film.facts.get("files", {})
    master = Digest(files.get("master", film.assets[0]))
    captions: dict[str, Path] = {}
    for kind in SIDECARS:
        if kind in files:
            captions[kind] = path.with_suffix(f".{kind}")
            await copy(home, Digest(files[kind]), captions[kind])
        else:
            await _take_away(home, path.with_suffix(f".{kind}"))
    await copy(home, master, path)
    return on_disk(film.facts, path, captions)


def on_disk(facts: Mapping[str, Any], path: Path, captions: Mapping[str, Path]) -> FilmFile:
    """The film's file with what was measured on it."""
    rate = facts["fps"]
    return FilmFile(
        path=path,
        width=facts["width"],
        height=facts["height"],
        fps=round(rate[0] / rate[1], 3) if rate[1] != 1 else rate[0],
        frames=facts["frames"],
        duration_s=facts["duration_ms"] / 1000,
        loudness_lufs=_thousandth(facts.get("lufs_milli")),
        true_peak_dbtp=_thousandth(facts.get("dbtp_milli")),
        captions=captions,
    )


def there(facts: Mapping[str, Any], path: Path) -> FilmFile | None:
    """The film as it was delivered, if its file is still there."""
    if not path.is_file():
        return None
    captions = {kind: path.with_suffix(f".{kind}") for kind in SIDECARS if path.with_suffix(f".{kind}").is_file()}
    return on_disk(facts, path, captions)


def _thousandth(value: int | None) -> float | None:
    return None if value is None else value / 1000


async def _take_away(home: Home, path: Path) -> None:
    """Remove captions of the film that stood here before, which has none any more; a file of anybody else's stays."""
    with write_failures(path):
        if path.is_file() and await home.vault.has(home.account, await asyncio.to_thread(digest_of_file, path)):
            await asyncio.to_thread(path.unlink)


async def copy(home: Home, digest: Digest, path: Path) -> None:
    """The bytes of ``digest`` as the file ``path``, whole or not at all.

    Raises ``StoreUnavailable``, ``DamagedAsset``, and ``BadInput`` where a slate would take the place of another file.
    """
    home.slates.refuse_other(path)
    with write_failures(path):
        async with home.vault.local(home.account, digest) as source:
            home.slates.add(digest)  # before: what is killed in between is known as a slate
            await asyncio.to_thread(_copied, source, path)


@contextlib.contextmanager
def write_failures(path: Path) -> Iterator[None]:
    """Raise ``StoreUnavailable`` in plain words where the file at ``path`` cannot be written: what was made is kept."""
    try:
        yield
    except OSError as cause:
        raise StoreUnavailable(
            f"the film cannot be written to {path}: {cause.strerror}",
            hint="the film itself is kept: make room or name another place with --out, then resume",
        ) from cause


def _copied(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part, source.open("rb") as read, part.open("wb") as write:
        shutil.copyfileobj(read, write, 1 << 20)
