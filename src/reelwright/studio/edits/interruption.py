"""The action that resumes an interrupted verb; it travels with the cancellation itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from reelwright.reason import Action

_NAME = "resume_action"


@contextmanager
def attach_resume_action(action: Action) -> Iterator[None]:
    """Attach ``action``, the way to resume, to a ``CancelledError`` that leaves this block."""
    try:
        yield
    except asyncio.CancelledError as error:
        setattr(error, _NAME, action)
        raise


def get_resume_actions(error: asyncio.CancelledError) -> list[Action]:
    """Return the action that was attached to ``error`` in a list; an empty list if there is none."""
    action = getattr(error, _NAME, None)
    return [action] if isinstance(action, Action) else []
