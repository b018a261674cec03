"""Takes scenes of a storyboard and pictures that a sentence asks for as what is seen, and slides as what is read.

``Scene 1: a kitchen at dawn``; ``Show kayaks on calm water, a seal, mist lifting.``
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import regex

from reelwright.planner.certain.marks import fold
from reelwright.planner.certain.values import CERTAIN
from reelwright.planner.extract.scenery import is_manner
from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token
from reelwright.planner.tables import load_pattern

SCENES: Final = frozenset(  # a row
    "scene szene scena escena cena sahne scen shot toma kadr ujecie einstellung кадр сцена "  # noqa: SIM905
    "シーン 场景 镜头 장면".split()
)
"""Labels of what is seen."""
SLIDES: Final = frozenset("slide folie diapo diapositive diapositiva слайд スライド 幻灯片 슬라이드".split())  # noqa: SIM905
"""Labels of what is read, which say nothing themselves."""
_NUMBERS: Final = frozenset("one two three four five six eins zwei drei vier uno dos tres un deux trois".split())  # noqa: SIM905
_SOLD: Final = ("price", "offer", "old", "contact")
"""Labels of what no scene holds."""
_SIGNS: Final = frozenset(":：–—-.)")
_ANNOUNCING: Final = frozenset("text texto texte testo tekst caption super says title titel título".split())  # noqa: SIM905
_LEAST: Final = 2
_MOST_LETTERS: Final = 200
SHOT, LEAD = "shot", "lead"
"""Labels of a picture that is asked for, and of the words before it that ask."""
_SENTENCE: Final = regex.compile(r"(?:[^.!?…。！？\n]|(?<=\p{Nd})\.(?=\p{Nd})|\.(?=\S))+")
_LIST_SIGNS: Final = regex.compile(r"[\s:：、,–—-]*")
_COMMA: Final = regex.compile(r"(?:(?<!\s)\s++)?+[,;、，；]\s*+")
_AND: Final = {
    "en": "and", "de": "und", "fr": "et", "es": "y|e", "it": "e|ed", "pt": "e", "nl": "en", "pl": "i", "sv": "och",
    "ru": "и", "uk": "і|та",
}  # fmt: skip
_UNSEEN: Final = regex.compile(
    r"[@#]\S|\p{Sc}|\p{Nd}{3,}|\p{Nd}\s?%|://|\p{Nd}[:.]\p{Nd}|[\"“”„«»「」『』]|\b(?:EUR|USD|GBP|лв)\b"
)
"""What no picture shows, or what stands on screen: an address, a price, a number, a quotation."""
_JOINTS: Final = regex.compile(rf"(?:[\s,;:、，；。.]|\b(?:{'|'.join(_AND.values())})\b)*")
_MOST_PICTURES, _MOST_PICTURE_LETTERS = 12, 120
"""Most pictures of one list, and most letters of one: more is no list of pictures."""
_PLURAL: Final = regex.compile(r"(?:\p{L}+ ){0,2}\p{L}{2,}s\b(?<!ss)|\p{L}+ \p{L}{2,}ing\b", regex.I)
_UNSPACED: Final = ("ja", "zh", "ko")


def settle_storyboard(tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with each scene of at least two as a subject, which no screen shows, and each slide as a fact,
    without their labels. Pure.
    """
    made = list(spans)
    for labels, label in ((SCENES, "subject"), (SLIDES, "fact")):
        heads = _list_heads(tokens, labels)
        for n, (first, begin) in enumerate(heads) if len(heads) >= _LEAST else ():
            end = heads[n + 1][0] if n + 1 < len(heads) else _find_end(tokens, begin)
            if any(one.label in _SOLD and one.first < end and begin < one.end for one in made):
                continue
            quoted = [one.first for one in made if one.label == "line" and first <= one.first < end]
            end = _cut_end(tokens, begin, min([end, *quoted]))
            if end == begin or tokens[end - 1].end - tokens[begin].start > _MOST_LETTERS:
                continue
            made = [part for one in made for part in cut_span(one, first, end)]
            made.append(TaggedSpan(label=label, first=begin, end=end, probability=CERTAIN))
    return sorted(made, key=lambda one: one.first)


def _list_heads(tokens: Sequence[Token], labels: frozenset[str]) -> list[tuple[int, int]]:
    """List the first token of each numbered label at the head of a line or sentence, and of what stands behind it."""
    made = []
    for n in range(len(tokens) - 3):
        begins = n == 0 or tokens[n - 1].kind == "line" or tokens[n - 1].text in SENTENCE_ENDS | _SIGNS | {",", ";"}
        number = fold(tokens[n + 1].text)
        is_head = fold(tokens[n].text) in labels and (number.isdigit() or number in _NUMBERS)
        if begins and is_head and tokens[n + 2].text in _SIGNS:
            made.append((n, n + 3))
    return made


def _cut_end(tokens: Sequence[Token], begin: int, end: int) -> int:
    """Return where a scene ends without signs, and without what announces a quotation: "logo, text"."""
    while end > begin and (
        tokens[end - 1].kind == "line"
        or (tokens[end - 1].kind == "sign" and tokens[end - 1].text not in ")?")
        or fold(tokens[end - 1].text) in _ANNOUNCING
    ):
        end -= 1
    return end


def _find_end(tokens: Sequence[Token], begin: int) -> int:
    return next((n for n in range(begin, len(tokens)) if tokens[n].text in SENTENCE_ENDS), len(tokens))


def take_asked_pictures(
    text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan], language: str
) -> list[TaggedSpan]:
    """Return ``spans`` with each picture that a sentence asks for as a span of its own, and the words that ask for them
    as another. What such a sentence says beside them, of light or of the words on screen, stays what it was. Pure.
    """
    made = list(spans)
    starts = [token.start for token in tokens]
    for sentence in _SENTENCE.finditer(text):
        begin = sentence.start() + len(sentence[0]) - len(sentence[0].lstrip())
        found = _find_lead(text, begin, sentence.end(), language)
        pictures = _list_pictures(text, *found, language) if found else []
        if not pictures:
            continue
        parts = [(LEAD, begin, found[0]), *((SHOT, *one) for one in pictures)] if found else []
        for label, start, end in parts:
            first, stop = bisect_left(starts, start), bisect_left(starts, end)
            if first < stop:
                made = [part for one in made for part in cut_span(one, first, stop)]
                made.append(TaggedSpan(label=label, first=first, end=stop, probability=CERTAIN))
        inside = bisect_left(starts, begin), bisect_left(starts, sentence.end())
        made = [rest for one in made for rest in _settle_rest(text, tokens, one, inside)]
    return sorted(made, key=lambda one: one.first)


def _settle_rest(text: str, tokens: Sequence[Token], span: TaggedSpan, inside: tuple[int, int]) -> Iterator[TaggedSpan]:
    """Yield a span; of what stands beside the pictures of a sentence, ``inside``, what tells the maker something."""
    if span.label in (SHOT, LEAD) or span.end <= inside[0] or inside[1] <= span.first:
        yield span
        return
    yield from (one for one in cut_span(span, *inside))
    first, end = max(span.first, inside[0]), min(span.end, inside[1])
    phrase = text[tokens[first].start : tokens[end - 1].end]
    if not _JOINTS.fullmatch(phrase):
        yield replace(span, label="dir", first=first, end=end)


def _find_lead(text: str, start: int, end: int, language: str) -> tuple[int, int] | None:
    """Return where the list of pictures begins and ends in the sentence [start, end), if it asks for some."""
    closing = load_pattern("asked_end", language).search(text[start:end])
    stop = start + closing.start() if closing else end
    for code in dict.fromkeys((language, "en")):
        if lead := load_pattern("asked_pictures", code).match(text, start, end):
            signs = _LIST_SIGNS.match(text, lead.end(), stop)
            return (signs.end() if signs else lead.end()), stop
    return (start, stop) if closing else None


def _list_pictures(text: str, start: int, end: int, language: str) -> list[tuple[int, int]]:
    """List where the pictures of a list stand; none if its head is no picture."""
    parts = [*islice(_split_list(text, start, end, language), _MOST_PICTURES + 1)]
    if not parts or len(parts) > _MOST_PICTURES or not _can_be_seen(text[slice(*parts[0])], language):
        return []
    if not any(_names_thing(text[a:b], language) for a, b in parts):
        return []  # "show relief, not stress"
    return [(a, b) for a, b in parts if _can_be_seen(text[a:b], language) and not is_manner(text[a:b], language)]


def _split_list(text: str, start: int, end: int, language: str) -> Iterator[tuple[int, int]]:
    """Yield where the parts of a list stand, a part that goes on with the one before it as one with it."""
    cuts = [start, *(at for one in _COMMA.finditer(text, start, end) for at in one.span()), end]
    parts = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=True) if a < b]
    goes_on = load_pattern("goes_on_picture", language)
    joined: list[tuple[int, int]] = []
    for a, b in parts:
        if joined and goes_on.match(text, a, b):
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    for n, (a, b) in enumerate(joined):
        lead = load_pattern("then").match(text, a, b) if language not in _UNSPACED else None
        a = lead.end() if lead and lead.end() < b else a
        is_last = n > 0 and n == len(joined) - 1 and not lead
        # behind "and" an article brings in another picture: "hands that press cheese and a table with bread"
        joint = rf"\s+(?:{_AND.get(language, '(?!)')})\s+" + (
            "" if is_last else f"(?={load_pattern('brings_in').pattern})"
        )
        at = a
        for found in regex.compile(joint, regex.I).finditer(text, a, b):
            yield at, found.start()
            at = found.end()
        yield at, b


def _can_be_seen(text: str, language: str) -> bool:
    if not text.strip() or len(text) > _MOST_PICTURE_LETTERS or _UNSEEN.search(text):
        return False
    return not any(load_pattern("no_asked_picture", code).search(text) for code in dict.fromkeys((language, "en")))


def _names_thing(text: str, language: str) -> bool:
    """Return whether a part names a thing that is seen: with an article, as several or while it does something."""
    if language not in ("en", "de", "fr", "es", "it", "pt", "nl"):
        return True
    is_brought_in = load_pattern("brings_in").match(text) is not None
    return is_brought_in or language == "de" or _PLURAL.match(text) is not None
