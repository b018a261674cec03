"""A finished, watchable result and its files."""

from __future__ import annotations

from collections.abc import Mapping

from reelwright.reel.noun import Digest, noun


@noun
class Film:
    """``renditions`` and ``sidecars`` by name (``srt``, ``vtt``, ``ass``). ``findings``: what the checks found."""

    cut: Digest
    master: Digest
    renditions: Mapping[str, Digest]
    sidecars: Mapping[str, Digest]
    findings: tuple[str, ...]
    made_with: Mapping[str, str]
