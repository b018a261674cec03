"""Writes the prompt that a model gets for a shot: its slots in the order and manner that suit the model's family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

from reelwright.catalogue.model_row import Model
from reelwright.planner.prompts import SIZES, ShotPrompt, is_drawn_style, is_without_people
from reelwright.planner.screens.subject_phrase import CLAUSE, SCENE
from reelwright.planner.tables import PromptFamily, load_pattern, load_phrase_words, load_prompt_families
from reelwright.reel.base.value import define_value
from reelwright.reel.film.plan import Shot

OpeningKind = Literal["nothing", "picture", "previous"]
"""What the model sees first: nothing, a first frame, or the last frame of the take before."""


_DEFAULT_FAMILY: Final = PromptFamily(words=120)
_UNWANTED: Final = (
    "text", "captions", "letters", "numbers", "watermark", "logo", "distorted hands", "extra fingers",
    "warped faces", "morphing objects", "flicker", "sudden cuts",
)  # fmt: skip
_REAL: Final = "Photographed: natural texture and weight, one take."
_SETTLES: Final = "All comes to rest at the end."
_ROOM: Final = "The lower third of the frame stays calm and uncluttered."
_PLAIN_SURFACES: Final = "Every surface is plain and unmarked."
_DESERTED: Final = "The place is deserted."
_NO_TEXT: Final = "No text, captions, logos or numbers anywhere in the picture."


@define_value
class PromptWords:
    """A prompt, and what must not be seen as ``negative`` if the model has a field for it."""

    prompt: str
    negative: str = ""


def has_titles(shot: Shot) -> bool:
    """Return whether type is laid over a shot's picture, so that it needs room for it."""
    return shot.text_mode == "caption" or any(overlay.kind == "title" for overlay in shot.overlays)


def write_take_prompt(
    shot_prompt: ShotPrompt,
    row: Model,
    opening: OpeningKind,
    *,
    accent: str = "",
    has_titles: bool = False,
    has_sound: bool = False,
) -> PromptWords:
    """Write the prompt of a take by ``row``. ``accent``: the film's colour in words; ``has_titles``: type is laid over
    it later.
    """
    family = get_family(row)
    parts = [(0, _describe_action(shot_prompt, opening))]
    if shot_prompt.camera or shot_prompt.lens:
        parts.append((0, _describe_camera(shot_prompt, family, opening)))
    if opening == "nothing":
        parts += _describe_light_and_colour(shot_prompt, accent)
    if shot_prompt.style:
        parts.append((1, _make_sentence(f"Style: {shot_prompt.style}")))
    if has_titles:
        parts.append((2, _ROOM))
    if has_sound and shot_prompt.sound:
        parts.append((1, family.sound.format(shot_prompt.sound.removesuffix(", no music")) + " No music, no speech."))
    if shot_prompt.size:
        parts += [(4, _SETTLES)] if is_drawn_style(shot_prompt.style) else [(3, _REAL), (4, _SETTLES)]
    barred = [*_UNWANTED, *shot_prompt.exclusions]
    if not row.has_negative_prompt:
        parts.append((1, _PLAIN_SURFACES if family.needs_positive_wording else _NO_TEXT))
        parts.append((0, _describe_exclusions(shot_prompt, family)))
    prompt = _shorten_prompt(parts, family.words, row.prompt_most)
    if family.has_camera_commands and (command := _find_camera_command(shot_prompt.camera)):
        prompt = f"[{command}] {prompt}"
    return PromptWords(prompt=prompt, negative=", ".join(barred) if row.has_negative_prompt else "")


def write_still_prompt(
    shot_prompt: ShotPrompt, row: Model, *, accent: str = "", has_titles: bool = False
) -> PromptWords:
    """Write the prompt of the shot's first frame, as a photograph that also reads as a poster."""
    shown = replace(shot_prompt, action=shot_prompt.first_frame or shot_prompt.action)
    parts = [(0, _make_sentence(f"{_describe_framing(shown)}{_get_action(shown)}"))]
    parts += _describe_light_and_colour(shot_prompt, accent)
    if shot_prompt.lens:
        parts.append((1, f"Photograph, {shot_prompt.lens} lens, one clear focal point."))
    if style := load_pattern("moving_style").sub("", shot_prompt.style).strip(" ,"):
        parts.append((1, _make_sentence(f"Style: {style}")))
    if shot_prompt.still:
        parts.append((1, _make_sentence(shot_prompt.still)))
    if has_titles:
        parts.append((2, _ROOM))
    parts.append((1, _PLAIN_SURFACES))
    if not row.has_negative_prompt:
        parts.append((0, _describe_exclusions(shot_prompt, get_family(row))))
    return PromptWords(
        prompt=_shorten_prompt(parts, 90, row.prompt_most),
        negative=", ".join([*_UNWANTED[:6], *shot_prompt.exclusions]) if row.has_negative_prompt else "",
    )


def _describe_exclusions(idea: ShotPrompt, family: PromptFamily) -> str:
    """Write the exclusions of a person or a flavor as the last sentence, which is never dropped for length."""
    if not family.needs_positive_wording:
        return f"Nothing of this appears: {', '.join(idea.exclusions)}." if idea.exclusions else ""
    return _DESERTED if is_without_people(idea.exclusions) else ""


def get_family(row: Model) -> PromptFamily:
    """Return the prompt rules for a model, by the family name in its id or wire name, or the default rules."""
    names = f"{row.id} {row.sold_as}".lower()
    return next((family for name, family in load_prompt_families().items() if name in names), _DEFAULT_FAMILY)


def _describe_action(idea: ShotPrompt, opened: OpeningKind) -> str:
    """Write what happens. After a first frame only motion is told: the frame shows who, where and in which light."""
    if opened == "nothing":
        return _make_sentence(f"{_describe_framing(idea)}{_get_action(idea)}")
    begins = (
        "Goes on from the first frame without a cut" if opened == "previous" else "Begins exactly on the first frame"
    )
    begins += "; subject, clothes, light and place stay."
    return f"{_make_sentence(_get_action(idea))} {begins}"


def _describe_framing(idea: ShotPrompt) -> str:
    return f"{SIZES[idea.size]}{': ' if idea.action.startswith((SCENE, CLAUSE)) else ' of '}" if idea.size else ""


def _get_action(idea: ShotPrompt) -> str:
    return idea.action.removeprefix(SCENE).removeprefix(CLAUSE)


def _describe_camera(idea: ShotPrompt, family: PromptFamily, opened: OpeningKind) -> str:
    lens = f"{idea.lens} lens" if idea.lens and opened == "nothing" else ""
    move = "" if family.has_camera_commands else idea.camera.removesuffix(" camera")
    return _make_sentence(f"Camera: {', '.join(part for part in (move, lens) if part)}") if move or lens else ""


def _describe_light_and_colour(idea: ShotPrompt, accent: str) -> list[tuple[int, str]]:
    found = []
    if idea.setting:
        found.append((1, _make_sentence(f"Setting: {idea.setting}")))
    if idea.light:
        found.append((1, _make_sentence(f"Light: {idea.light}")))
    grade = ", ".join(part for part in (idea.grade, f"small accents of {accent}" if accent else "") if part)
    if grade:
        found.append((2, _make_sentence(f"Colour: {grade}")))
    return found


def _find_camera_command(camera: str) -> str:
    commands = load_phrase_words()["camera_command"]
    return next((command for word, command in commands.items() if word in camera.lower()), "")


def _make_sentence(text: str) -> str:
    text = text.strip()
    return (text[:1].upper() + text[1:]).rstrip(".") + "." if text else ""


def _shorten_prompt(parts: Sequence[tuple[int, str]], words: int, chars: int) -> str:
    """Join the sentences in order. If they are too long, the least needed ones go first; what happens always stays."""
    kept = [(order, text) for order, text in parts if text]
    while True:
        prompt = " ".join(text for _, text in kept)
        fits = len(prompt.split()) <= words and (not chars or len(prompt) <= chars)
        worst = max((order for order, _ in kept), default=0)
        if fits or worst == 0:
            return prompt[:chars] if chars else prompt
        last = max(index for index, (order, _) in enumerate(kept) if order == worst)
        del kept[last]
