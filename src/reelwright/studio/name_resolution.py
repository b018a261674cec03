"""Resolves names that a person types: a project by the end of its id or ``last``, shots and takes by number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from reelwright.errors import BadInput, NotFound
from reelwright.reason import Action, ActionKind
from reelwright.reel.operation import Project
from reelwright.reel.plan import Plan, Shot
from reelwright.studio.listings import TakeSummary

_MIN_CHARS = 4
_LISTS: Final[Mapping[str, ActionKind]] = {
    "project": "list_projects", "job": "list_jobs", "purchase": "list_purchases",
}  # fmt: skip


def resolve_id(kind: str, name: str, ids: Iterable[str]) -> str:
    """Return the id that ``name`` means: an id with or without prefix, its last four or more characters, or ``last``.

    ``ids``: all ids of this kind, the newest last. Raises ``BadInput``, ``NotFound``.
    """
    every = list(ids)
    if not isinstance(name, str):
        raise BadInput(kind, name, f"the id of a {kind}, the end of it, or last")
    if not every:
        raise NotFound(code="nothing_here_yet", kind=kind, actions=[Action("start_project")])
    if name == "last":
        return every[-1]
    bare = name.removeprefix(f"{kind}_")
    if f"{kind}_{bare}" in every:
        return f"{kind}_{bare}"
    found = [one for one in every if one.endswith(bare)] if len(bare) >= _MIN_CHARS else []
    if len(found) == 1:
        return found[0]
    if found:
        raise BadInput(kind, name, f"an id that names one {kind}; this ends {len(found)} of them")
    raise NotFound(code="name_not_found", kind=kind, name=repr(name), actions=[Action(_LISTS[kind])])


def resolve_project(name: str, rows: Sequence[Project]) -> str:
    """Return the id of the project that ``name`` means. ``rows``: all projects of the account, the newest first.

    ``last`` is the newest project; a project that only holds recovered purchases counts only if there is no other.
    Raises ``BadInput``, ``NotFound``.
    """
    oldest_first = [row.id for row in reversed(rows)]
    recovered = {row.id for row in rows if row.is_recovered}
    return resolve_id("project", name, sorted(oldest_first, key=lambda one: one not in recovered))


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
    if len(found) == 1:
        return found[0]
    accepted = (
        f"a number from 1 to {len(takes)}, as the project's takes are counted"
        if takes
        else "nothing: there is no take yet"
    )
    raise BadInput("take", name, accepted)
