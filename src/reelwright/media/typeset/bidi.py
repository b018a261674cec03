"""The Unicode bidirectional algorithm for one line: embedding levels, and runs in the order in which they are seen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

Direction = Literal["ltr", "rtl"]
MAX_DEPTH: Final = 125
RTL_LANGUAGES: Final = frozenset({"ar", "fa", "he", "ur", "ps", "sd", "ug", "yi", "dv", "ckb"})
_AMOUNT: Final = re.compile(r"[\d.,]+[ \u00a0\u202f](?P<sign>\D)")
_ISOLATES: Final = {"LRI", "RLI", "FSI"}
_EMBEDDINGS: Final = {"LRE", "RLE", "LRO", "RLO"}
_REMOVED: Final = {"LRE", "RLE", "LRO", "RLO", "PDF", "BN"}
_NEUTRAL: Final = {"B", "S", "WS", "ON", "LRI", "RLI", "FSI", "PDI"}
_BRACKETS: Final = dict(
    zip("([{⁅⁽₍❨❪❬❮❰❲❴⟅⟦⟨⟪⟬⟮⦃⦅《「『【〔〖〘〚〈（［｛", ")]}⁆⁾₎❩❫❭❯❱❳❵⟆⟧⟩⟫⟭⟯⦄⦆》」』】〕〗〙〛〉）］｝", strict=True)
)
_CLOSING: Final = {close: opening for opening, close in _BRACKETS.items()}


@dataclass(frozen=True, slots=True)
class Run:
    """Code points [start, end) of a line that share a level. Odd levels read from right to left."""

    start: int
    end: int
    level: int

    @property
    def is_rtl(self) -> bool:
        return self.level % 2 == 1


def find_first_strong(text: str) -> Direction | None:
    """Return the direction of the first strong character outside isolates (rules P2 and P3);
    None where there is none.
    """
    depth = 0
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _ISOLATES:
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif depth == 0 and kind in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return None


def choose_direction(text: str, language: str) -> Direction:
    """Choose the direction of a line by its first strong character; an amount without any, whose sign of money follows
    a space, has that of its language: in Hebrew the sign of shekels stands left of the figure.
    """
    if found := find_first_strong(text):
        return found
    amount = _AMOUNT.fullmatch(text.strip())
    is_money = amount is not None and unicodedata.category(amount["sign"]) == "Sc"
    return "rtl" if is_money and language.split("-")[0].lower() in RTL_LANGUAGES else "ltr"


def list_visual_runs(text: str, base: Direction) -> list[Run]:
    """List the runs of one line from left to right as they are seen (rule L2)."""
    found = list(resolve_levels(text, base))
    runs: list[Run] = []
    for index, level in enumerate(found):
        if runs and runs[-1].level == level:
            runs[-1] = Run(runs[-1].start, index + 1, level)
        else:
            runs.append(Run(index, index + 1, level))
    highest = max(found, default=0)
    lowest_odd = min((level for level in found if level % 2), default=highest + 1)
    for level in range(highest, lowest_odd - 1, -1):
        runs = list(_turned(runs, level))
    return runs


def _turned(runs: Sequence[Run], level: int) -> Iterator[Run]:
    held: list[Run] = []
    for run in runs:
        if run.level >= level:
            held.append(run)
        else:
            yield from reversed(held)
            held = []
            yield run
    yield from reversed(held)


@lru_cache(maxsize=1024)
def resolve_levels(text: str, base: Direction) -> tuple[int, ...]:
    """Resolve the embedding level of every code point of a line."""
    classes = [unicodedata.bidirectional(c) or "L" for c in text]
    paragraph = 1 if base == "rtl" else 0
    matching = _matching_isolates(classes)
    found, kinds = _explicit(text, classes, paragraph, matching)
    explicit = tuple(found)
    for sequence in _isolating_sequences(classes, explicit, matching):
        ends = _ends(sequence, classes, explicit, paragraph, matching)
        _resolve(text, sequence, ends, kinds, found, classes)
    _trailing(classes, found, paragraph)
    return tuple(found)


def _matching_isolates(classes: Sequence[str]) -> dict[int, int]:
    """Return the index of the PDI of each isolate initiator that has one (BD9)."""
    open_at: list[int] = []
    pairs: dict[int, int] = {}
    for index, kind in enumerate(classes):
        if kind in _ISOLATES:
            open_at.append(index)
        elif kind == "PDI" and open_at:
            pairs[open_at.pop()] = index
    return pairs


def _explicit(
    text: str, classes: Sequence[str], paragraph: int, matching: dict[int, int]
) -> tuple[list[int], list[str]]:
    """Apply rules X1 to X8: levels from embeddings, overrides and isolates."""
    stack: list[tuple[int, str, bool]] = [(paragraph, "", False)]
    found, kinds = [], list(classes)
    too_many_isolates = too_many_embeddings = valid_isolates = 0
    for index, kind in enumerate(classes):
        level, override, _ = stack[-1]
        if kind in _EMBEDDINGS or kind in _ISOLATES:
            found.append(level)
            if kind in _ISOLATES and override:
                kinds[index] = override
            rtl = kind[0] == "R"
            if kind == "FSI":
                rtl = find_first_strong(text[index + 1 : matching.get(index, len(text))]) == "rtl"
            deeper = (level + 1) | 1 if rtl else (level + 2) & ~1
            fits = deeper <= MAX_DEPTH and not too_many_isolates and not too_many_embeddings
            if fits:
                forced = {"LRO": "L", "RLO": "R"}.get(kind, "")
                stack.append((deeper, forced, kind in _ISOLATES))
                valid_isolates += kind in _ISOLATES
            elif kind in _ISOLATES:
                too_many_isolates += 1
            elif not too_many_isolates:
                too_many_embeddings += 1
        elif kind == "PDI":
            if too_many_isolates:
                too_many_isolates -= 1
            elif valid_isolates:
                too_many_embeddings = 0
                while not stack[-1][2]:
                    stack.pop()
                stack.pop()
                valid_isolates -= 1
            level, override, _ = stack[-1]
            found.append(level)
            kinds[index] = override or kind
        elif kind == "PDF":
            if too_many_isolates:
                pass
            elif too_many_embeddings:
                too_many_embeddings -= 1
            elif len(stack) > 1 and not stack[-1][2]:
                stack.pop()
            found.append(stack[-1][0])
        else:
            found.append(paragraph if kind == "B" else level)
            if override and kind not in ("B", "BN"):
                kinds[index] = override
    return found, kinds


def _isolating_sequences(classes: Sequence[str], found: Sequence[int], matching: dict[int, int]) -> Iterator[list[int]]:
    """Apply rule X10: yield the indices of each isolating run sequence, without what X9 removes."""
    kept = [index for index, kind in enumerate(classes) if kind not in _REMOVED]
    runs: list[list[int]] = []
    for index in kept:
        if runs and found[runs[-1][-1]] == found[index]:
            runs[-1].append(index)
        else:
            runs.append([index])
    starting = {run[0]: run for run in runs}
    closers = set(matching.values())
    for run in runs:
        if run[0] in closers:
            continue
        sequence = list(run)
        while sequence[-1] in matching and matching[sequence[-1]] in starting:
            sequence.extend(starting[matching[sequence[-1]]])
        yield sequence


def _ends(
    sequence: Sequence[int], classes: Sequence[str], explicit: Sequence[int], paragraph: int, matching: dict[int, int]
) -> tuple[str, str]:
    """Apply rule X10: return the directions that a sequence meets at its start and at its end."""
    first, last = sequence[0], sequence[-1]
    before = _level_beside(range(first - 1, -1, -1), classes, explicit, paragraph)
    dangling = classes[last] in _ISOLATES and last not in matching
    after = paragraph if dangling else _level_beside(range(last + 1, len(classes)), classes, explicit, paragraph)
    return ("R" if max(explicit[first], before) % 2 else "L", "R" if max(explicit[last], after) % 2 else "L")


def _resolve(
    text: str, sequence: list[int], ends: tuple[str, str], kinds: list[str], found: list[int], classes: Sequence[str]
) -> None:
    level = found[sequence[0]]
    own = [kinds[index] for index in sequence]
    _weak(own, ends[0])
    _brackets([text[i] for i in sequence], own, ends[0], level, [classes[i] for i in sequence])
    _neutral(own, *ends, level)
    for index, kind in zip(sequence, own, strict=True):
        if level % 2 == 0:
            found[index] = level + {"R": 1, "AN": 2, "EN": 2}.get(kind, 0)
        else:
            found[index] = level + (1 if kind in ("L", "EN", "AN") else 0)


def _level_beside(where: Iterable[int], classes: Sequence[str], found: Sequence[int], paragraph: int) -> int:
    return next((found[i] for i in where if classes[i] not in _REMOVED), paragraph)


def _weak(own: list[str], sos: str) -> None:
    """Apply rules W1 to W7."""
    previous = sos
    for i, kind in enumerate(own):
        if kind == "NSM":
            own[i] = "ON" if previous in _ISOLATES or previous == "PDI" else previous
        previous = own[i]
    strong = sos
    for i, kind in enumerate(own):
        if kind in ("L", "R", "AL"):
            strong = kind
        elif kind == "EN" and strong == "AL":
            own[i] = "AN"
    own[:] = ["R" if kind == "AL" else kind for kind in own]
    for i in range(1, len(own) - 1):
        around = (own[i - 1], own[i + 1])
        if (own[i] == "ES" and around == ("EN", "EN")) or (own[i] == "CS" and around == ("EN", "EN")):
            own[i] = "EN"
        elif own[i] == "CS" and around == ("AN", "AN"):
            own[i] = "AN"
    _terminators(own)
    own[:] = ["ON" if kind in ("ES", "ET", "CS") else kind for kind in own]
    strong = sos
    for i, kind in enumerate(own):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "EN" and strong == "L":
            own[i] = "L"


def _terminators(own: list[str]) -> None:
    """Apply rule W5: signs that touch a European number belong to it."""
    i = 0
    while i < len(own):
        if own[i] != "ET":
            i += 1
            continue
        j = i
        while j < len(own) and own[j] == "ET":
            j += 1
        if (i and own[i - 1] == "EN") or (j < len(own) and own[j] == "EN"):
            own[i:j] = ["EN"] * (j - i)
        i = j


def _brackets(characters: Sequence[str], own: list[str], sos: str, level: int, classes: Sequence[str]) -> None:
    """Apply rule N0: both of a pair of brackets take the direction of what they hold."""
    embedding = "R" if level % 2 else "L"
    for start, end in _bracket_pairs(characters, own):
        inside = {_strength(kind) for kind in own[start + 1 : end]} - {""}
        if embedding in inside:
            side = embedding
        elif inside:
            context = next((s for s in map(_strength, reversed(own[:start])) if s), sos)
            side = context if context != embedding else embedding
        else:
            continue
        for at in (start, end):
            own[at] = side
            following = at + 1
            while following < len(own) and classes[following] == "NSM":
                own[following] = side
                following += 1


def _bracket_pairs(characters: Sequence[str], own: Sequence[str]) -> list[tuple[int, int]]:
    waiting: list[tuple[str, int]] = []
    pairs: list[tuple[int, int]] = []
    for i, character in enumerate(characters):
        if own[i] != "ON":
            continue
        if character in _BRACKETS:
            if len(waiting) == 63:
                return []
            waiting.append((character, i))
        elif character in _CLOSING:
            for depth in range(len(waiting) - 1, -1, -1):
                if waiting[depth][0] == _CLOSING[character]:
                    pairs.append((waiting[depth][1], i))
                    del waiting[depth:]
                    break
    return sorted(pairs)


def _strength(kind: str) -> str:
    if kind == "L":
        return "L"
    return "R" if kind in ("R", "EN", "AN") else ""


def _neutral(own: list[str], sos: str, eos: str, level: int) -> None:
    """Apply rules N1 and N2."""
    embedding = "R" if level % 2 else "L"
    i = 0
    while i < len(own):
        if own[i] not in _NEUTRAL:
            i += 1
            continue
        j = i
        while j < len(own) and own[j] in _NEUTRAL:
            j += 1
        left = _strength(own[i - 1]) if i else sos
        right = _strength(own[j]) if j < len(own) else eos
        own[i:j] = [left if left == right else embedding] * (j - i)
        i = j


def _trailing(classes: Sequence[str], found: list[int], paragraph: int) -> None:
    """Apply rule L1; removed characters take the level before them so that runs stay whole."""
    for index, kind in enumerate(classes):
        if kind in _REMOVED:
            found[index] = found[index - 1] if index else paragraph
    blank = {"WS", *_ISOLATES, "PDI", *_REMOVED}
    at_end = True
    for index in range(len(classes) - 1, -1, -1):
        kind = classes[index]
        if kind in ("B", "S"):
            found[index] = paragraph
            at_end = True
        elif kind in blank and at_end:
            found[index] = paragraph
        elif kind not in blank:
            at_end = False
