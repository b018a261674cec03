"""Make the gallery's films in a temporary home, without key and GPU, and measure each beside encoding it once."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg

from reelwright import Studio
from reelwright.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
GALLERY = ROOT / "docs" / "gallery"
SCRIPTS = sorted((GALLERY / "scripts").glob("*.md"))
SHORT_SIDE = 540


@dataclass(frozen=True)
class GalleryFilm:
    """A film of the gallery, and what its row says."""

    script: Path
    title: str
    look: str
    mood: str
    aspect: str
    seconds: float
    screens: tuple[tuple[float, float], ...]  # start and length of each, in seconds
    took_s: float
    encode_s: float
    notes: tuple[str, ...]


def make_films(scripts: Sequence[Path]) -> Iterator[tuple[GalleryFilm, Path]]:
    """Make the films of scripts one after the other; each file exists until the next film is asked for."""
    with TemporaryDirectory() as home, Studio(Settings(home=Path(home))) as studio:
        for script in scripts:
            began = time.perf_counter()
            made = studio.make(script=script, short_side=SHORT_SIDE)
            took = time.perf_counter() - began
            if made.film is None or made.state != "done":
                raise RuntimeError(f"{script.name}: {made.state}: {made.message}")
            plan = studio.plan(script=script, short_side=SHORT_SIDE).plan
            path = Path(made.film.path)
            film = GalleryFilm(
                script=script,
                title=plan.title,
                look=plan.look,
                mood=plan.bed.mood if plan.bed else "none",
                aspect=_name_aspect(*plan.size),
                seconds=made.film.duration_s,
                screens=tuple((shot.start_s, shot.duration_s) for shot in made.shots),
                took_s=took,
                encode_s=_measure_encoding(path),
                notes=tuple(made.notes),
            )
            yield film, path


def _name_aspect(width: int, height: int) -> str:
    return min(
        ("16:9", "9:16", "1:1", "4:5"),
        key=lambda name: abs(int(name.split(":")[0]) / int(name.split(":")[1]) - width / height),
    )


def _measure_encoding(film: Path) -> float:
    """Return the seconds that decoding a film and encoding it once take here, right now."""
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(film), "-an", "-c:v", "libx264"]
    began = time.perf_counter()
    subprocess.run([*program, "-preset", "veryfast", "-crf", "20", "-f", "null", "-"], check=True, capture_output=True)
    return time.perf_counter() - began
