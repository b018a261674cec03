"""The arguments of the tools: checked as the options of the studio are, and shown to agents as JSON schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from reelwright.reel.film.brief import Goal
from reelwright.studio.results.options import (
    BriefText,
    ChangeOptions,
    File,
    Length,
    Line,
    Options,
    Picture,
    Resolution,
    ScriptText,
    Takes,
)
from reelwright.units import Aspect

Project = Annotated[str, Field(description="the project's id, its last four or more characters, or last")]
MaxUsd = Annotated[
    str | int | float | None,
    Field(description="an amount in US dollars; refuse a higher price. It never allows more than a person allowed"),
]
PriceOnly = Annotated[bool, Field(description="only tell the price, and change nothing")]
ShotNumber = Annotated[int, Field(ge=1, description="the number of a shot, from 1")]
Shots = Annotated[int | Sequence[int], Field(description="the number of a shot from 1, or a list of them")]
Files = Annotated[Sequence[File], Field(description="a list of paths of files on this machine")]
References = Annotated[
    Mapping[str, File], Field(description="a picture for each role, such as product=mug.png or person=ana.png")
]


class OrderArguments(Options):
    """The arguments that say what to make: exactly one of ``brief``, ``script``, ``clip`` and ``project``, and how."""

    brief: Annotated[BriefText | None, Field(description="text that says what the film is for")] = None
    script: Annotated[
        ScriptText | None, Field(description="a script as Markdown text, or the path of a Markdown file")
    ] = None
    clip: Annotated[BriefText | None, Field(description="the prompt of a single shot by an AI model, as one clip")] = (
        None
    )
    project: Annotated[str | None, Field(description="a project to continue: its id, or last")] = None
    model: Annotated[str | None, Field(description="an AI video model, or animatic: drawn here for $0")] = None
    length: Length = None
    aspect: Aspect | None = None
    presets: Annotated[str | None, Field(description="what a film is made for, such as youtube,reels")] = None
    look: Annotated[str | None, Field(description="the look of all that is drawn in a film")] = None
    accent: Annotated[str | None, Field(description="#RRGGBB: the brand")] = None
    logo: Picture = None
    font: Annotated[File | None, Field(description="font of the display type")] = None
    end_card: Annotated[Line | None, Field(description="text of the last screen")] = None
    resolution: Resolution = None
    sound: Annotated[bool | None, Field(description="true or false: whether the model makes sound")] = None
    references: References = {}
    again: Annotated[bool, Field(description="true to make another one of the very same, at its full price")] = False
    image: Picture = None
    last_frame: Picture = None
    samples: Takes = 1
    negative: Annotated[Line | None, Field(description="text: what the clip must not show")] = None
    seed: Annotated[int | None, Field(description="a whole number")] = None
    images: Files = ()
    clips: Files = ()
    storyboard: Annotated[Mapping[str, File], Field(description="a still for each beat, such as hook=door.jpg")] = {}
    flavor: Annotated[str | None, Field(description="the name of a flavor, such as short")] = None
    language: Annotated[str | None, Field(description="a BCP 47 tag such as en, de or pt-BR")] = None
    voice: Annotated[str | None, Field(description="a voice model, as MODEL:voice")] = None
    stills: Annotated[str | None, Field(description="an image model, for the first frames of shots")] = None
    music: Annotated[str | None, Field(description="a music model; without one, music is composed here for $0")] = None
    planner: Annotated[str | None, Field(description="a language model that writes the film's words")] = None
    archetype: Annotated[str | None, Field(description="the dramatic shape, such as pas")] = None
    short_side: Annotated[int, Field(ge=90, le=2160, description="a whole number from 90 to 2160")] = 1080
    variation: Annotated[int, Field(ge=0, le=1_000_000, description="a whole number from 0 to 1000000")] = 0
    draft: Annotated[bool, Field(description="true for a small film of a script, all drawn, for $0")] = False
    goal: Annotated[Goal | None, Field(description="plan, storyboard, takes, cut or film")] = None


class QuoteArguments(OrderArguments):
    """Arguments of the tool ``quote``: what to quote, or ``models`` alone."""

    models: Annotated[
        Literal["video", "image", "speech", "music", "text"] | None,
        Field(description="video, image, speech, music or text: list the models of this kind with their prices"),
    ] = None


class MakeArguments(OrderArguments):
    """Arguments of the tool ``make``."""

    out: Annotated[File | None, Field(description="a path that is free, for the film; it ends in .mp4")] = None
    max_usd: MaxUsd = None


class WriteArguments(Options):
    """Arguments of the tool ``write``: ``brief``, or ``project`` to read the script of a project."""

    brief: Annotated[BriefText | None, Field(description="text that says what the film is for")] = None
    project: Annotated[str | None, Field(description="a project whose script is read")] = None
    language: Annotated[str | None, Field(description="a BCP 47 tag such as en, de or pt-BR")] = None
    planner: Annotated[str | None, Field(description="a language model that writes it")] = None
    archetype: Annotated[str | None, Field(description="the dramatic shape, for a planner")] = None
    out: Annotated[File | None, Field(description="a path that is free, for the script; such as script.md")] = None
    full: Annotated[bool, Field(description="true for the whole text, however long")] = False
    max_usd: MaxUsd = None


class StatusArguments(Options):
    """Arguments of the tool ``status``. Without a project: the newest jobs."""

    project: Annotated[str | None, Field(description="a project or a job: its id, or last")] = None


class LookArguments(Options):
    """Arguments of the tool ``look``. Without ``shot`` or ``at``: a contact sheet."""

    project: Project
    shot: Annotated[int | None, Field(ge=1, description="the number of a shot, from 1: a frame near its end")] = None
    at: Annotated[float | None, Field(ge=0, description="seconds from the start: that frame of the film")] = None
    changes: Annotated[bool, Field(description="true for only what changed since the film before")] = False


class EditArguments(ChangeOptions):
    """Arguments of the tool ``edit``: the project, and the change."""

    project: Project
    price_only: PriceOnly = False
    max_usd: MaxUsd = None


class RetakeArguments(Options):
    """Arguments of the tool ``retake``."""

    project: Project
    shot: Shots
    price_only: PriceOnly = False
    max_usd: MaxUsd = None


class CircleArguments(Options):
    """Arguments of the tool ``circle``."""

    project: Project
    shot: ShotNumber
    take: Annotated[int, Field(ge=1, description="the number of the take within its shot, from 1")]


class SpendArguments(Options):
    """Arguments of the tool ``spend``."""

    project: Annotated[str | None, Field(description="a project: its id, or last")] = None


class ExportArguments(Options):
    """Arguments of the tool ``export``."""

    project: Project
    out: Annotated[File | None, Field(description="a path that is free, for the archive; it ends in .zip")] = None


class CancelArguments(Options):
    """Arguments of the tool ``cancel``."""

    project: Annotated[str, Field(description="a project or a job: its id, or last")]


BOTH: Final = frozenset({"model", "length", "aspect", "resolution", "sound", "references", "again"})
"""Arguments of films and of clips."""
OF_CLIPS: Final = frozenset({"image", "last_frame", "samples", "negative", "seed"})
"""Arguments of clips alone."""
OF_FILMS: Final = frozenset(
    {
        "images", "clips", "storyboard", "flavor", "look", "accent", "logo", "font", "end_card", "language", "voice",
        "stills", "music", "planner", "archetype", "short_side", "variation", "draft", "goal", "presets",
    }
)  # fmt: skip
"""Arguments of films alone."""


def build_schema(model: type[Options]) -> dict[str, Any]:
    """Return the JSON schema of a tool's arguments, for the list of tools that agents read."""
    schema = model.model_json_schema()
    schema.pop("description", None)
    found: dict[str, Any] = _shorten(schema)
    return found


def _shorten(value: Any) -> Any:
    """Leave out titles, that a field which may be left out is null then, and that a text of so many characters may
    also be a path: an agent pays for each word.
    """
    if isinstance(value, list):
        paths = [
            {**item, "format": "path"} for item in value if isinstance(item, dict) and item.get("type") == "string"
        ]
        return [_shorten(item) for item in value if not (item in paths and "format" in item)]
    if isinstance(value, dict):
        return {
            name: {key: _shorten(one) for key, one in item.items()} if name == "properties" else _shorten(item)
            for name, item in value.items()
            if not (name == "title" and isinstance(item, str)) and not (name == "default" and item is None)
        }
    return value
