"""Checks the names and words of a plan: only looks, tones, beats and roles that exist, and words that can be shown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator
from typing import Final

from reelwright.errors import BadInput
from reelwright.media.emblems import check_emblem, check_emblems
from reelwright.media.looks.registry import list_look_names, load_look
from reelwright.planner.edits.edit import ROLES
from reelwright.planner.presets import check_preset, refuse_unlike
from reelwright.planner.tables import load_beats, load_moods, load_tones
from reelwright.reel.film.markup import to_screen_text
from reelwright.reel.film.plan import MAX_CAPTION_SHIFT_S, MOST_PIECES, MUSIC_LEVELS_DB, Plan, Shot
from reelwright.reel.graph.request import Request

MAX_TEXT_LETTERS: Final = 400
_MAX_TITLE_LETTERS: Final = 200
_MAX_PROMPT_LETTERS: Final = 2000
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_ACCENT: Final = re.compile(r"#[0-9A-F]{6}", re.ASCII)


def check_names_and_words(plan: Plan, name: str) -> None:
    """Raise ``BadInput`` with the path of a name that does not exist, or of words that nobody could read."""
    if plan.own_look:
        _check_own_look(plan, name)
    else:
        _check_one_of(f"{name}.look", plan.look, set(list_look_names()))
    _check_one_of(f"{name}.tone", plan.tone, load_tones())
    _check_text(f"{name}.title", plan.title, _MAX_TITLE_LETTERS)
    if not _LANGUAGE.fullmatch(plan.language):
        raise BadInput(f"{name}.language", plan.language, "a language code such as en, bg or pt-BR")
    if plan.accent and not _ACCENT.fullmatch(plan.accent):
        raise BadInput(f"{name}.accent", plan.accent, "a colour such as #FF5A1F")
    if plan.end_card and plan.end_card not in plan.shots[-1].words.values():
        raise BadInput(f"{name}.end_card", plan.end_card, "a text that the last shot has among its words")
    for index, preset in enumerate(plan.presets):
        check_preset(preset, f"{name}.presets.{index}")
    refuse_unlike(plan.presets)
    limit = MAX_CAPTION_SHIFT_S * 1000
    _check_number(f"{name}.caption_shift_ms", plan.caption_shift_ms, -limit, limit)
    if plan.bed:
        _check_one_of(f"{name}.bed.mood", plan.bed.mood, load_moods())
        least, most = (db * 1000 for db in MUSIC_LEVELS_DB)
        _check_number(f"{name}.bed.level_milli_db", plan.bed.level_milli_db, least, most)
        _check_number(f"{name}.bed.piece_index", plan.bed.piece_index, 0, MOST_PIECES - 1)
    for index, beat in enumerate(plan.beats):
        where = f"{name}.beats.{index}"
        _check_one_of(f"{where}.name", beat.name, load_beats())
        for k, line in enumerate(beat.lines):
            _check_text(f"{where}.lines.{k}.text", line.text)
        for k, shot in enumerate(beat.shots):
            for path, text in _list_texts(shot, f"{where}.shots.{k}"):
                _check_text(path, text)
            _check_text(f"{where}.shots.{k}.prompt", shot.prompt, _MAX_PROMPT_LETTERS)
            _check_drawing(shot, f"{where}.shots.{k}")


def _check_own_look(plan: Plan, name: str) -> None:
    try:
        look = load_look(plan.own_look).id
    except BadInput as error:
        raise BadInput(f"{name}.own_look: {error.field}".removesuffix(": "), error.value, error.accepted) from error
    if look != plan.look:
        raise BadInput(f"{name}.look", plan.look, f"{look}, the id in own_look")


def _list_texts(shot: Shot, where: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of everything that is read on a shot."""
    for role, text in shot.words.items():
        _check_one_of(f"{where}.words.{role}", role, ROLES)
        yield f"{where}.words.{role}", to_screen_text(text)
    for n, overlay in enumerate(shot.overlays):
        begun = overlay.kind == "title" and overlay.length is not None and -overlay.start < overlay.length
        if not (overlay.start >= 0 or begun) or overlay.start >= shot.length:
            raise BadInput(f"{where}.overlays.{n}.start", int(overlay.start), "a moment inside its shot")
        for role, text in overlay.words.items():
            _check_one_of(f"{where}.overlays.{n}.words.{role}", role, ROLES)
            yield f"{where}.overlays.{n}.words.{role}", to_screen_text(text)
        yield f"{where}.overlays.{n}.text", overlay.text
    for line, text in shot.corrections.items():
        yield f"{where}.corrections.{line}", text


def _check_drawing(shot: Shot, where: str) -> None:
    """Check what all drawn shots of a film share."""
    extra = shot.source.extra if isinstance(shot.source, Request) else {}
    accent = extra.get("accent")
    if accent is not None and not (isinstance(accent, str) and _ACCENT.fullmatch(accent)):
        raise BadInput(f"{where}.source.extra.accent", accent, "a colour such as #FF5A1F")
    for key in ("emblem", "subject"):
        if extra.get(key):
            check_emblem(f"{where}.source.extra.{key}", extra[key])
    check_emblems(f"{where}.source.extra.things", extra.get("things", []))


def _check_one_of(path: str, value: str, known: Collection[str]) -> None:
    if value not in known:
        raise BadInput(path, value, ", ".join(sorted(known)))


def _check_number(path: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise BadInput(path, value, f"a whole number from {least} to {most}")


def _check_text(path: str, text: str, most: int = MAX_TEXT_LETTERS) -> None:
    if len(text) > most:
        raise BadInput(path, text, f"at most {most} characters; these are {len(text)}")
    bad = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"), None)
    if bad is not None:
        raise BadInput(path, f"U+{ord(bad):04X}", "text without control characters")
