"""Resolves names that a person types for a shot or a take: its number, or a part of its id or digest."""

from __future__ import annotations

from collections.abc import Sequence

from reelwright.errors import BadInput
from reelwright.reel.film.plan import Plan, Shot
from reelwright.studio.results.listings import TakeSummary

_MIN_CHARS = 4


def resolve_shot(plan: Plan, name: int | str) -> Shot:
    """Find a shot by its number from 1, its id, or the end of its id. Raises ``BadInput``."""
    shots = plan.shots
    if isinstance(name, str) and name.isascii() and name.isdigit() and len(name) < _MIN_CHARS:
        name = int(name)
    if isinstance(name, int) and not isinstance(name, bool):
        if 1 <= name <= len(shots):
            return shots[name - 1]
        raise BadInput("shot", name, f"a number from 1 to {len(shots)}, or a shot's id")
    if isinstance(name, str):
        found = [shot for shot in shots if shot.id == name or (len(name) >= _MIN_CHARS and shot.id.endswith(name))]
        if len(found) == 1:
            return found[0]
    raise BadInput("shot", name, f"a number from 1 to {len(shots)}, or a shot's id")


def resolve_take(takes: Sequence[TakeSummary], name: int | str) -> TakeSummary:
    """Find one of a shot's takes by its number from 1, its digest, or the start of its digest. Raises ``BadInput``."""
    if isinstance(name, str) and name.isascii() and name.isdigit() and len(name) < _MIN_CHARS:
        name = int(name)
    if isinstance(name, int) and not isinstance(name, bool):
        found = [take for take in takes if take.n == name]
    else:
        found = [take for take in takes if len(str(name)) >= _MIN_CHARS and take.asset.startswith(str(name))]
    if len({take.asset for take in found}) == 1:  # takes with the same bytes have the same digest
        return found[0]
    accepted = f"a number from 1 to {len(takes)}, the takes of this shot" if takes else "nothing: there is no take yet"
    raise BadInput("take", name, accepted)
