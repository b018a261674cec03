"""Cold open: no words; a picture far too close, or a screen of dots that light wanders over."""

from __future__ import annotations

from reelwright.media.drawing.drawables import Blit
from reelwright.media.drawing.layers import Box
from reelwright.media.drawing.movers import Run
from reelwright.media.drawing.textures import make_halftone
from reelwright.media.drawing.treatments import Picture, mask_picture
from reelwright.media.staging.stage import Motion, Stage


def set_cold_open(stage: Stage) -> None:
    """Stage the beat ``cold_open``: no words, a picture far too close, or dots that light wanders over."""
    stage.ground = stage.palette.bg
    stage.poster_frame = stage.request.frames * 0.5
    picture = stage.choose_picture()
    if picture is None:
        _light_over_dots(stage)
    elif picture.kind == "cutout":
        _macro(stage, picture)
    else:
        _close(stage, picture)


def _macro(stage: Stage, picture: Picture) -> None:
    """Show the product at more than twice the frame, out of the dark, drifting."""
    palette, u = stage.palette, stage.u
    wide = stage.shape == "wide"
    stage.add_dots(
        0, 0, stage.width, stage.height, "right" if wide else "up", palette.accent, densest=0.42, gamma=1.9, cell=1.3
    )
    width = (2.15 * stage.width if wide else 2.5 * stage.width) * min(1.0, picture.ratio)
    if wide and picture.ratio < 1:
        width = 1.0 * stage.width * picture.ratio
    sprite = stage.make_product_sprite(picture, width, -12, palette.bg)
    drift = stage.drift(dx=-0.55, dy=-0.12)
    stage.place(
        sprite,
        stage.width * (0.62 if wide else 0.40),
        stage.height * ((0.60 if wide else 0.52) if picture.ratio > 1 else 0.80 if wide else 0.78),
        Motion(moves=(drift,), group="picture"),
    )
    stage.add_polygon(stage.make_wedge(stage.height - 60 * u, 190 * u), palette.bg, Motion(group="slab"))


def _close(stage: Stage, picture: Picture) -> None:
    """Show a graded crop of the photo that drifts along one axis, a black wedge under it."""
    reach = 0.06 * stage.width
    points = [
        (-reach, -reach),
        (stage.width + reach, -reach),
        (stage.width + reach, stage.height + reach),
        (-reach, stage.height + reach),
    ]
    path = stage.to_frame_path(points)
    box = Box(-reach, -reach, stage.width + reach, stage.height + reach)
    sprite = mask_picture(picture, path, box, zoom=1.4 if picture.kind == "photo" else 1.3, grade="mono")
    total = min(0.5, 0.8 * reach / max(1, stage.request.frames) / stage.u)
    stage.place_masked(sprite, Motion(moves=(stage.drift(dx=-total),), group="picture"))
    stage.add_polygon(
        stage.make_wedge(stage.height - 70 * stage.u, 210 * stage.u), stage.palette.accent, Motion(group="slab")
    )


def _light_over_dots(stage: Stage) -> None:
    """Draw dots that swell where a leaning band of light passes: three screens, each through a narrower band."""
    palette, u = stage.palette, stage.u
    frames = stage.request.frames
    stage.add_dots(0, 0, stage.width, stage.height, "down", palette.accent, densest=0.16, gamma=0.5, cell=2.2)
    for part, densest in ((0.62, 0.36), (0.40, 0.68), (0.20, 1.25)):
        _band(stage, part, densest, frames)
    stage.add_polygon(stage.make_wedge(stage.height - 40 * u, 170 * u), palette.bg, Motion(group="slab"))


def _band(stage: Stage, part: float, densest: float, frames: int) -> None:
    size = max(3.0, stage.look.halftone["cell"] * 2.2 * stage.u)
    image = make_halftone(
        stage.width,
        stage.height,
        "down",
        stage.palette.accent,
        round(size, 2),
        densest,
        0.5,
        stage.look.halftone["angle"],
    )
    half = stage.width * part / 2 if stage.shape == "wide" else stage.width * part * 0.7
    lean = stage.height * stage.look.slope / 2
    travel = stage.width * 0.95
    middle = stage.width * 0.5 - travel / 2
    points = [
        (middle - half + lean, 0),
        (middle + half + lean, 0),
        (middle + half - lean, stage.height),
        (middle - half - lean, stage.height),
    ]
    run = Run(dx=travel / max(1, frames) * stage.reading_sign)
    box = Box(0, 0, stage.width, stage.height)
    stage.add(
        "texture", Blit(image, 0, 0), box, Motion(moves=(run,), window=stage.to_frame_path(points), group="light")
    )
