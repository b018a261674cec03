"""Draw the pictures of docs/script.md: a still of what each of its examples makes. usage: tools/script_pictures.py"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from PIL import Image

from reelwright.documents.read import read_script
from reelwright.media.animatic.still import draw_still
from reelwright.planner.screens.film import FilmingOptions, plan_script
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.request import Request

DOCS = Path(__file__).resolve().parents[1] / "docs"
EXAMPLE = re.compile(r"(?P<fence>`{3,4})markdown\n(?P<text>.*?)(?P=fence)\n\n!\[[^\]]*\]\((?P<file>[^)]+)\)", re.S)


def examples() -> list[tuple[str, Path]]:
    """Every example of the page that has a picture: its Markdown, and the picture's file."""
    page = (DOCS / "script.md").read_text(encoding="utf-8")
    return [(found["text"], DOCS / found["file"]) for found in EXAMPLE.finditer(page)]


def plan_of(text: str) -> Plan:
    """The plan of one example, 480 by 270."""
    brief = Brief(text="script.md", aspect="16:9", short_side=270)
    how = FilmingOptions(
        brief=brief, name="script.md", title="VoltCup", tone="neutral", language="en", files={}, look="slam"
    )
    return plan_script(read_script(text), how).plan


def draw(text: str, file: Path) -> None:
    """Write the still of an example's last shot as a PNG of few colours."""
    source = plan_of(text).shots[-1].source
    assert isinstance(source, Request)
    with tempfile.TemporaryDirectory() as folder:
        draw_still({**source.extra, "mode": "still"}, [], Path(folder), lambda part: None)
        with Image.open(Path(folder) / "still.png") as still:
            file.parent.mkdir(parents=True, exist_ok=True)
            still.convert("RGB").quantize(12, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
                file, optimize=True
            )


if __name__ == "__main__":
    for example in examples():
        draw(*example)
