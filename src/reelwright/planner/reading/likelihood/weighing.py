"""Counts features of what was read: levels, logarithms of odds, and the probability that weights give them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

Features = dict[str, float]
"""What is known of a thing, by name: a number, or 1 for what is so."""
_LEAST: Final = 1e-4
_MOST_SUM: Final = 30.0


def to_logit(chance: float) -> float:
    """Return the logarithm of the odds of a probability, of at most 9.2 either way."""
    chance = min(1 - _LEAST, max(_LEAST, chance))
    return math.log(chance / (1 - chance))


def add_level(features: Features, name: str, value: float, steps: Sequence[float]) -> None:
    """Add a number to ``features``, and which of the ``steps`` it reaches."""
    features[name] = value
    features[f"{name}#{sum(value >= step for step in steps)}"] = 1.0


def weigh(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the sum of the ``features``, each times its weight, and of the weight "" that all have."""
    return sum(value * weights.get(name, 0.0) for name, value in features.items()) + weights.get("", 0.0)


def estimate(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """Return the probability of what has these ``features``, by a logistic regression."""
    return 1 / (1 + math.exp(-max(-_MOST_SUM, min(_MOST_SUM, weigh(features, weights)))))
