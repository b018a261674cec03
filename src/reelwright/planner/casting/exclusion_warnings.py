"""Warns of exclusions (things that must not be seen) that a model cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from reelwright.catalogue.model_row import Model
from reelwright.catalogue.models import load_models
from reelwright.planner.casting.wording import get_family
from reelwright.planner.prompts import is_without_people, parse_prompt
from reelwright.reel.film.plan import Shot
from reelwright.reel.graph.request import Request

_KEPT_OUT_BY_PLAIN_SURFACES: Final = frozenset({
    "text", "texts", "words", "letters", "captions", "subtitles", "logo", "logos", "watermark", "watermarks", "numbers",
    "brands", "on-screen",
})  # fmt: skip
"""Things that plain and unmarked surfaces keep out, which every prompt asks for."""
_SOUND_WORD_STARTS: Final = ("music", "vocal", "voice", "narrat", "speech", "talk", "dialogue")
"""Beginnings of words for what is heard."""


def list_exclusion_warnings(shots: Iterable[Shot]) -> tuple[str, ...]:
    """List a sentence for each group of models that cannot be told what to leave out of these shots. Never spends."""
    lost: dict[str, dict[str, None]] = {}
    for shot in shots:
        barred = [thing for thing in parse_prompt(shot.prompt).exclusions if not _is_excluded_anyway(thing)]
        for request in (shot.source, shot.still):
            row = load_models().get(request.model) if isinstance(request, Request) else None
            if row and barred and not _can_exclude(row):
                lost.setdefault(row.name, {}).update(dict.fromkeys(barred))
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, barred_there in lost.items():
        alike.setdefault(tuple(barred_there), []).append(name)
    return tuple(
        f"{_join_names(names)} cannot be told what must not be seen: {_join_names(barred)} may appear all the same."
        " Say in the brief what is seen instead, or choose a model that takes a negative prompt."
        for barred, names in alike.items()
    )


def _can_exclude(row: Model) -> bool:
    return row.has_negative_prompt or not get_family(row).needs_positive_wording


def _is_excluded_anyway(thing: str) -> bool:
    """Return whether every prompt excludes the thing anyway, or it is a thing that is heard and not seen."""
    words = set(thing.casefold().split())
    return (
        is_without_people([thing])
        or words <= _KEPT_OUT_BY_PLAIN_SURFACES
        or any(word.startswith(_SOUND_WORD_STARTS) for word in words)
    )


def _join_names(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
