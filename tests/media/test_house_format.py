"""The house format and the one subprocess: what is written is checked, what fails says its last words."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest

from reelwright.errors import BadInput, MediaError, StoreUnavailable, ToolMissing, WrongResult
from reelwright.media.base import ffmpeg
from reelwright.media.base.probe import BT709, probe
from reelwright.media.video.encoding import FrameEncoder, build_video_args, check_house, compute_house_digest

SIZE, FPS = (90, 160), (30, 1)


def draw(path: Path, frames: int, fps: tuple[int, int] = FPS) -> Path:
    with FrameEncoder(path, SIZE, fps, frames) as encoder:
        for index in range(frames):
            encoder.write(bytes([index * 9 % 256, 80, 200 - index, 255]) * (SIZE[0] * SIZE[1]))
    return path


@pytest.mark.parametrize("fps", [(30, 1), (25, 1), (24000, 1001), (60, 1)])
def test_drawn_frames_come_out_in_the_house_format_and_all_of_them(tmp_path: Path, fps: tuple[int, int]) -> None:
    found = probe(draw(tmp_path / "take.mp4", 37, fps))
    assert (found.frames, found.fps, found.duration) == (37, Fraction(*fps), 37 / Fraction(*fps))
    assert (found.width, found.height, found.pix_fmt, found.sar) == (*SIZE, "yuv420p", 1)
    assert found.color == BT709 and not found.is_full_range
    assert found.house == compute_house_digest(SIZE, fps)


def test_the_same_frames_give_the_same_bytes(tmp_path: Path) -> None:
    assert draw(tmp_path / "a.mp4", 20).read_bytes() == draw(tmp_path / "b.mp4", 20).read_bytes()


def test_a_frame_too_few_is_a_wrong_result_and_leaves_nothing(tmp_path: Path) -> None:
    with (
        pytest.raises(WrongResult) as refused,
        FrameEncoder(tmp_path / "take.mp4", SIZE, FPS, 4) as encoder,
    ):
        for _ in range(3):
            encoder.write(bytes(SIZE[0] * SIZE[1] * 4))
    assert refused.value.code == "frames_wrong"
    assert refused.value.params == {"file": "take.mp4", "found": 3, "wanted": 4}
    assert not list(tmp_path.iterdir())


def test_an_encoder_that_dies_tells_its_last_words_to_the_one_who_writes() -> None:
    with (
        pytest.raises(MediaError) as failed,
        FrameEncoder(Path("/proc/take.mp4"), SIZE, FPS, 400) as encoder,  # a folder in which nobody can write
    ):
        for _ in range(400):
            encoder.write(bytes(SIZE[0] * SIZE[1] * 4))
    assert failed.value.code == "ffmpeg_failed" and "No such file or directory" in failed.value.last_words


def test_a_folder_that_is_missing_is_named_and_nothing_is_written_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with (
        pytest.raises(ToolMissing) as failed,
        FrameEncoder(tmp_path / "missing" / "take.mp4", SIZE, FPS, 400) as encoder,
    ):
        encoder.write(bytes(SIZE[0] * SIZE[1] * 4))
    assert failed.value.code == "ffmpeg_not_started" and "missing" in failed.value.params["cause"]
    assert not list(tmp_path.iterdir())


def test_a_disk_that_fills_up_under_the_encoder_is_named_by_its_folder() -> None:
    noise = ["-f", "lavfi", "-i", "testsrc2=s=640x360:r=30:d=1", "-f", "rawvideo"]
    with pytest.raises(StoreUnavailable) as failed:
        ffmpeg.run([*noise, "file:/dev/full"])
    assert failed.value.code == "disk_full" and failed.value.params["folder"] == "/dev"


def test_a_length_other_than_wanted_is_a_wrong_result(tmp_path: Path) -> None:
    path = draw(tmp_path / "take.mp4", 10)
    with pytest.raises(WrongResult) as wrong:
        check_house(path, SIZE, FPS, 11)
    assert wrong.value.code == "format_wrong" and "frames is 10, wanted 11" in wrong.value.params["faults"]


def test_odd_sizes_are_refused_before_anything_runs() -> None:
    with pytest.raises(BadInput, match="size"):
        build_video_args((161, 91), FPS)


def test_a_program_that_is_none_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "_chosen", str(tmp_path / "nothing"))
    with pytest.raises(ToolMissing) as missing:
        ffmpeg.run(["-version"])
    assert missing.value.code == "ffmpeg_not_a_program"
    assert missing.value.params["path"] == str(tmp_path / "nothing")


def test_frames_are_counted_where_one_asks_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REELWRIGHT_FFMPEG_LOG", str(tmp_path / "log"))
    draw(tmp_path / "take.mp4", 12)
    ffmpeg.run([*ffmpeg.build_input(tmp_path / "take.mp4"), "-c", "copy", ffmpeg.build_output(tmp_path / "copy.mp4")])
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert lines == [{"frames": 12, "encoder": "libx264"}, {"frames": 12, "encoder": "copy"}]


def test_progress_is_told_as_a_share_of_the_frames(tmp_path: Path) -> None:
    heard: list[float] = []
    args = ["-f", "lavfi", "-i", "testsrc2=s=90x160:r=30:d=1", *build_video_args(SIZE, FPS)]
    ffmpeg.run([*args, ffmpeg.build_output(tmp_path / "x.mp4")], report=heard.append, frames=30)
    assert heard[-1] == 1.0
