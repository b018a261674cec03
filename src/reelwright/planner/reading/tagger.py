"""Marks the spans of a brief with the trained model, each with its probability. The model: tools/reader/README.md."""

from __future__ import annotations

import lzma
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from reelwright.planner.reading.features import list_features
from reelwright.planner.reading.tokens import Token
from reelwright.reel.value import define_value

LABELS: Final = (
    "name", "what", "fact", "number", "price", "old", "offer", "place", "time", "terms", "line", "who", "call",
    "contact", "subject", "setting", "light", "style", "dir",
)  # fmt: skip
"""Labels of the corpus, as tools/reader/LABELS.md describes them."""
SHOWN: Final = LABELS[:14]
"""Labels of what may stand on screen."""
LEAST_GUESS: Final = 0.03
"""Least probability of a token that is shown where nothing else is."""
MODEL: Final = Path(__file__).with_name("model.crfsuite.xz")
"""The trained model, compressed. ``tools/reader`` makes it."""


@define_value
class TaggedSpan:
    """Tokens [first, end) with one label. ``probability``: that they may all stand on screen, and that the span begins
    and ends there; for other labels, that they have the label.
    """

    label: str
    first: int
    end: int
    probability: float


@cache
def _load_model() -> bytes:
    return lzma.decompress(MODEL.read_bytes())


@cache
def _load_tagger() -> Any:
    import pycrfsuite

    tagger = pycrfsuite.Tagger()
    tagger.open_inmemory(_load_model())  # it reads these bytes as long as it lives: they must stay
    return tagger


def mark_spans(text: str, tokens: Sequence[Token], language: str) -> list[TaggedSpan]:
    """Return the labelled spans of ``text`` in order; tokens in none are noise. The same text gives the same spans."""
    if not tokens:
        return []
    tagger = _load_tagger()
    tags = tagger.tag(list_features(text, tokens, language))
    known = frozenset(tagger.labels())
    shown = [tag for label in SHOWN for tag in (f"B-{label}", f"I-{label}") if tag in known]
    inner = [tag for tag in known if tag.startswith("I-")]
    made: list[TaggedSpan] = []
    for first, end, label in split_spans(tags):
        mine = shown if label in SHOWN and label != "name" else [t for t in (f"B-{label}", f"I-{label}") if t in known]
        each = min(sum(tagger.marginal(tag, n) for tag in mine) for n in range(first, end))
        if label in SHOWN:
            if first:  # the token before is not a part of what is shown
                each = min(each, 1 - tagger.marginal(f"I-{label}", first) if f"I-{label}" in known else 1.0)
            if end < len(tokens):
                each = min(each, 1 - sum(tagger.marginal(tag, end) for tag in inner if tag[2:] == label))
        made.append(TaggedSpan(label=label, first=first, end=end, probability=max(0.0, min(1.0, each))))
    return made


def guess_span(text: str, tokens: Sequence[Token], language: str) -> TaggedSpan | None:
    """Return the clause of ``text`` that is likeliest to be shown, as a ``subject``, though the model marks none; None
    if even that is very unlikely.
    """
    tagger = _load_tagger()
    tagger.tag(list_features(text, tokens, language))
    wanted = [tag for tag in tagger.labels() if tag[2:] in (*SHOWN, "subject")]
    each = [sum(tagger.marginal(tag, n) for tag in wanted) for n in range(len(tokens))]
    best: TaggedSpan | None = None
    first = 0
    for n in range(len(tokens) + 1):
        if n < len(tokens) and tokens[n].kind in ("word", "number"):
            continue
        if first < n and (found := _find_densest(each, first, n)):
            start, end, mean = found
            if mean >= LEAST_GUESS and (best is None or mean > best.probability):
                best = TaggedSpan(label="subject", first=start, end=end, probability=mean)
        first = n + 1
    return best


def _find_densest(each: Sequence[float], first: int, end: int) -> tuple[int, int, float] | None:
    """Return the longest end of [first, end) whose tokens are shown with ``LEAST_GUESS`` or more on average."""
    for start in range(first, end):
        if each[start] >= LEAST_GUESS:
            return start, end, sum(each[start:end]) / (end - start)
    return None


def split_spans(tags: Sequence[str]) -> list[tuple[int, int, str]]:
    """Return (first, end, label) of each run ``B-x I-x …``; an ``I-x`` after another label begins a run, too."""
    made: list[tuple[int, int, str]] = []
    first, label = 0, ""
    for n, tag in enumerate([*tags, "O"]):
        if label and tag != f"I-{label}":
            made.append((first, n, label))
            label = ""
        if tag != "O" and not label:
            first, label = n, tag[2:]
    return made
