"""Shots made fewer or more, so that a film of them can last as long as is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from reelwright.documents.script import Picture
from reelwright.documents.write import write_picture
from reelwright.planner.ids import number
from reelwright.planner.screens.film import Filming, rooms_of
from reelwright.planner.screens.parts import Part
from reelwright.planner.screens.roles import PLAIN
from reelwright.reel.canonical import digest_of
from reelwright.reel.marked import plain
from reelwright.reel.noun import noun

_PICTURE_S: Final = 4
"""Seconds that a picture without words is given where it fills a film up."""
_LAST: Final = ("reveal", "cta", "end_card")
"""Shots that a short film is without last: what it is for, and where to go. The last card has the name, too."""


@noun
class Fitted:
    """``gone``: what is not in the film now; ``is_shorter``: whether anything went. ``least``, ``most``: seconds that
    it can last.
    """

    parts: tuple[Part, ...]
    gone: tuple[str, ...]
    is_shorter: bool
    least: Fraction
    most: Fraction


def fitted(parts: Sequence[Part], asked: Filming, wanted: Fraction, scenes: Sequence[str] = ()) -> Fitted:
    """``parts`` for a film of ``wanted`` seconds: without what it has no time for, or filled up with
    pictures of ``scenes``, which a model makes.

    What stands last goes first. Where even one shot is too long, or there is nothing to fill up with, what comes
    nearest is given back. Pure.
    """
    made = tuple(parts)
    gone: list[str] = []
    least, most, each = _room(made, asked)
    while least > wanted and (shorter := shortened(made)):
        after, said = shorter
        gone.append(said)
        left = {part.key for part in after}
        freed = [part.key for part in made if part.key not in left]
        made = after
        least -= sum((each.get(key, Fraction(0)) for key in freed), Fraction(0))
        if not freed or least <= wanted:  # what went was some of its words, or it may be enough: measured anew
            least, most, each = _room(made, asked)
    gone.reverse()
    if most < wanted and scenes:
        made = _with_pictures(made, scenes, int(-(-(wanted - most) // _PICTURE_S)))
        least, most, _ = _room(made, asked)
    return Fitted(parts=made, gone=tuple(one for one in gone if one), is_shorter=bool(gone), least=least, most=most)


def _room(parts: Sequence[Part], asked: Filming) -> tuple[Fraction, Fraction, dict[str, Fraction]]:
    """The least and the most seconds that a film of ``parts`` can last, and the least of each, by its key."""
    found = rooms_of(parts, asked)
    least, most = sum((one for one, _ in found), Fraction(0)), sum((one for _, one in found), Fraction(0))
    return least, most, {part.key: one for part, (one, _) in zip(parts, found, strict=True)}


def shortened(parts: tuple[Part, ...]) -> tuple[tuple[Part, ...], str] | None:
    """``parts`` without the words that they are soonest without, and these; None where nothing can go."""
    spare = [part for part in parts if part.role not in _LAST]
    reveal = next((part for part in parts if part.role == "reveal"), None)
    if len(spare) == 1 and reveal and parts[-1].words.get("name") and not _has_own(reveal):
        return tuple(part for part in parts if part is not reveal), reveal.words.get("descriptor", "")
    if spare and len(parts) > 1:
        gone = next((part for part in reversed(spare) if not _has_own(part)), spare[-1])  # own pictures stay longest
        return tuple(part for part in parts if part is not gone), _told(gone)
    for n, part in enumerate(parts):
        for role in ("kicker", "descriptor", "legal", "line"):
            if role in part.words and len(part.words) > 1:
                words = {key: text for key, text in part.words.items() if key != role}
                return (*parts[:n], replace(part, words=words, spoken=""), *parts[n + 1 :]), part.words[role]
    if len(parts) > 1:
        n = 0 if parts[-1].words.get("name") else len(parts) - 1  # the last card has the name, too
        gone = parts[n]
        return (*parts[:n], *parts[n + 1 :]), _told(gone) if n or _has_own(gone) else ""
    return None


def _has_own(part: Part) -> bool:
    return bool(part.picture and part.picture.file)


def _told(part: Part) -> str:
    """What goes with a shot: its words, or what is said in it, and its picture."""
    shown = " ".join(map(plain, part.words.values())) or part.spoken or (part.picture.seen if part.picture else "")
    own = part.picture.file if part.picture else ""
    return ", ".join(one for one in ("" if own and not part.words else shown, own) if one)


def _with_pictures(parts: tuple[Part, ...], scenes: Sequence[str], more: int) -> tuple[Part, ...]:
    """``parts`` with ``more`` pictures without words between them, for a model to make."""
    made = list(parts)
    ends = made[-1].role == "end_card"
    room = max(1, len(made) - ends)
    for k in range(more):
        at = min(len(made) - ends, (k + 1) * room // (more + 1) + k + 1)
        picture = Picture(seen=scenes[k % len(scenes)])
        key = digest_of(["picture", picture.seen, k])
        made.insert(max(0, at), Part(
            line=0, turn=made[at - 1].turn if at else 0, role=PLAIN[number(key, "role") % len(PLAIN)], key=key,
            written=write_picture(picture), picture=picture,
        ))  # fmt: skip
    return tuple(made)
