"""What it does for people, what it spares them, and what it is made with: only what the brief says."""

from __future__ import annotations

from typing import Final

import regex

from reelwright.planner.extract.audience import people
from reelwright.planner.extract.seen import Found, Seen

_STOP: Final = (
    r"(?=[.;!?\n。]|,\s|\s[—–-]\s|$|\s(?:which|so that|so you|without|order at|order now|try it|available)\b)"
)
_GIVES: Final = regex.compile(
    r"\b(?:that|which|it|and)\s+((?:keeps?|saves?|gets?|gives?|makes?|lets?|helps?|holds?|turns?|brings?|cleans?|cuts?|protects?"
    r"|heats?|cools?|charges?|lasts?|learns?|finds?|tracks?|plans?|sends?|reads?|writes?|works?|fits?|folds?|grows?|teaches"
    r"|removes?|stops?|ends?|delivers?|connects?|shows?|tells?|takes?|runs?|pays?|sorts?|does|never|always|feels?|tastes?|smells?|sounds?)"
    rf"\s[^.;!?\n]{{3,90}}?){_STOP}",
    regex.I,
)
_SO: Final = regex.compile(rf"\bso\s+(?:that\s+)?(you(?:r)?\s[^.;!?\n]{{3,80}}?){_STOP}", regex.I)
_PAIN: Final = (
    regex.compile(
        r"\b(?:without(?! showing)|no more|tired of|sick of|fed up with|instead of|say goodbye to)"
        rf"\s+([^.;!?,\n—–]{{3,50}}?){_STOP}",
        regex.I,
    ),
    regex.compile(
        r"\b(?:stop|end|forget|avoids?|prevents?|ends)\s+"
        rf"((?:\p{{L}}+ing|the|all|those|cold|late|long|bad|lost|dead|dry|messy|wet)\b[^.;!?,\n—–]{{0,45}}?){_STOP}",
        regex.I,
    ),
    regex.compile(r"\b(?:problem|pain|pain point)s?\s*:\s*([^.;!?\n]{3,70})", regex.I),
    regex.compile(r"(?:^|[.!?]\s+)((?:\p{L}+\s){0,2}\p{L}+\s(?:always|never|keeps?)\s[^.;!?\n]{3,50}?)\?", regex.I),
)  # fmt: skip
_NEVER: Final = regex.compile(
    rf"\b(?:will\s)?(?:never|Never)\s(?P<verb>\p{{Ll}}{{3,14}})"
    rf"(?P<rest>(?:\s[^.;!?,\n—–]{{1,40}}?)?)(?:\sagain)?{_STOP}"
)
_NOT_VERBS: Final = frozenset(
    {"before", "been", "too", "seen", "only", "just", "show", "use", "mind", "ever", "forget", "miss"}
)
_WITH: Final = regex.compile(
    r"\b(?:with|made (?:of|from|with)|featuring|features?:|includes?:?)\s+([^.;!?:\n()]{3,80}?)"
    r"(?=[.;!?\n]|\s[—–-]\s|$|\s(?:for|in|that|which|code|by)\b)",
    regex.I,
)
_PITCH: Final = regex.compile(
    r"(?<![\p{L}\d’'-])(\p{Lu}[\p{L}\d’'-]{0,24}(?:\s\p{Lu}[\p{L}\d’'-]{0,24}){0,2}+)\s?(?::|[—–])\s([^.;:!?\n]{8,160})"
)
_LABEL: Final = regex.compile(r"\b(?:benefits?|features?|usps?|key points?)\s*:\s*([^.\n]{3,160})", regex.I)
_NOT_PAIN: Final = regex.compile(
    r"^(?:\d|a |an )?\s*(?:code|music|text|logo|voice|people|faces?|violence|showing)\b", regex.I
)


def benefits_of(seen: Seen, names: frozenset[str] = frozenset()) -> tuple[Found, ...]:
    """Clauses that say what one gets, as written. At most four, in the brief's order.

    ``names``: words of what the film is about; what stands behind it and a colon is its pitch.
    """
    found: dict[int, Found] = {}
    for match in _LABEL.finditer(seen.text):
        at = match.start(1)
        for part in regex.split(r"(,\s|;\s|\s+and\s+)", match[1]):
            if len(part.strip(" ,;")) > 2 and part.strip() != "and":
                found.setdefault(at, seen.found((at, at + len(part)), 85))
            at += len(part)
    for match in _PITCH.finditer(seen.text):
        if names.isdisjoint(regex.findall(r"[\p{L}’'-]+", match[1])):
            continue
        for at, text in _items(match):
            if not regex.match(r"(?:an?|the|our|your|with)\s", text, regex.I):
                found.setdefault(at, seen.found((at, at + len(text)), 80))
    for pattern, sure in ((_GIVES, 80), (_SO, 75)):
        for match in pattern.finditer(seen.text):
            found.setdefault(match.start(1), seen.found(match.span(1), sure))
    return tuple(found[at] for at in sorted(found))[:4]


def _items(match: regex.Match[str]) -> list[tuple[int, str]]:
    """The parts of a pitch between its commas: where each begins, and its text."""
    made, at = [], match.start(2)
    for part in regex.split(r"(,\s+(?:and\s+)?)", match[2]):
        if len(part.strip(" ,")) > 4 and not regex.fullmatch(r",\s+(?:and\s+)?", part):
            made.append((at, part.rstrip(" ,")))
        at += len(part)
    return made


def gerund(verb: str) -> str:
    """``flickering`` from ``flickers``, ``losing`` from ``lose``, ``cutting`` from ``cut``."""
    base = verb.casefold()
    if regex.search(r"(?:ss|sh|ch|x|z|o)es$", base):
        base = base[:-2]
    elif base.endswith("ies"):
        base = base[:-3] + "y"
    elif regex.search(r"[^su]s$", base):
        base = base[:-1]
    if base.endswith("ie"):
        return f"{base[:-2]}ying"
    if base.endswith("e") and not base.endswith(("ee", "oe", "ye")):
        return f"{base[:-1]}ing"
    if regex.fullmatch(r"[^aeiou]*[aeiou][bdgklmnprt]", base):
        return f"{base}{base[-1]}ing"
    return f"{base}ing"


def pains_of(seen: Seen) -> tuple[Found, ...]:
    """What people are spared: the words behind ``without``, ``no more``, ``tired of``, ``never`` … At most three.

    ``never flickers`` spares ``flickering``: the value is the turned word, the span what was written.
    """
    found: dict[int, Found] = {}
    for match in _NEVER.finditer(seen.text):
        if match["verb"].casefold() not in _NOT_VERBS:
            told = f"{gerund(match['verb'])}{match['rest']}"
            found[match.start("verb")] = seen.found((match.start("verb"), match.end("rest")), 75, told)
    for index, pattern in enumerate(_PAIN):
        for match in pattern.finditer(seen.text):
            if not _NOT_PAIN.match(match[1]) and not regex.match(r"(?:any|a|an)\s+(?:music|text)", match[1]):
                found.setdefault(match.start(1), seen.found(match.span(1), 80 - 5 * index))
    return tuple(found[at] for at in sorted(found))[:3]


def features_of(seen: Seen) -> tuple[Found, ...]:
    """What it comes with or is made of, item by item. At most four."""
    found: list[Found] = []
    for match in _WITH.finditer(seen.text):
        at = match.start(1)
        for part in regex.split(r"(,\s(?:and\s)?|\s+and\s+|\s*&\s*)", match[1]):
            text = part.strip(" ,")
            if (
                text
                and not regex.match(r"(?:and|&|code|a code)\b", text)
                and len(text.split()) <= 5
                and regex.search(r"\p{L}{3}", text)
                and text.casefold().split()[-1] not in people()
            ):
                found.append(seen.found((at, at + len(part)), 65))
            at += len(part)
    return tuple(found)[:4]
