"""Describes what was understood of a brief, as plain values for people and machines."""

from __future__ import annotations

from typing import Any

from reelwright.planner.certain.values import LIKELY, CertainFacts, Direction, PicturePart, Piece, SubjectName
from reelwright.planner.extract.brief_text import Span, TextMatch


def describe_facts(certain: CertainFacts, tone: TextMatch | None = None) -> dict[str, Any]:
    """Map each field that the brief mentions to ``{"value", "span", "spans"}``; every other field is left out.

    ``not_shown``: what is read as a direction to the maker, and the pictures that it asks for. What is unlikely to be
    shown counts as not understood, unless nothing is likelier.
    """
    made: dict[str, Any] = {"language": {"value": certain.language, "span": None}}
    if certain.name:
        made["name"] = _make_row(certain.name.text, certain.name)
    likely = [piece for piece in certain.pieces if piece.probability >= LIKELY]
    for piece in likely or certain.pieces:
        _add_value(made, piece.kind, piece.text, piece)
    for direction in certain.directions:
        if direction.kind in ("length", "aspect"):
            value: str | int = int(direction.value) if direction.kind == "length" else direction.value
            made.setdefault("length_ms" if direction.kind == "length" else "aspect", _make_row(value, direction))
        _add_value(made, "not_shown", direction.text, direction)
    for picture in certain.list_pictures("shot"):
        _add_value(made, "not_shown", picture.text, picture)
    if tone:
        made["tone"] = _make_row(tone.text, tone.span)
    return made


def _add_value(made: dict[str, Any], field: str, text: str, where: Piece | Direction | PicturePart) -> None:
    if field not in made:
        made[field] = _make_row(text, where)
        return
    row = made[field]
    values = row["value"] if isinstance(row["value"], list) else [row["value"]]
    spans = row.get("spans") or [row["span"]]
    made[field] = {"value": [*values, text], "span": row["span"], "spans": [*spans, _make_span(where)]}


def _make_row(value: str | int, where: Piece | Direction | PicturePart | SubjectName | Span) -> dict[str, Any]:
    return {"value": value, "span": _make_span(where)}


def _make_span(where: Piece | Direction | PicturePart | SubjectName | Span) -> dict[str, Any]:
    return {"text": where.text, "start": where.start, "end": where.end}
