"""What a door may ask for beside the words of a brief, and what an edit may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict

from reelwright.units import Aspect

if TYPE_CHECKING:
    from reelwright.studio.answers import Quoted
    from reelwright.studio.rows import BatchQuoted

Seconds = int | float | str
"""A length at a door: ``20``, ``7.5``, ``"20s"``, ``"0:20"``."""


class Asked(TypedDict, total=False):
    """Beside a brief's text. ``images`` and ``clips``: own pictures and clips that become shots, in this order.

    ``models``: AI video models, the wanted one first; ``stills``, ``voice`` (``MODEL:voice``) and ``music``: who else
    makes what. ``storyboard``: stills of one's own by beat, ``{"hook": "door.jpg"}``; a number from 1 names a beat too.
    ``references``: pictures that guide them, ``{"person=Ana": "ana.png"}``. ``max_price``: a budget that
    the choice of models keeps to, where it can. ``planner``: a language model that writes the plan; ``rules`` else.
    ``archetype``: the dramatic shape. ``draft``: of a script, a small film that costs nothing: all of it is drawn, and
    nobody speaks. ``successor``: a model that is retired is replaced by the one that follows it.
    """

    flavor: str | None
    language: str | None
    aspect: Aspect | None
    length: Seconds | None
    short_side: int
    images: Sequence[str | Path]
    clips: Sequence[str | Path]
    planner: str | None
    archetype: str | None
    models: Sequence[str]
    stills: str | None
    voice: str | None
    music: str | None
    continuity: Literal["beat", "loose"]
    resolution: str | None
    sound: bool | None
    storyboard: Mapping[str, str | Path]
    references: Mapping[str, str | Path]
    max_price: str | int | float | None
    takes: int
    variation: int
    on_stuck: Literal["ask", "animatic"]
    draft: bool
    successor: bool


class ClipTerms(TypedDict, total=False):
    """Of one clip. ``image`` and ``last_frame``: its first and last frame; ``references``: ``{"person=Ana": file}``.

    ``aspect`` ``auto`` or left out: that of the first picture. ``samples``: 1 to 4, in one purchase where the model
    sells several at once, unless ``apart`` asks for each by itself.
    ``successor``: a model that is retired is replaced by the one that follows it.
    """

    model: str | None
    image: str | Path | None
    last_frame: str | Path | None
    references: Mapping[str, str | Path]
    samples: int
    apart: bool
    seconds: Seconds | None
    aspect: str | None
    resolution: str | None
    negative: str | None
    seed: int | None
    sound: bool | None
    successor: bool


class Agreed(TypedDict, total=False):
    """Consent to a price. ``yes``: to whatever the quote says, or to one that was shown and no more; ``budget``: to at
    most so much (``"5"``, ``"0.40"``).

    ``accept_unconfirmed``: also to prices that are not confirmed; ``unknown_at_most``: what one step may cost whose
    price nobody knows.
    """

    yes: bool | Quoted | BatchQuoted
    budget: str | int | float | None
    accept_unconfirmed: bool
    unknown_at_most: str | int | float | None


class Changes(TypedDict, total=False):
    """One edit. With ``shot``, one or several: ``words`` (a line, or a mapping by role; an empty one is taken away),
    ``prompt``, ``length``, ``image``, ``clip``, ``move``, ``caption``, ``model`` (another one by id or alias;
    ``animatic``: drawn on this machine). Of the whole film: ``look``, ``accent``, ``mood``, ``aspect``, ``length``
    where no shot is named (planned anew from the brief; edits stay where their shot does), and ``storyboard``: other
    stills of one's own, ``{"hook": "door.jpg"}``. ``way``: where a later shot continues a shot that is edited; a bridge
    where there can be one unless said. ``successor``: as of a brief.
    """

    shot: int | str | Sequence[int | str] | None
    words: str | Mapping[str, str] | None
    prompt: str | None
    length: Seconds | None
    image: str | Path | None
    clip: str | Path | None
    caption: str | None
    model: str | None
    move: Literal["push", "pull", "left", "right", "up", "down"] | None
    look: str | None
    accent: str | None
    mood: str | None
    aspect: Aspect | None
    storyboard: Mapping[str, str | Path] | None
    way: Literal["bridge", "reflow"] | None
    successor: bool
