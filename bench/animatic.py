"""Draws a 30 s film of eight takes at 1080x1920 and compares what drawing costs with what its encoder costs.

Run: ``python -m bench.animatic [--quick]``. Prints figures and ends with ``verdict pass|fail animatic key=value``.
Drawing is this process's CPU time, encoding that of its ffmpeg children; both in one run, so that a busy machine
hurts both alike. ``--quick`` draws a tenth of the frames.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from bench.scale import IS_SMOKE
from bench.verdict import verdict
from reelwright.media.animatic.take import draw_take
from reelwright.media.base.work import Source

MUG = Path(__file__).parents[1] / "examples" / "voltcup" / "mug.png"
GOAL = 0.7  # drawing over encoding, CPU. Source: media.md 4 and looks/README.md 6, read 2026-11-20
SHOTS: list[tuple[str, int, dict[str, str]]] = [
    ("hook", 90, {"line": "Your coffee|is cold|again"}),
    ("problem", 105, {"line": "Every meeting costs you a cup"}),
    ("agitate", 75, {"line": "Again and again"}),
    ("reveal", 120, {"name": "VoltCup", "kicker": "New", "descriptor": "Eight hours at sixty degrees."}),
    ("demo", 150, {"line": "Three steps", "steps": "Press the lid|Pick the heat|Forget about it"}),
    ("proof", 120, {"number": "8", "unit": "hours", "label": "Hot", "source": "Test, 40 cups, 2026"}),
    ("cta", 120, {"line": "Drink it hot tomorrow", "url": "voltcup.example"}),
    ("end_card", 120, {"name": "VoltCup", "url": "voltcup.example", "legal": "Free returns. VoltCup 2026"}),
]


def main() -> int:
    quick = IS_SMOKE or "--quick" in sys.argv[1:]
    drawing = encoding = 0.0
    frames = size = 0
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        mug = Source(role="reference", part="whole", path=MUG)
        started = time.monotonic()
        for index, (beat, length, words) in enumerate(SHOTS):
            length = max(20, length // 10) if quick else length
            following = SHOTS[index + 1][0] if index + 1 < len(SHOTS) else None
            room = Path(folder) / beat
            room.mkdir()
            args = {"staging": beat, "words": words, "size": [1080, 1920], "fps": [30, 1], "frames": length}
            args |= {"hits": list(range(0, length, 14)), "before": following, "treatment": "cutout"}
            own, child = _cpu()
            made = draw_take(args, [mug], room, lambda part: None)
            drew, encoded = (now - then for now, then in zip(_cpu(), (own, child), strict=True))
            cost = f"drawing {drew / length * 1000:5.1f} ms  encoding {encoded / length * 1000:5.1f} ms"
            print(f"{beat:10} {length:4} frames  {cost}")
            drawing, encoding, frames = drawing + drew, encoding + encoded, frames + length
            size += made.files[0].path.stat().st_size
    wall = time.monotonic() - started
    ratio = drawing / encoding
    cost = f"drawing {drawing:.1f} s, encoding {encoding:.1f} s CPU"
    print(f"{frames} frames: {cost}, {wall:.1f} s wall, {size / 1e6:.1f} MB")
    figures = {"ratio": ratio, "fps": frames / wall, "drawing_ms": drawing / frames * 1000}
    return verdict("animatic", ratio <= GOAL, figures, f"ratio<={GOAL}")


def _cpu() -> tuple[float, float]:
    """CPU seconds of this process and of its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime, children.ru_utime + children.ru_stime


if __name__ == "__main__":
    sys.exit(main())
