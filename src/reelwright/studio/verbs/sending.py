"""Sending large pictures and clips in parts."""

from __future__ import annotations

from collections.abc import AsyncIterator

from reelwright.studio.files import uploads
from reelwright.studio.results.listings import MaterialSummary
from reelwright.studio.verbs.base import StudioBase


class Sending(StudioBase):
    """The verbs that take in a person's large pictures and clips in parts."""

    async def create_upload(self, kind: str, size: int, metadata: str = "") -> uploads.UploadSummary:
        """Start an upload of ``size`` bytes, which come later in parts. ``kind``: ``picture`` or ``clip``.

        It is kept for a day after its last part. Raises ``BadInput``, and ``StoreUnavailable`` without room for it.
        """
        made = await uploads.create_upload(await self._open_home(), kind, size, metadata)
        return uploads.build_upload_summary(made)

    async def append_part(
        self, upload: str, offset: int, parts: AsyncIterator[bytes], checksum: uploads.Checksum | None = None
    ) -> uploads.UploadSummary:
        """Append bytes to an upload, whose stored bytes must end at ``offset``, and return its new state.

        What arrived before a fault need not be sent again.

        With a ``checksum`` of the part, all of it counts, or nothing.
        """
        home = await self._open_home()
        return uploads.build_upload_summary(await uploads.append_part(home, upload, offset, parts, checksum))

    async def read_upload(self, upload: str) -> uploads.UploadSummary:
        """Read the state of an upload, such as how many of its bytes are stored. Raises ``NotFound``."""
        home = await self._open_home()
        return uploads.build_upload_summary(await home.journal.read_upload(home.account, upload))

    async def read_upload_metadata(self, upload: str) -> str:
        """Return the ``metadata`` text that the client gave to ``create_upload``. Raises ``NotFound``."""
        home = await self._open_home()
        return (await home.journal.read_upload(home.account, upload)).metadata

    async def list_uploads(self) -> tuple[uploads.UploadSummary, ...]:
        """List the uploads of this account, the oldest first."""
        home = await self._open_home()
        return tuple(map(uploads.build_upload_summary, await home.journal.list_uploads(home.account)))

    async def keep_upload(self, upload: str) -> MaterialSummary:
        """Check a complete upload and store it as a person's picture or clip. May be repeated.

        Raises ``BadInput`` and ``UnreadableMedia`` for what is no picture or clip.
        """
        return await uploads.keep_upload(await self._open_home(), upload)

    async def delete_upload(self, upload: str) -> None:
        """Delete an upload and its bytes; an asset that was made of it stays. Raises ``NotFound``."""
        await uploads.delete_upload(await self._open_home(), upload)
