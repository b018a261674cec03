"""Small plans and standings for tests that need no media."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import Digest, Fingerprint, ShotId
from reelwright.reel.film.brief import Brief
from reelwright.reel.film.plan import Beat, Bed, Line, Overlay, Plan, Shot, Transition
from reelwright.reel.graph.choices import Choices
from reelwright.reel.graph.graph import Graph
from reelwright.reel.graph.outcome import Outcome
from reelwright.reel.graph.request import Input, Request
from reelwright.reel.graph.wanted_steps import find_wanted_steps, resolve_steps
from reelwright.reel.records.operation import Job, Standing
from reelwright.units import Frames

FPS = (30, 1)
NO_CHOICES = Choices()


def shot(n: int, frames: int = 30, **more: Any) -> Shot:
    prompt = f"shot {n}"
    made = Shot(
        id=ShotId(f"shot_{n:08d}-0000-8000-8000-000000000000"),
        prompt=prompt,
        length=Frames(frames),
        source=Request(
            model="animatic/2026.1",
            mode="take",
            prompt=prompt,
            ms=frames * 1000 // 30,
            aspect="9:16",
            extra={"staging": "hook", "size": [180, 320], "fps": [30, 1], "frames": frames, "words": {"line": "Hi"}},
        ),
        words={"line": "Hi"},
        text_mode="drawn",
    )
    return replace(made, **more)


def plan(*shots: Shot, **more: Any) -> Plan:
    """One beat for each shot, with a line each, a bed, and a dissolve where a shot has one."""
    beats, at = [], 0
    dissolve = Transition(kind="dissolve", length=Frames(6))
    for n, one in enumerate(shots or (shot(1, transition=dissolve), shot(2, 37)), 1):
        line = Line(id=f"line_{n}", text=f"Line {n}", start=Frames(3), room=Frames(20))
        beats.append(
            Beat(id=f"beat_{n}", name="hook", start=Frames(at), length=one.length, shots=(one,), lines=(line,))
        )
        at += one.length
    bed = Bed(
        mood="calm",
        bpm_milli=96_000,
        request=Request(model="composer/2026.1", mode="music", prompt="calm", ms=at * 1000 // 30, extra={"seed": 4}),
    )
    made = Plan(
        schema=1,
        brief=compute_digest("brief"),
        title="A lamp called “Fenn”: no",
        fps=FPS,
        size=(180, 320),
        look="slam",
        tone="plain",
        language="en",
        beats=tuple(beats),
        bed=bed,
    )
    return replace(made, **more)


def chained() -> Plan:
    """Three shots; the second and the third open on the last frame of the one before."""
    shots = [shot(1)]
    for n in (2, 3):
        follows = Input(role="first_frame", of=f"take/{shots[-1].id}", part="last_frame")  # type: ignore[arg-type]
        one = shot(n)
        shots.append(
            replace(
                one,
                source=replace(
                    one.source,
                    model="openrouter-veo-3.1-fast",
                    mode="image_to_video",
                    extra={},
                    ms=8000,
                    aspect="9:16",
                    inputs=(follows,),
                ),
            )
        )
    opens = Input(role="first_frame", asset=Digest("e" * 64))
    first = replace(
        shots[0].source,
        model="openrouter-veo-3.1-fast",
        mode="image_to_video",
        extra={},
        ms=8000,
        aspect="9:16",
        inputs=(opens,),
    )
    return plan(replace(shots[0], source=first), *shots[1:])


def overlaid() -> Plan:
    one = shot(1, overlays=(Overlay(kind="source", text="Own tests", start=Frames(4), length=Frames(11)),))
    return plan(one, shot(2, 41, text_mode="caption", sound="duck", corrections={"line_2": "Line two"}))


def standing(made: Plan | None, had: dict[Fingerprint, Outcome] | None = None, **more: Any) -> Standing:
    job = Job(id="job_1", account="local", project="project_1", goal="film", state="running")
    base = Standing(
        account="local",
        project="project_1",
        brief=Brief(text="A lamp"),
        revision=1 if made else 0,
        plan=made,
        choices=Choices(),
        job=job,
        outcomes=had or {},
        deleted_assets=frozenset(),
    )
    return replace(base, **more)


def all_had(graph: Graph, choices: Choices = NO_CHOICES) -> dict[Fingerprint, Outcome]:
    """An outcome for every step of ``graph``, each digest derived from its fingerprint."""
    had: dict[Fingerprint, Outcome] = {}
    while certain := find_wanted_steps(graph, choices, had).certain:
        found = resolve_steps(graph, choices, had)
        for step in certain:
            fp = found[step.key].fingerprint
            assert fp
            facts = {"width": 180, "height": 320, "fps": [30, 1], "frames": 67, "duration_ms": 2233}
            had[fp] = Outcome(fingerprint=fp, assets=(Digest(compute_digest(fp)),), facts=facts)
    return had
