"""A take is cropped around its subject for another aspect, never through it; what no crop holds is fitted whole."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from reelwright.media.base.frame_reader import read_frames
from reelwright.media.base.probe import probe
from reelwright.media.base.work import Source
from reelwright.media.pictures.reframing import find_subject, measure_saliency
from reelwright.media.video.segments import make_body, make_transition
from reelwright.reel.film.encoding_options import DEFAULT_ENCODING

FPS, FRAMES = (24, 1), 12
RED = (200, 40, 40)


def paint(*places: tuple[float, float], size: tuple[int, int] = (320, 180), ground: int = 7) -> Image.Image:
    """Noise of one colour, with a red disc a quarter as high as the picture at each place."""
    noise = np.random.default_rng(ground).integers(70, 96, (size[1], size[0], 3), dtype=np.uint8)
    picture = Image.fromarray(noise)
    radius = min(size) / 8
    for x, y in places:
        at = (x * size[0], y * size[1])
        ImageDraw.Draw(picture).ellipse((at[0] - radius, at[1] - radius, at[0] + radius, at[1] + radius), fill=RED)
    return picture


def film(path: Path, pictures: list[Image.Image]) -> Source:
    """A clip that shows each picture for one frame, the last one to the end."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=FPS[0], options={"crf": "12"})
        stream.width, stream.height, stream.pix_fmt = (*pictures[0].size, "yuv420p")
        for k in range(FRAMES + 8):
            container.mux(stream.encode(av.VideoFrame.from_image(pictures[min(k, len(pictures) - 1)])))
        container.mux(stream.encode())
    return Source(role="source", part="whole", path=path)


def frame_it(source: Source, size: tuple[int, int], room: Path, **more: Any) -> tuple[list[Image.Image], list[str]]:
    room.mkdir()
    args = {
        "size": list(size), "fps": list(FPS), "start": 0, "length": FRAMES, "framing": [[0, FRAMES]],
        **DEFAULT_ENCODING.to_args(), **more,
    }  # fmt: skip
    made = make_body(args, [source], room, lambda done: None)
    found = probe(made.files[0].path)
    assert (found.width, found.height, found.frames) == (*size, FRAMES)
    return read_frames(made.files[0].path, [Fraction(0), Fraction(FRAMES - 1, FPS[0])]), made.facts["said"]


def find_red(picture: Image.Image) -> tuple[int, int, int, int, int]:
    """The box of what is red, and how many points are."""
    points = np.asarray(picture).astype(int)
    rows, columns = np.nonzero((points[..., 0] > 140) & (points[..., 1] < 90))
    return int(columns.min()), int(rows.min()), int(columns.max()), int(rows.max()), len(rows)


@pytest.mark.parametrize("place", [0.12, 0.3, 0.5, 0.85])
def test_the_subject_is_whole_wherever_it_is(place: float, tmp_path: Path) -> None:
    source = film(tmp_path / "take.mp4", [paint((place, 0.5))])
    shown, notes = frame_it(source, (90, 160), tmp_path / "room")
    left, top, right, bottom, _ = find_red(shown[0])
    assert right - left == pytest.approx(bottom - top, abs=2) and 36 <= bottom - top <= 44, "a whole disc, filling 160"
    assert "cropped around its subject" in notes
    assert left > 0 and right < 89


def test_a_subject_that_moves_too_far_is_fitted_over_a_fill_of_the_take(tmp_path: Path) -> None:
    steps = [paint((0.1 + 0.8 * k / FRAMES, 0.5)) for k in range(FRAMES + 1)]
    shown, notes = frame_it(film(tmp_path / "take.mp4", steps), (90, 160), tmp_path / "room")
    assert any(note.startswith("fitted over a fill") for note in notes)
    for picture in shown:
        left, top, right, bottom, _ = find_red(picture)
        assert right - left == pytest.approx(bottom - top, abs=2), "it is whole at both ends of its way"
    edges = np.asarray(shown[0].convert("L"), dtype=int)[[4, -5]]
    assert edges.mean() == pytest.approx(83, abs=8), "above and below stands the take, blurred, and no black bar"


def test_two_subjects_at_both_sides_are_both_whole(tmp_path: Path) -> None:
    shown, _ = frame_it(film(tmp_path / "take.mp4", [paint((0.1, 0.5), (0.9, 0.5))]), (180, 180), tmp_path / "room")
    left, _, right, _, count = find_red(shown[0])
    one = frame_it(film(tmp_path / "one.mp4", [paint((0.1, 0.5))]), (320, 180), tmp_path / "whole")[0][0]
    scale = (right - left) / (0.8 * 320 + 45)
    assert count == pytest.approx(2 * find_red(one)[4] * scale**2, rel=0.12)


def test_an_upright_take_is_cropped_to_a_wide_film_around_its_subject(tmp_path: Path) -> None:
    source = film(tmp_path / "take.mp4", [paint((0.5, 0.12), size=(180, 320))])
    shown, _ = frame_it(source, (160, 90), tmp_path / "room")
    left, top, right, bottom, _ = find_red(shown[0])
    assert right - left == pytest.approx(bottom - top, abs=2) and top > 0


def test_a_plain_ground_is_cropped_about_its_middle() -> None:
    flat = measure_saliency([Image.new("RGB", (320, 180), (40, 60, 90))])
    assert find_subject(flat, 0.4, axis=0) == pytest.approx((0.3, 0.7))


def test_a_transition_frames_both_shots_as_their_segments_do(tmp_path: Path) -> None:
    takes = [film(tmp_path / f"{place}.mp4", [paint((place, 0.5))]) for place in (0.15, 0.85)]
    bodies = [find_red(frame_it(take, (90, 160), tmp_path / f"b{n}")[0][0]) for n, take in enumerate(takes)]
    (tmp_path / "into").mkdir()
    args = {
        "size": [90, 160], "fps": list(FPS), "transition": "dissolve", "starts": [6, 0], "length": 6, "look": "slam",
        "framing": [[0, FRAMES], [0, FRAMES]], **DEFAULT_ENCODING.to_args(),
    }  # fmt: skip
    made = make_transition(args, takes, tmp_path / "into", lambda done: None)
    shown = read_frames(made.files[0].path, [Fraction(0), Fraction(5, FPS[0])])
    for picture, body in zip(shown, bodies, strict=True):
        points = np.asarray(picture).astype(int)
        red = np.nonzero((points[..., 0] - points[..., 1] > 70).any(axis=0))[0]
        assert red.min() >= body[0] - 3 and red.max() <= body[2] + 3
