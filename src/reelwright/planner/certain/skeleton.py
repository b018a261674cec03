"""``script_of``: what is certain in a brief as a script, each span a screen; the rest of the brief is a note in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.documents.script import Note, Run, Said, Screen, Script, Spoken
from reelwright.documents.words import is_number
from reelwright.documents.write import write_script
from reelwright.errors import BadInput
from reelwright.media.letters.coverage import uncovered
from reelwright.planner.certain.nouns import CONTACTS, Certain, Piece
from reelwright.planner.counting import count_words, reading_seconds

WAYS: Final = (
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
_MAIL: Final = regex.compile(r"[\w.+-]+@\S+$")
_LONG_SCREEN_S: Final = 5


def script_of(certain: Certain) -> Script:
    """A script whose screens are spans of the brief, in its order, the name early and where to go last.

    Raises ``BadInput`` where nothing is certain.
    """
    from reelwright.documents.read import read_script

    certain, lost = _drawable(certain)
    screens = screens_of(certain)
    if not screens:
        raise BadInput("brief", short(certain.brief), WAYS)
    settings = _settings(certain, screens)
    spoken = tuple(
        Spoken(text=" ".join(one.text.split()), line=0, first=n, end=n + 1)
        for n, one in enumerate(screens) if one.form == "quote"
    )  # fmt: skip
    note = _note(certain, settings, lost)
    made = Script(
        settings=settings, screens=tuple(screens), spoken=spoken, notes=(Note(text=note, line=0),) if note else ()
    )
    return read_script(write_script(made))


def screens_of(certain: Certain) -> list[Screen]:
    """A screen for each span, in the order of the brief, the name early and where to go last; none: nothing is."""
    named = _named(certain)
    first = certain.name.start if certain.name else -1
    described = named[1].text if len(named) > 1 else ""
    middle = [p for p in certain.pieces if p.kind not in ("call", "who", *CONTACTS) and p.text != described]
    before = [p for p in middle if p.start < first][:1]
    made: list[Screen] = []
    for piece in before:
        made += _shown(certain, piece)
    made += named
    for piece in middle:
        if piece not in before:
            made += _shown(certain, piece)
    made += _calls(certain)
    return _numbered(made)


def _named(certain: Certain) -> list[Screen]:
    if certain.name is None:
        return []
    name = certain.name
    made = [_screen("reveal", name.text)]
    for piece in certain.of("descriptor"):
        if piece.start >= name.start and piece.start - name.end <= 8:
            made.append(_screen("descriptor", piece.text))
            break
    else:
        labelled = next((p for p in certain.of("descriptor") if name.given == "labelled"), None)
        if labelled:
            made.append(_screen("descriptor", labelled.text))
    return made


def _shown(certain: Certain, piece: Piece) -> list[Screen]:
    text = " ".join(piece.text.split()) if piece.kind != "quote" else piece.text
    if piece.kind == "quote":
        who = next((p.text for p in certain.of("who") if _is_said_by(certain, piece, p)), "")
        if who:
            return [_screen("quote", " ".join(text.split()), who=who)]
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        return [_screen("words", line) for line in lines]
    leads = _LEADS.match(text) if piece.kind == "number" else None
    if leads and not is_number(text[leads.end() :]):
        bold = leads["bold"]
        runs = (Run(text=bold, style="strong"), Run(text=text[len(bold) :]))
        return [Screen(form="proof", line=0, beat=0, runs=runs)]
    if piece.kind == "offer":
        return [replace(_screen("words", text), said=Said(beat="offer"))]
    return [_screen("words", text)]


def _is_said_by(certain: Certain, quote: Piece, who: Piece) -> bool:
    """Whether ``who`` stands behind the quote, or before it with a colon."""
    if certain.brief[who.end : who.end + 3].lstrip().startswith(":"):
        return 0 < quote.start - who.end <= 6
    return 0 < who.start - quote.end <= 8


def _calls(certain: Certain) -> list[Screen]:
    """Handles and other contacts, then what to do and where, the last of them closing the film."""
    contacts = certain.of(*CONTACTS)
    calls = certain.of("call")
    made: list[Screen] = []
    used: set[Piece] = set()
    links: list[Screen] = []
    for call in calls:
        inside = next((p for p in contacts if call.start <= p.start and p.end <= call.end), None)
        where = inside or next((p for p in contacts if p.kind == "address" and p not in used), None)
        if mailed := _MAIL.search(call.text):
            words = _PREPOSITION.sub("", call.text[: mailed.start()]).strip()
            links.append(_screen("call", words, url=f"mailto:{mailed[0]}"))
            continue
        if where is None or where.kind == "handle":
            made.append(_screen("words", call.text))
            used |= {where} if where else set()
            continue
        used.add(where)
        words = call.text
        if inside and call.end == inside.end:
            words = _PREPOSITION.sub("", call.text[: inside.start - call.start]).strip() or inside.text
        links.append(_screen("call", words, url=_url(where)))
    for piece in contacts:
        if piece in used:
            continue
        if piece.kind == "handle":
            made.append(_screen("words", piece.text))
        else:
            links.append(_screen("call", piece.text, url=_url(piece)))
    webbed = [one for one in links if one.url.startswith("http")]
    return [*made, *(one for one in links if one not in webbed), *webbed]


def _url(piece: Piece) -> str:
    if piece.kind == "telephone":
        return "tel:" + piece.text.replace("\u00a0", " ").replace(" ", "%20").replace("(", "%28").replace(")", "%29")
    return piece.text if regex.match("https?://", piece.text, regex.I) else f"https://{piece.text}"


def _screen(form: str, text: str, *, url: str = "", who: str = "") -> Screen:
    return Screen(form=form, line=0, beat=0, runs=(Run(text=text),), url=url, who=who)  # type: ignore[arg-type]


def _numbered(screens: Sequence[Screen]) -> list[Screen]:
    """One beat for what opens, one for the name, one for the rest, one for the end."""
    made, beat, last = [], 0, ""
    for screen in screens:
        here = "name" if screen.form in ("reveal", "descriptor") else "end" if screen.form == "call" else "told"
        beat += bool(last) and here != last
        last = here
        made.append(replace(screen, beat=beat))
    return made


def _settings(certain: Certain, screens: Sequence[Screen]) -> dict[str, str]:
    made: dict[str, str] = {}
    length, aspect = certain.told("length"), certain.told("aspect")
    if length and int(length.value) in _lengths(certain, screens):
        made["length"] = f"{int(length.value) // 1000} s"
    if aspect:
        made["aspect"] = aspect.value
    made["language"] = certain.language
    return made


def _lengths(certain: Certain, screens: Sequence[Screen]) -> range:
    """Milliseconds that these screens can fill: no less than they take to be read, no more than they can stand."""
    needs = [float(reading_seconds(count_words(one.text, certain.language))) for one in screens]
    return range(round(1000 * sum(needs) * 1.2), round(1000 * sum(max(_LONG_SCREEN_S * 0.8, need) for need in needs)))


def _drawable(certain: Certain) -> tuple[Certain, tuple[str, ...]]:
    """What can be set in the faces that there are, and the words that cannot."""
    lost = [piece for piece in certain.pieces if uncovered([piece.text], certain.language)]
    pieces = tuple(piece for piece in certain.pieces if piece not in lost)
    name = None if certain.name and uncovered([certain.name.text], certain.language) else certain.name
    return replace(certain, pieces=pieces, name=name), tuple(piece.text for piece in lost)


def _note(certain: Certain, settings: dict[str, str], lost: Sequence[str]) -> str:
    lines = [short(part.text, 200) for part in certain.unused]
    lines += [f"told to the maker: {short(one.text, 200)}" for one in certain.directions]
    lines += [f"cannot be drawn: {short(text, 200)}" for text in lost]
    told = certain.told("length")
    if told and "length" not in settings:
        lines.append(f"length asked for: {short(told.text)}; the words above do not fill or fit it")
    said = "".join(f"\n- {line}" for line in lines)
    return f"Of the brief, not on screen:{said}".replace("--", "- -").replace("<!", "<") if lines else ""


def short(text: str, longest: int = 60) -> str:
    """On one line, without controls, cut where it is longer."""
    plain = " ".join(text.split())
    plain = regex.sub(r"[\p{Cc}\p{Cs}\p{Co}\u202a-\u202e\u2066-\u2069]", "", plain)
    return plain if len(plain) <= longest else f"{plain[: longest - 1].rstrip()}…"
