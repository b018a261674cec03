"""The words of each dialect for the state of a job: one total table."""

from __future__ import annotations

from typing import Final, Literal

from reelwright.reel.operation import WaitReason
from reelwright.studio.listings import PublicJobState

OpenAiStatus = Literal["queued", "in_progress", "completed", "failed"]
_UNFINISHED: Final = "unfinished"
_OPENAI: Final[dict[str, str]] = {
    "queued": _UNFINISHED,
    "running": _UNFINISHED,
    "stopped": _UNFINISHED,  # the next director goes on with it
    "waiting/budget": _UNFINISHED,
    "waiting/approval": _UNFINISHED,
    "waiting/decision": "failed",  # a person decides; a program cannot
    "done": "completed",
    "failed": "failed",
    "cancelled": "failed",
}


def find_openai_status(state: PublicJobState, wait_reason: WaitReason | None, *, has_started: bool) -> OpenAiStatus:
    """Return OpenAI's word for a state. ``queued``: nothing of the job has started yet."""
    word = _OPENAI[f"{state}/{wait_reason}" if state == "waiting" else state]
    if word == _UNFINISHED:
        return "in_progress" if has_started else "queued"
    return word  # type: ignore[return-value]  # the table has no other words
