"""Builds a script of what is certain in a brief: each span is a screen, and the rest of the brief a note."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.documents.script import BlockSettings, Note, Run, Screen, Script, SpokenLine
from reelwright.documents.words import is_number
from reelwright.documents.write import write_script
from reelwright.errors import BadInput
from reelwright.media.letters.coverage import find_uncovered
from reelwright.planner.certain.values import CONTACTS, CertainFacts, Piece
from reelwright.planner.counting import compute_reading_seconds, count_words

ACCEPTED_FACTS: Final = (
    "something certain to show: a name in quotation marks or after `Name:`, lines in quotation marks, numbers with "
    "what they count, dates, prices, an address"
)
_LEADS: Final = regex.compile(
    r"(?P<bold>(?:\p{Sc}\s?)?\p{Nd}[\p{Nd}.,'’\u00a0\u202f]*(?:\s\p{Nd}{3})*(?<![.,'’])(?:\s?[%°+★]C?)?)(?=\s)"
)
_PREPOSITION: Final = regex.compile(
    r"(?:\s+(?:at|on|via|or|and|auf|unter|bei|über|an|oder|und|sur|chez|au|à|ou|et|en|a|al|o|no|em|por|para|pelo|pela"
    r"|e|su|sul|presso|allo|op|naar|of|pod|na|или|и|на|в|от|по|على|عبر|في|→|->|@)|\s*[:：])+\s*$",
    regex.I,
)
_LONGEST_PREPOSITION: Final = 60
"""Characters at the end of a call in which prepositions are looked for: several, with spaces."""
_MAIL: Final = regex.compile(r"[\w.+-]+@\S+$")
_LONG_SCREEN_S: Final = 5


def build_script(certain: CertainFacts) -> Script:
    """Build a script whose screens are spans of the brief, in its order, the name early and contacts last.

    Raises ``BadInput`` if nothing is certain.
    """
    from reelwright.documents.read import read_script

    certain, lost = _drop_undrawable(certain)
    screens = build_screens(certain)
    if not screens:
        raise BadInput("brief", shorten(certain.brief), ACCEPTED_FACTS)
    settings = _build_settings(certain, screens)
    spoken = tuple(
        SpokenLine(text=" ".join(one.text.split()), line=0, first=n, end=n + 1)
        for n, one in enumerate(screens) if one.form == "quote"
    )  # fmt: skip
    note = _write_note(certain, settings, lost)
    made = Script(
        settings=settings, screens=tuple(screens), spoken_lines=spoken, notes=(Note(text=note, line=0),) if note else ()
    )
    return read_script(write_script(made))


def build_screens(certain: CertainFacts) -> list[Screen]:
    """Build a screen for each span, in the order of the brief, the name early and contacts last; none if nothing is
    certain.
    """
    named = _make_name_screens(certain)
    first = certain.name.start if certain.name else -1
    described = named[1].text if len(named) > 1 else ""
    middle = [p for p in certain.pieces if p.kind not in ("call", "who", *CONTACTS) and p.text != described]
    before = [p for p in middle if p.start < first][:1]
    made: list[Screen] = []
    for piece in before:
        made += _make_piece_screens(certain, piece)
    made += named
    for piece in middle:
        if piece not in before:
            made += _make_piece_screens(certain, piece)
    made += _make_call_screens(certain)
    return _number_beats(made)


def _make_name_screens(certain: CertainFacts) -> list[Screen]:
    if certain.name is None:
        return []
    name = certain.name
    made = [_make_screen("reveal", name.text)]
    for piece in certain.list_pieces("descriptor"):
        if piece.start >= name.start and piece.start - name.end <= 8:
            made.append(_make_screen("descriptor", piece.text))
            break
    else:
        labelled = next((p for p in certain.list_pieces("descriptor") if name.source == "labelled"), None)
        if labelled:
            made.append(_make_screen("descriptor", labelled.text))
    return made


def _make_piece_screens(certain: CertainFacts, piece: Piece) -> list[Screen]:
    text = " ".join(piece.text.split()) if piece.kind != "quote" else piece.text
    if piece.kind == "quote":
        who = next((p.text for p in certain.list_pieces("who") if _is_said_by(certain, piece, p)), "")
        if who:
            return [_make_screen("quote", " ".join(text.split()), who=who)]
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        return [_make_screen("words", line) for line in lines]
    leads = _LEADS.match(text) if piece.kind == "number" else None
    if leads and not is_number(text[leads.end() :]):
        bold = leads["bold"]
        runs = (Run(text=bold, style="strong"), Run(text=text[len(bold) :]))
        return [Screen(form="proof", line=0, beat=0, runs=runs)]
    if piece.kind == "offer":
        return [replace(_make_screen("words", text), settings=BlockSettings(beat="offer"))]
    return [_make_screen("words", text)]


def _is_said_by(certain: CertainFacts, quote: Piece, who: Piece) -> bool:
    """Return whether ``who`` stands behind the quotation, or before it with a colon."""
    if certain.brief[who.end : who.end + 3].lstrip().startswith(":"):
        return 0 < quote.start - who.end <= 6
    return 0 < who.start - quote.end <= 8


def _make_call_screens(certain: CertainFacts) -> list[Screen]:
    """Build screens of handles and other contacts, then of what to do and where, web addresses last."""
    contacts = certain.list_pieces(*CONTACTS)
    calls = certain.list_pieces("call")
    made: list[Screen] = []
    used: set[Piece] = set()
    links: list[Screen] = []
    for call in calls:
        inside = next((p for p in contacts if call.start <= p.start and p.end <= call.end), None)
        where = inside or next((p for p in contacts if p.kind == "address" and p not in used), None)
        if mailed := _MAIL.search(call.text):
            words = _drop_preposition(call.text[: mailed.start()])
            links.append(_make_screen("call", words, url=f"mailto:{mailed[0]}"))
            continue
        if where is None or where.kind == "handle":
            made.append(_make_screen("words", call.text))
            used |= {where} if where else set()
            continue
        used.add(where)
        words = call.text
        if inside and call.end == inside.end:
            words = _drop_preposition(call.text[: inside.start - call.start]) or inside.text
        links.append(_make_screen("call", words, url=_make_url(where)))
    for piece in contacts:
        if piece in used:
            continue
        if piece.kind == "handle":
            made.append(_make_screen("words", piece.text))
        else:
            links.append(_make_screen("call", piece.text, url=_make_url(piece)))
    webbed = [one for one in links if one.url.startswith("http")]
    return [*made, *(one for one in links if one not in webbed), *webbed]


def _make_url(piece: Piece) -> str:
    if piece.kind == "telephone":
        return "tel:" + piece.text.replace("\u00a0", " ").replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    return piece.text if regex.match("https?://", piece.text, regex.I) else f"https://{piece.text}"


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


def _build_settings(certain: CertainFacts, screens: Sequence[Screen]) -> dict[str, str]:
    made: dict[str, str] = {}
    length, aspect = certain.find_direction("length"), certain.find_direction("aspect")
    if length and int(length.value) in _compute_lengths_ms(certain, screens):
        made["length"] = f"{int(length.value) // 1000} s"
    if aspect:
        made["aspect"] = aspect.value
    made["language"] = certain.language
    return made


def _compute_lengths_ms(certain: CertainFacts, screens: Sequence[Screen]) -> range:
    """Compute the milliseconds that these screens can fill: no less than reading takes, no more than they can stand."""
    needs = [float(compute_reading_seconds(count_words(one.text, certain.language))) for one in screens]
    return range(round(1000 * sum(needs) * 1.2), round(1000 * sum(max(_LONG_SCREEN_S * 0.8, need) for need in needs)))


def _drop_undrawable(certain: CertainFacts) -> tuple[CertainFacts, tuple[str, ...]]:
    """Return what the bundled fonts can draw, and the texts that they cannot."""
    lost = [piece for piece in certain.pieces if find_uncovered([piece.text], certain.language)]
    pieces = tuple(piece for piece in certain.pieces if piece not in lost)
    name = None if certain.name and find_uncovered([certain.name.text], certain.language) else certain.name
    return replace(certain, pieces=pieces, name=name), tuple(piece.text for piece in lost)


def _write_note(certain: CertainFacts, settings: dict[str, str], lost: Sequence[str]) -> str:
    lines = [shorten(part.text, 200) for part in certain.unused_parts]
    lines += [f"direction to the maker: {shorten(one.text, 200)}" for one in certain.directions]
    lines += [f"cannot be drawn: {shorten(text, 200)}" for text in lost]
    length = certain.find_direction("length")
    if length and "length" not in settings:
        lines.append(f"length asked for: {shorten(length.text)}; the words above do not fill or fit it")
    bullets = "".join(f"\n- {line}" for line in lines)
    return f"Of the brief, not on screen:{bullets}".replace("--", "- -").replace("<!", "<") if lines else ""


def shorten(text: str, longest: int = 60) -> str:
    """Shorten ``text`` to one line of at most ``longest`` characters, without control characters."""
    plain = " ".join(text.split())
    plain = regex.sub(r"[\p{Cc}\p{Cs}\p{Co}\u202a-\u202e\u2066-\u2069]", "", plain)
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"


def _drop_preposition(text: str) -> str:
    """Remove prepositions and colons from the end of what is said before an address."""
    text = text.rstrip()
    end: str = _PREPOSITION.sub("", text[-_LONGEST_PREPOSITION:])
    return (text[:-_LONGEST_PREPOSITION] + end).strip()
