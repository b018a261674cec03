"""Single frames: the very first, the very last, upright."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from bad_inputs import clips
from media.film_hashes import compute_hashes
from reelwright.media.base import ffmpeg
from reelwright.media.base.frame_reader import decode_frames, read_frame
from reelwright.media.video.encoding import FrameEncoder

SIZE, FPS = (90, 160), (30, 1)


def counting(path: Path, frames: int, last: int = 0) -> Path:
    """Each frame a grey of its own; ``last`` is added to the last one."""
    with FrameEncoder(path, SIZE, FPS, frames) as encoder:
        for index in range(frames):
            grey = 20 + 2 * index + (last if index == frames - 1 else 0)
            encoder.write(bytes([grey] * 3 + [255]) * (SIZE[0] * SIZE[1]))
    return path


def grey(picture: Image.Image) -> int:
    found = picture.convert("L").getpixel((45, 80))
    assert isinstance(found, int)
    return found


@pytest.mark.parametrize("frames", [1, 2, 29, 95])
def test_the_first_and_the_last_frame_are_the_very_first_and_last(frames: int, tmp_path: Path) -> None:
    take = counting(tmp_path / "take.mp4", frames)
    assert abs(grey(read_frame(take, "first")) - 20) <= 2
    assert abs(grey(read_frame(take, "last")) - (18 + 2 * frames)) <= 2


@pytest.mark.parametrize("codec", ["libx264", "libx265", "libvpx-vp9", "mpeg4"])
def test_what_is_passed_over_on_the_way_to_the_last_frame_does_not_change_it(codec: str, tmp_path: Path) -> None:
    """One key frame at the beginning, frames in between that nothing refers to, and pictures that never rest."""
    take = tmp_path / "take.mkv"
    drawn = ["-f", "lavfi", "-i", "testsrc2=s=192x108:r=24:d=4,noise=alls=20:allf=t"]
    coded = ["-c:v", codec, "-g", "500", "-bf", "3" if codec == "libx264" else "0"]
    coded += ["-deadline", "realtime", "-cpu-used", "5"] if codec == "libvpx-vp9" else []  # a fifth of the time
    ffmpeg.run([*drawn, *coded, ffmpeg.build_output(take)])
    *_, whole = decode_frames(take, Fraction(0))
    assert read_frame(take, "last").tobytes() == whole.to_image().tobytes()


def test_a_frame_of_a_turned_clip_stands_upright(tmp_path: Path) -> None:
    take = clips.turned(tmp_path / "phone.mp4")
    assert read_frame(take, "first").size == (90, 160)


def test_equal_frames_have_equal_hashes_and_one_other_frame_shows(tmp_path: Path) -> None:
    first = compute_hashes(counting(tmp_path / "a.mp4", 20), tmp_path)
    assert first == compute_hashes(counting(tmp_path / "b.mp4", 20), tmp_path)
    other = compute_hashes(counting(tmp_path / "c.mp4", 20, last=60), tmp_path)
    assert first != other and len(first.frames) == len(other.frames) == 20
