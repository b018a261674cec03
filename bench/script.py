"""A script: reading it, planning it, one changed line against the whole film, a saved line against a new draft."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.scale import IS_SMOKE, choose
from bench.verdict import verdict
from reelwright import Studio
from reelwright.documents.grammar import load_parser
from reelwright.documents.read import read_script
from reelwright.providers.offline import Offline
from reelwright.settings import Settings

TWELVE = "\n\n".join(
    [
        "Your coffee is cold.", "Again.", "---", "# VoltCup\n## The mug that keeps its promise", "---",
        "Fill it at six. Drink it at noon.", "**60 °C** at noon", "It closes with one hand.", "It fits under the tap.",
        "---", "Steel inside.", "Cork outside.", "Made in Ghent.", "> It outlived my meetings.\n> — Ana, courier",
        "[Get yours](https://voltcup.example)",
    ][: choose(None, 4)]
)  # fmt: skip
THOUSAND = "\n\n".join(f"Screen {n} is **{n}** of many\n![seen {n}]()\n\n> spoken {n}" for n in range(choose(1000, 20)))
RUNS = choose(5, 1)
GOALS = {"rebuild": 0.25, "draft_s": 4.0, "read_ms": 250.0, "plan_ms": 50.0}


def main() -> int:
    bare = _best(lambda: load_parser().parse(THOUSAND))
    read = _best(lambda: read_script(THOUSAND))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "script.md")
        with Studio(Settings(home=Path(folder, "home"), hands=2), providers={"offline": Offline()}) as studio:
            path.write_text(TWELVE, encoding="utf-8")
            studio.plan(script=path)
            plan = _best(lambda: studio.plan(script=path))
            began = time.perf_counter()
            studio.make(script=path, draft=IS_SMOKE, out=folder)
            whole = time.perf_counter() - began
            began = time.perf_counter()
            path.write_text(TWELVE.replace("Steel inside", "Glass inside"), encoding="utf-8")
            studio.make(script=path, draft=IS_SMOKE, out=folder)
            again = time.perf_counter() - began
            studio.make(script=path, draft=True, out=folder)
            drafts = []
            for word in ("Oak", "Ash", "Elm", "Fir", "Yew")[:RUNS]:
                path.write_text(TWELVE.replace("Cork outside", f"{word} outside"), encoding="utf-8")
                began = time.perf_counter()
                studio.make(script=path, draft=True, out=folder)
                drafts.append(time.perf_counter() - began)
    draft = statistics.median(drafts)
    print(f"1,000 screens, the parser alone      {bare * 1000:7.0f} ms   yardstick")
    print(f"1,000 screens read                   {read * 1000:7.0f} ms")
    print(f"a plan of twelve screens, warm       {plan * 1000:7.0f} ms")
    print(f"a film of twelve screens, 1080p      {whole:7.1f} s    yardstick")
    print(f"after one line was changed           {again:7.1f} s    {again / whole:.2f} of it")
    print(f"a draft after one line was saved     {draft:7.1f} s")
    found = {"rebuild": again / whole, "draft_s": draft, "read_ms": read * 1000, "plan_ms": plan * 1000}
    met = all(found[name] <= most for name, most in GOALS.items())
    return verdict("script", met, {**found, "bare_ms": bare * 1000, "whole_s": whole}, _goal())


def _goal() -> str:
    return ",".join(f"{name}<={most:g}" for name, most in GOALS.items())


def _best(act: object) -> float:
    assert callable(act)
    took = []
    for _ in range(RUNS):
        began = time.perf_counter()
        act()
        took.append(time.perf_counter() - began)
    return min(took)


if __name__ == "__main__":
    sys.exit(main())
