"""What a language model answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from reelwright.reel.noun import noun


@noun
class Said:
    """An answer: its text and the tokens that it took, in and out."""

    text: str
    tokens: tuple[int, int]
    facts: Mapping[str, Any] = field(default_factory=dict)
