"""Marks the spans of a brief with the trained model, each with its probability. The model: tools/reader/README.md."""

from __future__ import annotations

import json
import lzma
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

from reelwright.planner.certain.marks import Marks, fold
from reelwright.planner.reading.features import list_features, list_token_marks, name_rarity, number_groups
from reelwright.planner.reading.likelihood.observed import NOISE, ObservedBrief
from reelwright.planner.reading.likelihood.verifier import BriefChances, TokenChances, describe_span
from reelwright.planner.reading.likelihood.weighing import estimate
from reelwright.planner.reading.tokens import SENTENCE_ENDS, Token
from reelwright.reel.base.value import define_value

LABELS: Final = (
    "name", "what", "fact", "number", "price", "old", "offer", "place", "time", "terms", "line", "who", "call",
    "contact", "subject", "setting", "light", "style", "dir",
)  # fmt: skip
"""Labels of the corpus, as tools/reader/LABELS.md describes them."""
SHOWN: Final = LABELS[:14]
"""Labels of what may stand on screen."""
LEAST_GUESS: Final = 0.09
"""Least probability of a token that is shown where nothing else is."""
_KIND_GUESS: Final = 0.1
_KINDS_OF_THINGS: Final = "label_name"
"""Mark of words such as "bakery" and "gym", of which a film can be about whatever the model makes of them."""
_ASKING: Final = frozenset({"film", "maker"})
MOST_SURE: Final = 0.9999
"""Most probability of what the model read: 1 is for what was read by its form."""
MODEL: Final = Path(__file__).with_name("model.crfsuite.z")
"""The trained model, as ``unpack_weights`` reads it. ``tools/reader`` makes it."""
TABLES: Final = Path(__file__).with_name("model.json.xz")
"""What else was learned from the corpus: how seldom its words are, and the weights of ``ReaderWeights``."""
_OBSERVED: Final = frozenset(
    {NOISE, *(f"{edge}-{label}" for label in ("name", "what", "subject", "dir", "line", "who", "place", "fact")
              for edge in "BI")}
)  # fmt: skip
"""Tags whose probabilities ``observe_brief`` keeps."""


@define_value
class TaggedSpan:
    """Tokens [first, end) with one label. ``probability``: that they may stand on screen as they are."""

    label: str
    first: int
    end: int
    probability: float


def cut_span(span: TaggedSpan, first: int, end: int) -> list[TaggedSpan]:
    """Return what of ``span`` lies outside the tokens [first, end): all of it, or up to two parts."""
    if span.end <= first or end <= span.first:
        return [span]
    parts = ((span.first, first), (end, span.end))
    return [replace(span, first=start, end=stop) for start, stop in parts if start < stop]


def list_tables(model: bytes | bytearray) -> tuple[tuple[int, int, int], ...]:
    """Return (first byte, bytes of a row, rows) of what fills a file of CRFsuite: features, their numbers."""
    features, numbers = int.from_bytes(model[28:32], "little"), int.from_bytes(model[44:48], "little")
    count = int.from_bytes(model[features + 8 : features + 12], "little")
    return (features + 12, 20, count), (numbers, 4, (len(model) - numbers) // 4)


def unpack_weights(data: bytes) -> bytes:
    """Return the file of CRFsuite whose ``list_tables`` were packed column by column: small, and unpacked in 0.2 s."""
    made = bytearray(zlib.decompress(data))
    for first, width, rows in list_tables(made):
        columns = bytes(made[first : first + width * rows])
        for n in range(width):
            made[first + n : first + width * rows : width] = columns[n * rows : (n + 1) * rows]
    return bytes(made)


class Model:
    """A trained model: ``weights``, and how seldom each folded word of its corpus is."""

    def __init__(self, weights: bytes, rarities: Mapping[str, str]) -> None:
        import pycrfsuite

        self.weights, self.rarities = weights, rarities  # the tagger reads these bytes as long as it lives
        self.tagger = pycrfsuite.Tagger()
        self.tagger.open_inmemory(weights)
        self.tags = sorted(self.tagger.labels())
        self._turn = Lock()  # the tagger holds one text at a time, and a server reads briefs in several threads
        self._held: tuple[tuple[str, str], list[str]] | None = None

    @contextmanager
    def mark(self, text: str, tokens: Sequence[Token], language: str) -> Iterator[list[str]]:
        """Yield the tag of each token. Inside, ``compute_chance`` is about this text, and other threads wait."""
        which, held = (text, language), self._held
        is_held = held is not None and held[0] == which  # ``guess_span`` asks about the same text next
        features = [] if is_held else list_features(text, tokens, language, self.get_rarity)
        with self._turn:
            if self._held is None or self._held[0] != which:
                features = features or list_features(text, tokens, language, self.get_rarity)
                self._held = which, self.tagger.tag(features)
            yield self._held[1]

    def compute_chance(self, tags: Iterable[str], token: int) -> float:
        """Return the probability that a token of the text that is tagged now has one of ``tags``."""
        return float(sum(self.tagger.marginal(tag, token) for tag in tags))

    def list_tags(self, labels: Collection[str]) -> list[str]:
        """Return the tags that tokens with one of ``labels`` have."""
        return [tag for tag in self.tags if tag.removeprefix("B-").removeprefix("I-") in labels]

    def get_rarity(self, word: str) -> str:
        """Return how seldom a folded word is in the corpus."""
        return self.rarities.get(word, name_rarity(0))


@define_value
class ReaderWeights:
    """All that was learned from the corpus: the random field, and the weights of what judges by it. ``spans``: when a
    span may be shown; ``names``: which words are the name; ``pieces``: when a piece may be shown.
    """

    model: Model
    spans: Mapping[str, float]
    names: Mapping[str, float]
    pieces: Mapping[str, float]


@cache
def load_weights() -> ReaderWeights:
    """Load what the package holds, once for a process."""
    tables: dict[str, Any] = json.loads(lzma.decompress(TABLES.read_bytes()))
    rarities = {word: rarity for rarity, words in tables["words"].items() for word in words.split()}
    return ReaderWeights(
        model=Model(unpack_weights(MODEL.read_bytes()), rarities), spans=tables["verifier"], names=tables["names"],
        pieces=tables["pieces"],
    )  # fmt: skip


@define_value
class DescribedSpan:
    """A span as the model marks it: tokens [first, end), its label, and what ``verifier`` knows of it."""

    label: str
    first: int
    end: int
    features: dict[str, float]


def describe_spans(
    model: Model, text: str, tokens: Sequence[Token], language: str, marks: Marks
) -> list[DescribedSpan]:
    """Return the spans of ``text`` that the model marks, in order, each with its features. Tokens in none are noise."""
    with model.mark(text, tokens, language) as tags:
        spans = split_spans(tags)
        owners = [NOISE] * len(tokens)
        for first, end, label in spans:
            owners[first:end] = [label] * (end - first)
        shown, directs = model.list_tags(SHOWN), model.list_tags(("dir",))
        own = {label: model.list_tags((label,)) for label in set(owners)}
        chances = [
            TokenChances(
                screen=model.compute_chance(shown, n),
                direction=model.compute_chance(directs, n),
                label=model.compute_chance(own[owner], n),
            )
            for n, owner in enumerate(owners)
        ]
        brief = BriefChances(tokens, chances, spans)
        made = []
        for at, (first, end, label) in enumerate(spans):
            inner = [tag for tag in own[label] if tag.startswith("I-")]
            edges = (
                1 - model.compute_chance(inner, first) if first else 1.0,
                1 - model.compute_chance(inner, end) if end < len(tokens) else 1.0,
            )
            features = describe_span(spans, at, tokens, brief, marks, language, edges)
            made.append(DescribedSpan(label=label, first=first, end=end, features=features))
    return made


def observe_brief(
    weights: ReaderWeights, text: str, tokens: Sequence[Token], language: str, marks: Marks
) -> ObservedBrief:
    """Return what is known of each token of ``text``. The same text gives the same."""
    model = weights.model
    tags = [tag for tag in model.tags if tag in _OBSERVED]
    with model.mark(text, tokens, language) as marked:
        chances = [{tag: model.compute_chance((tag,), n) for tag in tags} for n in range(len(tokens))]
        rarities = [model.get_rarity(fold(one.text)) if one.kind == "word" else "" for one in tokens]
        return ObservedBrief(
            text=text, language=language, tokens=tokens, tags=marked, chances=chances,
            marks=list_token_marks(tokens, marks), rarities=rarities, words=[fold(one.text) for one in tokens],
            sentence_of=number_groups(tokens, SENTENCE_ENDS), line_of=number_groups(tokens, frozenset("\n")),
        )  # fmt: skip


def mark_spans(
    weights: ReaderWeights, text: str, tokens: Sequence[Token], language: str, marks: Marks
) -> list[TaggedSpan]:
    """Return the labelled spans of ``text`` in order; tokens in none are noise. The same text gives the same spans."""
    if not tokens:
        return []
    return [
        TaggedSpan(
            label=one.label,
            first=one.first,
            end=one.end,
            probability=min(MOST_SURE, round(estimate(one.features, weights.spans), 4)),
        )
        for one in describe_spans(weights.model, text, tokens, language, marks)
    ]


def guess_span(model: Model, text: str, tokens: Sequence[Token], language: str, marks: Marks) -> TaggedSpan | None:
    """Return the words of ``text`` that are likeliest to be shown, as a ``subject``, though the model marks none; None
    if even they are very unlikely. They end before a sign and before a word that asks for a film.
    """
    wanted = model.list_tags((*SHOWN, "subject"))
    marked = list_token_marks(tokens, marks)
    with model.mark(text, tokens, language):
        each = [
            max(model.compute_chance(wanted, n), _KIND_GUESS if _KINDS_OF_THINGS in marked[n] else 0.0)
            for n in range(len(tokens))
        ]
    best: TaggedSpan | None = None
    first = 0
    for n in range(len(tokens) + 1):
        if n < len(tokens) and _may_be_guessed(text, tokens[n]) and not marked[n] & _ASKING:
            continue
        if first < n and (found := _find_densest(each, first, n)):
            start, end, mean = found
            if mean >= LEAST_GUESS and (best is None or mean > best.probability):
                best = TaggedSpan(label="subject", first=start, end=end, probability=mean)
        first = n + 1
    return best


def _may_be_guessed(text: str, token: Token) -> bool:
    """Return whether a token is a word or number that is no part of a path."""
    beside = text[max(0, token.start - 1) : token.start] + text[token.end : token.end + 1]
    return token.kind in ("word", "number") and "/" not in beside


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
