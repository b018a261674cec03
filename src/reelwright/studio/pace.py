"""How long steps take on this machine: seconds for each, and along the critical path of a graph."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Final

from reelwright.catalogue.models import models
from reelwright.reel.graph import Graph, Kind, Step
from reelwright.reel.noun import StepKey

SECONDS_PER_MEGAPIXEL_FRAME: Final[dict[Kind, float]] = {"still": 0.2, "take": 0.021, "segment": 0.011}
"""What drawing and encoding take for each million pixels of each frame, one hand on one core."""
SECONDS_PER_SECOND: Final[dict[Kind, float]] = {"bed": 0.09, "voice": 0.5, "mix": 0.08, "film": 0.12}
"""What sound, and joining and measuring the film, take for each second of it."""
START_S: Final = 0.25
"""What any step takes before its first frame: files in and out, a tool's start, the journal's commits."""


USUAL_S: Final = (20.0, 60.0)
"""What a model takes, least and most, of which the catalogue says nothing."""


def is_bought(step: Step) -> bool:
    """Whether an AI model makes it, elsewhere, and no hand of ours is busy meanwhile."""
    return step.request is not None and step.request.model in models()


def latency_of(step: Step) -> float:
    """Seconds that a model usually takes, in the middle of what the catalogue says."""
    assert step.request, "only what is bought has a model"
    least, most = models()[step.request.model].latency_s
    return (least + most) / 2 if most else sum(USUAL_S) / 2


def seconds_of(step: Step) -> float:
    """Estimated seconds of one step, by the pictures or the time that it makes, or by who makes it."""
    if is_bought(step):
        return latency_of(step)
    said = {**step.request.extra, "ms": step.request.ms} if step.request else step.args
    width, height = said.get("size", (0, 0))
    frames = int(said.get("frames") or said.get("length") or 1)
    if step.kind in SECONDS_PER_MEGAPIXEL_FRAME:
        return START_S + SECONDS_PER_MEGAPIXEL_FRAME[step.kind] * frames * float(width * height) / 1e6
    return START_S + SECONDS_PER_SECOND.get(step.kind, 0.0) * _length_s(said.get("ms"), frames, said.get("fps"))


def _length_s(ms: int | None, frames: int, fps: tuple[int, int] | None) -> float:
    if ms is not None:
        return ms / 1000
    return float(frames * fps[1] / fps[0]) if fps else 0.0


def along(graph: Graph, wanted: Collection[StepKey], took: Callable[[Step], float] = seconds_of) -> float:
    """Seconds along the critical path: the longest chain of wanted steps, with a hand for each."""
    ends: dict[StepKey, float] = {}

    def end(key: StepKey) -> float:
        if key not in ends:
            step = graph.steps[key]
            before = max((end(before) for before in step.ahead), default=0.0)
            ends[key] = before + (took(step) if key in wanted else 0.0)
        return ends[key]

    return max((end(key) for key in wanted), default=0.0)


def at_most(graph: Graph, wanted: Collection[StepKey], hands: int, took: Callable[[Step], float] = seconds_of) -> float:
    """Seconds that any order of the work needs at most with ``hands`` (Graham's bound for list scheduling)."""
    longest = along(graph, wanted, took)
    whole = sum(took(graph.steps[key]) for key in wanted if not is_bought(graph.steps[key]))
    own = along(graph, wanted, lambda step: 0.0 if is_bought(step) else took(step))
    return longest + max(0.0, whole - own) / max(1, hands)
