"""The film of ``bench.compose``: thirty vertical seconds, eight shots, seven fades, overlays, captions, a bed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

from bench.scale import choose
from reelwright.media.base import ffmpeg
from reelwright.media.sound.bed import compose_bed
from reelwright.reel.base.value import Digest, ShotId
from reelwright.reel.film.plan import Beat, Bed, Line, Overlay, OwnFootage, Plan, Shot, Transition
from reelwright.reel.graph.request import Request
from reelwright.units import Frames

SIZE, FPS = choose((1080, 1920), (180, 320)), (30, 1)
OVER = 15
LENGTHS = choose((112, 113, 112, 113, 112, 113, 112, 113), (30,) * 8)
"""Frames of the eight shots: 900 in all in a whole run."""
CLIP_S = choose(4.4, 1.6)
LABEL = choose((20, 70), (4, 20))
"""Frames before a label, and frames of it."""
LEAD = choose(18, 4)
"""Frames before a line."""
MOOD = "energetic"
WORDS = (
    "Cold coffee again, halfway to work.",
    "Twelve minutes, and the best part is gone.",
    "This is VoltCup, the mug that heats itself.",
    "Press once. It holds sixty degrees all morning.",
    "One charge lasts a whole working day.",
    "Forty thousand commuters carry one already.",
    "It fits every cup holder and every bag.",
    "Order yours today at voltcup.example",
)
LABELS = {1: ["12 minutes"], 3: ["60 °C"], 5: ["40,000 sold"], 7: ["voltcup.example"]}


@dataclass(frozen=True)
class Film:
    """``assets``: file of each digest that the plan names. ``beds``: two beds of the film's length."""

    plan: Plan
    assets: dict[Digest, Path]
    clips: tuple[Path, ...]
    other: Path
    beds: tuple[Path, Path]


def build(folder: Path) -> Film:
    """Make clips and beds once in ``folder``; the same bytes each time."""
    clips = tuple(_clip(folder / f"clip{index}.mp4", index) for index in range(9))
    beds = tuple(_bed(folder / f"bed{seed}.wav", seed) for seed in (1, 2))
    assets = {digest_of(path): path for path in (*clips, *beds)}
    plan = _plan([digest_of(path) for path in clips[:8]])
    return Film(plan, assets, clips[:8], clips[8], (beds[0], beds[1]))


def with_other_shot(plan: Plan, at: int, clip: Path) -> Plan:
    """The plan with one shot's clip changed."""
    shots = list(plan.shots)
    shots[at] = replace(shots[at], source=OwnFootage(asset=digest_of(clip)))
    return replace(plan, beats=(replace(plan.beats[0], shots=tuple(shots)),))


def digest_of(path: Path) -> Digest:
    return Digest(hashlib.sha256(path.read_bytes()).hexdigest())


def _plan(clips: list[Digest]) -> Plan:
    shots, lines, at = [], [], 0
    for index, length in enumerate(LENGTHS):
        last = index == len(LENGTHS) - 1
        labels = [
            Overlay(kind="label", text=text, start=Frames(LABEL[0]), length=Frames(LABEL[1]))
            for text in LABELS.get(index, ())
        ]
        shots.append(
            Shot(
                id=ShotId(f"shot_{index + 1}"), prompt="", length=Frames(length), source=OwnFootage(asset=clips[index]),
                overlays=tuple(labels),
                transition=Transition() if last else Transition(kind="dissolve", length=Frames(OVER)),
            )
        )  # fmt: skip
        lines.append(
            Line(id=f"line_{index}", text=WORDS[index], start=Frames(at + LEAD), room=Frames(length - LEAD - 4))
        )
        at += length
    beat = Beat(id="beat_1", name="demo", start=Frames(0), length=Frames(at), shots=tuple(shots), lines=tuple(lines))
    request = Request(model="composer/2026.1", mode="music", prompt=MOOD)
    bed = Bed(mood=MOOD, bpm_milli=120_000, request=request)
    return Plan(
        schema=1, brief=Digest("0" * 64), title="VoltCup", fps=FPS, size=SIZE, look="slam", tone="plain",
        language="en", beats=(beat,), bed=bed,
    )  # fmt: skip


def _clip(path: Path, index: int) -> Path:
    """Colour fields that drift, a lit band that pans over them and a little grain, as a video model's clips have."""
    if not path.exists():
        picture = f"gradients=s=270x480:r=30:d={CLIP_S}:seed={index + 1}:n=5:speed={0.02 + 0.008 * index}"
        band = f"cellauto=s=270x480:r=30:rule={(30, 90, 110, 150)[index % 4]}:seed={index}:scroll=1"
        graph = "[1:v]format=yuv420p,gblur=1.5[t];[0:v]format=yuv420p[g];[g][t]blend=all_mode=softlight:all_opacity=0.5"
        graph += f",scale={SIZE[0]}:{SIZE[1]}:flags=bicubic,noise=alls=3:allf=t:all_seed={index}"
        args = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-t", str(CLIP_S), "-i", band, "-filter_complex", graph]
        args += ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", "-threads", "2", "-pix_fmt", "yuv420p"]
        ffmpeg.run([*args, "-fflags", "+bitexact", ffmpeg.build_output(path)])
    return path


def _bed(path: Path, seed: int) -> Path:
    if not path.exists():
        room = path.with_suffix("")
        room.mkdir(exist_ok=True)
        ms = sum(LENGTHS) * 1000 // 30
        args = {
            "model": "composer/2026.1", "mode": "music", "prompt": MOOD, "ms": ms, "bpm_milli": 120_000,
            "button_ms": ms - 1200, "sections": [{"at_ms": 0, "ms": ms, "energy": 3, "beat": "demo"}], "hits": [],
            "seed": seed,
        }  # fmt: skip
        compose_bed(args, (), room, lambda done: None).files[0].path.rename(path)
    return path
