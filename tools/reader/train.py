"""Trains the reader of briefs on the corpus: python -m tools.reader.train [--out FILE] [--hands a,b,…]

The same corpus and the same release of python-crfsuite give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import lzma
import tempfile
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pycrfsuite

from reelwright.planner.certain.marks import Marks, fold
from reelwright.planner.extract.language import detect_language
from reelwright.planner.reading.features import list_features, name_rarity
from reelwright.planner.reading.likelihood.verifier import PLACED
from reelwright.planner.reading.tagger import (
    MODEL,
    SHOWN,
    TABLES,
    Model,
    ReaderWeights,
    describe_spans,
    list_tables,
)
from reelwright.planner.reading.tokens import tokenise
from reelwright.planner.reading.trimming import trim
from tools.reader.corpus import FOLDER, Example, read_hand
from tools.reader.evaluate import is_right, list_showable
from tools.reader.judging import learn_names, learn_pieces
from tools.reader.plain import compose_plain

PARAMETERS = {"c1": 0.4, "c2": 0.02, "feature.possible_transitions": False, "feature.minfreq": 3}
ITERATIONS = 75

PROCESSES = 2
"""Models trained at once; the result is the same for any number."""
HALF_ITERATIONS = 50
"""Rounds of the models of half the hands, which only tell the verifier how a model errs about other hands."""
WEIGHT_BITS = 12
"""Binary digits of a weight after its first: an error of a ten-thousandth, far below what an iteration changes."""
VERIFIER_STEPS, VERIFIER_RIDGE, PLACES_RIDGE = 12, 3.0, 12.0
CHECKED = ("hand-bb", "hand-cc")
"""Hands of mails, forms and minutes, which the model is not trained on: from what it marks in them the verifier learns
what the place of a span in its brief tells.
"""
HELD_OUT = frozenset({"hand-dd", "hand-ee"})
"""Hands that nothing is trained on: what the reader shows of them is the honest count."""


def count_words(examples: Iterable[Example]) -> Counter[str]:
    """Count in how many of ``examples`` each folded word stands."""
    counts: Counter[str] = Counter()
    for example in examples:
        counts.update({fold(token.text) for token in tokenise(example.text) if token.kind == "word"})
    return counts


def label_tokens(example: Example, counts: Counter[str]) -> tuple[list[list[str]], list[str]]:
    """Return the features and the tag of each token. What stands inside a call or a descriptor belongs to that.

    ``counts``: of the words of the corpus, this brief among them.
    """
    tokens = tokenise(example.text)
    tags = ["O"] * len(tokens)
    outer = [(a, b) for a, b, label in example.spans if label in ("call", "what")]
    for start, end, label in example.spans:
        if any(a <= start and end <= b and (a, b) != (start, end) for a, b in outer):
            continue
        prefix = "B"
        for n, token in enumerate(tokens):
            if token.start < end and start < token.end:
                tags[n] = f"{prefix}-{label}"
                prefix = "I"
    features = list_features(
        example.text, tokens, detect_language(example.text), lambda word: name_rarity(counts[word] - 1)
    )
    return features, tags


def train(examples: Sequence[Example], out: Path, iterations: int = ITERATIONS) -> Counter[str]:
    """Train on ``examples``, in their order, and on plain briefs of their spans. Write the model to ``out``, and
    return the counts of its words.
    """
    counts = count_words(examples)
    trainer = pycrfsuite.Trainer(verbose=False)
    for example in [*examples, *compose_plain(examples)]:
        trainer.append(*label_tokens(example, counts))
    trainer.select("lbfgs")
    trainer.set_params(PARAMETERS | {"max_iterations": iterations})
    trainer.train(str(out))
    return counts


def list_checks(examples: Iterable[Example], model: Model) -> Iterator[tuple[dict[str, float], bool]]:
    """Yield the features of each span that ``model`` would show of ``examples``, and whether it may be shown so."""
    for example in examples:
        may = list_showable(example)
        tokens = tokenise(example.text)
        for span in describe_spans(model, example.text, tokens, detect_language(example.text), Marks(example.text)):
            if span.label in SHOWN:
                start, end = trim(example.text, tokens[span.first].start, tokens[span.end - 1].end)
                yield span.features, is_right(example.text, example.text[start:end], may)


def fit_verifier(
    checks: Iterable[tuple[dict[str, float], bool]], known: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Fit the weights of a logistic regression by Newton's method. ``known``: weights that stay as they are; what is
    fitted beside them are the features of places.
    """
    rows = list(checks)
    names = sorted(
        {name for features, _ in rows for name in features if name.startswith(PLACED) == (known is not None)}
    )
    places = {name: n for n, name in enumerate(names)}
    table = np.zeros((len(rows), len(names)))
    for row, (features, _) in enumerate(rows):
        for name in features.keys() & places.keys():
            table[row, places[name]] = features[name]
    ridge = VERIFIER_RIDGE if known is None else PLACES_RIDGE
    offset = np.array([sum(value * (known or {}).get(name, 0.0) for name, value in one.items()) for one, _ in rows])
    wanted = np.array([float(right) for _, right in rows])
    weights = np.zeros(len(names))
    for _ in range(VERIFIER_STEPS):
        guess = 1 / (1 + np.exp(-np.clip(offset + table @ weights, -30, 30)))
        slope = table.T @ (guess - wanted) + ridge * weights
        bend = (table * (guess * (1 - guess))[:, None]).T @ table + ridge * np.eye(len(names))
        weights = weights - np.linalg.solve(bend, slope)
    return {name: round(float(weight), 3) for name, weight in zip(names, weights, strict=True) if abs(weight) >= 0.001}


def read_hands(hands: Iterable[str]) -> list[Example]:
    """Read the briefs of ``hands``, in their order."""
    return [one for hand in hands for one in read_hand(FOLDER / f"{hand}.txt")]


def train_half(hands: Sequence[str], folder: Path) -> tuple[bytes, dict[str, str]]:
    """Train a model of ``hands``, and return it with how seldom their words are."""
    plain = folder / f"only-{hands[0]}.crfsuite"
    counts = train(read_hands(hands), plain, HALF_ITERATIONS)
    return plain.read_bytes(), list_rarities(counts)


def list_rarities(counts: Counter[str]) -> dict[str, str]:
    """Return how seldom each counted word is."""
    return {word: name_rarity(count) for word, count in sorted(counts.items())}


def round_weights(model: bytes) -> bytes:
    """Return a model of CRFsuite with weights of ``WEIGHT_BITS`` binary digits: what it marks stays, its file shrinks.

    Its header names the place of the features: ``FEAT``, a size, their number, and 20 bytes for each, the weight last.
    """
    place = int.from_bytes(model[28:32], "little") if model[:4] == b"lCRF" else -1
    if model[place : place + 4] != b"FEAT":
        raise ValueError("this release of python-crfsuite writes its models in another form")
    count = int.from_bytes(model[place + 8 : place + 12], "little")
    made = bytearray(model)
    row = np.dtype([("type", "<u4"), ("from", "<u4"), ("to", "<u4"), ("weight", "<f8")])
    weights = np.frombuffer(made, row, count, place + 12)["weight"]
    dropped = 52 - WEIGHT_BITS
    bits = (weights.copy().view("<u8") + np.uint64(1 << (dropped - 1))) >> np.uint64(dropped) << np.uint64(dropped)
    weights[:] = bits.view("<f8")
    return bytes(made)


def pack_weights(model: bytes) -> bytes:
    """Return a model of CRFsuite as ``unpack_weights`` reads it."""
    made = bytearray(model)
    for first, width, rows in list_tables(model):
        table = model[first : first + width * rows]
        made[first : first + width * rows] = b"".join(table[n::width] for n in range(width))
    return zlib.compress(made, 9)


def train_all(hands: Sequence[str], out: Path, tables: Path) -> None:
    """Train the model on ``hands`` but the ``CHECKED``, and what judges by it on what models of half of them mark in
    the other half, and in the checked ones. Those ``HELD_OUT`` teach neither.
    """
    learned = [hand for hand in hands if hand not in HELD_OUT.union(CHECKED)]
    checked = [hand for hand in hands if hand in CHECKED]
    halves = (learned[::2], learned[1::2])
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(max_workers=PROCESSES, mp_context=get_context("spawn")) as processes,
    ):
        plain = Path(folder) / "model.crfsuite"
        whole = processes.submit(train, read_hands(learned), plain)
        trained = [processes.submit(train_half, half, Path(folder)) for half in halves]
        models = [Model(*one.result()) for one in trained]
        rarities = list_rarities(whole.result())
        made = round_weights(plain.read_bytes())
    out.write_bytes(pack_weights(made))
    write_tables(tables, rarities, judge_apart(models, halves, checked, Model(made, rarities)))


def judge_apart(
    models: Sequence[Model], halves: Sequence[Sequence[str]], checked: Sequence[str], whole: Model
) -> dict[str, Mapping[str, float]]:
    """Return the weights of all that judges, by name: from what each model marks in the half that it was not trained
    on, and the first one in the ``checked`` hands, too.
    """
    apart = list(zip(models, (read_hands(half) for half in reversed(halves)), strict=True))
    spans = fit_verifier(check for model, examples in apart for check in list_checks(examples, model))
    spans = learn_places(read_hands(checked), whole, spans)
    apart[0] = models[0], read_hands(sorted([*halves[1], *checked]))
    names = learn_names([(ReaderWeights(model=model, spans=spans, names={}, pieces={}), some) for model, some in apart])
    marked = [(ReaderWeights(model=model, spans=spans, names=names, pieces={}), some) for model, some in apart]
    return {"verifier": spans, "names": names, "pieces": learn_pieces(marked)}


def learn_places(checked: Iterable[Example], model: Model, weights: Mapping[str, float]) -> dict[str, float]:
    """Return the ``weights`` of the verifier with those of places, from what ``model`` marks in ``checked``."""
    return {**weights, **fit_verifier(list_checks(checked, model), weights)}


def write_tables(tables: Path, rarities: Mapping[str, str], weights: Mapping[str, Mapping[str, float]]) -> None:
    """Write how seldom each word is, and the weights by their names, to ``tables``."""
    words: dict[str, list[str]] = defaultdict(list)
    for word, rarity in rarities.items():
        words[rarity].append(word)
    made = {"words": {rarity: " ".join(listed) for rarity, listed in words.items()}, **weights}
    tables.write_bytes(lzma.compress(json.dumps(made, ensure_ascii=False, sort_keys=True).encode(), preset=9))


def main() -> None:
    """Train on the hands that are named, by default on all of the training part."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--tables", type=Path, default=TABLES)
    hands = ",".join(sorted(path.stem for path in FOLDER.glob("hand-*.txt")))
    parser.add_argument("--hands", default=hands)
    asked = parser.parse_args()
    train_all(asked.hands.split(","), asked.out, asked.tables)


if __name__ == "__main__":
    main()
