"""Trains the reader of briefs on the corpus: python -m tools.reader.train [--out FILE] [--hands a,b,…]

The same corpus and the same release of python-crfsuite give the same file, byte for byte.
"""

from __future__ import annotations

import argparse
import lzma
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pycrfsuite

from reelwright.planner.extract.language import detect_language
from reelwright.planner.reading.features import list_features
from reelwright.planner.reading.tagger import MODEL
from reelwright.planner.reading.tokens import tokenise
from tools.reader.corpus import FOLDER, Example, read_hand
from tools.reader.plain import compose_plain

PARAMETERS = {
    "c1": 0.2, "c2": 0.02, "max_iterations": 110, "feature.possible_transitions": False, "feature.minfreq": 2,
}  # fmt: skip


def label_tokens(example: Example) -> tuple[list[list[str]], list[str]]:
    """Return the features and the tag of each token. What stands inside a call or a descriptor belongs to that."""
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
    return list_features(example.text, tokens, detect_language(example.text)), tags


def train(examples: Iterable[Example], out: Path) -> None:
    """Train on ``examples``, in their order, and write the model to ``out``."""
    trainer = pycrfsuite.Trainer(verbose=False)
    for example in examples:
        trainer.append(*label_tokens(example))
    trainer.select("lbfgs")
    trainer.set_params(PARAMETERS)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "model.crfsuite"
        trainer.train(str(plain))
        out.write_bytes(lzma.compress(plain.read_bytes(), preset=9))


def main() -> None:
    """Train on the hands that are named, by default on all of the training part."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=MODEL)
    hands = ",".join(sorted(path.stem for path in FOLDER.glob("hand-*.txt")))
    parser.add_argument("--hands", default=hands)
    asked = parser.parse_args()
    labelled = [one for hand in asked.hands.split(",") for one in read_hand(FOLDER / f"{hand}.txt")]
    train([*labelled, *compose_plain(labelled)], asked.out)


if __name__ == "__main__":
    main()
