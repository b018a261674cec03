"""The sound of a shot is moved and slowed as its picture is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flash_and_beep import beeps, flash_and_beep, flashes
from reelwright.media.base.work import Source
from reelwright.media.sound.mix import make_mix
from reelwright.media.video.segments import make_body

FPS, LENGTH = [24, 1], 60


def shown_and_heard(clip: Path, room: Path, start: int, length: int = LENGTH, *, bought: bool) -> tuple[float, float]:
    """When the flash and the beep of the clip are met in the shot that shows it."""
    room.mkdir()
    source = Source(role="sound", part="take", path=clip)
    picture: dict[str, Any] = {"size": [90, 160], "fps": FPS, "start": start, "length": length, "bought": bought}
    segment = make_body(picture, [source], room, lambda done: None).files[0].path
    eased = {"picture_start": start, "picture_length": length} if bought else {}
    track = {"at": 0, "length": length, "start": start, "level": "keep", **eased}
    sound = {"fps": FPS, "frames": length, "tracks": [track], "lufs_milli": -14_000, "dbtp_milli": -1000}
    mix = make_mix(sound, [source], room, lambda done: None).files[0].path
    (flash,), (beep,) = flashes(segment), beeps(mix)
    return flash, beep


@pytest.mark.parametrize(
    ("start", "frames", "flash_s"),
    [(0, 57, 2.0 * 61 / 57), (24, 81, 2.0 - 21 / 24)],
    ids=["played slower", "shown from three frames earlier"],
)
def test_a_take_shorter_than_it_was_sold_is_heard_as_it_is_seen(
    start: int, frames: int, flash_s: float, tmp_path: Path
) -> None:
    take = flash_and_beep(tmp_path / "take.mp4", frames, "24", at="2")
    flash, beep = shown_and_heard(take, tmp_path / "room", start, bought=True)
    assert flash == pytest.approx(flash_s, abs=0.5 / 24)
    assert beep == pytest.approx(flash_s, abs=0.005)


@pytest.mark.sampled
@pytest.mark.parametrize("start", [0, 30, 66], ids=["from its start", "from its middle", "where a seek is worth it"])
@pytest.mark.parametrize("options", ["-preset ultrafast", "-g 24", "-use_editlist 0"])
def test_a_window_of_a_clip_is_heard_as_it_is_seen(options: str, start: int, tmp_path: Path) -> None:
    clip = flash_and_beep(tmp_path / "clip.mp4", 96, "24", at="3", more=options)
    flash, beep = shown_and_heard(clip, tmp_path / "room", start, 96 - start - 4, bought=False)
    assert beep - flash == pytest.approx(beeps(clip)[0] - flashes(clip)[0], abs=0.005)
