"""Easing curves: cubic Béziers as pure functions from progress to progress."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

Ease = Callable[[float], float]


@cache
def make_bezier(x1: float, y1: float, x2: float, y2: float) -> Ease:
    """Make the easing function of a CSS cubic-bezier: from progress to progress, exactly 0 before and 1 after."""

    @cache
    def eased(progress: float) -> float:
        if progress <= 0:
            return 0.0
        if progress >= 1:
            return 1.0
        low, high = 0.0, 1.0
        for _ in range(30):
            middle = (low + high) / 2
            if _along(middle, x1, x2) < progress:
                low = middle
            else:
                high = middle
        return _along((low + high) / 2, y1, y2)

    return eased


def _along(t: float, first: float, second: float) -> float:
    return 3 * (1 - t) ** 2 * t * first + 3 * (1 - t) * t * t * second + t**3
