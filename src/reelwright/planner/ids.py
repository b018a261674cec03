"""Ids that follow from the brief: the same brief has the same ids on every machine."""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

from reelwright.reel.brief import Brief
from reelwright.reel.canonical import digest_of

_CREATIVE: Final = ("text", "flavor", "language", "aspect", "length_ms", "variation")


def seed_of(brief: Brief) -> str:
    """A digest over what shapes the plan, and nothing else: a raised price cap changes no film.

    Nor does its size in pixels: a small draft says and shows what the film will, and buys the same takes.
    """
    said = {field: getattr(brief, field) for field in _CREATIVE} | {"short_side": 1080}  # as the usual film's has it
    said |= {"archetype": brief.archetype} if brief.archetype else {}
    return digest_of([said, [m.asset for m in brief.materials], [r.asset for r in brief.references]])


def derived(kind: str, seed: str, place: str) -> str:
    """``kind_`` and a UUID of version 8 (RFC 9562: of our own making) over seed and place."""
    value = int.from_bytes(hashlib.sha256(f"{seed} {kind} {place}".encode()).digest()[:16])
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return f"{kind}_{UUID(int=value)}"


def number(seed: str, place: str) -> int:
    """A seed for drawing, from 0 to 2^31 - 1."""
    return int.from_bytes(hashlib.sha256(f"{seed} seed {place}".encode()).digest()[:4]) & 0x7FFF_FFFF
