"""Says what is seen in each picture of a brief's film: its subject, what happens by beat, where and in which manner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, TypeVar

import regex

from reelwright.documents.script import Picture
from reelwright.planner.casting.cast import DRAWN_BEATS
from reelwright.planner.certain.brief_script import list_visible_parts
from reelwright.planner.certain.values import CertainFacts, Direction, PicturePart, Piece
from reelwright.planner.extract.filmed_things import find_what_is_done, list_asked_pictures
from reelwright.planner.extract.scenery import Scenery, find_scenery, find_sort, is_denied, list_told_acts
from reelwright.planner.extract.tone import find_requested_tone
from reelwright.planner.ids import derive_number
from reelwright.planner.look_choice import find_kind as find_topic
from reelwright.planner.prompts import choose_action, choose_size, is_without_people, list_deeds
from reelwright.planner.screens.parts import ScriptPart
from reelwright.planner.screens.request_words import (
    balance_quotation_marks,
    extend_noun,
    extend_subject,
    find_noun_start,
    find_own_trade,
    find_phrase_start,
    find_whole_name,
    remove_request,
)
from reelwright.planner.screens.subject_phrase import (
    CLAUSE,
    DOER,
    SCENE,
    UNSPACED,
    can_follow_name,
    can_stand_before_noun,
    cut_undrawable,
    is_without_object,
    join_told,
    list_prepositions,
    lower_first,
    split_plot,
    write_subject,
)
from reelwright.planner.subject_kind import (
    COMPOUNDING,
    LIVING,
    PART_KINDS,
    WIDER_KINDS,
    WORK,
    SubjectKind,
    describe_people,
    drop_article,
    find_kind,
    find_phrases,
    find_trade,
    has_own_light,
    name_in_english,
    name_rider,
    name_vessel,
)
from reelwright.planner.tables import Trade, load_beat_pictures, load_pattern, load_phrase_words

T = TypeVar("T", Piece, PicturePart)
OF_THE_PLACE: Final = "natural to the place and the hour"
"""Light of a picture whose place the brief names without its light: the tone's own light could contradict it."""
MAX_SUBJECT_LETTERS: Final = 300
"""Most letters of a brief that name the subject of one picture."""
_PARTS: Final = regex.compile(r"[,.;:!?。、，،\n]")
_WORD_BEFORE: Final = regex.compile(r"([\p{L}\p{M}’'-]+)\W{0,2}$")
_TALK: Final = regex.compile(r"\b(?:i|we|me|us|my|our|you|your|please|thanks?|thank|hi|hello|hey|dear)\b", regex.I)
_ASKS_HOW: Final = regex.compile(r"\bhow$", regex.I)
_WORKS: Final = regex.compile(r"\s+works?$", regex.I)
_LEAST_TOLD_WORDS: Final = 3
_LEADS_ON: Final = regex.compile(r"(?<!\s)\s++(?:in|with|at|on)(?:\s\p{L}+)?$")
_BY: Final = regex.compile(r"^(?:by|from|at) (?=\p{Lu})")
_MOST_NOUNS: Final = 2
_ARTICLE: Final = regex.compile(r"\ban?\s+$", regex.I)
_BRINGS_IN: Final = frozenset(["a", "an", "two", "three", "ein", "eine", "un", "une", "una", "uno", "um", "uma", "een"])
_OUT_OF_DOORS: Final = ("outdoors", "vehicle", "event", "worn")
_IN_ROOMS: Final = ("thing", "food", "drink", "care", "device", "app", "software")
"""Kinds whose room the tables choose; others are often out of rooms, so that the window of a tone is not theirs."""
_DASH: Final = " – "
"""Sets off what is seen from a sentence of another language."""
_BY_WHOM: Final = regex.compile(r" (?:by|from) \p{Lu}.*$")
_STILL: Final = " | "
"""Stands between what a take shows and what its still shows, where that is another."""
_QUOTED: Final = regex.compile(r"[\"“„«‘']((?:\p{Lu}[\p{L}’'-]+ ?){1,3})[\"”“»’'](?!\w)")
"""A name that only its quotation marks tell: "Widow Maker"."""
_FIRST_WORD: Final = regex.compile(r"(?:.*[.!?\n] )?\p{Lu}[\p{L}'’-]+", regex.S)
_EVERY: Final = regex.compile(r"(?:^| )(?:every|each|this|next) ", regex.I)
_PLACED: Final = regex.compile(r"\p{Ll} (?:in|near|at|around|outside) $")
_BRINGS: Final = regex.compile(r"(?:an?|two|three|four|five|six|seven|many) ", regex.I)
_OURS: Final = regex.compile(r"\b(?:our|my)(?: (?:new|own|little|small))* ((?:[\p{L}-]+ ){1,4})$", regex.I)
_MOST_OF_ASKED: Final = 2
"""Most takes of one picture that a brief asks for; further ones show what the film is about."""
_STIRS, _AT_EASE = "with small natural movement", "at a natural pace"
"""What a take of such a picture shows, and of one that says itself what is done."""
_SIZED_KINDS: Final = ("thing", "food", "drink", "care", "device", "place", "outdoors", "event", "vehicle", "large")
"""Kinds whose shots have sizes of their own; others are seen as people are."""
_ACT: Final = regex.compile(r"\b\p{L}{2,}ing\b|\b(?:who|which|that|as|while) \p{L}")
_HEAD_END: Final = regex.compile(r" (?:at|in|who|that|with|of|on|for) ")


def add_actions(
    parts: Sequence[ScriptPart], facts: CertainFacts, exclusions: Sequence[str] = ()
) -> tuple[ScriptPart, ...]:
    """Return ``parts`` with subject, action, light and style for each picture that a model is to make. Pure.

    The subject, its place, light and manner are words of the brief; what happens is what a brief that tells a tale
    goes on to tell, each once, then what the table says of the beat; no word of a direction is in any of them. A
    further shot of a beat shows what comes next there, in another size. ``exclusions``: what must not be seen.
    """
    facts = _join_first_word(facts)
    total = sum(map(_is_to_be_made, parts))
    subjects = list_subjects(facts)
    remaining_texts = _list_told(facts, subjects)
    shows_people = not is_without_people(exclusions)
    seen = find_scenery(facts, subjects)
    is_set = bool(seen.place or (seen.setting and not load_pattern("studio").search(seen.setting)))
    who, wears = (_choose_for_film(facts.brief, "cast", row) for row in ("any", "wears"))
    is_solemn = bool(load_pattern("solemn").search(facts.brief))
    is_toned = find_requested_tone(facts) is not None
    subjects = [one for subject in subjects for one in split_plot(subject)]
    has_children = bool(load_pattern("young").search(facts.brief))
    pictures = list_asked_pictures(facts)
    count = sum(_is_to_be_made(part) and part.role not in DRAWN_BEATS for part in parts)
    count = min(count, _MOST_OF_ASKED * len(pictures))
    takes = [pictures[n * len(pictures) // count] for n in range(count)]
    counted: Counter[str] = Counter()
    chosen: set[str] = set()
    made, at = [], 0
    for part in parts:
        if not _is_to_be_made(part):
            made.append(part)
            continue
        subject = subjects[at * len(subjects) // total]
        at += 1
        nth = counted[part.role]
        counted[part.role] += 1
        if takes and part.role not in DRAWN_BEATS:
            made.append(_show_asked(part, takes.pop(0), facts, seen, at, nth))
            continue
        kind, trade = _find_kind_and_trade(subject, facts)
        if remaining_texts:
            act, stage = join_told(remaining_texts.pop(0), facts.language), ""
        else:
            is_peopled = shows_people and not _is_deserted(f"{subject} {seen.setting}", kind)
            acts = choose_action(
                part.role, kind, nth, shows_people=is_peopled, does=trade.does, earlier=chosen, is_solemn=is_solemn,
                deeds=list_deeds(kind, facts.brief, subject),
            )  # fmt: skip
            chosen.add(acts)
            act, stage = f", {acts}", "" if seen.place or seen.setting else _choose_stage(subject, kind, trade, facts)
        has_light = has_own_light(f"{subject}{act}", facts.language) or (kind in _OUT_OF_DOORS and not seen.setting)
        has_light = has_light or is_set or (kind not in _IN_ROOMS and not is_toned and not seen.setting)
        view = load_phrase_words()["seen_as" if shows_people else "unpeopled"].get(kind, "")
        view = view.replace("people in", "children in") if load_pattern("young").search(subject) else view
        age = who[who.index(" of ") :]
        is_dressed = bool(view) or subject.startswith("somebody ")
        dressed = subject if is_dressed else describe_people(subject, facts.language, age, wears)
        named = name_in_english(dressed, facts.language, kind, trade, facts.name.text if facts.name else "")
        named = _BY_WHOM.sub("", named) if kind == "trade" else named
        named = f"{view} {drop_article(named, facts.language)}" if view else name_vessel(named, kind)
        size = choose_size(act, kind, at)
        act = name_rider(act, f"{subject} {named}", kind) if shows_people else act
        sign = _DASH if named.startswith(SCENE) and act.startswith(", ") else act[:2]
        act = f"{sign}{act[2:]}"
        act = regex.sub(r"\ba (?:patient|customer)\b", "a child", act) if has_children else act
        where = _add_place(seen.place, subject, facts.brief)
        named, first, moves = (
            text.replace("somebody", f"{who} in {wears}") for text in (named, act.rpartition(_STILL)[2], act)
        )
        action, has_still, _ = moves.partition(_STILL)
        made.append(replace(
            part, picture=Picture(description=named), action=f"{where}{action}", nth=nth, style=seen.style,
            first_frame=f"{named}{where}{sign}{first}" if has_still else "", size=size,
            setting=seen.setting or stage, light=seen.light or (OF_THE_PLACE if has_light else ""),
        ))  # fmt: skip
    return tuple(made)


def _show_asked(part: ScriptPart, text: str, facts: CertainFacts, seen: Scenery, at: int, nth: int) -> ScriptPart:
    """Return a part with a picture that the brief asks for: it has its own place, and its own act where it says one."""
    says_act = text.startswith(CLAUSE) or (facts.language == "en" and bool(_ACT.search(text)))
    kind = find_kind(text, facts.language)
    kind = kind if kind in _SIZED_KINDS else "person"
    return replace(
        part, picture=Picture(description=text), action=f", {_AT_EASE if says_act else _STIRS}", first_frame=text,
        nth=nth, size=choose_size(text, kind, at - 1), style=seen.style, light=seen.light or OF_THE_PLACE,
    )  # fmt: skip


def _is_deserted(text: str, kind: SubjectKind) -> bool:
    return kind not in LIVING and bool(load_pattern("deserted").search(text))


def _find_kind_and_trade(subject: str, facts: CertainFacts) -> tuple[SubjectKind, Trade]:
    """Find the kind of a subject and its trade, which tells the kind where no noun does; a trade that no word tells
    does nothing but in a service.
    """
    if subject.startswith(CLAUSE) or (_is_tale(facts) and load_pattern("does_in_tale").search(subject)):
        return "story", find_trade("")
    kind = _find_kind_of_film(subject, facts)
    own = subject.removeprefix(f"{facts.name.text}, ") if facts.name else subject  # "Rust & Honey, a band"
    trade = find_trade(_HEAD_END.split(own)[0] if kind == "person" else own)
    trade = find_trade(subject) if kind != "person" and not (trade.of or trade.words) else trade
    trade = find_trade(facts.brief) if kind == "any" and not trade.words and facts.language != "en" else trade
    is_told = bool(trade.of or trade.words)
    if subject.startswith(DOER) and not is_told:
        return "story", replace(trade, does=())  # the sentence says what is done
    if kind in ("any", "name")[facts.language == "en" :] and (
        trade.kind or (is_told and _is_foreign_firm(subject, facts))
    ):
        is_head = facts.language in UNSPACED or find_trade(own.removeprefix(SCENE).split(" ")[0]) == trade
        is_part = trade.kind in PART_KINDS and (facts.language in COMPOUNDING or not is_head)
        kind = "any" if is_part else trade.kind or "service"  # type: ignore[assignment]  # of the table
        kind = "story" if kind == "service" and subject.startswith(SCENE) and _is_tale(facts) else kind
    return kind, trade if is_told or kind in ("service", "trade") else replace(trade, does=())


def _is_foreign_firm(subject: str, facts: CertainFacts) -> bool:
    """Return whether a subject of another language has a name and is nobody's calling ("Anne Roy, ostéopathe")."""
    is_named = bool(facts.name) and subject.startswith(facts.name.text)  # type: ignore[union-attr]
    return is_named and facts.language != "en" and not load_pattern("one_word_behind").search(subject)


def _choose_stage(subject: str, kind: SubjectKind, trade: Trade, facts: CertainFacts) -> str:
    """Choose where a film plays whose brief does not say it: where people of its trade work, unless they come to their
    customers, or a room for its kind of thing; empty for a subject that could be anywhere.
    """
    if load_pattern("out_of_rooms").search(facts.brief):
        return ""
    if kind == "large":
        return ""
    if kind in (*WORK, "person") and kind != "outing":
        is_taught = kind != "lesson" or "lesson" in trade.english
        return trade.english.get("place", "") if is_taught and (trade.of or trade.words) else ""
    return _choose_for_film(facts.brief, "stage", kind)


def _choose_for_film(brief: str, what: str, row: str) -> str:
    """Choose a text of the table for a whole film, by its brief; empty: the table has none of this row. Pure."""
    rows = load_beat_pictures()[what]
    texts = rows.get(row) or rows.get(WIDER_KINDS.get(row, ""), ())  # type: ignore[call-overload]  # a kind
    sexes = [sex for sex in ("woman", "man") if what == "cast" and load_pattern("for_whom", sex).search(brief)]
    if len(sexes) == 1:
        texts = tuple(one for one in texts if f"a {sexes[0]} " in one) or texts
    chosen = texts[derive_number(brief, f"{what} {row}") % len(texts)] if texts else ""
    ages = {"young": "twenty", "old": "seventy"} if (what, row) == ("cast", "any") else {}
    years = next((age for name, age in ages.items() if load_pattern("told_age", name).search(brief)), "")
    return f"{chosen[: chosen.rindex(' ')]} {years}" if years else chosen


def _find_kind_of_film(subject: str, facts: CertainFacts) -> SubjectKind:
    """Find the kind of a subject; what a name is says more than the name, and a firm with a name is one of people."""
    quoted = _QUOTED.search(facts.brief)
    name = f"{_BY.sub('', facts.name.text)}, " if facts.name else f"{quoted[1]}, " if quoted else ""
    is_named = bool(name) and subject.startswith(name)
    kind = find_kind(subject.removeprefix(name), facts.language)
    kind = find_kind(subject, facts.language) if kind == "any" else kind
    if kind == "story" and not facts.list_pictures("subject") and (facts.name or not subject.startswith(SCENE)):
        head = find_kind(" ".join(subject.removeprefix(SCENE).split()[:2]), facts.language)
        kind = "animal" if head == "animal" else "person"
    kind = "app" if kind == "place" and "online" in subject.casefold().split() else kind
    if kind in ("thing", "device") and load_pattern("bulky").search(subject):
        return "large"
    kind = "thing" if kind == "food" and load_pattern("not_eaten").search(subject) else kind
    if kind == "any" and subject.casefold() == name.casefold().removesuffix(", "):
        return "name"
    is_firm = is_named or bool(load_pattern("firm").search(subject.removeprefix(name)))
    return "service" if kind == "trade" and is_firm else kind


def _add_place(place: str, subject: str, brief: str) -> str:
    """Return what stands after the subject for its place; "on a roof" needs no comma."""
    if not place or place.casefold() in subject.casefold():
        return ""
    joined = f"{subject.removeprefix(SCENE)} {place}".casefold()
    is_beside = place.split()[0].casefold() in list_prepositions() or joined in brief.casefold()
    return f"{' ' if is_beside else ', '}{place}"


def _is_to_be_made(part: ScriptPart) -> bool:
    return bool(part.picture and not part.picture.file)


def _is_tale(facts: CertainFacts) -> bool:
    """Return whether a brief tells a tale and sells nothing."""
    return bool(facts.list_pictures("subject")) and not facts.name and not facts.pieces


def _list_told(facts: CertainFacts, subjects: Sequence[str]) -> list[str]:
    """List what the brief tells beside its facts that a picture can show, unless it is said by or to somebody.

    What an advert says beside its facts is mostly talk to its maker: only what brings in somebody new is shown ("A
    rider leans into the rain").
    """
    return [
        text for text in (*list_visible_parts(facts), *list_told_acts(facts))
        if len(text.split()) >= _LEAST_TOLD_WORDS and not _TALK.search(text) and text not in subjects
        and (_is_tale(facts) or text.split()[0].casefold() in _BRINGS_IN or text in list_told_acts(facts))
    ]  # fmt: skip


def list_subjects(facts: CertainFacts) -> list[str]:
    """List what the film is about: the brief's subjects, else its name with what it is, else what else it says.

    At least one text, in the brief's words, each as it stands after "Close-up of"; none holds a direction. Pure.
    """
    facts = _join_first_word(facts)
    subjects = facts.list_pictures("subject")
    pictures = [part for part in subjects if not load_pattern("unseen").search(part.text)]
    requests = [one.text for one in facts.directions if one.kind == "request" and facts.language == "en"]
    titles = [load_pattern("kind_of_film").sub("", text) for text in requests]
    titles = [text for text in titles if find_kind(text, "en") in ("person", "trade", "service")]
    if (
        titles
        and subjects
        and all(" " not in part.text and find_kind(part.text, "en") == "outdoors" for part in subjects)
    ):
        return [write_subject(titles[0], "en", is_told=False, begins_sentence=True)]  # "wedding photographer promo"
    pictures = pictures or [*facts.list_pictures("setting")] * bool(subjects)
    found = [_write_phrase(part, facts, is_told=True) for part in _join_parts(pictures, facts)]
    if explained := load_pattern("explains").search(facts.brief):
        noun = write_subject(explained["what"], "en", is_told=True)
        steps = (write_subject(one, "en", is_told=True) for one in _PARTS.split(explained["steps"]))
        acts = [one.removeprefix(CLAUSE) for one in steps if one.startswith(CLAUSE)]
        return [noun, *(f"{CLAUSE}{noun} at work as {one}" for one in acts)]
    sentences = _list_told_sentences(facts)
    found += sentences if found and found[0].startswith(CLAUSE) else ()
    found = found or sentences[:1] or [_write_advert_subject(facts)]
    return [" ".join(one[:MAX_SUBJECT_LETTERS].split()) for one in found if one]


def _join_first_word(facts: CertainFacts) -> CertainFacts:
    """Return facts without a name that is the first word of a phrase ("Ceramic | tiles made in Portugal"), which has
    its capital from where it stands.
    """
    name = facts.name
    if not name or not _FIRST_WORD.fullmatch(facts.brief[: name.end]):
        return facts
    if not (facts.brief[name.end + 1 :][:1].islower() or name.text.endswith(("'s", "’s"))):
        return facts
    if load_pattern("launch", facts.language).match(facts.brief[name.start :]):
        return facts
    start, starts = name.start, (name.start, name.end + 1)

    def extend(part: T) -> T:
        text = facts.brief[start : part.end]
        return replace(part, text=text, start=start) if part.start in starts else part

    if not any(part.start in starts for parts in (facts.pieces, facts.pictures) for part in parts):
        return facts
    return replace(
        facts, name=None, pieces=tuple(map(extend, facts.pieces)), pictures=tuple(map(extend, facts.pictures))
    )


def _join_parts(parts: Sequence[PicturePart], facts: CertainFacts) -> list[PicturePart]:
    """Join the parts between which the brief has only its name: "Hersteller von | Förderbändern | in Bielefeld"."""
    made: list[PicturePart] = []
    for part in parts:
        before = facts.brief[made[-1].end : part.start].strip() if made else ""
        if made and facts.name and before == facts.name.text:
            start = made.pop().start
            part = replace(part, text=facts.brief[start : part.end], start=start)
        made.append(part)
    return made


def _list_told_sentences(facts: CertainFacts) -> list[str]:
    """List the sentences that tell something though they were read as facts ("A snail enters a marathon"), in a brief
    without a name.
    """
    if facts.language != "en" or facts.name:
        return []
    parts: Sequence[Piece | Direction] = facts.list_pieces("descriptor", "fact")
    parts = parts if facts.pieces or facts.pictures else facts.directions  # all of a tale was read as a wish
    texts = [extend_subject(facts.brief, one.start, one.end, one.end) for one in parts]
    written = [write_subject(text, "en", is_told=True, begins_sentence=True) for text in texts]
    return [text for text in written if text.startswith(CLAUSE) and _BRINGS.match(text.removeprefix(CLAUSE))]


def _find_apposition(facts: CertainFacts) -> str:
    """Find what an English brief says that the name is, right before the name: "a SaaS tool" of "our SaaS tool Ledgerly
    closes the books"; or nothing.
    """
    before = facts.brief[: facts.name.start].rstrip("\"“'‘") if facts.name and facts.language == "en" else ""
    found = _OURS.search(before) or load_pattern("noun_and_name").search(before)
    words = found[1].split() if found else []
    is_noun = bool(words) and all(map(can_stand_before_noun, words)) and find_kind(" ".join(words), "en") != "any"
    return write_subject(" ".join(words), "en", is_told=False, begins_sentence=True) if is_noun else ""


def _write_advert_subject(facts: CertainFacts) -> str:
    """Write the name with what it is, else the best that the brief names and a picture can show."""
    name = find_whole_name(facts.name.text, facts.brief, facts.name.start) if facts.name else ""
    if not name and (quoted := _QUOTED.search(facts.brief)):
        name = quoted[1]
    if facts.name and load_pattern("launch", facts.language).match(facts.brief[facts.name.start :]):
        text = _PARTS.split(facts.brief[facts.name.start :])[0]  # "Apertura di una libreria"
        return write_subject(text, facts.language, is_told=False)
    name = "" if load_pattern("label").fullmatch(name) else name
    if name and facts.name and facts.language == "en" and _PLACED.search(facts.brief[: facts.name.start]):
        placed = next((phrase for _, phrase in find_phrases(facts.brief) if name in phrase), "")
        if placed:  # "our vineyard near Siena"
            begins = facts.brief.startswith(placed)
            return write_subject(placed, "en", is_told=False, begins_sentence=begins)
    piece = next((one for one in facts.list_pieces("descriptor") if not load_pattern("genre").match(one.text)), None)
    name = _BY.sub("", name) if facts.language == "en" else name
    name = load_pattern("own_trade", facts.language).sub("", name).strip()
    if name.startswith("The ") or name.partition(" ")[2][:1].islower():
        begins = not facts.name or facts.brief[: facts.name.start].rstrip()[-1:] in ("", ".", "!", "?", ":")
        name = lower_first(name, facts.language, begins_sentence=begins)
    elif facts.name and facts.language != "en" and not piece:
        noun = _WORD_BEFORE.search(facts.brief[: facts.name.start])
        is_known = noun and find_kind(noun[1], facts.language) not in (*LIVING, "any") and noun[1] not in name
        name = balance_quotation_marks(facts.brief[noun.start() : facts.name.end]) if noun and is_known else name
    own = _write_phrase(piece, facts) if piece else ""
    apposition, (verb, done) = _find_apposition(facts), find_what_is_done(facts)
    if done and not apposition:
        return done
    own = "" if verb and piece and piece.text.startswith(verb) else own
    for what in (
        *([apposition] if not own or own not in apposition else ()),
        own,
        find_own_trade(facts.brief, facts.language),
    ):
        if can_follow_name(what, facts.language):
            joined = _join_name(facts, piece, cut_undrawable(what)) if name and piece and what == own else ""
            return joined or _join_apart(name, cut_undrawable(what), facts.language)
    lead = _find_lead(facts) if facts.language == "en" and not name else ""
    if lead:
        return lead
    name = _add_noun(name, facts)
    kind = find_kind(name, facts.language)
    text = _leave_directions_out(facts) if facts.language == "en" else ""
    phrases = [one for one in find_phrases(text) if not load_pattern("genre").match(one[1])]
    phrases = phrases or find_phrases(text, is_living=True)
    events = [phrase for phrase in phrases if phrase[0] == "event"]
    has_events, is_short = kind in ("any", "place", "outdoors", "service"), len(name.split()) < 3
    for sort, phrase in (*(events if name and has_events else ()), *(phrases if kind == "any" and is_short else ())):
        written = write_subject(phrase, facts.language, is_told=False, begins_sentence=True)
        return _join_apart(name, written, facts.language) if sort == "event" else written
    about = load_phrase_words()["stand_in"].get(find_topic(facts.brief), "")
    is_trade = name and find_kind(name, facts.language) == "any" and bool(find_trade(name).kind)
    if kind != "any" or (name and (is_trade or not (about and is_short))):
        return write_subject(name, "en", is_told=False) if name[:1].islower() and facts.language == "en" else name
    trade = find_trade(facts.brief).english
    seen = trade.get("place") or next(iter(trade.values() if facts.language != "en" else ()), "")
    if seen and facts.language != "en" and name:
        return f"{seen}, {name}"
    return _find_told_text(facts) or seen or about or "everyday things"


def _find_lead(facts: CertainFacts) -> str:
    """Find the first part of an English brief that begins with a noun whose kind is known."""
    spans = [(one.start, one.text) for one in facts.list_pieces("descriptor", "fact", "offer")]
    pieces = (text for _, text in sorted([*spans, *((one.start, one.text) for one in facts.unused_parts)]))
    texts = (_EVERY.split(text)[0] for text in pieces if not any(map(str.isdigit, text)))
    leads = (cut_undrawable(write_subject(text, "en", is_told=False, begins_sentence=True)) for text in texts)
    leads = (one for one in leads if can_follow_name(one, "en") and not load_pattern("genre").match(one))
    return next((one for one in leads if find_kind(one, "en") != "any"), "")


def _add_noun(name: str, facts: CertainFacts) -> str:
    """Return a name with the noun that stands right behind it and is no name: "Kettle & Crow cold brew"."""
    if not facts.name:
        return name
    behind = facts.brief[facts.name.end :]
    noun = next((piece.text for piece in facts.list_pieces("fact") if piece.start == facts.name.end + 1), "")
    is_noun = noun and behind[:1] == " " and len(noun.split()) <= _MOST_NOUNS and noun.islower()
    return f"{name} {noun}" if is_noun and not any(map(str.isdigit, noun)) else name


def _find_told_text(facts: CertainFacts) -> str:
    """Return the first text of a brief without a name that a picture can show, or nothing; an English one has phrases
    with nouns for that.
    """
    parts = [(one.text, remove_request(one.text, facts.language)) for one in facts.directions]
    requests = [subject for text, subject in parts if subject != text]
    texts = [piece.text for piece in facts.list_pieces("fact", "place", "quote")]
    texts.extend((*_PARTS.split(_leave_directions_out(facts)), *requests))
    texts.extend([facts.brief] * (len(facts.pieces) == 1 and not facts.directions))
    visible = [
        text for text in texts
        if text.strip() and not any(map(str.isdigit, text)) and not is_denied(text, facts.language)
    ]  # fmt: skip
    is_named = facts.name and not load_pattern("label").fullmatch(facts.name.text)
    is_told = not is_named and facts.language != "en"
    return write_subject(visible[0], facts.language, is_told=True) if visible and is_told else ""


def _join_apart(name: str, what: str, language: str) -> str:
    """Join a name with what it is, or with what is there or comes from there: "a fair at Hill School"."""
    kind, is_seller = find_kind(what, language), find_kind(name, language) in ("place", "outdoors", "service")
    noun = what.removeprefix("a ").removeprefix("an ").casefold()
    if what.split()[-1:] == name.split()[:1]:
        return name  # "Hof Lindenau, direkt vom Hof"
    if what.startswith(DOER):
        return f"somebody from {name} {what.removeprefix('somebody ')}" if name else what
    if name.casefold() in what.casefold() or noun in name.casefold():
        return what if name.casefold() in what.casefold() else name
    if kind == "event" and is_seller:
        return f"{what} {'by' if find_kind(name, language) == 'service' else 'at'} {name}"
    if (
        WIDER_KINDS.get(kind, kind) in ("food", "thing")
        and language == "en"
        and (is_seller or not what.startswith(("a ", "an ", "the ")))
    ):
        return f"{what} from {name}"
    return f"{name}, {what}"


def _join_name(facts: CertainFacts, what: Piece, phrase: str) -> str:
    """Return name and descriptor in the words of a brief that says them in one breath: "VW camper van", "nurses at
    Addenbrooke's"; else an empty text.
    """
    name = facts.name
    if not name:
        return ""
    first, last = (name, what) if name.start < what.start else (what, name)
    between = facts.brief[first.end : last.start].split()
    is_led = first is what and len(between) == 1 and between[0] in list_prepositions()
    is_beside = not between and (
        facts.language != "en" or (first is name and what.text.casefold() in phrase.casefold())
    )
    if not is_led and not is_beside:
        return ""
    end = last.end if last is name else facts.brief.index(what.text, what.start) + len(what.text)
    tail = phrase[phrase.casefold().rfind(what.text.casefold()) + len(what.text) :] if last is what else ""
    begins = first is what and facts.brief[: first.start].rstrip()[-1:] in ("", ".", "!", "?", ":")
    text = f"{facts.brief[first.start : end]}{tail}"
    return write_subject(text, facts.language, is_told=False, begins_sentence=begins)


def _write_phrase(part: Piece | PicturePart, facts: CertainFacts, *, is_told: bool = False) -> str:
    before = facts.brief[max(0, part.start - 40) : part.start].rstrip(" \t")
    begins_sentence = before[-1:] in ("", ".", "!", "?", "\n", ":")
    text = part.text
    if is_told and facts.language == "en":
        beside = [one for one in facts.pictures if one.start == part.end + 1 and one.kind != "setting"]
        end = next(
            (one.end for one in beside if not find_sort(one.text, facts)), part.end
        )  # "a wooden | toy train set"
        starts = [one.start for one in facts.pictures] + [one.start for one in facts.pieces]
        starts += [one.start for one in facts.directions if one.kind != "other"]
        following = [start for start in starts if start >= end]
        start = find_noun_start(facts.brief, part.start)
        start = article.start() if (article := _ARTICLE.search(facts.brief[:start])) else start
        text = extend_subject(facts.brief, start, end, min(following, default=len(facts.brief)))
        if is_without_object(text):  # "repairs the radio and hears | a voice from 1962"
            text = f"{text} {_PARTS.split(facts.brief[end:])[0].strip()}"
        if any(one.start == end + 1 for one in facts.pictures):
            text = _LEADS_ON.sub("", text)  # "a dessert in extreme | slow motion"
    elif is_told:
        text = facts.brief[find_phrase_start(facts.brief, part.start, facts.language) : part.end]
        text += _join_beside(part.end, facts)  # "小さ|な本屋", "découvre | la mer"
        first, *looks = regex.split(r"[,，、،] ?", text)
        text = first if any(find_sort(look, facts) for look in looks) else text  # "tango, lumière rouge"
    elif facts.language == "en" and _ASKS_HOW.search(before):
        text = _WORKS.sub("", text)
    elif facts.language == "en":
        text = extend_noun(facts.brief, part.start, part.end)
        text = f"we {text}" if before.casefold().endswith(("we", " i")) else text
    return write_subject(text, facts.language, is_told=is_told, begins_sentence=begins_sentence)


def _join_beside(end: int, facts: CertainFacts) -> str:
    """Join what a brief goes on to tell from ``end`` without a sign, whatever it was read as."""
    ends = {one.start: one.end for one in facts.pictures} | {one.start: one.end for one in facts.pieces}
    beside = ends.get(end + (facts.brief[end : end + 1] == " "), end)
    return f"{facts.brief[end:beside]}{_join_beside(beside, facts)}" if beside > end else ""


def _leave_directions_out(facts: CertainFacts) -> str:
    """Return the brief without its directions and without what is said or printed, whose places are empty lines."""
    kept = list(facts.brief)
    hidden: list[Direction | Piece] = [
        one for one in facts.directions if (one.kind, facts.language) != ("request", "en")
    ]
    for part in (
        *hidden,
        *facts.list_pieces("call", "quote", "who", "address", "handle", "telephone", "mail", "terms"),
    ):
        kept[part.start : part.end] = "\n" * (part.end - part.start)
    return "".join(kept)
