"""Uploads in parts: large pictures and clips of the person's own, which survive lost connections and killed servers.

The bytes are appended to a file in the home. An offset is recorded only after they were synced, so a client never has
to send again what it was told is here. One writer at a time holds the file's lock; what stands behind the recorded
offset is cut off by the next one.
"""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import hmac
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from reelwright.errors import BadInput, NotFound, ReelwrightError, StoreUnavailable
from reelwright.input_limits import MAX_FILE_BYTES
from reelwright.store.database.disks import translate_disk_errors
from reelwright.store.vault.incoming import sync_folder
from reelwright.studio.policy import (
    MAX_OPEN_UPLOAD_BYTES,
    MAX_OPEN_UPLOADS,
    SPARE_DISK_BESIDE_UPLOAD_BYTES,
    UPLOAD_LIFETIME_S,
    UPLOAD_SYNC_BYTES,
)
from reelwright.studio.results.listings import MaterialSummary
from reelwright.studio.results.result_model import Moment, ResultModel
from reelwright.studio.runtime.home import Home
from reelwright.studio.runtime.scratch import open_scratch_folder
from reelwright.studio.scripts.briefing import IntakeResult, take_in

if TYPE_CHECKING:
    from reelwright.store.projects.uploads import Upload
    from reelwright.studio.runtime.runtime import Runtime

CHECKSUMS: Final = ("sha1", "sha256")


class UploadSummary(ResultModel):
    """An upload of a picture or clip in parts.

    ``offset`` of ``size`` bytes are stored for good. ``asset``: what was made of it.
    """

    id: str
    kind: str
    size: int
    offset: int
    expires_at: Moment
    asset: MaterialSummary | None = None


class UploadList(ResultModel):
    """The uploads of an account, the oldest first."""

    uploads: tuple[UploadSummary, ...]


class Checksum(NamedTuple):
    """The checksum of a part's bytes, as the client computed it, with the hash ``algorithm``."""

    algorithm: str
    digest: bytes


async def create_upload(home: Home, kind: str, size: int, metadata: str) -> Upload:
    """Start an upload of ``size`` bytes, which come later in parts. ``kind``: ``picture`` or ``clip``.

    ``metadata``: the client's own text, kept as it is. Raises ``BadInput``, and ``StoreUnavailable`` if the disk has no
    room.
    """
    if kind not in ("picture", "clip"):
        raise BadInput("kind", kind, "picture or clip")
    if not 1 <= size <= MAX_FILE_BYTES:
        raise BadInput("Upload-Length", size, f"1 to {MAX_FILE_BYTES} bytes")
    await home.refuse_full_space(1, size)
    folder = _get_folder(home)
    with translate_disk_errors(folder):
        await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        if (await asyncio.to_thread(shutil.disk_usage, folder)).free < size + SPARE_DISK_BESIDE_UPLOAD_BYTES:
            raise StoreUnavailable(code="no_room_for_upload", gigabytes=round(size / 1e9, 2))
    limits = {"most": MAX_OPEN_UPLOADS, "most_bytes": MAX_OPEN_UPLOAD_BYTES}
    made = await home.journal.create_upload(home.account, kind, metadata, size, lasts_s=UPLOAD_LIFETIME_S, **limits)
    with translate_disk_errors(folder):
        await asyncio.to_thread(_create_file, folder / made.id)
    return made


async def append_part(
    home: Home, id_: str, offset: int, parts: AsyncIterator[bytes], checksum: Checksum | None = None
) -> Upload:
    """Append ``parts`` to an upload, whose stored bytes must end at ``offset``, and return its new state.

    What arrived before a fault stays, unless there is a checksum. Raises ``ReelwrightError`` if the upload is at
    another offset, if somebody else appends, or for a wrong checksum, ``BadInput`` for more bytes than the upload has,
    and ``StoreUnavailable`` on a full disk.
    """
    path = _get_folder(home) / id_
    await home.journal.read_upload(home.account, id_)  # before its name becomes a path
    with translate_disk_errors(path.parent), _lock_file(path, id_) as handle:
        upload = await home.journal.read_upload(home.account, id_)
        if upload.offset != offset:
            raise ReelwrightError(code="upload_is_elsewhere", offset=offset, received=upload.offset)
        if upload.asset or os.fstat(handle).st_size < upload.offset:
            raise NotFound(code="upload_not_found", upload=id_)
        await asyncio.to_thread(os.ftruncate, handle, offset)
        writer = _PartWriter(home, upload, handle)
        try:
            await writer.write_all(parts, checksum)
        except BaseException:  # also when the client left or the server stops: what is here need not be sent again
            if checksum is None:
                with suppress(StoreUnavailable, OSError):
                    await asyncio.shield(writer.record())
            raise
        await asyncio.shield(writer.record())
        return await home.journal.read_upload(home.account, id_)


class _PartWriter:
    """Writes a part, and records from time to time how much of it is durable."""

    def __init__(self, home: Home, upload: Upload, handle: int) -> None:
        self._home, self._upload, self._handle = home, upload, handle
        self._written = self._recorded = upload.offset

    async def write_all(self, parts: AsyncIterator[bytes], checksum: Checksum | None) -> None:
        digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None
        async for part in parts:
            if self._written + len(part) > self._upload.size:
                raise BadInput("body", f"more than {self._upload.size} bytes", f"at most {self._upload.size} bytes")
            await asyncio.to_thread(_write, self._handle, self._written, part)
            self._written += len(part)
            if digest:
                digest.update(part)
            elif self._written - self._recorded >= UPLOAD_SYNC_BYTES:
                await self.record()
        if checksum and digest and not hmac.compare_digest(digest.digest(), checksum.digest):
            raise ReelwrightError(code="checksum_differs", algorithm=checksum.algorithm)

    async def record(self) -> None:
        """Sync what was written, then record it."""
        written = self._written
        if written > self._recorded:
            await asyncio.to_thread(os.fsync, self._handle)
            await self._home.journal.record_received(self._upload.account, self._upload.id, written, UPLOAD_LIFETIME_S)
            self._recorded = written


async def keep_upload(home: Home, id_: str) -> MaterialSummary:
    """Check a complete upload and store it in the vault as a person's picture or clip. May be repeated.

    Raises ``ReelwrightError`` while bytes are missing, and ``BadInput`` or ``UnreadableMedia`` for what is no picture
    or clip. Then the upload stays until it is deleted or its time is over.
    """
    found = await home.journal.read_upload(home.account, id_)
    if found.asset is None:
        path = _get_folder(home) / id_
        with translate_disk_errors(path.parent), _lock_file(path, id_):
            upload = await home.journal.read_upload(home.account, id_)
            if upload.asset is None:
                if upload.offset < upload.size:
                    raise ReelwrightError(code="upload_is_not_whole", received=upload.offset, size=upload.size)
                await _make_asset(home, upload, path)
        found = await home.journal.read_upload(home.account, id_)
    assert found.asset
    return MaterialSummary.model_validate_json(found.asset)


async def _make_asset(home: Home, upload: Upload, path: Path) -> None:
    taken = IntakeResult()
    with open_scratch_folder() as folder:
        made = await take_in(taken, path, upload.kind, folder, "file")
        await taken.keep(home)
    summary = MaterialSummary(
        id=made.asset, material_kind=upload.kind, width=made.width, height=made.height, ms=made.ms
    )
    await home.journal.record_uploaded_asset(home.account, upload.id, summary.model_dump_json())
    await asyncio.to_thread(path.unlink, missing_ok=True)


async def delete_upload(home: Home, id_: str) -> None:
    """Delete an upload and its bytes; an asset that was made of it stays. Raises ``NotFound``."""
    await home.journal.read_upload(home.account, id_)
    await home.journal.delete_upload(home.account, id_)
    await asyncio.to_thread((_get_folder(home) / id_).unlink, missing_ok=True)


async def sweep_uploads(runtime: Runtime) -> None:
    """Delete the uploads of all accounts that got no part for a day, with their bytes."""
    for account, id_ in await runtime.journal.list_expired_uploads():
        home = runtime.get_home(account)
        await asyncio.to_thread((_get_folder(home) / id_).unlink, missing_ok=True)
        await home.journal.delete_upload(account, id_)


def build_upload_summary(upload: Upload) -> UploadSummary:
    """Convert an upload of the journal to what is shown of it."""
    asset = MaterialSummary.model_validate_json(upload.asset) if upload.asset else None
    return UploadSummary(
        id=upload.id, kind=upload.kind, size=upload.size, offset=upload.offset, expires_at=upload.expires_at,
        asset=asset,
    )  # fmt: skip


def _get_folder(home: Home) -> Path:
    home.vault.get_folder(home.account)  # checks the account's name
    return home.settings.uploads / home.account


def _create_file(path: Path) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    sync_folder(path.parent)


@contextmanager
def _lock_file(path: Path, id_: str) -> Iterator[int]:
    """Open the file of an upload, and lock it against every other writer, also of other processes."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotFound(code="upload_not_found", upload=id_) from None
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ReelwrightError(code="upload_is_locked", upload=id_) from None
        yield handle
    finally:
        os.close(handle)


def _write(handle: int, position: int, part: Any) -> None:
    view = memoryview(part)
    while view:
        count = os.pwrite(handle, view, position)
        view, position = view[count:], position + count
