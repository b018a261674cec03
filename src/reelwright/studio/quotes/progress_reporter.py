"""Progress events while a job is driven: each step with its shot's number, counts for a bar, and the time left."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from reelwright.messages import Names, format_step_reason
from reelwright.reason import Action, Reason
from reelwright.reel.base.value import ShotId, StepKey
from reelwright.reel.film.formats import find_step_aspect
from reelwright.reel.film.plan import Plan
from reelwright.reel.graph.graph import Graph
from reelwright.reel.records.operation import Event
from reelwright.studio.quotes import duration_estimates
from reelwright.studio.quotes.listener import guard_listener
from reelwright.studio.quotes.quote import find_step_shot
from reelwright.studio.results.results import Progress

if TYPE_CHECKING:
    from reelwright.engine.steps.step_run import ProgressEvent
    from reelwright.studio.quotes.tempo import Tempo

Listen = Callable[[Progress], None]
"""Called on the studio's event loop for each event. Must not block."""

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
"""A digest, by which the vault names a file. It means nothing to a person."""
_FILM_STEPS: Final = MappingProxyType(
    {"words": "the plan", "film": "the film", "mix": "the mix", "bed": "the music", "voice": "a spoken line"}
)
"""What a person calls the steps that belong to no shot."""
_WORDS: Final = "words/"
_UNDER_WAY: Final = frozenset({"started", "moving", "waiting"})
"""Events of a step that has not ended."""


class ProgressReporter:
    """Passes a director's events to one listener, with shot numbers, counts and the time left.

    ``weights``: the estimated seconds of every wanted step. ``finished_steps``: steps that exist before.
    ``word_steps``: how many of those brought the plan; no event of kind ``read`` counts them. ``is_driving``: whether a
    director of this process has sent any event.
    """

    def __init__(
        self,
        listen: Listen | None,
        plan: Plan | None,
        weights: Mapping[StepKey, float],
        hands: int,
        *,
        finished_steps: int = 0,
        word_steps: int = 0,
    ) -> None:
        self._listen = guard_listener(listen)
        self._shots = number_shots(plan)
        self._weights, self._hands = weights, max(1, hands)
        self._began = time.monotonic()
        self._parts: dict[StepKey, float] = {}
        self._landed: set[StepKey] = set()
        self._words = [key for key in weights if key.startswith(_WORDS)]
        self._had, self._wanted, self._words_before = finished_steps, len(weights), word_steps
        self.is_driving = False
        """Whether a director of this process has sent any event."""

    def __call__(self, event: ProgressEvent) -> None:
        """Pass an event of the director on to the listener."""
        self.is_driving = True
        if event.event == "read":
            self._count(event.finished_steps, event.wanted_steps)
        elif event.step is not None and not event.step.startswith(_WORDS):
            # No further correction was needed. A question that was started may land before its end is reported.
            self._words = [key for key in self._words if key in self._parts]
        if event.step is not None and event.step in self._weights:
            if event.event == "landed":
                self._note_landing(event.step)
            elif event.fraction is not None or event.event != "waiting":  # a wait does not reset the progress
                self._parts[event.step] = event.fraction or 0.0
        self._listen(
            Progress(
                event_id=0,
                kind=event.event,
                project=event.project,
                job=event.job,
                step=event.step,
                shot=find_shot_number(event.step, self._shots),
                reason=fill_actions(event.reason, event.project, self._shots),
                message=format_step_reason(event.reason, build_names(self._shots)),
                fraction=event.fraction,
                finished_steps=self._had,
                wanted_steps=self._wanted,
                left_s=self._left(),
            )
        )

    def forward_event(self, event: Event) -> None:
        """Call the listener with an event of the journal that a director of another process wrote."""
        progress = to_progress(event, self._shots)
        if event.kind == "step.landed" and progress.step and progress.step in self._weights:
            self._note_landing(StepKey(progress.step))
        self._listen(
            progress.model_copy(
                update={"finished_steps": self._had, "wanted_steps": self._wanted, "left_s": self._left()}
            )
        )

    def _note_landing(self, step: StepKey) -> None:
        self._parts[step] = 1.0
        if self._wanted and step not in self._landed:
            self._had, self._wanted = self._had + 1, self._wanted - 1
            self._landed.add(step)

    def _count(self, had: int, wanted: int) -> None:
        """Take over the counts of an event of kind ``read``.

        The words of a plan have their own graph, before the film has one. Until they have landed, its counts say
        nothing about the film; afterwards the words count as finished steps. An event may be older than the last
        landing: within the same graph the number of finished steps never falls.
        """
        if not self._landed.issuperset(self._words):
            return
        had += len(self._words) + self._words_before
        if had + wanted != self._had + self._wanted or had > self._had:
            self._had, self._wanted = had, wanted

    def _left(self) -> float | None:
        """Estimate the seconds left: the estimate and the measured speed, weighted by the share of work that is done.

        The first step of a film says little about the others: by its speed alone, 7 s became 68 and then 9.
        """
        whole = sum(self._weights.values())
        if not whole:
            return None
        done = sum(self._weights[key] * part for key, part in self._parts.items())
        estimated = (whole - done) / self._hands
        measured = (whole - done) * (time.monotonic() - self._began) / done if done else estimated
        share = done / whole
        return round(estimated * (1 - share) + measured * share, 1)


class StepTimer:
    """Measures, by kind of step, the seconds in which at least one step of that kind was running."""

    def __init__(self) -> None:
        self._under_way: dict[str, set[str]] = {}
        self._since: dict[str, float] = {}
        self._seconds: dict[str, float] = {}

    def record_progress(self, progress: Progress) -> None:
        """Start or stop the clock of a step's kind, if the event begins or ends a step."""
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

    def get_seconds(self) -> dict[str, float]:
        """Return the seconds by kind of step, such as ``take``, in the order in which their clocks first stopped."""
        return {kind: round(seconds, 3) for kind, seconds in self._seconds.items()}


def estimate_weights(graph: Graph, wanted_steps: Collection[StepKey], tempo: Tempo) -> dict[StepKey, float]:
    """Estimate the real seconds of every wanted step; a rehearsal's faster clock shortens bought steps."""
    steps = {key: step for key, step in graph.steps.items() if key in wanted_steps}
    estimated = {key: duration_estimates.estimate_seconds(step) for key, step in steps.items()}
    return {
        key: tempo.scale_seconds(each) if duration_estimates.is_bought(steps[key]) else each
        for key, each in estimated.items()
    }


def number_shots(plan: Plan | None) -> dict[ShotId, int]:
    """Return the number of each shot by its id, from 1 in film order; empty without a plan."""
    return {shot.id: n for n, shot in enumerate(plan.shots, 1)} if plan else {}


def find_shot_number(step: str | None, shots: Mapping[ShotId, int]) -> int | None:
    """Return the number of the shot that the step key ``step`` belongs to; None for a step of the whole film."""
    if step is None:
        return None
    shot = find_step_shot(StepKey(step), shots)
    return shots[shot] if shot else None


def build_names(shots: Mapping[ShotId, int], takes: Mapping[str, int] = MappingProxyType({})) -> Names:
    """Build the functions that name steps and files for a person, such as ``take of shot 2``.

    ``shots``: shot numbers by shot id. ``takes``: shot numbers by digest.
    """

    def name_step(key: str) -> str:
        number = find_shot_number(key, shots)
        kind = key.partition("/")[0]
        name = f"{kind} of shot {number}" if number else _FILM_STEPS.get(kind, key)
        return f"{name} in {aspect}" if (aspect := find_step_aspect(key)) else name

    def name_file(name: str) -> str:
        if number := takes.get(name):
            return f"the take of shot {number}"
        return "one of its files" if _DIGEST.fullmatch(name) else name

    return Names(name_step, name_file)


def fill_actions(reason: Reason | None, project: str, shots: Mapping[ShotId, int]) -> Reason | None:
    """Return the reason with project id and shot number filled into the actions that it offers; None gives None."""
    if reason is None:
        return None
    shot = find_shot_number(reason.step, shots)
    known = {"project": project} | ({"shot": shot} if shot else {})
    actions = reason.actions
    if any(action.kind in ("fix_key", "add_funds") for action in actions):
        actions += (Action("resume_job"),)
    filled: list[Action] = []
    for action in actions:
        named = Action(action.kind, {**known, **action.params})
        if named not in filled:
            filled.append(named)
    return replace(reason, actions=tuple(filled))


def to_progress(event: Event, shots: Mapping[ShotId, int]) -> Progress:
    """Convert an event of the journal to a progress event; ``shots``: shot numbers by shot id."""
    body = event.body
    step, reason = body.get("step"), Reason.from_json(body.get("reason") or body.get("said"))
    return Progress(
        event_id=event.id,
        kind=event.kind,
        project=event.project,
        job=event.job,
        step=step,
        shot=find_shot_number(step, shots),
        reason=fill_actions(reason, event.project, shots),
        message=format_step_reason(reason, build_names(shots)),
    )
