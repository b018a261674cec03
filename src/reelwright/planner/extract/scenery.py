"""Finds what a brief says of how its pictures look: where they play, their light, their style and mood."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

import regex

from reelwright.planner.certain.marks import fold, list_mark_words
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.extract.brief_text import BriefText
from reelwright.planner.extract.exclusions import find_exclusions
from reelwright.planner.extract.tone import find_tone
from reelwright.planner.screens.request_words import is_wish
from reelwright.planner.screens.subject_phrase import UNSPACED, cut_undrawable, list_prepositions, lower_first
from reelwright.planner.tables import load_english, load_pattern, load_phrase_words, load_scenery
from reelwright.reel.base.value import define_value

_PART: Final = regex.compile(
    r"(?P<part>(?:(?!\s[-–—|]\s)[^,.;:：!?()。、，،؛！？\n])++)(?P<sign>[,.;:：!?()。、，،؛！？\n]?)"
)
_DASHES: Final = " \t-–—|"
_STOPS: Final = frozenset(".;!?。！？\n")
"""Signs that end what a label says."""
_MOST_LABEL_WORDS: Final = 3
_NO_LABEL: Final = "none"
"""What a label says that is about no picture: "Target:"."""
_DENIALS: Final = ("なし", "無し", "ない", "ではなく", "不", "别", "無", "无", "没", "없", "말고")
"""What denies inside a part of a language without blanks."""
_WORD: Final = regex.compile(r"[\p{L}\p{M}\p{N}&’'-]+")
_SORTS: Final = ("style", "setting", "light", "mood")
"""What the words of a part can tell, the strongest first: "a neon city" is a place."""
_MOST_WORDS: Final = {"en": 4}
_MOST_WORDS_ELSEWHERE: Final = 3
_MOST_LETTERS_UNSPACED: Final = 10
_MOST_PLACE_WORDS: Final = 5
_MOST_LIGHT_WORDS: Final = 2
_MOST_MANNER_WORDS: Final = 4
"""Most words of a light or a style in a list of pictures: "soft warm morning light"."""
_LIGHT: Final = regex.compile(r"(?:light|lighting|licht)$|^(?:lumière|luz|luce|światło|свет|світло|освещение)$")
_NOUN_FIRST: Final = ("fr", "es", "it", "pt", "ar")
"""Languages whose adjectives stand behind their noun: "lumière chaude"."""
_COMPOUNDING: Final = ("de", "nl")
"""Languages whose compounds are one word: "Morgenlicht"."""
_SIGNS: Final = regex.compile(r"[,،、，]")
_FEEL: Final = regex.compile(r"(?<=^[\p{L}-]+)\s(?:feel|feeling|shots?|setting)$", regex.I)
"""What stands behind a place that is only felt: "workshop feel"."""
_SIZE: Final = regex.compile(r"(?:\p{L}+ (?:of )?)?close[ -]?ups?(?: (?:of|on) .+)?$", regex.I)
_DIGITS: Final = regex.compile(r"\p{Nd}(?!0s|k\b|d\b|[\p{Nd}]?s\b)")
"""Matches a figure that is no decade or style: "20 sec", and neither "80s" nor "y2k"."""


@define_value
class Scenery:
    """The look of all pictures of a brief, in its words; any of them can be empty.

    ``place`` stands behind the subject ("at the beach"), with its comma where it needs one; ``setting`` where they play
    has no preposition and is a sentence of its own, as ``light`` and ``style`` are.
    """

    place: str = ""
    setting: str = ""
    light: str = ""
    style: str = ""


def find_scenery(facts: CertainFacts, subjects: Sequence[str]) -> Scenery:
    """Find how the pictures of ``subjects`` look: by the spans that tell it, else by words of directions. Pure."""
    found: dict[str, list[str]] = {"place": [], **{sort: [] for sort in _SORTS}}
    for kind, text, start, is_of_subject in _list_spans(facts):
        if text.split()[-1].casefold() in list_prepositions():  # "our vineyard near | Siena"
            text = load_pattern("our").sub("", text.rpartition(" ")[0])
        if not text or any(text in subject for subject in subjects) or load_pattern("unseen").search(text):
            continue
        led = facts.brief[:start].split()[-1:] if is_of_subject else []
        if led and led[0] in list_prepositions() and not any(led[0] == word for word in text.split()[:1]):
            text = f"{led[0]} {text}"  # "fall in love in | a car park"
        is_led = is_of_subject or text.split()[0].casefold() in list_prepositions()
        is_known = is_led or bool(find_sort(text, facts))
        if kind == "setting" and not is_known and facts.name and facts.language != "en":
            continue  # in an advert what has no preposition is seldom a place: "conta a Jéssica"
        if kind == "setting" and (is_led or not is_known):
            found["place"].append(text)
        else:
            is_advert = bool(facts.name or facts.pieces)  # in which what was read as light is often a colour
            for part, _ in _list_parts(load_pattern("in_style").sub("", text)):
                found[find_sort(part, facts) or ("style" if is_advert and kind != "setting" else kind)].append(part)
    for sort, text in _list_directed(facts):
        if not any(text.casefold() in subject.casefold() for subject in subjects):
            found[sort].append(text)
    place = ", ".join(found["place"]) or ("" if found["setting"] else _find_named_place(facts))
    return Scenery(
        place=place,
        setting=_join(found["setting"], facts),
        light=_join(found["light"], facts),
        style=load_pattern("style_word").sub("", _join([*found["style"], *found["mood"]], facts)),
    )


def list_told_acts(facts: CertainFacts) -> list[str]:
    """List what was read as a manner of pictures and tells what is done: "hands planing wood". Pure."""
    texts = [part.text for part in facts.list_pictures("style") if facts.language == "en"]
    return [text for text in texts if load_pattern("told_act").match(text) and not find_sort(text, facts)]


def _join(texts: Sequence[str], facts: CertainFacts) -> str:
    """Join what tells one sort of the look, without sizes of shots, of which each prompt has its own."""
    kept = (translate_look(_FEEL.sub("", text), facts.language) for text in texts if not _SIZE.match(text))
    return ", ".join(dict.fromkeys(lower_first(text, facts.language) for text in kept))


def translate_look(text: str, language: str) -> str:
    """Return a look of another language in English if each of its words is in the table, else as it is. Pure."""
    known = dict(pair.split("=") for pair in load_scenery()["in_english"].get(language, "").split())
    words = text.casefold()
    for phrase in (one for one in known if "_" in one):
        words = words.replace(phrase.replace("_", " "), phrase)
    found = [known.get(word) for word in words.split()]
    if not found or None in found:
        return text
    is_noun_first = language in _NOUN_FIRST and "at_" not in found
    in_order = [one for one in (reversed(found) if is_noun_first else found) if one]
    return " ".join(in_order).replace("_", " ").replace("  ", " ").strip() or text


def is_light(text: str, language: str) -> bool:
    """Return whether every word of a text tells a light. Pure."""
    return all(_has_word(word, "light", language) for word in text.split())


def is_manner(part: str, language: str) -> bool:
    """Return whether a part of a few words without an article names a light, a style or a mood: "warm light". Pure."""
    words = part.casefold().split()
    if language in UNSPACED:
        return part.endswith(("光", "雰囲気", "조명"))
    if not 0 < len(words) <= _MOST_MANNER_WORDS or load_pattern("brings_in").match(f"{part} "):
        return False
    if not list_prepositions().isdisjoint(words[1:]):
        return False  # "kayaks in soft light"
    ends = {words[-1], words[0]} if language in _NOUN_FIRST else {words[-1]}
    ends |= {" ".join(words)} if len(words) == _MOST_LIGHT_WORDS else set()  # "slow motion"
    return any(_LIGHT.search(word) or _has_word(word, "style", language) for word in ends)


def _list_spans(facts: CertainFacts) -> Iterator[tuple[str, str, int, bool]]:
    """Yield kind, text and start of each span that was read as a place, light or manner of pictures, and whether the
    span goes on the subject without a sign ("livre sa dernière | lettre sous la neige").
    """
    ends, acts = {part.end for part in facts.list_pictures("subject")}, list_told_acts(facts)
    for part in facts.list_pictures("setting", "light", "style"):
        text = part.text if part.kind == "setting" else lower_first(part.text, facts.language)
        is_of_subject = part.kind == "setting" and part.start - 1 in ends and facts.brief[part.start - 1] == " "
        if part.start not in ends and part.text not in acts:
            yield part.kind, text, part.start, is_of_subject


def _list_directed(facts: CertainFacts) -> Iterator[tuple[str, str]]:
    """Yield what parts of directions, and of what is neither shown nor a direction, tell of how pictures look, and the
    part. Behind a label, "Light: sunset", stands what the label says.
    """
    spans = [(one.start, one.text, True) for one in facts.directions if one.kind != "audience"]
    spans += [(one.start, one.text, False) for one in facts.unused_parts]
    pieces = facts.list_pieces("fact", "place", "call")
    spans += [(one.start, one.text, False) for one in pieces if _names_scene(one.text, facts)]
    for _, text, is_direction in sorted(spans):
        label = ""
        for part, sign in _list_parts(text):
            if sign in (":", "：") and len(part.split()) <= _MOST_LABEL_WORDS:
                label = find_sort(part, facts) or _NO_LABEL
                continue
            part = load_pattern("in_style").sub("", part)
            if (
                label != _NO_LABEL
                and not load_pattern("unseen").search(part)
                and not _is_greeting_or_name(part, facts, is_direction=is_direction)
            ):
                yield from _read_part(part, label, facts)
            label = "" if sign in _STOPS else label


def _names_scene(text: str, facts: CertainFacts) -> bool:
    """Return whether what was read as a fact or place ends or begins with a word of a scene: "Amsterdam, regen"."""
    words = load_pattern("hour_at_end").sub("", text).split()
    ends = (words[0], words[-1]) if words[0].casefold() not in load_english()["determiners"].split() else ()
    return any(_has_word(word, sort, facts.language) for word in ends for sort in ("setting", "light"))


def _list_parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text between signs, each with the sign behind it."""
    for found in _PART.finditer(text):
        if part := found["part"].strip(_DASHES):  # a part behind a dash begins with it
            yield part, found["sign"]


def _read_part(part: str, label: str, facts: CertainFacts) -> Iterator[tuple[str, str]]:
    if label and _can_be_pictured(part, facts):
        yield label, part
    elif not label and _tells_look(part, facts):
        yield find_sort(part, facts), part
    elif not label and (request := load_pattern("asked_look").search(part)):
        yield from ((find_sort(word, facts), word) for word in request["before"].split() if _tells_look(word, facts))


def _is_greeting_or_name(part: str, facts: CertainFacts, *, is_direction: bool) -> bool:
    """Return whether a part greets, or is a name: "good morning", "Regards, Dawn", the brand's own."""
    name = facts.name.text.casefold() if facts.name else ""
    is_name = bool(name) and (name in part.casefold() or part.casefold() in name)
    is_signed = not is_direction and part[:1].isupper() and " " not in part and facts.language != "de"
    is_signed = is_signed and find_sort(part, facts) != "setting"
    return bool(load_pattern("greeting").match(part)) or is_name or is_signed


def is_denied(part: str, language: str) -> bool:
    """Return whether a part says what is not to be seen. Pure."""
    if language in UNSPACED and any(one in part for one in _DENIALS):
        return True
    return any(fold(word) in list_mark_words("negated") for word in part.split())


def _can_be_pictured(part: str, facts: CertainFacts) -> bool:
    """Return whether a part is short, denies nothing, and is not about the file, its sound or its words."""
    words = load_pattern("hour_at_end").sub("", part).split()
    if facts.language in UNSPACED:
        is_short = len(part) <= _MOST_LETTERS_UNSPACED
    else:
        is_short = len(words) <= _MOST_WORDS.get(facts.language, _MOST_WORDS_ELSEWHERE)
    is_about_film = load_pattern("film_word").search(part) and not load_pattern("look_word").search(part)
    is_barred = is_about_film or is_denied(part, facts.language) or find_exclusions(BriefText(part))
    is_unseen = is_wish(part) or _DIGITS.search(part) or _has_word(part, "not_pictured", facts.language)
    return is_short and not is_barred and not is_unseen


def _tells_look(part: str, facts: CertainFacts) -> bool:
    is_bare = part.casefold() in load_phrase_words()["bare_look"]["any"].split()  # "style", and no word which
    is_told_by_tone = find_tone(BriefText(part), facts.language) is not None
    is_place = find_sort(part, facts) in ("setting", "light")  # "cosy bedroom"
    is_look = bool(find_sort(part, facts)) and (is_place or not is_told_by_tone)
    return not is_bare and is_look and _can_be_pictured(part, facts)


def find_sort(part: str, facts: CertainFacts) -> str:
    """Return what a part tells: ``style``, ``setting``, ``light`` or ``mood``, or nothing."""
    if load_pattern("studio").search(part) and not _has_word(part, "mood", facts.language):
        return "setting"  # "fond noir", and no film noir
    found = next((sort for sort in _SORTS if _has_word(part, sort, facts.language)), "")
    is_scene = found == "light" and len(part.split()) > _MOST_LIGHT_WORDS and not load_pattern("light").search(part)
    return "setting" if is_scene else found


def _has_word(part: str, sort: str, language: str) -> bool:
    here = part.casefold()
    if any(word in here for word in _list_words(sort, language, is_spaced=False)):
        return True
    words = _WORD.findall(here)
    known = _list_words(sort, language, is_spaced=True)
    if language in _COMPOUNDING and any(word.endswith(one) for word in words for one in known if len(one) > 4):
        return True
    pairs = (f"{first}_{second}" for first, second in pairwise(words))
    return not known.isdisjoint((*words, *pairs))


@cache
def _list_words(sort: str, language: str, *, is_spaced: bool) -> frozenset[str]:
    """List the words of a sort in a language and in English, which stands in briefs of all languages."""
    codes = ("en", language) if is_spaced == (language not in (*UNSPACED, "th", "ar")) else ("en",) if is_spaced else ()
    return frozenset(" ".join(load_scenery()[sort].get(code, "") for code in codes).split())


def _find_named_place(facts: CertainFacts) -> str:
    """Return the place that an advert names, with the preposition before it ("at the beach"); no address."""
    for piece in facts.list_pieces("place"):
        parts = [part.split() for part in _SIGNS.split(piece.text) if part.strip()]
        first = next((part for part in parts if part[0].casefold() in list_prepositions()), parts[0] if parts else [""])
        is_led = first[0].casefold() in list_prepositions()
        words = [*(() if is_led else facts.brief[: piece.start].split()[-1:]), *first]
        text = " ".join(words)
        is_plain = len(words) <= _MOST_PLACE_WORDS and cut_undrawable(f"there {text}") == f"there {text}"
        if is_plain and words[0] in list_prepositions() and words[0] not in ("from", "over", "for", "of"):
            return text
    return ""
