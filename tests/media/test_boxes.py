"""Boxes of mp4 files: where sound is, in whole and in fragmented ones, and in bytes that are no film."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelwright.media.base.boxes import SKIPPED, find_sound_tracks
from reelwright.media.base.ffmpeg import build_output, run

KINDS = (b"moov", b"trak", b"mdia", b"hdlr", b"free")


def silence(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    for at in find_sound_tracks(path):
        content[at : at + 4] = SKIPPED
    silent = path.with_name("silent.mp4")
    silent.write_bytes(content)
    return silent


def read_pictures(path: Path) -> list[tuple[int | None, bytes]]:
    with av.open(str(path)) as container:
        return [(one.pts, bytes(one)) for one in container.demux(container.streams.video[0]) if one.size]


@pytest.mark.parametrize("flags", ["+faststart", "+frag_keyframe+empty_moov"])
def test_a_film_without_its_sound_has_every_picture_at_its_time(tmp_path: Path, flags: str) -> None:
    film = tmp_path / "film.mp4"
    sound = ("-f", "lavfi", "-i", "sine=r=48000:d=0.5")
    picture = ("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=0.5")
    run([*sound, *picture, *sound, "-map", "0", "-map", "1", "-map", "2", "-movflags", flags, build_output(film)])
    silent = silence(film)
    with av.open(str(film)) as before, av.open(str(silent)) as after:
        assert [one.type for one in before.streams] == ["audio", "video", "audio"]
        assert [one.type for one in after.streams] == ["video"]
    assert len(read_pictures(film)) > 10 and read_pictures(silent) == read_pictures(film)
    assert silence(silent).read_bytes() == silent.read_bytes(), "there is nothing left to leave out"


def box(kind: bytes, body: bytes, lies: int = 0) -> bytes:
    if kind == b"hdlr":
        body = bytes(8) + b"soun" + body
    if lies == 9:
        return struct.pack(">I4sQ", 1, kind, 16 + len(body)) + body
    return struct.pack(">I4s", (8 + len(body) + lies) % 2**32, kind) + body


BOXES = st.recursive(
    st.binary(max_size=24),
    lambda inner: st.builds(box, st.sampled_from(KINDS), st.lists(inner, max_size=3).map(b"".join), st.integers(-9, 9)),
)


@pytest.mark.parametrize("size", [0, 9])
def test_a_sound_track_is_found_whatever_way_its_size_is_written(tmp_path: Path, size: int) -> None:
    path = tmp_path / "film.mp4"
    track = box(b"trak", box(b"mdia", box(b"hdlr", b"")), size)
    path.write_bytes(box(b"free", b"trak") + box(b"moov", box(b"free", b"") + track))
    (at,) = find_sound_tracks(path)
    assert at == path.read_bytes().rindex(b"trak")


@given(content=st.lists(BOXES, max_size=4).map(b"".join))
def test_bytes_that_are_no_film_have_a_list_too(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "boxes.mp4"
    path.write_bytes(content)
    assert all(content[at : at + 4] == b"trak" for at in find_sound_tracks(path))
    for end in (b"", b"\0" * 7):
        path.write_bytes(content + struct.pack(">I4s", 1, b"moov") + end)
        find_sound_tracks(path)
