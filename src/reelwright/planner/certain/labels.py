"""Reads labels of ``Label: value`` lines: what a label says about its value, from a closed list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import regex

from reelwright.planner.certain.marks import Marks, Token, list_mark_words
from reelwright.reel.value import define_value

LabelClass = Literal[
    "name", "what", "price", "date", "place", "contact", "quote", "call", "facts", "told", "head", "pov", "unknown"
]
_LABEL: Final = regex.compile(r"(?P<label>[^\n:：,;.!?„“”\"«»「」]{1,48}?)\s*[:：](?!//)(?=\s|$|[^\s/])")
_DASHED: Final = regex.compile(r"(?P<label>(?=\s*\p{L})[\p{L} ]{2,24}?)\s+[-–—=]\s+(?=\S)")
_EXACT: Final[tuple[LabelClass, ...]] = (
    "name", "what", "price", "date", "place", "contact", "quote", "call", "facts", "told",
)  # fmt: skip
_ORDER: Final[tuple[LabelClass, ...]] = (
    "told", "quote", "call", "name", "price", "date", "place", "contact", "facts", "what",
)  # fmt: skip
"""The order in which several words of a label decide."""
_DIRECTION_MARKS: Final = frozenset({"film", "maker", "look", "tone", "negated", "self"})
AND_WORDS: Final = list_mark_words("joining")


@define_value
class Label:
    """A label. ``end``: where its value begins. ``is_shown``: it tells a viewer what the value is, and is shown with
    it.
    """

    kind: LabelClass
    end: int
    is_shown: bool = False


def find_label(text: str, start: int, end: int, marks: Marks) -> Label | None:
    """Find the label at the head of [start, end), if there is one."""
    found = _LABEL.match(text, start, min(end, start + 60))
    if found is None:
        dashed = _DASHED.match(text, start, min(end, start + 40))
        named = dashed is not None and _find_kind(text, start, dashed.end("label"), marks) == "name"
        whole = dashed and any(h.mark == "whole_name" for h in marks.find_hits(start, dashed.end("label")))
        return Label(kind="name", end=dashed.end()) if dashed and named and whole else None
    first = found.start("label")
    words = marks.list_tokens(first, found.end("label"))
    if not words or len(words) > 7:
        return None
    kind = _find_kind(text, first, found.end("label"), marks)
    glued = found.end() < len(text) and text[found.end()].isdigit()
    if glued and (kind == "unknown" or text[found.end("label") - 1].isdigit()):
        return None
    marked = marks.list_marks(first, found.end("label"))
    plain = regex.fullmatch(r"[\p{L}\p{M}\p{Nd}'’&/ -]+", found["label"].strip()) is not None
    says = plain and not marked & _DIRECTION_MARKS and not _is_bare(words, marks, found.end("label"))
    return Label(kind=kind, end=found.end(), is_shown=says)


def _is_bare(words: Sequence[Token], marks: Marks, end: int) -> bool:
    """Return whether the label only names the kind of its value: ``Price``, ``Date and time``."""
    bare = [hit for hit in marks.find_hits(words[0].start, end) if hit.mark == "bare_label"]
    return all(word.word in AND_WORDS or any(h.start <= word.start < h.end for h in bare) for word in words)


def _find_kind(text: str, start: int, end: int, marks: Marks) -> LabelClass:
    words = marks.list_tokens(start, end)
    if [word.word for word in words] == ["pov"]:
        return "pov"
    found = marks.list_marks(start, end)
    if "negated" in found:
        return "told"
    exact = {
        hit.mark
        for hit in marks.find_hits(words[0].start, end)
        if hit.start <= words[0].start and hit.end >= words[-1].end
    }
    if kind := next((kind for kind in _EXACT if f"label_{kind}" in exact), None):
        return kind
    if "film" in found:
        return "head"
    longest: dict[str, int] = {"name": 5 if "whole_name" in found else 2, "what": 1}
    for one in _ORDER:
        if f"label_{one}" in found and len(words) <= longest.get(one, len(words)):
            return one
    if found & {"maker", "look"}:
        return "told"
    return "unknown"
