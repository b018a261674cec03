"""The answer of a language model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from reelwright.reel.base.value import define_value


@define_value
class ChatAnswer:
    """A language model's answer to one question. ``tokens``: how many were read and written."""

    text: str
    tokens: tuple[int, int]
    facts: Mapping[str, Any] = field(default_factory=dict)
