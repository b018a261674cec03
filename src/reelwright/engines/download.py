"""The download of weights: what is taken of a model at the hub, whether there is room for it, and its checked bytes.

Nothing but ``models fetch`` comes here. Files arrive in a folder beside the one that they are for, which is moved there
once every file has its digest; a download that stopped goes on there, with the revision that it began with.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, Final

from reelwright.engines.hub import Hub, HubFile, HubModel
from reelwright.engines.model_cards import FILE_NAME, ModelCard
from reelwright.engines.policy import DOWNLOAD_RETRY_WAITS_S, READ_BLOCK_BYTES, SPARE_DISK_BESIDE_WEIGHTS_BYTES
from reelwright.engines.weights import INDEX, PICKLES, load_families
from reelwright.errors import BadInput, ProviderError, ReelwrightError, StoreUnavailable, Unreachable
from reelwright.net.closing import ensure_closed
from reelwright.settings import Settings

_TAKEN: Final = frozenset({".safetensors", ".json", ".txt", ".model"})
_PAPERS: Final = frozenset({"README.md", "LICENSE", "LICENSE.md", "NOTICE"})
"""The model's own card and its licence, which go with the weights."""
_VARIANT: Final = re.compile(r"\.(fp16|bf16|fp8|fp32|ema|non_ema)(?=[.-])")
"""The mark of a second set of the same weights, which diffusers loads only where it is named."""

Report = Callable[[int, int], None]
"""Told of the bytes that are there, and of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A download that was looked up: the hub, the files to take, and the folder that they are for.

    ``free_bytes``: on the disk of the folder, when it was looked up.
    ``is_resumed``: it began earlier, and goes on with the revision of then. ``digests``: the SHA-256 that the card of
    the model says already, by file.
    """

    hub: Hub
    model: HubModel
    pipeline: str
    files: tuple[HubFile, ...]
    folder: Path
    free_bytes: int
    digests: Mapping[str, str] = field(default_factory=dict)
    is_resumed: bool = False

    @property
    def part(self) -> Path:
        """The folder in which the files arrive."""
        return self.folder.parent / f".{self.folder.name}.part"

    @property
    def total_bytes(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    def count_present_bytes(self) -> int:
        """Return how many bytes of the files arrived earlier."""
        return sum(min(file.size, _get_size(self.part / file.path)) for file in self.files) if self.is_resumed else 0


@asynccontextmanager
async def open_download(
    settings: Settings, model: str, revision: str | None, folder: Path, card: ModelCard | None = None
) -> AsyncIterator[Download]:
    """Context manager that asks the hub what a download of ``model`` into ``folder`` would take, and keeps it open.

    Downloads ``model_index.json`` at most. ``revision`` None: that of a download that stopped, else ``main``. ``card``:
    of a model whose weights are missing. Raises ``BadInput`` for weights that are no pipeline that we run, or pickles,
    and what ``Hub`` raises.
    """
    if folder.exists():
        raise BadInput("folder", str(folder), "a folder that is not there yet")
    hub = Hub(settings)
    try:
        yield await _look_up(hub, model, revision, folder, card)
    finally:
        await hub.close()


async def _look_up(hub: Hub, model: str, revision: str | None, folder: Path, card: ModelCard | None) -> Download:
    begun = _read_origin(folder)
    earlier = str(begun.get("commit", "")) if begun.get("model") == model else ""
    found = await hub.describe_model(model, revision or earlier or "main")
    index = next((file for file in found.files if file.path == INDEX), None)
    if index is None:
        raise BadInput("name", f"{model}, without {INDEX}", "a model that is saved as a pipeline of diffusers")
    parts = await _read_index(hub, found, index)
    pipeline = str(parts.get("_class_name"))
    if pipeline not in load_families():
        raise BadInput("name", f"{model}, a {pipeline}", f"one of {', '.join(load_families())}")
    if card and card.pipeline != pipeline:
        raise BadInput("pipeline", card.pipeline, f"{pipeline}, as {model} has it")
    return Download(
        hub=hub, model=found, pipeline=pipeline, files=choose_files(found, parts), folder=folder,
        free_bytes=count_free_bytes(folder), digests=card.weights.digests if card else {},
        is_resumed=earlier == found.commit,
    )  # fmt: skip


async def _read_index(hub: Hub, model: HubModel, index: HubFile) -> Mapping[str, Any]:
    if index.size > READ_BLOCK_BYTES:
        raise BadInput(INDEX, f"{index.size} bytes", f"at most {READ_BLOCK_BYTES} bytes")
    body = b"".join([part async for part in hub.stream_file(model, index, 0)])
    hasher = _Hasher(index)
    hasher.update(body)
    hasher.check()
    try:
        found = json.loads(body)
    except ValueError as cause:
        raise BadInput(INDEX, "no JSON", "the index of a pipeline of diffusers") from cause
    return found if isinstance(found, dict) else {}


def choose_files(model: HubModel, parts: Mapping[str, Any]) -> tuple[HubFile, ...]:
    """Choose the files of a pipeline: those beside its index, and those in the folders of its parts, without variants.

    Raises ``BadInput`` where a part has its weights as a pickle only: to load one runs the program inside it.
    """
    folders = {name for name, value in parts.items() if isinstance(value, list) and value and value[0] is not None}
    taken = []
    for file in model.files:
        path = PurePosixPath(file.path)
        folder = path.parts[0] if len(path.parts) > 1 else ""
        is_paper = not folder and path.name in _PAPERS
        if not is_paper and (path.suffix not in _TAKEN or _is_foreign(path, folder, folders)):
            continue
        if not FILE_NAME.fullmatch(file.path):
            raise BadInput("name", f"{model.id}, with the file {file.path!r}", "files with plain names")
        if not (file.sha256 or file.git_id):
            raise BadInput("name", f"{model.id}, with {file.path}", "files whose digest the hub knows")
        taken.append(file)
    chosen = [file for file in taken if not _is_spare_variant(file, taken)]
    if variant := next(
        (one.path for one in chosen if one.path.endswith(".safetensors") and _VARIANT.search(one.path)), ""
    ):
        raise BadInput("name", variant, "weights that are loaded by their usual name: a variant alone is never loaded")
    weights = {PurePosixPath(file.path).parts[0] for file in chosen if file.path.endswith(".safetensors")}
    pickles = [file.path for file in model.files if PurePosixPath(file.path).suffix.lower() in PICKLES]
    for name in pickles:
        folder = PurePosixPath(name).parts[0]
        if folder in folders - weights or not weights:
            raise BadInput(name, "a pickle", "weights as safetensors only: loading a pickle runs the program inside it")
    if not weights:
        raise BadInput("name", model.id, "a model with weights as safetensors; there are none")
    return tuple(chosen)


def _is_foreign(path: PurePosixPath, folder: str, folders: set[str]) -> bool:
    """Whether a file is for other programs: one in another folder, and weights beside the index."""
    return folder not in folders if folder else path.suffix == ".safetensors"


def _is_spare_variant(file: HubFile, files: list[HubFile]) -> bool:
    """Whether a file is of a second set of weights, and the first one is there too."""
    path = PurePosixPath(file.path)
    if not _VARIANT.search(path.name):
        return False
    first = [other for each in files if (other := PurePosixPath(each.path)).parent == path.parent]
    return any(other.suffix == ".safetensors" and not _VARIANT.search(other.name) for other in first)


def _check_room(download: Download) -> None:
    """Raise ``StoreUnavailable`` unless what is missing fits on the disk, with a gigabyte to spare."""
    missing, free = download.total_bytes - download.count_present_bytes(), download.free_bytes
    needed = missing + SPARE_DISK_BESIDE_WEIGHTS_BYTES
    if free < needed:
        raise StoreUnavailable(
            code="disk_too_small", folder=str(download.folder.parent), needed_gb=needed / 1e9, free_gb=free / 1e9
        )


def count_free_bytes(folder: Path) -> int:
    """Return the free bytes of the disk on which ``folder`` is or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


async def fetch(
    download: Download, *, report: Report, waits_s: tuple[float, ...] = DOWNLOAD_RETRY_WAITS_S
) -> dict[str, str]:
    """Download what is missing, check every digest, and move the files to their folder whole.

    Return the SHA-256 of each file. Raises ``ProviderError`` with the code ``weights_differ`` for a file whose bytes
    are not those of its digest: it is removed; ``StoreUnavailable`` where nothing can be written. What arrived stays
    for the next time.
    """
    try:
        return await _fetch_all(download, report, waits_s)
    except OSError as cause:
        file = str(cause.filename or download.part)
        raise StoreUnavailable(code="file_not_written", file=file, cause=cause.strerror or str(cause)) from cause


async def _fetch_all(download: Download, report: Report, waits_s: tuple[float, ...]) -> dict[str, str]:
    _check_room(download)
    download.folder.parent.mkdir(parents=True, exist_ok=True)
    with _lock(download):
        if not download.is_resumed:
            shutil.rmtree(download.part, ignore_errors=True)
        _write_origin(download)
        digests: dict[str, str] = {}
        done = 0
        for file in download.files:
            at = done

            def tell(size: int, at: int = at) -> None:
                report(at + size, download.total_bytes)

            digests[file.path] = await _fetch_file(download, file, tell, waits_s)
            done += file.size
        _sync_folder(download.part)
        if download.folder.exists():
            raise BadInput("folder", str(download.folder), "a folder that is not there yet")
        download.part.rename(download.folder)
        _get_origin_path(download.folder).unlink(missing_ok=True)
    return digests


async def _fetch_file(
    download: Download, file: HubFile, tell: Callable[[int], None], waits_s: tuple[float, ...]
) -> str:
    """Download one file, going on where it broke off; return its SHA-256."""
    path = download.part / file.path
    path.parent.mkdir(parents=True, exist_ok=True)
    failures = 0
    while True:
        before = _get_size(path)
        try:
            return await _append_rest(download, file, path, tell)
        except Unreachable as error:
            failures = 0 if _get_size(path) > before else failures + 1
            if failures >= len(waits_s):
                raise
            await asyncio.sleep(max(waits_s[failures], error.after_s))


async def _append_rest(
    download: Download, file: HubFile, path: Path, tell: Callable[[int], None]
) -> str:  # fmt: skip
    if _get_size(path) > file.size:
        path.unlink()
    hasher = _Hasher(file, download.digests.get(file.path, ""))
    size = _get_size(path)
    if size:
        await asyncio.to_thread(_hash_file, path, hasher)
    tell(size)
    with path.open("ab") as out:
        if size < file.size:
            async with ensure_closed(download.hub.stream_file(download.model, file, size)) as parts:
                async for part in parts:
                    out.write(part)
                    hasher.update(part)
                    size += len(part)
                    tell(size)
        out.flush()
        os.fsync(out.fileno())
    if size < file.size:
        raise Unreachable(code="output_incomplete", provider="hub", cause=f"{size} of {file.size} bytes")
    try:
        return hasher.check()
    except ReelwrightError:
        path.unlink()
        raise


class _Hasher:
    """The digests of one file while its bytes arrive. ``sha256``: what the card of the model says, if anything."""

    def __init__(self, file: HubFile, sha256: str = "") -> None:
        self._file, self._wanted = file, {sha256, file.sha256} - {""}
        self._sha256 = hashlib.sha256()
        self._git = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)

    def update(self, part: bytes) -> None:
        """Add bytes."""
        self._sha256.update(part)
        self._git.update(part)

    def check(self) -> str:
        """Return the SHA-256. Raises ``ProviderError`` unless the bytes are those of the index and the card."""
        found = self._sha256.hexdigest()
        is_same = all(wanted == found for wanted in self._wanted)
        if not self._file.sha256 and self._file.git_id != self._git.hexdigest():
            is_same = False
        if not is_same:
            raise ProviderError(code="weights_differ", file=self._file.path, sha256=found)
        return found


def _hash_file(path: Path, hasher: _Hasher) -> None:
    with path.open("rb") as file:
        while block := file.read(READ_BLOCK_BYTES):
            hasher.update(block)


def _get_size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _sync_folder(folder: Path) -> None:
    """Have the disk keep the names in ``folder``: the files themselves were synced one by one."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _get_origin_path(folder: Path) -> Path:
    return folder.parent / f".{folder.name}.part.json"


def _read_origin(folder: Path) -> Mapping[str, Any]:
    """Read which model and commit a download that stopped is of; empty if there is none."""
    with suppress(OSError, ValueError):
        found = json.loads(_get_origin_path(folder).read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def _write_origin(download: Download) -> None:
    values = {"model": download.model.id, "commit": download.model.commit}
    _get_origin_path(download.folder).write_text(json.dumps(values))


@contextmanager
def _lock(download: Download) -> Iterator[None]:
    """Hold the right to download into a folder. Raises ``BadInput`` if another process does."""
    number = os.open(download.folder.parent / f".{download.folder.name}.lock", os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            raise BadInput("folder", str(download.folder), "a folder that no other process downloads into") from cause
        yield
    finally:
        os.close(number)
