"""What it does for people, what it spares them, and what it is made with: only what the brief says."""

from __future__ import annotations

from typing import Final

import regex

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
        r"\b(?:without(?! showing)|no more|tired of|sick of|fed up with|instead of|say goodbye to|never)"
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
_WITH: Final = regex.compile(
    r"\b(?:with|made (?:of|from|with)|featuring|features?:|includes?:?)\s+([^.;!?:\n()]{3,80}?)"
    r"(?=[.;!?\n]|\s[—–-]\s|$|\s(?:for|in|that|which|code|by)\b)",
    regex.I,
)
_LABEL: Final = regex.compile(r"\b(?:benefits?|features?|usps?|key points?)\s*:\s*([^.\n]{3,160})", regex.I)
_NOT_PAIN: Final = regex.compile(
    r"^(?:\d|a |an )?\s*(?:code|music|text|logo|voice|people|faces?|violence|showing)\b", regex.I
)


def benefits_of(seen: Seen) -> tuple[Found, ...]:
    """Clauses that say what one gets, as written. At most four, in the brief's order."""
    found: dict[int, Found] = {}
    for match in _LABEL.finditer(seen.text):
        at = match.start(1)
        for part in regex.split(r"(,\s|;\s|\s+and\s+)", match[1]):
            if len(part.strip(" ,;")) > 2 and part.strip() != "and":
                found.setdefault(at, seen.found((at, at + len(part)), 85))
            at += len(part)
    for pattern, sure in ((_GIVES, 80), (_SO, 75)):
        for match in pattern.finditer(seen.text):
            found.setdefault(match.start(1), seen.found(match.span(1), sure))
    return tuple(found[at] for at in sorted(found))[:4]


def pains_of(seen: Seen) -> tuple[Found, ...]:
    """What people are spared: the words behind ``without``, ``no more``, ``tired of`` … At most three."""
    found: dict[int, Found] = {}
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
            ):
                found.append(seen.found((at, at + len(part)), 65))
            at += len(part)
    return tuple(found)[:4]
