"""The film: every frame of its segments, the whole mix, sidecars, a marking that can be read, and honest findings."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bad_inputs import clips
from media.film_hashes import compute_hashes
from reelwright.errors import BadInput, MediaError, ReelwrightError, UnreadableMedia, WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import probe
from reelwright.media.base.work import Source, WorkResult
from reelwright.media.sound.mix import make_mix
from reelwright.media.sound.wav import write_wav
from reelwright.media.video.encoding import FrameEncoder
from reelwright.media.video.film import join_film
from reelwright.media.video.marking import build_packet, read_source_type, strip_unprintable, write_metadata
from reelwright.media.video.segments import make_body

SIZE = (90, 160)


def drawn(path: Path, greys: Sequence[int], fps: tuple[int, int]) -> Path:
    """A segment with one grey per frame, and a mark that moves so that nothing stands still."""
    with FrameEncoder(path, SIZE, fps, len(greys)) as encoder:
        for index, grey in enumerate(greys):
            frame = bytearray(bytes([grey] * 3 + [255]) * (SIZE[0] * SIZE[1]))
            if grey:
                row = 4 * SIZE[0] * (8 + 2 * (index % 60))
                frame[row : row + 4 * SIZE[0] * 12] = bytes([255 - grey] * 3 + [255]) * (SIZE[0] * 12)
            encoder.write(frame)
    return path


@cache
def _mix(frames: int, fps: tuple[int, int], volume: float, quiet_s: float) -> bytes:
    """A mix of the film's length from a tone, ``quiet_s`` of silence at its end; made once for all tests."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        count = round(Fraction(frames * fps[1], fps[0]) * 48_000)
        time = np.arange(count) / 48_000
        tone = volume * np.sin(2 * np.pi * 330 * time) * (time < count / 48_000 - quiet_s)
        write_wav(room / "bed.wav", np.stack([tone, tone]).astype(np.float32))
        args = {
            "fps": list(fps), "frames": frames, "tracks": [{"at": 0, "length": frames}],
            "lufs_milli": -14000, "dbtp_milli": -1000,
        }  # fmt: skip
        made = make_mix(args, [Source(role="bed", part="whole", path=room / "bed.wav")], room, _quiet)
        return made.files[0].path.read_bytes()


def mixed(path: Path, frames: int, fps: tuple[int, int], volume: float = 0.3, quiet_s: float = 0.0) -> Path:
    path.write_bytes(_mix(frames, fps, volume, quiet_s))
    return path


def _quiet(done: float) -> None:
    assert 0 <= done <= 1


def film(room: Path, segments: Sequence[Path], mix: Path, lengths: Sequence[int], **more: Any) -> WorkResult:
    room.mkdir()
    fps = more.pop("fps", (30, 1))
    shots, at = [], 0
    for index, length in enumerate(lengths):
        named = {name: index in more.get(name, ()) for name in ("holds", "drawn")}
        shots.append({"shot": f"shot_{index}", "start": at, "length": length, **named})
        at += length
    more.pop("holds", None), more.pop("drawn", None)
    args = {
        "size": list(SIZE), "fps": list(fps), "frames": at, "language": "en", "title": "A = b; #1",
        "shots": shots, "cues": [{"text": "Hello there", "start": 0, "length": 12}],
        "source_type": "algorithmicMedia", **more,
    }  # fmt: skip
    sources = [Source(role="segment", part="whole", path=path) for path in segments]
    return join_film(args, [*sources, Source(role="mix", part="whole", path=mix)], room, _quiet)


@pytest.mark.parametrize("fps", [(30, 1), (24000, 1001), (25, 1)])
def test_a_film_has_every_frame_of_its_segments_and_exactly_its_sound(fps: tuple[int, int], tmp_path: Path) -> None:
    lengths = (17, 1, 2, 30, 61)
    parts = [
        drawn(tmp_path / f"s{i}.mp4", [20 + 40 * i + k % 30 for k in range(length)], fps)
        for i, length in enumerate(lengths)
    ]
    made = film(tmp_path / "room", parts, mixed(tmp_path / "mix", sum(lengths), fps), lengths, fps=fps)
    master = made.files[0].path
    found = probe(master)
    assert (found.frames, found.duration, found.start) == (sum(lengths), sum(lengths) / Fraction(*fps), 0)
    assert found.audio is not None and found.audio.samples == round(found.duration * 48_000)
    apart = tuple(name for part in parts for name in compute_hashes(part, tmp_path).frames)
    assert compute_hashes(master, tmp_path).frames == apart
    with av.open(str(master)) as container:
        stamps = [frame.pts for frame in container.decode(video=0)]
    assert len({b - a for a, b in pairwise(stamps)}) == 1


def test_the_same_segments_and_mix_give_the_same_film_to_the_byte(tmp_path: Path) -> None:
    part, mix = drawn(tmp_path / "s.mp4", range(30, 60), (30, 1)), mixed(tmp_path / "mix", 30, (30, 1))
    one, two = (film(tmp_path / name, [part], mix, [30]).files[0].path for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()


def test_a_film_says_how_it_was_made_and_can_be_played_while_it_loads(tmp_path: Path) -> None:
    part, mix = drawn(tmp_path / "s.mp4", range(30, 60), (30, 1)), mixed(tmp_path / "mix", 30, (30, 1))
    made = film(tmp_path / "room", [part], mix, [30], source_type="compositeWithTrainedAlgorithmicMedia")
    master = made.files[0].path
    assert read_source_type(master) == made.facts["source_type"] == "compositeWithTrainedAlgorithmicMedia"
    assert master.read_bytes().index(b"moov") < master.read_bytes().index(b"mdat")
    assert probe(master).tags["title"] == "A = b; #1"
    assert [file.name for file in made.files] == ["master", "srt", "vtt", "ass"]
    assert "Hello there" in made.files[1].path.read_text("utf-8")


def test_an_unknown_source_type_is_refused() -> None:
    with pytest.raises(BadInput, match="algorithmicMedia"):
        build_packet("handmade", "x")


def test_a_good_film_has_no_findings(tmp_path: Path) -> None:
    part = drawn(tmp_path / "s.mp4", [40 + k % 90 for k in range(100)], (30, 1))
    made = film(tmp_path / "room", [part], mixed(tmp_path / "mix", 100, (30, 1)), [100])
    assert made.facts["findings"] == []
    assert abs(made.facts["lufs_milli"] + 14_000) <= 300 and made.facts["dbtp_milli"] <= -1000
    assert (made.facts["frames"], made.facts["duration_ms"]) == (100, 3333)


def test_black_frozen_and_silent_are_found_and_named_with_their_shot(tmp_path: Path) -> None:
    fps = (30, 1)
    parts = [drawn(tmp_path / "a.mp4", [40 + k % 90 for k in range(40)], fps), drawn(tmp_path / "b.mp4", [0] * 40, fps)]
    still = tmp_path / "c.mp4"
    with FrameEncoder(still, SIZE, fps, 40) as encoder:
        for _ in range(40):
            encoder.write(bytes([90, 120, 160, 255]) * (SIZE[0] * SIZE[1]))
    mix = mixed(tmp_path / "mix", 120, fps, quiet_s=1.2)
    made = film(tmp_path / "room", [*parts, still], mix, [40, 40, 40])
    seen = [(finding["check"], finding["shot"]) for finding in made.facts["findings"]]
    assert seen == [("black", "shot_1"), ("frozen", "shot_2"), ("silent", "shot_2")]
    assert round(made.facts["findings"][0]["reason"]["params"]["at_s"], 1) == 1.3


def test_a_shot_that_may_hold_is_not_called_frozen(tmp_path: Path) -> None:
    still = tmp_path / "c.mp4"
    with FrameEncoder(still, SIZE, (30, 1), 100) as encoder:
        for _ in range(100):
            encoder.write(bytes([90, 120, 160, 255]) * (SIZE[0] * 100) + bytes([255] * 4) * (SIZE[0] * 60))
    made = film(tmp_path / "room", [still], mixed(tmp_path / "mix", 100, (30, 1)), [100], holds=(0,))
    assert made.facts["findings"] == []


@pytest.mark.parametrize(("empty", "found"), [(11, []), (20, ["black"])])
def test_what_we_draw_may_fall_empty_for_a_breath_but_not_for_long(
    empty: int, found: list[str], tmp_path: Path
) -> None:
    greys = [*[40 + k % 90 for k in range(60)], *[0] * empty, *[40 + k % 90 for k in range(100 - 60 - empty + 20)]]
    part = drawn(tmp_path / "s.mp4", greys, (30, 1))
    mix = mixed(tmp_path / "mix", len(greys), (30, 1))
    made = film(tmp_path / "room", [part], mix, [len(greys)], holds=(0,))
    assert [finding["check"] for finding in made.facts["findings"]] == found


def test_a_film_that_nobody_can_hear_says_so_once(tmp_path: Path) -> None:
    part = drawn(tmp_path / "s.mp4", [40 + k % 90 for k in range(100)], (30, 1))
    made = film(tmp_path / "room", [part], mixed(tmp_path / "mix", 100, (30, 1), volume=0), [100])
    assert [f["check"] for f in made.facts["findings"]] == ["silent"]


def test_a_cut_is_seen_at_its_very_frame(tmp_path: Path) -> None:
    part = drawn(tmp_path / "s.mp4", [40] * 20 + [200] * 20, (30, 1))
    made = film(tmp_path / "room", [part], mixed(tmp_path / "mix", 40, (30, 1)), [40])
    assert made.facts["cuts"] == [20]


def test_missing_segments_are_an_error_with_both_lengths_and_the_shot(tmp_path: Path) -> None:
    part = drawn(tmp_path / "s.mp4", range(30, 60), (30, 1))
    with pytest.raises(WrongResult) as wrong:
        film(tmp_path / "room", [part], mixed(tmp_path / "mix", 60, (30, 1)), [30, 30])
    assert wrong.value.code == "segments_wrong" and wrong.value.params == {"found": 30, "wanted": 60}
    assert wrong.value.step == "shot_0"


def test_a_segment_of_another_size_is_refused_and_not_joined(tmp_path: Path) -> None:
    part, other = drawn(tmp_path / "s.mp4", range(30, 60), (30, 1)), clips.moving(tmp_path / "o.mp4", size="160x90")
    with pytest.raises(WrongResult) as wrong:
        film(tmp_path / "room", [part, other], mixed(tmp_path / "mix", 60, (30, 1)), [30, 30])
    assert wrong.value.code == "format_wrong" and "(160, 90" in wrong.value.params["faults"][0]


def test_a_folder_with_a_hostile_name_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "é 'q\nfile x;[v] %03d"
    home.mkdir()
    part, mix = drawn(home / "s.mp4", range(30, 60), (30, 1)), mixed(home / "mix", 30, (30, 1))
    assert probe(film(home / "room", [part], mix, [30]).files[0].path).frames == 30


def test_a_mix_of_another_length_is_an_error(tmp_path: Path) -> None:
    part = drawn(tmp_path / "s.mp4", range(30, 60), (30, 1))
    with pytest.raises(WrongResult) as wrong:
        film(tmp_path / "room", [part], mixed(tmp_path / "mix", 45, (30, 1)), [30])
    assert wrong.value.code == "samples_wrong" and wrong.value.params["wanted"] == 48000


@pytest.mark.parametrize("share", [0.2, 0.6, 0.9, 0.97])
def test_a_truncated_segment_or_mix_never_becomes_a_shorter_film(share: float, tmp_path: Path) -> None:
    part, mix = drawn(tmp_path / "s.mp4", range(30, 90), (30, 1)), mixed(tmp_path / "mix", 60, (30, 1))
    good = compute_hashes(film(tmp_path / "good", [part], mix, [60]).files[0].path, tmp_path)
    for victim in (part, mix):
        whole = victim.read_bytes()
        victim.write_bytes(whole[: int(len(whole) * share)])
        try:
            made = film(tmp_path / f"room-{victim.stem}", [part], mix, [60])
        except ReelwrightError:
            continue  # refused: that is the one good answer where anything is missing
        finally:
            victim.write_bytes(whole)
        assert compute_hashes(made.files[0].path, tmp_path) == good  # only what carries no frame was cut off


def test_a_segment_of_another_encoder_is_refused(tmp_path: Path) -> None:
    part, mix = drawn(tmp_path / "s.mp4", range(30, 60), (30, 1)), mixed(tmp_path / "mix", 60, (30, 1))
    foreign = tmp_path / "foreign.mp4"
    color = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    encoder = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-profile:v", "high")
    clips.moving(foreign, size="90x160", filters=color, encoder=encoder)
    with pytest.raises(WrongResult, match="segment 2"):
        film(tmp_path / "room", [part, foreign], mix, [30, 30])


def test_one_changed_shot_encodes_no_more_frames_than_it_touches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = clips.moving(tmp_path / "clip.mp4", size="90x160", seconds=2)
    (tmp_path / "body").mkdir()
    monkeypatch.setenv("REELWRIGHT_FFMPEG_LOG", str(tmp_path / "log"))
    args = {"size": list(SIZE), "fps": [30, 1], "start": 5, "length": 40}
    make_body(args, [Source(role="source", part="whole", path=clip)], tmp_path / "body", _quiet)
    kept = drawn(tmp_path / "kept.mp4", range(30, 50), (30, 1))
    (tmp_path / "log").unlink()
    body = make_body(args, [Source(role="source", part="whole", path=clip)], tmp_path / "body", _quiet).files[0].path
    film(tmp_path / "room", [kept, body], mixed(tmp_path / "mix", 60, (30, 1)), [20, 40])
    lines = (tmp_path / "log").read_text()
    encoded = sum(int(n) for n in re.findall(r'"frames": (\d+), "encoder": "libx264"', lines))
    assert encoded <= 40 * 1.02


@given(title=st.text(max_size=80))
def test_any_title_survives_the_metadata_file_and_the_marking(
    title: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from xml.etree import ElementTree

    room = tmp_path_factory.mktemp("title")
    text = write_metadata(room / "metadata.txt", title).read_bytes().decode()
    body = text.removeprefix(";FFMETADATA1\ntitle=").rsplit("\ncomment=", 1)[0]
    assert re.sub(r"\\(.)", r"\1", body, flags=re.S) == strip_unprintable(title).replace("\r\n", "\n").replace(
        "\r", "\n"
    )
    told = ElementTree.fromstring(build_packet("algorithmicMedia", title))
    assert told is not None


@pytest.mark.parametrize("title", ["A = b; # \\ c", "two\nlines", "日本 🙂 عربي -y %d $(x) 'q' \"d\""])
def test_a_title_is_read_back_as_it_was_given(title: str, tmp_path: Path) -> None:
    part, mix = drawn(tmp_path / "s.mp4", range(30, 50), (30, 1)), mixed(tmp_path / "mix", 20, (30, 1))
    assert probe(film(tmp_path / "room", [part], mix, [20], title=title).files[0].path).tags["title"] == title


def test_a_full_disk_is_an_error_and_leaves_no_half_segment(tmp_path: Path) -> None:
    """A file size limit stands for the full disk: both stop the muxer in the middle of a write."""
    import subprocess
    import sys

    clips.moving(tmp_path / "clip.mp4", size="180x320", seconds=2, filters="noise=alls=60:allf=t")
    (tmp_path / "room").mkdir()
    script = f"""
import resource, pathlib
from reelwright.errors import MediaError
from reelwright.media.video.segments import make_body
from reelwright.media.base.work import Source
resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))
room = pathlib.Path({str(tmp_path / "room")!r})
source = Source(role="source", part="whole", path=pathlib.Path({str(tmp_path / "clip.mp4")!r}))
args = {{"size": [180, 320], "fps": [30, 1], "start": 0, "length": 60}}
try:
    make_body(args, [source], room, lambda done: None)
except MediaError as error:
    print("refused", error, sorted(p.name for p in room.iterdir()))
"""
    import os

    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False)
    assert ran.stdout.startswith("refused ") and ran.stdout.rstrip().endswith("[]"), ran.stdout + ran.stderr


def test_an_exit_status_of_zero_is_not_believed(tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        probe(clips.no_frames(tmp_path / "nothing.mp4"))
    ffmpeg.run(
        [*ffmpeg.build_input(clips.moving(tmp_path / "c.mp4"), "-ss", "30"), ffmpeg.build_output(tmp_path / "late.mp4")]
    )
    with pytest.raises(UnreadableMedia) as refused:
        probe(tmp_path / "late.mp4")
    assert refused.value.params["file"] == "late.mp4"
