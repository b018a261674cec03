"""Records a release's fingerprints, at a release only: ``PYTHONPATH=src:tests python -m unit.golden.record``."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

from reelwright.planner.screens.keeping import scripted_digest
from reelwright.reel.breakdown import breakdown
from reelwright.reel.canonical import digest_of
from reelwright.reel.choices import Ask, again
from reelwright.reel.command import command_digest, row_digest
from reelwright.reel.graph import EPOCH, fingerprint
from reelwright.reel.noun import Fingerprint
from reelwright.reel.request import Request, request_digest
from reelwright.studio.words import opening
from unit.plans import rich_brief, rich_choices, rich_plan

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


def digests() -> dict[str, str]:
    """Every other digest that a journal keeps: of commands, briefs, circled requests, scripted shots and questions."""
    plan = rich_plan()
    asked = replace(rich_brief(), planner="")
    words = {key: fingerprint(step, {}) or "" for key, step in opening(asked).graph.steps.items()}
    return {
        **words,
        "brief": digest_of(rich_brief()),
        "command": command_digest(rich_brief()),
        "command with a plan": command_digest(rich_brief(), plan, rich_choices(), again=True),
        "row": row_digest("a row", 2),
        **{f"request of {s.id}": request_digest(s.source) for s in plan.shots if isinstance(s.source, Request)},
        **{f"script of {shot.id}": scripted_digest(shot) for shot in plan.shots},
    }


if __name__ == "__main__":
    known = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known[project["version"]] = {"epochs": dict(EPOCH), "fingerprints": of_the_rich_plan(), "digests": digests()}
    GOLDEN.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
