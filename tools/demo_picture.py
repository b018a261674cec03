"""Draws docs/images/demo.png: twelve frames of the film that `make demo` makes. Give it that film."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

OUT = Path(__file__).resolve().parents[1] / "docs" / "images" / "demo.png"
SECONDS = (0.3, 2.3, 3.3, 4.6, 5.9, 7.6, 10.8, 12.3, 13.2, 14.4, 16.2, 19.4)
ROW, WIDE = 4, 400


def main(film: str) -> None:
    frames = []
    with tempfile.TemporaryDirectory() as folder:
        for at in SECONDS:
            path = Path(folder, f"{at}.png")
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-ss", str(at), "-i", film, "-frames:v", "1"]
            subprocess.run([*command, "-vf", f"scale={WIDE}:-2:flags=lanczos", str(path)], check=True)
            with Image.open(path) as one:
                frames.append(one.convert("RGB"))
    wide, high = frames[0].size
    sheet = Image.new("RGB", (wide * ROW, high * (len(frames) // ROW)))
    for n, frame in enumerate(frames):
        sheet.paste(frame, (n % ROW * wide, n // ROW * high))
    sheet.save(OUT, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
