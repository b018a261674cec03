"""Intake of a person's own pictures and clips: each is identified and made safe, and every repair is stated."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final, Literal

from reelwright.errors import BadInput, MediaError, StoreUnavailable, UnreadableMedia
from reelwright.input_limits import MAX_FILE_BYTES
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import Probe, probe
from reelwright.media.base.sniff import MATROSKA, MOVIE, Kind, read_head, sniff, to_printable_name
from reelwright.media.pictures.pictures import ACCEPTED, detect_treatment, read_picture, write_picture

Treatment = Literal["cutout", "screen", "photo", "clip"]

MAX_SECONDS: Final = 600
MAX_RATE: Final = 240
MAX_STREAMS: Final = 8
MAX_PIXELS: Final = 50_000_000
_CLIPS: Final = "MP4, MOV, WebM or MKV video"


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A clean local file. Sizes in pixels as shown, ``ms`` of a clip; ``notes``: repairs and facts in plain words."""

    path: Path
    mime: str
    treatment: Treatment
    width: int
    height: int
    ms: int | None = None
    has_sound: bool = False
    notes: tuple[str, ...] = ()


def take_in_image(source: Path | bytes, *, room: Path, name: str = "picture") -> Intake:
    """Decode a picture, turn it upright, strip its metadata, and write it again into ``room``.

    ``name`` is used in errors when bytes are given. Raises ``BadInput`` naming what it is and what is accepted, or
    ``UnreadableMedia`` when it is broken.
    """
    field = to_printable_name(source.name) if isinstance(source, Path) else to_printable_name(name)
    data = read_bytes(source, field) if isinstance(source, Path) else source
    kind = sniff(data[:512])
    if kind.opener is None or kind in (MOVIE, MATROSKA):
        raise BadInput(field, kind.name, ACCEPTED, hint=kind.hint)
    picture, notes = read_picture(data, kind.opener, field)
    treatment = detect_treatment(picture)
    path, mime = write_picture(picture, treatment, room)
    return Intake(
        path=path, mime=mime, treatment=treatment, width=picture.width, height=picture.height, notes=tuple(notes)
    )


def take_in_clip(path: Path, *, room: Path) -> Intake:
    """Probe a clip, decode its first and last second, and copy its picture and sound into a container of our own.

    Raises ``BadInput`` for what is no clip or passes a limit, ``UnreadableMedia`` for a broken or truncated one.
    """
    field = to_printable_name(path.name)
    kind = _clip_kind(path, field)
    try:
        found = probe(path, demuxer=kind.opener)
        _within_limits(found, field)
        _try_out(path, found, kind)
        made = _remux(path, found, kind, room)
    except MediaError as cause:
        raise _build_refusal(cause, field) from cause
    width, height = found.upright
    return Intake(
        path=made,
        mime=kind.mime,
        treatment="clip",
        width=width,
        height=height,
        ms=round((max(Fraction(0), found.lag) + found.duration) * 1000),
        has_sound=found.audio is not None,
        notes=tuple(_told(found)),
    )


def _build_refusal(cause: MediaError, field: str) -> UnreadableMedia:
    """Build the error for a clip that cannot be used. It names the clip, and none of our own files."""
    if any(words in cause.last_words for words in ("moov atom not found", "Invalid data found")):
        return UnreadableMedia(code="file_broken", file=field)
    if isinstance(cause, UnreadableMedia) and not cause.last_words:
        others = {name: value for name, value in cause.params.items() if name != "file"}
        return UnreadableMedia(code=cause.code, file=field, **others)
    return UnreadableMedia(
        code="file_unusable", file=field, cause="" if cause.last_words else cause, last_words=cause.last_words
    )


def read_bytes(path: Path, field: str, most: int = MAX_FILE_BYTES) -> bytes:
    """Read a file of at most ``most`` bytes. Raises ``BadInput`` for ``field``."""
    _sized(path, field, most)
    try:
        return path.read_bytes()
    except OSError as cause:
        raise BadInput(field, cause.strerror, "a file that can be read") from cause


def _sized(path: Path, field: str, most: int = MAX_FILE_BYTES) -> None:
    if not path.is_file():
        raise BadInput(field, "no such file" if not path.exists() else "not a file", "a file")
    size = path.stat().st_size
    if not 0 < size <= most:
        limit = f"{most // 1024**2} MB" if most < 1024**3 else f"{most // 1024**3} GB"
        raise BadInput(field, f"{size} bytes", f"1 byte to {limit}")


def _clip_kind(path: Path, field: str) -> Kind:
    _sized(path, field)
    try:
        kind = sniff(read_head(path))
    except OSError as cause:
        raise BadInput(field, cause.strerror, "a file that can be read") from cause
    if kind not in (MOVIE, MATROSKA):
        raise BadInput(field, kind.name, _CLIPS, hint=kind.hint)
    return kind


def _within_limits(found: Probe, field: str) -> None:
    seconds = float(found.duration)
    if found.duration > MAX_SECONDS:
        raise BadInput(field, f"{seconds:.0f} s", f"at most {MAX_SECONDS} s")
    if found.fps > MAX_RATE or found.frames > MAX_RATE * MAX_SECONDS:
        raise BadInput(field, f"{float(found.fps):.0f} frames a second", f"at most {MAX_RATE}")
    if found.width * found.height > MAX_PIXELS:
        raise BadInput(field, f"{found.width}x{found.height}", "at most 50 megapixels")
    if min(found.upright) < 16:
        raise BadInput(field, f"{found.width}x{found.height}", "at least 16x16 pixels")
    if found.streams > MAX_STREAMS:
        raise BadInput(field, f"{found.streams} tracks", f"at most {MAX_STREAMS}")
    if found.missing:
        raise UnreadableMedia(code="file_cut_off", file=field, missing_s=float(found.missing))


def _try_out(path: Path, found: Probe, kind: Kind) -> None:
    """Decode the first and the last second: an index may be complete where the frames are not."""
    last = max(Fraction(0), found.lag + found.duration - 1)
    for start in {Fraction(0), last}:
        options = ("-ss", f"{float(start):.3f}", "-t", "1.2")
        args = ffmpeg.build_input(path, *options, demuxer=kind.opener)
        ffmpeg.run([*args, "-map", f"0:{found.index}", "-map", "0:a:0?", "-f", "null", "-"], is_untrusted=True)


def _remux(path: Path, found: Probe, kind: Kind, room: Path) -> Path:
    """Copy picture and first sound alone with our own muxer: nothing else that came with the clip goes on."""
    made = room / ("clip.mov" if kind is MOVIE else "clip.mkv")
    args = [*ffmpeg.build_input(path, demuxer=kind.opener), "-map", f"0:{found.index}", "-map", "0:a:0?", "-c", "copy"]
    args += ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]
    try:
        ffmpeg.run([*args, "-f", "mov" if kind is MOVIE else "matroska", ffmpeg.build_output(made)], is_untrusted=True)
        again = probe(made)
        if (again.frames, again.upright) != (found.frames, found.upright):
            raise UnreadableMedia(code="file_not_copied", file=made.name, found=again.frames, wanted=found.frames)
    except MediaError:
        made.unlink(missing_ok=True)
        if shutil.disk_usage(room).free < path.stat().st_size:
            raise StoreUnavailable(code="disk_full", folder=room) from None
        raise
    return made


def _told(found: Probe) -> list[str]:
    rate = f"{float(found.fps):.3f}".rstrip("0").rstrip(".")
    notes = [f"{found.upright[0]}x{found.upright[1]}, {rate} frames a second"]
    conditions = {
        "its rate varies": not found.has_steady_rate,
        f"filmed turned by {found.rotation} degrees, shown upright": bool(found.rotation),
        "its pixels are not square": found.sar != 1,
        f"its picture starts {float(found.lag):.2f} s late, its first frame is held": found.lag > Fraction(1, 50),
        "interlaced": found.is_interlaced,
        "HDR, will be brought to BT.709": found.is_hdr,
        "transparent, will be laid over black": found.has_alpha,
        "without sound": found.audio is None,
        "only its first picture and its first sound are used": found.streams > 2,
    }
    return [*notes, *(note for note, so in conditions.items() if so)]
