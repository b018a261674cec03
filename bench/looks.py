"""Each look on one script: a film at 1080p against its playing time, and a draft after one line was changed."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.scale import IS_SMOKE, choose
from bench.script import TWELVE
from bench.verdict import verdict
from reelwright import Studio
from reelwright.media.looks.registry import list_look_names
from reelwright.providers.offline import Offline
from reelwright.settings import Settings

FILM_GOAL, DRAFT_GOAL_S = 1.0, 1.5
WOODS = ("Oak", "Ash", "Elm")


def main() -> int:
    films: dict[str, float] = {}
    drafts: dict[str, float] = {}
    for look in choose(list_look_names(), list_look_names()[:1]):
        with tempfile.TemporaryDirectory() as folder:
            films[look], drafts[look] = _measure(look, Path(folder))
        print(
            f"{look:8} a film at 1080p takes {films[look]:5.2f} of its playing time, a new draft {drafts[look]:5.2f} s"
        )
    slowest, latest = max(films.values()), max(drafts.values())
    figures = {"film": slowest, "draft_s": latest} | {f"{look}_film": films[look] for look in films}
    met = slowest <= FILM_GOAL and latest <= DRAFT_GOAL_S
    return verdict("looks", met, figures, f"film<={FILM_GOAL:g},draft_s<={DRAFT_GOAL_S:g}")


def _measure(look: str, folder: Path) -> tuple[float, float]:
    """Seconds for each second of a film, and seconds until a draft stands anew after a line was changed."""
    path, home = folder / "script.md", folder / "home"
    with Studio(Settings(home=home, hands=2), providers={"offline": Offline()}) as studio:
        path.write_text(TWELVE, encoding="utf-8")
        studio.plan(script=path, look=look)
        began = time.perf_counter()
        made = studio.make(script=path, look=look, draft=IS_SMOKE, out=folder)
        took = time.perf_counter() - began
        assert made.film, made.message
        studio.make(script=path, look=look, draft=True, out=folder)
        waits = []
        for wood in choose(WOODS, WOODS[:1]):
            path.write_text(TWELVE.replace("Cork outside", f"{wood} outside"), encoding="utf-8")
            began = time.perf_counter()
            studio.make(script=path, look=look, draft=True, out=folder)
            waits.append(time.perf_counter() - began)
    return took / made.film.duration_s, statistics.median(waits)


if __name__ == "__main__":
    sys.exit(main())
