"""The checks that fail a film. Beside `measure`, which needs numpy: whoever reads a finding needs none."""

from __future__ import annotations

from typing import Final

FAILING_CHECKS: Final = frozenset(
    {
        "black",
        "frozen",
        "empty",
        "silent",
        "clipped",
        "length",
        "loudness",
        "peak",
        "container",
        "sync",
        "captions",
        "seam",
        "flash",
        "wordless",
        "instruction",
    }
)
"""Checks that fail a film. Source: DESIGN.md 8 and craft.md 9.1 (marked F), read 2026-11-20.

Other findings are only remarks.
"""
