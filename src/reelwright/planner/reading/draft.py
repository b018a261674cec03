"""Drafts the script of a brief: each span that was read is a screen, with how sure that is; the rest is a note."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import regex

from reelwright.documents.script import BlockSettings, Note, Run, Screen, Script, SpokenLine
from reelwright.documents.words import is_number
from reelwright.documents.write import write_script
from reelwright.errors import NothingToShow
from reelwright.media.letters.coverage import find_uncovered
from reelwright.planner.certain.marks import Marks
from reelwright.planner.certain.platforms import find_platforms
from reelwright.planner.certain.values import (
    BESIDE_LABEL,
    CERTAIN,
    CONTACTS,
    LIKELY,
    LIKELY_NAME,
    CertainFacts,
    Kind,
    Piece,
    Tier,
)
from reelwright.planner.counting import compute_reading_seconds, count_words
from reelwright.planner.extract.brief_text import BriefText, tidy
from reelwright.planner.extract.colours import find_accent
from reelwright.planner.extract.exclusions import find_exclusions
from reelwright.planner.extract.tone import find_requested_tone
from reelwright.planner.phrases import split_phrases
from reelwright.planner.reading.prices import find_priced_things, is_discount, list_priced_rows, may_replace
from reelwright.planner.reading.read import UNFIT
from reelwright.planner.screens.wording import MAX_SCREEN_LETTERS
from reelwright.reel.base.value import define_value

_LEADS: Final = regex.compile(
    r"(?P<bold>(?:\p{Sc}\s?)?\p{Nd}(?:[.,'’\u00a0\u202f]*+\p{Nd})*+(?:\s\p{Nd}{3})*(?:\s?[%°+★]C?)?)(?=\s)"
)
_COUNT: Final = regex.compile(_LEADS.pattern + r"(?:\s[\p{Latin}\p{Greek}\p{Cyrillic}][\p{L}\p{M}.'’²³-]*){1,3}")
"""A fact that is a number and what it counts: ``2,412 sq ft``."""
_PREPOSITION: Final = regex.compile(
    r"(?:\s+(?:at|to|on|via|or|and|auf|unter|bei|über|an|oder|und|sur|chez|au|à|ou|et|en|a|al|o|no|em|por|para|pelo|pela"
    r"|e|su|sul|presso|allo|op|naar|of|pod|na|или|и|на|в|от|по|على|عبر|في|→|->|@"
    r"|(?:or|and|oder|und|ou|et|o|y|e|of|en)\s+(?:go|visit|see|besucht?|visitez|visita|visite|acesse|consultez|bezoek))"
    r"|\s*[:：]|(?<=[\p{Han}\p{Hiragana}\p{Katakana}])(?:は|へは))+\s*$",
    regex.I,
)
_IS: Final = regex.compile(r"(?<=\p{L})['’]s$")
"""The verb between what an address is and the address: "the number's"."""
_LONGEST_PREPOSITION: Final = 60
"""Characters at the end of a call in which prepositions are looked for: several, with spaces."""
_PARTICLE: Final = regex.compile(r"[\p{Hiragana}\p{Hangul}\p{Thai}]{1,4}")
"""What is written to an address without a blank, and says nothing without it: ``000-555-0126まで``."""
_LONG_SCREEN_S: Final = 5
_PRICE_GAP: Final = 24
"""Most characters between an old price and the new one that replaces it."""
_REACHED_BY: Final[tuple[Kind, ...]] = (*CONTACTS, "mail")
_MOST_CARD_LETTERS: Final = 40
"""Most letters of a call without a contact that stands on the last card, as a button: "book now"."""
_OR: Final = regex.compile(
    r"^(?:or|oder|ou|o|of|lub|eller|или)\s+(?:(?:at|on|via|by|per|unter|bei|über|à|au|par|por|en|op|na)\s+)?", regex.I
)
"""How another contact is offered: ``ou à info@…``."""
_MOST_BETWEEN_CONTACTS: Final = 4
"""Most letters between two contacts of one card: ", or "."""
_SAID_GAP, _SAID_BY_GAP = 48, 20
"""Most characters between who says something and the quotation, and between that and who says it."""
_SENTENCE_END: Final = regex.compile(r"[.!?;\n](?=\s)")
_VERB_OF_SPEAKER: Final = regex.compile(r"[,،]\s*[\p{Ll}'’]{1,5}(?:\s\p{Ll}{3,8})?$")
"""The beginning of the verb behind who speaks: "Une cliente, Sophie, m'a"."""
_DESCRIPTOR_GAP: Final = 8
"""Most characters between a name and the words beside it that say what it is."""


@define_value
class DraftLine:
    """A screen of a draft. ``start``, ``end``: where its words stand in the brief; ``probability``: that they are
    right.
    """

    screen: Screen
    start: int
    end: int
    probability: float

    @property
    def tier(self) -> Tier:
        """The certainty of the line: certain, likely or unlikely."""
        if self.probability >= CERTAIN:
            return "certain"
        return "likely" if self.probability >= (LIKELY_NAME if self.screen.form == "reveal" else LIKELY) else "unlikely"


@define_value
class Draft:
    """The lines of the film of a brief, in order. ``unlikely_lines``: what was read, but is rather not shown."""

    lines: tuple[DraftLine, ...]
    unlikely_lines: tuple[DraftLine, ...] = ()

    @property
    def is_certain(self) -> bool:
        """Whether every line may be filmed without a question."""
        return all(line.tier == "certain" for line in self.lines)

    @property
    def screens(self) -> tuple[Screen, ...]:
        """The screens of its lines, with the numbers of their beats."""
        return tuple(_number_beats([line.screen for line in self.lines]))


_TOLD: Final = ("fact", "descriptor", "number", "quote", "who")
"""Kinds of a film that tells or explains something; one that sells or invites has others, and needs no such line."""


def draft_facts(facts: CertainFacts, *, shows_subject: bool = True) -> Draft:
    """Draft the screens of what was read: in the order of the brief, the name early, contacts last.

    Where nothing was read that is certain or likely, what is unlikely is shown; where nothing was read at all, and
    ``shows_subject``, what the film is about, or else the rest of the brief that is no direction. Without that the
    draft has no line. Pure.
    """
    facts = _absorb_into_subject(facts)
    has_scenes = len(facts.list_pictures("subject")) > 1
    if shows_subject or not has_scenes:  # a storyboard is seen, where somebody films it
        facts = _add_subject(facts, has_scenes=has_scenes)
    lines = _list_lines(facts)
    shown = [line for line in lines if line.tier != "unlikely"]
    if not shown and not lines and shows_subject and not facts.find_direction("no_text"):
        rest = [(part.text, part.start, part.end) for part in facts.pictures if part.kind == "subject"] or [
            (part.text, part.start, part.end) for part in facts.unused_parts
        ]
        shown = [
            DraftLine(screen=_make_screen("words", words), start=a, end=b, probability=LIKELY)
            for text, a, b in (part for one in rest for part in _split_long(*one))
            if 0 < len(words := tidy(text)) <= _MAX_SUBJECT_LETTERS
            and not find_uncovered([words], facts.language)
            and words in " ".join(text.split())
            and not any(UNFIT.search(line) for line in text.split("\n"))
        ]
        return Draft(lines=tuple(shown))
    shown = [line for line in lines if line in shown or _says_what_name_does(facts, line)]
    if len(shown) < _LEAST_LINES:  # nobody has a use for a film of a name alone
        least = _LEAST_FILLING if shown else 0.0
        shown = [line for line in lines if line in shown or line.probability >= least]
    return Draft(lines=tuple(shown), unlikely_lines=tuple(line for line in lines if line not in shown))


def _says_what_name_does(facts: CertainFacts, line: DraftLine) -> bool:
    """Return whether a line that is less sure is the rest of a sentence that the name begins: "Tern carries less"."""
    name, brief = facts.name, facts.brief
    return (
        name is not None
        and line.probability >= _LEAST_FILLING
        and name.end < line.start
        and not brief[name.end : line.start].strip()
        and (not brief[line.end :].strip() or brief[line.end] in ".!?。！？\n")
    )


def _add_subject(facts: CertainFacts, *, has_scenes: bool) -> CertainFacts:
    """Return ``facts`` with what a film is about that tells or explains something as its opening line: of "a lighthouse
    loves a ship. Every night it winks", both are told.
    """
    if facts.find_direction("no_text") or (not facts.pieces and not has_scenes):
        return facts
    if not has_scenes and any(one.kind not in _TOLD for one in facts.pieces):
        return facts
    if (
        not has_scenes
        and facts.name is None
        and any(one.kind == "descriptor" and one.probability >= LIKELY for one in facts.pieces[:1])
    ):
        return facts
    added = [
        Piece(kind="fact", text=part.text, start=part.start, end=part.end, probability=LIKELY)
        for part in facts.list_pictures("subject")
        if 0 < len(tidy(part.text)) <= MAX_SCREEN_LETTERS
        and not UNFIT.search(part.text)
        and not any(p.start < part.end and part.start < p.end for p in facts.pieces)
    ]
    return replace(facts, pieces=tuple(sorted((*facts.pieces, *added), key=lambda one: one.start))) if added else facts


def _absorb_into_subject(facts: CertainFacts) -> CertainFacts:
    """Return facts in which the subject goes on to the end of its sentence, if nothing but such ends was read as facts.

    Of "A fox learns to skate behind the school" the place alone would be a film of "behind the school".
    """
    subject = next((part for part in facts.pictures if part.kind == "subject"), None)
    if subject is None or facts.name is not None or not facts.pieces:
        return facts
    end = subject.end
    for piece in facts.pieces:
        if piece.kind not in ("place", "date", "fact") or piece.start < end or facts.brief[end : piece.start].strip():
            return facts
        end = piece.end
    whole = replace(subject, text=facts.brief[subject.start : end], end=end)
    return replace(facts, pieces=(), pictures=tuple(whole if one is subject else one for one in facts.pictures))


_MAX_SUBJECT_LETTERS: Final = 120
_LEAST_LINES, _LEAST_FILLING = 2, 0.25
_MOST_SPLIT_LETTERS: Final = 400


def _split_long(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield the halves of a text that is too long for a screen, or theirs, each with its place; else the text."""
    halves = split_phrases(text, 2) if _MAX_SUBJECT_LETTERS < len(text) <= _MOST_SPLIT_LETTERS else ()
    at = 0
    for half in halves if len(halves) > 1 else ():
        found = regex.compile(r"\s+".join(map(regex.escape, half.split()))).search(text, at)
        if found:
            yield from _split_long(found[0], start + found.start(), start + found.end())
            at = found.end()
    if len(halves) < 2:
        yield text, start, end


def build_script(facts: CertainFacts, draft: Draft) -> Script:
    """Build a script of the ``draft``, with what is not shown as a note. Raises ``NothingToShow``."""
    from reelwright.documents.read import read_script

    lost = drop_undrawable(facts)[1]
    if not draft.lines:
        raise NothingToShow("brief", shorten(facts.brief))
    settings = _build_settings(facts, draft.screens)
    spoken = tuple(
        SpokenLine(text=" ".join(one.text.split()), line=0, first=n, end=n + 1)
        for n, one in enumerate(draft.screens) if one.form == "quote"
    )  # fmt: skip
    note = _write_note(facts, draft, settings, lost)
    made = Script(
        settings=settings, screens=draft.screens, spoken_lines=spoken, notes=(Note(text=note, line=0),) if note else ()
    )
    return read_script(write_script(made))


def _list_lines(facts: CertainFacts) -> list[DraftLine]:
    prices = find_priced_things(facts.pieces, facts.brief)
    named = _make_name_lines(facts, prices)
    first = facts.name.start if facts.name else -1
    described = named[1].screen.text if len(named) > 1 else ""
    steps = _list_steps(facts)
    middle = [p for p in facts.pieces if p.kind not in ("call", "who", *_REACHED_BY) and p.text != described]
    middle = sorted([*middle, *steps], key=lambda one: one.start)
    middle = [p for p in middle if p.kind != "old" or _find_new_price(middle, p) is None]
    middle = [p for p in middle if p not in prices.values()]
    replacing = [_find_new_price(facts.pieces, old) for old in facts.list_pieces("old")]
    rows = list_priced_rows(middle, prices, [p for p in replacing if p])
    before = [p for p in middle if p.start < first][:1]
    if rows.keys() & set(before) or any(piece.label or piece.kind == "date" for piece in before):
        before = []

    def make(piece: Piece) -> list[DraftLine]:
        if (row := rows.get(piece)) and not piece.label:
            price = prices.get(piece, piece)
            line = replace(_make_line(piece, "words"), end=price.end, screen=_make_price_screen(*row))
            return [replace(line, probability=min(line.probability, round(price.probability, 4)))]
        return _make_piece_lines(facts, piece)

    return [
        *(line for piece in before for line in make(piece)), *named,
        *(line for piece in middle if piece not in before for line in make(piece)),
        *_make_call_lines(replace(facts, pieces=tuple(p for p in facts.pieces if p not in steps))),
    ]  # fmt: skip


def _list_steps(facts: CertainFacts) -> list[Piece]:
    """List the calls that are no order and say no contact: what somebody does stays where it is said, "Boil the
    plums". Beside an address the first of them is what to do there, unless another call is.
    """
    contacts = facts.list_pieces(*_REACHED_BY)
    calls = facts.list_pieces("call")
    steps = [
        call for call in calls
        if not _is_order(call.text) and not any(call.start <= one.start < call.end for one in contacts)
    ]  # fmt: skip
    is_for_address = len(steps) == len(calls) and bool(facts.list_pieces("address"))
    return steps[1:] if is_for_address else steps


def _is_order(text: str) -> bool:
    """Return whether a call begins with what asks for an order: "book now", and not "bring a towel"."""
    return any(hit.mark == "call" and hit.start == 0 for hit in Marks(text).find_hits(0, len(text)))


def _make_name_lines(facts: CertainFacts, priced: Collection[Piece]) -> list[DraftLine]:
    name = facts.name
    if name is None:
        return []
    made = [
        DraftLine(
            screen=_make_screen("reveal", name.text), start=name.start, end=name.end, probability=name.probability
        )
    ]
    for piece in facts.list_pieces("descriptor"):
        if (
            piece not in priced
            and -_DESCRIPTOR_GAP <= piece.start - name.end <= _DESCRIPTOR_GAP
            and piece.start >= name.start
        ):
            made.append(_make_line(piece, "descriptor"))
            break
    return made


def _make_price_screen(thing: str, price: str) -> Screen:
    """Make the screen of a thing with its price as its figure; several in succession become one board."""
    runs = (Run(text=" ".join(price.split()), style="strong"), Run(text=" " + " ".join(thing.split())))
    return Screen(form="proof", line=0, beat=0, runs=runs)


def _make_row_screen(piece: Piece) -> Screen:
    """Make the screen of a row of a table; several in succession become one."""
    label = " ".join(piece.label.split()).rstrip(BESIDE_LABEL)
    runs = (Run(text=f"{label}:", style="strong"), Run(text=f" {piece.says}"))
    return Screen(form="item", line=0, beat=0, runs=runs)


def _make_piece_lines(facts: CertainFacts, piece: Piece) -> list[DraftLine]:
    text = " ".join(piece.text.split()) if piece.kind != "quote" else piece.text
    if piece.kind == "quote":
        if who := next((p.text for p in facts.list_pieces("who") if _is_said_by(facts, piece, p)), ""):
            return [_make_line(piece, "quote", " ".join(text.split()), who=_VERB_OF_SPEAKER.sub("", who))]
        return [_make_line(piece, "words", line.strip()) for line in text.split("\n") if line.strip()]
    line = _make_line(piece, "words", text)
    if piece.label:
        return [replace(line, screen=_make_row_screen(piece))]
    is_count = piece.kind == "number" or (piece.kind == "fact" and _COUNT.fullmatch(text))
    if is_count and (leads := _LEADS.match(text)) and not is_number(text[leads.end() :]):
        runs = (Run(text=leads["bold"], style="strong"), Run(text=text[len(leads["bold"]) :]))
        return [replace(line, screen=Screen(form="proof", line=0, beat=0, runs=runs))]
    if piece.kind == "offer":
        screen = replace(line.screen, settings=BlockSettings(beat="offer"))
        if old := next((p for p in facts.list_pieces("old") if _find_new_price(facts.pieces, p) is piece), None):
            struck = Run(text=" ".join(old.text.split()), style="struck")
            screen = replace(screen, runs=(struck, Run(text="\n"), *screen.runs))
        return [replace(line, screen=screen)]
    return [line]


def _find_new_price(pieces: Sequence[Piece], old: Piece) -> Piece | None:
    """Return the price that replaces ``old``: the nearest that stands at most ``_PRICE_GAP`` from it, or None. A
    discount is none.
    """
    near = [
        (max(p.start - old.end, old.start - p.end), p)
        for p in pieces if p.kind == "offer" and not is_discount(p.text)
    ]  # fmt: skip
    gap, nearest = min(near, key=lambda one: one[0], default=(_PRICE_GAP + 1, old))
    return nearest if gap <= _PRICE_GAP and may_replace(old.text, nearest.text) else None


def _is_said_by(facts: CertainFacts, quote: Piece, who: Piece) -> bool:
    """Return whether ``who`` stands behind the quotation, or before it with a colon; between them stands no more than
    a verb and who they are, ``Dr. Lena Ostrowski from the wetland survey said: “…”``.
    """
    if quote.end <= who.start:
        between = facts.brief[quote.end : who.start]
        return len(between) <= _DESCRIPTOR_GAP or (len(between) <= _SAID_BY_GAP and not _SENTENCE_END.search(between))
    between = facts.brief[who.end : quote.start]
    return ":" in between[-4:] and len(between) <= _SAID_GAP and not _SENTENCE_END.search(between)


def _make_call_lines(facts: CertainFacts) -> list[DraftLine]:
    """Make the lines of handles, then of what to do and where, web addresses last. A contact stands there once."""
    contacts = facts.list_pieces(*_REACHED_BY)
    made: list[DraftLine] = []
    links: list[DraftLine] = []
    used: set[Piece] = set()
    calls = facts.list_pieces("call")
    free = [p for p in contacts if not any(call.start <= p.start < call.end for call in calls)]
    for call in calls:
        held = [p for p in contacts if call.start <= p.start and p.end <= call.end]
        ending = next((p for p in held if p.end == call.end or _PARTICLE.fullmatch(facts.brief, p.end, call.end)), None)
        where = ending or next(iter(held), None)
        beside = None if where else _find_contact_behind(facts.brief, call, [p for p in free if p not in used])
        where = where or beside or next((p for p in contacts if p.kind == "address" and p not in used), None)
        if where is None or where.kind == "handle":
            made.append(_make_line(call, "words"))
            used |= {p for p in contacts if p is where or p.text in call.text}
            continue
        used |= {where, *held}
        words = call.text
        if ending:
            words = _drop_preposition(call.text[: ending.start - call.start])
            words = ending.text if not words or _asks_for_film(words) else words
            words = words.replace(" (", " · ") if words.count("(") > words.count(")") else words
        words = f"{words} {where.text}" if beside and where.kind == "telephone" else words
        links.append(replace(_make_line(call, "call", words, url=_make_url(where)), end=(beside or call).end))
    for piece in contacts:
        if piece not in used and not any(piece.text == one.text for one in used):
            used.add(piece)
            is_link = piece.kind != "handle"
            (links if is_link else made).append(
                _make_line(piece, "call" if is_link else "words", url=_make_url(piece) if is_link else "")
            )
    last = made[-1] if made and not links else None
    if last and facts.name and _is_button(last, calls):
        made[-1] = replace(last, screen=replace(last.screen, settings=BlockSettings(beat="end_card")))
    webbed = [one for one in links if one.screen.url.startswith("http")]
    return [*made, *_join_contacts(facts.brief, [*(one for one in links if one not in webbed), *webbed])]


def _join_contacts(brief: str, calls: Sequence[DraftLine]) -> list[DraftLine]:
    """Return the calls with those beside a bare last address on its card: ``Call 01632 960147``, above the address."""
    last = calls[-1] if calls else None
    if not last or last.screen.text != brief[last.start : last.end]:
        return list(calls)
    near = sorted(calls, key=lambda one: one.start)
    runs = [near[:1]]
    for before, one in pairwise(near):
        is_beside = sum(map(str.isalpha, brief[before.end : one.start])) <= _MOST_BETWEEN_CONTACTS
        runs = [*runs[:-1], [*runs[-1], one]] if is_beside else [*runs, [one]]
    found = next(run for run in runs if last in run)
    others = [one for one in found if one is not last]
    text = " · ".join(_OR.sub("", " ".join(brief[one.start : one.end].split())) for one in others)
    are_telephones = last.screen.url.startswith("tel:") and any(one.screen.url.startswith("tel:") for one in others)
    if not others or are_telephones or len(text) > _MOST_CARD_LETTERS:
        return list(calls)
    joined = replace(
        last, screen=replace(last.screen, runs=(Run(text=text),)), start=found[0].start, end=found[-1].end,
        probability=min(one.probability for one in found),
    )  # fmt: skip
    return [*(one for one in calls if one not in found), joined]


def _find_contact_behind(brief: str, call: Piece, contacts: Sequence[Piece]) -> Piece | None:
    """Find the number or address right behind a call without one: "Call Dave. 07700 900 318", but not "Fax 01632 …"."""
    behind = (p for p in contacts if p.kind != "handle" and call.end <= p.start)
    return next((p for p in behind if not any(map(str.isalpha, brief[call.end : p.start]))), None)


def _is_button(line: DraftLine, calls: Sequence[Piece]) -> bool:
    """Return whether a line is a call that asks for an order."""
    text = line.screen.text
    return _is_order(text) and len(text) <= _MOST_CARD_LETTERS and any(call.start == line.start for call in calls)


def _asks_for_film(words: str) -> bool:
    """Return whether what stands before an address is the request for the film, "Promote", and no call."""
    return " " not in words and "announcing" in Marks(words).list_marks(0, len(words))


def _make_url(piece: Piece) -> str:
    if piece.kind == "mail":
        return f"mailto:{piece.text}"
    if piece.kind == "telephone":
        return "tel:" + piece.text.replace("\u00a0", " ").replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    return piece.text if regex.match("https?://", piece.text, regex.I) else f"https://{piece.text}"


def _make_line(piece: Piece, form: str, text: str | None = None, *, url: str = "", who: str = "") -> DraftLine:
    screen = _make_screen(form, " ".join(piece.text.split()) if text is None else text, url=url, who=who)
    return DraftLine(screen=screen, start=piece.start, end=piece.end, probability=piece.probability)


def _make_screen(form: str, text: str, *, url: str = "", who: str = "") -> Screen:
    return Screen(form=form, line=0, beat=0, runs=(Run(text=text),), url=url, speaker=who)  # type: ignore[arg-type]


def _number_beats(screens: Sequence[Screen]) -> list[Screen]:
    """Number the beats: one for the opening, one for the name, one for the rest, one for the end."""
    made, beat, last = [], 0, ""
    for screen in screens:
        here = "name" if screen.form in ("reveal", "descriptor") else "end" if screen.form == "call" else "told"
        beat += bool(last) and here != last
        last = here
        made.append(replace(screen, beat=beat))
    return made


def _build_settings(facts: CertainFacts, screens: Sequence[Screen]) -> dict[str, str]:
    made: dict[str, str] = {}
    length, aspect = facts.find_direction("length"), facts.find_direction("aspect")
    if length and int(length.value) in _compute_lengths_ms(facts, screens):
        made["length"] = f"{int(length.value) // 1000} s"
    if aspect:
        made["aspect"] = aspect.value
        if platforms := find_platforms(aspect.text, aspect.value):
            made["for"] = ",".join(one.name for one in platforms)
    made["language"] = facts.language
    if tone := find_requested_tone(facts):
        made["tone"] = tone.text
    if avoided := find_exclusions(BriefText(facts.brief)):
        made["avoid"] = ", ".join(one.text for one in avoided)
    if facts.find_direction("no_music"):
        made["music"] = "none"
    if accent := find_accent(facts):
        made["accent"] = accent
    return made


def _compute_lengths_ms(facts: CertainFacts, screens: Sequence[Screen]) -> range:
    """Compute the milliseconds that these screens can fill: no less than reading takes, no more than they can stand."""
    needs = [float(compute_reading_seconds(count_words(one.text, facts.language))) for one in screens]
    return range(round(1000 * sum(needs) * 1.2), round(1000 * sum(max(_LONG_SCREEN_S * 0.8, need) for need in needs)))


def drop_undrawable(facts: CertainFacts, *, keeps_certain: bool = False) -> tuple[CertainFacts, tuple[str, ...]]:
    """Return what the bundled fonts can draw, and the texts that they cannot. ``keeps_certain``: of what is certain,
    nothing is dropped: the film is refused.
    """
    lost = [
        piece for piece in facts.pieces
        if find_uncovered([piece.text], facts.language) and not (keeps_certain and piece.probability >= CERTAIN)
    ]  # fmt: skip
    pieces = tuple(piece for piece in facts.pieces if piece not in lost)
    is_lost = facts.name and find_uncovered([facts.name.text], facts.language)
    name = None if is_lost and not keeps_certain else facts.name
    return replace(facts, pieces=pieces, name=name), tuple(piece.text for piece in lost)


def _write_note(facts: CertainFacts, draft: Draft, settings: dict[str, str], lost: Sequence[str]) -> str:
    lines = [f"perhaps: {shorten(line.screen.text, 200)}" for line in draft.unlikely_lines]
    lines += [shorten(part.text, 200) for part in facts.unused_parts]
    lines += [
        f"direction to the maker: {shorten(text, 200)}" for text in dict.fromkeys(d.text for d in facts.directions)
    ]
    lines += [f"cannot be drawn: {shorten(text, 200)}" for text in lost]
    length = facts.find_direction("length")
    if length and "length" not in settings:
        lines.append(f"length asked for: {shorten(length.text)}; the words above do not fill or fit it")
    bullets = "".join(f"\n- {line}" for line in lines)
    return f"Of the brief, not on screen:{bullets}".replace("--", "- -").replace("<!", "<") if lines else ""


def _drop_preposition(text: str) -> str:
    """Remove prepositions and colons from the end of what is said before an address."""
    text = text.rstrip()
    end: str = _PREPOSITION.sub("", _IS.sub("", text[-_LONGEST_PREPOSITION:]))
    return (text[:-_LONGEST_PREPOSITION] + end).strip().rstrip(",;(، 、，")


def shorten(text: str, longest: int = 60) -> str:
    """Shorten ``text`` to one line of at most ``longest`` characters, without control characters."""
    plain = " ".join(text.split())
    plain = regex.sub(r"[\p{Cc}\p{Cs}\p{Co}\u202a-\u202e\u2066-\u2069]", "", plain)
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"
