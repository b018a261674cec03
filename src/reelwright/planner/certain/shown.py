"""What was understood of a brief, as plain values for people and machines."""

from __future__ import annotations

from typing import Any

from reelwright.planner.certain.nouns import Certain, Direction, Named, Piece
from reelwright.planner.extract.seen import Found, Span


def shown(certain: Certain, tone: Found | None = None) -> dict[str, Any]:
    """Field to ``{"value", "span", "spans"}``; fields of which the brief says nothing are left out. Pure.

    ``not_shown``: what is read as a direction to the maker.
    """
    made: dict[str, Any] = {"language": {"value": certain.language, "span": None}}
    if certain.name:
        made["name"] = _one(certain.name.text, certain.name)
    for piece in certain.pieces:
        _add(made, piece.kind, piece.text, piece)
    for direction in certain.directions:
        if direction.kind in ("length", "aspect"):
            value: str | int = int(direction.value) if direction.kind == "length" else direction.value
            made.setdefault("length_ms" if direction.kind == "length" else "aspect", _one(value, direction))
        _add(made, "not_shown", direction.text, direction)
    if tone:
        made["tone"] = _one(tone.text, tone.span)
    return made


def _add(made: dict[str, Any], field: str, text: str, where: Piece | Direction) -> None:
    if field not in made:
        made[field] = _one(text, where)
        return
    row = made[field]
    values = row["value"] if isinstance(row["value"], list) else [row["value"]]
    spans = row.get("spans") or [row["span"]]
    made[field] = {"value": [*values, text], "span": row["span"], "spans": [*spans, _span(where)]}


def _one(value: str | int, where: Piece | Direction | Named | Span) -> dict[str, Any]:
    return {"value": value, "span": _span(where)}


def _span(where: Piece | Direction | Named | Span) -> dict[str, Any]:
    return {"text": where.text, "start": where.start, "end": where.end}
