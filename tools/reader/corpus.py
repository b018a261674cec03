"""Reads the corpus of briefs: each with its language, its text and its labelled spans (LABELS.md says the format)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from reelwright.planner.reading.tagger import LABELS

FOLDER = Path(__file__).parent / "corpus"
_NESTS = {"call": {"contact", "name", "price", "time", "place"}, "what": {"name"}}
_HEAD = re.compile(r"^%%% *(?P<head>.*)$\n", re.M)
_OPENING = re.compile(r"⟦([a-z]+)\|")


@dataclass(frozen=True)
class Example:
    """A labelled brief. ``spans``: (start, end, label) in ``text``, outer ones before the ones inside them."""

    hand: str
    number: int
    language: str
    who: str
    text: str
    spans: tuple[tuple[int, int, str], ...]


def read_hand(path: Path) -> Iterator[Example]:
    """Yield the briefs of one hand's file. Raises ``ValueError`` naming file, record and fault."""
    parts = _HEAD.split(path.read_text(encoding="utf-8"))
    for number, (head, body) in enumerate(zip(parts[1::2], parts[2::2], strict=True), 1):
        fields = re.fullmatch(r"lang=(?P<lang>\S+)(?: who=(?P<who>.*))?", head.strip())
        if not fields:
            raise ValueError(f"{path.name}, record {number}: the head is not 'lang=xx who=…': {head!r}")
        try:
            text, spans = _unmark(body.strip("\n"))
        except ValueError as fault:
            raise ValueError(f"{path.name}, record {number}: {fault}") from None
        yield Example(path.stem, number, fields["lang"], fields["who"] or "", text, spans)


def _unmark(body: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    plain: list[str] = []
    spans: list[tuple[int, int, str]] = []
    opened: list[tuple[str, int]] = []
    at = 0
    while at < len(body):
        if found := _OPENING.match(body, at):
            label = found[1]
            if label not in LABELS:
                raise ValueError(f"unknown label {label!r}")
            if opened and (len(opened) > 1 or label not in _NESTS.get(opened[-1][0], ())):
                raise ValueError(f"{label} may not stand inside {opened[-1][0]}")
            opened.append((label, len(plain)))
            at = found.end()
            continue
        char = body[at]
        if char == "⟧":
            if not opened:
                raise ValueError(f"a mark closes that was not opened: …{''.join(plain)[-20:]!r}")
            label, start = opened.pop()
            if not "".join(plain[start:]).strip():
                raise ValueError("an empty span")
            spans.append((start, len(plain), label))
        elif char == "⟦":
            raise ValueError(f"a mark without label: {body[at : at + 20]!r}")
        else:
            plain.append(char)
        at += 1
    if opened:
        raise ValueError(f"{opened[-1][0]} is never closed")
    return "".join(plain), tuple(sorted(spans, key=lambda one: (one[0], -one[1])))
