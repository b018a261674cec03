"""Records a release's fingerprints, at a release only: ``PYTHONPATH=src:tests python -m unit.golden.record``."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path

from reelwright.planner.edits.carrying import digest_shot
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import Fingerprint
from reelwright.reel.film.breakdown import build_graph
from reelwright.reel.film.command import compute_command_digest, compute_row_digest
from reelwright.reel.film.encoding_options import EncodingOptions
from reelwright.reel.graph.choices import RetakeRequest, compute_round_fingerprint
from reelwright.reel.graph.graph import EPOCH, compute_step_fingerprint
from reelwright.reel.graph.request import Request, compute_request_digest
from reelwright.studio.quotes.planning_steps import build_planning_steps
from unit.plans import rich_brief, rich_choices, rich_plan

GOLDEN = Path(__file__).parent / "fingerprints.json"


def of_the_rich_plan() -> dict[str, str]:
    """The fingerprint of every step of one plan that says everything, each input's bytes named after its step."""
    graph = build_graph(rich_plan(), "film", EncodingOptions(encoder="ffmpeg 9, x264 core 165, build 6eba010d"))
    found: dict[str, str] = {}
    for key, step in graph.steps.items():
        got = {i: compute_digest(["bytes of", i.of]) for i in step.inputs if i.of}
        found[key] = compute_step_fingerprint(step, got) or ""
    found["a second round"] = compute_round_fingerprint(
        RetakeRequest(fingerprint=Fingerprint(found["take/shot_1"]), round=2, samples=1)
    )
    return found


def digests() -> dict[str, str]:
    """Every other digest that a journal keeps: of commands, briefs, circled requests, scripted shots and questions."""
    plan = rich_plan()
    asked = replace(rich_brief(), planner="")
    words = {
        key: compute_step_fingerprint(step, {}) or "" for key, step in build_planning_steps(asked).graph.steps.items()
    }
    return {
        **words,
        "brief": compute_digest(rich_brief()),
        "command": compute_command_digest(rich_brief()),
        "command with a plan": compute_command_digest(rich_brief(), plan, rich_choices(), is_repeat=True),
        "row": compute_row_digest("a row", 2),
        **{f"request of {s.id}": compute_request_digest(s.source) for s in plan.shots if isinstance(s.source, Request)},
        **{f"script of {shot.id}": digest_shot(shot) for shot in plan.shots},
    }


if __name__ == "__main__":
    known = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    known[project["version"]] = {"epochs": dict(EPOCH), "fingerprints": of_the_rich_plan(), "digests": digests()}
    GOLDEN.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
