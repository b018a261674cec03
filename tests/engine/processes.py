"""The hands of this process among its children, which are also the tests' own servers."""

from __future__ import annotations

import psutil


def hands_of_this_process() -> list[psutil.Process]:
    """Children that run a hand. A test's Postgres is a child, too, and none of a test's business."""
    found = []
    for child in psutil.Process().children():
        try:
            if any("engine.hands" in word for word in child.cmdline()):
                found.append(child)
        except psutil.Error:
            continue
    return found
