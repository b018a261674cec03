"""The kind of a file by its first bytes; its name is never used."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_HEAD: Final = 512


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file.

    ``name`` for people; ``opener``: Pillow's format or ffmpeg's demuxer, None for a kind that is not opened.
    """

    name: str
    mime: str
    opener: str | None
    hint: str = ""


_IMAGES: Final = (
    (b"\x89PNG\r\n\x1a\n", Kind("PNG", "image/png", "PNG")),
    (b"\xff\xd8\xff", Kind("JPEG", "image/jpeg", "JPEG")),
    (b"GIF87a", Kind("GIF", "image/gif", "GIF")),
    (b"GIF89a", Kind("GIF", "image/gif", "GIF")),
    (b"II*\x00", Kind("TIFF", "image/tiff", "TIFF")),
    (b"MM\x00*", Kind("TIFF", "image/tiff", "TIFF")),
    (b"BM", Kind("BMP", "image/bmp", "BMP")),
)
_REFUSED: Final = (
    (b"#EXTM3U", Kind("an HLS playlist", "", None)),
    (b"ffconcat", Kind("a list for ffmpeg", "", None)),
    (b"TITLE:", Kind("an edit decision list", "", None)),
    (b"v=0", Kind("a session description (SDP)", "", None)),
    (b"%PDF", Kind("a PDF", "", None, "export the page as PNG")),
    (b"8BPS", Kind("a Photoshop file", "", None, "export it as PNG")),
    (b"%!PS", Kind("PostScript", "", None, "export it as PNG")),
    (b"SIMPLE  =", Kind("FITS", "", None)),
    (b"\xff\x0a", Kind("JPEG XL", "", None, "save it as PNG or JPEG")),
    (b"\x00\x00\x00\x0cJXL ", Kind("JPEG XL", "", None, "save it as PNG or JPEG")),
    (b"ID3", Kind("a sound", "", None, "sounds of your own are not taken yet")),
    (b"OggS", Kind("Ogg", "", None, "save it as WebM or MP4")),
    (b"PK\x03\x04", Kind("a ZIP archive", "", None)),
)
_TEXTS: Final = (
    ("<svg", Kind("SVG", "", None, "export it as PNG")),
    ("<mpd", Kind("a DASH manifest", "", None)),
    ("<!doctype html", Kind("a web page", "", None, "the download was probably a sign-in page")),
    ("<html", Kind("a web page", "", None, "the download was probably a sign-in page")),
)
_RIFFS: Final = {
    b"AVI ": Kind("AVI", "", None, "save it as MP4"),
    b"WAVE": Kind("a sound", "", None, "sounds of your own are not taken yet"),
}
_STILL_BRANDS: Final = {b"avif": "AVIF", b"avis": "AVIF", b"heic": "HEIC", b"heix": "HEIC", b"mif1": "HEIC"}
_OLD_MOVIE: Final = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")

MOVIE: Final = Kind("MP4 or MOV", "video/mp4", "mov")
MATROSKA: Final = Kind("WebM or MKV", "video/webm", "matroska")


def sniff(head: bytes) -> Kind:
    """Return the kind that the first bytes (512 are enough) show.

    Unknown: a kind without an opener, named after them.
    """
    for magic, kind in (*_IMAGES, *_REFUSED):
        if head.startswith(magic):
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind("WebP", "image/webp", "WEBP")
    if head[:4] == b"RIFF" and head[8:12] in _RIFFS:
        return _RIFFS[head[8:12]]
    if head[:4] == b"\x1aE\xdf\xa3":
        return MATROSKA
    if head[4:8] == b"ftyp":
        return _branded(head[8:12])
    if head[4:8] in _OLD_MOVIE:
        return MOVIE
    return _text(head)


def read_head(path: Path) -> bytes:
    """Read the first bytes of a file, as many as ``sniff`` needs."""
    with path.open("rb") as source:
        return source.read(_HEAD)


def to_printable_name(name: str) -> str:
    """Return a file name that can be printed:
    no control or direction characters, no lone surrogates, at most 80 long.
    """
    safe = name.encode("utf-8", "replace").decode()
    safe = "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in safe)
    return safe if len(safe) <= 80 else safe[:60] + "…" + safe[-19:]


def _branded(brand: bytes) -> Kind:
    name = _STILL_BRANDS.get(brand)
    if name == "AVIF":
        return Kind("AVIF", "image/avif", "AVIF")
    if name:
        return Kind(name, "", None, "save it as PNG or JPEG")
    return MOVIE


def _text(head: bytes) -> Kind:
    if not head:
        return Kind("an empty file", "", None)
    lowered = head.decode("utf-8", "replace").lower()
    for mark, kind in _TEXTS:
        if mark in lowered:
            return kind
    printable = sum(c.isprintable() or c.isspace() for c in lowered) / max(1, len(lowered))
    return Kind("text" if printable > 0.95 else f"a file that begins with {head[:8].hex()}", "", None)
