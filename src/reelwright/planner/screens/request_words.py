"""Mends the span of a subject: no request to the maker stands in it, and it ends where its phrase ends."""

from __future__ import annotations

from itertools import takewhile
from typing import Final

import regex

from reelwright.planner.tables import load_english, load_pattern

_STRAIGHT: Final = regex.compile(r'(?<!\w)"|"(?!\w)')
_BELONGS: Final = regex.compile(r"d['’]\p{Ll}|(?:de|du|di|do|da|del|della) \p{Ll}")
_RELATIVE: Final = frozenset(["das", "die", "der", "den", "dem", "qui", "que", "che", "dat", "który", "która", "które"])
_PLACING: Final = frozenset(["في", "من", "على"])
_TOPIC: Final = regex.compile(r"(?<!\w)(?:für|über|pour|para|sobre|per|voor|over|o|dla) ")
_MOST_NOUNS: Final = 2
_NOUN_BEFORE: Final = regex.compile(
    r"(?:^|\s)(?:for|about)(?: (?:an?|the|our|my))? "
    r"(?P<noun>\p{Ll}[\p{L}-]+ (?:[\p{L}-]+ )?(?:(?<!film |video )for )?)$",
    regex.I,
)
_PHRASE_END: Final = regex.compile(r"[.,;:!?()\n—–]|\s[-|]\s|$")


def remove_request(text: str, language: str) -> str:
    """Return a subject without a request that is all of it ("produce a watch commercial": "watch"). Pure."""
    found = load_pattern("request", language).fullmatch(text)
    if not found:
        return text
    kept = (found["after"] or found["before"] or "").strip()
    return kept or text


def is_wish(text: str) -> bool:
    """Return whether an English text begins as a wish to the maker does ("and make it cool"). Pure."""
    return bool(load_pattern("wish").match(text.strip()))


def extend_subject(brief: str, start: int, end: int, ends: int) -> str:
    """Return the subject [start, end) of an English brief as far as its phrase goes on: to the next comma or stop,
    where it ends before a word that must follow ("wins at the"); else to ``ends``, where the next part of the brief
    begins that is read, if it goes on with a preposition or "and". Pure.
    """
    text = brief[start:end].rstrip()
    rest = brief[end : end + _find_end(brief[end:])]
    follows = rest.strip()
    if not follows or not rest[0].isspace() or load_pattern("wish").match(follows):
        return text
    if _is_unfinished(text):
        return f"{text} {follows}"
    goes_on = brief[end : min(end + len(rest), ends)].strip()
    return f"{text} {goes_on}" if load_pattern("goes_on").match(goes_on) and not _is_unfinished(goes_on) else text


def find_noun_start(brief: str, start: int) -> int:
    """Return where the noun of an English brief begins whose last word stands at ``start``: "dog food" of "commercial
    for dog food". Pure.
    """
    found = _NOUN_BEFORE.search(brief[:start])
    return found.start("noun") if found else start


def extend_noun(brief: str, start: int, end: int) -> str:
    """Return what a thing is, [start, end) of an English brief, with the noun that ends its phrase: "dog grooming" of
    "dog grooming van". Pure.
    """
    rest = brief[end : end + _find_end(brief[end:])]
    words = rest.split()[: _MOST_NOUNS + 1] if rest[:1].isspace() else []
    ends = " ".join(load_english()[kind] for kind in ("ends_noun", "determiners", "verbs", "particles")).split()
    nouns = list(takewhile(lambda word: word.casefold() not in ends, words))
    is_noun = all(word.isalpha() and word.islower() and not word.endswith(("s", "ly", "ed")) for word in nouns)
    is_one = not {"and", "&"} & set(brief[start:end].split()) and "," not in brief[start:end]
    goes_on = is_one and is_noun and len(nouns) <= _MOST_NOUNS
    text = " ".join((brief[start:end], *(nouns if goes_on else ())))
    return str(load_pattern("kind_of_film").sub("", text))


def find_own_trade(brief: str, language: str) -> str:
    """Return what a brief says that its writer is or runs ("i run a small plumbing company"), or nothing. Pure."""
    found = load_pattern("own_trade", language).search(brief)
    rest = brief[found.end() : found.end() + _find_end(brief[found.end() :])] if found else ""
    ends = load_english()["ends_noun"].split() if language == "en" else ("y", "e", "et", "und", "i", "en")
    return " ".join(takewhile(lambda word: word.casefold() not in ends, rest.split()))


def find_phrase_start(brief: str, start: int, language: str) -> int:
    """Return where a phrase begins that [start…) of a brief goes on, with a clause or a preposition ("ein Rad, das zwei
    Kinder trägt"): in its sentence, after the word that says what a film is for. Pure.
    """
    word = brief[start:].split(" ", 1)[0]
    follows = word.casefold() in _RELATIVE if brief[:start].rstrip().endswith(",") else word in _PLACING
    if not follows:
        return start
    begins = max(brief.rfind(mark, 0, start) for mark in ".!?\n") + 1
    topics = [found.end() for found in _TOPIC.finditer(brief, begins, start)]
    return topics[0] if topics and language != "ar" else begins + len(brief[begins:]) - len(brief[begins:].lstrip())


def trim_end(text: str) -> str:
    """Return an English phrase without words at its end after which another one must come ("tested for"). Pure."""
    words = text.split()
    while len(words) > 1 and _needs_more(words[-1]):
        del words[-1]
    return " ".join(words).rstrip(",")


def balance_quotation_marks(text: str) -> str:
    """Return a text without a quotation mark whose other half was cut off ("Kaffeemaschine „Brüh"). Pure."""
    for opening, closing in (("„", "“”"), ("“", "”"), ("«", "»"), ("「", "」"), ("『", "』"), ("《", "》")):
        is_closed = any(one in text for one in closing)
        if opening in text and not is_closed and not (opening == "“" and "„" in text):
            text = text.replace(opening, "")
    return _STRAIGHT.sub("", text) if len(_STRAIGHT.findall(text)) % 2 else text


def find_whole_name(text: str, brief: str, start: int) -> str:
    """Return a name that was read at ``start`` of a brief as it stands alone: quotation marks in pairs, and a noun
    before it to which it belongs ("d'olive de Provence": "huile d'olive de Provence"). Pure.
    """
    before = brief[:start].split()
    if before and _BELONGS.match(text) and before[-1].isalpha():
        text = f"{before[-1]} {text}"
    return balance_quotation_marks(text)


def _find_end(text: str) -> int:
    found = _PHRASE_END.search(text)
    return int(found.start()) if found else len(text)


def _is_unfinished(text: str) -> bool:
    words = text.casefold().split()
    if len(words) < 3:
        return len(words) == 2 and _needs_more(words[-1])
    return _needs_more(words[-1]) or (words[-1].endswith("ing") and not _needs_more(words[-2]))


def _needs_more(word: str) -> bool:
    here = word.casefold()
    return here in load_english()["unfinished"].split()
