"""Drawn pictures laid over moving ones: only their own rectangle, only while they show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelwright.media.base import ffmpeg
from reelwright.media.words.captions import draw_captions

if TYPE_CHECKING:
    from reelwright.media.pictures.placed_picture import PlacedPicture


def draw_overlays(args: Mapping[str, Any], font: Path | None = None) -> Sequence[PlacedPicture]:
    """Draw the pictures of a segment's captions and overlays; none where nothing is to be drawn.

    ``font``: the file of the brand's display type.
    """
    if not args.get("captions") and not args.get("overlays"):
        return ()
    size = (int(args["size"][0]), int(args["size"][1]))
    return draw_captions(
        args["captions"], args["overlays"], size=size, language=args["language"], look=args["look"],
        style=args["style"], accent=args.get("accent", ""), font=font,
    )  # fmt: skip


def lay(pictures: Sequence[PlacedPicture], room: Path, first: int, under: str) -> tuple[list[str], str, str]:
    """Write the pictures into ``room``; return inputs and a graph that lays them over ``under``, and its last label.

    ``first``: number of the first input; ``under``: a label.

    Labels come without brackets. The graph is empty when there is nothing to lay.
    """
    inputs: list[str] = []
    chains: list[str] = []
    for index, picture in enumerate(pictures):
        inputs += ffmpeg.build_input(_file(picture, room, index), demuxer="png_pipe")
        shift = (picture.x % 2, picture.y % 2)  # chroma is half as fine: a picture starts on an even pixel
        moved = f"pad=iw+{shift[0]}:ih+{shift[1]}:{shift[0]}:{shift[1]}:black@0," if any(shift) else ""
        chains.append(f"[{first + index}:v]{moved}scale=out_color_matrix=bt709:out_range=tv,format=yuva420p[d{index}]")
        shown = f"between(n,{picture.start},{picture.start + picture.length - 1})"
        place = f"x={_across(picture, picture.x - shift[0])}:y={picture.y - shift[1]}"
        chains.append(f"[{under}][d{index}]overlay={place}:format=yuv420:enable='{shown}'[l{index}]")
        under = f"l{index}"
    return inputs, ";".join(chains), under


def _across(picture: PlacedPicture, x: int) -> str:
    """Return the x of its left edge as an ffmpeg expression: fast first, then slower into its place."""
    if not picture.slide_frames:
        return str(x)
    left = f"1-min(1,(n-{picture.start}+{picture.slide_elapsed}+1)/{picture.slide_frames})"
    return f"'{x}-({picture.slide_distance})*pow({left},3)'"


def _file(picture: PlacedPicture, room: Path, index: int) -> Path:
    path = room / f"drawn{index:03d}.png"
    path.write_bytes(picture.image_png)
    return path
