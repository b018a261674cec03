"""A project as files and back: ``pull`` writes film.yaml with its materials, ``apply`` reads them, ``export`` zips."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from reelwright.engine.waist import Vault
from reelwright.errors import BadInput, DamagedAsset, StoreUnavailable
from reelwright.providers.wires.magic import ending_of, mime_of_bytes
from reelwright.reel.brief import Brief
from reelwright.reel.choices import Choices
from reelwright.reel.noun import Digest
from reelwright.reel.operation import Standing
from reelwright.reel.outcome import Outcome
from reelwright.reel.plan import Own, Plan
from reelwright.reel.request import Request
from reelwright.studio import filmfile
from reelwright.studio.answers import Exported, Pulled
from reelwright.studio.scratch import scratch
from reelwright.studio.whole import whole

MATERIALS: Final = "materials"
MATERIAL_BYTES: Final = 2 * 1024**3
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The date of every entry of an archive: the same project gives the same bytes."""


def materials_of(brief: Brief, plan: Plan) -> dict[Digest, str]:
    """File name below the folder of every asset that brief and plan name, each name once on any disk.

    What only an edit brought is called by the shot that shows it, without an ending.
    """
    named = {material.asset: material.name for material in brief.materials}
    named |= {reference.asset: reference.name for reference in brief.references}
    named |= {still.asset: still.name for still in brief.storyboard}
    for n, asset in _assets_of(plan):
        named.setdefault(asset, f"shot-{n}")
    taken: set[str] = set()
    files: dict[Digest, str] = {}
    for asset, name in named.items():
        first = safe = _safe(name)
        others = 1
        while _is_taken(safe, taken):
            others += 1
            stem, dot, ending = first.rpartition(".")
            safe = f"{stem}-{others}.{ending}" if dot else f"{first}-{others}"
        taken.add(safe.casefold())
        files[asset] = f"{MATERIALS}/{safe}"
    return files


def _is_taken(name: str, taken: Set[str]) -> bool:
    """Whether a file is called so; one without an ending is yet to get one, so any with its stem counts."""
    called = name.casefold()
    return called in taken or ("." not in called and any(one.rpartition(".")[0] == called for one in taken))


def _assets_of(plan: Plan) -> list[tuple[int, Digest]]:
    """What shots show that is not made for them, with the number of the shot."""
    found: list[tuple[int, Digest]] = []
    for n, shot in enumerate(plan.shots, 1):
        if isinstance(shot.source, Own):
            found.append((n, shot.source.asset))
        if shot.opening.image:
            found.append((n, shot.opening.image))
        requests = [r for r in (shot.source, shot.still) if isinstance(r, Request)]
        found += [(n, needed.asset) for r in requests for needed in r.inputs if needed.asset]
    return found


def _safe(name: str) -> str:
    """A file name that every disk takes, from what a person called it."""
    plain = re.sub(r"[^\w.\- ]+", "_", name, flags=re.ASCII).strip(" .-_")[-60:]
    return plain or "material"


@contextmanager
def damage_named(name: str, hint: str) -> Iterator[None]:
    """A damaged file under the name that a person knows."""
    try:
        yield
    except DamagedAsset as error:
        raise DamagedAsset(
            error.digest, name=name, hint=f"{DamagedAsset.BACK}; or {hint}", missing=error.missing
        ) from error  # fmt: skip


async def _with_endings(vault: Vault, account: str, files: Mapping[Digest, str]) -> dict[Digest, str]:
    """``files``, those without an ending with that of their first bytes: by it a clip is told from a picture."""
    named = dict(files)
    for asset, name in files.items():
        if not Path(name).suffix:
            async with vault.local(account, asset) as source:
                named[asset] = f"{name}.{ending_of(mime_of_bytes(_head(source)))}"
    return named


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(16)


async def pull(vault: Vault, standing: Standing, folder: Path) -> Pulled:
    """Write the project into ``folder``; film.yaml last, so that it never names what is not there."""
    if standing.plan is None:
        raise BadInput("project", standing.project, "a project that has a plan", hint="reelwright resume")
    files = await _with_endings(vault, standing.account, materials_of(standing.brief, standing.plan))
    text = filmfile.write(standing.project, standing.revision, standing.brief, standing.plan, standing.choices, files)
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        for asset, name in files.items():
            path = folder / name
            if not (path.is_file() and _sha256(path) == asset):
                with damage_named(
                    name.removeprefix(f"{MATERIALS}/"), "give that very file again: edit --image or --clip"
                ):
                    async with vault.local(standing.account, asset) as source:
                        _whole(path, source)
        film = folder / filmfile.NAME
        _whole(film, text)
    except OSError as cause:
        raise StoreUnavailable(f"{folder} cannot be written: {cause.strerror}") from cause
    names = (filmfile.NAME, *files.values())
    return Pulled(project=standing.project, revision=standing.revision, folder=folder, film=film, files=names)


def film_there(folder: Path, project: str) -> filmfile.Read | None:
    """The film.yaml that is there already. Raises ``BadInput`` rather than let somebody's files be written over."""
    if folder.exists() and not folder.is_dir():
        raise BadInput("folder", str(folder), "a folder")
    film = folder / filmfile.NAME
    if not film.is_file():
        return None
    try:
        theirs = filmfile.read(film.read_bytes())
    except BadInput as cause:
        accepted = f"a folder without a {filmfile.NAME} that cannot be read ({cause.field})"
        raise BadInput("folder", str(folder), accepted) from cause
    if theirs.project != project:
        raise BadInput("folder", str(folder), f"a folder of {project}; film.yaml there is of {theirs.project}")
    return theirs


def _whole(path: Path, content: str | Path) -> None:
    """Write a file that appears whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as part, part.open("wb") as write:
        if isinstance(content, Path):
            with content.open("rb") as read:
                shutil.copyfileobj(read, write, 1 << 20)
        else:
            write.write(content.encode())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read(folder: Path) -> tuple[filmfile.Read, Path]:
    """What ``film.yaml`` says (``folder`` may name the file itself) and the folder that its materials stand in."""
    path = folder / filmfile.NAME if folder.is_dir() else folder
    if not path.is_file():
        raise BadInput("folder", str(folder), f"a folder with {filmfile.NAME}, or that file")
    if path.stat().st_size > filmfile.MOST_BYTES:
        raise BadInput(filmfile.NAME, f"{path.stat().st_size} bytes", f"at most {filmfile.MOST_BYTES} bytes")
    return filmfile.read(path.read_bytes()), path.parent


def check_materials(said: filmfile.Read, folder: Path) -> dict[Digest, Path]:
    """The files of ``film.yaml`` by digest. Raises ``BadInput`` where one is missing or is not what it was."""
    found: dict[Digest, Path] = {}
    needed = {*(asset for _, asset in _assets_of(said.plan)), *(material.asset for material in said.brief.materials)}
    for n, (asset, name) in enumerate(said.materials.items()):
        path = folder / name
        where = f"{filmfile.NAME}.materials.{n}.file"
        if path.resolve().is_relative_to(folder.resolve()) and path.is_file():
            if _sha256(path) != asset:
                raise BadInput(
                    where, name, "the file that its sha256 names", hint="edit --image or --still takes another one"
                )
            found[asset] = path
        elif asset in needed:
            raise BadInput(where, name, "a file below the folder of film.yaml")
    if unnamed := needed - set(said.materials):
        raise BadInput(f"{filmfile.NAME}.plan", min(unnamed), "assets among materials")
    return found


def with_revision(text: str, project: str, revision: int) -> str:
    """``text`` of a film.yaml, saying that it is now ``revision`` of ``project``; all else as it was written."""
    text = re.sub(r"(?m)^revision: .*$", f"revision: {revision}", text, count=1)
    return re.sub(r"(?m)^project: .*$", f"project: {project}", text, count=1)


def note_revision(folder: Path, project: str, revision: int) -> None:
    """Tell the film.yaml in ``folder`` what it has become, so that it can be applied again after the next edit."""
    path = folder / filmfile.NAME if folder.is_dir() else folder
    old = path.read_text(encoding="utf-8")
    if (new := with_revision(old, project, revision)) != old:
        _whole(path, new)


def elsewhere(said: filmfile.Read) -> Choices:
    """The choices that hold in a project that has none of the takes: circles and asks name bytes of another one."""
    return replace(said.choices, asks=(), circled={})


def archive_at(path: Path, name: str) -> Path:
    """Where an archive goes: ``path``, or ``name`` in that folder. Raises ``BadInput`` rather than write over more."""
    if path.is_dir():
        path = path / name
    if path.suffix.lower() != ".zip":
        raise BadInput("out", str(path), "a file name that ends in .zip, or a folder that exists")
    if not path.parent.is_dir():
        raise BadInput("out", str(path), "a place in a folder that exists", hint=f"mkdir -p '{path.parent}'")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise BadInput("out", str(path), "a place in a folder that you may write to")
    if path.is_file() and not _is_archive(path):
        raise BadInput("out", str(path), "a name that is free, or an archive that Reelwright made")
    return path


def _is_archive(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return filmfile.NAME in archive.namelist()
    except (OSError, zipfile.BadZipFile):
        return False


async def export(vault: Vault, standing: Standing, film: Outcome | None, out: Path) -> Exported:
    """One zip: film, sidecars, film.yaml and materials. No path of this machine, no secret; always the same bytes."""
    with scratch() as folder:
        pulled = await pull(vault, standing, folder / "project")
        entries: dict[str, Path | Digest] = {name: pulled.folder / name for name in pulled.files}
        made: Mapping[str, str] = film.facts.get("files", {}) if film else {}
        for name, digest in made.items():
            entries["film.mp4" if name == "master" else f"film.{name}"] = Digest(digest)
        try:
            with whole(out) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
                again = f"reelwright resume {standing.project} makes the film again, for nothing"
                for name, content in sorted(entries.items()):
                    with damage_named("the film", again):
                        await _add(archive, vault, standing.account, name, content)
        except OSError as cause:
            raise StoreUnavailable(f"{out} cannot be written: {cause.strerror}") from cause
    size = (await asyncio.to_thread(out.stat)).st_size
    return Exported(project=standing.project, path=out, files=tuple(sorted(entries)), size=size)


async def _add(archive: zipfile.ZipFile, vault: Vault, account: str, name: str, content: Path | Digest) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w", force_zip64=True) as write:
        if isinstance(content, Path):
            with content.open("rb") as source:
                shutil.copyfileobj(source, write, 1 << 20)
        else:
            async for part in vault.read(account, content):
                write.write(part)
