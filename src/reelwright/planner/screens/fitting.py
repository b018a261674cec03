"""Removes or adds shots so that a film can last as long as is requested."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.documents.script import Picture
from reelwright.documents.write import write_picture
from reelwright.planner.certain.marks import fold, list_mark_words
from reelwright.planner.ids import derive_number
from reelwright.planner.phrases import split_phrases
from reelwright.planner.screens.film import FilmingOptions, compute_part_seconds
from reelwright.planner.screens.parts import ScriptPart
from reelwright.planner.screens.roles import PLAIN_ROLES
from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.base.value import define_value
from reelwright.reel.film.markup import to_plain_text

_PICTURE_S: Final = 4
"""Seconds of a picture without words that fills up a film."""
_CUT_LAST: Final = ("reveal", "cta", "end_card")
"""Shots that are dropped last: what the film is for, and where to go. The last card has the name, too."""


@define_value
class FitResult:
    """Parts fitted to a length. ``dropped_texts``: what is not in the film now; ``is_shorter``: whether anything was
    dropped. ``least``, ``most``: seconds that the film can last.
    """

    parts: tuple[ScriptPart, ...]
    dropped_texts: tuple[str, ...]
    is_shorter: bool
    least: Fraction
    most: Fraction


def fit_parts(
    parts: Sequence[ScriptPart], options: FilmingOptions, target_s: Fraction, picture_texts: Sequence[str] = (),
    *, may_repeat: bool = False,
) -> FitResult:  # fmt: skip
    """Fit ``parts`` to a film of ``target_s`` seconds: drop what it has no time for, or add pictures of
    ``picture_texts``, which a model makes.

    ``may_repeat``: where there are too few words, long lines are told on two screens, the name stands once more at the
    end, and lines are looked at a second time, none more often, and then phrase by phrase. The last parts are dropped
    first. If even one shot is too long, or there is nothing to add, the nearest fit is returned. Pure.
    """
    made = tuple(parts)
    gone: list[str] = []
    least, most, each = _measure_room(made, options)
    while least > target_s and (shorter := shorten_parts(made)):
        after, text = shorter
        gone.append(text)
        left = {part.key for part in after}
        freed = [part.key for part in made if part.key not in left]
        made = after
        least -= sum((each.get(key, Fraction(0)) for key in freed), Fraction(0))
        if not freed or least <= target_s:  # what went was some of its words, or it may be enough: measured anew
            least, most, each = _measure_room(made, options)
    gone.reverse()
    if most < target_s and picture_texts:
        made = _add_pictures(made, picture_texts, int(-(-(target_s - most) // _PICTURE_S)))
        least, most, _ = _measure_room(made, options)
    elif most < target_s and may_repeat:
        for longer in _list_longer(made):
            made = longer
            least, most, _ = _measure_room(made, options)
            if most >= target_s:
                break
    return FitResult(
        parts=made, dropped_texts=tuple(one for one in gone if one), is_shorter=bool(gone), least=least, most=most
    )


def _measure_room(
    parts: Sequence[ScriptPart], options: FilmingOptions
) -> tuple[Fraction, Fraction, dict[str, Fraction]]:
    """Return the least and the most seconds of a film of ``parts``, and the least of each part by its key."""
    found = compute_part_seconds(parts, options)
    least, most = sum((one for one, _ in found), Fraction(0)), sum((one for _, one in found), Fraction(0))
    return least, most, {part.key: one for part, (one, _) in zip(parts, found, strict=True)}


def shorten_parts(parts: tuple[ScriptPart, ...]) -> tuple[tuple[ScriptPart, ...], str] | None:
    """Drop the least needed words of ``parts``, and return the rest and the dropped text; None if nothing can be
    dropped.
    """
    spare = [part for part in parts if part.role not in _CUT_LAST]
    reveal = next((part for part in parts if part.role == "reveal"), None)
    if len(spare) == 1 and reveal and parts[-1].words.get("name") and not _has_own_picture(reveal):
        return tuple(part for part in parts if part is not reveal), reveal.words.get("descriptor", "")
    if spare and len(parts) > 1:
        gone = next(
            (part for part in reversed(spare) if not _has_own_picture(part)), spare[-1]
        )  # own pictures stay longest
        return tuple(part for part in parts if part is not gone), _describe_part(gone)
    for n, part in enumerate(parts):
        for role in ("kicker", "descriptor", "legal", "line"):
            if role in part.words and len(part.words) > 1:
                words = {key: text for key, text in part.words.items() if key != role}
                return (*parts[:n], replace(part, words=words, spoken_text=""), *parts[n + 1 :]), part.words[role]
    if len(parts) > 1:
        n = 0 if parts[-1].words.get("name") else len(parts) - 1  # the last card has the name, too
        gone = parts[n]
        return (*parts[:n], *parts[n + 1 :]), _describe_part(gone) if n or _has_own_picture(gone) else ""
    return None


def _has_own_picture(part: ScriptPart) -> bool:
    return bool(part.picture and part.picture.file)


def _describe_part(part: ScriptPart) -> str:
    """Describe what is lost with a shot: its picture, first since a long text is cut, and its words or what is said."""
    shown = (
        " ".join(map(to_plain_text, part.words.values()))
        or part.spoken_text
        or (part.picture.description if part.picture else "")
    )
    own = part.picture.file if part.picture else ""
    return ", ".join(one for one in (own, "" if own and not part.words else shown) if one)


def open_out(parts: tuple[ScriptPart, ...]) -> tuple[ScriptPart, ...]:
    """Return the words of a film that has one screen on several: a name and what it is, then the name again; a line
    phrase by phrase. What is spoken stays on its screen. Pure.
    """
    if len(parts) != 1 or parts[0].spoken_text:
        return parts
    made = list(parts)
    for _ in _list_opened(made, parts):
        pass
    count = -(-len(parts[0].words.get("line", "").split()) // _SCREEN_WORDS)
    if len(made) == 1 and (phrases := _split_phrases(parts[0], count, is_only=True)):
        made = [replace(phrases[0], role=parts[0].role), *phrases[1:]]
    return tuple(made)


def _list_longer(parts: tuple[ScriptPart, ...]) -> Iterator[tuple[ScriptPart, ...]]:
    """Yield ``parts`` made longer step by step, without a word that is not theirs."""
    made = list(parts)
    yield from _list_opened(made, parts)
    yield from _list_repeated(made, parts)


def _list_opened(made: list[ScriptPart], parts: tuple[ScriptPart, ...]) -> Iterator[tuple[ScriptPart, ...]]:
    """Take apart what stands on one screen, in ``made``, and end it with the name. Yield it after each step."""
    for part in parts:
        if (
            part.role == "reveal"
            and "descriptor" in part.words
            and part.length_ms is None
            and not _has_own_picture(part)
        ):
            at, words = made.index(part), {k: v for k, v in part.words.items() if k != "descriptor"}
            line = {"line": part.words["descriptor"]}
            key = compute_digest([part.key, "what it is"])
            made[at : at + 1] = [
                replace(part, words=words, markdown=""),
                replace(part, key=key, role="benefit", words=line, markdown="", spoken_text="", spoken_over=0),
            ]
            yield tuple(made)
    for part in parts:
        if halves := _split_part(part):
            at = made.index(part)
            made[at : at + 1] = halves
            yield tuple(made)
    if len(made) == 1 and (spelt := _spell_name(made[0])):
        made[:0] = spelt
        yield tuple(made)
    name = next((part.words["name"] for part in parts if part.role == "reveal" and "name" in part.words), "")
    if name and "name" not in made[-1].words:
        card = compute_digest(["closing name", name])
        made.append(
            ScriptPart(line=0, turn=made[-1].turn + 1, role="end_card", key=card, markdown="", words={"name": name})
        )
        yield tuple(made)


def _list_repeated(made: list[ScriptPart], parts: tuple[ScriptPart, ...]) -> Iterator[tuple[ScriptPart, ...]]:
    """Look at lines a second time, in ``made``, then phrase by phrase. Yield it after each step."""
    for part in sorted(
        parts, key=lambda part: _REPEATED_FIRST.index(part.role) if part.role in _REPEATED_FIRST else 99
    ):
        if not part.words or part.role in _CUT_LAST or part.length_ms is not None or _has_own_picture(part):
            continue
        end = len(made) - (made[-1].role in _CUT_LAST)
        repeated = replace(
            part,
            key=compute_digest(["second look", part.key]),
            turn=made[end - 1].turn,
            markdown="",
            spoken_text="",
            spoken_over=0,
        )
        made.insert(end, repeated)
        yield tuple(made)
    for part in parts:
        if part in made and (phrases := _split_phrases(part, _MOST_PHRASES, is_only=len(parts) == 1)):
            at = made.index(part) + 1
            made[at:at] = phrases
            yield tuple(made)


_REPEATED_FIRST: Final = ("offer", "proof", "testimonial", "hook", "benefit")
"""Shots that are looked at a second time first: the offer, figures and what was said of it; then all others."""
_SPLIT: Final = re.compile(r"(?<=[,;:–—])\s+|(?<=[、，；])")
_LEAST_HALF_LETTERS: Final = 12
_MOST_PHRASES: Final = 3
_SCREEN_WORDS: Final = 5
"""About as many words stand on one screen of a film that has only one line."""
_MOST_LIST_WORDS: Final = 5
_LEAST_WORD_LETTERS: Final = 4


def _split_part(part: ScriptPart) -> tuple[ScriptPart, ScriptPart] | None:
    """Return a long line as two parts, parted at the comma nearest to its middle; None: it has none."""
    line = part.words.get("line", "")
    if list(part.words) != ["line"] or part.spoken_text or part.length_ms is not None or part.picture:
        return None
    places = [m.start() for m in _SPLIT.finditer(line) if min(m.start(), len(line) - m.end()) >= _LEAST_HALF_LETTERS]
    if not places or "*" in line or "~" in line:
        return None
    at = min(places, key=lambda place: abs(2 * place - len(line)))
    halves = (line[:at].rstrip(",;:、，； "), line[at:].strip(" ,"))
    if _ends_list(halves[1]):
        return None
    first, second = (
        replace(part, key=compute_digest([part.key, "half", n]), words={"line": text}, markdown="")
        for n, text in enumerate(halves)
    )
    return first, second


def _spell_name(part: ScriptPart) -> list[ScriptPart]:
    """Return the words of a name as screens of their own, before its card; empty where it is one word, or many, or one
    of them is a little word, such as "my".
    """
    words = part.words.get("name", "").split()
    if part.role != "reveal" or len(words) not in range(2, _MOST_PHRASES + 1) or _has_own_picture(part):
        return []
    if any(word.islower() and len(word) < _LEAST_WORD_LETTERS for word in words):
        return []
    return [
        replace(
            part, key=compute_digest([part.key, "word", n]), role="benefit" if n else "hook", markdown="",
            words={"line": word}, spoken_text="", spoken_over=0,
        )
        for n, word in enumerate(words)
    ]  # fmt: skip


def _ends_list(half: str) -> bool:
    """Return whether what stands after a comma is the end of a list, such as "clay and midnight"."""
    words = half.split()
    return len(words) <= _MOST_LIST_WORDS and any(fold(word) in list_mark_words("or") for word in words[1:-1])


def _split_phrases(part: ScriptPart, count: int, *, is_only: bool) -> list[ScriptPart]:
    """Return a line in ``count`` phrases at most, each on a screen of its own; empty where it is too short for two.

    One word is no phrase, unless it is one of a list or the line is the film's only one: "reply" says nothing alone.
    """
    line = part.words.get("line", "")
    least = 1 if is_only else 2
    counts = range(min(count, len(line.split()) - 1 if is_only else len(line.split()) // 2), 1, -1)
    if list(part.words) != ["line"] or part.length_ms is not None or _has_own_picture(part):
        return []
    if any(mark in line for mark in "*~`"):
        return []
    found = (some for some in (split_phrases(line, count) for count in counts) if len(some) > 1)
    phrases = next((some for some in found if all(len(one.split()) >= least or f", {one}" in line for one in some)), ())
    return [
        replace(
            part, key=compute_digest([part.key, "phrase", n]), role="benefit", markdown="", spoken_text="",
            words={"line": _drop_joining(phrase)},
        )
        for n, phrase in enumerate(phrases)
    ]  # fmt: skip


def _drop_joining(phrase: str) -> str:
    """Return a phrase of two words without the one that joins it to the phrase before: "midnight" of "and midnight"."""
    words = phrase.split()
    return words[1] if len(words) == 2 and fold(words[0]) in list_mark_words("joining") else phrase


def _add_pictures(parts: tuple[ScriptPart, ...], scenes: Sequence[str], more: int) -> tuple[ScriptPart, ...]:
    """Add ``more`` pictures without words between ``parts``, for a model to make."""
    made = list(parts)
    ends = made[-1].role == "end_card"
    room = max(1, len(made) - ends)
    for k in range(more):
        at = min(len(made) - ends, (k + 1) * room // (more + 1) + k + 1)
        picture = Picture(description=scenes[k % len(scenes)])
        key = compute_digest(["picture", picture.description, k])
        made.insert(
            max(0, at),
            ScriptPart(
                line=0,
                turn=made[at - 1].turn if at else 0,
                role=PLAIN_ROLES[derive_number(key, "role") % len(PLAIN_ROLES)],
                key=key,
                markdown=write_picture(picture),
                picture=picture,
            ),
        )
    return tuple(made)
