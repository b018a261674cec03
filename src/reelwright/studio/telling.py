"""What listeners hear while a job is driven: each step with its shot's number, the counts of a bar, and time left."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from reelwright.reel.graph import Graph
from reelwright.reel.noun import ShotId, StepKey
from reelwright.reel.operation import Event
from reelwright.reel.plan import Plan
from reelwright.studio import pace
from reelwright.studio.answers import Progress
from reelwright.studio.listener import harmless
from reelwright.studio.quote import shot_of

if TYPE_CHECKING:
    from reelwright.engine.errand import Progressed
    from reelwright.studio.tempo import Tempo

Listen = Callable[[Progress], None]
"""Called on the studio's event loop for each thing that happens; must not block."""

_STEP: Final = re.compile(r"\b([a-z]+)/[\w-]+")
_DIGEST: Final = re.compile(r"\b[0-9a-f]{64}\b")
"""How the vault calls a file: no name for a person."""
_WORDS: Final = "words/"
_UNDER_WAY: Final = frozenset({"started", "moving", "waiting"})
"""What is told of a step that is not at its end."""


class Telling:
    """Turns what the director says into what a door shows. ``weights``: estimated seconds of every wanted step.

    ``had``: how many steps are had before; ``words``: how many of those brought the plan, which no reading counts.
    """

    def __init__(
        self, listen: Listen | None, plan: Plan | None, weights: Mapping[StepKey, float], hands: int, *, had: int = 0,
        words: int = 0,
    ) -> None:  # fmt: skip
        self._listen = harmless(listen)
        self._shots = numbers(plan)
        self._weights, self._hands = weights, max(1, hands)
        self._began = time.monotonic()
        self._parts: dict[StepKey, float] = {}
        self._landed: set[StepKey] = set()
        self._words = [key for key in weights if key.startswith(_WORDS)]
        self._had, self._wanted, self._words_before = had, len(weights), words
        self.driving = False
        """Whether anything was heard from a director of this process."""

    def __call__(self, said: Progressed) -> None:
        """Hear one thing from the director, and pass it on."""
        self.driving = True
        if said.event == "read":
            self._count(said.had, said.wanted)
        elif said.step is not None and not said.step.startswith(_WORDS):
            self._words = [key for key in self._words if key in self._landed]  # no correction was needed any more
        if said.step is not None and said.step in self._weights:
            if said.event == "landed" and self._wanted and said.step not in self._landed:
                self._had, self._wanted = self._had + 1, self._wanted - 1
                self._landed.add(said.step)
            if said.event == "landed":
                self._parts[said.step] = 1.0
            elif said.done is not None or said.event != "waiting":  # what waits stands where it is
                self._parts[said.step] = said.done or 0.0
        self._listen(
            Progress(
                at=0,
                kind=said.event,
                project=said.project,
                job=said.job,
                step=said.step,
                shot=number_of(said.step, self._shots),
                said=_numbered(said.said, self._shots),
                done=said.done,
                had=self._had,
                wanted=self._wanted,
                left_s=self._left(),
            )
        )

    def hear(self, event: Event) -> None:
        """Pass on what another director wrote into the journal."""
        self._listen(from_event(event, self._shots))

    def _count(self, had: int, wanted: int) -> None:
        """Take over what a reading counted.

        The words of a plan stand in a graph of their own, before there is one of the film: until they have landed its
        counts say nothing of the film, and afterwards they are had beside it. A reading may be older than the last
        landing; of the same graph, nothing had is lost.
        """
        if not self._landed.issuperset(self._words):
            return
        had += len(self._words) + self._words_before
        if had + wanted != self._had + self._wanted or had > self._had:
            self._had, self._wanted = had, wanted

    def _left(self) -> float | None:
        """Seconds left: between the estimate and the speed of the work done, which counts for as much as is done.

        The first step of a film tells next to nothing of the others: by its speed alone, 7 s became 68 and then 9.
        """
        whole = sum(self._weights.values())
        if not whole:
            return None
        done = sum(self._weights[key] * part for key, part in self._parts.items())
        estimated = (whole - done) / self._hands
        measured = (whole - done) * (time.monotonic() - self._began) / done if done else estimated
        share = done / whole
        return round(estimated * (1 - share) + measured * share, 1)


class AtWork:
    """Seconds in which any step of a kind was under way; kinds overlap, and so do steps of one kind."""

    def __init__(self) -> None:
        self._under_way: dict[str, set[str]] = {}
        self._since: dict[str, float] = {}
        self._seconds: dict[str, float] = {}

    def hear(self, progress: Progress) -> None:
        """Take the time of a step that begins or ends."""
        if not progress.step:
            return
        kind, now = progress.step.partition("/")[0], time.monotonic()
        steps = self._under_way.setdefault(kind, set())
        if progress.kind in _UNDER_WAY:
            if not steps:
                self._since[kind] = now
            steps.add(progress.step)
        elif progress.step in steps:
            steps.discard(progress.step)
            if not steps:
                self._seconds[kind] = self._seconds.get(kind, 0.0) + now - self._since[kind]

    def seconds(self) -> dict[str, float]:
        """By kind, in the order in which each was done first."""
        return {kind: round(seconds, 3) for kind, seconds in self._seconds.items()}


def weights_of(graph: Graph, wanted: Collection[StepKey], tempo: Tempo) -> dict[StepKey, float]:
    """Estimated seconds of every wanted step; what is bought takes as long as its provider's clock says."""
    steps = {key: step for key, step in graph.steps.items() if key in wanted}
    estimated = {key: pace.seconds_of(step) for key, step in steps.items()}
    return {key: tempo.ours(each) if pace.is_bought(steps[key]) else each for key, each in estimated.items()}


def numbers(plan: Plan | None) -> dict[ShotId, int]:
    """Each shot's number from 1."""
    return {shot.id: n for n, shot in enumerate(plan.shots, 1)} if plan else {}


def number_of(step: str | None, shots: Mapping[ShotId, int]) -> int | None:
    """The number of the shot that a step belongs to."""
    if step is None:
        return None
    shot = shot_of(StepKey(step), shots)
    return shots[shot] if shot else None


def with_numbers(said: str, plan: Plan | None) -> str:
    """What a step says of itself, with its shot's number in place of its key, and no digest of a file."""
    return _numbered(said, numbers(plan))


def _numbered(said: str, shots: Mapping[ShotId, int]) -> str:
    def name(found: re.Match[str]) -> str:
        number = number_of(found.group(), shots)
        return f"{found.group(1)} of shot {number}" if number else found.group()

    return _DIGEST.sub("one of its files", _STEP.sub(name, said))


def from_event(event: Event, shots: Mapping[ShotId, int]) -> Progress:
    """An event of the journal as a listener hears it."""
    body = event.body
    step = body.get("step")
    plain = Progress(at=event.id, kind=event.kind, project=event.project, job=event.job)
    said = _numbered(str(body.get("said") or ""), shots)
    return replace(plain, step=step, shot=number_of(step, shots), said=said)
