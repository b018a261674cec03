"""Downloads: files of the vault with ranges, and nothing again that the client has; or redirects to where they lie.

A redirect leads to the bucket that has the files, or to CloudFront before it. The server's own address stays the one
that is given out: it checks the link, the API key and the retention each time, and only then answers with an address of
the bucket that lasts some minutes.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, Protocol

from fastapi import Request
from fastapi.responses import FileResponse, RedirectResponse, Response
from starlette.types import Message, Receive, Scope, Send

from reelwright.media.base.boxes import SKIPPED
from reelwright.net.cloudfront import CloudFrontSigner, load_cloudfront_signer
from reelwright.reel.base.value import Digest
from reelwright.server.policy import BUCKET_ADDRESS_S, READ_CHUNK_BYTES
from reelwright.settings import Settings, check_downloads
from reelwright.store.vault.object_vault import ObjectVault
from reelwright.store.vault.vault import FolderVault

Finish = Callable[[], Awaitable[None]]
HEAD_BYTES: Final = 12
"""How many bytes of a file ``sniff_head`` needs."""
TYPES: Final = ("video/mp4", "image/png", "image/jpeg", "application/octet-stream")
"""What ``sniff_type`` may return."""
_REDIRECT: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


class Content(Protocol):
    """A source of bytes that can be read from any position, such as a file or an archive. ``modified_at``: when they
    were stored.

    ``open`` opens all that they are read from, so that nobody can remove it.
    """

    size: int
    modified_at: float

    def open(self, stack: ExitStack) -> Callable[[int, int], bytes]:
        """Open the source until ``stack`` closes; return ``read(position, size)``, which returns up to ``size``
        bytes.
        """


class ContentResponse(FileResponse):
    """HTTP response that sends content, whole or the requested range, and opens all of it before the first byte is
    sent.

    What is deleted meanwhile is still sent to its end: a name that is gone takes nothing from an open file.
    ``on_sent``: called once the whole content was sent in one answer; not after a HEAD, a part, or a client that left.
    """

    chunk_size = READ_CHUNK_BYTES

    def __init__(self, content: Content, mime: str, headers: dict[str, str], name: str, on_sent: Finish | None) -> None:
        facts = os.stat_result((0,) * 6 + (content.size, 0, int(content.modified_at), 0))
        super().__init__(Path(name), media_type=mime, headers=headers, filename=name, stat_result=facts)
        self._content, self._on_sent = content, on_sent
        self._read: Callable[[int, int], bytes] = lambda position, size: b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        status = sent = 0

        async def count(message: Message) -> None:
            nonlocal status, sent
            await send(message)
            status = message.get("status", status)
            sent += len(message.get("body", b""))

        with ExitStack() as stack:
            self._read = await asyncio.to_thread(self._content.open, stack)
            await super().__call__(scope, receive, count)
        if self._on_sent and status == 200 and sent == self._content.size:
            await self._on_sent()

    @classmethod
    def _parse_range_header(cls, http_range: str, file_size: int) -> list[tuple[int, int]]:
        """Parse a ``Range``; one in another unit than bytes is ignored (RFC 9110, 14.2)."""
        is_known = http_range.partition("=")[0].strip().lower() == "bytes"
        return super()._parse_range_header(http_range, file_size) if is_known else []

    @asynccontextmanager
    async def _open_file(self) -> AsyncIterator[Any]:
        yield _Reader(self._read)


class _Reader:
    """Reads content from a position on, as Starlette reads a file."""

    def __init__(self, read: Callable[[int, int], bytes]) -> None:
        self._read, self._position = read, 0

    async def seek(self, position: int) -> None:
        self._position = position

    async def read(self, size: int) -> bytes:
        chunk = await asyncio.to_thread(self._read, self._position, size)
        self._position += len(chunk)
        return chunk


class _FileContent:
    """The bytes of one file. ``sound_at``: where it says ``SKIPPED`` instead, so that players find no sound."""

    def __init__(self, path: Path, sound_at: tuple[int, ...] = ()) -> None:
        facts = path.stat()
        self._path, self.size, self.modified_at = path, facts.st_size, facts.st_mtime
        self._sound_at = sound_at

    def open(self, stack: ExitStack) -> Callable[[int, int], bytes]:
        file = stack.enter_context(self._path.open("rb", buffering=0))
        return lambda position, size: self._skip(position, read_at(file, position, size))

    def _skip(self, position: int, chunk: bytes) -> bytes:
        for at in self._sound_at:
            begin, end = max(at, position), min(at + len(SKIPPED), position + len(chunk))
            if begin < end:
                put = SKIPPED[begin - at : end - at]
                chunk = chunk[: begin - position] + put + chunk[end - position :]
        return chunk


def read_at(file: BinaryIO | Any, position: int, size: int) -> bytes:
    """Read ``size`` bytes of an open file from a position on; fewer only at its end."""
    chunk = os.pread(file.fileno(), size, position)
    while len(chunk) < size and (more := os.pread(file.fileno(), size - len(chunk), position + len(chunk))):
        chunk += more
    return chunk


def build_download(
    request: Request, path: Path, digest: Digest, name: str, mime: str = "video/mp4", on_sent: Finish | None = None
) -> Response:
    """Build the HTTP response with a file of the vault, or the requested range of it; 304 if the client has these
    bytes.
    """
    return build_content_answer(request, _FileContent(path), digest, name, mime, on_sent)


def build_silent_download(request: Request, path: Path, sound_at: tuple[int, ...], tag: str, name: str) -> Response:
    """Build the HTTP response with a film of the vault without its sound. ``sound_at``: where ``find_sound_tracks``
    found sound.

    It is the file as it is, whose sound a player does not find: nothing is copied, and it comes in parts as the film.
    """
    return build_content_answer(request, _FileContent(path, sound_at), tag, name, "video/mp4")


def build_content_answer(
    request: Request, content: Content, tag: str, name: str, mime: str, on_sent: Finish | None = None
) -> Response:
    """Build the HTTP response with content, or the requested range of it; 304 if the client has the bytes of this
    ``tag``, or those since its ``If-Modified-Since``.
    """
    headers = {"ETag": f'"{tag}"', "Cache-Control": "private, immutable", "X-Content-Type-Options": "nosniff"}
    known = request.headers.get("if-none-match")
    if headers["ETag"] in known if known is not None else _is_unmodified(request, content):
        return Response(status_code=304, headers=headers)
    return ContentResponse(content, mime, headers, name, on_sent)


def _is_unmodified(request: Request, content: Content) -> bool:
    """Whether content was not modified after the time that the client names; an odd time counts for nothing."""
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", "")).timestamp()
    except ValueError:
        return False
    return int(content.modified_at) <= since


def sniff_type(path: Path) -> str:
    """Return the MIME type of a file by its first bytes: MP4, PNG, JPEG, WAV, MP3, FLAC or Ogg.

    Anything else is ``application/octet-stream``.
    """
    with path.open("rb") as file:
        return sniff_head(file.read(HEAD_BYTES))


def sniff_head(head: bytes) -> str:
    """Return the MIME type of a file by its first ``HEAD_BYTES`` bytes, as ``sniff_type`` does."""
    signs = {
        b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"ID3": "audio/mpeg", b"fLaC": "audio/flac",
        b"OggS": "audio/ogg",
    }  # fmt: skip
    if head[:1] == b"\xff" and head[1:2] and head[1] & 0xE6 == 0xE2:  # a frame of layer III, of any version
        return "audio/mpeg"
    if head[:4] == b"RIFF" and head[8:] == b"WAVE":
        return "audio/wav"
    if head[4:8] == b"ftyp":
        return "video/mp4"
    return next((mime for sign, mime in signs.items() if head.startswith(sign)), "application/octet-stream")


@dataclass(frozen=True, slots=True)
class FileRedirects:
    """Answers downloads from ``vault`` with redirects. ``signer``: None where the bucket itself sends the files."""

    vault: ObjectVault
    signer: CloudFrontSigner | None

    async def build_redirect(
        self, request: Request, account: str, digest: Digest, name: str, life_s: int = BUCKET_ADDRESS_S
    ) -> RedirectResponse | None:
        """Build the redirect (307) to a file for at most ``life_s`` seconds; None if the bucket does not have it.

        ``name``: under which a browser saves it, in ASCII. Raises ``StoreUnavailable``.
        """
        url = await asyncio.to_thread(
            self._sign, request.method, account, digest, name, max(1, min(life_s, BUCKET_ADDRESS_S))
        )
        return RedirectResponse(url, 307, _REDIRECT) if url else None  # 307: a HEAD stays one

    def _sign(self, method: str, account: str, digest: Digest, name: str, life_s: int) -> str | None:
        store, path = self.vault.store, self.vault.get_path(account, digest)
        key = path.relative_to(self.vault.root).as_posix()
        head = store.read_start(key, HEAD_BYTES)
        if head is None:
            return None
        query = {
            "response-content-disposition": f'attachment; filename="{name}"', "response-content-type": sniff_head(head)
        }  # fmt: skip
        if self.signer is None:
            return store.sign_address(key, method, life_s, query)
        prefix = "/".join(store.url.split("/")[3:])
        return self.signer.sign_address(f"{prefix}/{key}".lstrip("/"), query, int(time.time()) + life_s)


def open_redirects(settings: Settings, vault: FolderVault) -> FileRedirects | None:
    """Open what the setting ``downloads`` names; None where the server sends all files itself. Contacts nobody.

    Raises ``BadInput`` for settings that do not fit one another, such as those without a bucket, and for a missing or
    wrong key of CloudFront.
    """
    check_downloads(settings)
    if settings.downloads == "server":
        return None
    assert isinstance(vault, ObjectVault), "check_downloads asks for a bucket"
    by_key = settings.downloads == "cloudfront"
    return FileRedirects(vault, load_cloudfront_signer(settings, os.environ) if by_key else None)
