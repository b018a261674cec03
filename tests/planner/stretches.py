"""Stretches of a text with their labels, as the model marks them, to test what is made of them."""

from __future__ import annotations

from reelwright.planner.reading.tagger import TaggedSpan
from reelwright.planner.reading.tokens import Token, tokenise


def mark(text: str, *marked: tuple[str, str], probability: float = 0.9) -> tuple[list[Token], list[TaggedSpan]]:
    """Return the tokens of ``text``, and a span for each label and its words."""
    tokens = tokenise(text)
    made = []
    for label, words in marked:
        start = text.index(words)
        inside = [n for n, token in enumerate(tokens) if start <= token.start and token.end <= start + len(words)]
        made.append(TaggedSpan(label=label, first=inside[0], end=inside[-1] + 1, probability=probability))
    return tokens, made


def list_words(text: str, tokens: list[Token], spans: list[TaggedSpan]) -> list[tuple[str, str]]:
    """Return the label and the words of each span."""
    return [(one.label, text[tokens[one.first].start : tokens[one.end - 1].end]) for one in spans]
