"""Writes the subject of a picture as the part of a sentence that follows ``Close-up of``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

import regex

from reelwright.planner.screens.request_words import balance_quotation_marks, remove_request, trim_end
from reelwright.planner.tables import load_english, load_lexicon, load_pattern, load_phrase_words, load_subjects

UNSPACED: Final = ("zh", "ja", "ko")
"""Languages whose nouns are found as a part of the text."""
CLAUSE: Final = "the moment when "
"""Stands before a whole English sentence."""
SCENE: Final = "one scene: "
"""Stands before a whole sentence of another language."""
_SCENE_WORDS, _SCENE_LETTERS = 3, 6
"""Least words, or letters where no blanks part words, of a told subject that may be a whole sentence."""
DOER: Final = "somebody who"
"""Stands before what the writer of a brief does."""
_NEXT_ACT: Final = regex.compile(r"(?:[,;]? (?:and then|then|and)|;) ")
_HISSES: Final = ("s", "x", "z", "ch", "sh")
_WRITERS: Final = regex.compile(r"\b(?:your|our|my) ")
_TWO_EQUAL: Final = regex.compile(r"(\p{L})\1")
_SHORT_WORD: Final = 4
"""Most letters of a word that is near too many others to be mended."""
_LABEL: Final = regex.compile(r"^\p{L}[\p{L} ]{1,24}:\s+(?=\S)")
_OURS: Final = regex.compile(r"^(?:我们?|们)的")
_PARTICLE_END: Final = regex.compile(r"(?<=..)(?:の|を|が|は|的)$")
"""What joins a noun to the word that asks for its film: ``抹茶アイスの`` of ``抹茶アイスの広告``."""
_FRAMINGS: Final = {
    "extreme wide shot": "EWS", "wide shot": "WS", "long shot": "WS", "medium wide shot": "MWS", "medium shot": "MS",
    "medium close up": "MCU", "close up": "CU", "closeup": "CU", "extreme close up": "ECU", "macro shot": "ECU",
}  # fmt: skip
_FRAMING: Final = regex.compile(
    rf"(?:an? )?(?P<size>{'|'.join(one.replace(' ', '[ -]') for one in sorted(_FRAMINGS, key=len, reverse=True))})"
    r"(?: of|:|,| on)\s+", regex.I,
)  # fmt: skip
_LIKE_A: Final = regex.compile(r"(?:uni|eu|one\b|us[aeiou]|u[bcfhjkqrst][aeiou])", regex.I)
_LIKE_AN: Final = regex.compile(r"(?:hour|honest|heir|honou?r|[AEFHILMNORSX](?=[A-Z]{1,3}\b))")


def write_subject(text: str, language: str, *, is_told: bool, begins_sentence: bool = False) -> str:
    """Return a subject as a person writes it so that ``Close-up of`` can stand before it. Its words stay but for leads
    ("our", "we do"), a label before a colon, capitals and an English article. Pure.

    ``is_told``: the brief tells it as what is to be seen, so it can be a whole sentence; else it is what a thing is.
    ``begins_sentence``: so that its first letter is a capital, which says nothing. Empty if nothing is left.
    """
    text = balance_quotation_marks(" ".join(text.split()).strip(" .!?,;:…。！？"))
    text = _FRAMING.sub("", text) if is_told else text
    language = "en" if _asks_in_english(text) else language
    text = load_pattern("about_film", language).sub("", remove_request(text, language))
    text = load_pattern("launch", language).sub("", load_pattern("unseen_end", language).sub("", text))
    if is_told and language == "en":
        text = _drop_owner(load_pattern("told_lead").sub("", text), language)
    topics = load_phrase_words()["topic"].get(language, "").split()
    if is_told and text.split(" ", 1)[0].casefold() in topics:
        text = text.partition(" ")[2]
    if language in UNSPACED:
        text = _PARTICLE_END.sub("", _OURS.sub("", text))
    if not is_told:
        text = _LABEL.sub("", text)
        if language == "en" and (person := _write_doer(text)):
            return person
        text = _start_at_article(load_pattern("lead").sub("", text)) if language == "en" else text
    if not is_told or language != "en":
        text = _drop_owner(text, language)
    if text.isupper() and sum(map(str.isalpha, text)) > 4 and len(text.split()) > 1:
        text = text.lower()
    text = lower_first(text, language, begins_sentence=begins_sentence)
    if language == "en":
        text = " ".join(map(_mend_spelling, text.split()))
        text = trim_end(_answer_question(text.split()))
        is_sentence = text.startswith(CLAUSE) or (is_told and _is_english_clause(text))
        text = text if is_sentence else _cut_at_verb(text)
        words = text.split()
        if (is_told or _is_any(text.split(" ", 1)[0].casefold(), "numbers")) and _is_english_clause(text):
            begins_bare = (
                not _is_any(words[words[0].isalpha() and not _is_verb(words[1])], "uncounted")
                and not _is_any(words[0], "pronouns")
                and not _is_any(words[0], "determiners")
                and words[0].islower()
                and not _is_plural(words[0])
            )
            return f"{CLAUSE}{_choose_article(text)} {text}" if begins_bare else f"{CLAUSE}{text}"
        return _add_article(text)
    while (last := text.rsplit(" ", 1)[-1]) != text and last.casefold() in load_phrase_words()["preposition"].get(
        language, ""
    ).split():
        text = text[: -len(last) - 1]  # "huile d'olive de"
    return f"{SCENE}{text}" if is_told and _is_long(text, language) else text


def _write_doer(text: str) -> str:
    """Write who does what "we repair phones" tells: "somebody who repairs phones"; nothing of what tells of goods."""
    found = load_pattern("we_do").match(load_pattern("unseen_end").sub("", text))
    is_we = bool(found) and text.split()[0].casefold() in ("we", "i")
    if not found or not is_we or load_pattern("lead").match(text):
        return ""
    verb = found["verb"]
    third = (
        f"{verb[:-1]}ies" if regex.search(r"[^aeiou]y$", verb) else f"{verb}{'es' if verb.endswith(_HISSES) else 's'}"
    )
    return f"{DOER} {third}{_WRITERS.sub('', found['rest'])}"


def _cut_at_verb(text: str) -> str:
    """Return an English phrase as far as a verb that its noun does: "a drone" of "a drone folds to the size of"."""
    words = text.split()
    for n, word in enumerate(words[1:-1], 1):
        before, after = words[n - 1].casefold(), words[n + 1].casefold()
        is_after_noun = _is_noun(before) or _is_noun("_".join(words[n - 2 : n]).casefold())
        is_other = word.islower() and word.isalpha() and not word.endswith(("ing", "ed", "ly"))
        is_other = is_other and not _is_noun(word) and not _is_any(word, "ends_noun", "determiners", "adjuncts")
        is_singular = words[0].casefold() in ("a", "an", "the") and _is_verb(word)
        has_object = _is_any(after, "determiners") or (is_singular and (_is_any(after, "ends_noun") or after == "to"))
        is_past = word in ("made", "built", "won", "sold", "got") and _is_any(after, "determiners", "pronouns")
        if is_after_noun and (is_past or (is_other and has_object)):
            return " ".join(words[:n])
    return text


def write_description(text: str, language: str) -> tuple[str, str]:
    """Return the size that the description of a picture begins with ("wide shot of …"), or an empty text, and the rest
    so that ``Close-up of`` can stand before it. Pure.
    """
    text = " ".join(text.split())
    framed = _FRAMING.match(text)
    rest = text[framed.end() :] if framed and framed.end() < len(text) else text
    size = _FRAMINGS[framed["size"].casefold().replace("-", " ")] if framed and rest != text else ""
    is_english = language == "en" or bool({"the", "of", "with"} & set(rest.casefold().split()))
    return size, write_subject(rest, "en" if is_english else language, is_told=True) or text


def join_told(text: str, language: str) -> str:
    """Return what a brief tells beside its subject so that it can stand behind it, with the sign before it. Pure."""
    text = lower_first(" ".join(text.split()).strip(" .!?,;:…"), language)
    if language != "en":
        return f": {text}"
    is_clause = text.split(" ", 1)[0] in ("he", "she", "it", "they") or _is_english_clause(text)
    return f", {'as' if is_clause else 'with'} {text if is_clause else _add_article(text)}"


def split_plot(subject: str) -> list[str]:
    """Split an English sentence that tells several acts of one subject: "the kid follows it to the sea" of "a kid finds
    a boat and follows it to the sea". Pure.
    """
    if not subject.startswith(CLAUSE):
        head, _, tail = subject.partition(", ")  # "a fairground at dusk, one horse moves"
        is_plot = head[:1].islower() and not subject.startswith(SCENE) and _is_english_clause(tail)
        return [head, f"{CLAUSE}{tail}"] if is_plot else [subject]
    first, *others = _NEXT_ACT.split(subject)
    words = first.removeprefix(CLAUSE).split()
    ends = next((n for n, word in enumerate(words[:7]) if n and _is_verb(word.casefold())), 0)
    who = " ".join(words[_is_any(words[0].casefold(), "determiners") : ends])
    who = who if words[0][:1].isupper() else f"the {who}"
    acts = [first]
    objects = load_pattern("brought_in").findall(" ".join(words[ends + 1 :]))
    for text in others:
        text = regex.sub(r"\bit\b", f"the {objects[0].strip()}", text, count=1) if objects else text
        verb = text.split(" ", 1)[0]
        if ends and verb.islower() and _is_verb(verb) and " " in text:
            acts.append(f"{CLAUSE}{who} {text}")
        elif _is_english_clause(text):
            acts.append(f"{CLAUSE}{text}")
        else:
            return [subject]  # "a song and a dance"
    return acts


def can_follow_name(phrase: str, language: str) -> bool:
    """Return whether an English phrase can stand after a name and a comma ("Juno, a bell"), as any other can. Pure."""
    first = phrase.split(" ", 1)[0].casefold() if phrase else ""
    is_noun = language != "en" or not (_is_any(first, "verbs", "questions") or _is_english_clause(phrase))
    is_noun = is_noun and not (
        language == "en" and not _list_words("writers").isdisjoint(cut_undrawable(phrase).split()[1:])
    )
    leads = {*list_prepositions(), *load_phrase_words()["speaker"].get(language, "").split()}
    return bool(phrase) and is_noun and first not in leads and not any(map(str.isdigit, first))


def cut_undrawable(text: str) -> str:
    """Return a phrase without what no picture shows: from a preposition on before a figure, a date, a street or the
    writer ("with my brother"). Pure.
    """
    words = text.split()
    places = [word.casefold() in list_prepositions() and word != "van" for word in words]  # of a firm, mostly
    starts = [n for n in range(1, len(words)) if places[n] and not places[n - 1]]
    for start, end in pairwise([*starts, len(words)]):
        if any(map(_is_undrawable, words[start:end])):
            return str(load_pattern("bare_relative").sub("", " ".join(words[:start]))).rstrip(",")
    return trim_end(text)


def can_stand_before_noun(word: str) -> bool:
    """Return whether an English word can be part of the phrase of a noun that follows it, but for articles. Pure."""
    here = word.casefold()
    is_word = here.replace("-", "").replace("'", "").replace("’", "").isalpha()
    return is_word and not is_phrase_end(here) and not _is_any(here, "deeds", "unfinished", "dates", "writers")


def _is_undrawable(word: str) -> bool:
    here = word.strip(",.").casefold()
    is_time_or_place = _is_any(here, "dates") or (word[:1].isupper() and _is_any(here, "streets"))
    return is_time_or_place or _is_any(here, "writers") or any(char.isdigit() or char in "$€£" for char in word)


@cache
def list_prepositions() -> frozenset[str]:
    """List the words before a place, of all languages."""
    return frozenset(" ".join(load_phrase_words()["preposition"].values()).split())


def is_phrase_end(word: str) -> bool:
    """Return whether an English noun has ended before a word. Pure."""
    return _is_any(word, "ends_noun", "determiners", "verbs")


@cache
def _list_words(kind: str) -> frozenset[str]:
    return frozenset(load_english()[kind].split())


def _start_at_article(text: str) -> str:
    """Return an English phrase from the article on that stands before its noun behind a verb: "reset your boiler"."""
    words = text.casefold().split()
    is_deed = bool(words) and (_is_any(words[0], "deeds", "writers") or words[0].endswith("ing"))
    articles = [n for n, word in enumerate(words[:6]) if n and _is_any(word, "determiners")]
    starts = next((n for n in articles if is_deed or words[n - 1] in ("its", "it's", "it’s", "is", "was")), 0)
    return " ".join(text.split()[starts:])


def _drop_owner(text: str, language: str) -> str:
    owners = load_subjects()["owner"]
    dropped = {*owners["en"].split(), *owners.get(language, "").split()}
    words = text.split()
    if len(words) > 2 and language != "en" and words[1].casefold() in dropped:
        del words[0]  # "il nostro agriturismo"
    while len(words) > 1 and words[0].casefold() in dropped:
        del words[0]
    return " ".join(words)


def lower_first(text: str, language: str, *, begins_sentence: bool = True) -> str:
    """Lower the first letter where the first word is an article, a word of the table, or begins a sentence."""
    first = text.split(" ", 1)[0].rstrip(",") if text else ""
    if not first or first != first.capitalize():
        return text
    here = first.casefold()
    plain = set(load_lexicon().stopwords.get(language, "").split())
    if language == "en":
        plain |= _list_words("determiners") | _list_words("questions")
        plain |= {word for by in load_subjects().values() for word in by.get("en", "").split()}
    after = text[len(first) :].lstrip()[:1]
    is_plain = here in plain or (begins_sentence and language == "en" and after.islower())
    return f"{text[0].lower()}{text[1:]}" if is_plain else text


def _mend_spelling(word: str) -> str:
    """Return an English noun that lacks one of two equal letters, or has one too many, as it is spelt: "cofee"."""
    is_other = (
        len(word) > _SHORT_WORD and word.islower() and not _is_noun(word) and not _is_noun(word.removesuffix("s"))
    )
    return _list_nouns_by_letters().get(_TWO_EQUAL.sub(r"\1", word), word) if is_other else word


@cache
def _list_nouns_by_letters() -> Mapping[str, str]:
    nouns = " ".join(by.get("en", "") for by in load_subjects().values()).split()
    return {_TWO_EQUAL.sub(r"\1", noun): noun for noun in nouns}


def _is_long(text: str, language: str) -> bool:
    if language in (*UNSPACED, "th"):
        return sum(map(str.isalpha, text)) >= _SCENE_LETTERS
    return len(text.split()) >= _SCENE_WORDS


def _is_english_clause(text: str) -> bool:
    """Return whether a verb follows the noun: "a penguin drives a van", "two cats dance on it"; not in "a fox that
    skates".
    """
    words = [word.casefold().strip(",") for word in text.split()]
    if not words or _is_any(words[0], "questions"):
        return False
    if load_pattern("two_who_do").match(" ".join(words)):
        return True
    placed = load_pattern("placed_who_does").match(" ".join(words))
    who = placed["who"].split()[-1] if placed and _is_verb(placed["verb"]) else ""
    if _is_living(who) or who.endswith(("er", "or", "ist")):
        return True
    begins = 2 if _is_any(words[0], "determiners") else 1
    stands_in = next((n for n, word in enumerate(words) if n and word in ("in", "with", "on")), 0)
    if 0 < stands_in <= begins and words[stands_in + 1 : stands_in + 2] in (["a"], ["an"]):
        # "a rider in a linen apron leans into the rain": what follows the article of the apron is singular
        later = range(stands_in + 3, len(words) - 1)
        return any(_is_verb(words[n]) and not _is_any(words[n - 1], "ends_noun", "determiners") for n in later)
    if any(_is_any(word, "ends_noun") for word in words[1:begins]):
        return False
    for n in range(begins, min(5, len(words) - 2)):  # "an old lighthouse keeper says goodbye to the sea"
        if any(_is_any(word, "ends_noun") for word in words[1 : n + 1]):
            break
        does = words[n].endswith(("er", "or")) and _is_any(words[n + 2], "determiners", "ends_noun", "particles")
        if (does or _is_living(words[n])) and _is_verb(words[n + 1]):
            return True
    is_long = _is_any(words[0], "numbers") or (begins == 1 and not _is_plural(words[0]))
    most = 3 if is_long else 2  # "noir detective cat follows", "two rival food trucks fall in love"
    for n, word in enumerate(words[begins : begins + most], begins):
        before, after = words[n - 1], words[n + 1] if n + 1 < len(words) else ""
        is_singular = words[0] in ("a", "an") or (words[0] == "the" and _is_noun(before))
        if _is_any(word, "either") and not _is_living(before):
            return False  # "hot air balloon rides over the valley"
        if _is_any(word, "ends_noun") or not word.isalpha() or word.endswith("ing") or not (after or is_singular):
            return False
        if word in ("is", "are", "has", "goes", "does"):
            return True
        if _is_plural(before) and after:
            is_followed = _is_any(words[0], "numbers") or _is_any(after, "ends_noun", "determiners")
            return is_followed and not word.endswith("ed")
        is_after_noun = begins == 2 or _is_noun(before)  # "cheap flights to Lisbon" tell of nobody who flights
        if _is_verb(word) and is_after_noun and not _is_any(words[0], "numbers") and not after.endswith("ing"):
            return True
    return False


def _answer_question(words: Sequence[str]) -> str:
    """Return what an English question asks about: "houseplants that die in winter" of "why houseplants die in winter";
    other words as they are.
    """
    if not words or words[0] not in ("why", "how", "what", "where", "when"):
        return " ".join(words)
    rest = words[2:] if words[1:2] in (["do"], ["does"], ["is"], ["are"], ["to"]) else list(words[1:])
    rest = _drop_owner(" ".join(rest[:-1] if rest[-1:] in (["work"], ["works"]) else rest), "en").split()
    plural = next((n for n, word in enumerate(rest[:-1]) if _is_plural(word) and not _is_any(word, "adjuncts")), -1)
    if plural < 0 and len(rest) > 1 and _is_verb(rest[-1]) and _is_noun(rest[-2].casefold()):
        del rest[-1]  # "how our software saves", before a figure
    goes_on = plural >= 0 and words[1] != "to" and not _is_any(rest[plural + 1], "ends_noun", "determiners")
    return " ".join((*rest[: plural + 1], "that", *rest[plural + 1 :]) if goes_on else rest)


def _asks_in_english(text: str) -> bool:
    """Return whether a text is an English question, which is too short for its language to be read for certain."""
    words = text.casefold().split()
    return (words[:1] in (["why"], ["how"], ["what"], ["where"]) and len(words) > 2) or bool(
        {"the", "about"} & {*words}
    )


def _is_any(word: str, *kinds: str) -> bool:
    return any(word in _list_words(kind) for kind in kinds)


def _is_verb(word: str) -> bool:
    ends = word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return ends and not _is_any(word, "adjuncts") and (not _is_noun(word) or _is_any(word, "either"))


def is_sentence_verb(word: str, rest: str) -> bool:
    """Return whether an English word behind a name is what the named firm does with ``rest``: "runs", "guided trips";
    not a noun with what belongs to it, "lamps for desks". Pure.
    """
    first = rest.split(" ", 1)[0].casefold() if rest else ""
    is_third = word.islower() and (_is_verb(word) or _is_any(word, "provides", "works"))
    is_made = first.startswith(("hand", "home"))  # "handmade lamps"
    is_object = bool(first) and (is_made or not _is_any(first, "ends_noun", "verbs"))
    return is_third and is_object and not _is_any(word, "adjuncts")


def is_without_object(text: str) -> bool:
    """Return whether an English sentence ends with a second verb that lacks its object ("opens a door and sees")."""
    words = text.casefold().split()
    return len(words) > 4 and words[-2] == "and" and _is_verb(words[-1])


def _is_living(word: str) -> bool:
    return word in _list_nouns("person", "animal")


def _is_noun(word: str) -> bool:
    return word in _list_nouns(*(kind for kind in load_subjects() if kind not in ("owner", "hour")))


@cache
def _list_nouns(*kinds: str) -> frozenset[str]:
    return frozenset(" ".join(load_subjects()[kind].get("en", "") for kind in kinds).split())


def _is_plural(word: str) -> bool:
    return _is_any(word, "plurals") or (word.endswith("s") and not word.endswith(("ss", "us", "is")))


def _add_article(text: str) -> str:
    words = text.split()
    if not words or not words[0][0].isalpha():
        return text
    first = words[0].casefold()
    if _is_any(first, "determiners", "questions", "verbs") or first in load_lexicon().stopwords["en"].split():
        return text
    is_before_noun = len(words) > 1 and _is_noun(words[1].casefold()) and not _is_plural(words[1])  # "farmers market"
    if (
        _is_plural(first)
        and not first.endswith(("'s", "’s"))
        and not (is_before_noun or _is_any(first, "adjuncts"))
        and words[0][0].islower()
    ):
        return text
    ends = len(words)
    for n, word in enumerate(words):
        if n and _is_any(word.casefold(), "ends_noun", "determiners"):
            ends = n
            break
        if word.endswith(","):
            ends = n + 1
            break
    if 1 < ends < len(words) and words[ends - 1].endswith("ing") and _is_any(words[ends].casefold(), "determiners"):
        ends -= 1  # "robin knitting a scarf"
    quoted = next((n for n, word in enumerate(words[:ends]) if n and (word[0] in '"“„«' or word[0].isupper())), 0)
    if quoted and words[quoted - 1].islower() and _is_noun(words[quoted - 1]):
        return f"the {text}"  # "the yoga studio “Still Water”"
    head = words[ends - 1].strip(",")
    is_name = head[:1].isupper() and (ends == 1 or len(words) == 1 or head != words[0])
    is_joined = ends < len(words) and words[ends] in ("and", "&", "+", "or")
    is_deed = first.endswith("ing") and len(words) > 1 and _is_any(words[1], "ends_noun", "determiners", "particles")
    here = head.casefold()
    is_uncounted = (
        _is_any(here, "uncounted")
        or here.endswith("ed")
        or (not _is_noun(here) and load_pattern("abstract").search(here))
    )
    if not head or not head[-1].isalpha() or is_name or is_joined or is_deed or is_uncounted or _is_plural(here):
        return text
    return f"{_choose_article(text)} {text}"


def _choose_article(text: str) -> str:
    is_like_an = _LIKE_AN.match(text) or (text[0].casefold() in "aeiou" and not _LIKE_A.match(text))
    return "an" if is_like_an else "a"
