"""Randomness that is the same every time: a generator of its own for each name, from the bed's seed."""

from __future__ import annotations

import hashlib

import numpy as np


def make_generator(seed: int, *names: str) -> np.random.Generator:
    """Make a generator that depends on the seed and the names alone,
    so that one line's randomness never changes another's.
    """
    text = "/".join((str(seed), *names)).encode()
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(text).digest()[:16], "big")))
