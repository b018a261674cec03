"""Make the gallery's films in a temporary home, without key and GPU, and measure each beside encoding it once.

Where this machine has the voice that needs no key, it speaks the films whose language it has.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import imageio_ffmpeg

from reelwright import Studio
from reelwright.catalogue.models import find_model
from reelwright.catalogue.own_voices import get_voice_folder
from reelwright.settings import Settings, load_settings

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
    voice: str = ""


def make_films(scripts: Sequence[Path]) -> Iterator[tuple[GalleryFilm, Path]]:
    """Make the films of scripts one after the other; each file exists until the next film is asked for."""
    with TemporaryDirectory() as home, Studio(Settings(home=Path(home))) as studio:
        spoken = _lend_voice(Path(home))
        for script in scripts:
            language = studio.plan(script=script, short_side=SHORT_SIDE).plan.language
            voice = "kokoro" if language.partition("-")[0] in spoken else None
            began = time.perf_counter()
            made = studio.make(script=script, short_side=SHORT_SIDE, voice=voice)
            took = time.perf_counter() - began
            if made.film is None or made.state != "done":
                raise RuntimeError(f"{script.name}: {made.state}: {made.message}")
            plan = studio.read_plan(made.project).plan
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
                voice=find_model(voice).name if voice else "",
            )
            yield film, path


def _lend_voice(home: Path) -> frozenset[str]:
    """Let a home use the voice of this machine's own home; return the languages that it then speaks."""
    own, lent = get_voice_folder(load_settings().home), get_voice_folder(home)
    if own.find_missing():
        return frozenset()
    lent.path.parent.mkdir(parents=True)
    lent.path.symlink_to(own.path)
    return frozenset(one for one in find_model("kokoro").default_voices if not lent.find_missing(one))


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
