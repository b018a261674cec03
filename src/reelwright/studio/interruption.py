"""The action that resumes an interrupted verb; it travels with the cancellation itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from reelwright.reason import Action

_NAME = "resume_action"


@contextmanager
def attach_resume_action(action: Action) -> Iterator[None]:
    """Add ``action`` to a cancellation of this block, for the caller that catches it."""
    try:
        yield
    except asyncio.CancelledError as error:
        setattr(error, _NAME, action)
        raise


def get_resume_action(error: asyncio.CancelledError) -> Action:
    """Return the action that resumes what was cancelled; without a project if nothing was under way."""
    action = getattr(error, _NAME, None)
    return action if isinstance(action, Action) else Action("resume_job")
