"""The keyword arguments of the verbs, for type checkers; ``options`` has the models that check them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypedDict, TypeVar

from reelwright.units import Aspect

if TYPE_CHECKING:
    from reelwright.reel.brief import Goal
    from reelwright.reel.plan import Plan
    from reelwright.studio.results import ProjectQuote
    from reelwright.studio.rows import BatchQuote

QuoteT = TypeVar("QuoteT")

Seconds = int | float | str
"""A length as a person types it: ``20``, ``7.5``, ``"20s"``, ``"0:20"``."""


class BriefOptions(TypedDict, total=False):
    """Options of a film beside the text of its brief.

    ``images`` and ``clips``: the person's own pictures and clips, which become shots in this order. ``models``: AI
    video models, the preferred one first. ``stills``, ``voice`` (``MODEL:voice``) and ``music``: the models for these.
    ``storyboard``: the person's own stills by beat, ``{"hook": "door.jpg"}``; a number from 1 names a beat too.
    ``references``: pictures that guide the models, ``{"person=Ana": "ana.png"}``. ``max_price``: a price in US dollars
    that the choice of models keeps to if it can. ``planner``: a language model that writes the plan; default
    ``rules``. ``archetype``: the dramatic shape. ``draft``: make a small film of a script that costs nothing: all of it
    is drawn, without a voice. ``successor``: replace a retired model by the one that follows it.
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
    """Options of one clip. ``image`` and ``last_frame``: pictures for its first and last frame.

    ``references``: pictures that guide the model, ``{"person=Ana": file}``. ``aspect`` ``auto`` or left out: the aspect
    of the first picture. ``samples``: 1 to 4, in one purchase if the model sells several at once; ``apart``: buy each
    by itself. ``successor``: replace a retired model by the one that follows it.
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


ConfirmFunction = Callable[[QuoteT], Awaitable[object]]
"""Shows a quote to a person. Returns if they agree to it, otherwise raises ``NeedsConsent``."""


class ConsentOptions(TypedDict, total=False):
    """Consent to a price. ``yes`` True agrees to whatever the quote says; a quote agrees to at most its own price.

    ``budget``: the most that may be spent, in US dollars (``"5"``, ``"0.40"``). ``accept_unconfirmed``: agree to prices
    without a reliable source too. ``unknown_at_most``: the most that one step may cost whose price nobody knows.
    """

    yes: bool | ProjectQuote | BatchQuote
    budget: str | int | float | None
    accept_unconfirmed: bool
    unknown_at_most: str | int | float | None


class Changes(TypedDict, total=False):
    """Options of one edit, of shots or of the whole film.

    With ``shot`` (one or several): ``words`` (a line, or a mapping by role; empty text removes what is there),
    ``prompt``, ``length``, ``image``, ``clip``, ``move``, ``caption``, and ``model`` (an id or alias; ``animatic``:
    drawn on this machine). Of the whole film: ``look``, ``accent``, ``mood``, ``aspect``, ``storyboard`` (other stills
    of the person's own, ``{"hook": "door.jpg"}``), and ``length`` if no shot is named: the film is planned again from
    the brief, and edits of shots that are still there stay. ``continuation``: what happens if a later shot continues
    an edited one, ``bridge`` or ``reflow``; default: a bridge if possible. ``successor``: replace a retired model by
    the one that follows it.
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
    continuation: Literal["bridge", "reflow"] | None
    successor: bool


class RunKeywords(ConsentOptions, total=False):
    """The fields of ``options.RunOptions``."""

    out: str | Path | None


class MakeKeywords(BriefOptions, RunKeywords, total=False):
    """The fields of ``options.MakeOptions``, without the brief."""

    script: str | Path | None
    goal: Goal
    plan: Plan | Path | None
    again: bool
    new: bool


class ResumeKeywords(RunKeywords, total=False):
    """The fields of ``options.ResumeOptions``."""

    goal: Goal | None


class EditKeywords(Changes, RunKeywords, total=False):
    """The fields of ``options.EditOptions``."""


class ClipKeywords(ClipTerms, RunKeywords, total=False):
    """The fields of ``options.ClipOptions``, without the prompt."""

    wants_archive: bool
    again: bool
