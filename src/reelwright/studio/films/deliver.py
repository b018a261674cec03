"""Delivers a film and its sidecar files to a person's folder. Each file appears complete or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from reelwright.errors import BadInput, StoreUnavailable
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.reel.graph.outcome import Outcome
from reelwright.store.vault.incoming import hash_file
from reelwright.studio import late_modules as late
from reelwright.studio.policy import MAX_SLUG_CHARS
from reelwright.studio.quotes import validation
from reelwright.studio.results.results import FilmFile
from reelwright.studio.runtime.atomic_file import open_atomically
from reelwright.studio.runtime.slates import Slates
from reelwright.units import name_aspect

if TYPE_CHECKING:
    from reelwright.studio.runtime.home import Home

SIDECARS: Final = ("srt", "vtt", "ass")


def choose_film_path(out: str | Path | None, films: Path, title: str, project: str) -> Path:
    """Return a film's path: the file ``out``, or a name of title and project id in the folder ``out`` or ``films``.

    A folder that was there when the film was ordered may be gone: what does not end in .mp4 is a folder.
    """
    own_name = f"{make_slug(title)}-{shorten_id(project)}.mp4"
    if out is None:
        return films / own_name
    path = Path(out).expanduser().absolute()
    return path if path.suffix.lower() == ".mp4" and not path.is_dir() else path / own_name


def add_format(path: Path, aspect: str) -> Path:
    """Return the path of a film that is cut in several aspects: that of one, with the aspect after its name."""
    return path.with_stem(f"{path.stem}-{name_aspect(aspect)}") if aspect else path


def check(out: str | Path | None, slates: Slates | None = None) -> None:
    """Raise ``BadInput`` unless a film can be written to ``out``: a folder, or a file name in .mp4.

    ``slates``: of the home.
    """
    path = validation.check_path("out", out)
    if path is None:
        return
    folder = path if path.is_dir() else path.parent
    if path != folder and path.suffix.lower() != ".mp4":
        raise BadInput("out", str(out), "a file name that ends in .mp4, or a folder that exists")
    if not folder.is_dir():
        raise BadInput(
            "out",
            str(out),
            "a place in a folder that exists",
            actions=[Action("create_folder", {"folder": str(folder)})],
        )
    refuse_read_only("out", path, folder)
    if path != folder:
        refuse_foreign(path, slates)


def refuse_read_only(field: str, path: Path, folder: Path) -> None:
    """Raise ``BadInput`` for ``path`` if no file can be created in ``folder``; tries it with a nameless file.

    Permissions alone do not tell: root may write everywhere, and yet creates no file in ``/proc``.
    """
    try:
        with tempfile.TemporaryFile(dir=folder):
            return
    except OSError as cause:
        if cause.errno in (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE):
            return  # it may have room when the film is delivered
        raise BadInput(field, str(path), "a place in a folder in which files can be created") from cause


def refuse_foreign(path: Path, slates: Slates | None) -> None:
    """Raise ``BadInput`` if the file at ``path`` was not made by Reelwright or, in a rehearsal, is no slate."""
    if slates:
        slates.refuse_other(path)
    if path.is_file() and path.stat().st_size and not late.marking.is_ours(path) and not (slates and slates.has(path)):
        hint = "a film that is made already is kept, and resuming delivers it there"
        accepted = "a name that is free, or a film that Reelwright made"
        raise BadInput("out", str(path), accepted, hint=hint, actions=[Action("choose_output")])


def make_slug(title: str) -> str:
    """Convert a title to a short file name of ASCII letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain)[:MAX_SLUG_CHARS].strip("-") or "film"


def shorten_id(project: str) -> str:
    """Return the last six characters of a project's id, enough for a file name."""
    return project[-6:]


async def deliver(home: Home, film: Outcome, path: Path) -> FilmFile:
    """Copy a film from the vault to ``path``, its caption files next to it, and return the description of the file."""
    refuse_foreign(path, home.slates)
    files: Mapping[str, str] = film.facts.get("files", {})
    master = Digest(files.get("master", film.assets[0]))
    captions: dict[str, Path] = {}
    for kind in SIDECARS:
        if kind in files:
            captions[kind] = path.with_suffix(f".{kind}")
            await copy(home, Digest(files[kind]), captions[kind])
        else:
            await _remove_old_captions(home, path.with_suffix(f".{kind}"))
    await copy(home, master, path)
    return describe_film_file(film.facts, path, captions)


def describe_film_file(facts: Mapping[str, Any], path: Path, captions: Mapping[str, Path]) -> FilmFile:
    """Describe a film file by ``facts``, measured when the film was made; reads no file."""
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


def find_delivered_film(facts: Mapping[str, Any], path: Path) -> FilmFile | None:
    """Describe the film file at ``path`` by ``facts``, measured when the film was made; None if no file is there."""
    if not path.is_file():
        return None
    captions = {kind: path.with_suffix(f".{kind}") for kind in SIDECARS if path.with_suffix(f".{kind}").is_file()}
    return describe_film_file(facts, path, captions)


def _thousandth(value: int | None) -> float | None:
    return None if value is None else value / 1000


async def _remove_old_captions(home: Home, path: Path) -> None:
    """Remove a caption file of an earlier film at this place. A file that is not in the vault stays."""
    with write_failures(path):
        if path.is_file() and await home.vault.has(home.account, await asyncio.to_thread(hash_file, path)):
            await asyncio.to_thread(path.unlink)


async def copy(home: Home, digest: Digest, path: Path) -> None:
    """Copy an asset from the vault to ``path``, complete or not at all.

    Raises ``StoreUnavailable``, ``DamagedAsset``, and ``BadInput`` if a slate would overwrite another file.
    """
    home.slates.refuse_other(path)
    with write_failures(path):
        async with home.vault.open_local(home.account, digest) as source:
            home.slates.add(digest)  # before the copy, so that it is known as a slate even after a kill
            await asyncio.to_thread(_copy_whole, source, path)


@contextlib.contextmanager
def write_failures(path: Path) -> Iterator[None]:
    """Convert an ``OSError`` of the block, which writes ``path``, to ``StoreUnavailable`` with advice."""
    try:
        yield
    except OSError as cause:
        actions = [Action("free_disk_space"), Action("choose_output"), Action("resume_job")]
        raise StoreUnavailable(code="film_not_written", file=path, cause=cause.strerror, actions=actions) from cause


def _copy_whole(source: Path, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_atomically(path) as part, source.open("rb") as read, part.open("wb") as write:
        shutil.copyfileobj(read, write, 1 << 20)
