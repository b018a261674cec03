"""Takes what a brief asks to explain as its line: ``how tides work`` of "explain how tides work to 10 year olds"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import regex

from reelwright.planner.reading.tagger import TaggedSpan, cut_span
from reelwright.planner.reading.tokens import Token

_PROBABILITY: Final = 0.9
_EXPLAINING: Final = (
    r"explain(?:ing|s)?|erklär\w{0,4}|expli(?:que[zr]?|quer|ca[r]?|cando)|spiega(?:re|te)?|förklara|wyjaśnij\w*|vysvětli\w*"
    r"|leg(?:\s\w{1,20}){0,2}\suit|uitleg(?:gen)?|объясни\w*|поясни\w*"
)
_ASKING: Final = (
    r"how|why|what|when|where|who|wie|warum|weshalb|was|wozu|comment|pourquoi|ce\s+que?|cómo|por\s+qué|qué|come|perché"
    r"|como|por\s+que|hoe|waarom|wat|hur|varför|jak|dlaczego|proč|как|почему|як|чому"
)
_ASKED: Final = (
    rf"(?<!\p{{L}})(?:{_EXPLAINING})(?!\p{{L}})(?:\s{{1,3}}\p{{L}}++){{0,4}}?,?\s{{1,3}}"
    rf"(?P<clause>(?:{_ASKING})\s{{1,3}}\p{{L}}[^.!?;:,\n()–—]*+)"
)
_WHOM: Final = (
    r"\s{1,3}(?:to|for|für|pour|para|per|voor|för|dla)\s{1,3}(?:\p{L}{1,12}\s{1,3})?"
    r"(?:\p{Nd}+|kids?|children|beginners?|students?|pupils?|adults?|seniors?|people|kinder\w*|enfants|niñ[oa]s|bambini|crianças"
    r"|kinderen|barn|dzieci|anfänger|débutants|principiantes|principianti|iniciantes)(?!\p{L}).*$"
)
"""Whom it is explained to, behind it."""
_LEAST_WORDS: Final = 3
_NEAR: Final = 20
"""Characters before the asking word that are looked at."""
_BEFORE: Final = (
    r"(?:^|[.!?:;,\n)–—-]\s{0,3}|(?<!\p{L})(?:please|pls|plz|to|should|must|can|could|you|us|me|bitte|soll|und|svp|pra"
    r"|por favor|per favore|graag|video|film|clip|and)\s{1,3})$"
)
"""What stands before a word that asks to explain, and not before one that says who explains."""


def show_explained(text: str, tokens: Sequence[Token], spans: Sequence[TaggedSpan]) -> list[TaggedSpan]:
    """Return ``spans`` with the question that a brief asks to explain as a line; what was read of it goes. Pure."""
    made = list(spans)
    for question in regex.finditer(_ASKED, text, regex.I):
        whom = regex.search(_WHOM, question["clause"], regex.I)
        start = question.start("clause")
        stop = start + (whom.start() if whom else len(question["clause"]))
        inside = [n for n, one in enumerate(tokens) if start <= one.start and one.end <= stop and one.kind != "line"]
        before = text[max(0, question.start() - _NEAR) : question.start()]
        if len(inside) < _LEAST_WORDS or not regex.search(_BEFORE, before, regex.I):
            continue
        first, end = inside[0], inside[-1] + 1
        behind = next((n for n in range(end, len(tokens)) if tokens[n].start >= question.end()), len(tokens))
        head = next(n for n, one in enumerate(tokens) if one.end > question.start())
        rest = [part for one in made for part in ([one] if one.label == "subject" else cut_span(one, head, behind))]
        line = TaggedSpan(label="line", first=first, end=end, probability=_PROBABILITY)
        made = sorted([*rest, line], key=lambda one: (one.first, one.end))
    return made
