"""Ids of our own: ``kind_`` and a UUIDv7, so that they sort by the time of their creation."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

IdKind = Literal[
    "project", "job", "batch", "shot", "take", "line", "purchase", "allowance", "director", "epoch", "vault",
    "key", "member", "webhook", "message", "upload",
]  # fmt: skip


def mint(kind: IdKind) -> str:
    """Return a new id: ``kind_`` and a UUIDv7, so that ids sort by their time.

    RFC 9562, version 7: 48 bits of Unix milliseconds, then 74 random bits.
    """
    value = (time.time_ns() // 1_000_000) << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return f"{kind}_{UUID(int=value)}"


def get_mint_time(minted_id: str) -> datetime:
    """Return the time at which ``mint`` created an id, to the millisecond."""
    milliseconds = UUID(minted_id.partition("_")[2]).int >> 80
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
