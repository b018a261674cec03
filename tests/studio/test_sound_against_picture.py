"""Picture and sound stay together to the end: measured on the finished file, as a player shows it, at every cut."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from flash_and_beep import beeps, flash_and_beep, flashes
from reelwright import Studio
from reelwright.media.base import ffmpeg
from reelwright.settings import Settings

REAL_HANDS = True

MOST_S = 0.020
"""Seconds by which a beep may lie apart from its flash."""
NEAR_S = 0.005
"""The same for clips whose flash lies on a whole frame of the film."""
PLAN = """
title: Cuts
aspect: "9:16"
short_side: 180
beats:
  - beat: demo
    shots:
"""


def with_a_late_picture(path: Path, clip: Path, seconds: str) -> Path:
    sources = [*ffmpeg.build_input(clip, "-itsoffset", seconds), *ffmpeg.build_input(clip)]
    ffmpeg.run([*sources, "-map", "0:v", "-map", "1:a", "-c", "copy", ffmpeg.build_output(path)])
    return path


def clips_of_every_kind(folder: Path) -> list[tuple[Path, float]]:
    """Clips as phones, browsers and editors write them, and from which second each is shown."""
    plain = "-preset ultrafast"  # no B-frames: then nothing makes ffmpeg seek to before the first packet of the sound
    made = [
        flash_and_beep(folder / "b30.mp4", 45, "30"),
        flash_and_beep(folder / "b25.mp4", 50, "25", 44_100),
        flash_and_beep(folder / "b24.mp4", 36, "24"),
        flash_and_beep(folder / "plain.mp4", 45, "30", more=plain),
        flash_and_beep(folder / "gap.mp4", 45, "30", at="0.2", more="-use_editlist 0"),
        flash_and_beep(
            folder / "fragments.mp4", 45, "30", at="0.2", more=f"{plain} -movflags frag_keyframe+empty_moov"
        ),
    ]
    later = flash_and_beep(folder / "later.mp4", 45, "30", at="0.2", more=plain)
    made.append(with_a_late_picture(folder / "part.mp4", later, "0.016"))
    made.append(with_a_late_picture(folder / "sound_first.mp4", later, "0.5"))
    far = flash_and_beep(folder / "far.mkv", 105, "30", at="2.4")
    return [*((path, 0.0) for path in made), (far, 2.2), (shutil.copy(made[0], folder / "last.mp4"), 0.0)]


def test_every_cut_of_a_finished_film_keeps_its_flash_and_its_beep_together(tmp_path: Path) -> None:
    """Each flash lies from its beep as far as in the clip itself; the last as near as the first."""
    clips = clips_of_every_kind(tmp_path)
    wanted = [beeps(clip)[0] - flashes(clip)[0] for clip, _ in clips]
    shots = "".join(
        f"      - {{clip: {clip.name}, seconds: 1.2, sound: keep{f', start: {start}' if start else ''}}}\n"
        for clip, start in clips
    )
    plan = tmp_path / "plan.yaml"
    plan.write_text(PLAN + shots, encoding="utf-8")
    asked: dict[str, Any] = {"plan": plan, "clips": [clip for clip, _ in clips]}
    with Studio(Settings(home=tmp_path / "home", hands=2)) as studio:
        made = studio.make("A film of ten cuts", **asked)
        assert made.film is not None, made.message
        seen, heard = flashes(made.path), beeps(made.path)
        late = with_a_late_picture(tmp_path / "late.mp4", made.path, "0.03")
    assert len(seen) == len(heard) == len(clips), (seen, heard)
    apart = [b - a - by for a, b, by in zip(seen, heard, wanted, strict=True)]
    print({clip.name: round(1000 * a, 1) for (clip, _), a in zip(clips, apart, strict=True)})
    assert max(map(abs, apart)) <= NEAR_S, apart
    assert abs(apart[-1] - apart[0]) <= 1 / 24, "no drift over the film"
    shifted = [b - a - by for a, b, by in zip(flashes(late), beeps(late), wanted, strict=True)]
    assert max(shifted) < -MOST_S, "else this would not see what it is for"
