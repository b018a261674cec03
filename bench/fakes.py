"""A fake provider in a process of its own, so that what it takes is not counted as ours."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from reelwright.providers.fakes.script import Script
from reelwright.reel.base.document import to_json

FOOTAGE: Final[Mapping[str, tuple[str, ...]]] = {
    "film.mp4": ("-f", "lavfi", "-i", "testsrc=s=1280x720:r=24:d=8", "-c:v", "libx264", "-pix_fmt", "yuv420p"),
    "still.png": ("-f", "lavfi", "-i", "testsrc=s=1280x720:d=1", "-frames:v", "1"),
    "music.mp3": ("-f", "lavfi", "-i", "sine=d=30"),
}
"""What the fakes bring, by ffmpeg's arguments: small, and what it claims to be."""


def footage(kind: str, folder: Path) -> bytes:
    """The bytes of one kind of ``FOOTAGE``, made in ``folder``."""
    import imageio_ffmpeg

    path = folder / kind
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", *FOOTAGE[kind], str(path)]
    subprocess.run(program, check=True)
    return path.read_bytes()


@contextmanager
def fake(name: str, folder: Path, script: Script, brings: bytes | None = None) -> Iterator[str]:
    """Its address. Its bill is ``folder/bill``; ``brings``: the bytes of every output."""
    (folder / "script.json").write_text(to_json(script))
    command = [sys.executable, "-m", "reelwright.providers.fakes", name, "--bill", str(folder / "bill")]
    command += ["--script", str(folder / "script.json")]
    if brings is not None:
        (folder / "footage").write_bytes(brings)
        command += ["--footage", str(folder / "footage")]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout
    try:
        address = server.stdout.readline().strip()
        assert address.startswith("http://"), "the fake did not start"
        yield address
    finally:
        server.terminate()
        server.wait(10)
        server.stdout.close()
