"""Reads what a direction to the maker asks for, a length, a shape, what not to show, and marks what asks for it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import regex

from reelwright.planner.certain.marks import Hit, Marks, fold, list_mark_words
from reelwright.planner.certain.marks import Token as Word
from reelwright.planner.certain.platforms import find_platforms, find_shared_name
from reelwright.planner.certain.values import CERTAIN, LIKELY, DirectionKind
from reelwright.planner.reading.tagger import SHOWN, TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token
from reelwright.reel.base.value import define_value
from reelwright.units import ASPECTS

_ASPECT: Final = regex.compile(r"(?<![\p{Nd}:.])(16|9|4|1)\s?[:x×]\s?(16|9|5|1)(?![\p{Nd}:])")
_SHAPES: Final = {"tall": "9:16", "wide": "16:9", "square": "1:1"}
_PLACES: Final = {"tall_place": "9:16", "wide_place": "16:9"}
"""Keys of ``words.yaml`` that name a shape, and places which show films of that shape."""
_OF_A_FILM: Final = frozenset({"film", "seconds", "minutes", "maker", "joining", "naming", "look", "tone"})
"""Keys of ``words.yaml`` whose words follow the shape of a film: ``vertical video``, ``square and calm``."""
_SQUARE: Final = regex.compile(r"(?<=\p{Lu}\p{L}+)\sSquare\b")
"""A place and no shape: ``Times Square``."""
_LIKENESS: Final = regex.compile(
    r"(?:portr[aä]i?t+s?|retratos?|ritratt[oi]|portret\p{L}*|портрет\p{L}*)\s+"
    r"(?:of|von|vom|eine[rs]|de|del|des|du|di|della|dello|do|da|van|av|på|на)\b|(?:portrait|ritratto)\s+d[’']|dell[’']",
    regex.I,
)
"""A picture of somebody rather than the shape of a film: ``a portrait of an old clockmaker``."""
_LEAST_S, _MOST_S = 3, 180
_NUMBER_BEFORE: Final = regex.compile(r"(?<![\p{Nd}.,:])(?<!\p{L}[-–])(\p{Nd}{1,3})(?:[.,]\p{Nd})?[\s.-]*(?:de\s)?$")
"""The number that counts what follows; Romanian has a word between: "20 de secunde"."""
_NUMBER_BEHIND: Final = regex.compile(r"\s(\p{Nd}{1,3})(?=[\s,.;]|$)")
"""``секунд 30``: about thirty."""
_MINUTE_S: Final = 60
_DECADES: Final = ("70", "80", "90")
"""Numbers that with a bare ``s`` name years: ``90s night``."""
_COUNTING: Final = regex.compile(r"\b(?:over|under|years?|yr|grades?)\s?$", regex.I)
"""Words before a number that with a bare ``s`` names people: ``over 65s``, ``my Year 8s``."""
_NO_KINDS: Final[tuple[tuple[str, DirectionKind], ...]] = (
    ("prices", "no_prices"), ("dates", "no_dates"), ("names", "no_names"), ("hidden", "no_places"),
)  # fmt: skip
_BEFORE_MUSIC: Final = list_mark_words("before_music")
_AFTER_MUSIC: Final = list_mark_words("after_music")
_MOST_BETWEEN: Final = 3
_MOST_BEFORE_BAN: Final = 5
"""Most words between prices and what forbids them after them."""
_WHETHER: Final = list_mark_words("condition") | {"whether", "ob", "czy"}
"""Words between them of one who does not know: "ich weiß nicht, ob Preise rein sollen"."""
_TOO: Final = frozenset("too trop demasiado demais troppo zbyt cok слишком".split())  # noqa: SIM905  a row
"""Words of one who forbids no price, but that it is large: "don't make the price too big"."""
_NOT_TOO: Final = frozenset({("nicht", "zu"), ("niet", "te")})
"""The same in languages whose word for it also stands before verbs: "keine Preise zu zeigen"."""
_NOBODY: Final = frozenset("nobody niemand nadie nessuno ninguem nikt никто ніхто никои".split())  # noqa: SIM905  a row
"""Words that forbid nothing: "nobody can price it"."""
_AT_ALL: Final = list_mark_words("at_all")
_FEW: Final = regex.compile("少な[くいめ]")
"""Little of something, which ends as "none" does. Not in words.yaml: its marks are what the model learnt from."""
_OF_OTHERS: Final = regex.compile("競合|他社|竞品|竞争对手|경쟁|타사")
"""Whose names, in scripts without blanks between words: those of competitors."""
_AMBIGUOUS: Final = {"ton": {"ohne", "kein", "keinen"}, "hang": {"nelkul", "nincs", "semmi"}}
"""Words for sound that are others elsewhere, "pas de ton ironique", "don't hang": by word, what forbids sound."""
_MAX_TONE_WORDS: Final = 4
CLAUSE: Final = regex.compile(r"[^,;.!?、，；。！？،؛।\n]+")
_MOST_BEFORE: Final = 3
"""Most words of a clause before a length that ask for the film: ``please produce a half-minute``."""
_MOST_TONE_WORDS: Final = 5
"""Most words of a clause that tells the maker the tone: ``keep it calm``."""
_AUDIENCE: Final = frozenset(
    ("audience", "zielgruppe", "zielpublikum", "doelgroep", "malgrupp", "malgruppen", "malgruppe", "аудитория")
)
"""Words with which a clause begins that says who watches the film, spelt as words are compared."""
_TO: Final = frozenset(["to", "an", "al", "a", "till"])
_MUSIC: Final = list_mark_words("label_music")
"""Labels behind which a band may stand, which is for viewers."""
_LABEL: Final = regex.compile(
    r"(?:(?<=^|[\n.!?;]\s?))(?P<label>[\p{L}\p{M}][\p{L}\p{M} ]{1,20})\s?[:：][^\n.!?;]{1,80}", regex.M
)
"""A clause that begins with a label: ``Formaat: vierkant``."""
_LINKS: Final = regex.compile(
    r"\s*(?:(?:for|about|of|on|für|über|von|pour|sur|de|para|sobre|per|su|voor|over|för|om|dla|o|за|для|о|про|için)\s+)?"
    r"(?:(?:the|a|an|our|my|die|der|das|den|eine?n?|unsere?n?|meine?n?|la|le|les|el|los|il|lo|un|une|una|het|een)\s+)*",
    regex.I,
)
"""What joins a request to what the film is about: ``for our``."""


@define_value
class Reading:
    """A wish that a direction states. ``value``: milliseconds of a length, or an aspect; else empty."""

    kind: DirectionKind
    value: str = ""


def take_platforms(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with an unlikely name behind a direction, that of a platform, as a part of it: ``ТикТок`` of
    "Видео за ТикТок". Pure.
    """
    made = list(spans)
    for request, name in pairwise(spans):
        is_behind = request.label == "dir" and name.label == "name" and request.end == name.first
        words = text[tokens[name.first].start : tokens[name.end - 1].end]
        if is_behind and name.probability < LIKELY and any(find_platforms(words, ratio) for ratio in ASPECTS):
            made = [replace(one, end=name.end) if one is request else one for one in made if one is not name]
    return made


def read_direction(text: str, marks: Marks, start: int, end: int) -> Iterator[Reading]:
    """Yield what the direction [start, end) of ``text`` asks for; at least one reading. Pure."""
    made = [*_read_settings(text, marks, start, end)]
    for clause in CLAUSE.finditer(text, start, end):
        made += _read_exclusion(marks, *clause.span())
    yield from made
    if made:
        return
    found = marks.list_marks(start, end)
    is_tone = "tone" in found and len(marks.list_tokens(start, end)) <= _MAX_TONE_WORDS
    kinds: dict[DirectionKind, bool] = {
        "request": "film" in found, "audience": "audience" in found, "look": "look" in found, "tone": is_tone,
    }  # fmt: skip
    yield Reading(kind=next((kind for kind, holds in kinds.items() if holds), "other"))


def _read_settings(text: str, marks: Marks, start: int, end: int) -> Iterator[Reading]:
    """Yield the length and the shape that [start, end) of ``text`` asks for: the first of each."""
    hits = marks.find_hits(start, end)
    lengths = (_read_seconds(text, marks, hit, start) for hit in hits)
    if seconds := next((one for one in lengths if _LEAST_S <= one <= _MOST_S), 0):
        yield Reading(kind="length", value=str(seconds * 1000))
    names = [_SHAPES[hit.mark] for hit in hits if hit.mark in _SHAPES and _is_of_film(text, marks, hit)]
    names += [aspect] if (aspect := find_shared_name(text, start, end)) else []
    names += [_PLACES[hit.mark] for hit in hits if hit.mark in _PLACES]
    if shape := _ASPECT.search(text, start, end):
        names.insert(0, f"{shape[1]}:{shape[2]}")
    if names and names[0] in ASPECTS:
        yield Reading(kind="aspect", value=names[0])


def find_length(text: str, marks: Marks, start: int, end: int) -> tuple[int, int] | None:
    """Return where in [start, end) of ``text`` the first length of a film stands: ``20 seconds``; or None."""
    for hit in marks.find_hits(start, end):
        if _LEAST_S <= _read_seconds(text, marks, hit, start) <= _MOST_S:
            number = _NUMBER_BEFORE.search(text[max(start, hit.start - 10) : hit.start])
            return (hit.start - (len(number[0]) if number else 0), hit.end)
    return None


def _is_of_film(text: str, marks: Marks, hit: Hit) -> bool:
    """Return whether a word for a shape ends its clause or stands before a word of films: not ``a vertical farm``."""
    if _LIKENESS.match(text, hit.start) or _SQUARE.match(text, max(0, hit.start - 1)):
        return False
    clause = CLAUSE.match(text, hit.end)
    after = marks.list_tokens(hit.end, clause.end() if clause else hit.end)[:1]
    return all(one.word.isdigit() or marks.list_marks(one.start, one.end) & _OF_A_FILM for one in after)


def _read_seconds(text: str, marks: Marks, hit: Hit, start: int) -> int:
    """Return the seconds that a word for seconds or minutes counts, by the number before it; 0: none. Of ``15-20 s``
    the last number counts.
    """
    if hit.mark not in ("seconds", "minutes", "half_minute"):
        return 0
    if hit.mark == "half_minute":
        return _MINUTE_S // 2
    unit = _MINUTE_S if hit.mark == "minutes" else 1
    if number := _NUMBER_BEFORE.search(text[max(start, hit.start - 10) : hit.start]):
        is_bare = hit.end - hit.start == 1
        is_age = _COUNTING.search(text[: hit.start - len(number[0])]) is not None
        return 0 if is_bare and (is_age or number[1] in _DECADES) else int(number[1]) * unit
    if number := _NUMBER_BEHIND.match(text, hit.end):
        return int(number[1]) * unit
    word = next((w for w in reversed(marks.list_tokens(start, hit.start))), None)
    return _COUNT_WORDS.get(word.word, 0) * unit if word else 0


_COUNT_WORDS: Final = {
    word: count
    for count, words in {
        1: "one a eine ein une un una uma bir една одна egy",
        2: "two zwei deux dos dois due iki две два twee",
        10: "ten zehn dix diez dez dieci on десет десять tien",
        15: "fifteen fünfzehn funfzehn quinze quince quindici onbeş onbes петнадесет пятнадцать vijftien",
        20: "twenty zwanzig vingt veinte vinte venti yirmi двадесет двадцать twintig",
        30: "thirty dreißig dreissig trente treinta trinta trenta otuz тридесет тридцать dertig",
        45: "fortyfive",
        60: "sixty sechzig soixante sesenta sessenta sessanta altmış altmis шестдесет шестьдесят zestig",
    }.items()
    for word in words.split()
}
"""Numbers in words before seconds and minutes, spelt as tokens are."""


def _read_exclusion(marks: Marks, start: int, end: int) -> Iterator[Reading]:
    """Yield what a clause says that no screen may show."""
    found = marks.list_marks(start, end)
    if not found & {"negated", "without"} or _FEW.search(marks.text, start, end):
        return
    if _is_music_ban(marks, start, end):
        yield Reading(kind="no_music")
    elif kind := next((kind for mark, kind in _NO_KINDS if _is_near_ban(marks, start, end, mark)), None):
        if kind != "no_names" or not _names_another(marks, start, end):
            yield Reading(kind=kind)
    elif is_text_ban(marks, start, end):
        yield Reading(kind="no_text")


def _is_near_ban(marks: Marks, start: int, end: int, kind: str) -> bool:
    """Return whether a word of ``kind`` stands near the one that forbids it: not "the price is for May so don't …"."""
    hits = marks.find_hits(start, end)
    shots = [hit.start for hit in hits if hit.mark in ("film_units", "look", "maker")]
    if any(hit.mark == "bygone" and not any(hit.end <= shot <= hit.end + 1 for shot in shots) for hit in hits):
        return False  # "don't show last year's prices", but "no prices in the last shot"
    words = [one.word for one in marks.list_tokens(start, end)]
    if _TOO & set(words) or _NOT_TOO & set(pairwise(words)):
        return False
    bans = [
        hit for hit in hits
        if hit.mark in ("negated", "without") and fold(marks.text[hit.start : hit.end]) not in _NOBODY
    ]  # fmt: skip
    between = [
        (hit.start > ban.start, marks.list_tokens(min(hit.end, ban.end), max(hit.start, ban.start)))
        for hit in hits if hit.mark == kind for ban in bans
    ]  # fmt: skip
    return any(
        (is_behind or len(one) <= _MOST_BEFORE_BAN) and not any(word.word in _WHETHER for word in one)
        for is_behind, one in between
    )


def _names_another(marks: Marks, start: int, end: int) -> bool:
    """Return whether a clause forbids one name and not all: ``don't mention the old name (Bunworth's)``."""
    known = {"negated", "names", "maker", "joining", "article", "hushing", "look"}
    others = [word for word in marks.list_tokens(start, end) if not marks.list_marks(word.start, word.end) & known]
    return len(others) > 1 or _OF_OTHERS.search(marks.text, start, end) is not None


def _is_music_ban(marks: Marks, start: int, end: int) -> bool:
    """Return whether a clause says that no music is to be heard: ``no music``, ``音楽なし``."""
    hits = marks.find_hits(start, end)
    for sound in (hit for hit in hits if hit.mark == "sounds"):
        sounding = next((one.word for one in marks.list_tokens(sound.start, sound.end)), "")
        for ban in (hit for hit in hits if hit.mark in ("negated", "without")):
            banning = marks.list_tokens(ban.start, ban.end)[:1]
            if sounding in _AMBIGUOUS and not any(one.word in _AMBIGUOUS[sounding] for one in banning):
                continue
            if ban.start > sound.end and ban.start - sound.end > _MOST_BETWEEN:
                continue
            between = marks.list_tokens(min(ban.end, sound.end), max(ban.start, sound.start))
            after = marks.list_tokens(max(ban.end, sound.end), end)
            is_near = len(between) <= _MOST_BETWEEN and all(one.word in _BEFORE_MUSIC | _AT_ALL for one in between)
            if is_near and all(one.word in _AFTER_MUSIC | _AT_ALL for one in after):
                return True
    return False


def list_silent_clauses(text: str, marks: Marks) -> list[tuple[int, int]]:
    """List the clauses of ``text`` that say nothing but that no words are to be shown: ``No text.`` Pure."""
    clauses = (clause.span() for clause in CLAUSE.finditer(text))
    return [(start, end) for start, end in clauses if is_text_ban(marks, start, end)]


def is_text_ban(marks: Marks, start: int, end: int) -> bool:
    """Return whether the clause [start, end) says that no words are to be shown, and nothing else."""
    if not {"negated", "text_on_screen"} <= marks.list_marks(start, end) or _FEW.search(marks.text, start, end):
        return False
    hits = [hit for hit in marks.find_hits(start, end) if hit.mark in ("negated", "text_on_screen")]
    words = marks.list_tokens(start, end)
    return all(any(h.start <= w.start < h.end for h in hits) or w.word in _AT_ALL for w in words)


def settle_requests(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], marks: Marks) -> list[TaggedSpan]:
    """Return ``spans`` without the words that ask for a length, a shape or a tone, or name the audience. Pure.

    Only a length beside a word for films counts: ``a 20-second ad for Tern``, not ``a 20-second timer``.
    """
    made = list(spans)
    starts = [token.start for token in tokens]
    for start, end in _list_requests(text, marks):
        first, stop = bisect_left(starts, start), bisect_left(starts, end)
        over = [one for one in made if one.first < stop and first < one.end]
        if first == stop or all(one.label not in (*SHOWN, "subject") or one.label == "line" for one in over):
            continue
        request = TaggedSpan(label="dir", first=first, end=stop, probability=CERTAIN)
        made = sorted(
            [*(part for one in made for part in cut_span(one, first, stop)), request], key=lambda one: one.first
        )
    return made


_NOTICES: Final = frozenset(
    "reminder erinnerung recordatorio rappel promemoria lembrete herinnering przypomnienie напоминание".split()  # noqa: SIM905
)
"""Labels of a notice for viewers, unless it speaks of the film."""
_FILMED: Final = frozenset({"film", "look", "placing", "seconds", "hushing", "pointing", "text_on_screen"})


def _list_requests(text: str, marks: Marks) -> Iterator[tuple[int, int]]:
    for label in _LABEL.finditer(text):
        labels = [hit for hit in marks.find_hits(*label.span("label")) if hit.mark == "label_told"]
        if (
            fold(label["label"]) not in _MUSIC
            and labels
            and labels[0].start == label.start("label")
            and _ends_label(marks, labels[0].end, label.end("label"))
            and not (fold(label["label"]) in _NOTICES and not marks.list_marks(*label.span()) & _FILMED)
        ):
            yield label.span()
    for clause in CLAUSE.finditer(text):
        start, end = clause.span()
        words = marks.list_tokens(start, end)
        is_asked = any(word.word in _AUDIENCE for word in words[:3]) or _asks_for_tone(marks, words)
        if is_asked or clause[0].strip(" \"'()[]") in ASPECTS:
            yield start, end
        elif words and (length := find_length(text, marks, start, end)):
            films = [hit for hit in marks.find_hits(start, end) if hit.mark == "film"]
            if films:
                beside = next((hit.end for hit in films if 0 <= hit.start - length[1] <= 1), length[1])
                links = _LINKS.match(text, beside)
                before = [word for word in words if word.start < length[0]]
                begins = before[0].start if 0 < len(before) <= _MOST_BEFORE else length[0]
                yield begins, links.end() if links and beside > length[1] else beside


def _ends_label(marks: Marks, start: int, end: int) -> bool:
    """Return whether nothing but whom it is for stands behind the word of a label: ``Note to editor``."""
    rest = marks.list_tokens(start, end)
    return not rest or rest[0].word in _TO


def _asks_for_tone(marks: Marks, words: Sequence[Word]) -> bool:
    """Return whether a clause of these ``words`` is like ``keep it calm``: to the maker, about it, a tone."""
    if not 2 < len(words) <= _MOST_TONE_WORDS:
        return False
    first, second, *rest = (marks.list_marks(word.start, word.end) for word in words)
    return "maker" in first and "pointing" in second and any("tone" in found for found in rest)
