"""The words that a model is given for a shot: its slots in the order and manner that its family reads best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

from reelwright.catalogue.model import Model
from reelwright.planner.prompts import NOBODY, SIZES, Idea
from reelwright.reel.noun import noun

Opened = Literal["nothing", "picture", "previous"]
"""What the model sees: nothing, a first frame of its own, or the last frame of the take before."""


@noun
class Family:
    """How models of one family are spoken to. ``words``: most of them; ``positive``: naming what must not be seen would
    call it up, so it is said by what is seen instead or not at all; ``moves``: camera commands in brackets. Source:
    craft.md 6.1, read 2026-11-20.
    """

    words: int
    positive: bool = False
    moves: bool = False
    sound: str = "Sound: {}."


FAMILIES: Final[dict[str, Family]] = {
    "veo": Family(words=150, sound="Ambient noise: {}."),
    "omni": Family(words=140, sound="Ambient sound: {}."),
    "kling": Family(words=80),
    "hailuo": Family(words=110, positive=True, moves=True),
    "wan": Family(words=110),
    "ltx": Family(words=140, positive=True),
    "seedance": Family(words=120),
    "mochi": Family(words=110, positive=True),
    "gen-4": Family(words=60, positive=True),
    "flux": Family(words=80, positive=True),
}
_PLAIN: Final = Family(words=120)
_COMMANDS: Final = (
    ("push", "Push in"), ("pull", "Pull out"), ("crane", "Pedestal up"), ("orbit", "Truck left, Pan right"),
    ("whip", "Pan left"), ("tracking", "Tracking shot"), ("slider", "Truck right"), ("lateral", "Truck right"),
    ("handheld", "Shake"), ("toward the lens", "Push in"), ("static", "Static shot"), ("locked", "Static shot"),
)  # fmt: skip
"""Source: craft.md 6.3 (move map), read 2026-11-20."""
_UNWANTED: Final = (
    "text", "captions", "letters", "numbers", "watermark", "logo", "distorted hands", "extra fingers",
    "warped faces", "morphing objects", "flicker", "sudden cuts",
)  # fmt: skip
_REAL: Final = "Photographed, not rendered: natural texture, plausible weight and motion, one continuous take."
_SETTLES: Final = "The movement comes to rest in the last half second."
_ROOM: Final = "The lower third of the frame stays calm and uncluttered."
_PLAIN_SURFACES: Final = "Every surface is plain and unmarked."
_DESERTED: Final = "The place is deserted; things alone are in the frame."
_NO_TEXT: Final = "No text, captions, logos or numbers anywhere in the picture."


@noun
class Words:
    """``prompt``, and what must not be seen as ``negative`` where the model has a field for it."""

    prompt: str
    negative: str = ""


def take_words(
    idea: Idea, row: Model, opened: Opened, *, accent: str = "", titled: bool = False, sound: bool = False
) -> Words:
    """What ``row`` is asked for. ``accent``: words for the film's colour; ``titled``: type is laid over it later."""
    family = family_of(row)
    parts = [(0, _action(idea, opened))]
    if idea.camera or idea.lens:
        parts.append((0, _camera(idea, family, opened)))
    if opened == "nothing":
        parts += _seen(idea, accent)
    if idea.style:
        parts.append((1, _sentence(f"Style: {idea.style}")))
    if titled:
        parts.append((2, _ROOM))
    if sound and idea.sound:
        parts.append((1, family.sound.format(idea.sound.removesuffix(", no music")) + " No music, no speech."))
    if idea.size:
        parts += [(3, _REAL), (4, _SETTLES)]
    barred = [*_UNWANTED, *idea.barred]
    if not row.negative_prompt:
        parts.append((1, _PLAIN_SURFACES if family.positive else _NO_TEXT))
        parts.append((0, _left_out(idea, family)))
    prompt = _within(parts, family.words, row.prompt_most)
    if family.moves and (command := _command(idea.camera)):
        prompt = f"[{command}] {prompt}"
    return Words(prompt=prompt, negative=", ".join(barred) if row.negative_prompt else "")


def still_words(idea: Idea, row: Model, *, accent: str = "", titled: bool = False) -> Words:
    """The shot's first frame as a photograph that also reads as a poster."""
    parts = [(0, _sentence(f"{_framing(idea)}{idea.action}"))]
    parts += [(order, text) for order, text in _seen(idea, accent)]
    if idea.lens:
        parts.append((1, f"Photograph, {idea.lens} lens, one clear focal point."))
    parts += [(1, _sentence(said)) for said in (idea.style, idea.still) if said]
    if titled:
        parts.append((2, _ROOM))
    parts.append((1, _PLAIN_SURFACES))
    if not row.negative_prompt:
        parts.append((0, _left_out(idea, family_of(row))))
    return Words(
        prompt=_within(parts, 90, row.prompt_most),
        negative=", ".join([*_UNWANTED[:6], *idea.barred]) if row.negative_prompt else "",
    )


def _left_out(idea: Idea, family: Family) -> str:
    """What a person or a flavor wants kept out, as the last sentence: it is never what is dropped for length."""
    if not family.positive:
        return f"Nothing of this appears: {', '.join(idea.barred)}." if idea.barred else ""
    deserted = any(NOBODY & set(said.casefold().split()) for said in idea.barred)
    return _DESERTED if deserted else ""


def family_of(row: Model) -> Family:
    """By the model's name on the wire and ours."""
    said = f"{row.id} {row.sold_as}".lower()
    return next((family for name, family in FAMILIES.items() if name in said), _PLAIN)


def _action(idea: Idea, opened: Opened) -> str:
    """What happens. With a first frame only motion is told: it shows who, where and in which light."""
    if opened == "nothing":
        return _sentence(f"{_framing(idea)}{idea.action}")
    kept = "subject, wardrobe, light and place"
    begins = (
        f"Goes on from the first frame without a cut; {kept} stay the same."
        if opened == "previous"
        else f"Begins exactly on the first frame; {kept} stay as they are in it."
    )
    return f"{_sentence(idea.action)} {begins}"


def _framing(idea: Idea) -> str:
    return f"{SIZES[idea.size]} of " if idea.size else ""


def _camera(idea: Idea, family: Family, opened: Opened) -> str:
    lens = f"{idea.lens} lens" if idea.lens and opened == "nothing" else ""
    move = "" if family.moves else idea.camera
    return _sentence(f"Camera: {', '.join(part for part in (move, lens) if part)}") if move or lens else ""


def _seen(idea: Idea, accent: str) -> list[tuple[int, str]]:
    found = []
    if idea.light:
        found.append((1, _sentence(f"Light: {idea.light}")))
    grade = ", ".join(part for part in (idea.grade, f"small accents of {accent}" if accent else "") if part)
    if grade:
        found.append((2, _sentence(f"Colour: {grade}")))
    return found


def _command(camera: str) -> str:
    return next((command for word, command in _COMMANDS if word in camera.lower()), "")


def _sentence(text: str) -> str:
    text = text.strip()
    return (text[:1].upper() + text[1:]).rstrip(".") + "." if text else ""


def _within(parts: Sequence[tuple[int, str]], words: int, chars: int) -> str:
    """The sentences in order; the least needed go first where they are too many. What happens always stays."""
    kept = [(order, text) for order, text in parts if text]
    while True:
        said = " ".join(text for _, text in kept)
        fits = len(said.split()) <= words and (not chars or len(said) <= chars)
        worst = max((order for order, _ in kept), default=0)
        if fits or worst == 0:
            return said[:chars] if chars else said
        last = max(index for index, (order, _) in enumerate(kept) if order == worst)
        del kept[last]
