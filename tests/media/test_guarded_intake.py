"""Files that ask their decoder for hours or for all memory are refused within limits, and hold up nobody."""

from __future__ import annotations

import asyncio
import os
import struct
import sys
import time
import venv
from pathlib import Path

import pytest
from PIL import Image

from reelwright.errors import BadInput, UnreadableMedia
from reelwright.media.base import ffmpeg
from reelwright.media.pictures import guarded_intake
from reelwright.media.pictures.guarded_intake import take_in_guarded

MEGABYTE = 1024**2


def write_jpeg_of_many_scans(path: Path, side: int, scans: int) -> None:
    """Write a progressive JPEG that repeats one empty scan: 70 bytes, and a walk over all blocks for each."""

    def segment(marker: int, content: bytes) -> bytes:
        return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content

    blocks = (side // 8) ** 2
    head = b"\xff\xd8" + segment(0xDB, bytes([0]) + bytes([1] * 64))
    head += segment(0xC2, struct.pack(">BHHB", 8, side, side, 1) + bytes([1, 0x11, 0]))
    head += segment(0xC4, bytes([0x00, 1, *[0] * 15, 0])) + segment(0xC4, bytes([0x10, 1, 1, *[0] * 14, 0xE0, 0x00]))
    head += segment(0xDA, bytes([1, 1, 0, 0, 0, 0])) + bytes(blocks // 8)
    bits, left = "", blocks
    while left >= 16384:
        run = min(left, 32767)
        bits, left = f"{bits}0{run - 16384:014b}", left - run
    bits += "10" * left
    bits += "1" * (-len(bits) % 8)
    packed = int(bits, 2).to_bytes(len(bits) // 8, "big").replace(b"\xff", b"\xff\x00")
    path.write_bytes(head + (segment(0xDA, bytes([1, 1, 0, 1, 63, 0])) + packed) * scans + b"\xff\xd9")


def list_boxes(content: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 0
    while at < len(content):
        size, name = struct.unpack(">I4s", content[at : at + 8])
        found.append((name, content[at + 8 : at + size]))
        at += size
    return found


def announce_samples(content: bytes, count: int) -> bytes:
    """Let the sample tables of an MP4 announce ``count`` samples: its reader builds an index of them in memory."""
    tables = {b"stsz": (0, 1, count), b"stts": (0, 1, count, 1), b"stsc": (0, 1, 1, count, 1)}
    made = b""
    for name, body in list_boxes(content):
        if name in (b"moov", b"trak", b"mdia", b"minf", b"stbl"):
            body = announce_samples(body, count)
        elif name in tables:
            body = struct.pack(f">{len(tables[name])}I", *tables[name])
        if name not in (b"edts", b"ctts", b"stss"):
            made += struct.pack(">I4s", len(body) + 8, name) + body
    return made


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    source = ["-f", "lavfi", "-i", "testsrc=s=64x64:d=1:r=5"]
    ffmpeg.run([*source, "-pix_fmt", "yuv420p", "-movflags", "+faststart", ffmpeg.build_output(path)])
    return path


def limit(monkeypatch: pytest.MonkeyPatch, kind: str, cpu_s: int, megabytes: int) -> None:
    limits = guarded_intake._Limits(cpu_s, megabytes * MEGABYTE, 60)
    monkeypatch.setattr(guarded_intake, "_LIMITS", {kind: limits})


async def test_a_picture_and_a_clip_are_taken_in(tmp_path: Path, clip: Path) -> None:
    Image.new("RGB", (40, 30), "red").save(tmp_path / "red.png")
    picture, video = [
        await take_in_guarded(path, kind, tmp_path)
        for path, kind in ((tmp_path / "red.png", "picture"), (clip, "clip"))
    ]
    assert (picture.width, picture.height, picture.path.is_file()) == (40, 30, True)
    assert (video.width, video.ms, video.path.is_file()) == (64, 1000, True)


async def test_an_environment_whose_path_has_other_letters_takes_files_in(tmp_path: Path, monkeypatch) -> None:
    """Its ``.pth`` files, such as that of an editable install, hold the path."""
    place = tmp_path / "zoë müller"
    venv.create(place, symlinks=True)
    (site,) = place.glob("lib/python3*/site-packages")
    packages = tmp_path / "pakète"
    packages.symlink_to(Path(Image.__file__).parents[1])
    (site / "editable.pth").write_text(f"{packages}\n", encoding="utf-8")
    monkeypatch.setattr(sys, "executable", str(place / "bin" / "python"))
    Image.new("RGB", (40, 30), "red").save(tmp_path / "red.png")
    assert (await take_in_guarded(tmp_path / "red.png", "picture", tmp_path)).width == 40


async def test_an_error_of_the_intake_comes_through(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    with pytest.raises(UnreadableMedia):
        await take_in_guarded(tmp_path / "x.png", "picture", tmp_path)


async def test_a_picture_that_asks_for_hours_is_refused_after_its_seconds(tmp_path, monkeypatch) -> None:
    limit(monkeypatch, "picture", cpu_s=1, megabytes=2048)
    write_jpeg_of_many_scans(tmp_path / "scans.jpg", 4096, 4000)
    used = sum(os.times()[2:4])
    with pytest.raises(BadInput, match="1 s of processor time"):
        await take_in_guarded(tmp_path / "scans.jpg", "picture", tmp_path)
    assert sum(os.times()[2:4]) - used < 4


async def test_a_clip_that_asks_for_all_memory_is_refused(tmp_path, clip, monkeypatch) -> None:
    limit(monkeypatch, "clip", cpu_s=30, megabytes=500)
    (tmp_path / "index.mp4").write_bytes(announce_samples(clip.read_bytes(), 20_000_000))
    with pytest.raises((BadInput, UnreadableMedia)):
        await take_in_guarded(tmp_path / "index.mp4", "clip", tmp_path)


async def test_a_call_that_is_cancelled_leaves_no_process(tmp_path: Path) -> None:
    write_jpeg_of_many_scans(tmp_path / "scans.jpg", 4096, 4000)
    reads = asyncio.create_task(take_in_guarded(tmp_path / "scans.jpg", "picture", tmp_path))
    while not (pids := list_readers(tmp_path)):
        await asyncio.sleep(0.05)
    reads.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reads
    until = time.monotonic() + 5
    while time.monotonic() < until and list_readers(tmp_path):
        await asyncio.sleep(0.05)
    assert pids and not list_readers(tmp_path)


def list_readers(folder: Path) -> list[int]:
    """The processes that read a file of ``folder``."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                line = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if b"guarded_intake" in line and bytes(folder) in line:
                found.append(int(entry.name))
    return found
