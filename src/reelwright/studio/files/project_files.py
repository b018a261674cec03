"""Projects as files: ``pull`` writes film.yaml and materials, ``apply`` reads them, ``export`` writes a ZIP archive."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from reelwright.engine.steps.interfaces import Vault
from reelwright.errors import BadInput, DamagedAsset, StoreUnavailable
from reelwright.providers.wires.magic import detect_mime, get_extension
from reelwright.reason import Action
from reelwright.reel.base.value import Digest
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import OwnFootage, Plan
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Request
from reelwright.reel.records.operation import Standing
from reelwright.studio.films import deliver
from reelwright.studio.policy import MAX_FILM_FILE_BYTES
from reelwright.studio.results.results import ExportResult, PullResult
from reelwright.studio.runtime.atomic_file import open_atomically
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts import film_yaml

MATERIALS: Final = "materials"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Date of every entry of an archive, so that equal projects give equal bytes."""


def name_materials(brief: Brief, plan: Plan) -> dict[Digest, str]:
    """Return a relative path such as ``materials/mug.png`` for every picture and clip of brief and plan, by digest.

    Paths are unique also if case is ignored. An asset that only an edit brought is named after the shot that shows it,
    without an ending.
    """
    named = brief.name_assets()
    if plan.font:
        named.setdefault(plan.font, "font")
    for n, asset in _list_plan_assets(plan):
        named.setdefault(asset, f"shot-{n}")
    taken: set[str] = set()
    files: dict[Digest, str] = {}
    for asset, name in named.items():
        first = safe = _make_safe_name(name)
        others = 1
        while _is_taken(safe, taken):
            others += 1
            stem, dot, ending = first.rpartition(".")
            safe = f"{stem}-{others}.{ending}" if dot else f"{first}-{others}"
        taken.add(safe.casefold())
        files[asset] = f"{MATERIALS}/{safe}"
    return files


def _is_taken(name: str, taken: Set[str]) -> bool:
    """Return whether the name is in use. A name without an ending gets one later, so its stem must be unique too."""
    called = name.casefold()
    return called in taken or ("." not in called and any(one.rpartition(".")[0] == called for one in taken))


def _list_plan_assets(plan: Plan) -> list[tuple[int, Digest]]:
    """List the assets that shots show and that are not takes, each with the number of its shot."""
    found: list[tuple[int, Digest]] = []
    for n, shot in enumerate(plan.shots, 1):
        if isinstance(shot.source, OwnFootage):
            found.append((n, shot.source.asset))
        if shot.opening.image:
            found.append((n, shot.opening.image))
        requests = [r for r in (shot.source, shot.still) if isinstance(r, Request)]
        found += [(n, needed.asset) for r in requests for needed in r.inputs if needed.asset]
    return found


def _make_safe_name(name: str) -> str:
    """Convert a person's name for a file to one that every file system accepts."""
    plain = re.sub(r"[^\w.\- ]+", "_", name, flags=re.ASCII).strip(" .-_")[-60:]
    return plain or "material"


@contextmanager
def name_damage(name: str, *actions: Action) -> Iterator[None]:
    """Give a ``DamagedAsset`` that leaves this block a ``name`` that a person knows, and ``actions`` to offer."""
    try:
        yield
    except DamagedAsset as error:
        raise DamagedAsset(error.digest, name=name, is_missing=error.is_missing, actions=actions) from error


async def _add_endings(vault: Vault, account: str, files: Mapping[Digest, str]) -> dict[Digest, str]:
    """Add an ending to names without one, by the file's first bytes: ``apply`` tells clips from pictures by it."""
    named = dict(files)
    for asset, name in files.items():
        if not Path(name).suffix:
            async with vault.open_local(account, asset) as source:
                named[asset] = f"{name}.{get_extension(detect_mime(_read_head(source)))}"
    return named


def _read_head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


async def pull(vault: Vault, standing: Standing, folder: Path) -> PullResult:
    """Write a project's ``film.yaml`` and its material files into ``folder``, over those that are there.

    The film.yaml comes last, so that it never names a missing file. Raises ``BadInput`` if there is no plan yet,
    ``StoreUnavailable`` if ``folder`` cannot be written.
    """
    if standing.plan is None:
        actions = [Action("resume_job", {"project": standing.project})]
        raise BadInput("project", standing.project, "a project that has a plan", actions=actions)
    files = await _add_endings(vault, standing.account, name_materials(standing.brief, standing.plan))
    text = film_yaml.write(standing.project, standing.revision, standing.brief, standing.plan, standing.choices, files)
    again = Action("give_file_again", {"project": standing.project})
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        for asset, name in files.items():
            path = folder / name
            if not (path.is_file() and _compute_sha256(path) == asset):
                with name_damage(name.removeprefix(f"{MATERIALS}/"), again):
                    async with vault.open_local(standing.account, asset) as source:
                        _write_whole(path, source)
        film = folder / film_yaml.NAME
        _write_whole(film, text)
    except OSError as cause:
        raise StoreUnavailable(code="file_not_written", file=folder, cause=cause.strerror) from cause
    names = (film_yaml.NAME, *files.values())
    return PullResult(project=standing.project, revision=standing.revision, folder=folder, film=film, files=names)


def read_existing_document(folder: Path, project: str) -> film_yaml.FilmDocument | None:
    """Read the ``film.yaml`` of ``project`` that is in ``folder`` already; None if there is none.

    Raises ``BadInput`` if it cannot be read or belongs to another project, so that it is not overwritten.
    """
    if folder.exists() and not folder.is_dir():
        raise BadInput("folder", str(folder), "a folder")
    film = folder / film_yaml.NAME
    if not film.is_file():
        return None
    try:
        theirs = film_yaml.read(film.read_bytes())
    except BadInput as cause:
        accepted = f"a folder whose {film_yaml.NAME} can be read; mend {cause.field}, or choose another folder"
        raise BadInput("folder", str(folder), accepted) from cause
    if theirs.project != project:
        raise BadInput("folder", str(folder), f"a folder of {project}; film.yaml there is of {theirs.project}")
    return theirs


def _write_whole(path: Path, content: str | Path) -> None:
    """Write a file so that it appears complete or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open_atomically(path) as part, part.open("wb") as write:
        if isinstance(content, Path):
            with content.open("rb") as read:
                shutil.copyfileobj(read, write, 1 << 20)
        else:
            write.write(content.encode())


def _compute_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(folder: Path) -> tuple[film_yaml.FilmDocument, Path]:
    """Read the ``film.yaml`` in ``folder``, which may be the file itself; return its content and its folder."""
    path = folder / film_yaml.NAME if folder.is_dir() else folder
    if not path.is_file():
        raise BadInput("folder", str(folder), f"a folder with {film_yaml.NAME}, or that file")
    if path.stat().st_size > MAX_FILM_FILE_BYTES:
        raise BadInput(film_yaml.NAME, f"{path.stat().st_size} bytes", f"at most {MAX_FILM_FILE_BYTES} bytes")
    return film_yaml.read(path.read_bytes()), path.parent


def check_materials(document: film_yaml.FilmDocument, folder: Path) -> dict[Digest, Path]:
    """Return the paths of a film.yaml's material files by digest. Raises ``BadInput`` if one is missing or changed."""
    found: dict[Digest, Path] = {}
    needed = {
        *(asset for _, asset in _list_plan_assets(document.plan)),
        *(material.asset for material in document.brief.materials),
        *((document.plan.font,) if document.plan.font else ()),
    }
    for n, (asset, name) in enumerate(document.materials.items()):
        path = folder / name
        where = f"{film_yaml.NAME}.materials.{n}.file"
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            if _compute_sha256(path) != asset:
                hint = "an edit with an image or a still takes another one"
                raise BadInput(where, name, "the file that its sha256 names", hint=hint)
            found[asset] = path
        elif asset in needed:
            raise BadInput(where, name, "a file below the folder of film.yaml")
    if unnamed := needed - set(document.materials):
        raise BadInput(f"{film_yaml.NAME}.plan", min(unnamed), "assets among materials")
    return found


def replace_revision(text: str, project: str, revision: int) -> str:
    """Return the text of a film.yaml with ``project`` and ``revision`` replaced; all else stays as it was written."""
    text = re.sub(r"(?m)^revision: .*$", f"revision: {revision}", text, count=1)
    return re.sub(r"(?m)^project: .*$", f"project: {project}", text, count=1)


def note_revision(folder: Path, project: str, revision: int) -> None:
    """Write a project's id and revision into the film.yaml in ``folder``; the rest of the file stays as it is."""
    path = folder / film_yaml.NAME if folder.is_dir() else folder
    old = path.read_text(encoding="utf-8")
    if (new := replace_revision(old, project, revision)) != old:
        _write_whole(path, new)


def drop_take_choices(document: film_yaml.FilmDocument) -> Choices:
    """Return a document's choices without circles and retakes, which would name takes of another project."""
    return replace(document.choices, retakes=(), circles={})


def check_archive_path(path: Path, name: str) -> Path:
    """Return where to write a ZIP archive: ``path``, or ``path/name`` if ``path`` is a folder. Writes nothing.

    Raises ``BadInput`` if it cannot be written, or if a file is there that is no archive of Reelwright.
    """
    if path.is_dir():
        path = path / name
    if path.suffix.lower() != ".zip":
        raise BadInput("out", str(path), "a file name that ends in .zip, or a folder that exists")
    if not path.parent.is_dir():
        raise BadInput(
            "out",
            str(path),
            "a place in a folder that exists",
            actions=[Action("create_folder", {"folder": str(path.parent)})],
        )
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise BadInput("out", str(path), "a place in a folder that you may write to")
    if path.is_file() and not _is_archive(path):
        raise BadInput("out", str(path), "a name that is free, or an archive that Reelwright made")
    return path


def _is_archive(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return film_yaml.NAME in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


async def export(
    vault: Vault, standing: Standing, films: Mapping[str, Outcome], out: Path, takes: Sequence[Digest] = ()
) -> ExportResult:
    """Write a project's film, if given, its captions, film.yaml and materials into the ZIP archive ``out``.

    ``films``: by aspect, as ``summaries.find_current_films`` returns them; each of several is named by its aspect.
    ``takes``: those of a clip, which are written too. It has no path of this machine and no secret, and equal projects
    give equal bytes. Raises ``StoreUnavailable``, ``DamagedAsset``.
    """
    with open_scratch_folder() as folder:
        pulled = await pull(vault, standing, folder.get_path() / "project")
        entries: dict[str, Path | Digest] = {name: pulled.folder / name for name in pulled.files}
        for aspect, film in films.items():
            made: Mapping[str, str] = film.facts.get("files", {})
            for name, digest in made.items():
                path = deliver.add_format(Path("film.mp4" if name == "master" else f"film.{name}"), aspect)
                entries[path.name] = Digest(digest)
        for number, digest in enumerate(takes, 1):
            entries["clip.mp4" if len(takes) == 1 else f"clip-{number}.mp4"] = digest
        try:
            with open_atomically(out) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
                again = Action("resume_job", {"project": standing.project})
                for name, content in sorted(entries.items()):
                    with name_damage("the film", again):
                        await _add_entry(archive, vault, standing.account, name, content)
        except OSError as cause:
            raise StoreUnavailable(code="file_not_written", file=out, cause=cause.strerror) from cause
    size = (await asyncio.to_thread(out.stat)).st_size
    return ExportResult(project=standing.project, path=out, files=tuple(sorted(entries)), size_bytes=size)


async def _add_entry(archive: zipfile.ZipFile, vault: Vault, account: str, name: str, content: Path | Digest) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w", force_zip64=True) as write:
        if isinstance(content, Path):
            with content.open("rb") as source:
                shutil.copyfileobj(source, write, 1 << 20)
        else:
            async for part in vault.read(account, content):
                write.write(part)
