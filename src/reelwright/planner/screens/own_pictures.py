"""Places the person's own pictures among the shots of a film from a brief: beside words, or alone between them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import PurePath
from typing import Final

import regex

from reelwright.documents.script import Picture
from reelwright.documents.write import write_picture
from reelwright.planner.roles import PICTURELESS_STAGINGS
from reelwright.planner.screens.parts import ScriptPart
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.film.brief import Material

MIN_CLIP_MS: Final = 500
_NAME_WORD: Final = regex.compile(r"[\p{L}\p{M}]{4,}|[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]{2,}")
"""A word of a file's name that can tell what its picture shows; "IMG" tells nothing."""
_SAYING_NOTHING: Final = frozenset([
    "from", "with", "your", "that", "this", "have", "image", "photo", "foto", "picture", "screenshot", "whatsapp",
    "bild", "copy", "final", "scan", "unnamed", "download", "edit",
])  # fmt: skip
"""Words of files' names that tell nothing of the picture."""
_PICTURE_BEATS: Final = ("reveal", "hook", "benefit", "demo", "proof", "brand", "offer", "cta", "end_card")
"""Beats that can show a cut-out or an interface beside their words, in the order in which they are given one."""


def add_own_pictures(
    parts: Sequence[ScriptPart], files: Mapping[str, Material], *, picture_text: str = ""
) -> tuple[tuple[ScriptPart, ...], tuple[str, ...]]:
    """Return ``parts`` with each of ``files`` shown once, in the order given; and why a file is not shown, in plain
    sentences.

    A cut-out and an interface stand beside words if there are any; a photo and a clip stand alone. ``picture_text``:
    what a video model that opens on a photo is told; empty: no model does. Pure.
    """
    made = list(parts)
    messages = [
        f"{name} is not shown: it is shorter than {MIN_CLIP_MS} ms."
        for name, one in files.items()
        if one.treatment == "clip" and (one.ms or 0) < MIN_CLIP_MS
    ]
    beside = [name for name, one in files.items() if one.treatment in ("cutout", "screen")]
    open_ = [
        n
        for n, one in enumerate(made)
        if one.words and one.role in _PICTURE_BEATS and one.role not in PICTURELESS_STAGINGS
    ]
    open_.sort(key=lambda n: (_PICTURE_BEATS.index(made[n].role), n))
    for n, name in zip(open_, beside, strict=False):
        made[n] = replace(made[n], picture=Picture(file=name))
    alone = [
        name for name, one in files.items()
        if one.treatment in ("photo", "clip") and not (one.treatment == "clip" and (one.ms or 0) < MIN_CLIP_MS)
    ]  # fmt: skip
    alone += beside[len(open_) :]
    ends = bool(made) and made[-1].role == "end_card"
    count = len(made) - ends
    for k, name in enumerate(alone):
        at = min(len(made) - ends, (k + 1) * count // (len(alone) + 1) + k + bool(count))
        told_of = picture_text if files[name].treatment == "photo" else ""
        made.insert(at, _make_picture_part(name, told_of, made[at - 1] if at else None))
    return tuple(made), tuple(messages)


def repeat_pictures(parts: Sequence[ScriptPart], files: Mapping[str, Material]) -> tuple[ScriptPart, ...]:
    """Return ``parts`` with the person's pictures beside all words that have none. Pure.

    The last card has one first: what is sold is seen last. A screen takes the picture whose file has the name of what
    it says ("flan.jpg"), and that picture stands beside no other words but those of the first and the last screen.
    Every other screen takes the picture that was shown least often, and of those the one shown longest ago. No two
    neighbours show the same; a film with one picture has it on every other screen.
    """
    made = list(parts)
    shown = [part.picture.file if part.picture else "" for part in made]
    stills = [name for name, one in files.items() if one.treatment != "clip"]
    ends = [len(made) - 1] if made and made[-1].role == "end_card" else []
    called = {name: [n for n, part in enumerate(made) if _is_named_in(name, part)] for name in stills}
    if len(stills) > 1:
        for name, places in called.items():
            free_places = [n for n in places if not shown[n] and made[n].role in _PICTURE_BEATS]
            for n in free_places[:1]:
                shown[n] = name
                made[n] = replace(made[n], picture=Picture(file=name))
    for n in (*ends, *range(len(made))):
        is_open = n in (0, len(made) - 1) or len(stills) < 2
        free = [
            name for name in stills
            if name not in shown[max(0, n - 1) : n + 2] and (is_open or not called[name] or n in called[name])
        ]  # fmt: skip
        if free and not shown[n] and made[n].words and made[n].role in _PICTURE_BEATS:
            last = {name: k for k, name in enumerate(shown[:n])}
            shown[n] = min(free, key=lambda name: (shown.count(name), last.get(name, -1)))
            made[n] = replace(made[n], picture=Picture(file=shown[n]))
    return tuple(made)


def _is_named_in(name: str, part: ScriptPart) -> bool:
    """Return whether the line of a part says a word of a file's name; the name of a firm is in many of its files."""
    line = part.words.get("line", "") if len(part.words) == 1 else ""
    stem = unicodedata.normalize("NFC", PurePath(name).stem).casefold()
    return not {*_NAME_WORD.findall(line.casefold())}.isdisjoint({*_NAME_WORD.findall(stem)} - _SAYING_NOTHING)


def _make_picture_part(name: str, seen: str, before: ScriptPart | None) -> ScriptPart:
    picture = Picture(file=name, description=seen)
    return ScriptPart(
        line=0, turn=before.turn if before else 0, role="brand" if before else "cold_open",
        key=compute_digest(["own", name]), markdown=write_picture(picture), picture=picture,
    )  # fmt: skip
