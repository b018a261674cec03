"""Chance that is the same every time: a generator of its own for each name, from the bed's seed."""

from __future__ import annotations

import hashlib

import numpy as np


def chance(seed: int, *names: str) -> np.random.Generator:
    """A generator that depends on the seed and the names alone, so that one line's chance never moves another's."""
    said = "/".join((str(seed), *names)).encode()
    return np.random.Generator(np.random.PCG64(int.from_bytes(hashlib.sha256(said).digest()[:16], "big")))
