"""Records a release's fingerprints, at a release only: ``PYTHONPATH=src:tests python -m unit.golden.record``."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from reelwright.reel.breakdown import breakdown
from reelwright.reel.canonical import digest_of
from reelwright.reel.choices import Ask, again
from reelwright.reel.graph import EPOCH, fingerprint
from reelwright.reel.noun import Fingerprint
from unit.plans import rich_plan

GOLDEN = Path(__file__).parent / "fingerprints.json"


def of_the_rich_plan() -> dict[str, str]:
    """The fingerprint of every step of one plan that says everything, each input's bytes named after its step."""
    graph = breakdown(rich_plan(), "film")
    found: dict[str, str] = {}
    for key, step in graph.steps.items():
        got = {i: digest_of(["bytes of", i.of]) for i in step.inputs if i.of}
        found[key] = fingerprint(step, got) or ""
    found["a second round"] = again(Ask(of=Fingerprint(found["take/shot_1"]), round=2, samples=1))
    return found


if __name__ == "__main__":
    known = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known[project["version"]] = {"epochs": dict(EPOCH), "fingerprints": of_the_rich_plan()}
    GOLDEN.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
