"""Loads flavors: named ways of making, each a folder of strict YAML, beside this file or in a home's ``flavors``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import Any, Final

from reelwright.errors import BadInput
from reelwright.planner.flavors.parts import PARTS, read_parts
from reelwright.planner.tables import load_tones
from reelwright.reel.brief import Brief
from reelwright.reel.value import define_value
from reelwright.units import ASPECTS, Aspect, Micros, parse_usd

HERE: Final = Path(__file__).parent


@define_value
class Flavor:
    """A way of making films. ``aspect`` holds if neither options nor the brief's words say otherwise. ``length_ms``:
    likewise, for films that a language model writes; other films are as long as their words take.

    ``tone``: if the brief shows none. ``has_voice`` False: nobody speaks, lines are read as captions. ``animatic`` and
    ``composer``: ids of the models that draw and compose without a key. ``models`` and what follows: who makes what if
    no option says so. ``style``, ``beats``: words added to what all shots, or those of a beat, show; ``image``: words
    added to stills, by ``style``, ``person`` and ``product``; ``never``: what must not be seen. ``image_params``:
    options of the image model.
    """

    name: str
    about: str
    aspect: Aspect
    length_ms: int
    look: str
    tone: str
    has_voice: bool
    fps: tuple[int, int]
    captions: str
    animatic: str
    composer: str
    models: tuple[str, ...] = ()
    stills: str | None = None
    voice_model: str | None = None
    music: str | None = None
    continuity: str | None = None
    resolution: str | None = None
    sound: bool | None = None
    budget: Micros | None = None
    style: str = ""
    never: tuple[str, ...] = ()
    beats: Mapping[str, str] = field(default_factory=dict)
    image: Mapping[str, str] = field(default_factory=dict)
    image_params: Mapping[str, int | str | bool] = field(default_factory=dict)


@cache
def load_flavors() -> Mapping[str, Flavor]:
    """Load all flavors that come with the package, by name."""
    folders = sorted(path.parent for path in HERE.glob(f"*/{PARTS[0]}.yaml"))
    return {folder.name: build_flavor(folder.name, read_parts(folder)) for folder in folders}


def get_flavor(name: str) -> Flavor:
    """Return the flavor of that name. Raises ``BadInput`` that lists the known names."""
    if name not in load_flavors():
        raise BadInput("flavor", name, ", ".join(load_flavors()))
    return load_flavors()[name]


def choose_flavor(brief: Brief, usual: str) -> Flavor:
    """Return the brief's own flavor, as it was when the brief was made; else the packaged one of its name, or
    ``usual``.
    """
    if brief.own_flavor is not None:
        return build_flavor(brief.flavor or "own", brief.own_flavor)
    return get_flavor(brief.flavor or usual)


def build_flavor(name: str, parts: Mapping[str, Mapping[str, Any]]) -> Flavor:
    """Build a flavor from its four parts. Raises ``BadInput`` for an impossible value."""
    row, scene, image = parts["pipeline_params"], parts.get("scene_prompts", {}), parts.get("image_prompts", {})
    where = f"{name}/pipeline_params.yaml"
    _validate_pipeline(row, where)
    fps = row["fps"]
    return Flavor(
        name=name,
        about=row["about"],
        aspect=row["aspect"],
        length_ms=row["length_ms"],
        look=row["look"],
        tone=row["tone"],
        has_voice=row["voice"],
        fps=(fps[0], fps[1]),
        captions=row["captions"],
        animatic=row["animatic"],
        composer=row["composer"],
        models=tuple(row.get("models", ())),
        stills=row.get("stills"),
        voice_model=row.get("voice_model"),
        music=row.get("music"),
        continuity=row.get("continuity"),
        resolution=row.get("resolution"),
        sound=row.get("sound"),
        budget=parse_usd(row["budget_usd"], f"{where}: budget_usd") if "budget_usd" in row else None,
        style=scene.get("style", ""),
        never=tuple(scene.get("never", ())),
        beats=dict(scene.get("beats", {})),
        image=dict(image),
        image_params=dict(parts.get("image_params", {})),
    )


def _validate_pipeline(row: Mapping[str, Any], where: str) -> None:
    from reelwright.media.animatic.look import look_names

    among = {"aspect": ASPECTS, "tone": tuple(load_tones()), "look": look_names(), "captions": ("clean", "bold", "box")}
    for key, known in among.items():
        if row[key] not in known:
            raise BadInput(f"{where}: {key}", row[key], ", ".join(known))
    if row.get("continuity", "beat") not in ("beat", "loose"):
        raise BadInput(f"{where}: continuity", row["continuity"], "beat, loose")
    if not 1000 <= row["length_ms"] <= 600_000:
        raise BadInput(f"{where}: length_ms", row["length_ms"], "from 1000 to 600000")
    fps = row["fps"]
    if len(fps) != 2 or any(type(part) is not int or part < 1 for part in fps):
        raise BadInput(f"{where}: fps", fps, "numerator and denominator, such as [30, 1]")
