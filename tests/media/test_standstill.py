"""A standstill is found in footage, and what moves slowly, or was to stand, is not called frozen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media.test_film import film, mixed
from reelwright.media.base import ffmpeg
from reelwright.media.rehearsal.footage_request import FootageRequest
from reelwright.media.rehearsal.slate import Slate
from reelwright.media.video.encoding import FrameEncoder, encode
from reelwright.reel.film.breakdown import FILM, build_graph
from reelwright.reel.graph.request import LOCAL_MODEL_PREFIXES, Request
from unit.plans import rich_plan

PHOTO = Path(__file__).parents[2] / "examples" / "voltcup" / "platform.jpg"
SIZE, FPS, FRAMES = (90, 160), (30, 1), 120


@pytest.fixture(scope="module")
def photo() -> Image.Image:
    return Image.open(PHOTO).convert("RGB")


def clip(path: Path, frame_at: Callable[[int], Image.Image | np.ndarray], *, sold: bool = True) -> Path:
    """A segment of those frames; ``sold``: as a model delivers it, encoded before at another rate and quality."""
    with FrameEncoder(path, SIZE, FPS, FRAMES) as encoder:
        for at in range(FRAMES):
            rgb = np.asarray(frame_at(at))
            encoder.write(np.dstack([rgb[..., ::-1], np.full(rgb.shape[:2], 255, np.uint8)]).tobytes())
    if not sold:
        return path
    take = path.with_name(f"take-{path.name}")
    ffmpeg.run(
        [*ffmpeg.build_input(path), "-r", "24", "-c:v", "libx264", "-crf", "30", "-g", "24", ffmpeg.build_output(take)]
    )
    encode(ffmpeg.build_input(take), "[0:v]fps=30,tpad=stop_mode=clone:stop=4,format=yuv420p", path, SIZE, FPS, FRAMES)
    return path


def push(photo: Image.Image, share: float) -> Callable[[int], Image.Image]:
    """A push in by ``share`` of the picture over four seconds."""

    def frame(at: int) -> Image.Image:
        cut = share / 2 * at / FRAMES
        w, h = photo.width * 9 / 16, photo.height
        box = (photo.width / 4 + cut * w, cut * h, photo.width / 4 + w - cut * w, h - cut * h)
        return photo.resize(SIZE, Image.Resampling.BICUBIC, box)

    return frame


def findings(room: Path, part: Path, **more: object) -> Sequence[tuple[str, str]]:
    made = film(room, [part], mixed(room.parent / "mix", FRAMES, FPS), [FRAMES], **more)
    return [(one["check"], one["shot"]) for one in made.facts["findings"]]


def test_a_slow_push_of_three_hundredths_over_four_seconds_moves(photo: Image.Image, tmp_path: Path) -> None:
    assert findings(tmp_path / "room", clip(tmp_path / "a.mp4", push(photo, 0.03))) == []


def test_a_take_that_is_one_still_picture_is_frozen(photo: Image.Image, tmp_path: Path) -> None:
    found = findings(tmp_path / "room", clip(tmp_path / "a.mp4", push(photo, 0.0)))
    assert found and set(found) == {("frozen", "shot_0")}


def test_a_take_that_moves_and_then_stands_for_a_second_is_frozen(photo: Image.Image, tmp_path: Path) -> None:
    moving = push(photo, 0.2)
    found = findings(tmp_path / "room", clip(tmp_path / "a.mp4", lambda at: moving(at if at < 80 else 80)))
    assert found == [("frozen", "shot_0")]


def test_a_slate_is_not_frozen(tmp_path: Path) -> None:
    asked = FootageRequest(
        kind="video", prompt="A lamp on a desk", model="Veo", ms=4000, size=SIZE, fps=FPS, has_sound=False, shot=1,
        sample=0, price="$0.40",
    )  # fmt: skip
    slate = Slate(asked)

    def frame(at: int) -> np.ndarray:
        return np.frombuffer(bytes(slate.render_frame(at)), np.uint8).reshape(SIZE[1], SIZE[0], 4)[..., 2::-1]

    assert findings(tmp_path / "room", clip(tmp_path / "a.mp4", frame)) == []


def test_a_picture_of_one_s_own_that_is_held_is_not_frozen(photo: Image.Image, tmp_path: Path) -> None:
    """It is drawn here and stands because the plan says so; black would be told all the same."""
    part = clip(tmp_path / "a.mp4", push(photo, 0.0), sold=False)
    assert findings(tmp_path / "room", part, drawn=(0,)) == []
    dark = clip(tmp_path / "b.mp4", lambda at: Image.new("RGB", SIZE), sold=False)
    assert findings(tmp_path / "dark", dark, drawn=(0,)) == [("black", "shot_0")]


def test_a_plan_tells_which_shots_are_pictures_that_are_drawn_here() -> None:
    plan = rich_plan()
    told = build_graph(plan, "film").steps[FILM].args["shots"]
    drawn = {one["shot"] for one in told if one.get("drawn")}
    ours = {
        s.id for s in plan.shots if isinstance(s.source, Request) and s.source.model.startswith(LOCAL_MODEL_PREFIXES)
    }
    assert drawn == {shot.id for shot in plan.shots if shot.id in ours and shot.text_mode != "drawn"}
    assert drawn, "else the plan shows nothing"
