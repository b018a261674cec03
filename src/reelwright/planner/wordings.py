"""The English wording's rows, chosen by evidence, tone and chance; none is told twice in a film."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from typing import Final

import regex

from reelwright.planner.counting import count_words, reading_seconds
from reelwright.planner.phrases import opening, trim
from reelwright.planner.slots import Slots
from reelwright.planner.tables import wording
from reelwright.reel.noun import noun

_SLOT: Final = regex.compile(r"\{(\w+)\}")
_TRIMMED: Final = frozenset({"get", "pain", "kind", "a_kind", "audience", "features", "feature", "doing", "own"})
SPLIT: Final = " // "
LAST: Final = "last"
NAMED: Final = "named"
TONED: Final = 3
"""What a row written for the tone is worth more than one for any."""
TURN: Final = 3
"""What each part of a row is worth: something new to look at."""
UNDER: Final = 9
"""What a row of several sentences is worth more where one of them stands under a picture."""
LUCK: Final = 10
STALE: Final = 9
"""What a row loses for each word that has been on screen before."""


@noun
class Part:
    """What one shot shows of a row, and what is said with it."""

    shown: str
    said: str


class Wordings:
    """Rows of the wording for one film. Deterministic in its arguments."""

    def __init__(self, slots: Slots, tone: str, language: str, seed: str) -> None:
        self.slots, self.tone, self.language, self.seed = slots, tone, language, seed
        self._told: set[str] = set()
        self._words: set[str] = set()

    def pick(
        self, beat: str, shots: int, most: int, room: Fraction, *, alone: Fraction | None = None, last: bool = False
    ) -> list[Part]:
        """The best row for a beat as at most ``shots`` parts that can be read in ``room`` seconds; empty: none fits.

        ``alone``: one of the parts will stand under a picture, so each must make sense by itself; a row of one part has
        that many seconds. ``most``: words that a part may have. ``last``: may it
        be a row for films that have nothing else to say?
        """
        best: tuple[tuple[int, int], list[Part], set[str]] | None = None
        for index, (shown, said, tones) in enumerate(wording()[beat]):
            row_tones = set(tones) - {LAST, NAMED}
            if (row_tones and self.tone not in row_tones) or (LAST in tones and not last):
                continue
            if not self.slots.named and (NAMED in tones or (LAST in tones and "{name}" in str(shown))):
                continue  # ``Simply why bees matter``
            slots = {slot.lower() for slot in _SLOT.findall(f"{shown} {said}")}
            split = alone is None or _sentences(str(shown))
            rooms = (room, room if alone is None else alone)
            parts = self._parts(str(shown), str(said), shots if split else 1, most, rooms)
            if not parts or self._is_told(parts):
                continue
            worth = self.slots.worth(slots, beat) + TONED * bool(row_tones) + TURN * len(parts)
            worth += UNDER * (alone is not None and len(parts) > 1)
            worth -= STALE * len(self._words & _literal(str(shown)))
            luck = self._luck(beat, index)
            rank = (worth + luck % LUCK, luck)
            if worth > -10 and (best is None or rank > best[0]):
                best = (rank, parts, slots)
        if best is None:
            return []
        self.slots.tell(best[2])
        self._note(best[1])
        return best[1]

    def _note(self, parts: list[Part]) -> None:
        for part in parts:
            self._told.update(_bare(piece) for piece in (part.shown, *part.shown.split("|")))
            self._words |= _literal(part.shown)

    def said(self, beat: str, beside: str = "") -> str:
        """What is said beside words that come from elsewhere (a name, a deal): the best row's spoken side.

        ``beside``: the slot that is on screen; rows that show another are left out.
        """
        best: tuple[tuple[int, int], str] | None = None
        for index, (shown, said, tones) in enumerate(wording()[beat]):
            filled = self._filled(str(said), 999)
            other = beat == "reveal" and str(shown) != (f"{{{beside}}}" if beside else "")
            if filled is None or other or (tones and self.tone not in tones):
                continue
            slots = {slot.lower() for slot in _SLOT.findall(f"{shown} {said}")}
            luck = self._luck(beat, index)
            worth = (
                sum(1 for _ in slots) * 3 + self.slots.worth(slots - {"kind", "a_kind", "itself"}) + TONED * bool(tones)
            )
            if best is None or (worth + luck % 3, luck) > best[0]:
                best = ((worth + luck % 3, luck), filled)
        return best[1] if best else ""

    def _parts(self, shown: str, said: str, shots: int, most: int, rooms: tuple[Fraction, Fraction]) -> list[Part]:
        """The row's parts over the shots there are, else as one with hard breaks; empty where they cannot be read."""
        pieces = shown.split(SPLIT)
        filled = [self._filled(piece, most, first=k == 0) for k, piece in enumerate(pieces)]
        if any(piece is None for piece in filled):
            return []
        whole = [str(piece) for piece in filled]
        spoken = self._filled(said, 999)
        if spoken is None:
            return []
        count = min(shots, len(whole))
        split = [*whole[: count - 1], "|".join(whole[count - 1 :])]
        for row in [split, ["|".join(whole)]][: len(split)]:
            words = [count_words(piece, self.language) for piece in row]
            if max(words) <= most and sum(reading_seconds(count) for count in words) <= rooms[len(row) == 1]:
                return self._with_said(row, spoken)
        return []

    def _with_said(self, row: list[str], spoken: str) -> list[Part]:
        """What is said goes with the parts where it is the same words; else all of it with the first."""
        if not spoken:
            return [Part(shown=piece, said=piece.replace("|", " ")) for piece in row]
        return [Part(shown=piece, said=spoken if k == 0 else "") for k, piece in enumerate(row)]

    def _is_told(self, parts: list[Part]) -> bool:
        """Has any piece of it, punctuation aside, stood on screen before?"""
        pieces = {_bare(piece) for part in parts for piece in (part.shown, *part.shown.split("|"))}
        return any(len(piece) > 4 and piece in self._told for piece in pieces)

    def _filled(self, row: str, most: int, *, first: bool = True) -> str | None:
        """The row with its slots filled; None where one is empty or the words are too many."""
        names = _SLOT.findall(row)
        left = most - count_words(_SLOT.sub(" ", row), self.language)
        for name in names:
            value = self.slots.value(name.lower())
            if name.lower() in _TRIMMED and most < 99:
                value = trim(value, max(0, left), self.language)
            if not value:
                return None
            at = row.index("{" + name + "}")
            ended = row[:at].rstrip()[-1:]
            opens = name[0].isupper() or ended in (".", "!", "?") or (ended == "" and first)
            value = opening(value) if opens and name != "url" else value
            left -= count_words(value, self.language)
            row = row[:at] + value + row[at + len(name) + 2 :]
        row = row.replace("?.", "?").replace("!.", "!").replace("..", ".")
        return row if left >= 0 else None

    def _luck(self, beat: str, index: int) -> int:
        return int.from_bytes(hashlib.sha256(f"{self.seed} {beat} {index}".encode()).digest()[:4])


def _bare(text: str) -> str:
    """Letters and digits of a text alone, for telling whether two are the same words."""
    return " ".join(regex.findall(r"[\p{L}\p{M}\p{N}’']+", text.casefold()))


def _literal(row: str) -> set[str]:
    """Words of a row that say something by themselves: heard twice, they tire."""
    plain = _SLOT.sub(" ", row).casefold()
    return {word for word in regex.findall(r"\p{L}+", plain) if len(word) > 3}


def _sentences(row: str) -> bool:
    """Is every part of a row a sentence?"""
    return all(piece.rstrip()[-1:] in ".?!" for piece in row.split(SPLIT))
