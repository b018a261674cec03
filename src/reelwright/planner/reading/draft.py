"""Drafts the script of a brief: each span that was read is a screen, with how sure that is; the rest is a note."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.documents.read import read_script
from reelwright.documents.script import BlockSettings, Note, Screen, Script, SpokenLine
from reelwright.documents.write import write_script
from reelwright.errors import NothingToShow
from reelwright.media.letters.coverage import find_uncovered
from reelwright.planner.certain.marks import fold, list_phrase_words
from reelwright.planner.certain.platforms import find_platforms
from reelwright.planner.certain.values import CERTAIN, LIKELY, CertainFacts, Piece
from reelwright.planner.counting import compute_reading_seconds, count_words
from reelwright.planner.extract.brief_text import BriefText, tidy
from reelwright.planner.extract.colours import find_accent
from reelwright.planner.extract.exclusions import find_exclusions
from reelwright.planner.extract.tone import find_requested_tone
from reelwright.planner.phrases import split_phrases
from reelwright.planner.reading.lines.calls import REACHED_BY, list_steps, make_call_lines
from reelwright.planner.reading.lines.draft_line import DraftLine, make_line, make_screen
from reelwright.planner.reading.lines.pieces import find_new_price, make_name_lines, make_piece_lines, make_price_screen
from reelwright.planner.reading.prices import find_condition, find_priced_things, list_priced_rows
from reelwright.planner.reading.read import UNFIT
from reelwright.planner.reading.tokens import find_street
from reelwright.planner.screens.wording import MAX_SCREEN_LETTERS
from reelwright.reel.base.value import define_value

_LONG_SCREEN_S: Final = 5
_TOLD: Final = ("fact", "descriptor", "number", "quote", "who")
"""Kinds of a film that tells or explains something; one that sells or invites has others, and needs no such line."""
_MAX_SUBJECT_LETTERS: Final = 120
_LEAST_LINES, _LEAST_FILLING = 2, 0.25
_NEAR_END: Final = 5
"""Screens at the end among which the street of a film is looked for."""
_MOST_SPLIT_LETTERS: Final = 400


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
        """The screens of its lines, with the numbers of their beats, and the street on the card of the call."""
        return tuple(_number_beats(_add_street([line.screen for line in self.lines])))


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
            DraftLine(screen=make_screen("words", words), start=a, end=b, probability=LIKELY)
            for text, a, b in (part for one in rest for part in _split_long(*one))
            if 0 < len(words := tidy(text)) <= _MAX_SUBJECT_LETTERS
            and not find_uncovered([words], facts.language)
            and words in " ".join(text.split())
            and not any(UNFIT.search(line) for line in text.split("\n"))
        ]
        return Draft(lines=tuple(shown))
    shown = [line for line in lines if line in shown or _says_what_name_does(facts, line)]
    lines_beside_name = [line for line in shown if line.screen.form != "reveal"]
    if len(lines_beside_name) < _LEAST_LINES:  # nobody has a use for a film of a name alone
        least = _LEAST_FILLING if lines_beside_name else 0.0
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
    loves a ship. Every night it winks", both are told; and with the scenes of a storyboard.
    """
    first = facts.pieces[0] if facts.pieces else None
    is_described = first is not None and first.kind == "descriptor" and first.probability >= LIKELY
    is_tale = first is not None and all(one.kind in _TOLD for one in facts.pieces)
    is_nameless = first is not None and not facts.name and not any(one.kind == "descriptor" for one in facts.pieces)
    explains = any(
        fold(one.text.split()[0]) in list_phrase_words("explaining") for one in facts.list_pictures("subject")
    )
    is_told = has_scenes or is_nameless or explains or (is_tale and (facts.name or not is_described))
    if facts.find_direction("no_text") or not is_told:
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
    prices = find_priced_things([p for p in facts.pieces if not p.label], facts.brief)
    named = make_name_lines(facts, prices)
    first = facts.name.start if facts.name else -1
    described = named[1].screen.text if len(named) > 1 else ""
    steps = list_steps(facts)
    middle = [p for p in facts.pieces if p.kind not in ("call", "who", *REACHED_BY) and p.text != described]
    middle = sorted([*middle, *steps], key=lambda one: one.start)
    middle = [p for p in middle if p.kind != "old" or find_new_price(middle, p) is None]
    middle = [p for p in middle if p not in prices.values()]
    limits = [find_condition(facts.pieces, p, facts.brief) for p in middle if p.kind == "offer"]
    replacing = [find_new_price(facts.pieces, old) for old in facts.list_pieces("old")]
    rows = list_priced_rows([p for p in middle if not p.label], prices, [p for p in replacing if p])
    rowed = [find_condition(facts.pieces, p, facts.brief) for p in rows]  # a row has no small print
    middle = [p for p in middle if p not in limits or p in rowed]
    before = [p for p in middle if p.start < first][:1]
    if rows.keys() & set(before) or any(piece.label or piece.kind == "date" for piece in before):
        before = []

    def make(piece: Piece) -> list[DraftLine]:
        if row := rows.get(piece):
            price = prices.get(piece, piece)
            line = replace(make_line(piece, "words"), end=price.end, screen=make_price_screen(*row))
            return [replace(line, probability=min(line.probability, round(price.probability, 4)))]
        return make_piece_lines(facts, piece)

    return [
        *(line for piece in before for line in make(piece)), *named,
        *(line for piece in middle if piece not in before for line in make(piece)),
        *make_call_lines(replace(facts, pieces=tuple(p for p in facts.pieces if p not in steps))),
    ]  # fmt: skip


def _add_street(screens: Sequence[Screen]) -> list[Screen]:
    """Return the screens with the street that is named near their end under a call that ends them, as small print."""
    street = find_street([one.text for one in screens[-_NEAR_END:-1]])
    if not street or screens[-1].form != "call" or street in screens[-1].text:
        return list(screens)
    return [*screens, replace(make_screen("words", street), settings=BlockSettings(is_legal=True))]


def _number_beats(screens: Sequence[Screen]) -> list[Screen]:
    """Number the beats: one for the opening, one for the name, one for the rest, one for the end."""
    made, beat, last = [], 0, ""
    for screen in screens:
        here = "name" if screen.form in ("reveal", "descriptor") else "end" if screen.form == "call" else "told"
        here = last if screen.settings.is_legal else here
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


def shorten(text: str, longest: int = 60) -> str:
    """Shorten ``text`` to one line of at most ``longest`` characters, without control characters."""
    plain = " ".join(text.split())
    plain = regex.sub(r"[\p{Cc}\p{Cs}\p{Co}\u202a-\u202e\u2066-\u2069]", "", plain)
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"
