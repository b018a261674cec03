"""The last line of every bench: ``verdict pass|fail NAME key=value … goal=…``, and its exit status."""

from __future__ import annotations

import sys
from collections.abc import Mapping


def verdict(name: str, passed: bool, figures: Mapping[str, object], goal: str) -> int:
    """Print the verdict; 0 for pass, 1 for fail."""
    shown = " ".join(f"{key}={_short(value)}" for key, value in figures.items())
    sys.stdout.write(f"verdict {'pass' if passed else 'fail'} {name} {shown} goal={goal}\n")
    sys.stdout.flush()
    return 0 if passed else 1


def _short(value: object) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value).replace(" ", "_")
