"""What a person calls things: a project by the end of its id or ``last``, a shot and a take by their number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reelwright.errors import BadInput, NotFound
from reelwright.reel.operation import Project
from reelwright.reel.plan import Plan, Shot
from reelwright.studio.answers import TakeShown

_LEAST = 4
_LISTED = {"purchase": "spend"}
"""The verb that lists what is not listed by its own name."""


def one_id(kind: str, called: str, ids: Iterable[str]) -> str:
    """The id that ``called`` names: itself, without its kind, or its last four or more characters. Newest last."""
    every = list(ids)
    if not isinstance(called, str):
        raise BadInput(kind, called, f"the id of a {kind}, the end of it, or last")
    if not every:
        raise NotFound(f"there is no {kind} here yet", hint='reelwright make "YOUR BRIEF"')
    if called == "last":
        return every[-1]
    bare = called.removeprefix(f"{kind}_")
    if f"{kind}_{bare}" in every:
        return f"{kind}_{bare}"
    found = [one for one in every if one.endswith(bare)] if len(bare) >= _LEAST else []
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(kind, called, f"an id that names one {kind}; this ends {len(found)} of them")
    raise NotFound(
        f"there is no {kind} {called!r} here", hint=f"`reelwright {_LISTED.get(kind, kind + 's')}` lists them"
    )


def project_called(called: str, rows: Sequence[Project]) -> str:
    """The id of the project that ``called`` names. ``rows``: all of the account, newest first.

    ``last`` is the newest film; one that only holds what was recovered is meant where there is no other.
    """
    oldest_first = [row.id for row in reversed(rows)]
    recovered = {row.id for row in rows if row.recovered}
    return one_id("project", called, sorted(oldest_first, key=lambda one: one not in recovered))


def shot_called(plan: Plan, called: int | str) -> Shot:
    """A shot by its number from 1, its id, or the end of its id."""
    shots = plan.shots
    if isinstance(called, str) and called.isascii() and called.isdigit() and len(called) < _LEAST:
        called = int(called)
    if isinstance(called, int) and not isinstance(called, bool):
        if 1 <= called <= len(shots):
            return shots[called - 1]
        raise BadInput("shot", called, f"a number from 1 to {len(shots)}, or a shot's id")
    if isinstance(called, str):
        found = [shot for shot in shots if shot.id == called or (len(called) >= _LEAST and shot.id.endswith(called))]
        if len(found) == 1:
            return found[0]
    raise BadInput("shot", called, f"a number from 1 to {len(shots)}, or a shot's id")


def take_called(takes: Sequence[TakeShown], called: int | str) -> TakeShown:
    """One of a shot's takes by its number from 1, its digest, or the beginning of it."""
    if isinstance(called, str) and called.isascii() and called.isdigit() and len(called) < _LEAST:
        called = int(called)
    if isinstance(called, int) and not isinstance(called, bool):
        found = [take for take in takes if take.n == called]
    else:
        found = [take for take in takes if len(str(called)) >= _LEAST and take.asset.startswith(str(called))]
    if len(found) == 1:
        return found[0]
    accepted = (
        f"a number from 1 to {len(takes)}, as `reelwright show` counts them"
        if takes
        else "nothing: there is no take yet"
    )
    raise BadInput("take", called, accepted)
