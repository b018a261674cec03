"""Estimates how long steps take on this machine: seconds for each step, and along the critical path of a graph."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from reelwright.catalogue.models import load_models
from reelwright.reel.base.value import StepKey
from reelwright.reel.graph.graph import Graph, Kind, Step
from reelwright.studio.policy import STEP_START_S, USUAL_LATENCY_S

SECONDS_PER_MEGAPIXEL_FRAME: Final[dict[Kind, float]] = {"still": 0.2, "take": 0.021, "segment": 0.011}
"""Seconds of drawing or encoding per million pixels of each frame, for one hand on one core."""
SECONDS_PER_SECOND: Final[dict[Kind, float]] = {"bed": 0.09, "voice": 0.5, "mix": 0.08, "film": 0.12}
"""Seconds of making sound, or of joining and measuring the film, per second of its length."""


def is_bought(step: Step) -> bool:
    """Return whether a model of the catalogue makes the step, paid or free, rather than a worker of this machine."""
    return step.request is not None and step.request.model in load_models()


def estimate_latency(step: Step) -> float:
    """Estimate the seconds that the model of a bought step takes: the middle of the range in the catalogue."""
    assert step.request, "only what is bought has a model"
    return estimate_model_latency(step.request.model)


def estimate_model_latency(model: str) -> float:
    """Estimate the seconds that a request to ``model`` takes: the middle of its range in the catalogue."""
    least, most = load_models()[model].latency_s
    return (least + most) / 2 if most else sum(USUAL_LATENCY_S) / 2


def estimate_seconds(step: Step) -> float:
    """Estimate the seconds that a step takes to run, from its model, its pixels and frames, or its length of sound."""
    if is_bought(step):
        return estimate_latency(step)
    args = {**step.request.extra, "ms": step.request.ms} if step.request else step.args
    width, height = args.get("size", (0, 0))
    frames = int(args.get("frames") or args.get("length") or 1)
    if step.kind in SECONDS_PER_MEGAPIXEL_FRAME:
        return STEP_START_S + SECONDS_PER_MEGAPIXEL_FRAME[step.kind] * frames * float(width * height) / 1e6
    return STEP_START_S + SECONDS_PER_SECOND.get(step.kind, 0.0) * _length_s(args.get("ms"), frames, args.get("fps"))


def _length_s(ms: int | None, frames: int, fps: tuple[int, int] | None) -> float:
    if ms is not None:
        return ms / 1000
    return float(frames * fps[1] / fps[0]) if fps else 0.0


def compute_critical_path(
    graph: Graph, wanted_steps: Collection[StepKey], estimate: Callable[[Step], float] = estimate_seconds
) -> float:
    """Compute the least seconds for the wanted steps, with a free worker for each: their longest dependent chain.

    ``estimate``: gives the seconds of one step.
    """
    ends: dict[StepKey, float] = {}

    def end(key: StepKey) -> float:
        if key not in ends:
            step = graph.steps[key]
            before = max((end(before) for before in step.prerequisites), default=0.0)
            ends[key] = before + (estimate(step) if key in wanted_steps else 0.0)
        return ends[key]

    return max((end(key) for key in wanted_steps), default=0.0)


def compute_max_duration(graph: Graph, wanted_steps: Collection[StepKey], hands: int) -> float:
    """Compute the most seconds that the wanted steps need with ``hands`` workers, in any order (Graham's bound)."""
    longest = compute_critical_path(graph, wanted_steps)
    whole = sum(estimate_seconds(graph.steps[key]) for key in wanted_steps if not is_bought(graph.steps[key]))
    own = compute_critical_path(graph, wanted_steps, lambda step: 0.0 if is_bought(step) else estimate_seconds(step))
    return longest + max(0.0, whole - own) / max(1, hands)
