"""Tells the kind of thing that a subject is by its noun, and finds phrases with such a noun in an English text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final, Literal, get_args

import regex

from reelwright.planner.certain.marks import Marks
from reelwright.planner.screens.subject_phrase import (
    CLAUSE,
    SCENE,
    UNSPACED,
    can_stand_before_noun,
    cut_undrawable,
    is_phrase_end,
    list_prepositions,
)
from reelwright.planner.tables import Trade, load_emblem_words, load_english, load_pattern, load_subjects, load_trades

SubjectKind = Literal[
    "thing", "food", "vehicle", "place", "outdoors", "event", "person", "animal", "service", "trade", "lesson", "app",
    "software", "worn", "drink", "care", "device", "large", "sport", "show", "outing", "club", "name", "story", "any",
]  # fmt: skip
WIDER_KINDS: Final[dict[SubjectKind, SubjectKind]] = {
    "worn": "thing", "care": "thing", "device": "thing", "large": "thing", "drink": "food",
    "sport": "lesson", "show": "person", "club": "person", "outing": "lesson",
}  # fmt: skip
_MOST_LETTERS: Final = 12
"""Most letters of a subject without blanks that one English noun stands for."""
_NO_NOUN: Final = regex.compile(r"(?:ed|ly|ing)$")
PART_KINDS: Final = ("vehicle", "food", "drink", "worn", "care", "device", "outdoors")
"""Kinds whose nouns often stand before another one that nobody listed."""
_WORD: Final = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}’'-]*")
_SHOPS: Final = tuple("店 屋 馆 館 室 台 バー カフェ 専門店 가게 샵 숍 집 바 점 铺".split())  # noqa: SIM905  a row
"""What stands behind a noun that a house sells or shows, in languages without blanks."""
_MOST_TO_SHOP: Final = 4
"""Most letters from a noun to the end of what stands behind it: コーヒー豆専門店."""
_HOUSES: Final = ("café", "caffè")
"""Drinks that are houses before a name: "café Le Printemps"."""
_STORY_LEAST: Final = 3
"""Least words that tell of a living thing what it does ("fox learns skating"), or letters behind its name."""
COMPOUNDING: Final = ("de", "nl")
"""Languages whose compounds are one word: "Kaffeemaschine"."""
_HEAD_FIRST: Final = ("fr", "es", "it", "pt")
"""Languages in which the noun that a subject is about stands among its first three words."""
_BRINGS_ONE_IN: Final = regex.compile(r"[一二两三四五六七八九十几]\p{Han}")
_HEADS: Final = (
    "service", "trade", "lesson", "sport", "show", "outing", "club", "app", "software", "place", "outdoors", "event",
    "vehicle", "any",
)  # fmt: skip
"""Kinds of English nouns that tell what a phrase is whatever stands before them ("a dog walking service")."""
WORK: Final = ("service", "trade", "lesson", "sport", "show", "outing", "club", "name")
"""Kinds that people do: without them, things alone are seen."""
LIVING: Final = ("person", "animal")
_VESSELS: Final = ("a jar of", "a bottle of", "a cone of", "a cup of", "a glass of")
_CLAUSE_END: Final = regex.compile(r"[.,;:!?()\n\"“”—–|]|\s-\s")


def find_kind(subject: str, language: str) -> SubjectKind:
    """Find the kind of a subject by the first noun of the table that stands in it, the last of a compound ("lighthouse
    keeper"); of a sentence, only a living thing tells it; ``any``: none does. Pure.
    """
    kinds = _list_nouns(language)
    if language in UNSPACED:
        subject = subject.removeprefix(SCENE)
        at, noun = min(((subject.find(noun), noun) for noun in kinds if noun in subject), default=(-1, ""))
        end = at + len(noun)
        behind = subject[end : end + _MOST_TO_SHOP] if noun and kinds[noun] not in LIVING else ""
        noun = next((one for one in kinds if kinds[one] in _HEADS and one in behind), noun)  # スマホ教室
        if language in ("ja", "ko") and subject.endswith(tuple(kinds)):
            return kinds[max((one for one in kinds if subject.endswith(one)), key=len)]
        if noun not in behind and any(shop in behind for shop in _SHOPS):
            return "place"  # 咖啡店
        if "が" in subject[: max(at, 0)] or (at > 4 and _BRINGS_ONE_IN.match(subject)):
            return "any"  # "一只熊猫学骑自行车": the bicycle is not who learns
    else:
        noun, end = _find_noun(subject, language, kinds)
    if not noun:
        return "any"
    is_clause = subject.startswith(CLAUSE)
    behind = subject[end:].lstrip()
    if kinds[noun] == "drink" and noun in _HOUSES and behind[:1].isupper():
        return "place"
    if kinds[noun] == "worn" and behind.startswith("of "):
        return "any"  # a bag of chips
    if kinds[noun] in LIVING and (is_clause or _tells_what_it_does(subject[end:], language)):
        return "story"
    return "any" if is_clause else kinds[noun]


def _find_noun(subject: str, language: str, kinds: Mapping[str, SubjectKind]) -> tuple[str, int]:
    """Find the noun that tells the kind of a subject, and where it ends; of a phrase that names a service or a place
    behind another noun, that one ("a dog walking service").
    """
    noun, before, is_compound = "", "", True
    end = last = first = 0
    english = {kind: load_english()[kind].split() for kind in ("goods", "purposes")}
    lead = next((lead for lead in (CLAUSE, SCENE) if subject.startswith(lead)), "")
    subject, is_clause = subject.removeprefix(lead), lead == CLAUSE
    for n, word in enumerate(_WORD.finditer(subject)):
        here = word.group().casefold()
        if f"{before}_{here}" in kinds:
            here = f"{before}_{here}"
        elif here not in kinds and here.endswith("s") and here[:-1] in kinds and not (noun and is_clause):
            here = here[:-1]
        elif here not in kinds and language in COMPOUNDING:
            here = next((known for known in kinds if _can_end_compound(known, kinds) and here.endswith(known)), here)
        is_apart = bool(subject[last : word.start()].strip())
        is_head = language == "en" and not (
            lead or is_apart or here in kinds or is_phrase_end(here) or before == "with" or here in english["goods"]
        )
        kept = {*_HEADS, *(LIVING if here.endswith("s") else ())} - {*PART_KINDS}
        is_part = is_head and noun and kinds[noun] not in kept
        is_last = subject[word.end() :].lstrip()[:1] in ("", ",") and here.endswith("ing")  # "a watch meeting"
        if is_part and word.group().islower() and (is_last or not _NO_NOUN.search(here)):
            noun, is_compound = "", True  # "train sets" are no train
        first, last = n if is_apart else first, word.end()
        is_verb = is_clause and noun and kinds[noun] in LIVING and kinds.get(here) not in LIVING  # "robots play"
        is_verb = is_verb or (noun and language != "en" and kinds[noun] in LIVING)  # "facteur livre"
        is_end = language == "en" and is_phrase_end(here)
        if (noun and (is_apart or is_verb or is_end)) or (
            is_end and n - first > 0 and before and here in english["purposes"]
        ):
            break  # an unknown noun is not what it is for or at
        if not noun and language in _HEAD_FIRST and n - first >= 3:
            continue
        is_english = language == "en" and kinds.get(noun) not in LIVING
        is_compound = is_compound and (not noun or here in kinds or (is_english and here.endswith("ing")))
        if here in kinds and (is_compound or (language == "en" and kinds[here] in _HEADS)):
            noun, end = here, word.end()
        elif noun and language != "en":
            break
        before = here
    return noun, end + len(lead)


def find_trade(text: str) -> Trade:
    """Find the trade that the longest word of a text tells, in 30 languages; that of anybody: none does. Pure."""
    hits = Marks(text, _load_trade_words).find_hits(0, len(text))
    order = list(load_trades())
    hit = min(hits, key=lambda hit: (hit.start - hit.end, hit.start, order.index(hit.mark)), default=None)
    return load_trades()[hit.mark if hit else "anybody"]


@cache
def _load_trade_words() -> Mapping[str, Mapping[str, str]]:
    words = load_emblem_words()
    return {
        name: {"own": row.words, **{one: " ".join(words.get(one, {}).values()) for one in row.of.split()}}
        for name, row in load_trades().items()
    }


def name_in_english(subject: str, language: str, kind: SubjectKind, trade: Trade, name: str = "") -> str:
    """Return what a subject of another language is in English, where that is known, with its name and what follows:
    "a bakery, Sonnenkorn in Kassel". Who does something keeps the sentence. Pure.
    """
    what = trade.english.get(kind) or trade.english.get(WIDER_KINDS.get(kind, kind), "")
    is_sentence = not what and (kind == "person" or subject.startswith(SCENE))
    is_sentence = is_sentence or (language in UNSPACED and len(subject.removeprefix(SCENE)) > _MOST_LETTERS)
    is_said = what and what.removeprefix("a ").casefold() in subject.casefold()
    if language == "en" or is_sentence or is_said or kind in ("animal", "story"):
        return subject
    bare = drop_article(subject, language)
    return _say_in_english(what, load_pattern("one_word_behind").sub("", bare), language, name) if what else bare


def _say_in_english(what: str, bare: str, language: str, name: str) -> str:
    """Return ``what`` in place of the noun that it stands for, before the name or place that follows that noun."""
    is_place = what.startswith(("a ", "an "))
    if language in UNSPACED or not regex.search(r"\p{Latin}", bare):
        rest = name if name and name in bare else "" if is_place or bare in _list_nouns(language) else bare
        return f"{what}, {rest}" if rest else what  # "bread, クリームパン"
    words = bare.split()
    while words and (_is_said_by(words[0], language) or (words[1:] and _begins_lower(words))):
        del words[0]
    if len(words) > 1 and words[0].islower() and len(words[0]) < 4 and words[1][:1].isupper():
        joint = "in" if is_place and words[0] not in ("de", "z") else "from"
        return f"{what} {joint} {' '.join(words[1:])}"  # "olive oil from Provence"
    if len(words) == 1 and words[0].islower() and not is_place:
        return f"{words[0]} {what}"  # "pistacchio ice cream"
    return f"{what}, {' '.join(words)}" if words and not (is_place and words[-1].islower()) else what


def _begins_lower(words: Sequence[str]) -> bool:
    """Return whether two words in small letters begin a phrase, or a long one before a name ("oliva Sierra Alta")."""
    return words[0].islower() and (words[1].islower() or (len(words[0]) > 3 and words[1].istitle()))


def _is_said_by(word: str, language: str) -> bool:
    """Return whether a word is a noun or trade that an English word stands for."""
    kinds, here = _list_nouns(language), regex.sub(r"^[dl]['’]", "", word.casefold().strip(","))
    is_compound = language in COMPOUNDING and any(_can_end_compound(one, kinds) and here.endswith(one) for one in kinds)
    return here in kinds or is_compound or bool(find_trade(here).of or find_trade(here).words)


def name_vessel(subject: str, kind: SubjectKind) -> str:
    """Return what nobody counts in what holds it: "a jar of honey", "a cup of coffee". Pure."""
    noun = regex.split(r",| (?:in|from|by|of|with|for|that|who|at) ", subject)[0]
    if kind not in ("food", "drink") or load_pattern("vessel", "any").search(subject):
        return subject
    vessels = [one for one in _VESSELS if load_pattern("vessel", one).search(noun)]
    return f"{vessels[0]} {subject}" if vessels else subject


def name_rider(act: str, subject: str, kind: SubjectKind) -> str:
    """Return an act of a vehicle with who rides it, in its take and its still. Pure."""
    if kind != "vehicle" or "somebody" in act or not load_pattern("ridden").search(subject):
        return act
    ridden = regex.sub(r"(^, | \| )(?=\p{L})", r"\1ridden by somebody and ", act)
    return str(regex.sub(r" and (?=with\b|as\b)", " ", ridden))


def drop_article(subject: str, language: str) -> str:
    """Return a subject of another language without its article, so that an English word can stand before it. Pure."""
    return str(load_pattern("article", language).sub(r"\1", subject.removeprefix(SCENE)))


def describe_people(subject: str, language: str, age: str, colour: str) -> str:
    """Return an English subject with the age of its one person and the colour that its people have on through the film
    ("a keeper of about forty in dark blue who …"); children, groups and other languages stay as they are. Pure.
    """
    kinds = _list_nouns(language)
    noun, end = _find_noun(subject, language, kinds)
    is_dressed = any(kinds.get(word) == "worn" for word in subject.casefold().split())
    is_name = language == "en" and subject[:end].split()[-1:] not in ([], [noun.rpartition("_")[2]], [f"{noun}s"])
    if kinds.get(noun) != "person" or is_dressed or is_name or load_pattern("dressed").search(subject):
        return subject
    if language != "en" or load_pattern("undressed").search(subject[: end + len(" and")]):
        return subject
    rest = "" if subject[end:].startswith(" for ") else subject[end:]  # for whom somebody works is not seen
    has_age = load_pattern("ageless").search(subject[:end]) or subject[:end].endswith("s")
    if subject.startswith(CLAUSE) and subject[end:].startswith((" of ", " in ", " from ")):
        return subject  # "the moment when a keeper in Oban lights the lamp"
    if subject[end:].startswith((" of ", " in ", " from ")):  # "the last ice cutter of a fjord"
        years = "" if has_age else f"{age.strip().removeprefix('of ')} and "
        return f"{subject}, {years}in {colour}"
    return f"{subject[:end]}{'' if has_age else age} in {colour}{rest}"


def _can_end_compound(noun: str, kinds: Mapping[str, SubjectKind]) -> bool:
    least = {"thing": 6, "vehicle": 5, "food": 5, "event": 5, "place": 5, "outdoors": 5, "service": 5, "lesson": 6}
    least_letters = least.get(WIDER_KINDS.get(kinds[noun], kinds[noun]))
    return least_letters is not None and len(noun) >= least_letters


def has_own_light(text: str, language: str) -> bool:
    """Return whether a word of ``text`` is an hour, weather or place with a light of its own. Pure."""
    words = [word for code in {"en", language} for word in load_subjects()["hour"].get(code, "").split()]
    if language in UNSPACED:
        return any(word in text for word in words)
    return bool(set(words) & {word.casefold() for word in _WORD.findall(text)})


@cache
def _list_nouns(language: str) -> dict[str, SubjectKind]:
    """List the nouns of a language and of English, which stands in briefs of all languages, with their kinds."""
    found: dict[str, SubjectKind] = {}
    for code in ("en", language):
        for kind in get_args(SubjectKind):
            found |= dict.fromkeys(load_subjects().get(kind, {}).get(code, "").casefold().split(), kind)
    return found


def _tells_what_it_does(after: str, language: str) -> bool:
    if language in UNSPACED:
        return len(after.strip()) >= _STORY_LEAST
    words = _WORD.findall(after)
    return 1 + len(words) >= _STORY_LEAST and words[0].casefold() not in list_prepositions()


def find_phrases(text: str, *, is_living: bool = False) -> list[tuple[SubjectKind, str]]:
    """List the phrases of an English text whose noun the table knows, each with its kind: "garden furniture" of "30%
    off all garden furniture"; where ``is_living``, those of people and animals alone. Pure.
    """
    kinds, found = _list_nouns("en"), []
    for part in _CLAUSE_END.split(text):
        words = part.split()
        for n, word in enumerate(words):
            here, pair = word.casefold(), "_".join(words[max(0, n - 1) : n + 1]).casefold()
            kind = kinds.get(pair) or kinds.get(here) or kinds.get(here.removesuffix("s"))
            follows = words[n + 1] if n + 1 < len(words) else ""
            is_told = follows.endswith("ed") and not can_stand_before_noun(words[n + 2] if n + 2 < len(words) else "by")
            goes_on = bool(follows) and can_stand_before_noun(follows) and not is_told  # "brownies baked in Bristol"
            if not kind or (kind in LIVING) != is_living or goes_on:
                continue
            begins = n
            while begins and n - begins < 5 and can_stand_before_noun(words[begins - 1]):
                begins -= 1
            if begins > 1 and words[begins - 1] == "your" and words[begins - 2] in list_prepositions() | {"to"}:
                continue  # "to your door"
            ends = _find_phrase_end(words, n + 1)
            found.append((kind, cut_undrawable(" ".join(words[begins:ends]))))
    return found


def _find_phrase_end(words: Sequence[str], start: int) -> int:
    """Return where the prepositions with a noun end that follow a noun: "at the Corn Exchange for tourists"."""
    if start >= len(words) or words[start].casefold() not in list_prepositions():
        return start
    begins = end = start + 1 + (words[start + 1 : start + 2] in (["the"], ["a"], ["an"]))
    while (
        end < len(words)
        and can_stand_before_noun(words[end])
        and not (words[end - 1].istitle() and words[end].islower())
    ):
        end += 1
    return _find_phrase_end(words, end) if end > begins else start
