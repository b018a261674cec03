"""Makes the lines of the pieces of a brief: the name, prices, rows, figures, quotations and plain words."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

import regex

from reelwright.documents.script import BlockSettings, Run, Screen
from reelwright.documents.words import is_number
from reelwright.planner.certain.values import (
    BESIDE_LABEL,
    CertainFacts,
    Piece,
)
from reelwright.planner.reading.lines.draft_line import DraftLine, make_line, make_screen
from reelwright.planner.reading.prices import cut_old_lead, cut_price_lead, find_condition, is_discount, may_replace
from reelwright.planner.reading.tokens import find_units

_LEADS: Final = regex.compile(
    r"(?P<bold>(?:\p{Sc}\s?)?\p{Nd}(?:[.,'’\u00a0\u202f]*+\p{Nd})*+(?:\s\p{Nd}{3})*(?:\s?[%°+★]C?)?)(?=\s)"
)
_COUNT: Final = regex.compile(_LEADS.pattern + r"(?:\s[\p{Latin}\p{Greek}\p{Cyrillic}][\p{L}\p{M}.'’²³-]*){1,3}")
"""A fact that is a number and what it counts: ``2,412 sq ft``."""
_PRICE_GAP: Final = 24
"""Most characters between an old price and the new one that replaces it."""
_SAID_GAP, _SAID_BY_GAP = 48, 20
"""Most characters between who says something and the quotation, and between that and who says it."""
_SENTENCE_END: Final = regex.compile(r"[.!?;\n](?=\s)")
_VERB_OF_SPEAKER: Final = regex.compile(r"[,،]\s*[\p{Ll}'’]{1,5}(?:\s\p{Ll}{3,8})?$")
"""The beginning of the verb behind who speaks: "Une cliente, Sophie, m'a"."""
_DESCRIPTOR_GAP: Final = 8
"""Most characters between a name and the words beside it that say what it is."""


def make_name_lines(facts: CertainFacts, with_price: Collection[Piece]) -> list[DraftLine]:
    """Make the line of the name, with the descriptor behind it if that is none of the pieces ``with_price``."""
    name = facts.name
    if name is None:
        return []
    made = [
        DraftLine(screen=make_screen("reveal", name.text), start=name.start, end=name.end, probability=name.probability)
    ]
    for piece in facts.list_pieces("descriptor"):
        if (
            piece not in with_price
            and -_DESCRIPTOR_GAP <= piece.start - name.end <= _DESCRIPTOR_GAP
            and piece.start >= name.start
        ):
            made.append(make_line(piece, "descriptor"))
            break
    return made


def make_price_screen(thing: str, price: str) -> Screen:
    """Make the screen of a thing with its price as its figure; several in succession become one board."""
    runs = (Run(text=" ".join(price.split()), style="strong"), Run(text=" " + " ".join(thing.split())))
    return Screen(form="proof", line=0, beat=0, runs=runs)


def _make_row_screen(piece: Piece) -> Screen:
    """Make the screen of a row of a table; several in succession become one."""
    label = " ".join(piece.label.split()).rstrip(BESIDE_LABEL)
    runs = (Run(text=f"{label}:", style="strong"), Run(text=f" {piece.says}"))
    return Screen(form="item", line=0, beat=0, runs=runs)


def make_piece_lines(facts: CertainFacts, piece: Piece) -> list[DraftLine]:
    """Make the lines of a piece that is no call: one, but for a quotation of several lines that nobody says."""
    text = " ".join(piece.text.split()) if piece.kind != "quote" else piece.text
    if piece.kind == "quote":
        if who := next((p.text for p in facts.list_pieces("who") if _is_said_by(facts, piece, p)), ""):
            return [make_line(piece, "quote", " ".join(text.split()), speaker=_VERB_OF_SPEAKER.sub("", who))]
        return [make_line(piece, "words", line.strip()) for line in text.split("\n") if line.strip()]
    line = make_line(piece, "words", text)
    if piece.label:
        return [replace(line, screen=_make_row_screen(piece))]
    is_house = any(one.kind in ("street", "address") and one.start == piece.start for one in find_units(facts.brief))
    is_count = piece.kind == "number" or (piece.kind == "fact" and _COUNT.fullmatch(text))
    if is_count and not is_house and (leads := _LEADS.match(text)) and not is_number(text[leads.end() :]):
        runs = (Run(text=leads["bold"], style="strong"), Run(text=text[len(leads["bold"]) :]))
        return [replace(line, screen=Screen(form="proof", line=0, beat=0, runs=runs))]
    if piece.kind == "offer":
        screen = replace(make_screen("words", cut_price_lead(text)), settings=BlockSettings(beat="offer"))
        if old := next((p for p in facts.list_pieces("old") if find_new_price(facts.pieces, p) is piece), None):
            struck = Run(text=cut_old_lead(old.text), style="struck")
            screen = replace(screen, runs=(struck, Run(text="\n"), *screen.runs))
        until = find_condition(facts.pieces, piece, facts.brief)
        small = [make_line(until, "words")] if until else []
        small = [replace(one, screen=replace(one.screen, settings=BlockSettings(is_legal=True))) for one in small]
        return [replace(line, screen=screen), *small]
    return [line]


def find_new_price(pieces: Sequence[Piece], old: Piece) -> Piece | None:
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
