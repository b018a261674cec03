"""What a model is shown: the right frame of a take, a picture cropped about its middle, as JPEG within the limit."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelwright.errors import BadInput
from reelwright.media.base import ffmpeg
from reelwright.media.base.work import Source
from reelwright.media.pictures.framing import MOST_BYTES, make_frame


def made(tmp_path: Path, source: Path, **args: str) -> Image.Image:
    room = tmp_path / "room"
    room.mkdir()
    found = make_frame(args, [Source(role="first_frame", part=args.get("part", "whole"), path=source)], room, print)
    assert found.files[0].mime == "image/jpeg" and found.files[0].path.stat().st_size <= MOST_BYTES
    picture = Image.open(found.files[0].path)
    assert picture.format == "JPEG" and picture.size == (found.facts["width"], found.facts["height"])
    return picture.convert("RGB")


def picture(path: Path, size: tuple[int, int], mode: str = "RGB", fill: object = "red") -> Path:
    Image.new(mode, size, fill).save(path)  # type: ignore[arg-type]
    return path


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Red, then blue for its last tenth: 24 fps, an odd length, sound longer than the picture."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    graph = "color=red:s=320x180:r=24:d=0.9[a];color=blue:s=320x180:r=24:d=0.125[b];[a][b]concat=n=2:v=1[v]"
    sound = ["-f", "lavfi", "-i", "sine=300:d=1.3"]
    ffmpeg.run(
        [*sound, "-filter_complex", graph, "-map", "[v]", "-map", "0:a", "-c:v", "libx264", "-bf", "2", str(path)]
    )
    return path


@pytest.mark.parametrize(("part", "channel"), [("first_frame", 0), ("last_frame", 2)])
def test_the_frame_of_a_take_is_its_very_first_or_last(tmp_path: Path, clip: Path, part: str, channel: int) -> None:
    pixels = np.asarray(made(tmp_path, clip, part=part))
    assert pixels.shape == (180, 320, 3) and int(pixels[90, 160].argmax()) == channel


@pytest.mark.parametrize(("size", "aspect"), [((1600, 1200), "16:9"), ((1200, 1600), "9:16"), ((900, 900), "16:9")])
def test_a_circle_stays_round_and_in_the_middle(tmp_path: Path, size: tuple[int, int], aspect: str) -> None:
    from PIL import ImageDraw

    path = tmp_path / "p.png"
    image = Image.new("RGB", size, "white")
    x, y = size[0] // 2, size[1] // 2
    ImageDraw.Draw(image).ellipse((x - 200, y - 200, x + 200, y + 200), fill="black")
    image.save(path)
    shown = made(tmp_path, path, aspect=aspect)
    wide, high = map(int, aspect.split(":"))
    assert abs(shown.width / shown.height - wide / high) < 0.01
    dark = np.asarray(shown.convert("L")) < 128
    rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    across, down = columns[-1] - columns[0], rows[-1] - rows[0]
    assert abs(int(across) - int(down)) <= 3
    assert abs((columns[0] + columns[-1]) / 2 - shown.width / 2) <= 2


@pytest.mark.parametrize("ending", ["png", "webp", "gif", "avif"])
def test_every_picture_becomes_jpeg(tmp_path: Path, ending: str) -> None:
    assert made(tmp_path, picture(tmp_path / f"p.{ending}", (800, 800))).size == (800, 800)


def test_what_is_transparent_is_laid_on_paper(tmp_path: Path) -> None:
    path = tmp_path / "p.png"
    image = Image.new("RGBA", (800, 800), (0, 0, 0, 0))
    image.paste((255, 0, 0, 255), (300, 300, 500, 500))
    image.save(path)
    assert np.asarray(made(tmp_path, path))[2, 2].tolist()[0] > 200


def test_noise_of_many_megabytes_still_fits(tmp_path: Path) -> None:
    path = tmp_path / "noise.png"
    noise = np.random.default_rng(1).integers(0, 256, (2600, 2600, 3), dtype=np.uint8)
    kept = io.BytesIO()
    Image.fromarray(noise).save(kept, "PNG", compress_level=0)
    path.write_bytes(kept.getvalue())
    assert made(tmp_path, path).size == (2600, 2600)


def test_a_whole_clip_is_no_picture(tmp_path: Path, clip: Path) -> None:
    with pytest.raises(BadInput, match="first or last frame"):
        made(tmp_path, clip)
