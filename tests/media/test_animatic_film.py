"""Takes, pictures and stills as files: exact, repeatable in another process, smooth below a pixel."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from media.animatic_words import LATIN, asked
from reelwright.errors import BadInput, MissingGlyphs, UnreadableMedia
from reelwright.media.animatic.picture import draw_picture, render_picture_frames
from reelwright.media.animatic.scene_builder import stage_scene
from reelwright.media.animatic.still import draw_still
from reelwright.media.animatic.take import draw_take
from reelwright.media.base.probe import probe
from reelwright.media.base.work import Source
from reelwright.media.drawing.painter import Painter
from reelwright.media.drawing.treatments import load_picture
from reelwright.media.looks.registry import load_look
from reelwright.media.staging.shot_request import BEATS, read_shot_request

ROOT = Path(__file__).parents[2]
SMALL = {"size": [180, 320], "fps": [30, 1], "frames": 40, "hits": [0, 9, 18]}


def _reported(part: float) -> None:
    assert 0 <= part <= 1


@pytest.fixture
def scenery() -> Source:
    """A textured square photo, different everywhere."""
    return Source(role="reference", part="whole", path=ROOT / "examples" / "voltcup" / "platform.jpg")


def test_a_take_is_a_film_of_exactly_the_frames_asked_for(tmp_path: Path, scenery: Source) -> None:
    made = draw_take({**SMALL, "staging": "hook", "words": LATIN["hook"]}, [scenery], tmp_path, _reported)
    found = probe(made.files[0].path)
    assert (found.width, found.height, found.frames, found.fps) == (180, 320, 40, Fraction(30))
    assert found.audio is None


def test_a_take_is_the_same_to_the_byte_in_another_process(tmp_path: Path) -> None:
    args = {**SMALL, "staging": "cta", "words": LATIN["cta"], "seed": 7, "frames": 24}
    script = (
        "import sys, pathlib; from reelwright.media.animatic.take import draw_take;"
        f"m = draw_take({args!r}, [], pathlib.Path(sys.argv[1]), lambda part: None); print(m.files[0].path)"
    )
    digests = []
    for name in ("one", "two"):
        room = tmp_path / name
        room.mkdir()
        out = subprocess.run([sys.executable, "-c", script, str(room)], check=True, capture_output=True, text=True)
        digests.append(hashlib.sha256(Path(out.stdout.strip()).read_bytes()).hexdigest())
    assert digests[0] == digests[1]


def test_a_frame_is_the_same_whatever_was_drawn_before_it() -> None:
    scene = stage_scene(asked("hook", LATIN["hook"]), [])
    through, alone = Painter(scene, grain_strength=1.1), Painter(scene, grain_strength=1.1)
    frames = {number: bytes(through.render_frame(number)) for number in range(scene.frames)}
    for number in (60, 29, 0, 15, 74):
        difference = np.abs(
            np.frombuffer(alone.render_frame(number), np.uint8).astype(int) - np.frombuffer(frames[number], np.uint8)
        )
        assert difference.max() <= 2, number


def test_every_beat_draws_in_every_aspect_and_is_no_flat_field() -> None:
    for beat in BEATS:
        for size in ((180, 320), (320, 180), (180, 180), (160, 200)):
            scene = stage_scene(asked(beat, LATIN[beat], size), [])
            frame = np.frombuffer(Painter(scene, grain_strength=0).render_frame(scene.poster_frame), np.uint8)
            assert frame.reshape(-1, 4)[:, :3].std(0).max() > 20, (beat, size)


def test_frames_where_nothing_moves_are_identical() -> None:
    scene = stage_scene(asked("urgency", {"line": "Ends 30 November"}), [])
    painter = Painter(scene, grain_strength=1.1)
    assert bytes(painter.render_frame(24)) == bytes(painter.render_frame(25))


def test_a_picture_fills_the_frame_and_has_the_frames_asked_for(tmp_path: Path, scenery: Source) -> None:
    args = {**SMALL, "mode": "picture", "staging": "benefit", "move": "left", "words": {}}
    made = draw_picture(args, [scenery], tmp_path, _reported)
    assert probe(made.files[0].path).frames == 40


@pytest.mark.parametrize(("move", "axis"), [("right", 1), ("down", 0)])
def test_a_pan_is_smooth_below_a_third_of_a_pixel(move: str, axis: int, scenery: Source) -> None:
    size = (320, 180) if axis == 0 else (180, 320)
    wanted = read_shot_request({"mode": "picture", "size": list(size), "frames": 60, "move": move, "words": {}})
    frames = [
        np.frombuffer(frame, np.uint8).reshape(size[1], size[0], 4)[..., 1].astype(float)
        for frame in render_picture_frames(load_picture(scenery.path, "photo"), wanted, load_look("slam"))
    ]
    steps = np.array([_shift(frames[n], frames[n + 1])[axis] for n in range(8, 50)])
    other = np.array([_shift(frames[n], frames[n + 1])[1 - axis] for n in range(8, 50)])
    assert abs(steps.mean()) > 0.02
    assert np.sqrt(((steps - steps.mean()) ** 2).mean()) < 0.3
    assert np.sqrt((other**2).mean()) < 0.3


def test_a_still_is_a_png_of_the_size_asked_for(tmp_path: Path) -> None:
    from PIL import Image

    made = draw_still({"staging": "reveal", "size": [180, 320], "words": LATIN["reveal"]}, [], tmp_path, _reported)
    with Image.open(made.files[0].path) as image:
        assert image.size == (180, 320) and image.format == "PNG"


def test_a_picture_without_a_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="inputs"):
        draw_picture({**SMALL, "mode": "picture", "words": {}}, [], tmp_path, _reported)


def test_a_picture_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    source = Source(role="reference", part="whole", path=tmp_path / "broken.png")
    with pytest.raises(UnreadableMedia) as refused:
        draw_take({**SMALL, "staging": "hook", "words": {"line": "Go"}}, [source], tmp_path, _reported)
    assert refused.value.code == "file_unreadable" and refused.value.params["file"] == "broken.png"


def test_letters_that_no_face_has_are_refused_rather_than_boxed(tmp_path: Path) -> None:
    with pytest.raises(MissingGlyphs):
        draw_take({**SMALL, "staging": "hook", "words": {"line": "\U00012000\U00012001"}}, [], tmp_path, _reported)


def test_a_cut_out_is_trimmed_and_its_treatment_found(tmp_path: Path) -> None:
    from PIL import Image

    image = Image.new("RGBA", (100, 80), (0, 0, 0, 0))
    image.paste((200, 30, 30, 255), (20, 10, 60, 70))
    image.save(tmp_path / "cut.png")
    picture = load_picture(tmp_path / "cut.png", None)
    assert picture.kind == "cutout"
    assert (picture.image.width(), picture.image.height()) == (40, 60)


def _shift(one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    """Rows and columns that ``other`` is shifted by, from the slope of the cross-spectrum's phase."""
    window = np.outer(np.hanning(one.shape[0]), np.hanning(one.shape[1]))
    a, b = np.fft.fft2((one - one.mean()) * window), np.fft.fft2((other - other.mean()) * window)
    cross = a * np.conj(b)
    fy, fx = np.fft.fftfreq(one.shape[0])[:, None], np.fft.fftfreq(one.shape[1])[None, :]
    low = (np.hypot(fx, fy) < 0.08) & (np.hypot(fx, fy) > 0)
    weight = np.abs(cross) * low
    phase = np.angle(cross)
    fxx, fxy, fyy = (weight * fx * fx).sum(), (weight * fx * fy).sum(), (weight * fy * fy).sum()
    px, py = (weight * phase * fx).sum(), (weight * phase * fy).sum()
    det = fxx * fyy - fxy * fxy
    return (fxx * py - fxy * px) / det / (2 * np.pi), (fyy * px - fxy * py) / det / (2 * np.pi)
