"""Builders of pictures that films are really given, and of what passes itself off as one. Nothing is committed."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw


def photo(width: int = 200, height: int = 100, mode: str = "RGB") -> Image.Image:
    """Noise with a bright left half: nothing in it is flat, and one can tell which way is up."""
    chance = random.Random(7)
    grey = Image.frombytes("L", (width, height), bytes(chance.randrange(0, 90) for _ in range(width * height)))
    lit = Image.new("L", (width // 2, height), 150)
    grey.paste(Image.blend(lit, grey.crop((0, 0, width // 2, height)), 0.3), (0, 0))
    return Image.merge("RGB", (grey, grey, grey)).convert(mode)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def turned_jpeg(orientation: int) -> bytes:
    """200 by 100 as stored; EXIF says how to turn it, and where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}
    return encoded(photo(), "JPEG", exif=exif.tobytes())


def cmyk() -> bytes:
    return encoded(photo(mode="CMYK"), "JPEG")


def sixteen_bit() -> bytes:
    values = struct.pack("<400H", *([60000, 5000] * 200))
    return encoded(Image.frombytes("I;16", (20, 20), values), "PNG")


def palette_with_transparency() -> bytes:
    picture = Image.new("P", (64, 64), 0)
    picture.putpalette([0, 0, 0, 255, 0, 0])
    ImageDraw.Draw(picture).rectangle((16, 20, 40, 50), fill=1)
    return encoded(picture, "PNG", transparency=0)


def cutout() -> bytes:
    picture = Image.new("RGBA", (200, 300), (0, 0, 0, 0))
    ImageDraw.Draw(picture).ellipse((40, 60, 159, 239), fill=(200, 40, 40, 255))
    return encoded(picture, "PNG")


def screen() -> bytes:
    picture = Image.new("RGB", (390, 844), (245, 245, 248))
    draw = ImageDraw.Draw(picture)
    for row in range(8):
        draw.rectangle((20, 40 + row * 100, 370, 120 + row * 100), fill=(255, 255, 255))
        draw.rectangle((32, 56 + row * 100, 90, 104 + row * 100), fill=(30 * row, 120, 200))
    return encoded(picture, "PNG")


def animated_webp() -> bytes:
    frames = [Image.new("RGB", (64, 64), (value, 40, 40)) for value in (250, 20, 120)]
    return encoded(frames[0], "WEBP", save_all=True, append_images=frames[1:], lossless=True)


def animated_gif() -> bytes:
    frames = [Image.new("RGB", (64, 64), (value, 40, 40)) for value in (250, 20)]
    return encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])


def huge_png(side: int = 10_000) -> bytes:
    """A few kilobytes that unpack to a hundred megapixels."""
    rows = zlib.compressobj(9)
    line = b"\x00" * (1 + side // 8)
    body = b"".join(rows.compress(line) for _ in range(side)) + rows.flush()
    return _png(side, side, 1, 0, body)


def ribbon() -> bytes:
    """65,535 pixels by one."""
    return _png(65_535, 1, 1, 0, zlib.compress(b"\x00" * (1 + 65_535 // 8 + 1)))


def loud_text() -> bytes:
    """A PNG with a compressed text that unpacks to ten megabytes."""
    whole = encoded(photo(), "PNG")
    text = b"k\x00\x00" + zlib.compress(b"a" * (10 * 1024 * 1024))
    return whole[:33] + _chunk(b"zTXt", text) + whole[33:]


def _png(width: int, height: int, depth: int, color: int, body: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


NOT_PICTURES: dict[str, bytes] = {
    "svg.png": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/></svg>',
    "pdf.png": b"%PDF-1.7\n",
    "psd.png": b"8BPS\x00\x01",
    "eps.png": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "fits.png": b"SIMPLE  =                    T",
    "heic.jpg": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    "jxl.jpg": b"\xff\x0a\x00\x00",
    "page.jpg": b"<!doctype html><p>sign in",
    "empty.png": b"",
    "film.png": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2",
    "words.png": b"hello there",
}

BROKEN: dict[str, Callable[[], bytes]] = {
    "cut-off.png": lambda: encoded(photo(), "PNG")[:2000],
    "cut-off.jpg": lambda: encoded(photo(), "JPEG")[:2000],
    "header-only.png": lambda: encoded(photo(), "PNG")[:33],
    "loud-text.png": loud_text,
    "header-only.tiff": lambda: b"II*\x00\x08\x00\x00\x00",
}

TOO_LARGE: dict[str, Callable[[], bytes]] = {
    "100-megapixels.png": huge_png,
    "182-megapixels.png": lambda: huge_png(13_500),
    "ribbon.png": ribbon,
}
