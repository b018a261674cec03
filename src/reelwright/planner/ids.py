"""Derives ids from the brief: the same brief gives the same ids on every machine."""

from __future__ import annotations

import hashlib
from typing import Final
from uuid import UUID

from reelwright.reel.base.canonical import compute_digest
from reelwright.reel.film.brief import Brief

_SEED_FIELDS: Final = ("text", "flavor", "language", "aspect", "length_ms", "variation")


def compute_seed(brief: Brief) -> str:
    """Compute a digest over everything that shapes the plan, and nothing else: a raised price cap changes no film.

    The film's size in pixels does not count either: a small draft says and shows what the film will, and buys the same
    takes.
    """
    values = {field: getattr(brief, field) for field in _SEED_FIELDS} | {
        "short_side": 1080
    }  # as the usual film's has it
    values |= {"archetype": brief.archetype} if brief.archetype else {}
    return compute_digest([values, [m.asset for m in brief.materials], [r.asset for r in brief.references]])


def derive_id(kind: str, seed: str, place: str) -> str:
    """Derive an id: ``kind_`` and a UUID of version 8 (RFC 9562, custom) over seed and place."""
    value = int.from_bytes(hashlib.sha256(f"{seed} {kind} {place}".encode()).digest()[:16])
    value = value & ~(0xF << 76) | 0x8 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return f"{kind}_{UUID(int=value)}"


def derive_number(seed: str, place: str) -> int:
    """Derive a number for drawing from seed and place, from 0 to 2^31 - 1."""
    return int.from_bytes(hashlib.sha256(f"{seed} seed {place}".encode()).digest()[:4]) & 0x7FFF_FFFF
