"""The work ``animatic.picture`` draws the person's picture as a take:
it fills the frame, the camera moves over it, the look grades it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from reelwright.errors import BadInput
from reelwright.media.animatic.take import load_pictures
from reelwright.media.base.work import Report, ResultFile, Source, WorkResult
from reelwright.media.drawing.camera import Camera, plan_move
from reelwright.media.drawing.colour import to_argb
from reelwright.media.drawing.drawables import LINEAR, skia
from reelwright.media.drawing.textures import GRAIN_MARGIN, make_grain
from reelwright.media.drawing.treatments import FINE, MIPPED, Picture
from reelwright.media.looks.registry import load_look
from reelwright.media.staging.look import Look
from reelwright.media.staging.shot_request import ShotRequest, read_shot_request
from reelwright.media.video.encoding import FrameEncoder
from reelwright.reel.film.encoding_options import read_encoding_options

_HEADROOM = 1.15  # the graded copy is kept so much larger than the frame: fast to sample, never soft


def draw_picture(args: Mapping[str, Any], sources: Sequence[Source], room: Path, report: Report) -> WorkResult:
    """Draw an mp4 of exactly ``frames`` frames: the first ``reference`` fills it and ``move`` says how the camera goes.

    No words are drawn: captions carry them. Deterministic. Raises ``BadInput`` where no picture came along,
    ``UnreadableMedia``, ``MediaError``. Spends nothing.
    """
    request = read_shot_request({"mode": "picture", **args})
    pictures = load_pictures(sources, request.treatment or "photo")
    if not pictures:
        raise BadInput("inputs", [], "one picture with the role reference")
    look = load_look(request.look, request.accent)
    path = room / "take.mp4"
    encoding = read_encoding_options(args)
    with FrameEncoder(path, request.size, request.fps, request.frames, report, encoding) as encoder:
        for frame in render_picture_frames(pictures[0], request, look):
            encoder.write(frame)
    facts = {"width": request.size[0], "height": request.size[1], "frames": request.frames, "move": request.move}
    return WorkResult(files=(ResultFile(path=path, mime="video/mp4"),), facts=facts)


def render_picture_frames(picture: Picture, request: ShotRequest, look: Look) -> Iterator[memoryview]:
    """Yield premultiplied BGRA frames, each valid until the next one is drawn."""
    wide, high = request.size
    image, focus = _framed(picture, request.size, look)
    seconds = request.frames * request.fps[1] / request.fps[0]
    camera = plan_move((image.width(), image.height()), request.size, focus, request.move, seconds, request.frames)
    image, scale = _at_size(image, camera, wide, look)
    pixels = np.zeros((high, wide, 4), np.uint8)
    info = skia.ImageInfo.Make(wide, high, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels, wide * 4)
    canvas, target = surface.getCanvas(), skia.Rect.MakeWH(wide, high)
    noise = make_grain(wide, high, look.grain)
    for number in range(request.frames):
        crop = camera.crop(number)
        source = skia.Rect(crop.left * scale, crop.top * scale, crop.right * scale, crop.bottom * scale)
        canvas.drawImageRect(image, source, target, LINEAR, None, skia.Canvas.kFast_SrcRectConstraint)
        step = number // 2
        canvas.drawImage(noise, -((step * 53) % GRAIN_MARGIN), -((step * 89) % GRAIN_MARGIN))
        yield pixels.data.cast("B")


def _framed(picture: Picture, size: tuple[int, int], look: Look) -> tuple[Any, tuple[float, float]]:
    """Return the picture and its focus; a transparent picture is put on the look's ground first."""
    if picture.kind != "cutout" and picture.image.isOpaque():
        return picture.image, picture.focus
    wide, high = (round(side * 1.3) for side in size)
    surface = skia.Surface.MakeRaster(skia.ImageInfo.MakeN32Premul(wide, high))
    canvas = surface.getCanvas()
    canvas.clear(to_argb(look.palette.accent))
    scale = min(wide * 0.8 / picture.image.width(), high * 0.7 / picture.image.height())
    w, h = picture.image.width() * scale, picture.image.height() * scale
    place = skia.Rect.MakeXYWH((wide - w) / 2, (high - h) / 2, w, h)
    canvas.drawImageRect(picture.image, place, MIPPED if scale < 0.6 else FINE)
    return surface.makeImageSnapshot(), (0.5, 0.5)


def _at_size(image: Any, camera: Camera, wide: int, look: Look) -> tuple[Any, float]:
    """Return the picture at a little more than the size at which it is shown, graded once,
    and its scale to the picture.
    """
    narrowest = min(camera.first.width, camera.last.width)
    scale = min(1.0, wide * _HEADROOM / narrowest) if wide < narrowest else wide / narrowest
    w, h = max(1, round(image.width() * scale)), max(1, round(image.height() * scale))
    surface = skia.Surface.MakeRaster(skia.ImageInfo.Make(w, h, skia.kBGRA_8888_ColorType, skia.kPremul_AlphaType))
    paint = skia.Paint(ColorFilter=skia.ColorFilters.Matrix(_grade(look)))
    canvas = surface.getCanvas()
    canvas.drawImageRect(image, skia.Rect.MakeWH(w, h), MIPPED if scale < 0.7 else FINE, paint)
    return surface.makeImageSnapshot(), w / image.width()


def _grade(look: Look) -> list[float]:
    """Return the colour matrix of the look's photo grade."""
    keep, gain, lift = (look.photo[part] for part in ("colour", "contrast", "lift"))
    rows: list[float] = []
    for channel in range(3):
        weights = [0.2126 * (1 - keep), 0.7152 * (1 - keep), 0.0722 * (1 - keep)]
        weights[channel] += keep
        rows += [*(gain * weight for weight in weights), 0.0, lift]
    return [*rows, 0.0, 0.0, 0.0, 1.0, 0.0]
