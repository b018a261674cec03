"""Reads a brief: the spans that the model marks, as pieces, pictures and directions, copied letter by letter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from operator import itemgetter
from typing import Final

import regex

from reelwright.planner.brief_check import validate_brief
from reelwright.planner.certain.marks import Marks, fold, list_mark_words
from reelwright.planner.certain.values import (
    CERTAIN,
    LEAST_NAME,
    LIKELY,
    LIKELY_NAME,
    OTHER_NAME,
    CertainFacts,
    Direction,
    Kind,
    PicturePart,
    Piece,
    SubjectName,
    UnusedPart,
)
from reelwright.planner.extract.brief_text import BriefText
from reelwright.planner.extract.exclusions import find_exclusions
from reelwright.planner.extract.language import detect_language
from reelwright.planner.extract.scenery import is_light
from reelwright.planner.reading.between import show_between
from reelwright.planner.reading.bounds import settle_addresses, settle_bounds, settle_headed_lists
from reelwright.planner.reading.clauses import join_clauses, join_parentheses, join_touching
from reelwright.planner.reading.clean_copy import show_clean_copy
from reelwright.planner.reading.directions import read_direction, settle_requests, take_platforms
from reelwright.planner.reading.edges import cut_edges
from reelwright.planner.reading.forms import LEAST_CONFIRMED_NAME, is_clause, settle_by_form
from reelwright.planner.reading.heads import take_heads
from reelwright.planner.reading.hushed import cut_field_heads, leave_unsaid
from reelwright.planner.reading.likelihood.review import Review, review_pieces
from reelwright.planner.reading.names.bounds import settle_name_bounds
from reelwright.planner.reading.names.described import OWNERS, find_described
from reelwright.planner.reading.names.placing import place_name
from reelwright.planner.reading.names.ranking import ReadBrief, choose_name
from reelwright.planner.reading.names.requested import (
    find_asked_for,
    find_placed_name,
    find_requested_name,
)
from reelwright.planner.reading.names.stated import add_called_name, add_named_address
from reelwright.planner.reading.names.subjects import find_subject_name
from reelwright.planner.reading.rows import settle_rows
from reelwright.planner.reading.steps import split_steps
from reelwright.planner.reading.storyboard import settle_storyboard, take_asked_pictures
from reelwright.planner.reading.tagger import (
    MOST_SURE,
    SHOWN,
    ReaderWeights,
    TaggedSpan,
    guess_span,
    load_weights,
    mark_spans,
    observe_brief,
)
from reelwright.planner.reading.tokens import ELIDED, QUOTES, Token, tokenise
from reelwright.planner.reading.trimming import PREFIX, trim
from reelwright.planner.screens.wording import MAX_SCREEN_LETTERS
from reelwright.planner.tables import load_pattern, load_words
from reelwright.reel.film.brief import Brief

_KINDS: Final[dict[str, Kind]] = {
    "name": "fact", "what": "descriptor", "fact": "fact", "number": "number", "price": "offer", "old": "old",
    "offer": "offer", "place": "place", "time": "date", "terms": "terms", "line": "quote", "who": "who", "call": "call",
}  # fmt: skip
_UNWANTED: Final = {"no_prices": ("offer", "old"), "no_dates": ("date",), "no_places": ("place",)}
_CONTACTS: Final = ("address", "handle", "telephone", "mail")
_MARKS: Final = QUOTES - frozenset("'’‘")
"""Quotation marks that are no apostrophes."""
_BEHIND_NAME: Final = regex.compile(r"(?<=[」』])(?:では|には|での|で|は|が|に|を|の|も|と)(?=[\p{Han}\p{Katakana}])")
"""Japanese that joins a line to the quoted name before it."""
_MAX_NAME_LETTERS: Final = 60
_LEAST_UNUSED_WORDS: Final = 3
MAX_READ_LETTERS: Final = 4_000
"""Most characters of a brief that the model reads: a longer one is no brief, and would hold the process."""
UNFIT: Final = regex.compile(
    r"=/|[|<>{}\\\p{Cc}\p{Cs}\p{Co}\p{Cn}\u202a-\u202e\u2066-\u2069\ufeff\u200b\u200e\u200f\u00ad\u061c\u2028\u2029]"
)
"""What no line may hold: markup, and signs that would be removed."""
_IBERIAN: Final = regex.compile(r"(?<!\p{Nd}[ .,]?)[26789]\p{Nd}{2} \p{Nd}{3} \p{Nd}{3}$")
"""Nine digits in threes at the end of a call: elsewhere they may be an amount."""
_REGISTERED: Final = (
    r"(?<!\p{L})(?:registered|registration|(?:charity|company)(?=\P{L}{1,4}(?:number|no|nr|reg)(?!\p{L}))|vat|tva|ust|siret"
    r"|siren|kvk|nif|cif|cnpj|abn|nip|licen[cs]e)(?!\p{L})\P{L}{0,4}"
    r"(?:(?:charity|company|number|no|nr|reg|id|in)\P{L}{1,4}){0,3}[1-9][\p{Nd} ./-]{4,}$"
)
"""A number under which somebody is registered, and no telephone: "Registered charity 1098765"."""
_GENRES: Final = frozenset(
    "documentary dokumentarisch documental documentaire documentario cinematic filmisch animation".split()  # noqa: SIM905  a row
)
"""Words that by themselves say what kind of film is wanted."""
_BEFORE_SIGN: Final = 40
"""Characters before a number in which the words stand that say what number it is."""
_CUT_WORD: Final = regex.compile(r"(?:(?![\p{Han}\p{Hiragana}\p{Katakana}ー\p{Hangul}\p{Thai}])[\p{L}\p{M}\p{Nd}]){2}")
"""Two signs of one word, in scripts that write blanks between words."""
_SUFFIX: Final = regex.compile(r"[\p{L}\p{Nd}][\"”“’»](?![\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}])\p{Ll}")
"""An ending that is written to a quotation: "Kayıp Saatçi"yi."""
_TURNING: Final = regex.compile(r"(?:so|but)\s+(?=\p{L})")
"""A small word before a clause that goes on with the last: "so sensible shoes would be wise"."""
_OFFERING: Final = regex.compile(r"(?:i|we)\s+(?:also\s+)?(?:do|offer|sell|have|charge)\s+(?=\p{L})", regex.I)
"""Who sells, before what is sold and its price: "I do group walks £14"."""
_ANNOUNCING: Final = r"(?:announcing|introducing|presenting|meet)\s+(?=\p{L})"
"""What announces a name: "Announcing Hopper"."""
_REMINDING: Final = regex.compile(
    r"(?:just\s+)?(?:an?\s+)?(?:(?:quick|short|friendly|gentle|little)\s+)?(?:heads[- ]up|reminder|note)\s+that\s+"
    r"(?:there(?:['’]ll|\s+will)\s+be\s+)?(?=\p{L})",
    regex.I,
)
"""What leads up to a piece of news in a mail: "a quick heads-up that there'll be a fire drill"."""
_WITH: Final = regex.compile(r"(?:With|Mit|Avec|Con|Com|Met|Med)\s+(?=\p{Lu}\p{L}+\s\p{Lu})")
"""What stands before the people of an event: "With Dana Kerr"."""
_OWNING: Final = regex.compile(r"['’]s$")
_LEAST_PIECE: Final = 0.46
"""Least probability by the review of a piece that is shown: it learned from models of half the corpus, which are less
sure than the whole one.
"""
_LEAST_DESCRIPTOR: Final = 0.25
"""The same of one that says what the named thing is: of 15 such pieces between the two 13 may be shown."""
_CERTAIN_PIECE, _CONFIRMED_PIECE, _QUOTED_PIECE, _CERTAIN_NAME = 0.95, 0.9, 0.3, 0.8
"""Least probability of a piece that is certain, of one that its form makes certain, too, of one that quotation marks
do, and of a name that is.
"""
_FAVOUR, _FAVOUR_OF_FORM, _LEAST_AGAINST_FORM = 2.0, 10.0, 0.5
"""How much likelier another run has to be than the name that the model and the rules read, and than one that a form of
the brief gives, and least probability to be taken instead of that. Of 587 names 438 are exactly right so, 433 without
it, 388 by the rules alone (2026-11-30).
"""
_LEAST_UNREAD: Final = 0.25
"""Least probability of a name where the model and the rules read none: of 55 such names 29 are exactly right."""
_OF_FORM: Final = (0.7, 0.8, 0.9, CERTAIN)
"""Probabilities that rules give to a name for its form."""
_TOLD_WEIGHT: Final = 0.3
"""What a name counts more than another at the beginning of a brief that says at once what it does, and in a request."""
_TIE: Final = 0.02
"""How much surer a brief is of a name that is preferred to one before it."""
_TURKISH_CASE: Final = regex.compile(r"(?<=\p{L})['’]\p{Ll}{1,6}$")
"""The ending of a case behind a name: "Atölyesi'nde"."""
_CLAUSE_END: Final = regex.compile(r"\s*(?:[.,;:!?…)\n]|$)")


def read_brief(text: str, language: str | None = None) -> CertainFacts:
    """Read a brief by the trained model, and by its form what stands in quotation marks. Pure; never spends.

    Every span is verbatim; the same text gives the same facts on every machine. Of a text of more than
    ``MAX_READ_LETTERS`` the beginning is read. Raises ``BadInput`` for a text that is no brief, and for a language that
    is no code.
    """
    validate_brief(Brief(text=text, language=language))
    return Reader(text, language, load_weights()).read()


class Reader:
    """Reads one brief by the ``weights``."""

    def __init__(self, text: str, language: str | None, weights: ReaderWeights) -> None:
        self.seen, self.weights = BriefText(text), weights
        self.text = self.seen.text[: _find_end(self.seen.text)]
        self.language = language or detect_language(self.seen.text)
        self.tokens = tokenise(self.text)
        places = [self.seen.locate_span(one.start, one.end) for one in self.tokens]
        self.places = [(one.start, one.end) for one in places]
        self.marks = Marks(self.text)
        self.observed = observe_brief(weights, self.text, self.tokens, self.language, self.marks)
        marked = settle_bounds(
            self.text, self.tokens, mark_spans(weights, self.text, self.tokens, self.language, self.marks), self.marks
        )
        marked = settle_name_bounds(self.tokens, marked, self.marks, self.language)
        marked = take_platforms(self.text, self.tokens, marked)
        marked = settle_requests(self.text, self.tokens, marked, self.marks)
        marked = find_described(self.tokens, marked, self.marks)
        marked = find_requested_name(self.tokens, marked, self.marks, self.language)
        marked = find_placed_name(self.text, self.tokens, marked)
        marked = show_between(self.text, self.tokens, marked, self.marks)
        marked = take_heads(self.tokens, cut_edges(self.text, self.tokens, marked, self.marks), self.marks)
        marked = leave_unsaid(self.text, self.tokens, marked, self.marks)
        marked = cut_field_heads(self.tokens, marked, self.marks)
        marked = settle_by_form(self.text, self.tokens, marked, self.marks)
        marked = split_steps(self.tokens, marked)
        marked = add_called_name(self.text, self.tokens, marked, self.marks)
        marked = join_clauses(self.text, self.tokens, marked, self.marks)
        marked = join_parentheses(self.tokens, marked, self.marks)
        marked = show_clean_copy(self.text, self.tokens, marked, self.marks)
        self.spans = settle_storyboard(self.tokens, marked)
        marked = join_touching(self.tokens, self.spans, self._list_other_names())
        marked, self.rows = settle_rows(self.text, self.tokens, marked, self.marks, self.language)
        marked = add_named_address(self.tokens, marked)
        marked = find_asked_for(self.text, self.tokens, marked, self.marks, self.language)
        marked = find_subject_name(self.tokens, marked, self.marks, self.language)
        marked = settle_headed_lists(self.text, self.tokens, settle_addresses(self.text, self.tokens, marked))
        marked = take_asked_pictures(self.text, self.tokens, marked, self.language)
        asks = any(one.label == "dir" for one in marked)
        self.spans = [self._read_as_light(one) for one in marked] if asks else marked
        if self.tokens and not any(span.label in (*SHOWN, "subject") for span in self.spans):
            guess = guess_span(weights.model, self.text, self.tokens, self.language, self.marks)
            denied = [span for span in self.spans if span.label == "dir" and span.probability == CERTAIN]
            if guess and not any(guess.first < one.end and one.first < guess.end for one in denied):
                self.spans = [guess, *self.spans]
        self.name = self._choose_name(self._find_name())
        self.directions = tuple(self._list_directions())

    def read(self) -> CertainFacts:
        """Return what the brief says, each piece as likely as all that was read makes it."""
        name, read = self.read_pieces()
        silent = any(one.kind == "no_text" for one in self.directions)
        seen = ("subject", "setting", "light", "style", "shot") + self._choose_silent_subject() * silent
        return CertainFacts(
            brief=self.seen.original, language=self.language, name=name, pieces=tuple(self._weigh(read, name)),
            directions=self.directions, pictures=tuple(self._list_pictures(seen)),
            unused_parts=tuple(self._list_unused(name)),
        )  # fmt: skip

    def read_pieces(self) -> tuple[SubjectName | None, list[Piece]]:
        """Return the name and the pieces as the rules leave them."""
        kinds = {one.kind for one in self.directions}
        silent = "no_text" in kinds
        unwanted = {kind for one in kinds for kind in _UNWANTED.get(one, ())}
        name = None if silent or "no_names" in kinds else self.name
        return name, [] if silent else [p for p in self._list_pieces(name) if p.kind not in unwanted]

    def make_review(self, pieces: Sequence[Piece], name: SubjectName | None) -> Review:
        """Make the review of ``pieces``."""
        inside = [self.locate(one.start, one.end) for one in pieces]
        return Review(self.observed, pieces, inside, name.text if name else "")

    def _weigh(self, pieces: Sequence[Piece], name: SubjectName | None) -> Iterator[Piece]:
        """Yield the pieces as likely as the review says. Of a brief that tells its maker nothing none is less likely
        than it was: of 15 such pieces of the corpus 14 may be shown (2026-11-30).
        """
        asks = any(one.label == "dir" for one in self.spans)
        chances = review_pieces(self.make_review(pieces, name), self.weights.pieces) if pieces else ()
        for piece, chance in zip(pieces, chances, strict=True):
            is_kept = not asks or bool(piece.label)  # a row of a table stays with the others
            is_kept = is_kept or (piece.kind == "descriptor" and chance >= _LEAST_DESCRIPTOR)
            likely = max(chance, min(piece.probability, MOST_SURE)) if is_kept else chance
            likely = max(likely, LIKELY) if chance >= _LEAST_PIECE else likely
            yield replace(piece, probability=CERTAIN if self._is_certain(piece, chance) else round(likely, 4))

    def _is_certain(self, piece: Piece, chance: float) -> bool:
        """Return whether nobody need be asked about a piece: its form, or its place as a clause of its own, says so."""
        if piece.probability >= CERTAIN:
            return chance >= (_QUOTED_PIECE if piece.kind == "quote" else _CONFIRMED_PIECE)
        return chance >= _CERTAIN_PIECE and is_clause(self.seen.original, piece.start, piece.end)

    def _read_as_light(self, span: TaggedSpan) -> TaggedSpan:
        """Return what tells a light and nothing else as that: "morning light" is nothing that is sold."""
        text = self.text[slice(*self._trim(span))] if span.label == "what" else ""
        return replace(span, label="light") if " " in text and is_light(text, self.language) else span

    # ---- the name
    def _find_name(self) -> SubjectName | None:
        """Return the name that was read and is surest, of nearly equal ones the first of several words. A name counts
        what all its places count together.
        """
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
                (0.0, SubjectName(text=found.text, start=found.start, end=found.end, probability=0.0)),
            )
            sure = max(name.probability, round(span.probability, 4))
            best[key] = (
                weight + span.probability + _TOLD_WEIGHT * (self._tells_what_it_does(span) or self._is_asked_for(span)),
                replace(name, probability=sure),
            )
        most = max((weight for weight, _ in best.values()), default=0.0)
        near = [name for weight, name in best.values() if weight >= most - _TIE]
        surest = min(near, key=lambda name: (" " not in name.text, name.start), default=None)
        if not surest or surest.probability < LEAST_CONFIRMED_NAME:
            return surest
        is_confirmed = is_clause(self.seen.original, surest.start, surest.end)
        return replace(surest, probability=CERTAIN) if is_confirmed else surest

    def _list_other_names(self) -> list[TaggedSpan]:
        """List the names that are likely ones, but not that of the film."""
        name = self._find_name()
        found = [(span, self.seen.locate_span(*self._trim(span)).text) for span in self.spans if span.label == "name"]
        sure = [(span, text) for span, text in found if span.probability >= OTHER_NAME and name]
        return [span for span, text in sure if name and text.casefold() != name.text.casefold()]

    def _tells_what_it_does(self, name: TaggedSpan) -> bool:
        """Return whether a brief begins with a name and what it does or is, with nothing between: "Krume bakes"."""
        return not name.first and any(one.first == name.end and one.label in ("what", "fact") for one in self.spans)

    def _is_asked_for(self, name: TaggedSpan) -> bool:
        """Return whether a name stands right behind the request for its film: "Launch film for Norrsken"."""
        kind = next((one for one in self.spans if one.label == "what" and one.end == name.first), name)
        asking = next((one for one in self.spans if one.label == "dir" and one.end == kind.first), None)
        start = self.tokens[asking.first].start if asking else 0
        return asking is not None and "film" in self.marks.list_marks(start, self.tokens[asking.end - 1].end)

    def _choose_name(self, read: SubjectName | None) -> SubjectName | None:
        """Return the likeliest of all names, what the rules ``read`` among them, and give it its place."""
        inside = self.locate(read.start, read.end) if read else range(0)
        self.read_spans = ReadBrief(
            spans=self.spans, first=inside.start, end=inside.stop, probability=read.probability if read else 0.0
        )
        run = choose_name(self.observed, self.read_spans, self.weights.names, self._may_be_name)
        is_likely = read is not None and read.probability >= LIKELY_NAME
        has_form = read is not None and read.probability in _OF_FORM
        is_beaten = run.read * (_FAVOUR_OF_FORM if has_form else _FAVOUR) < run.probability
        least = _LEAST_AGAINST_FORM if has_form else LEAST_NAME
        if read and is_likely and not (is_beaten and run.probability >= least):
            return replace(read, probability=CERTAIN) if run.read >= _CERTAIN_NAME else read
        if run.probability < (LEAST_NAME if is_likely else _LEAST_UNREAD):
            return None
        self.spans = place_name(self.tokens, self.spans, run)
        found = self.seen.locate_span(
            *self._trim(TaggedSpan(label="name", first=run.first, end=run.end, probability=0))
        )
        sure = CERTAIN if run.probability >= _CERTAIN_NAME else round(run.probability, 4)
        return SubjectName(text=found.text, start=found.start, end=found.end, probability=sure)

    def locate(self, start: int, end: int) -> range:
        """Return the tokens of the characters [start, end) of the brief, one at least."""
        first = min(bisect_right(self.places, start, key=itemgetter(1)), len(self.places) - 1)
        return range(first, max(first + 1, bisect_left(self.places, end, key=itemgetter(0))))

    def _may_be_name(self, first: int, end: int) -> bool:
        """Return whether the tokens [first, end) can stand on screen as a name: not "unsern", nor "Near Thornby"."""
        if any(row.first < end and first < row.end for row in self.rows.values()):
            return False
        words = [fold(one.text) for one in self.tokens[first:end]]
        starts = self.observed.is_sentence_start(first)
        if list_mark_words("alone", "alone_too", "article", "joining").issuperset(words) or (
            starts and len(words) > 1 and words[0] in list_mark_words("within", "for_whom")
        ):
            return False
        if self._ends_in_town(first, end):
            return False
        span = TaggedSpan(label="name", first=first, end=end, probability=0)
        return self._is_fit(*self._trim(span), _MAX_NAME_LETTERS)

    def _ends_in_town(self, first: int, end: int) -> bool:
        """Return whether the tokens [first, end) are a name and where it is, ``Krume in Graz``, and no quotation."""
        before_towns = {fold(word) for word in load_words()["in_town"].get(self.language, "").split()}
        at = next((n for n in (end - 2, end - 3) if n > first and fold(self.tokens[n].text) in before_towns), end)
        is_quoted = first > 0 and self.tokens[first - 1].text in QUOTES
        return at < end and not is_quoted and all(self.observed.is_title(n) for n in (at - 1, *range(at + 1, end)))

    # ---- what may stand on screen
    def _list_pieces(self, name: SubjectName | None) -> Iterator[Piece]:
        seen: set[tuple[str, str]] = set()
        for span in self.spans:
            if (
                span.label not in SHOWN
                or _is_doubtful_name(span, name)
                or (span.label == "name" and self._is_shown_by(name, span))
            ):
                continue
            for piece in self._read_piece(span):
                if span.label == "name" and any(
                    one.first <= span.first and span.end <= one.end and one.label != "name" and one.label in SHOWN
                    for one in self.spans
                ):
                    continue
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
        if (row := self.rows.get((span.first, span.end))) and span.label == "fact":
            first, last = self.tokens[row.first], self.tokens[row.end - 1]
            if UNFIT.search(self.seen.locate_span(first.start, last.end).text):
                return
            label = self.seen.locate_span(first.start, self.tokens[row.label_end - 1].end).text
            yield replace(self._make_piece("fact", first.start, last.end, span), label=label)
            return
        start, end = self._trim(span)
        is_registered = span.label == "call" and regex.search(_REGISTERED, self.text[start:end], regex.I) is not None
        sign = max(0, start - _BEFORE_SIGN)
        if span.label == "contact" and (found := regex.search(_REGISTERED, self.text[sign:end], regex.I)):
            yield self._make_piece("terms", sign + found.start(), end, span)
            return
        if span.label == "contact":
            if not inside and self._is_fit(start, end, MAX_SCREEN_LETTERS):
                yield self._make_piece("call", start, end, span)
        elif self._is_fit(start, end, MAX_SCREEN_LETTERS) and not self._says_nothing(span, start, end):
            yield self._make_piece("terms" if is_registered else _KINDS[span.label], start, end, span)
        if span.label in ("contact", "call") and not is_registered:
            for token in (one for one in inside if self._is_fit(one.start, one.end, MAX_SCREEN_LETTERS)):
                opened = token.text[0] == "(" and ")" not in token.text  # "même numéro (01 99 00 47 12)"
                yield self._make_piece(token.kind, token.start + opened, token.end, span)  # type: ignore[arg-type]
            if not inside and (found := _IBERIAN.search(self.text, start, end)):
                yield self._make_piece("telephone", found.start(), found.end(), span)

    def _make_piece(self, kind: Kind, start: int, end: int, span: TaggedSpan) -> Piece:
        found = self.seen.locate_span(start, end)
        return Piece(
            kind=kind, text=found.text, start=found.start, end=found.end, probability=round(span.probability, 4)
        )

    def _trim(self, span: TaggedSpan) -> tuple[int, int]:
        """Return the characters of a span as they are shown, with the mark that closes what is quoted inside."""
        start, end = self._trim_ends(span)
        opened = sum(char in _MARKS for char in self.text[start:end]) % 2 and self.text[start] not in _MARKS
        return start, end + bool(opened and self.text[end : end + 1] in _MARKS)

    def _trim_ends(self, span: TaggedSpan) -> tuple[int, int]:
        """Return the characters of a span without the signs, pictographs and joining words at its ends."""
        first = span.first
        if span.label == "what" and first < span.end - 1 and fold(self.tokens[first].text) in OWNERS:
            first += not _OWNING.search(self.tokens[first + 1].text)  # "my band's new single" is no band's new single
        start, end = self.tokens[first].start, self.tokens[span.end - 1].end
        if self.language == "en" and span.label not in ("name", "line"):
            start = found.end() if (found := _TURNING.match(self.text, start, end)) else start
            start = found.end() if (found := _REMINDING.match(self.text, start, end)) else start
            if span.label == "price" and (found := _OFFERING.match(self.text, start, end)):
                start = found.end()
        if span.label in ("call", "contact") and (found := load_pattern("or_else").match(self.text, start, end)):
            start = found.end()
        start = found.end() if (found := _BEHIND_NAME.match(self.text, start, end)) else start
        if span.label == "name" and (found := regex.match(_ANNOUNCING, self.text[start:end], regex.I)):
            start += found.end()
        if span.label == "name" and self.text[start - 1 : start] in QUOTES and self.text[end : end + 1] in QUOTES:
            return start, end  # quoted, a name may end so: "Shine On"
        if span.label == "name" and self.text[end - 1] in "?？؟":
            end -= 1  # "can you make a video for thimble?"
        if span.label == "name" and self.language == "tr":
            end = found.start() if (found := _TURKISH_CASE.search(self.text, start, end)) else end
        if span.label == "name" and (
            found := _WITH.match(self.text, start, end) or ELIDED.match(self.text, start, end)
        ):
            start = found.end()
        start, end = trim(self.text, start, end, is_line=span.label == "line", language=self.language)
        may_join = span.label in SHOWN and span.label != "line" and not _CLAUSE_END.match(self.text, end)
        joining = load_pattern("trailing_words").search(self.text, start, end) if may_join else None
        if joining and not (len(joining[0].strip()) == 1 and joining[0].isupper()):  # "категории С", "plan A"
            return trim(self.text, start, joining.start(), language=self.language)
        return start, end

    def _is_fit(self, start: int, end: int, longest: int) -> bool:
        """Return whether the text can be drawn as it is: whole words, nothing that would be removed, not too long."""
        start_cut = _CUT_WORD.match(self.text[max(0, start - 1) : start + 1]) or _SUFFIX.match(
            self.text[max(0, start - 2) : start + 1]
        )
        is_prefixed = self.text.endswith(PREFIX, 0, start)
        if (start_cut and not is_prefixed) or _CUT_WORD.match(self.text[max(0, end - 1) : end + 1]):
            return False
        text = self.seen.locate_span(start, end).text
        return (
            0 < len(text) <= longest
            and not any(UNFIT.search(line) for line in text.split("\n"))
            and any(char.isalnum() for char in text)
        )

    def _says_nothing(self, span: TaggedSpan, start: int, end: int) -> bool:
        """Return whether the text has nothing but words such as "our" and "the", and signs; "a 12 €" says a price."""
        tokens = self.tokens[span.first : span.end]
        inside = [one for one in tokens if start <= one.start and one.end <= end and one.kind != "sign"]
        words = {fold(one.text) for one in inside}
        return all(one.kind == "word" for one in inside) and (words <= list_mark_words("alone") or words <= _GENRES)

    # ---- what nobody reads on screen
    def _choose_silent_subject(self) -> tuple[str, ...]:
        """Return the label of what is seen of a film without text: what the thing is, or else its name."""
        labels = {span.label for span in self.spans}
        return next(((label,) for label in ("what", "name") if label in labels), ())

    def _list_pictures(self, labels: Collection[str]) -> Iterator[PicturePart]:
        for span in self.spans:
            is_long = span.label == "name" and not self._is_fit(*self._trim(span), _MAX_NAME_LETTERS)
            if is_long or span.label in labels:
                found = self.seen.locate_span(*self._trim(span))
                kind = "subject" if span.label in ("name", "what") else span.label
                if found.text and not find_exclusions(BriefText(found.text)):
                    yield PicturePart(kind=kind, text=found.text, start=found.start, end=found.end)  # type: ignore[arg-type]

    def _list_directions(self) -> Iterator[Direction]:
        for span in self.spans:
            if span.label != "dir":
                continue
            start, end = self._trim(span)
            if start == end:
                continue
            found = self.seen.locate_span(start, end)
            for reading in read_direction(self.text, self.marks, start, end):
                yield Direction(
                    kind=reading.kind, text=found.text, start=found.start, end=found.end, value=reading.value
                )

    def _list_unused(self, name: SubjectName | None) -> Iterator[UnusedPart]:
        """Yield the runs of noise sentence by sentence: of three words or more, or with a word that says something."""
        taken = [False] * len(self.tokens)
        for span in (one for one in self.spans if not _is_doubtful_name(one, name) or self._is_shown_by(name, one)):
            taken[span.first : span.end] = [True] * (span.end - span.first)
        run: list[Token] = []
        for n, token in enumerate([*self.tokens, None]):
            ends = token is None or taken[n] or token.kind == "line" or token.text in ".!?…。！？؟।"
            if token is not None and not ends:
                run.append(token)
            if ends and run:
                start, end = trim(self.text, run[0].start, run[-1].end)
                if start < end and self._is_worth_a_note(run):
                    found = self.seen.locate_span(start, end)
                    yield UnusedPart(text=found.text, start=found.start, end=found.end)
                run = []
        if self.seen.text[len(self.text) :].strip():
            found = self.seen.locate_span(len(self.text), len(self.seen.text))
            yield UnusedPart(text=found.text, start=found.start, end=found.end)

    def _is_worth_a_note(self, run: Sequence[Token]) -> bool:
        words = [one for one in run if one.kind == "word"]
        if len(words) >= _LEAST_UNUSED_WORDS:
            return True
        unknown = [
            one for one in words
            if len(one.text) > 1 and not self.marks.list_marks(one.start, one.end)
            and not load_pattern("trailing_words").search(f"x {one.text}")
        ]  # fmt: skip
        is_greeting = run[0] is self.tokens[0] and len(words) == 1
        return bool(unknown) and not is_greeting


def _is_doubtful_name(span: TaggedSpan, name: SubjectName | None) -> bool:
    """Return whether a span may be another name than that of the film, which no screen shows."""
    return span.label == "name" and span.probability < OTHER_NAME and name is not None


def _find_end(text: str) -> int:
    """Return where the part of a text ends that is read: of a long one the last line or word that fits."""
    if len(text) <= MAX_READ_LETTERS:
        return len(text)
    part = text[:MAX_READ_LETTERS]
    return max(part.rfind("\n"), part.rfind(" ")) + 1 or MAX_READ_LETTERS
