"""What must not be seen, and how a model is told it: in a field, at the end of its prompt, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from reelwright.catalogue.model import Model
from reelwright.catalogue.models import models
from reelwright.planner.casting.wording import family_of
from reelwright.planner.prompts import NOBODY, read_idea
from reelwright.reel.plan import Shot
from reelwright.reel.request import Request

_UNMARKED: Final = frozenset({
    "text", "texts", "words", "letters", "captions", "subtitles", "logo", "logos", "watermark", "watermarks", "numbers",
    "brands", "on-screen",
})  # fmt: skip
"""What plain and unmarked surfaces keep out, which every prompt asks for."""
_HEARD: Final = ("music", "vocal", "voice", "narrat", "speech", "talk", "dialogue")
"""How words for what is heard begin."""


def unsaid(shots: Iterable[Shot]) -> tuple[str, ...]:
    """A sentence for what models cannot be told to leave out of these shots; none where all is told. Never spends."""
    lost: dict[str, dict[str, None]] = {}
    for shot in shots:
        barred = [said for said in read_idea(shot.prompt).barred if not _told_otherwise(said)]
        for request in (shot.source, shot.still):
            row = models().get(request.model) if isinstance(request, Request) else None
            if row and barred and not _is_told(row):
                lost.setdefault(row.name, {}).update(dict.fromkeys(barred))
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, barred_there in lost.items():
        alike.setdefault(tuple(barred_there), []).append(name)
    return tuple(
        f"{_list(names)} cannot be told what must not be seen: {_list(barred)} may appear all the same."
        " Say in the brief what is seen instead, or choose a model that takes a negative prompt."
        for barred, names in alike.items()
    )


def _is_told(row: Model) -> bool:
    return row.negative_prompt or not family_of(row).positive


def _told_otherwise(said: str) -> bool:
    """Whether the picture is asked for without it anyway, or it is a thing to be heard."""
    words = set(said.casefold().split())
    return bool(words & NOBODY) or words <= _UNMARKED or any(word.startswith(_HEARD) for word in words)


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
