"""Says what is seen in each picture of a brief's film: its subject, what happens by beat, where and in which manner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Final, Literal, get_args

import regex

from reelwright.documents.script import Picture
from reelwright.planner.certain.brief_script import list_visible_parts
from reelwright.planner.certain.values import CertainFacts
from reelwright.planner.prompts import PEOPLE_WORDS
from reelwright.planner.screens.parts import ScriptPart
from reelwright.planner.tables import load_lexicon, load_pictures, load_subjects

SubjectKind = Literal["thing", "place", "person", "service", "story", "any"]
OF_THE_PLACE: Final = "natural to the place and the hour"
"""Light of a picture whose place the brief names without its light: the tone's own light could contradict it."""
MAX_SUBJECT_LETTERS: Final = 300
"""Most letters of a brief that name the subject of one picture."""
_UNSPACED: Final = ("zh", "ja", "ko")
_WORD: Final = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}’'-]*")
_STORY_WORDS: Final = 2
"""Least words after a living thing that tell what it does: "a fox learns to skate"."""
_STORY_LETTERS: Final = 3
"""The same in letters, where no blanks part words."""
_PREPOSITIONS: Final = """
    in on at with from of by near and und mit auf aus am im von bei avec dans sur de du des à au en con sul nel di da
    em com no na met op van bij
"""
_MASS_NOUNS: Final = frozenset(
    ["coffee", "tea", "beer", "wine", "bread", "soap", "chocolate", "ice", "cream", "software", "insurance", "delivery"]
)
_PEOPLE: Final = regex.compile(
    r"\b(?:somebody|people|friends|makers|hands?|fingers|thumb|palm|owner|others|outside|taken|reached)\b"
)
"""Matches what shows people in a text of the table."""
_TALK: Final = regex.compile(r"\b(?:i|we|me|us|my|our|you|your|please|thanks?|thank|hi|hello|hey|dear)\b", regex.I)
_LEAST_TOLD_WORDS: Final = 3
_VOWELS: Final = tuple("aeiou")


def add_actions(
    parts: Sequence[ScriptPart], facts: CertainFacts, exclusions: Sequence[str] = ()
) -> tuple[ScriptPart, ...]:
    """Return ``parts`` with subject, action, light and style for each picture that a model is to make. Pure.

    The subject, its place, light and manner are words of the brief, copied; what happens is what the brief tells
    beside its facts, each once, then what the table says of the beat; no word of a direction is in any of them. A
    second shot of a beat shows what comes second there. ``exclusions``: what must not be seen.
    """
    total = sum(map(_is_to_be_made, parts))
    subjects = list_subjects(facts)
    remaining_texts = _list_told(facts, subjects)
    shows_people = not any(PEOPLE_WORDS & set(one.casefold().split()) for one in exclusions)
    settings = _join_texts(facts, "setting")
    light, style = _join_texts(facts, "light"), _join_texts(facts, "style")
    counted: Counter[str] = Counter()
    made, at = [], 0
    for part in parts:
        if not _is_to_be_made(part):
            made.append(part)
            continue
        subject = subjects[at * len(subjects) // total]
        at += 1
        if remaining_texts:
            act = f": {remaining_texts.pop(0)}"
        else:
            kind = find_kind(subject, facts.language)
            act = f", {choose_action(part.role, kind, counted[part.role], shows_people=shows_people)}"
            counted[part.role] += 1
        where = f", {settings}" if settings and settings.casefold() not in subject.casefold() else ""
        lit = settings or has_own_light(f"{subject}{act}", facts.language)
        made.append(replace(
            part, picture=Picture(description=subject), action=f"{act}{where}",
            light=light or (OF_THE_PLACE if lit else ""), style=style,
        ))  # fmt: skip
    return tuple(made)


def _is_to_be_made(part: ScriptPart) -> bool:
    return bool(part.picture and not part.picture.file)


def choose_action(beat: str, kind: SubjectKind, count: int, *, shows_people: bool = True) -> str:
    """Choose what is seen of a subject in the shot number ``count`` (from 0) of a beat. ``shows_people``: some may be
    in it. Pure.
    """
    acts = load_pictures()[beat]
    texts = (*(acts.get(kind, ()) if kind != "any" else ()), *acts["any"])
    if not shows_people:
        texts = tuple(text for text in texts if not _PEOPLE.search(text)) or load_pictures()["reveal"]["any"]
    return texts[count % len(texts)]


def _list_told(facts: CertainFacts, subjects: Sequence[str]) -> list[str]:
    """List what the brief tells beside its facts that a picture can show, unless it is said by or to somebody."""
    return [
        text for text in list_visible_parts(facts)
        if len(text.split()) >= _LEAST_TOLD_WORDS and not _TALK.search(text) and text not in subjects
    ]  # fmt: skip


def find_kind(subject: str, language: str) -> SubjectKind:
    """Find the kind of a subject by the first noun of the table that stands in it, the last of a compound ("lighthouse
    keeper"); ``any``: none does. Pure.
    """
    kinds = _list_nouns(language)
    if language in _UNSPACED:
        at, noun = min(((subject.find(noun), noun) for noun in kinds if noun in subject), default=(-1, ""))
        end = at + len(noun)
    else:
        noun, end = "", 0
        for word in _WORD.finditer(subject):
            here = word.group().casefold()
            if noun and (here not in kinds or subject[end : word.start()].strip()):
                break
            if here in kinds:
                noun, end = here, word.end()
    if not noun:
        return "any"
    if kinds[noun] == "person" and _tells_what_it_does(subject[end:], language):
        return "story"
    return kinds[noun]


def has_own_light(text: str, language: str) -> bool:
    """Return whether a word of ``text`` is an hour, weather or place with a light of its own. Pure."""
    words = [word for code in {"en", language} for word in load_subjects()["hour"].get(code, "").split()]
    if language in _UNSPACED:
        return any(word in text for word in words)
    return bool(set(words) & {word.casefold() for word in _WORD.findall(text)})


@cache
def _list_nouns(language: str) -> dict[str, SubjectKind]:
    """List the nouns of a language and of English, which stands in briefs of all languages, with their kinds."""
    found: dict[str, SubjectKind] = {}
    for code in ("en", language):
        for kind in get_args(SubjectKind):
            found |= dict.fromkeys(load_subjects().get(kind, {}).get(code, "").split(), kind)
    return found


def _tells_what_it_does(after: str, language: str) -> bool:
    if language in _UNSPACED:
        return len(after.strip()) >= _STORY_LETTERS
    words = _WORD.findall(after)
    return len(words) >= _STORY_WORDS and words[0].casefold() not in _PREPOSITIONS.split()


def list_subjects(facts: CertainFacts) -> list[str]:
    """List what the film is about: the brief's subjects, else its name with what it is, else what else it says.

    At least one text, verbatim but for an English article; none holds a direction. Pure.
    """
    found = [_add_article(part.text, facts.language) for part in facts.list_pictures("subject")]
    if not found:
        name = facts.name.text if facts.name else ""
        what = next((piece.text for piece in facts.list_pieces("descriptor")), "")
        apart = what if name.casefold() not in what.casefold() else ""
        found = [", ".join(one for one in ((name, apart) if apart else (what or name,)) if one)]
    if not found[0]:
        found = [piece.text for piece in facts.list_pieces("fact", "number", "date", "place", "offer", "quote")][:1]
        found = found or [_leave_directions_out(facts)]
    return [" ".join(one[:MAX_SUBJECT_LETTERS].split()) for one in found]


def _leave_directions_out(facts: CertainFacts) -> str:
    """Return the brief without its directions; if nothing else stands in it, the things around the camera."""
    kept = list(facts.brief)
    for direction in facts.directions:
        kept[direction.start : direction.end] = " " * (direction.end - direction.start)
    text = " ".join("".join(kept).split()).strip(" ,;:.!?—–-")
    return text if any(char.isalnum() for char in text) else "everyday things"


def _add_article(subject: str, language: str) -> str:
    """Return an English subject with the article that a sentence needs: "Nike sneaker" → "a Nike sneaker"."""
    words = subject.split()
    if language != "en" or not words:
        return subject
    first = words[0].casefold()
    stopwords = frozenset(load_lexicon().stopwords["en"].split())
    if first in stopwords or first in ("my", "his", "her", "two", "three", "some") or not words[0][0].isalpha():
        return f"{words[0].lower()}{subject[len(words[0]) :]}" if first in stopwords else subject
    nouns = _list_nouns("en")
    head = next((word.casefold() for word in words if word.casefold() in nouns), "")
    if not head or head in _MASS_NOUNS or (head.endswith("s") and head[:-1] in nouns):
        return subject
    return f"{'an' if first.startswith(_VOWELS) else 'a'} {subject}"


def _join_texts(facts: CertainFacts, kind: Literal["setting", "light", "style"]) -> str:
    return ", ".join(dict.fromkeys(part.text for part in facts.list_pictures(kind)))
