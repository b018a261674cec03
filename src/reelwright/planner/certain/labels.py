"""``Label: value`` lines: what the label says that its value is, from a closed list in ten languages."""

from __future__ import annotations

from typing import Final, Literal

import regex

from reelwright.planner.certain.marks import Marks
from reelwright.reel.noun import noun

LabelClass = Literal[
    "name", "what", "price", "date", "place", "contact", "quote", "call", "facts", "told", "head", "pov", "unknown"
]
_LABEL: Final = regex.compile(r"(?P<label>[^\n:：,;.!?„“”\"«»「」]{1,48}?)\s*[:：](?!//)(?=\s|$|[^\s/])")
_DASHED: Final = regex.compile(r"(?P<label>[\p{L} ]{2,24}?)\s+[-–—=]\s+(?=\S)")
_ORDER: Final = (
    "told", "quote", "call", "name", "price", "date", "place", "contact", "facts", "what",
)  # fmt: skip


@noun
class Label:
    """``end``: where its value begins."""

    kind: LabelClass
    end: int


def label_of(text: str, start: int, end: int, marks: Marks) -> Label | None:
    """The label at the head of [start, end), if there is one."""
    found = _LABEL.match(text, start, min(end, start + 60))
    if found is None:
        dashed = _DASHED.match(text, start, min(end, start + 40))
        named = dashed is not None and _kind(text, start, dashed.end("label"), marks) == "name"
        whole = dashed and any(h.mark == "whole_name" for h in marks.hits(start, dashed.end("label")))
        return Label(kind="name", end=dashed.end()) if dashed and named and whole else None
    first = found.start("label")
    words = marks.words(first, found.end("label"))
    if not words or len(words) > 7:
        return None
    kind = _kind(text, first, found.end("label"), marks)
    glued = found.end() < len(text) and text[found.end()].isdigit()
    if glued and (kind == "unknown" or text[found.end("label") - 1].isdigit()):
        return None
    return Label(kind=kind, end=found.end())


def _kind(text: str, start: int, end: int, marks: Marks) -> LabelClass:
    words = marks.words(start, end)
    if [word.word for word in words] == ["pov"]:
        return "pov"
    found = marks.within(start, end)
    if "negated" in found:
        return "told"
    exact = {hit.mark for hit in marks.hits(words[0].start, end) if hit.end >= words[-1].end - 1}
    exact = {
        mark
        for mark in exact
        if any(h.start <= words[0].start and h.end >= words[-1].end for h in marks.hits(start, end) if h.mark == mark)
    }
    for kind in ("name", "what", "price", "date", "place", "contact", "quote", "call", "facts", "told"):
        if f"label_{kind}" in exact:
            return kind  # type: ignore[return-value]  # one of them
    if "film" in found:
        return "head"
    for kind in _ORDER:
        if f"label_{kind}" in found and (kind != "name" or len(words) <= (5 if "whole_name" in found else 2)) and (kind != "what" or len(words) == 1):
            return kind  # type: ignore[return-value]  # one of them
    if found & {"maker", "look"}:
        return "told"
    return "unknown"
