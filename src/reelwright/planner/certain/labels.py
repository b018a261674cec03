"""``Label: value`` lines: what the label says that its value is, from a closed list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

import regex

from reelwright.planner.certain.marks import Marks, Token, listed
from reelwright.reel.noun import noun

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
"""Which of several words in a label decides."""
_FOR_THE_MAKER: Final = frozenset({"film", "maker", "look", "tone", "negated", "self"})
AND: Final = listed("joining")


@noun
class Label:
    """``end``: where its value begins. ``says``: it tells a viewer what the value is, and is shown with it."""

    kind: LabelClass
    end: int
    says: bool = False


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
    marked = marks.within(first, found.end("label"))
    plain = regex.fullmatch(r"[\p{L}\p{M}\p{Nd}'’&/ -]+", found["label"].strip()) is not None
    says = plain and not marked & _FOR_THE_MAKER and not _is_bare(words, marks, found.end("label"))
    return Label(kind=kind, end=found.end(), says=says)


def _is_bare(words: Sequence[Token], marks: Marks, end: int) -> bool:
    """Whether the label names but the kind of its value: ``Price``, ``Date and time``."""
    bare = [hit for hit in marks.hits(words[0].start, end) if hit.mark == "bare_label"]
    return all(word.word in AND or any(h.start <= word.start < h.end for h in bare) for word in words)


def _kind(text: str, start: int, end: int, marks: Marks) -> LabelClass:
    words = marks.words(start, end)
    if [word.word for word in words] == ["pov"]:
        return "pov"
    found = marks.within(start, end)
    if "negated" in found:
        return "told"
    exact = {
        hit.mark for hit in marks.hits(words[0].start, end) if hit.start <= words[0].start and hit.end >= words[-1].end
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
