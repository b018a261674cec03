"""Reads a brief: the spans that the model marks, as pieces, pictures and directions, copied letter by letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.planner.brief_check import validate_brief
from reelwright.planner.certain.find import find_certain_facts
from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.values import (
    CertainFacts,
    Direction,
    Kind,
    PicturePart,
    Piece,
    SubjectName,
    UnusedPart,
)
from reelwright.planner.extract.brief_text import BriefText, is_pictograph
from reelwright.planner.extract.exclusions import find_exclusions
from reelwright.planner.extract.language import detect_language
from reelwright.planner.reading.directions import read_direction
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, guess_span, mark_spans
from reelwright.planner.reading.tokens import Token, tokenise
from reelwright.planner.screens.wording import MAX_SCREEN_LETTERS
from reelwright.reel.brief import Brief

_KINDS: Final[dict[str, Kind]] = {
    "name": "fact", "what": "descriptor", "fact": "fact", "number": "number", "price": "offer", "old": "old",
    "offer": "offer", "place": "place", "time": "date", "terms": "terms", "line": "quote", "who": "who", "call": "call",
}  # fmt: skip
_UNWANTED: Final = {"no_prices": ("offer", "old"), "no_dates": ("date",), "no_places": ("place",)}
_CONTACTS: Final = ("address", "handle", "telephone", "mail")
_OPENING: Final = ",;:.!?…、。，；：)]}»”’\"'–—-·|/*•→> \t\n"
_CLOSING: Final = ",;:、，；：([{«“„‘\"'–—-·|/*•→< \t\n"
_FULL_STOPS: Final = ".。।"
_MAX_NAME_LETTERS: Final = 60
_LEAST_UNUSED_WORDS: Final = 3
MAX_READ_LETTERS: Final = 4_000
"""Most characters of a brief that the model reads: a longer one is no brief, and would hold the process."""
MORE: Final = 1.4
"""The model reads a brief of which it would show so many times what the forms show."""
_MARKED: Final = ("quote", "who")
"""Kinds of pieces that quotation marks tell: they stay as they are."""
_SEVERAL: Final = 3
_LEAST_SHARED: Final = 3
"""Fewest characters of a direction that make a piece too wide."""
LEAST_COUNTED: Final = 0.5
"""Least probability of a piece that is counted as shown."""
UNFIT: Final = regex.compile(
    r"=/|[|<>{}\\\p{Cc}\p{Cs}\p{Co}\p{Cn}\u202a-\u202e\u2066-\u2069\ufeff\u200b\u200e\u200f\u00ad\u061c\u2028\u2029]"
)
"""What no line may hold: markup, and signs that would be removed."""
_CUT_WORD: Final = regex.compile(r"(?:(?![\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}])[\p{L}\p{M}\p{Nd}]){2}")
"""Two signs of one word, in scripts that write blanks between words."""
_LEADING_WORDS: Final = regex.compile(
    r"(?:and|und|et|y|e|ve|и|en|i|a|oraz|och|og|및|및|と|و|和|及|plus|also|sowie|aussi|también|também|anche)\s+",
    regex.I,
)


def read_brief(text: str, language: str | None = None) -> CertainFacts:
    """Read a brief by the trained model; a brief that is all quotation marks, prices and addresses by its forms. Pure.

    Of a brief that the model reads, a name by its form stays, and so does what stands in no span of the model. Every
    span is verbatim; the same text gives the same facts on every machine. Raises ``BadInput`` for a text that is no
    brief, and for a language that is no code.
    """
    found = find_certain_facts(text, language)
    if found.find_direction("no_text") or len(text) > MAX_READ_LETTERS:
        return found
    read = read_facts(text, language)
    found = replace(found, pieces=tuple(piece for piece in found.pieces if not _is_too_wide(piece, read)))
    if _count_shown(read) < MORE * _count_shown(found) or not (read.name or read.pieces or read.pictures):
        return found
    return _add_forms(read, found)


def _is_too_wide(piece: Piece, read: CertainFacts) -> bool:
    """Return whether a piece by its form holds several things, as the model reads them, or a direction."""
    if piece.kind in (*_MARKED, *_CONTACTS):
        return False
    inside = sum(piece.start <= one.start and one.end <= piece.end for one in read.pieces if one.kind not in _CONTACTS)
    return inside >= _SEVERAL or any(
        min(piece.end, one.end) - max(piece.start, one.start) >= _LEAST_SHARED for one in read.directions
    )


def _count_shown(facts: CertainFacts) -> int:
    """Return how many letters and digits of a brief would be shown."""
    spans = [(one.start, one.end) for one in facts.pieces if one.probability >= LEAST_COUNTED]
    spans += [(facts.name.start, facts.name.end)] if facts.name else []
    return sum(facts.brief[n].isalnum() for n in {n for start, end in spans for n in range(start, end)})


def _add_forms(read: CertainFacts, found: CertainFacts) -> CertainFacts:
    """Return ``read`` with the name of ``found``, its length and shape, and its pieces that touch none of the spans
    that were read, directions among them.
    """
    name = found.name or read.name
    if read.name and found.name and is_part(found.name, read.name):
        name, found = read.name, replace(found, name=None)
    marked = [one for one in found.pieces if one.kind in _MARKED]
    own = [(one.start, one.end) for one in marked] + ([(name.start, name.end)] if name and found.name else [])
    pieces = [*marked, *(one for one in read.pieces if not _touches(one, own))]
    own += [(one.start, one.end) for one in pieces] + [(one.start, one.end) for one in read.directions]
    texts = {one.text.casefold() for one in pieces} | ({name.text.casefold()} if name else set())
    pieces += [one for one in found.pieces if one.text.casefold() not in texts and not _touches(one, own)]
    settings = tuple(one for one in found.directions if one.kind in ("length", "aspect"))
    kinds = {one.kind for one in settings}
    return replace(
        read, name=name, pieces=tuple(sorted(pieces, key=lambda one: (one.start, -one.end))),
        directions=(*settings, *(one for one in read.directions if one.kind not in kinds)),
    )  # fmt: skip


def is_part(name: SubjectName, other: SubjectName) -> bool:
    """Return whether ``name``, which an address tells, is only a part of ``other``, the name that was read."""
    is_inside = other.start <= name.start and name.end <= other.end
    return name.source == "address" and is_inside and len(name.text) < len(other.text)


def _touches(piece: Piece, spans: Sequence[tuple[int, int]]) -> bool:
    return any(start < piece.end and piece.start < end for start, end in spans)


def read_facts(text: str, language: str | None = None) -> CertainFacts:
    """Read the brief ``text``. Pure; every span is verbatim; the same text gives the same facts on every machine.

    Raises ``BadInput`` for a text that is no brief, and for a language that is no code.
    """
    validate_brief(Brief(text=text, language=language))
    return _Reader(BriefText(text), language).read()


class _Reader:
    def __init__(self, seen: BriefText, language: str | None) -> None:
        self.seen, self.text = seen, seen.text
        self.language = language or detect_language(self.text)
        self.tokens = tokenise(self.text)
        self.marks = Marks(self.text)
        self.spans = self._join_abbreviated(mark_spans(self.text, self.tokens, self.language, self.marks))
        if self.tokens and not any(span.label in (*SHOWN, "subject") for span in self.spans):
            guess = guess_span(self.text, self.tokens, self.language)
            self.spans = [guess, *self.spans] if guess else self.spans

    def read(self) -> CertainFacts:
        directions = tuple(self._list_directions())
        kinds = {one.kind for one in directions}
        silent = "no_text" in kinds
        unwanted = {kind for one in kinds for kind in _UNWANTED.get(one, ())}
        name = None if silent or "no_names" in kinds else self._find_name()
        pieces = () if silent else tuple(p for p in self._list_pieces(name) if p.kind not in unwanted)
        return CertainFacts(
            brief=self.seen.original, language=self.language, name=name, pieces=pieces,
            pictures=tuple(self._list_pictures()), directions=directions, unused_parts=tuple(self._list_unused()),
        )  # fmt: skip

    def _join_abbreviated(self, spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
        """Return the spans with those as one that only the full stop of an abbreviation parts: ``St. Brannoc's``."""
        made: list[TaggedSpan] = []
        for span in spans:
            last = made[-1] if made else None
            if last and {last.label, span.label} <= set(SHOWN) and self._is_abbreviated(last, span):
                sure = min(last.probability, span.probability)
                made[-1] = replace(last, end=span.end, probability=sure)
            else:
                made.append(span)
        return made

    def _is_abbreviated(self, last: TaggedSpan, span: TaggedSpan) -> bool:
        word = self.tokens[last.end - 1]
        between = self.text[word.end : self.tokens[span.first].start]
        return between.strip() == "." and "abbreviation" in self.marks.list_marks(word.start, word.end)

    # ---- the name
    def _find_name(self) -> SubjectName | None:
        """Return the name that the brief is surest of: of equal names the first, all their probabilities together."""
        best: dict[str, tuple[float, SubjectName]] = {}
        for span in self.spans:
            if span.label != "name":
                continue
            start, end = self._trim(span)
            if not self._is_fit(start, end, _MAX_NAME_LETTERS):
                continue
            found = self.seen.locate_span(start, end)
            key = found.text.casefold()
            weight, name = best.get(
                key,
                (0.0, SubjectName(text=found.text, start=found.start, end=found.end, source="read", probability=0.0)),
            )
            sure = max(name.probability, round(span.probability, 4))
            best[key] = (
                weight + span.probability,
                replace(name, probability=sure),
            )
        return max(best.values(), key=lambda one: one[0])[1] if best else None

    # ---- what may stand on screen
    def _list_pieces(self, name: SubjectName | None) -> Iterator[Piece]:
        seen: set[tuple[str, str]] = set()
        for span in self.spans:
            if span.label not in SHOWN or (span.label == "name" and self._is_shown_by(name, span)):
                continue
            for piece in self._read_piece(span):
                if find_exclusions(BriefText(piece.text)):
                    continue
                key = (piece.kind, " ".join(piece.text.casefold().split()))
                if key in seen or (name and piece.text.casefold() == name.text.casefold()):
                    continue
                seen.add(key)
                yield piece

    def _is_shown_by(self, name: SubjectName | None, span: TaggedSpan) -> bool:
        """Return whether the words of a name stand in ``name``, or ``name`` in them: then it is no other name."""
        start, end = self._trim(span)
        own, other = self.text[start:end].casefold(), name.text.casefold() if name else ""
        return not name or own in other or other in own

    def _read_piece(self, span: TaggedSpan) -> Iterator[Piece]:
        inside = [token for token in self.tokens[span.first : span.end] if token.kind in _CONTACTS]
        start, end = self._trim(span)
        if span.label == "contact":
            if not inside and self._is_fit(start, end, MAX_SCREEN_LETTERS):
                yield self._make_piece("call", start, end, span)
        elif self._is_fit(start, end, MAX_SCREEN_LETTERS):
            yield self._make_piece(_KINDS[span.label], start, end, span)
        if span.label in ("contact", "call"):
            for token in inside:
                yield self._make_piece(token.kind, token.start, token.end, span)  # type: ignore[arg-type]  # a contact

    def _make_piece(self, kind: Kind, start: int, end: int, span: TaggedSpan) -> Piece:
        found = self.seen.locate_span(start, end)
        return Piece(
            kind=kind, text=found.text, start=found.start, end=found.end, probability=round(span.probability, 4)
        )

    def _trim(self, span: TaggedSpan) -> tuple[int, int]:
        """Return the characters of a span without the signs, pictographs and joining words at its ends."""
        start, end = self.tokens[span.first].start, self.tokens[span.end - 1].end
        return trim(self.text, start, end, keeps_stop=span.label == "line")

    def _is_fit(self, start: int, end: int, longest: int) -> bool:
        """Return whether the text can be drawn as it is: whole words, nothing that would be removed, not too long."""
        if any(_CUT_WORD.match(self.text[max(0, at - 1) : at + 1]) for at in (start, end)):
            return False
        text = self.seen.locate_span(start, end).text
        return (
            0 < len(text) <= longest
            and not any(UNFIT.search(line) for line in text.split("\n"))
            and any(char.isalnum() for char in text)
        )

    # ---- what nobody reads on screen
    def _list_pictures(self) -> Iterator[PicturePart]:
        for span in self.spans:
            is_long = span.label == "name" and not self._is_fit(*self._trim(span), _MAX_NAME_LETTERS)
            if is_long or span.label in ("subject", "setting", "light", "style"):
                found = self.seen.locate_span(*self._trim(span))
                kind = "subject" if is_long else span.label
                if found.text and not find_exclusions(BriefText(found.text)):
                    yield PicturePart(kind=kind, text=found.text, start=found.start, end=found.end)  # type: ignore[arg-type]

    def _list_directions(self) -> Iterator[Direction]:
        for span in self.spans:
            if span.label != "dir":
                continue
            start, end = self._trim(span)
            found = self.seen.locate_span(start, end)
            for reading in read_direction(self.text, self.marks, start, end):
                yield Direction(
                    kind=reading.kind, text=found.text, start=found.start, end=found.end, value=reading.value
                )

    def _list_unused(self) -> Iterator[UnusedPart]:
        """Yield the runs of noise of three words or more, sentence by sentence."""
        taken = [False] * len(self.tokens)
        for span in self.spans:
            taken[span.first : span.end] = [True] * (span.end - span.first)
        run: list[Token] = []
        for n, token in enumerate([*self.tokens, None]):
            ends = token is None or taken[n] or token.kind == "line" or token.text in ".!?…。！？؟।"
            if token is not None and not ends:
                run.append(token)
            if ends and run:
                start, end = trim(self.text, run[0].start, run[-1].end)
                if sum(one.kind == "word" for one in run) >= _LEAST_UNUSED_WORDS and start < end:
                    found = self.seen.locate_span(start, end)
                    yield UnusedPart(text=found.text, start=found.start, end=found.end)
                run = []


def trim(text: str, start: int, end: int, *, keeps_stop: bool = False) -> tuple[int, int]:
    """Return [start, end) without signs, pictographs and joining words at its ends. ``keeps_stop``: of a full stop."""
    before = None
    while before != (start, end) and start < end:
        before = (start, end)
        while start < end and (text[start] in _OPENING or is_pictograph(text[start])):
            start += 1
        while end > start and (text[end - 1] in _CLOSING or is_pictograph(text[end - 1])):
            end -= 1
        while (
            end > start and text[end - 1] in _FULL_STOPS and not keeps_stop and not text[start : end - 1].endswith(".")
        ):
            end -= 1
        if found := _LEADING_WORDS.match(text, start, end):
            start = found.end()
        for opened, closed in ("()", "[]", "“”", "„“", "«»", '""'):
            inner = text[start:end]
            if inner.endswith(closed) and inner.count(closed) > inner.count(opened) * (1 + (opened == closed)):
                end -= 1
    return start, end
