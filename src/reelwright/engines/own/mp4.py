"""Writes frames as MP4 that a browser can play while it loads: H.264, yuv420p, its index at the front."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy


def write_mp4(frames: Any, path: Path, fps: int, facts: str) -> None:
    """Write ``frames``, an array (count, height, width, 3) of 0 to 1 or of bytes, to ``path``, whole or not at all.

    ``facts``: text for the comment of the file.
    """
    pictures = numpy.asarray(frames)
    if pictures.dtype != numpy.uint8:
        pictures = (pictures.clip(0, 1) * 255).round().astype(numpy.uint8)
    draft = path.with_name(f"{path.name}.part")
    with av.open(str(draft), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata["comment"] = facts
        stream = container.add_stream("libx264", rate=Fraction(fps), options={"crf": "12", "preset": "medium"})
        stream.height, stream.width = pictures.shape[1:3]
        stream.pix_fmt = "yuv420p"
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    draft.replace(path)
