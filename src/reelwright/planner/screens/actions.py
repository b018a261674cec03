"""Says what is seen in each picture of a brief's film: its subject, what happens by beat, where and in which manner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Final, Literal, get_args

import regex

from reelwright.documents.script import Picture
from reelwright.planner.certain.brief_script import list_visible_parts
from reelwright.planner.certain.values import CertainFacts, PictureKind, PicturePart, Piece
from reelwright.planner.certain.values import Kind as PieceKind
from reelwright.planner.extract.brief_text import BriefText
from reelwright.planner.extract.exclusions import find_exclusions
from reelwright.planner.extract.tone import find_tone
from reelwright.planner.prompts import PEOPLE_WORDS
from reelwright.planner.screens.parts import ScriptPart
from reelwright.planner.screens.request_words import (
    extend_noun,
    extend_subject,
    find_own_trade,
    find_phrase_start,
    find_whole_name,
    is_sizes_alone,
    is_wish,
)
from reelwright.planner.screens.subject_phrase import (
    CLAUSE,
    QUESTION,
    SCENE,
    UNSPACED,
    can_follow_name,
    is_phrase_end,
    join_told,
    lower_first,
    write_subject,
)
from reelwright.planner.tables import load_pictures, load_subjects

SubjectKind = Literal[
    "thing", "food", "vehicle", "place", "outdoors", "event", "person", "service", "app", "story", "any"
]  # fmt: skip
OF_THE_PLACE: Final = "natural to the place and the hour"
"""Light of a picture whose place the brief names without its light: the tone's own light could contradict it."""
MAX_SUBJECT_LETTERS: Final = 300
"""Most letters of a brief that name the subject of one picture."""
_PARTS: Final = regex.compile(r"[,.;:!?。、，،\n]")
_NO_NOUN: Final = regex.compile(r"(?:ed|ly)$")
_PART_KINDS: Final = ("vehicle", "food", "outdoors")
"""Kinds whose nouns often stand before another one that nobody listed."""
_WORD: Final = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}’'-]*")
_STORY_WORDS: Final = 2
"""Least words after a living thing that tell what it does: "a fox learns to skate"."""
_STORY_LETTERS: Final = 3
"""The same in letters, where no blanks part words."""
_PREPOSITIONS: Final = """
    in on at with from of by near and und mit auf aus am im von bei avec dans sur de du des à au en con sul nel di da
    em com no na num numa met op van bij im at under inside between below behind beside across sul sulla nella nel unter
    hinter neben zwischen über sous derrière dentro sobre bajo entre
"""
_PEOPLE: Final = regex.compile(
    r"\b(?:somebody|people|friends|makers|hands?|fingers|thumb|palm|owner|others|outside|taken|reached)\b"
)
"""Matches what shows people in a text of the table."""
_TALK: Final = regex.compile(r"\b(?:i|we|me|us|my|our|you|your|please|thanks?|thank|hi|hello|hey|dear)\b", regex.I)
_OUR: Final = regex.compile(r"\bour\b", regex.I)
_ASKS_HOW: Final = regex.compile(r"\bhow$", regex.I)
_WORKS: Final = regex.compile(r"\s+works?$", regex.I)
_LEAST_TOLD_WORDS: Final = 3
_COMPOUNDING: Final = ("de", "nl")
"""Languages whose compounds are one word: "Kaffeemaschine"."""
_HEAD_FIRST: Final = ("fr", "es", "it", "pt")
_HEAD_WORDS: Final = 3
"""Languages in which the noun that a subject is about stands among its first words."""
_COUNTED_LETTERS: Final = 4
_BRINGS_ONE_IN: Final = regex.compile(r"[一二两三四五六七八九十几]\p{Han}")
_BRINGS_IN: Final = frozenset(["a", "an", "two", "three", "ein", "eine", "un", "une", "una", "uno", "um", "uma", "een"])
_SUBJECT_ORDER: Final[tuple[PieceKind, ...]] = ("fact", "place")
"""Kinds of what a brief says that a picture can show, the best first."""
_HEADS: Final = ("service", "app", "place", "outdoors", "event", "vehicle", "any")
"""Kinds of English nouns that tell what a phrase is whatever stands before them ("a dog walking service")."""
_SMALL_KINDS: Final = ("thing", "food", "app")
"""Kinds that are seen in every size; a place or somebody is seen as wide as what happens there."""
_SIZES_SEEN: Final = (
    (regex.compile(r"\bso close\b"), ("ECU", "ECU")), (regex.compile(r"\bup close\b|\bdetail\b"), ("CU", "MCU")),
    (regex.compile(r"\b(?:hands?|shoulder|work|smil\w+|eyes|table|frowning|laughing|quietly)\b"), ("MS", "MCU")),
    (regex.compile(r"\b(?:wide|far|small|street|whole|world)\b"), ("EWS", "WS")), (regex.compile(""), ("MWS", "WS")),
)  # fmt: skip
"""Sizes by what is seen, the first that matches; two, so that shots in a row differ."""
_AT_SIZE: Final = regex.compile(r"\bup close\b|\btable\b")
"""Matches what even a thing is seen at in its own size."""
_MANNER: Final = regex.compile(
    r"(?<!\p{L})(?:vibes?|look|style|aesthetic|mood|stil|ambiance|estilo|stile|stijl|atmosphere|colou?rs|farben|couleurs"
    r"|colores|colori|cores|kleuren|kolory)(?!\p{L})|雰囲気|风格|ألوان|रंग", regex.I,
)  # fmt: skip
"""Matches a part of a direction that says how the pictures look."""
_MAX_MANNER_WORDS: Final = 4
_MAX_SETTING_WORDS: Final = 5


def add_actions(
    parts: Sequence[ScriptPart], facts: CertainFacts, exclusions: Sequence[str] = ()
) -> tuple[ScriptPart, ...]:
    """Return ``parts`` with subject, action, light and style for each picture that a model is to make. Pure.

    The subject, its place, light and manner are words of the brief; what happens is what a brief that tells a tale
    goes on to tell, each once, then what the table says of the beat; no word of a direction is in any of them. A
    further shot of a beat shows what comes next there, in another size. ``exclusions``: what must not be seen.
    """
    total = sum(map(_is_to_be_made, parts))
    subjects = list_subjects(facts)
    remaining_texts = _list_told(facts, subjects)
    shows_people = not any(PEOPLE_WORDS & set(one.casefold().split()) for one in exclusions)
    settings = _join_texts(facts, "setting") or _find_place(facts)
    light, style = (_join_texts(facts, kind, subjects) for kind in ("light", "style"))
    style = style or _find_manner(facts)
    counted: Counter[str] = Counter()
    made, at = [], 0
    for part in parts:
        if not _is_to_be_made(part):
            made.append(part)
            continue
        subject = subjects[at * len(subjects) // total]
        at += 1
        nth = counted[part.role]
        counted[part.role] += 1
        kind = find_kind(subject, facts.language)
        kind = "person" if kind == "story" and not facts.list_pictures("subject") else kind
        if remaining_texts:
            act = join_told(remaining_texts.pop(0), facts.language)
        else:
            act = f", {choose_action(part.role, kind, nth, shows_people=shows_people)}"
        where = _add_place(settings, subject)
        lit = facts.list_pictures("setting") or has_own_light(f"{subject}{act}", facts.language)
        made.append(replace(
            part, picture=Picture(description=subject), action=f"{where}{act}", nth=nth,
            size=_choose_size(act, kind, at), light=light or (OF_THE_PLACE if lit else ""), style=style,
        ))  # fmt: skip
    return tuple(made)


def _add_place(setting: str, subject: str) -> str:
    """Return what stands after the subject for its place; "on a roof" needs no comma."""
    if not setting or setting.casefold() in subject.casefold():
        return ""
    return f"{' ' if setting.split()[0].casefold() in _PREPOSITIONS.split() else ', '}{setting}"


def _find_place(facts: CertainFacts) -> str:
    """Return the place that an advert names, with the preposition before it ("at the beach"); no address."""
    for piece in facts.list_pieces("place"):
        before = facts.brief[: piece.start].split()[-1:]
        text = (
            piece.text if piece.text.split()[0].casefold() in _PREPOSITIONS.split() else " ".join((*before, piece.text))
        )
        words = text.split()
        is_plain = len(words) <= _MAX_SETTING_WORDS and not any(char.isdigit() for char in text)
        if is_plain and words[0] in _PREPOSITIONS.split():
            return text
    return ""


def _find_manner(facts: CertainFacts) -> str:
    """Return what directions say of how the pictures look ("80s vibe"), without tone and exclusions."""
    texts = (
        text.strip() for one in facts.directions if one.kind != "tone" for text in _PARTS.split(one.text)
        if _MANNER.search(text) and len(text.split()) <= _MAX_MANNER_WORDS and not find_exclusions(BriefText(text))
    )  # fmt: skip
    texts = (text for text in texts if not is_wish(text) and not find_tone(BriefText(text), facts.language))
    return ", ".join(dict.fromkeys(lower_first(text, facts.language) for text in texts))


def _choose_size(act: str, kind: SubjectKind, count: int) -> str:
    """Choose the size of a shot by what is seen in it; empty: any that suits its beat."""
    first, last = _SIZES_SEEN[0], _SIZES_SEEN[-1]
    sizes = next((sizes for seen, sizes in _SIZES_SEEN if seen.search(act)), last[1])
    return sizes[count % 2] if kind not in _SMALL_KINDS or sizes == first[1] or _AT_SIZE.search(act) else ""


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
    """List what the brief tells beside its facts that a picture can show, unless it is said by or to somebody.

    What an advert says beside its facts is mostly talk to its maker: only what brings in somebody new is shown ("A
    rider leans into the rain").
    """
    is_tale = bool(facts.list_pictures("subject")) and not facts.name and not facts.pieces
    return [
        text for text in list_visible_parts(facts)
        if len(text.split()) >= _LEAST_TOLD_WORDS and not _TALK.search(text) and text not in subjects
        and (is_tale or text.split()[0].casefold() in _BRINGS_IN)
    ]  # fmt: skip


def find_kind(subject: str, language: str) -> SubjectKind:
    """Find the kind of a subject by the first noun of the table that stands in it, the last of a compound ("lighthouse
    keeper"); of a sentence, only a living thing tells it; ``any``: none does. Pure.
    """
    kinds = _list_nouns(language)
    if subject.startswith(QUESTION):
        return "any"
    if language in UNSPACED:
        subject = subject.removeprefix(SCENE)
        at, noun = min(((subject.find(noun), noun) for noun in kinds if noun in subject), default=(-1, ""))
        end = at + len(noun)
        if at > _COUNTED_LETTERS and _BRINGS_ONE_IN.match(subject):
            return "any"  # "一只熊猫学骑自行车": the bicycle is not who learns
    else:
        noun, end = _find_noun(subject, language, kinds)
    if not noun:
        return "any"
    is_clause = subject.startswith(CLAUSE)
    if kinds[noun] == "person" and (is_clause or _tells_what_it_does(subject[end:], language)):
        return "story"
    return "any" if is_clause else kinds[noun]


def _find_noun(subject: str, language: str, kinds: Mapping[str, SubjectKind]) -> tuple[str, int]:
    """Find the noun that tells the kind of a subject, and where it ends; of a phrase that names a service or a place
    behind another noun, that one ("a dog walking service").
    """
    noun, before, is_compound = "", "", True
    end = last = first = 0
    lead = next((lead for lead in (CLAUSE, SCENE) if subject.startswith(lead)), "")
    subject, is_clause = subject.removeprefix(lead), lead == CLAUSE
    for n, word in enumerate(_WORD.finditer(subject)):
        here = word.group().casefold()
        if f"{before}_{here}" in kinds:
            here = f"{before}_{here}"
        elif here not in kinds and language == "en" and here.endswith("s") and not (noun and is_clause):
            here = here[:-1]
        elif here not in kinds and language in _COMPOUNDING:
            here = next((known for known in kinds if _can_end_compound(known, kinds) and here.endswith(known)), here)
        is_apart = bool(subject[last : word.start()].strip())
        is_head = language == "en" and not (
            lead or is_apart or here in kinds or is_phrase_end(here) or before == "with"
        )
        if noun and is_head and kinds[noun] in _PART_KINDS and word.group().islower() and not _NO_NOUN.search(here):
            noun, is_compound = "", True  # "train sets" are no train
        first, last = n if is_apart else first, word.end()
        if noun and (is_apart or (is_phrase_end(here) and language == "en")):
            break
        if not noun and language in _HEAD_FIRST and n - first >= _HEAD_WORDS:
            continue
        is_compound = is_compound and (not noun or here in kinds)
        if here in kinds and (is_compound or (language == "en" and kinds[here] in _HEADS)):
            noun, end = here, word.end()
        elif noun and language != "en":
            break
        before = here
    return noun, end + len(lead)


def _can_end_compound(noun: str, kinds: Mapping[str, SubjectKind]) -> bool:
    least = {"thing": 6, "vehicle": 5, "food": 5, "event": 5, "place": 5, "outdoors": 5, "service": 5}.get(kinds[noun])
    return least is not None and len(noun) >= least


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
            found |= dict.fromkeys(load_subjects().get(kind, {}).get(code, "").split(), kind)
    return found


def _tells_what_it_does(after: str, language: str) -> bool:
    if language in UNSPACED:
        return len(after.strip()) >= _STORY_LETTERS
    words = _WORD.findall(after)
    return len(words) >= _STORY_WORDS and words[0].casefold() not in _PREPOSITIONS.split()


def list_subjects(facts: CertainFacts) -> list[str]:
    """List what the film is about: the brief's subjects, else its name with what it is, else what else it says.

    At least one text, in the brief's words, each as it stands after "Close-up of"; none holds a direction. Pure.
    """
    pictures = [part for part in facts.list_pictures("subject") if not is_sizes_alone(part.text)]
    found = [_write_phrase(part, facts, is_told=True) for part in pictures]
    if not found:
        name = find_whole_name(facts.name.text, facts.brief, facts.name.start) if facts.name else ""
        piece = next(iter(facts.list_pieces("descriptor")), None)
        what = _write_phrase(piece, facts) if piece else find_own_trade(facts.brief, facts.language)
        is_apart = what.casefold() not in name.casefold() and can_follow_name(what, facts.language)
        joined = _join_name(facts, piece, what) if piece and is_apart else ""
        found = [what or name] if name.casefold() in what.casefold() else [f"{name}, {what}" if is_apart else name]
        found = [joined] if joined else found
    if not any(found):
        shown = [_write_phrase(piece, facts) for kind in _SUBJECT_ORDER for piece in facts.list_pieces(kind)]
        shown += _write_sentences(facts)
        found = shown[:1] if any(shown[:1]) else [_leave_directions_out(facts)]
    return [" ".join(one[:MAX_SUBJECT_LETTERS].split()) for one in found if one]


def _join_name(facts: CertainFacts, what: Piece, phrase: str) -> str:
    """Return name and descriptor in the words of a brief that says them in one breath: "VW camper van", "nurses at
    Addenbrooke's"; else an empty text.
    """
    name = facts.name
    if not name:
        return ""
    first, last = (name, what) if name.start < what.start else (what, name)
    between = facts.brief[first.end : last.start].split()
    is_led = first is what and len(between) == 1 and between[0] in _PREPOSITIONS.split()
    is_beside = not between and (
        facts.language != "en" or (first is name and what.text.casefold() in phrase.casefold())
    )
    if not is_led and not is_beside:
        return ""
    end = last.end if last is name else facts.brief.index(what.text, what.start) + len(what.text)
    tail = phrase[phrase.casefold().rfind(what.text.casefold()) + len(what.text) :] if last is what else ""
    return write_subject(f"{facts.brief[first.start : end]}{tail}", facts.language, is_told=False)


def _write_sentences(facts: CertainFacts) -> list[str]:
    """Write what a brief tells in whole sentences that are no talk to its maker, as what is seen."""
    texts = (_OUR.sub("the", text) if facts.language == "en" else text for text in list_visible_parts(facts))
    return [
        write_subject(text, facts.language, is_told=True, begins_sentence=True)
        for text in texts if len(text.split()) >= _LEAST_TOLD_WORDS and not _TALK.search(text) and not is_wish(text)
    ]  # fmt: skip


def _write_phrase(part: Piece | PicturePart, facts: CertainFacts, *, is_told: bool = False) -> str:
    before = facts.brief[max(0, part.start - 40) : part.start].rstrip(" \t")
    begins_sentence = before[-1:] in ("", ".", "!", "?", "\n", ":")
    text = part.text
    if is_told and facts.language == "en":
        starts = [one.start for one in facts.pictures] + [one.start for one in facts.pieces]
        starts += [one.start for one in facts.directions if one.kind != "other"]
        following = [start for start in starts if start >= part.end]
        text = extend_subject(facts.brief, part.start, part.end, min(following, default=len(facts.brief)))
    elif is_told:
        text = facts.brief[find_phrase_start(facts.brief, part.start, facts.language) : part.end]
    elif facts.language == "en" and _ASKS_HOW.search(before):
        text = _WORKS.sub("", text)
    elif facts.language == "en":
        text = extend_noun(facts.brief, part.start, part.end)
    return write_subject(text, facts.language, is_told=is_told, begins_sentence=begins_sentence)


def _leave_directions_out(facts: CertainFacts) -> str:
    """Return the brief without its directions; if nothing else stands in it, the first that may be no direction, else
    the things around the camera.
    """
    kept = list(facts.brief)
    for direction in facts.directions:
        kept[direction.start : direction.end] = " " * (direction.end - direction.start)
    text = " ".join("".join(kept).split()).strip(" ,;:.!?—–-")
    if any(char.isalnum() for char in text):
        return text
    doubtful = (one.text for one in facts.directions if one.kind == "other" and facts.language == "en")
    found = next((text for text in doubtful if not (is_wish(text) or _TALK.search(text))), "")
    return write_subject(found, facts.language, is_told=True, begins_sentence=True) or "everyday things"


def _join_texts(facts: CertainFacts, kind: PictureKind, subjects: Sequence[str] = ()) -> str:
    """Join what the brief says of a kind, without what a subject says already."""
    texts = (part.text for part in facts.list_pictures(kind))
    return ", ".join(dict.fromkeys(
        lower_first(text, facts.language) for text in texts if not any(text in subject for subject in subjects)
    ))  # fmt: skip
