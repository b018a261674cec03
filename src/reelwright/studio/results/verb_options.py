"""The keyword arguments of the verbs, for type checkers; ``options`` has the models that check them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypedDict, TypeVar

from reelwright.units import Aspect

if TYPE_CHECKING:
    from reelwright.reel.film.brief import Goal
    from reelwright.reel.film.plan import Plan
    from reelwright.reel.records.priority import Priority
    from reelwright.studio.results.results import ProjectQuote
    from reelwright.studio.results.rows import BatchQuote

QuoteT = TypeVar("QuoteT")

Seconds = int | float | str
"""A length as a person types it: ``20``, ``7.5``, ``"20s"``, ``"0:20"``."""


LOCAL_PLANNER: Final = "local"
"""The ``planner`` that stands for the best language model that answers on this machine."""


class BriefOptions(TypedDict, total=False):
    """Keyword arguments that describe a film beside its brief: the fields of ``options.FilmOptions``."""

    flavor: str | None
    language: str | None
    aspect: str | Sequence[Aspect] | None
    presets: str | Sequence[str] | None
    native: bool
    look: str | None
    accent: str | None
    logo: str | Path | None
    font: str | Path | None
    end_card: str | None
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
    successor: bool | None


class ClipTerms(TypedDict, total=False):
    """Keyword arguments that describe a clip: the fields of ``options.ClipTermOptions``, without the prompt."""

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
    successor: bool | None


ConfirmFunction = Callable[[QuoteT], Awaitable[object]]
"""Shows a quote to a person. They agree to it unless it returns False, or raises."""


class ConsentOptions(TypedDict, total=False):
    """Keyword arguments by which a person agrees to a price: the fields of ``options.Approval``."""

    yes: bool | ProjectQuote | BatchQuote
    budget: str | int | float | None
    accept_unconfirmed: bool
    unknown_at_most: str | int | float | None


class Changes(TypedDict, total=False):
    """Keyword arguments that describe an edit: the fields of ``options.ChangeOptions``."""

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
    emblem: str | None
    logo: str | Path | None
    font: str | Path | None
    end_card: str | None
    brand: bool
    mood: str | None
    music: int | Literal["another"] | None
    music_level: float | None
    voice: str | None
    captions: Literal["clean", "bold", "box", "off"] | None
    caption_shift: float | None
    aspect: str | Sequence[Aspect] | None
    native: bool | None
    storyboard: Mapping[str, str | Path] | None
    order: Sequence[int | str] | None
    continuation: Literal["bridge", "reflow"] | None
    successor: bool | None


class RowTerms(TypedDict, total=False):
    """Keyword arguments for all rows of a batch: the fields of ``options.RowOptions``."""

    model: str | None
    beside: str | Path | None
    out: str | Path | None
    successor: bool | None


class QueueKeywords(TypedDict, total=False):
    """The keyword argument for a new job in the queue: the field of ``options.QueueOptions``."""

    priority: Priority | None


class BatchKeywords(RowTerms, ConsentOptions, QueueKeywords, total=False):
    """Keyword arguments of ``batch``: the fields of ``options.BatchOptions``."""

    concurrency: int | None


class WriteKeywords(ConsentOptions, total=False):
    """Keyword arguments of ``write``: the fields of ``options.WriteOptions``, without the brief and the file."""

    force: bool
    language: str | None
    planner: str | None
    archetype: str | None


class RunKeywords(ConsentOptions, total=False):
    """Keyword arguments of ``retry``, ``retake`` and ``apply``: the fields of ``options.RunOptions``."""

    out: str | Path | None


class PlanKeywords(BriefOptions, total=False):
    """Keyword arguments of ``plan``: the fields of ``options.PlanOptions``, without the brief."""

    script: str | Path | None


class QuoteKeywords(PlanKeywords, total=False):
    """Keyword arguments of ``quote``: the fields of ``options.QuoteOptions``, without the brief."""

    goal: Goal
    plan: Plan | Path | None
    again: bool
    new: bool


class MakeKeywords(QuoteKeywords, RunKeywords, QueueKeywords, total=False):
    """Keyword arguments of ``make``: the fields of ``options.MakeOptions``, without the brief."""


class ResumeKeywords(RunKeywords, total=False):
    """Keyword arguments of ``resume``: the fields of ``options.ResumeOptions``."""

    goal: Goal | None


class EditKeywords(Changes, RunKeywords, total=False):
    """Keyword arguments of ``edit``: the fields of ``options.EditOptions``."""


class ClipQuoteKeywords(ClipTerms, total=False):
    """Keyword arguments of ``quote_clip``: the fields of ``options.ClipQuoteOptions``, without the prompt."""

    again: bool


class ClipKeywords(ClipQuoteKeywords, RunKeywords, QueueKeywords, total=False):
    """Keyword arguments of ``clip``: the fields of ``options.ClipOptions``, without the prompt."""

    wants_archive: bool
